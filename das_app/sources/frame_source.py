"""`FrameSource`: interface of all sources of frames."""

from typing import Protocol

from das_app.lens.intrinsics import Intrinsics
from das_app.messaging.messages import Frame


class SourceError(RuntimeError):
    """A source cannot be opened or went away; the message is for the user."""


class SourceLost(SourceError):
    """A live source delivers nothing at the moment; read again, it is being reopened."""


class FrameSource(Protocol):
    """Frames in order. One thread at a time reads; `intrinsics` may be set from any thread.

    Attributes:
        name: short name for people to read.
        is_live: True for a camera or a stream, which has its own pace and no end.
        nominal_fps: frames per second as the file says; 0 when unknown, as for a live source.
        num_frames: how many there are, or None when unknown.
        duration_s: length of a file in which any place can be sought; None where one cannot.
        intrinsics: lens used for the following frames.
    """

    intrinsics: Intrinsics

    @property
    def name(self) -> str: ...

    @property
    def is_live(self) -> bool: ...

    @property
    def nominal_fps(self) -> float: ...

    @property
    def num_frames(self) -> int | None: ...

    @property
    def duration_s(self) -> float | None: ...

    def read(self) -> Frame | None:
        """The next frame, or None when the source ended or was closed.

        Raises:
            SourceLost: if a live source stopped delivering; never more than 2 s after it did.
            SourceError: if there is no way to go on.
        """
        ...

    def seek(self, index: int) -> None:
        """Let the next frame read be number `index`, or the last one when there are fewer.

        Raises:
            SourceError: where that has no meaning; 0 works in everything that is not live.
        """
        ...

    def index_at(self, time_s: float) -> int:
        """Number of the frame that is on the screen at `time_s`; 0 in a live source."""
        ...

    def close(self) -> None:
        """Release the device or file; may be called more than once.

        A live source may be closed from any thread, which wakes a `read` that waits.
        """
        ...
