"""Menu bar: menus of actions, recent files, and the theme."""

from collections.abc import Callable, Sequence

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from das_app.gui.actions.actions import Actions
from das_app.gui.actions.commands import MENUS
from das_app.gui.actions.window_commands import PANELS
from das_app.gui.style.language import tr
from das_app.gui.style.texts import plain
from das_app.motion.faces import FaceHiding
from das_app.settings.app_settings import Language, Look
from das_app.sources.addresses import short_name, shown_address
from das_app.words.said import marked

_FACES = (
    (FaceHiding.NONE, marked("Shown")),
    (FaceHiding.BLUR, marked("Blurred")),
    (FaceHiding.BLACK, marked("Blacked out")),
)
_LOOKS = (
    (Look.SYSTEM, marked("As the system")),
    (Look.DARK, marked("Dark")),
    (Look.LIGHT, marked("Light")),
)


def build_menu_bar(
    window: QMainWindow, actions: Actions, submenus: dict[str, QMenu], panels: Sequence[str]
) -> None:
    """Fill the window's menu bar with its actions and the given submenus and panels."""
    for title, names in MENUS:
        menu = window.menuBar().addMenu(tr(title))
        menu.setToolTipsVisible(True)  # they say why something cannot be done
        for name in names:
            if name is None:
                menu.addSeparator()
            elif name == PANELS:
                menu.addActions([actions[panel] for panel in panels])
            elif name in submenus:
                menu.addMenu(submenus[name])
            else:
                menu.addAction(actions[name])


class RecentMenu(QMenu):
    """Files and addresses opened last.

    Args:
        recent_sources: newest first; asked whenever the menu opens.
        open_source: called with the chosen one.
    """

    def __init__(
        self,
        recent_sources: Callable[[], tuple[str, ...]],
        open_source: Callable[[str], None],
        parent: QWidget,
    ) -> None:
        super().__init__(tr("Open &recent"), parent)
        self.setToolTipsVisible(True)  # they tell the folder
        self._recent_sources, self._open_source = recent_sources, open_source
        self.aboutToShow.connect(self.fill)

    def fill(self) -> None:
        """List what was opened last."""
        self.clear()
        sources = self._recent_sources()
        for source in sources:
            action = self.addAction(short_name(source).replace("&", "&&"))  # no key
            action.setToolTip(plain(shown_address(source)))
            action.triggered.connect(lambda _=False, source=source: self._open_source(source))
        if not sources:
            self.addAction(tr("Nothing yet")).setEnabled(False)


class ActionsMenu(QMenu):
    """A submenu of some actions.

    Args:
        title: of the menu.
        actions: the window's.
        names: of those in it.
    """

    def __init__(
        self, title: str, actions: Actions, names: Sequence[str], parent: QWidget
    ) -> None:
        super().__init__(title, parent)
        self.addActions([actions[name] for name in names])


class FacesMenu(QMenu):
    """Faces shown, blurred or blacked out."""

    def __init__(self, choose: Callable[[FaceHiding], None], parent: QWidget) -> None:
        super().__init__(tr("&Faces"), parent)
        self.setToolTipsVisible(True)
        group = QActionGroup(self)
        self._actions = {}
        for faces, text in _FACES:
            action = self.addAction(tr(text))
            action.setCheckable(True)
            action.setToolTip(tr("On the screen, in screenshots, and in recordings from now on"))
            action.triggered.connect(lambda _=False, faces=faces: choose(faces))
            group.addAction(action)
            self._actions[faces] = action

    def choose(self, faces: FaceHiding) -> None:
        """As if the user chose it."""
        self._actions[faces].trigger()

    def set_faces(self, faces: FaceHiding) -> None:
        """Show which is chosen."""
        self._actions[faces].setChecked(True)


class LookMenu(QMenu):
    """Dark, light, or as the system."""

    def __init__(self, choose: Callable[[Look], None], parent: QWidget) -> None:
        super().__init__(tr("&Look"), parent)
        group = QActionGroup(self)
        self._actions = {}
        for look, text in _LOOKS:
            action = self.addAction(tr(text))
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, look=look: choose(look))
            group.addAction(action)
            self._actions[look] = action

    def choose(self, look: Look) -> None:
        """As if the user chose it."""
        self._actions[look].trigger()

    def set_look(self, look: Look) -> None:
        """Show which is chosen."""
        self._actions[look].setChecked(True)


class LanguageMenu(QMenu):
    """The window's language, each by its own name, from the next start."""

    def __init__(self, choose: Callable[[Language], None], parent: QWidget) -> None:
        super().__init__(tr("Lan&guage"), parent)
        self.setToolTipsVisible(True)
        group = QActionGroup(self)
        self._actions = {}
        for language, text in (
            (Language.SYSTEM, tr("As the system")),
            (Language.ENGLISH, "English"),
            (Language.GERMAN, "Deutsch"),
        ):
            action = self.addAction(text)
            action.setCheckable(True)
            action.setToolTip(tr("From the next start on"))
            action.triggered.connect(lambda _=False, language=language: choose(language))
            group.addAction(action)
            self._actions[language] = action

    def choose(self, language: Language) -> None:
        """As if the user chose it."""
        self._actions[language].trigger()

    def set_language(self, language: Language) -> None:
        """Show which is chosen."""
        self._actions[language].setChecked(True)
