"""Rolling figures over about the last second: rate and mean of what happened."""

from collections import deque

_MIN_EVENTS = 2  # an event rate below one per window still needs two events


class Rolling:
    """Events of the last `window_s` seconds. Not locked: its owner guards it."""

    def __init__(self, window_s: float = 1.0) -> None:
        self._window_s = window_s
        self._events: deque[tuple[float, float]] = deque()  # (time_s, value)

    def add(self, time_s: float, value: float = 0.0) -> None:
        """Note an event with its value."""
        self._events.append((time_s, value))
        while len(self._events) > _MIN_EVENTS and time_s - self._events[0][0] > self._window_s:
            self._events.popleft()

    def rate(self, now_s: float) -> float:
        """Events per second; falls towards 0 when nothing happens any more."""
        if len(self._events) < _MIN_EVENTS:
            return 0.0
        num_steps, first_s, last_s = len(self._events) - 1, self._events[0][0], self._events[-1][0]
        overdue_s = max(self._window_s, 2 * (last_s - first_s) / num_steps)
        end_s = last_s if now_s - last_s <= overdue_s else now_s
        return num_steps / max(end_s - first_s, 1e-9)

    def mean(self) -> float:
        """Mean value of the events kept, 0 before the first."""
        return sum(value for _, value in self._events) / max(len(self._events), 1)
