"""A source whose looping can be switched while it plays, around any other source."""

import time

from das_app.calibration import Intrinsics
from das_app.pipeline.frame_source import FrameSource
from das_app.pipeline.messages import Frame

_LONGEST_WAIT_S = 0.5


class LoopingSource:
    """Begins again at the first frame when `source` ends, while `is_looping`.

    Args:
        source: where frames come from; closed with this one. A camera never ends.

    Attributes:
        is_looping: may be set from any thread.
    """

    def __init__(self, source: FrameSource) -> None:
        self._source = source
        self.name, self.is_live = source.name, source.is_live
        self.nominal_fps, self.num_frames = source.nominal_fps, source.num_frames
        self.is_looping = False
        self._has_frames = False

    @property
    def intrinsics(self) -> Intrinsics:
        """Lens used for the following frames."""
        return self._source.intrinsics

    @intrinsics.setter
    def intrinsics(self, intrinsics: Intrinsics) -> None:
        self._source.intrinsics = intrinsics

    def read(self) -> Frame | None:
        """The next frame; None at the end unless looping, and always if there was no frame."""
        frame = self._source.read()
        if frame is None and self._has_frames and self.is_looping:
            if self.nominal_fps > 0:
                time.sleep(min(1 / self.nominal_fps, _LONGEST_WAIT_S))  # the last frame's own time
            self._source.rewind()
            frame = self._source.read()
        self._has_frames |= frame is not None
        return frame

    def rewind(self) -> None:
        """Begin again at the first frame."""
        self._source.rewind()

    def close(self) -> None:
        """Release the device or file."""
        self._source.close()
