"""Plain-text display of foreign texts, never as HTML.

Names of files, sessions, cameras and models, and errors that quote them, come from others. Qt
guesses by a text's look whether it is HTML, and HTML can show pictures and links of their choice.
So labels are `Label`s, and tool tips and messages go through `plain`; a test of the architecture
sees to it. Names and tool tips are set by functions that return the widget: PySide's annotations
know the keywords of no inherited property.
"""

from html import escape
from typing import TypeVar

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget

_Object = TypeVar("_Object", bound=QObject)
_Widget = TypeVar("_Widget", bound=QWidget)


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
        super().__init__(wordWrap=wordWrap)
        self.setObjectName(objectName)
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


def sentence(message: str) -> str:
    """The message, with a capital at its beginning where that is a word."""
    first = message.partition(" ")[0]
    return message[:1].upper() + message[1:] if first.isalpha() and first.islower() else message


def named(item: _Object, name: str) -> _Object:
    """The same object, under the name by which the style sheet knows it."""
    item.setObjectName(name)
    return item


def described(widget: _Widget, tip: str = "", spoken: str = "") -> _Widget:
    """The same widget, with a tool tip, and with a name for screen readers if one is given."""
    widget.setToolTip(plain(tip))
    if spoken:
        widget.setAccessibleName(spoken)
    return widget


def warn(parent: QWidget, title: str, text: str) -> None:
    """A message that is waited for."""
    QMessageBox.warning(parent, title, plain(text))


def confirm(parent: QWidget, title: str, question: str) -> bool:
    """A question that is waited for; whether the answer is yes."""
    answer = QMessageBox.question(parent, title, plain(question))
    return answer is QMessageBox.StandardButton.Yes
