"""Network sources through PyAV: a live camera stream, or a video on a server."""

import time
from collections.abc import Iterator

import av

from das_app.lens.intrinsics import Intrinsics
from das_app.sources.addresses import shown_address
from das_app.sources.frame_source import FrameSource, SourceError
from das_app.sources.upright import PixelShapes, ShapedPicture, Uprighter
from das_app.sources.video_source import VideoSource, open_video
from das_app.sources.watchdog import DEFAULT_PATIENCE, Patience, Taken, WatchedSource
from das_app.words.said import said


def open_address(
    address: str, intrinsics: Intrinsics, patience: Patience = DEFAULT_PATIENCE
) -> FrameSource:
    """Open an address: a film of known length plays as a file, all else is live.

    Args:
        address: rtsp, http(s), rtmp, udp, tcp or srt.
        intrinsics: lens it is taken with.
        patience: with a stream that stops.

    Raises:
        SourceError: if nothing answers within 5 s or what does is no video.
    """
    name = shown_address(address)
    with open_video(address) as container:
        has_length = bool(container.duration)
    if has_length:
        return VideoSource(address, intrinsics, name)
    return WatchedSource(name, lambda: _Stream(address), intrinsics, patience)


class _Stream:
    """An opened stream; pictures count from their arrival, the only clock both sides share."""

    def __init__(self, address: str) -> None:
        try:
            self._container = open_video(address, is_live=True)
        except SourceError as error:
            reason = str(error).removeprefix(f"{shown_address(address)} ")
            raise SourceError(said("it {reason}", reason=reason)) from error
        self._pictures, self._upright = self._decode(), Uprighter()

    def read(self) -> Taken | None:
        """The next picture, taken when it arrived; None when the stream ended.

        Raises:
            SourceError: if the connection broke.
        """
        try:
            picture = next(self._pictures, None)
        except av.error.FFmpegError as error:
            raise SourceError(error.strerror) from None  # the error itself tells the password
        if picture is None:
            return None
        return Taken(self._upright(picture), time.monotonic())

    def close(self) -> None:
        """Release the connection."""
        self._container.close()

    def _decode(self) -> Iterator[ShapedPicture]:
        shaped = PixelShapes(self._container.streams.video[0])
        for packet in self._container.demux(video=0):
            try:
                yield from map(shaped, packet.decode())
            except av.error.FFmpegError:
                continue  # a damaged packet; the next key frame mends it
