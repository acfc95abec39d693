"""Time the encoders of recordings and films on the demo clip, and compare size and quality.

    python scripts/benchmark_encoders.py [--height 1080] [--pictures 100]

The last row is a camera's own JPEG files, put into the recording as they come.
"""

import argparse
import io
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from das_app.files.encoders import FILM, Encoder, recording_encoders, working_encoder
from das_app.lens.intrinsics import Intrinsics
from das_app.pipeline.open_source import open_source
from das_app.session.video_recorder import VideoEncoder
from das_app.sources.camera_source import decoded_jpeg
from das_model.inference.ordered_pool import num_cores

_GROUP = 10
_CAMERA_QUALITY = 85  # of JPEG in percent, as cameras have about


def demo_pictures(number: int, height: int) -> list[np.ndarray]:
    """The clip's first pictures, (H, W, 3) uint8 RGB, of a height in px."""
    source = open_source("demo", Intrinsics())
    pictures = [frame.image for frame in (source.read() for _ in range(number)) if frame]
    source.close()
    width = round(pictures[0].shape[1] * height / pictures[0].shape[0] / 2) * 2
    return [cv2.resize(p, (width, height), interpolation=cv2.INTER_CUBIC) for p in pictures]


def encoded(encoder: Encoder, pictures: list[np.ndarray]) -> bytes:
    """A Matroska file of them, made in one thread."""
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as container:
        stream = container.add_stream(encoder.name, rate=25, options=dict(encoder.options))
        assert isinstance(stream, av.VideoStream)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.codec_context.gop_size, stream.codec_context.thread_count = _GROUP, 1
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def psnr_db(pictures: list[np.ndarray], decoded: list[np.ndarray]) -> float:
    """Mean peak signal-to-noise ratio over pictures."""
    errors = [
        np.mean((picture - other.astype(np.float64)) ** 2)
        for picture, other in zip(pictures, decoded, strict=True)
    ]
    return float(np.mean(10 * np.log10(255**2 / np.array(errors))))


def camera_files(pictures: list[np.ndarray]) -> list[bytes]:
    """JPEG files as a camera gives them."""
    half = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422
    how = (cv2.IMWRITE_JPEG_QUALITY, _CAMERA_QUALITY, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, half)
    return [cv2.imencode(".jpg", picture[..., ::-1], how)[1].tobytes() for picture in pictures]


def store(pictures: list[np.ndarray], files: list[bytes]) -> None:
    """Write them as a recording does, untouched."""
    height, width = pictures[0].shape[:2]
    with tempfile.TemporaryDirectory() as folder:
        encoder = VideoEncoder(Path(folder) / "video.mkv", (width, height), 25, is_jpeg=True)
        for number, (picture, file) in enumerate(zip(pictures, files, strict=True)):
            encoder.add(picture, number / 25, file)
        encoder.close()


def cpu_ms(call: Callable[[], object], number: int) -> float:
    """What a call computes for each of so many pictures."""
    begin_s = time.process_time()
    call()
    return 1e3 * (time.process_time() - begin_s) / number


def main() -> None:
    """Print a row an encoder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--height", type=int, default=720, help="of the pictures, px")
    parser.add_argument("--pictures", type=int, default=100)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    pictures = demo_pictures(options.pictures, options.height)
    height, width = pictures[0].shape[:2]
    print(f"{len(pictures)} pictures of {width}x{height}, computing a picture\n")
    print("| Encoder | Encoding, ms | Decoding, ms | kB a picture | PSNR, dB |")
    print("|---|---|---|---|---|")
    for use, encoders in (("recordings", recording_encoders(num_cores())), ("films", FILM)):
        for encoder in encoders:
            try:
                working_encoder([encoder], (width, height))
            except OSError:
                print(f"| `{encoder.name}`, {use} | not here | – | – | – |")
                continue
            begin_s = time.process_time()
            data = encoded(encoder, pictures)
            encode_ms = 1e3 * (time.process_time() - begin_s) / len(pictures)
            with av.open(io.BytesIO(data), "r") as container:
                container.streams.video[0].thread_count = 1
                begin_s = time.process_time()
                decoded = list(container.decode(video=0))
                decode_ms = 1e3 * (time.process_time() - begin_s) / len(pictures)
                shown = [frame.to_ndarray(format="rgb24") for frame in decoded]
            size_kb = len(data) / len(pictures) / 1e3
            quality_db = psnr_db(pictures, shown)
            print(
                f"| `{encoder.name}`, {use} | {encode_ms:.1f} | {decode_ms:.1f} | {size_kb:.1f} "
                f"| {quality_db:.1f} |"
            )
    files = camera_files(pictures)
    store_ms = cpu_ms(lambda: store(pictures, files), len(files))
    decode_ms = cpu_ms(lambda: [decoded_jpeg(file) for file in files], len(files))
    size_kb = sum(map(len, files)) / len(files) / 1e3
    quality_db = psnr_db(pictures, [decoded_jpeg(file) for file in files])
    print(
        f"| a camera's own JPEG, stored | {store_ms:.1f} | {decode_ms:.1f} | {size_kb:.1f} "
        f"| {quality_db:.1f} |"
    )


if __name__ == "__main__":
    main()
