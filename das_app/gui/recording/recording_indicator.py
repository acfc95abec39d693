"""Recording indicator: red dot, time, size, and free disk space."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from das_app.gui.style import theme
from das_app.gui.style.amounts import short_time, size
from das_app.gui.style.language import tr
from das_app.gui.style.texts import Label, named, plain
from das_app.session.recorder_stats import RecorderState, RecorderStats


class RecordingIndicator(QWidget):
    """One line in the heading of the picture, where a presentation shows it, too."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, theme.SPACE_PX, 0)
        row.setSpacing(6)
        self._dot = Label()
        self.time = self._figure("00:00", tr("Recorded so far"))
        self.on_disk = self._figure("000 MB", tr("Size of the session on the disk"))
        self._mark = Label()
        self.free = self._figure(tr("{room} free", room="000 GB"), tr("Room left on the disk"))
        for widget in (
            self._dot,
            self.time,
            _rule(),
            self.on_disk,
            _rule(),
            self._mark,
            self.free,
        ):
            row.addWidget(widget)
        self.hide()

    def show_stats(self, stats: RecorderStats) -> None:
        """Show how a recording stands."""
        is_recording = stats.state is RecorderState.RECORDING
        self._dot.setPixmap(theme.icon("recording" if is_recording else "stop").pixmap(16, 16))
        self._dot.setToolTip(plain(tr("Recording") if is_recording else tr("Closing the session")))
        self.time.setText(short_time(stats.time_s))
        self.on_disk.setText(size(stats.num_bytes))
        self.free.setText(tr("{room} free", room=size(stats.free_disk_bytes)))
        self._mark.setPixmap(theme.icon("warning").pixmap(16, 16))
        self._mark.setVisible(stats.is_disk_low)
        self.show()

    def _figure(self, widest: str, tip: str) -> QLabel:
        label = Label(objectName="figure", toolTip=tip, alignment=theme.ALIGN_RIGHT)
        label.setFont(theme.tabular_font(self.font()))
        label.setMinimumWidth(label.fontMetrics().horizontalAdvance(widest) + 2)
        return label


def _rule() -> QFrame:
    rule = named(QFrame(), "rule")
    rule.setFixedSize(1, 2 * theme.SPACE_PX)
    return rule
