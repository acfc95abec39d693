"""Record a session as fast as it goes, then time opening it and seeking in it.

    python scripts/benchmark_session.py [--minutes 60] [--people 3]
"""

import argparse
import random
import resource
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from das_app.pipeline.session import Session
from das_app.pipeline.session_types import RecordedPoses, SessionOrigin
from das_app.pipeline.session_writer import SessionWriter
from das_model.camera import Camera
from das_model.people import People
from das_model.skeleton import BODY_22

FPS, FRAMES_PER_CHUNK = 30, 15
CAMERA = Camera.from_fov((1280, 720))


def walking(num_people: int, index: int, rng: np.random.Generator) -> People:
    """People with noise, so that compression has its usual work."""
    joints = rng.normal(0, 300, (num_people, BODY_22.num_joints, 3)).astype(np.float32)
    joints[..., 2] += 3000 + index % 1000
    scores = np.full(num_people, 0.9, np.float32)
    joint_scores = rng.random(joints.shape[:2], np.float32)
    return People(joints, joint_scores, scores, np.arange(num_people))


def memory_mib() -> float:
    """Largest memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def print_seeks(session: Session) -> None:
    """Time a hundred seeks; the processor's time does not depend on what else runs."""
    times_ms, cpu_ms, chance = [], [], random.Random(0)
    for time_s in (chance.uniform(0, session.duration_s) for _ in range(100)):
        begin_s, begin_cpu_s = time.monotonic(), time.process_time()
        session.at(time_s)
        times_ms.append(1e3 * (time.monotonic() - begin_s))
        cpu_ms.append(1e3 * (time.process_time() - begin_cpu_s))
    print(
        f"seek: median {statistics.median(times_ms):.1f} ms, worst {max(times_ms):.1f} ms; "
        f"of the processor {statistics.median(cpu_ms):.1f} and {max(cpu_ms):.1f} ms"
    )


def main() -> None:
    """Record, open, seek and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--people", type=int, default=3)
    options = parser.parse_args()
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    origin = SessionOrigin("benchmark", FPS, "assumed", BODY_22, "none", "0" * 64, "0", now)
    num_frames, rng = round(options.minutes * 60 * FPS), np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "session"
        writer = SessionWriter(folder, origin)
        begin_s, memory = time.monotonic(), []
        for index in range(num_frames):
            time_s = index / FPS
            people = walking(options.people, index, rng)
            poses = RecordedPoses(index, time_s, index, time_s, None, CAMERA, people)
            writer.write(poses, poses)
            if index % FRAMES_PER_CHUNK == 0:
                writer.flush()
            if index % max(1, num_frames // 4) == 0:
                memory.append(f"{memory_mib():.0f}")
        writer.close(0, 0)
        frame_ms = 1e3 * (time.monotonic() - begin_s) / num_frames
        size_mib = writer.num_bytes / (1 << 20)
        print(f"{options.minutes:g} min, {num_frames} frames, {size_mib:.0f} MiB, "
              f"{frame_ms:.2f} ms a frame, memory {' '.join(memory)} {memory_mib():.0f} MiB")
        begin_s, begin_cpu_s = time.monotonic(), time.process_time()
        session = Session(folder)
        opened_s, opened_cpu_s = time.monotonic() - begin_s, time.process_time() - begin_cpu_s
        print(f"opened in {opened_s:.3f} s, {opened_cpu_s:.3f} s of the processor")
        print_seeks(session)


if __name__ == "__main__":
    main()
