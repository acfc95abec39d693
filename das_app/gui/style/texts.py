"""Plain-text display of foreign texts, never as HTML.

Names of files, sessions, cameras and models, and errors that quote them, come from others. Qt
guesses by a text's look whether it is HTML, and HTML can show pictures and links of their choice.
So labels are `Label`s, and tool tips and messages go through `plain`; a test of the architecture
sees to it.
"""

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget


class Label(QLabel):
    """A label that shows its text as it is written; arguments as Qt's properties of that name."""

    def __init__(
        self,
        text: str = "",
        objectName: str = "",
        wordWrap: bool = False,
        toolTip: str = "",
        alignment: Qt.AlignmentFlag | None = None,
    ) -> None:
        super().__init__(objectName=objectName, wordWrap=wordWrap)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self.setToolTip(plain(toolTip))
        if alignment is not None:
            self.setAlignment(alignment)


def plain(text: str) -> str:
    """A text for a tool tip or a message, where Qt guesses the format: shown as it is written."""
    if "<" not in text and "&" not in text:  # then Qt cannot take it for HTML
        return text
    return f"<qt>{escape(text)}</qt>".replace("\n", "<br>")


def warn(parent: QWidget, title: str, text: str) -> None:
    """A message that is waited for."""
    QMessageBox.warning(parent, title, plain(text))


def confirm(parent: QWidget, title: str, question: str) -> bool:
    """A question that is waited for; whether the answer is yes."""
    answer = QMessageBox.question(parent, title, plain(question))
    return answer is QMessageBox.StandardButton.Yes
