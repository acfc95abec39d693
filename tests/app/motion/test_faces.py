import av
import numpy as np
import pytest
from session_fakes import ORIGIN, tracked

from das_app.messaging.messages import Frame, PoseResult
from das_app.motion.faces import FaceHider, FaceHiding
from das_app.session.recorder import Recorder
from das_app.session.session import Session
from das_model.camera import Camera
from das_model.people import People

NAMES = tracked(2000).skeleton.joint_names
CAMERA = Camera.from_fov((320, 240), 60)
FACE = [NAMES.index(n) for n in ("nose", "left_eye", "right_eye", "left_ear", "right_ear")]


def noise():
    rng = np.random.default_rng(0)
    return rng.integers(60, 255, (240, 320, 3), np.uint8)


def somebody():
    """A person at 2.5 m whose head is 0.16 m wide."""
    people = tracked(2500.0)
    joints = people.joints_cam.copy()
    head = [NAMES.index(n) for n in ("head", "head_top")]
    joints[:, head] = [[0, -300, 2500], [0, -400, 2500]]
    joints[:, FACE] = [
        [0, -290, 2420],
        [30, -310, 2440],
        [-30, -310, 2440],
        [80, -300, 2500],
        [-80, -300, 2500],
    ]
    return People(joints, people.joint_scores, people.scores, people.track_ids, people.skeleton)


def face_places(people):
    return people.joints_px(CAMERA)[:, FACE].reshape(-1, 2).round().astype(int)


@pytest.mark.parametrize("hiding", [FaceHiding.BLACK, FaceHiding.BLUR])
def test_faces_are_gone_and_the_rest_stays(hiding):
    image, people = noise(), somebody()
    hidden = FaceHider(hiding)(image, people, CAMERA, 0.0)
    changed = (hidden != image).any(axis=2)
    for x, y in face_places(people):
        around = hidden[max(0, y - 1) : y + 2, max(0, x - 1) : x + 2].astype(int)
        assert np.ptp(around, axis=(0, 1)).max() < 40  # no detail
    assert 0 < changed.mean() < 0.9
    assert not hidden.flags.writeable
    np.testing.assert_array_equal(image, noise())


def test_a_head_that_is_missed_stays_hidden_for_a_second_and_its_circle_grows():
    image, people, hider = noise(), somebody(), FaceHider(FaceHiding.BLACK)
    first = (hider(image, people, CAMERA, 0.0) == 0).all(axis=2)
    second = (hider(image, People.empty(), CAMERA, 0.5) == 0).all(axis=2)
    assert second[first].all()
    assert second.sum() > first.sum()
    assert np.array_equal(hider(image, People.empty(), CAMERA, 2.0), image)


def test_nothing_is_done_where_it_is_not_wanted():
    image = noise()
    assert FaceHider(FaceHiding.NONE)(image, somebody(), CAMERA, 0.0) is image


def test_a_recording_without_faces_keeps_all_poses(tmp_path):
    recorder = Recorder(tmp_path / "s", ORIGIN, has_video=True, waits=True, faces=FaceHiding.BLACK)
    people = somebody()
    for number in range(3):
        image = np.full((240, 320, 3), 200, np.uint8)
        frame = Frame(number, number / 30, image, CAMERA)
        recorder.write(PoseResult(frame, people, 0.01, 0.02, people))
    recorder.close()
    session = Session(tmp_path / "s")
    assert len(list(session)) == 3
    with av.open(str(session.video_path)) as container:
        picture = next(container.decode(video=0)).to_ndarray(format="rgb24")
    for x, y in face_places(people):
        assert picture[y, x].max() < 60
    assert picture[-1, 0].min() > 150
