"""Sessions on the disk for the window's tests."""

from datetime import UTC, datetime

import numpy as np
from window_fakes import SIZE, people_at

from das_app.session.types import RecordedPoses, SessionOrigin
from das_app.session.writer import SessionWriter
from das_model.camera import Camera
from das_model.skeleton import BODY_22

ORIGIN = SessionOrigin(
    "grey",
    30.0,
    "FOV 60° (assumed)",
    BODY_22,
    "fake",
    "ab" * 32,
    "0.1.0",
    datetime(2026, 11, 22, 12, tzinfo=UTC).isoformat(),
)


def write_session(folder, num_frames=10, closes=True, track_ids=(2, 5)):
    """A session without a video: two people who walk apart, or who have no track ids."""
    writer, camera = SessionWriter(folder, ORIGIN), Camera.from_fov(SIZE, 60)
    for index in range(num_frames):
        roots = ((-500 - 20 * index, 0, 3500), (500 + 20 * index, 0, 4000))
        people = people_at(*roots, track_ids=np.array(track_ids))
        time_s = index / ORIGIN.nominal_fps
        poses = RecordedPoses(index, time_s, index, time_s, None, camera, people)
        writer.write(poses, poses)
    writer.flush()
    if closes:
        writer.close(0, 0)
    else:
        writer.abandon()
    return folder
