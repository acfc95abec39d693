"""Playing a file by its timestamps."""

_MAX_LAG_S = 0.5  # a file read slower than it plays is slowed down, not caught up in a burst


class Pacer:
    """When a file's frame is due, from its timestamp."""

    def __init__(self) -> None:
        self._origin_s: float | None = None  # monotonic time of the file's position 0

    def restart(self) -> None:
        """Let the next frame be due at once."""
        self._origin_s = None

    def delay_s(self, time_s: float, now_s: float) -> float:
        """How long to wait with the frame at `time_s` of the file."""
        if self._origin_s is None or self._origin_s + time_s < now_s - _MAX_LAG_S:
            self._origin_s = now_s - time_s
        return max(0.0, self._origin_s + time_s - now_s)
