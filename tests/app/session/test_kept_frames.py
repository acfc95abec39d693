import av
import numpy as np
import pytest
from session_fakes import FPS, ORIGIN, result, tracked

from das_app.motion.faces import FaceHiding
from das_app.session.recorder import Recorder
from das_app.session.session import Session

NUM_FRAMES, EVERY = 13, 4  # the model manages one frame in four
BRIGHT = 100  # of the first picture


def live(folder, faces=FaceHiding.NONE, has_video=True):
    """A recording as a camera makes it: a result comes when later frames are there already."""
    recorder = Recorder(folder, ORIGIN, has_video=has_video, faces=faces)
    results = [result(BRIGHT + i, tracked(2500.0), time_s=i / FPS) for i in range(NUM_FRAMES)]
    early = result(99, tracked(2500.0), time_s=-0.01)
    for index, one in enumerate(results):
        recorder.keep(one.frame)
        if index == 1:
            recorder.write(early)  # its frame was taken before the recording began
        if index >= 2 and (index - 2) % EVERY == 0:
            recorder.write(results[index - 2])
    recorder.close(num_dropped=NUM_FRAMES - 3)
    return Session(folder)


def pictures(session):
    """Times in seconds and images of the video."""
    with av.open(str(session.video_path)) as container:
        decoded = [
            (float(p.time), p.to_ndarray(format="rgb24")) for p in container.decode(video=0)
        ]
    return zip(*decoded, strict=True)


def test_the_video_holds_every_frame_and_poses_know_theirs(tmp_path):
    session = live(tmp_path / "s")
    times_s, images = pictures(session)
    assert times_s == pytest.approx([i / FPS for i in range(NUM_FRAMES)], abs=1e-3)
    assert [int(image.mean()) for image in images] == pytest.approx(
        [BRIGHT + i for i in range(NUM_FRAMES)], abs=2
    )
    found = list(session)
    assert [poses.picture for poses in found] == [0, 4, 8]
    assert [poses.time_s for poses in found] == pytest.approx([0, 4 / FPS, 8 / FPS])
    assert session.counts.num_dropped_pictures == 0


def test_without_a_video_frames_change_nothing(tmp_path):
    session = live(tmp_path / "s", has_video=False)
    assert len(session) == 4  # the early one, too
    assert session.video_path is None


def test_faces_are_hidden_in_frames_that_the_model_never_saw(tmp_path):
    session = live(tmp_path / "s", FaceHiding.BLACK)
    times_s, images = pictures(session)
    assert len(times_s) == 9  # up to the last frame with a result
    for image in images:
        assert 0.01 < np.mean(image.max(axis=2) < BRIGHT / 2) < 1
