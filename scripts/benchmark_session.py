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
from datetime import UTC, datetime
from pathlib import Path

import av
import cv2
import numpy as np

from das_app.pipeline.player import SessionPlayer
from das_app.pipeline.session import Session
from das_app.pipeline.session_format import VIDEO_FILE
from das_app.pipeline.session_source import RecordedFrames
from das_app.pipeline.session_types import RecordedPoses, SessionOrigin
from das_app.pipeline.session_writer import SessionWriter
from das_app.pipeline.video_recorder import VideoEncoder
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


def write_video(path: Path, num_frames: int) -> None:
    """A picture for each frame; ten seconds are encoded, and their packets repeated."""
    part, rng = path.with_name("part.mkv"), np.random.default_rng(0)
    room = rng.integers(0, 256, (36, 79, 3), np.uint8)
    room = cv2.resize(room, (1280 + 300, 720), interpolation=cv2.INTER_CUBIC)
    encoder = VideoEncoder(part, CAMERA.size, FPS)
    for index in range(300):
        encoder.add(room[:, index : index + 1280], index / FPS)
    encoder.close()
    with av.open(str(part)) as source, av.open(str(path), "w", format="matroska") as out:
        stream = out.add_stream_from_template(source.streams.video[0])
        for begin in range(0, num_frames, 300):
            source.seek(0)
            for packet in [p for p in source.demux(video=0) if p.dts is not None]:
                packet.pts = packet.dts = packet.pts + round(1000 * begin / FPS)
                packet.stream = stream
                out.mux(packet)
    part.unlink()


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
        print_seeks("seek", session.at, session.duration_s)
        if options.video:
            write_video(folder / VIDEO_FILE, num_frames)
        print_player_seeks(folder)


if __name__ == "__main__":
    main()
