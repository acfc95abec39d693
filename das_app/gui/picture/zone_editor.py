"""Editor of the ignored zones: drag a rectangle, click a polygon, move, delete, undo."""

import math

import numpy as np
from PySide6.QtCore import QObject, Signal

from das_app.motion.ignored import Ignored, Zone, inside, rectangle

_CLICK = 0.01  # of the picture: a press that moves less is a click
_CLOSE = 0.03  # of the picture: a click so near the first corner ends a polygon

Place = tuple[float, float]  # in shares of the picture's width and height


class ZoneEditor(QObject):
    """Zones, and what the mouse makes of them while editing is on.

    A drag beside all zones makes a rectangle. Clicks are corners of a polygon, which a click at
    its first corner or a double click ends. A click on a zone chooses it, a drag moves it.

    Attributes:
        changed: there is another zone, or one fewer, or one is elsewhere.
        drawn: what is to be seen changed.
        is_on: editing is on.
        zones: as they are now.
        chosen: number of the zone that `delete` takes away; None for none.
        corners: of the polygon begun, or of the rectangle being dragged.
    """

    changed = Signal()
    drawn = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_on = False
        self.zones: tuple[Zone, ...] = ()
        self.chosen: int | None = None
        self.corners: Zone = ()
        self._is_rectangle = False
        self._pressed: Place | None = None
        self._former: list[tuple[Zone, ...]] = []  # to be taken back
        self._at_press: tuple[Zone, ...] = ()

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return bool(self._former or self.corners)

    def begin(self, zones: tuple[Zone, ...]) -> None:
        """Take up the zones of another source; nothing can be taken back."""
        self.zones = zones
        self._former.clear()
        self._give_up()

    def set_on(self, is_on: bool) -> None:
        """Begin or end editing; a polygon that was begun is given up."""
        self.is_on = is_on
        self._give_up()

    def press(self, place: Place) -> None:
        """The button goes down."""
        self._pressed, self._at_press = place, self.zones
        if not self.corners:
            self.chosen = self._zone_at(place)
        self.drawn.emit()

    def move(self, place: Place) -> None:
        """The mouse moves, with the button down or not."""
        if self._pressed is None or (self.corners and not self._is_rectangle):
            return
        is_click = math.dist(place, self._pressed) < _CLICK
        if self.chosen is not None:
            moved = _moved(self._at_press[self.chosen], self._pressed, place)
            zones = list(self._at_press)
            zones[self.chosen] = self._at_press[self.chosen] if is_click else moved
            self.zones = tuple(zones)
        elif not is_click:
            self.corners, self._is_rectangle = rectangle(self._pressed, place), True
        self.drawn.emit()

    def release(self, place: Place) -> None:
        """The button goes up."""
        pressed, self._pressed = self._pressed, None
        if pressed is None:
            return
        if self._is_rectangle:
            self.finish()
        elif self.chosen is not None and not self.corners:
            if self.zones != self._at_press:
                self._become(self.zones, self._at_press)
        elif self.corners and math.dist(place, self.corners[0]) < _CLOSE:
            self.finish()
        else:
            self.corners = (*self.corners, place)
        self.drawn.emit()

    def finish(self) -> None:
        """Make a zone of the corners; without an area they are given up."""
        zones, self.corners, self._is_rectangle = (*self.zones, self.corners), (), False
        try:
            Ignored(zones)
        except ValueError:
            self.drawn.emit()
            return
        self.chosen = len(zones) - 1
        self._become(zones, self.zones)

    def delete(self) -> None:
        """Take the chosen zone away."""
        if self.chosen is not None:
            zones = self.zones[: self.chosen] + self.zones[self.chosen + 1 :]
            self.chosen = None
            self._become(zones, self.zones)

    def undo(self) -> None:
        """Give up the polygon begun, or take the last change back."""
        had_corners = bool(self.corners)
        self._give_up()
        if self._former and not had_corners:
            self.zones = self._former.pop()
            self.changed.emit()

    def _become(self, zones: tuple[Zone, ...], before: tuple[Zone, ...]) -> None:
        self.zones = zones
        self._former.append(before)
        self.changed.emit()
        self.drawn.emit()

    def _give_up(self) -> None:
        self.corners, self.chosen, self._pressed = (), None, None
        self._is_rectangle = False
        self.drawn.emit()

    def _zone_at(self, place: Place) -> int | None:
        found = [n for n, zone in enumerate(self.zones) if inside(zone, np.array(place))]
        return found[-1] if found else None


def _moved(zone: Zone, start: Place, end: Place) -> Zone:
    """A zone moved as the mouse was, as far as the picture goes."""
    corners = np.array(zone)
    shift = np.clip(np.subtract(end, start), -corners.min(axis=0), 1 - corners.max(axis=0))
    return tuple((x, y) for x, y in np.clip(corners + shift, 0.0, 1.0).tolist())
