"""Time the encoders of recordings and films on the demo clip, and compare size and quality.

python scripts/benchmark_encoders.py
"""

import io
import time
from fractions import Fraction

import av
import numpy as np

from das_app.files.encoders import FILM, Encoder, recording_encoders, working_encoder
from das_app.lens.intrinsics import Intrinsics
from das_app.pipeline.open_source import open_source
from das_model.inference.ordered_pool import num_cores

_NUM_PICTURES, _GROUP = 100, 10


def demo_pictures() -> list[np.ndarray]:
    """The clip's first pictures, (H, W, 3) uint8 RGB."""
    source = open_source("demo", Intrinsics())
    pictures = [frame.image for frame in (source.read() for _ in range(_NUM_PICTURES)) if frame]
    source.close()
    return pictures


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


def psnr_db(pictures: list[np.ndarray], decoded: list[av.VideoFrame]) -> float:
    """Mean peak signal-to-noise ratio over pictures."""
    errors = [
        np.mean((picture - frame.to_ndarray(format="rgb24").astype(np.float64)) ** 2)
        for picture, frame in zip(pictures, decoded, strict=True)
    ]
    return float(np.mean(10 * np.log10(255**2 / np.array(errors))))


def main() -> None:
    """Print a row an encoder."""
    pictures = demo_pictures()
    height, width = pictures[0].shape[:2]
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
            size_kb = len(data) / len(pictures) / 1e3
            quality_db = psnr_db(pictures, decoded)
            print(
                f"| `{encoder.name}`, {use} | {encode_ms:.1f} | {decode_ms:.1f} | {size_kb:.1f} "
                f"| {quality_db:.1f} |"
            )


if __name__ == "__main__":
    main()
