"""Generates synthetic sessions of any length for benchmarks."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import av
import cv2
import numpy as np

from das_app.session.types import RecordedPoses, SessionOrigin
from das_app.session.video_recorder import VideoEncoder
from das_model.camera import Camera
from das_model.people import People
from das_model.skeleton import BODY_22

FPS = 30
CAMERA = Camera.from_fov((1280, 720))
_NUM_PICTURES = 10 * FPS  # that are encoded


def session_origin() -> SessionOrigin:
    """Where such a session says that it comes from."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    return SessionOrigin("benchmark", FPS, "assumed", BODY_22, "none", "0" * 64, "0", now)


def recorded_poses(num_frames: int, num_people: int) -> Iterator[RecordedPoses]:
    """Every frame's people, with noise, so that compression has its usual work.

    They walk away from the camera, and begin anew every thousand frames.

    Args:
        num_frames: at `FPS`.
        num_people: in each, with a track of their own.
    """
    rng, shape = np.random.default_rng(0), (num_people, BODY_22.num_joints, 3)
    scores, track_ids = np.full(num_people, 0.9, np.float32), np.arange(num_people)
    for index in range(num_frames):
        joints = rng.normal(0, 300, shape).astype(np.float32)
        joints[..., 2] += 3000 + index % 1000
        people = People(joints, rng.random(shape[:2], np.float32), scores, track_ids)
        time_s = index / FPS
        yield RecordedPoses(index, time_s, index, time_s, None, CAMERA, people)


def write_video(path: Path, num_frames: int) -> None:
    """A picture for each frame; ten seconds are encoded, and their packets repeated."""
    part, rng = path.with_name("part.mkv"), np.random.default_rng(0)
    room = rng.integers(0, 256, (36, 79, 3), np.uint8)
    width, height = CAMERA.size
    room = cv2.resize(room, (width + _NUM_PICTURES, height), interpolation=cv2.INTER_CUBIC)
    encoder = VideoEncoder(part, CAMERA.size, FPS)
    for index in range(_NUM_PICTURES):
        encoder.add(room[:, index : index + width], index / FPS)
    encoder.close()
    with av.open(str(part)) as source, av.open(str(path), "w", format="matroska") as out:
        stream = out.add_stream_from_template(source.streams.video[0])
        for begin in range(0, num_frames, _NUM_PICTURES):
            source.seek(0)
            for packet in source.demux(video=0):
                if packet.dts is None or packet.pts is None:  # the last, which is empty
                    continue
                packet.pts = packet.dts = packet.pts + round(1000 * begin / FPS)
                packet.stream = stream
                out.mux(packet)
    part.unlink()
