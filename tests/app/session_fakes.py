"""Sessions for tests: recorded at once, or without the threads, from people of our own."""

from datetime import UTC, datetime

import numpy as np
from pipeline_fakes import SIZE, person_at

from das_app.messaging.messages import Frame, PoseResult
from das_app.session.recorder import Recorder
from das_app.session.types import RecordedPoses, SessionOrigin
from das_app.session.writer import SessionWriter
from das_model.camera import Camera
from das_model.people import People
from das_model.skeleton import BODY_22

ORIGIN = SessionOrigin(
    source="clip.mp4",
    nominal_fps=29.97,
    intrinsics="FOV 60° (assumed)",
    skeleton=BODY_22,
    model_name="das-lite",
    model_sha256="ab" * 32,
    app_version="0.1.0",
    started_utc=datetime(2026, 11, 22, 12, tzinfo=UTC).isoformat(),
)
WIDE = Camera.from_fov(SIZE, 90)
BENT = Camera(WIDE.K, SIZE, np.array([0.1, -0.05, 0.001, 0.0, 0.0]))
FPS = 30.0


def tracked(depth_mm, track_ids=(0,)):
    """People side by side, with track ids."""
    people = person_at(depth_mm, len(track_ids))
    ids = np.array(track_ids, np.int64)
    return People(people.joints_cam, people.joint_scores, people.scores, ids)


def depth_of(index):
    """Depth in mm that tells a frame of `write_session` from all others."""
    return 2000.0 + 0.5 * index


def result(index, people=None, camera=WIDE, time_s=None):
    """What a pipeline gives for a frame; raw people are 1 mm nearer than the smoothed."""
    people = people if people is not None else tracked(depth_of(index))
    raw = People(
        people.joints_cam - np.float32([0, 0, 1]),
        people.joint_scores,
        people.scores,
        people.track_ids,
        people.skeleton,
    )
    image = np.full((SIZE[1], SIZE[0], 3), index % 256, np.uint8)
    time_s = index / FPS if time_s is None else time_s
    return PoseResult(Frame(index, time_s, image, camera), people, 0.01, 0.02, raw)


def record(folder, results, num_dropped=0, **options):
    """Record results and wait until the session is closed."""
    recorder = Recorder(folder, ORIGIN, **options)
    for one in results:
        recorder.write(one)
    return recorder.close(num_dropped)


def write_session(folder, num_frames, frames_per_chunk=15, people_of=None, closes=True):
    """A session without threads and video: frame i at i / 30 s has `people_of(i)`."""
    writer = SessionWriter(folder, ORIGIN)
    for index in range(num_frames):
        people = tracked(depth_of(index)) if people_of is None else people_of(index)
        poses = RecordedPoses(index, index / FPS, index, index / FPS, None, WIDE, people)
        writer.write(poses, poses)
        if (index + 1) % frames_per_chunk == 0:
            writer.flush()
    if closes:
        writer.close(num_dropped=0, num_dropped_pictures=0)
    else:
        writer.flush()
        writer.abandon()
    return folder
