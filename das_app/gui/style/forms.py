"""Form parts: labels beside fields, widgets in a row, cells of tables, progress bars."""

from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from das_app.gui.style import theme

_LABEL, _FIELD = QFormLayout.ItemRole.LabelRole, QFormLayout.ItemRole.FieldRole


def centre_labels(form: QFormLayout) -> None:
    """Let each label stand at the middle of its field; Qt puts it at the field's top."""
    for row in range(form.rowCount()):
        label, field = form.itemAt(row, _LABEL), form.itemAt(row, _FIELD)
        if label is None or field is None:
            continue
        words, entry = label.widget(), field.widget()
        if not isinstance(words, QLabel) or entry is None or not words.text():
            continue
        spare = max(0, entry.sizeHint().height() - words.sizeHint().height())
        words.setContentsMargins(0, spare // 2, 0, spare - spare // 2)


def row_of(*widgets: QWidget, wide: QWidget | None = None) -> QWidget:
    """Widgets side by side; `wide` is the one that takes the room left, which else stays empty."""
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(theme.SPACE_PX)
    for widget in widgets:
        layout.addWidget(widget, int(widget is wide))
    if wide is None:
        layout.addStretch(1)
    return row


def filled_cell(table: QTableWidget, row: int, column: int) -> QTableWidgetItem:
    """The item of a cell that was given one."""
    item = table.item(row, column)
    assert item is not None
    return item


def progress_bar() -> QProgressBar:
    """A bar from 0 to 1000, hidden at first, whose dialog keeps its size as it comes and goes."""
    bar = QProgressBar(textVisible=False)
    bar.setRange(0, 1000)
    bar.hide()
    policy = bar.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    bar.setSizePolicy(policy)
    return bar
