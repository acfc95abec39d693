"""How fast a file goes through the model: frame by frame, and through the ordered pool.

    python scripts/benchmark_files.py [VIDEO] [--frames 60] [--rounds 3]

The ways take turns, so that a noisy machine is noisy for all of them; the ratios count. Each
captures the first frames into a session in a folder that is deleted again.
"""

import argparse
import logging
import statistics
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

from das_app.files.bundled import bundled_file
from das_app.pipeline.headless import capture_file
from das_app.pipeline.open_source import open_source
from das_app.session.origin import session_origin
from das_app.session.recorder import Recorder
from das_app.settings.app_settings import AppSettings
from das_app.sources.own_packets import own_packets
from das_model.inference.estimate import Estimator
from das_model.inference.mode import Mode
from das_model.inference.ordered_pool import num_cores, one_thread
from das_model.inference.runtime import open_estimator

SERIAL, POOL = "frame by frame", "ordered pool"
ENCODED, COPIED = "pool, video encoded", "pool, video copied"


def captured(video: str, estimator: Estimator, num_frames: int, way: str) -> tuple[float, float]:
    """Frames a second of a capture, with the closing of its session, and CPU ms a frame."""
    settings = AppSettings()
    source = open_source(video, settings.lens.intrinsics())
    with tempfile.TemporaryDirectory() as folder:
        origin = session_origin(
            source, estimator.skeleton, estimator.model_name, settings.model.path(), "fast"
        )
        recorder = Recorder(
            Path(folder) / "session",
            origin,
            has_video=way in (ENCODED, COPIED),
            waits=True,
            packets=own_packets(source) if way == COPIED else None,
        )
        begin_s, begin_cpu_s = time.perf_counter(), time.process_time()
        summary = capture_file(
            source,
            estimator,
            recorder,
            threading.Event(),
            lambda _result: None,
            num_frames,
            settings.people.options(),
        )
        seconds, cpu_s = time.perf_counter() - begin_s, time.process_time() - begin_cpu_s
        return summary.num_frames / seconds, 1e3 * cpu_s / summary.num_frames


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("video", nargs="?", default="demo")
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    logging.disable(logging.INFO)
    options = replace(AppSettings().estimator_options(), mode=Mode.FAST)
    file = bundled_file("models", "das-lite.onnx")
    many, one = open_estimator(file, options), open_estimator(file, one_thread(options))
    ways = {SERIAL: many, POOL: one, ENCODED: one, COPIED: one}
    rates: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(args.rounds):
        for name, estimator in ways.items():
            rates[name].append(captured(args.video, estimator, args.frames, name))
    print(f"{args.frames} frames of {args.video}, {num_cores()} cores, medians of {args.rounds}")
    first = statistics.median(rate for rate, _ in rates[SERIAL])
    for name, values in rates.items():
        rate, cpu_ms = (statistics.median(column) for column in zip(*values, strict=True))
        print(f"{name:26s} {rate:6.1f} frames/s, {cpu_ms:5.0f} CPU ms   ratio {rate / first:5.2f}")


if __name__ == "__main__":
    main()
