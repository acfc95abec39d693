"""Video encoders: the first of several that works with the FFmpeg that is installed.

x264 is GPL. Who ships an FFmpeg without it has the ones behind it (`docs/licences.md`).
"""

import logging
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple, cast

import av
from av.video.reformatter import ColorRange

FEW_CORES = 4  # up to so many the encoder must leave to the model what it can
_JPEG_QUALITY = 3  # of FFmpeg: 2 is the best
_log = logging.getLogger(__name__)


class Encoder(NamedTuple):
    """An encoder by FFmpeg's name, with its options."""

    name: str
    options: dict[str, str]


# for MP4 films to be looked at
FILM = (
    Encoder("libx264", {"preset": "veryfast", "crf": "18"}),
    Encoder("libopenh264", {"b": "20M"}),
    Encoder("mpeg4", {"b": "20M"}),
)
# of what Foxglove shows, which takes no picture that refers to a later one
ANNEX_B = (
    Encoder(
        "libx264",
        {"preset": "veryfast", "crf": "23", "bf": "0", "g": "30", "tune": "zerolatency"},
    ),
)


def jpeg_encoder() -> Encoder:
    """For changed pictures among a camera's own JPEG files."""
    return Encoder("mjpeg", {"flags": "+qscale", "global_quality": str(_JPEG_QUALITY * 118)})


def recording_encoders(num_cores: int) -> tuple[Encoder, ...]:
    """For recordings: as fast as pictures come, none held back, on so many cores."""
    preset = "ultrafast" if num_cores <= FEW_CORES else "veryfast"
    return (
        Encoder("h264_nvenc", {"preset": "p4", "rc": "vbr", "cq": "21", "bf": "0", "delay": "0"}),
        Encoder("libx264", {"preset": preset, "crf": "20", "tune": "zerolatency,fastdecode"}),
        Encoder("libvpx", {"deadline": "realtime", "cpu-used": "8", "crf": "10", "b": "30M"}),
    )


def working_encoder(encoders: Sequence[Encoder], size: tuple[int, int]) -> Encoder:
    """The first that opens here; NVENC is listed where there is no such card, too.

    Args:
        encoders: the best one first.
        size: (width, height) px, both even.

    Raises:
        OSError: if none does.
    """
    for encoder in encoders:
        if encoder.name not in av.codecs_available:
            continue
        context = cast(av.VideoCodecContext, av.CodecContext.create(encoder.name, "w"))
        context.width, context.height = size
        context.pix_fmt, context.time_base = "yuv420p", Fraction(1, 1000)
        context.options = dict(encoder.options)
        try:
            context.open()
            return encoder
        except (av.error.FFmpegError, OSError, ValueError):
            _log.info("%s does not work here", encoder.name)
    names = ", ".join(encoder.name for encoder in encoders)
    raise OSError(f"no video can be written: FFmpeg has none of the encoders {names} here")


def film_picture(picture: av.VideoFrame, size: tuple[int, int]) -> av.VideoFrame:
    """A decoded picture as H.264 has it, (width, height) px; JPEG has other values for black and
    white."""
    width, height = size
    return picture.reformat(width, height, "yuv420p", dst_color_range=ColorRange.MPEG)
