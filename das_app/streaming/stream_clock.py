"""Stream clock: small numbers, since OSC float32 cannot hold a clock that runs for days."""


class StreamClock:
    """Seconds since the stream began or another source did."""

    def __init__(self) -> None:
        self._first_s: float | None = None
        self._last_s = 0.0

    def since_start(self, time_s: float) -> float:
        """Seconds from the first frame to one at `time_s`; when time falls it begins anew."""
        if self._first_s is None or time_s < self._last_s:
            self._first_s = time_s
        self._last_s = time_s
        return time_s - self._first_s
