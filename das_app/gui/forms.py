"""Forms: labels beside their fields."""

from PySide6.QtWidgets import QFormLayout

_LABEL, _FIELD = QFormLayout.ItemRole.LabelRole, QFormLayout.ItemRole.FieldRole


def centre_labels(form: QFormLayout) -> None:
    """Let each label stand at the middle of its field; Qt puts it at the field's top."""
    for row in range(form.rowCount()):
        label, field = form.itemAt(row, _LABEL), form.itemAt(row, _FIELD)
        if label is None or field is None or field.widget() is None:
            continue
        words = label.widget()
        spare = max(0, field.widget().sizeHint().height() - words.sizeHint().height())
        if words.text():
            words.setContentsMargins(0, spare // 2, 0, spare - spare // 2)
