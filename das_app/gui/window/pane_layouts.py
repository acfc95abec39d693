"""Pane layouts: image and 3D view side by side, one alone, one inside the other, or the image in
a window of its own, on another screen where there is one."""

from PySide6.QtCore import QObject, QRect, Qt, Signal
from PySide6.QtGui import QActionGroup, QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QSplitter, QStackedLayout, QVBoxLayout, QWidget

from das_app.gui.actions.actions import Actions
from das_app.gui.picture.picture_pane import PicturePane
from das_app.gui.scene.scene_pane import ScenePane
from das_app.gui.style import theme
from das_app.settings.app_settings import Panes

ACTION_OF = {panes: f"panes-{panes.value}" for panes in Panes}
PICTURE_WINDOW = "picture-window"
_INSET_SHARE, _MIN_INSET_PX, _INSET_GAP_PX = 0.3, 200, 16
_WINDOW_SIZE_PX = (960, 600)
_SHARES = (1000, 1000)  # of the two panes side by side


class PaneStage(QWidget):
    """Both panes, in one of the arrangements.

    Args:
        picture: the pane of the picture.
        scene: the pane of the 3D view.
    """

    def __init__(self, picture: PicturePane, scene: ScenePane) -> None:
        super().__init__()
        self._picture, self._scene = picture, scene
        self._panes, self._is_away = Panes.BESIDE, False
        self.splitter = QSplitter(Qt.Orientation.Horizontal, handleWidth=theme.SPACE_PX)
        self.splitter.setChildrenCollapsible(False)
        for pane in (picture, scene):
            self.splitter.addWidget(pane)
        self.splitter.setSizes(list(_SHARES))
        layout = QStackedLayout(self)
        layout.addWidget(self.splitter)

    def arrange(self, panes: Panes) -> None:
        """Share the room another way."""
        self._panes = panes
        if not self._is_away:
            self._place_picture()
        is_alone = panes is Panes.PICTURE and not self._is_away
        self._scene.setVisible(not is_alone)

    def lend_picture(self) -> PicturePane:
        """Give the picture's pane away; the 3D view has the room until `take_back`."""
        self._is_away = True
        self._picture.set_bare(False)
        self._scene.show()
        return self._picture

    def take_back(self) -> None:
        """Have the picture's pane again."""
        self._is_away = False
        self.arrange(self._panes)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: the inset keeps its corner."""
        super().resizeEvent(event)
        self._put_inset()

    def _place_picture(self) -> None:
        is_inset = self._panes is Panes.INSET
        if is_inset and self._picture.parent() is not self:
            self._picture.setParent(self)
        elif not is_inset and self._picture.parent() is not self.splitter:
            self.splitter.insertWidget(0, self._picture)
            self.splitter.setSizes(list(_SHARES))
        self._picture.set_bare(is_inset)
        self._picture.setVisible(self._panes is not Panes.SCENE)
        if is_inset:
            self._picture.raise_()
            self._put_inset()

    def _put_inset(self) -> None:
        if self._panes is not Panes.INSET or self._is_away:
            return
        width = max(_MIN_INSET_PX, round(_INSET_SHARE * self.width()))
        height = round(width / self._picture.overlay.aspect) + 2  # and the frame
        left, low = _INSET_GAP_PX, self.height() - _INSET_GAP_PX
        self._picture.setGeometry(QRect(left, low - height, width, height))


class PictureWindow(QWidget):
    """A window that holds nothing but the picture's pane.

    Attributes:
        closed: by the user.
    """

    closed = Signal()

    def __init__(self, pane: QWidget, owner: QWidget) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setWindowTitle("Picture — DAS Capture")
        self.setWindowIcon(owner.windowIcon())
        self.setObjectName("central")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(pane)
        pane.show()
        self.addActions(owner.actions())  # its keys work here, too
        self.resize(*_WINDOW_SIZE_PX)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt: the pane goes back."""
        self.closed.emit()
        super().closeEvent(event)


class PaneLayouts(QObject):
    """Has the panes arranged as the actions say.

    Args:
        window: the main one.
        stage: with both panes.
        actions: the window's.

    Attributes:
        chosen: another arrangement.
    """

    chosen = Signal(object)

    def __init__(self, window: QWidget, stage: PaneStage, actions: Actions) -> None:
        super().__init__(window)
        self._window, self._stage, self._actions = window, stage, actions
        self._picture_window: PictureWindow | None = None
        group = QActionGroup(self)
        for panes, name in ACTION_OF.items():
            group.addAction(actions[name])
            actions[name].triggered.connect(lambda _=False, panes=panes: self.chosen.emit(panes))
        actions[PICTURE_WINDOW].toggled.connect(self._show_window)
        actions["leave"].triggered.connect(lambda: self.bring_back())

    def show(self, panes: Panes) -> None:
        """Arrange them so, and show which it is."""
        self._actions[ACTION_OF[panes]].setChecked(True)
        self._stage.arrange(panes)

    def bring_back(self) -> None:
        """Put the picture back into the main window."""
        self._actions[PICTURE_WINDOW].setChecked(False)

    def _show_window(self, is_on: bool) -> None:
        if is_on and self._picture_window is None:
            pane = self._stage.lend_picture()
            self._picture_window = PictureWindow(pane, self._window)
            self._picture_window.closed.connect(self.bring_back)
            self._show_on_another_screen(self._picture_window)
        elif not is_on and self._picture_window is not None:
            window, self._picture_window = self._picture_window, None
            self._stage.take_back()
            window.closed.disconnect()
            window.close()
            window.deleteLater()

    def _show_on_another_screen(self, window: QWidget) -> None:
        """Full screen on a screen that the main window is not on; else as an ordinary window."""
        here = self._window.screen()
        others = [screen for screen in here.virtualSiblings() if screen is not here]
        if not others:
            window.show()
            return
        window.setScreen(others[0])
        window.setGeometry(others[0].geometry())
        window.showFullScreen()
