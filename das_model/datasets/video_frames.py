"""Video frames by number, with PyAV or an ffmpeg program.

Frames are counted as they are decoded, from 0; none is dropped or repeated to keep a rate, so
that the numbers are those of the labels.
"""

import itertools
import subprocess
from collections.abc import Generator, Mapping
from pathlib import Path

import av
import cv2
import numpy as np

_QUALITY = 98  # of JPEG: about that of the data set's own extraction, ffmpeg -q:v 1


def extract_frames(video: Path, wanted: Mapping[int, Path], ffmpeg: Path | None = None) -> int:
    """Write frames of a video as pictures; those that exist already are left alone.

    Args:
        video: the file.
        wanted: picture file of each wanted frame number.
        ffmpeg: program to decode with, instead of PyAV.

    Returns:
        The number of pictures written; fewer than wanted where the video is shorter.

    Raises:
        OSError: if the video cannot be decoded or a picture cannot be written.
    """
    left = {number: file for number, file in wanted.items() if not file.is_file()}
    if not left:
        return 0
    for folder in {file.parent for file in left.values()}:
        folder.mkdir(parents=True, exist_ok=True)
    num_written = 0
    frames = _decoded_by_pyav(video, left) if ffmpeg is None else _decoded_by(ffmpeg, video, left)
    try:
        for number, image in itertools.islice(frames, len(left)):
            _write(left[number], image)
            num_written += 1
    except (av.FFmpegError, IndexError) as error:
        raise OSError(f"{video}: not a video that can be decoded: {error}") from error
    finally:
        frames.close()
    return num_written


def _decoded_by_pyav(
    video: Path, wanted: Mapping[int, Path]
) -> Generator[tuple[int, np.ndarray], None, None]:
    """(number, (H, W, 3) uint8 BGR) of the wanted frames."""
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for number, frame in enumerate(container.decode(stream)):
            if number in wanted:
                yield number, frame.to_ndarray(format="bgr24")


def _decoded_by(
    ffmpeg: Path, video: Path, wanted: Mapping[int, Path]
) -> Generator[tuple[int, np.ndarray], None, None]:
    """The same by an ffmpeg program, which hands over raw pictures."""
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        width, height = stream.width, stream.height
    command = [
        str(ffmpeg),
        "-nostdin",
        "-loglevel",
        "error",
        "-i",
        str(video),
        "-map",
        "0:v:0",
        "-fps_mode",
        "passthrough",
        "-f",
        "rawvideo",
        "-pix_fmt",
        "bgr24",
        "pipe:1",
    ]
    num_bytes = width * height * 3
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None  # it was asked for
    try:
        for number in itertools.count():
            data = process.stdout.read(num_bytes)
            if len(data) < num_bytes:
                break
            if number in wanted:
                yield number, np.frombuffer(data, np.uint8).reshape(height, width, 3)
    finally:
        process.kill()
        process.communicate()
    if number == 0:
        raise OSError(f"{video}: {ffmpeg} decoded no frame of it")


def _write(file: Path, image: np.ndarray) -> None:
    """Write a picture as a whole or not at all, also when the work is cut off."""
    is_done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not is_done:
        raise OSError(f"{file}: the picture could not be encoded")
    part = file.with_suffix(".part")
    part.write_bytes(data.tobytes())
    part.replace(file)
