"""Playback pacing by timestamps."""

MIN_SPEED, MAX_SPEED = 0.1, 4.0
_MAX_LAG_S = 0.5  # a file read slower than it plays is slowed down, not caught up in a burst


class Pacer:
    """When a file's frame is due, from its timestamp."""

    def __init__(self) -> None:
        self._origin_s: float | None = None  # monotonic time of the file's position 0
        self._speed = 1.0

    def set_speed(self, speed: float) -> None:
        """Play `speed` times as fast from the next frame on.

        Raises:
            ValueError: if speed is not from 0.1 to 4.
        """
        if not MIN_SPEED <= speed <= MAX_SPEED:
            raise ValueError(f"speed must be from {MIN_SPEED:g} to {MAX_SPEED:g}, got {speed}")
        if speed != self._speed:
            self._speed = speed
            self.restart()

    def restart(self) -> None:
        """Let the next frame be due at once."""
        self._origin_s = None

    def delay_s(self, time_s: float, now_s: float) -> float:
        """Delay before the frame at `time_s` of the file."""
        played_s = time_s / self._speed
        if self._origin_s is None or self._origin_s + played_s < now_s - _MAX_LAG_S:
            self._origin_s = now_s - played_s
        return max(0.0, self._origin_s + played_s - now_s)
