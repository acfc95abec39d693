"""Window layout: saved and restored, full screen, presentation mode."""

import base64
from collections.abc import Sequence

from PySide6.QtCore import (
    QByteArray,
    QDeadlineTimer,
    QEventLoop,
    QObject,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QTabBar, QWidget

from das_app.gui.actions.actions import Actions

_LAYOUT_VERSION = 1  # of the docks and their names
_PAINTED_MS = 500  # at the most, where a system shows no window so soon
_MAX_WIDTH_SHARE, _MAX_HEIGHT_SHARE = 0.96, 0.92  # of a new window, which gets a frame, too
_MIN_SCREEN_SHARE = 0.6  # of a new window, where the screen is very large


def text_of(data: QByteArray) -> str:
    """Base64 without slashes: two look like an address, which settings hide."""
    return base64.urlsafe_b64encode(data.data()).decode()


def bytes_of(text: str) -> QByteArray:
    """What `text_of` made a text of; base64 with slashes is read, too."""
    return QByteArray.fromBase64(text.replace("-", "+").replace("_", "/").encode())


def packed_layout(window: QMainWindow) -> str:
    """Place, size and docks of a window as text."""
    parts = (window.saveGeometry(), window.saveState(_LAYOUT_VERSION))
    return " ".join(text_of(part) for part in parts)


def restore_layout(window: QMainWindow, layout: str) -> bool:
    """Put a window where `packed_layout` found it; False when the text says nothing of use."""
    parts = [bytes_of(part) for part in layout.split(" ")]
    if len(parts) != 2 or not window.restoreGeometry(parts[0]):
        return False
    is_restored = window.restoreState(parts[1], _LAYOUT_VERSION)
    for part in (window, *window.findChildren(QDockWidget)):
        if part.isWindow():
            bring_onto_screen(part)
    return is_restored


def start_on_screen(window: QWidget, size_px: tuple[int, int]) -> None:
    """Put a window into the middle of its screen.

    It has the given size, or as much of it as there is room for; on a screen of which that would
    be a small part, it is larger.
    """
    room = window.screen().availableGeometry()
    most = QSize(int(room.width() * _MAX_WIDTH_SHARE), int(room.height() * _MAX_HEIGHT_SHARE))
    size = QSize(*size_px).expandedTo(room.size() * _MIN_SCREEN_SHARE).boundedTo(most)
    frame = QRect(QPoint(), size)
    frame.moveCenter(room.center())
    window.setGeometry(frame)


def show_painted(window: QWidget) -> None:
    """Show a window and wait until it is painted; nothing else goes on meanwhile.

    Input and what comes by sockets wait for the application's own event loop. The tabs of docks
    that are all hidden stand at the origin until Qt places them: they are moved out of sight.
    """
    for tabs in window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if tabs.pos().isNull():
            tabs.move(-tabs.width(), -tabs.height())
    window.show()
    end = QDeadlineTimer(_PAINTED_MS)
    others = QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents
    others |= QEventLoop.ProcessEventsFlag.ExcludeSocketNotifiers
    while not window.windowHandle().isExposed() and not end.hasExpired():
        QApplication.processEvents(others, 20)
    QApplication.processEvents(others)


def bring_onto_screen(window: QWidget) -> None:
    """Move what is on no screen any more, or larger than its screen, to where it can be seen."""
    frame = window.geometry()
    screens = [screen.availableGeometry() for screen in window.screen().virtualSiblings()]
    shares = [room.intersected(frame) for room in screens]
    areas = [share.width() * share.height() if share.isValid() else 0 for share in shares]
    best = max(range(len(screens)), key=areas.__getitem__)
    room = screens[best]
    if room.contains(frame):
        return
    frame.setSize(frame.size().boundedTo(room.size()))
    frame.moveLeft(max(room.left(), min(frame.left(), room.right() + 1 - frame.width())))
    frame.moveTop(max(room.top(), min(frame.top(), room.bottom() + 1 - frame.height())))
    window.setGeometry(frame)


class ScreenModes(QObject):
    """Full screen, and the presentation: nothing but the panes on the whole screen.

    Args:
        window: with docks.
        actions: the window's; those of the modes are wired here.
        bars: further widgets that a presentation hides.
    """

    def __init__(self, window: QMainWindow, actions: Actions, bars: Sequence[QWidget]) -> None:
        super().__init__(window)
        self._window, self._bars, self._actions = window, bars, actions
        self._hidden: list[QWidget] = []
        actions["full-screen"].toggled.connect(self._set_full_screen)
        actions["presentation"].toggled.connect(self._present)
        actions["leave"].triggered.connect(self.leave)

    def leave(self) -> None:
        """Back to an ordinary window."""
        self._actions["presentation"].setChecked(False)
        self._actions["full-screen"].setChecked(False)

    def follow_window(self) -> None:
        """Show whether the window fills the screen, which its system may change, too."""
        self._actions["full-screen"].setChecked(self._window.isFullScreen())

    def _set_full_screen(self, is_on: bool) -> None:
        full = Qt.WindowState.WindowFullScreen
        state = self._window.windowState()
        self._window.setWindowState(state | full if is_on else state & ~full)
        if not is_on:
            self._actions["presentation"].setChecked(False)

    def _present(self, is_on: bool) -> None:
        if is_on:
            docks = self._window.findChildren(QDockWidget)
            self._hidden = [w for w in (*self._bars, *docks) if not w.isHidden()]
        for widget in self._hidden:
            widget.setVisible(not is_on)
        if not is_on:
            self._hidden = []
        self._actions["full-screen"].setChecked(is_on)
