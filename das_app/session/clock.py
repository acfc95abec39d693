"""Session clock."""

_DEFAULT_STEP_S = 1 / 30


class SessionClock:
    """Time of the session from times of the source: begins at 0 and never goes back.

    Args:
        nominal_fps: gives the step where the source begins again, such as a file that loops.
    """

    def __init__(self, nominal_fps: float) -> None:
        self._step_s = 1 / nominal_fps if nominal_fps > 0 else _DEFAULT_STEP_S
        self._offset_s: float | None = None
        self.time_s = 0.0

    def advance(self, source_time_s: float) -> float:
        """Time of the session for the next frame's time."""
        if self._offset_s is None:
            self._offset_s = -source_time_s
        elif source_time_s + self._offset_s <= self.time_s:
            self._offset_s = self.time_s + self._step_s - source_time_s
        self.time_s = source_time_s + self._offset_s
        return self.time_s
