"""How picture and 3D view share the window: side by side, one alone, one in the other, or each in
a window of its own, on another screen where there is one."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QActionGroup, QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QSplitter, QStackedLayout, QVBoxLayout, QWidget

from das_app.gui.actions.actions import Actions
from das_app.gui.picture.picture_pane import PicturePane
from das_app.gui.scene.scene_pane import ScenePane
from das_app.gui.style import theme
from das_app.gui.style.language import tr
from das_app.gui.style.texts import Label
from das_app.gui.window.window_state import bring_onto_screen, bytes_of, text_of
from das_app.settings.app_settings import Panes

Pane = PicturePane | ScenePane
ACTION_OF = {panes: f"panes-{panes.value}" for panes in Panes}
WINDOWS = {"picture": "picture-window", "scene": "scene-window"}  # panes, and their actions
_OWN_KEYS = ("full-screen", "presentation", "leave")  # of the main window alone
_INSET_SHARE, _MIN_INSET_PX, _INSET_GAP_PX = 0.3, 200, 16
_WINDOW_SIZE_PX = (960, 600)
_SHARES = (1000, 1000)  # of the two panes side by side


class PaneStage(QWidget):
    """Both panes, in one of the arrangements; those that are lent leave their room to the other.

    Args:
        picture: the pane of the picture.
        scene: the pane of the 3D view.
    """

    def __init__(self, picture: PicturePane, scene: ScenePane) -> None:
        super().__init__()
        self._picture, self._scene = picture, scene
        self._panes, self._lent = Panes.BESIDE, set[Pane]()
        self.splitter = QSplitter(Qt.Orientation.Horizontal, handleWidth=theme.SPACE_PX)
        self.splitter.setChildrenCollapsible(False)
        for pane in (picture, scene):
            self.splitter.addWidget(pane)
        self.splitter.setSizes(list(_SHARES))
        self._words = Label(
            tr("Picture and 3D view are in windows of their own."), objectName="muted"
        )
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.splitter)
        self._stack.addWidget(self._words)

    def arrange(self, panes: Panes) -> None:
        """Share the room another way."""
        self._panes = panes
        here = [pane for pane in (self._picture, self._scene) if pane not in self._lent]
        alone = {Panes.PICTURE: self._picture, Panes.SCENE: self._scene}.get(panes)
        for pane in here:
            self._place(pane)
            pane.setVisible(alone not in here or pane is alone)
        self._stack.setCurrentWidget(self.splitter if here else self._words)
        if self._has_inset:
            self._picture.raise_()
            self._put_inset()

    def lend(self, pane: Pane) -> None:
        """Give a pane away; the other has the room until it is back."""
        self._lent.add(pane)
        pane.set_bare(False)
        self.arrange(self._panes)

    def take_back(self, pane: Pane) -> None:
        """Have a pane again."""
        self._lent.discard(pane)
        self.arrange(self._panes)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: the inset keeps its corner."""
        super().resizeEvent(event)
        self._put_inset()

    @property
    def _has_inset(self) -> bool:
        return self._panes is Panes.INSET and not self._lent

    def _place(self, pane: Pane) -> None:
        is_inset = pane is self._picture and self._has_inset
        if is_inset and pane.parent() is not self:
            pane.setParent(self)
        elif not is_inset and pane.parent() is not self.splitter:
            self.splitter.insertWidget(0 if pane is self._picture else 1, pane)
            self.splitter.setSizes(list(_SHARES))
        pane.set_bare(is_inset)

    def _put_inset(self) -> None:
        if not self._has_inset:
            return
        width = max(_MIN_INSET_PX, round(_INSET_SHARE * self.width()))
        height = round(width / self._picture.overlay.aspect) + 2  # and the frame
        left, low = _INSET_GAP_PX, self.height() - _INSET_GAP_PX
        self._picture.setGeometry(QRect(left, low - height, width, height))


class PaneWindow(QWidget):
    """A window that holds nothing but a pane: F11 fills the screen, Esc closes it.

    The OpenGL of the 3D view outlives the move only where all contexts share what they hold, see
    `qt_start.share_opengl`.

    Args:
        pane: that it holds.
        title: of the window.
        owner: the main window, whose keys work here, too.
        own_keys: names of its actions that do not.

    Attributes:
        closed: by the user.
    """

    closed = Signal()

    def __init__(self, pane: Pane, title: str, owner: QWidget, own_keys: Sequence[str]) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self._pane = pane
        self.setWindowTitle(title)
        self.setWindowIcon(owner.windowIcon())
        self.setObjectName("central")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(pane)
        pane.show()
        self.addActions([a for a in owner.actions() if a.objectName() not in own_keys])
        QShortcut(QKeySequence("F11"), self, self.toggle_full_screen)
        QShortcut(QKeySequence("Esc"), self, self.close)
        self.resize(*_WINDOW_SIZE_PX)

    def toggle_full_screen(self) -> None:
        """Fill the screen, or no more."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def changeEvent(self, event: QEvent) -> None:
        """Qt: a full screen has nothing but the view."""
        if event.type() is QEvent.Type.WindowStateChange:
            self._pane.set_bare(self.isFullScreen())
        super().changeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt: the pane goes back."""
        self.closed.emit()
        super().closeEvent(event)


class PaneLayouts(QObject):
    """Has the panes arranged as the actions say.

    Args:
        window: the main one.
        stage: with both panes.
        panes: by the names in `WINDOWS`.
        actions: the window's.

    Attributes:
        chosen: another arrangement.
    """

    chosen = Signal(object)

    def __init__(
        self, window: QWidget, stage: PaneStage, panes: dict[str, Pane], actions: Actions
    ) -> None:
        super().__init__(window)
        self._window, self._stage, self._panes, self._actions = window, stage, panes, actions
        self.windows: dict[str, PaneWindow] = {}
        group = QActionGroup(self)
        for arrangement, name in ACTION_OF.items():
            group.addAction(actions[name])
            actions[name].triggered.connect(lambda _=False, a=arrangement: self.chosen.emit(a))
        for name, action in WINDOWS.items():
            actions[action].toggled.connect(partial(self._show_window, name))

    def show(self, panes: Panes) -> None:
        """Arrange them so, and show which it is."""
        self._actions[ACTION_OF[panes]].setChecked(True)
        self._stage.arrange(panes)

    def bring_back(self) -> None:
        """Put both panes back into the main window."""
        for action in WINDOWS.values():
            self._actions[action].setChecked(False)

    def packed(self) -> tuple[str, ...]:
        """Which panes are in windows of their own, and where these are, as texts."""
        return tuple(
            f"{name} {text_of(window.saveGeometry())}" for name, window in self.windows.items()
        )

    def restore(self, packed: Sequence[str]) -> None:
        """Put panes into the windows that `packed` told of; what it cannot read it leaves."""
        for text in packed:
            name, _, geometry = text.partition(" ")
            if name in WINDOWS:
                self._actions[WINDOWS[name]].setChecked(True)
                window = self.windows[name]
                if window.restoreGeometry(bytes_of(geometry)):
                    bring_onto_screen(window)

    def _show_window(self, name: str, is_on: bool) -> None:
        pane = self._panes[name]
        if is_on and name not in self.windows:
            self._stage.lend(pane)
            title = f"{self._actions[WINDOWS[name]].text()} — DAS Capture"
            window = PaneWindow(pane, title, self._window, _OWN_KEYS)
            self.windows[name] = window
            window.closed.connect(partial(self._actions[WINDOWS[name]].setChecked, False))
            self._show_on_another_screen(window)
        elif not is_on and name in self.windows:
            window = self.windows.pop(name)
            self._stage.take_back(pane)
            window.closed.disconnect()
            window.close()
            window.deleteLater()

    def _show_on_another_screen(self, window: PaneWindow) -> None:
        """Full screen on a screen where no window of ours is; else as an ordinary window."""
        here = self._window.screen()
        taken = [here, *(w.screen() for w in self.windows.values() if w is not window)]
        others = [screen for screen in here.virtualSiblings() if screen not in taken]
        if not others:
            window.show()
            return
        window.setScreen(others[0])
        window.setGeometry(others[0].geometry())
        window.showFullScreen()
