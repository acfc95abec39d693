"""Record a session as fast as it goes, then time opening it and seeking in it.

    python scripts/benchmark_session.py [--minutes 60] [--people 3] [--video]

The player's seeks are timed from the order to the frame with its people and picture. The video is
ten seconds of 720p over and over, in one stream.
"""

import argparse
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from das_app.pipeline.player import SessionPlayer
from das_app.session.format import VIDEO_FILE
from das_app.session.frames import RecordedFrames
from das_app.session.session import Session
from das_app.session.writer import SessionWriter
from known_motion.synthetic_session import FPS, recorded_poses, session_origin, write_video

FRAMES_PER_CHUNK = 15


def memory_mib() -> float:
    """Largest memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def print_seeks(what: str, seek: Callable[[float], object], duration_s: float) -> None:
    """Time a hundred seeks; the processor's time does not depend on what else runs."""
    times_ms, cpu_ms, chance = [], [], random.Random(0)
    for time_s in (chance.uniform(0, duration_s) for _ in range(100)):
        begin_s, begin_cpu_s = time.monotonic(), time.process_time()
        seek(time_s)
        times_ms.append(1e3 * (time.monotonic() - begin_s))
        cpu_ms.append(1e3 * (time.process_time() - begin_cpu_s))
    print(
        f"{what}: median {statistics.median(times_ms):.1f} ms, worst {max(times_ms):.1f} ms; "
        f"of the processor {statistics.median(cpu_ms):.1f} and {max(cpu_ms):.1f} ms"
    )


def print_player_seeks(folder: Path) -> None:
    """From the order to the frame with its people and its picture, if there are any."""
    frames = RecordedFrames(folder)
    player = SessionPlayer(frames, lambda *_: None)
    player.step(1)
    player.start()
    player.results.take()

    def seek(time_s: float) -> None:
        player.seek(time_s)
        shown = player.results.take()
        if shown is None:
            raise AssertionError(f"the player ended at {time_s:.3f} s")
        if not 0 <= time_s - shown.frame.time_s < 1.5 / FPS:
            raise AssertionError(f"sought {time_s:.3f} s, got {shown.frame.time_s:.3f} s")

    with_what = "without a video" if frames.picture_problem else "with 720p"
    print_seeks(f"player's seek {with_what}", seek, frames.duration_s)
    player.stop()


def main() -> None:
    """Record, open, seek and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--people", type=int, default=3)
    parser.add_argument("--video", action="store_true", help="with pictures, too")
    options = parser.parse_args()
    num_frames = round(options.minutes * 60 * FPS)
    if num_frames < 2:
        parser.error(f"--minutes must be enough for two frames, got {options.minutes:g}")
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "session"
        writer = SessionWriter(folder, session_origin())
        begin_s, memory = time.monotonic(), []
        for index, poses in enumerate(recorded_poses(num_frames, options.people)):
            writer.write(poses, poses)
            if index % FRAMES_PER_CHUNK == 0:
                writer.flush()
            if index % max(1, num_frames // 4) == 0:
                memory.append(f"{memory_mib():.0f}")
        writer.close(0, 0)
        frame_ms = 1e3 * (time.monotonic() - begin_s) / num_frames
        size_mib = writer.num_bytes / (1 << 20)
        print(
            f"{options.minutes:g} min, {num_frames} frames, {size_mib:.0f} MiB, "
            f"{frame_ms:.2f} ms a frame, memory {' '.join(memory)} {memory_mib():.0f} MiB"
        )
        begin_s, begin_cpu_s = time.monotonic(), time.process_time()
        session = Session(folder)
        opened_s, opened_cpu_s = time.monotonic() - begin_s, time.process_time() - begin_cpu_s
        print(f"opened in {opened_s:.3f} s, {opened_cpu_s:.3f} s of the processor")
        print_seeks("seek", session.at, session.duration_s)
        if options.video:
            write_video(folder / VIDEO_FILE, num_frames)
        print_player_seeks(folder)


if __name__ == "__main__":
    main()
