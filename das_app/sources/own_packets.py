"""Copyable packets of a video file, which a recording need not encode again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from das_app.sources.file_clock import DEFAULT_TIME_BASE, FileClock, file_stamps
from das_app.sources.frame_source import FrameSource
from das_app.sources.upright import Crop, container_crop, display_matrix, shown_width
from das_app.sources.video_source import VideoSource, open_video, packets_of

CODECS = ("h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "mjpeg")  # that Matroska and readers have


@dataclass(frozen=True, slots=True)
class OwnPackets:
    """Copyable packets of a file.

    Args:
        file: the video.
        times_ms: of its packets in the order of decoding, since the first picture.
    """

    file: Path
    times_ms: tuple[int, ...]

    def __iter__(self) -> Iterator[tuple[av.Packet, int]]:
        """The packets in the order of decoding, each with its time."""
        with open_video(self.file) as container:
            packets = (p for p in container.demux(container.streams.video[0]) if p.size)
            yield from zip(packets, self.times_ms, strict=True)


def own_packets(source: FrameSource) -> OwnPackets | None:
    """The packets of a file's frames; None where they do not show what the source does.

    That is so where pictures are cropped, turned or stretched, where a picture has no time of its
    own or the clock jumps, and in codecs that a session's readers may lack.

    Raises:
        SourceError: if the file cannot be read.
    """
    if not isinstance(source, VideoSource) or source.file is None:
        return None
    with open_video(source.file) as container:
        if container_crop(container) != Crop() or not _is_upright(container):
            return None
    with open_video(source.file) as container:
        stream = container.streams.video[0]
        noted: list[int | None] = []  # in the order of decoding
        shown = file_stamps(_noted(packets_of(container, stream), noted), stream)
        stamps = [stamp for stamp in noted if stamp is not None]
        if not stamps or len(stamps) < len(noted) or stamps[0] != shown.stamps[0]:
            return None
        time_base = stream.time_base or DEFAULT_TIME_BASE
    clock = FileClock(time_base, shown.long_step_s(time_base), source.slow_motion)
    times_s: dict[int, float] = {}
    for stamp in shown.stamps:
        times_s[stamp] = clock.time_s(stamp)
        if clock.jump_s:
            return None
    times_ms = [round(1000 * times_s[stamp]) for stamp in stamps]
    if len(set(times_ms)) < len(times_ms):
        return None
    return OwnPackets(source.file, tuple(times_ms))


def _noted(packets: Iterable[av.Packet], stamps: list[int | None]) -> Iterator[av.Packet]:
    """The packets, while their stamps are noted; None is noted for one that cannot be copied,
    which is the last."""
    for packet in packets:
        if not packet.size:
            continue
        is_another = packet.has_sidedata("new_extradata")  # which a copy has no place for
        is_odd = packet.pts is None or packet.is_discard or packet.is_corrupt or is_another
        if is_odd or not (stamps or packet.is_keyframe):
            stamps.append(None)
            return
        stamps.append(packet.pts)
        yield packet


def _is_upright(container: av.container.InputContainer) -> bool:
    """Whether the first picture is shown as it is stored, in a codec that is known."""
    stream = container.streams.video[0]
    if stream.codec_context.codec.canonical_name not in CODECS or stream.time_base is None:
        return False
    try:
        first = next(container.decode(stream), None)
    except av.error.FFmpegError:
        return False
    return (
        first is not None
        and shown_width(first.width, stream.sample_aspect_ratio) == first.width
        and bool((np.sign(display_matrix(first)) == np.eye(2)).all())
    )
