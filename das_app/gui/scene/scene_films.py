"""Screenshots and turntable films of the 3D view."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction

from das_app.exports.pictures.picture_film import SUFFIXES
from das_app.gui.scene.scene_view import SceneView
from das_app.gui.style.language import tr
from das_app.gui.style.open_dialogs import OpenDialogs
from das_app.words.said import marked

if TYPE_CHECKING:
    from das_app.gui.scene.turntable import Turntable

_KINDS = marked("Film (*.mp4);;Animated picture (*.gif)")


class SceneFilms(QObject):
    """One film at a time; asking again while one is made gives it up.

    Args:
        view: that is filmed.
        dialogs: ask for the file.
        action: switched on while a film is made.
        say: shows a line to the user.

    Attributes:
        failed: why there is no film.
    """

    failed = Signal(str)

    def __init__(
        self, view: SceneView, dialogs: OpenDialogs, action: QAction, say: Callable[[str], None]
    ) -> None:
        super().__init__(view)
        self._view, self._dialogs, self._action, self._say = view, dialogs, action, say
        self._turntable: Turntable | None = None
        action.triggered.connect(self._begin_or_cancel)
        view.failed.connect(self.cancel)

    def cancel(self) -> None:
        """Give up the film that is made, if there is one."""
        if self._turntable is not None:
            self._turntable.cancel()
            self._end(tr("The turntable was given up."))

    def _begin_or_cancel(self) -> None:
        if self._turntable is not None:
            self.cancel()
            return
        self._action.setChecked(False)
        path = self._dialogs.ask_save(tr("Film a turntable"), "turntable", tr(_KINDS))
        content = self._view.content
        if not path or content is None:
            return
        from das_app.gui.scene.turntable import Turntable

        file = Path(path) if path.lower().endswith(SUFFIXES) else Path(f"{path}.mp4")
        self._turntable = Turntable(content, file, self)
        self._turntable.progressed.connect(
            lambda step, steps: self._say(
                tr("Filming {step} of {steps} · Shift+F12 gives up", step=step, steps=steps)
            )
        )
        self._turntable.finished.connect(lambda name: self._end(tr("Saved {name}", name=name)))
        self._turntable.failed.connect(self._on_failure)
        self._turntable.start()
        self._action.setChecked(True)

    def _on_failure(self, problem: str) -> None:
        self._end("")
        self.failed.emit(tr("No turntable: {problem}", problem=tr(problem)))

    def _end(self, words: str) -> None:
        if self._turntable is not None:
            self._turntable.deleteLater()
            self._turntable = None
        self._action.setChecked(False)
        self._say(words)
