"""Turned source: images rotated for a camera on its side or upside down.

Pictures are turned before anybody sees them: the model, the recorder and the screen. The lens of
the source stays that of its pictures as they come, and the camera of each turns with it.
"""

from dataclasses import replace
from enum import IntEnum

import cv2

from das_app.lens.intrinsics import Intrinsics
from das_app.messaging.messages import Frame
from das_app.sources.frame_source import FrameSource
from das_app.sources.watchdog import WatchedSource


class Turn(IntEnum):
    """Degrees by which pictures are turned clockwise."""

    NONE = 0
    RIGHT = 90
    OVER = 180
    LEFT = 270

    @property
    def num_quarters(self) -> int:
        """Quarters of a full turn."""
        return self // 90

    def size_before(self, size: tuple[int, int]) -> tuple[int, int]:
        """(width, height) px of a picture before it was turned, of its size after."""
        return size[::-1] if self.num_quarters % 2 else size


_CODES = {
    Turn.RIGHT: cv2.ROTATE_90_CLOCKWISE,
    Turn.OVER: cv2.ROTATE_180,
    Turn.LEFT: cv2.ROTATE_90_COUNTERCLOCKWISE,
}


class TurnedSource:
    """Frames of a source, turned.

    Args:
        source: that is read; closed with this one.
        turn: of its pictures, not none.
    """

    def __init__(self, source: FrameSource, turn: Turn) -> None:
        self.source, self.turn = source, turn

    @property
    def name(self) -> str:
        """Of the source."""
        return self.source.name

    @property
    def is_live(self) -> bool:
        """As the source."""
        return self.source.is_live

    @property
    def nominal_fps(self) -> float:
        """Of the source."""
        return self.source.nominal_fps

    @property
    def num_frames(self) -> int | None:
        """Of the source."""
        return self.source.num_frames

    @property
    def duration_s(self) -> float | None:
        """Of the source."""
        return self.source.duration_s

    @property
    def intrinsics(self) -> Intrinsics:
        """Lens of the pictures before they are turned."""
        return self.source.intrinsics

    @intrinsics.setter
    def intrinsics(self, intrinsics: Intrinsics) -> None:
        self.source.intrinsics = intrinsics

    def read(self) -> Frame | None:
        """The next frame of the source, turned; raises what the source raises."""
        frame = self.source.read()
        if frame is None:
            return None
        image = cv2.rotate(frame.image, _CODES[self.turn])
        image.flags.writeable = False
        camera = frame.camera.turned(self.turn.num_quarters)
        return replace(frame, image=image, camera=camera, packet=None)  # which is not turned

    def seek(self, index: int) -> None:
        """As the source."""
        self.source.seek(index)

    def index_at(self, time_s: float) -> int:
        """As the source."""
        return self.source.index_at(time_s)

    def close(self) -> None:
        """Close the source."""
        self.source.close()


def turn_of(source: FrameSource) -> Turn:
    """Rotation of the images of a source."""
    return source.turn if isinstance(source, TurnedSource) else Turn.NONE


def camera_of(source: FrameSource) -> WatchedSource | None:
    """The camera that a source reads, turned or not; None for what is no camera."""
    plain = source.source if isinstance(source, TurnedSource) else source
    if isinstance(plain, WatchedSource) and plain.controls is not None:
        return plain
    return None
