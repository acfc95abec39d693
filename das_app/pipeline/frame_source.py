"""What every source of frames offers to the pipeline."""

from typing import Protocol

from das_app.calibration import Intrinsics
from das_app.pipeline.messages import Frame


class SourceError(RuntimeError):
    """A source cannot be opened or went away; the message is for the user."""


class FrameSource(Protocol):
    """Frames in order. One thread at a time reads; `intrinsics` may be set from any thread.

    Attributes:
        name: short name for people to read.
        is_live: True for a camera, which has its own pace and no end.
        nominal_fps: frames per second as announced; 0 when unknown.
        num_frames: how many there are, or None when unknown.
        intrinsics: lens used for the following frames.
    """

    name: str
    is_live: bool
    nominal_fps: float
    num_frames: int | None
    intrinsics: Intrinsics

    def read(self) -> Frame | None:
        """The next frame, or None when the source ended. Raises SourceError when it is lost."""
        ...

    def rewind(self) -> None:
        """Begin again at the first frame. Raises SourceError where that has no meaning."""
        ...

    def close(self) -> None:
        """Release the device or file; may be called more than once."""
        ...
