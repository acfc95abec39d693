"""Fault banner and start page of the window."""

from PySide6.QtCore import QSize, Qt, Signal, SignalInstance
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from das_app.gui.style import theme
from das_app.gui.style.language import tr
from das_app.gui.style.texts import Label, named, sentence
from das_app.words.said import marked

WELCOME_HINTS = (
    marked(
        "1.  Open your camera with C, or drop a video on the window. D plays the bundled clip."
    ),
    marked(
        "2.  People are found best with head and feet in the picture and light from the front."
    ),
    marked("3.  Distances follow from the camera's field of view. All keys: F1."),
)


def warning_row(frame: QFrame) -> QHBoxLayout:
    """Dress a frame as a banner; its row, which begins with the sign of a warning."""
    frame.setObjectName("banner")
    row = QHBoxLayout(frame)
    row.setContentsMargins(theme.SPACE_PX, 4, theme.SPACE_PX, 4)
    row.setSpacing(theme.SPACE_PX)
    mark = Label()
    mark.setPixmap(theme.icon("warning").pixmap(20, 20))
    row.addWidget(mark)
    return row


class FaultBanner(QFrame):
    """A fault in plain sight until it is dismissed or something else is opened."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = warning_row(self)
        self._text = Label(wordWrap=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.dismiss = named(QToolButton(), "flat")
        self.dismiss.setIcon(theme.icon("close"))
        self.dismiss.setToolTip(tr("Dismiss"))
        self.dismiss.setAccessibleName(tr("Dismiss"))
        self.dismiss.clicked.connect(self.hide)
        row.addWidget(self._text, 1)
        row.addWidget(self.dismiss)
        self.hide()

    @property
    def text(self) -> str:
        """The fault shown last."""
        return self._text.text()

    def show_fault(self, message: str) -> None:
        """Show the banner with a message, which begins with a capital where it is a word."""
        self._text.setText(sentence(tr(message)))
        self.show()


class WelcomeBar(QFrame):
    """First steps for a new user, until closed.

    Attributes:
        dismissed: the user has seen it.
    """

    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * theme.SPACE_PX, 4, theme.SPACE_PX, 4)
        row.setSpacing(3 * theme.SPACE_PX)
        for text in WELCOME_HINTS:
            row.addWidget(Label(tr(text), wordWrap=True), 1)
        self.seen = QPushButton(tr("Got it"))
        self.seen.clicked.connect(self.dismissed)
        row.addWidget(self.seen)


class EmptyState(QWidget):
    """Start page: content of the image pane without an image, with ways to open a source."""

    demo_requested = Signal()
    camera_requested = Signal()
    file_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setSpacing(theme.SPACE_PX)
        column.setContentsMargins(*[theme.SPACE_PX] * 4)
        self._title = Label(alignment=Qt.AlignmentFlag.AlignCenter)
        font = self._title.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        self._title.setFont(font)
        self._hint = Label(objectName="muted", wordWrap=True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._buttons = QWidget()
        row = QHBoxLayout(self._buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_PX)
        row.addStretch()
        for name, text, signal in (
            ("demo", tr("Play the demo"), self.demo_requested),
            ("camera", tr("Open a camera"), self.camera_requested),
            ("file", tr("Open a file"), self.file_requested),
        ):
            row.addWidget(self._button(name, text, signal))
        row.addStretch()
        column.addStretch()
        column.addWidget(self._title)
        column.addWidget(self._hint)
        column.addSpacing(theme.SPACE_PX)
        column.addWidget(self._buttons)
        column.addStretch()
        self.show_idle()

    @property
    def title(self) -> str:
        """The large line."""
        return self._title.text()

    def show_idle(self) -> None:
        """Offer the ways to begin."""
        self._title.setText(tr("Nothing is playing"))
        self._hint.setText(
            tr(
                "Play the bundled clip, open a camera, or drop a video,\n"
                "a picture, a folder of pictures or a session here.\n"
                "People are found best with head and feet in the picture."
            )
        )
        self._buttons.show()

    def show_opening(self, source: str) -> None:
        """Show that a source is being opened."""
        self._title.setText(tr("Opening {source} …", source=source))
        self._hint.setText(tr("A camera or a large model can take a few seconds."))
        self._buttons.hide()

    def _button(self, name: str, text: str, signal: SignalInstance) -> QPushButton:
        button = QPushButton(theme.icon(name), text)
        button.setIconSize(QSize(18, 18))
        button.clicked.connect(lambda: signal.emit())
        return button
