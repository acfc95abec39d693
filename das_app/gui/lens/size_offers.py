"""Offers of people's heights as the floor gives them, to be accepted one by one."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from das_app.gui.style import theme
from das_app.gui.style.forms import row_of
from das_app.gui.style.language import tr
from das_app.gui.style.texts import Label

_MAX_OFFERS = 4  # offers at a time, the farthest off first


class SizeOffers(QWidget):
    """A line and a button each person who would be of another size on the known floor.

    Attributes:
        accepted: track id, and height in mm.
    """

    accepted = Signal(int, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_PX)
        self.texts = [Label(wordWrap=True) for _ in range(_MAX_OFFERS)]
        self.buttons = [QPushButton(tr("Accept")) for _ in range(_MAX_OFFERS)]
        self._offers: list[tuple[int, float]] = []
        self._rows: list[QWidget] = []
        for number, (text, button) in enumerate(zip(self.texts, self.buttons, strict=True)):
            button.clicked.connect(lambda _, n=number: self.accepted.emit(*self._offers[n]))
            self._rows.append(row_of(text, button, wide=text))
            column.addWidget(self._rows[-1])
        self.set_offers({})

    def set_offers(self, offers: Mapping[int, tuple[float, float]]) -> None:
        """Show who seems how tall and comes out how tall, mm, by track id."""
        ordered = sorted(offers.items(), key=lambda item: -abs(item[1][0] / item[1][1] - 1))
        self._offers = [(track_id, tall_mm) for track_id, (tall_mm, _) in ordered[:_MAX_OFFERS]]
        for number, text in enumerate(self.texts):
            is_used = number < len(self._offers)
            self._rows[number].setVisible(is_used)
            if is_used:
                track_id, (tall_mm, seen_mm) = ordered[number]
                text.setText(
                    tr(
                        "Person {number} seems {tall_m:.2f} m tall by the floor, "
                        "{seen_m:.2f} m by the look.",
                        number=track_id,
                        tall_m=tall_mm / 1e3,
                        seen_m=seen_mm / 1e3,
                    )
                )
        self.setVisible(bool(self._offers))
