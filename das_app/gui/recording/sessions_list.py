"""List of recorded sessions with pictures; what is done with one is a signal."""

from datetime import datetime
from pathlib import Path

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QColor, QIcon, QImage, QKeyEvent, QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from das_app.gui.style import theme
from das_app.gui.style.amounts import short_time
from das_app.gui.style.language import tr
from das_app.gui.style.texts import plain
from das_app.pipeline.kept_sessions import KeptSession
from das_app.words.said import marked

THUMBNAIL_PX = (96, 54)
_MIN_HEIGHT_PX, _RADIUS_PX = 180, 4
_FOLDER_ROLE = Qt.ItemDataRole.UserRole
_NONE = marked("No session yet. What is recorded is listed here.")


class SessionsList(QWidget):
    """Newest first. Enter or a double click opens, F2 renames, Del deletes.

    Attributes:
        open_requested: folder of a session; likewise the others.
    """

    open_requested = Signal(Path)
    rename_requested = Signal(Path)
    delete_requested = Signal(Path)
    reveal_requested = Signal(Path)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = _List()
        self.list.setAccessibleName(tr("Recorded sessions"))
        self.list.setWordWrap(True)
        self.list.setIconSize(QSize(*THUMBNAIL_PX))
        self.list.setMinimumHeight(_MIN_HEIGHT_PX)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.open = self._button(tr("Open"), self.open_requested)
        self.rename = self._button(tr("Rename …"), self.rename_requested)
        self.delete = self._button(tr("Delete …"), self.delete_requested)
        self.reveal = self._button(tr("Folder"), self.reveal_requested)
        self.reveal.setToolTip(tr("Show it in the file manager"))
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_PX // 2)
        for button in (self.open, self.rename, self.delete, self.reveal):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_PX)
        column.addWidget(self.list, 1)
        column.addLayout(row)
        self.list.itemActivated.connect(lambda _item: self._ask(self.open_requested))
        self.list.renamed.connect(lambda: self._ask(self.rename_requested))
        self.list.deleted.connect(lambda: self._ask(self.delete_requested))
        self.list.currentItemChanged.connect(self._allow)
        self.show_sessions(())

    @property
    def folder(self) -> Path | None:
        """Of the session that is chosen; None for none."""
        item = self.list.currentItem()
        return None if item is None else item.data(_FOLDER_ROLE)

    def show_sessions(self, sessions: tuple[KeptSession, ...]) -> None:
        """List these; the one chosen stays chosen while it is there."""
        chosen = self.folder
        self.list.clear()
        for session in sessions:
            item = QListWidgetItem(_icon(None), _text(session, datetime.now()), self.list)
            item.setData(_FOLDER_ROLE, session.folder)
            item.setToolTip(plain(str(session.folder)))
            if session.folder == chosen:
                self.list.setCurrentItem(item)
        if not sessions:
            QListWidgetItem(tr(_NONE), self.list).setFlags(Qt.ItemFlag.ItemIsEnabled)
        self._allow()

    def show_thumbnail(self, folder: Path, image: np.ndarray) -> None:
        """Show the picture of a session, (H, W, 3) uint8 RGB."""
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item.data(_FOLDER_ROLE) == folder:
                item.setIcon(_icon(image))

    def _allow(self) -> None:
        for button in (self.open, self.rename, self.delete, self.reveal):
            button.setEnabled(self.folder is not None)

    def _ask(self, request: SignalInstance) -> None:
        if self.folder is not None:
            request.emit(self.folder)

    def _button(self, text: str, request: SignalInstance) -> QPushButton:
        button = QPushButton(text)
        button.clicked.connect(lambda: self._ask(request))
        return button


class _List(QListWidget):
    """A list with keys of its own.

    Attributes:
        renamed: the chosen item is to be renamed.
        deleted: likewise deleted.
    """

    renamed = Signal()
    deleted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: a key."""
        requests: dict[int, SignalInstance] = {
            Qt.Key.Key_F2: self.renamed,
            Qt.Key.Key_Delete: self.deleted,
        }
        request = requests.get(event.key())
        if request is None:
            super().keyPressEvent(event)
        else:
            request.emit()


def _text(session: KeptSession, now: datetime) -> str:
    parts = [short_time(session.duration_s)]
    if session.num_tracks is not None:
        parts.append(tr("%Ln person(s)", "", session.num_tracks))
    if not session.has_video:
        parts.append(tr("no video"))
    when = _day(session.started, now)
    title = session.name or when or session.folder.name
    if session.name and when:
        parts.append(when)
    return f"{title}\n{' · '.join(parts)}"


def _day(started: datetime | None, now: datetime) -> str:
    if started is None:
        return ""
    days = (now.date() - started.date()).days
    day = {0: tr("today"), 1: tr("yesterday")}.get(days, f"{started:%Y-%m-%d}")
    return f"{day} {started:%H:%M}"


def _icon(image: np.ndarray | None) -> QIcon:
    """A picture with round corners, in the same room whether there is one or not."""
    width, height = THUMBNAIL_PX
    ratio = 2  # for screens of twice the pixels
    pixmap = QPixmap(ratio * width, ratio * height)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    shape = QPainterPath()
    shape.addRoundedRect(0, 0, width, height, _RADIUS_PX, _RADIUS_PX)
    painter.setClipPath(shape)
    painter.fillRect(0, 0, width, height, QColor(theme.stage().ground))
    if image is None:
        theme.icon("session").paint(painter, width // 2 - 10, height // 2 - 10, 20, 20)
    else:
        rows, columns = image.shape[:2]
        shown = QImage(image.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
        painter.drawImage(QRectF(0, 0, width, height), shown)
    painter.end()
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)  # else it is tinted
    return icon
