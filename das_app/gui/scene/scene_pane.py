"""3D pane: the 3D view with its view buttons."""

from PySide6.QtWidgets import QFrame, QWidget

from das_app.gui.actions.actions import Actions
from das_app.gui.scene.scene_view import SceneView
from das_app.gui.style.language import tr
from das_app.gui.style.pane_frame import PaneHeading, action_button, fill_pane
from das_app.gui.style.texts import plain
from das_app.motion.floor import Floor
from das_app.words.said import marked

_SCENE_TIP = marked("drag to orbit · right drag to pan · wheel to zoom")
_GUESSED = marked("Camera space, floor guessed")
VIEWS = ("reset", "front", "top", "side", "camera")
_OTHERS = (
    "view-frame",
    "measure",
    "bodies",
    "shadows",
    "frustum",
    "depth",
    "scene-picture",
    "turntable",
)


class ScenePane(QFrame):
    """3D view with the buttons that turn it.

    Args:
        actions: the window's; those of the views are forbidden while there is no 3D view.
    """

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pane")
        self.view = SceneView()
        heading = PaneHeading(tr(_GUESSED), tr(_SCENE_TIP))
        self._hint, self._title = heading.hint, heading.title
        for name in VIEWS:
            action = actions[f"view-{name}"]
            action.triggered.connect(lambda _=False, name=name: self.view.look_from(name, True))
            heading.row.addWidget(action_button(action))
        actions["view-frame"].triggered.connect(lambda: self.view.frame_people())
        heading.row.addWidget(action_button(actions["view-frame"]))
        actions["measure"].toggled.connect(self._measure)
        fill_pane(self, heading, self.view)
        self._heading = heading
        self._actions = actions
        self._allow_views()
        self.view.failed.connect(self._allow_views)

    def set_note(self, words: str) -> None:
        """Show a note in the line above the view; an empty one shows the mouse controls."""
        self._hint.setText(words or tr(_SCENE_TIP))
        self._hint.setToolTip(plain(words or tr(_SCENE_TIP)))

    def set_bare(self, is_bare: bool) -> None:
        """Leave out the line above the view."""
        self._heading.setVisible(not is_bare)

    def _measure(self, is_on: bool) -> None:
        self.view.set_measuring(is_on)
        self.set_note(tr("Click a joint, then another · V ends it") if is_on else "")

    def set_level(self, floor: Floor | None) -> None:
        """Turn the room so that this floor lies level; None shows camera space and a guess."""
        self.view.set_level(floor)
        self._title.setText(tr(_GUESSED) if floor is None else tr("Levelled to the floor"))

    def _allow_views(self) -> None:
        names = tuple(f"view-{name}" for name in VIEWS)
        names = (*names, *_OTHERS)
        self._actions.set_enabled(names, not self.view.notice)
