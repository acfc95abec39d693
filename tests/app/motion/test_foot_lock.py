from dataclasses import replace

import numpy as np
import pytest
from standing_people import standing, tilted

from das_app.motion.foot_lock import FootLock
from das_app.motion.kinematics import bone_lengths
from das_model.people import People
from das_model.skeleton import BODY_22, COCO_17

FPS, FLOOR = 30.0, tilted(10, 0, 1500)
ANKLES = [BODY_22.index("left_ankle"), BODY_22.index("right_ankle")]
LEGS = [
    row
    for row, (_, child) in enumerate(BODY_22.bones)
    if BODY_22.joint_names[child].endswith(("_knee", "_ankle"))
]


def locked(frames):
    """Shown joints (T, 22, 3) of people of one person each."""
    lock = FootLock()
    return np.array([lock(p, k / FPS).joints_cam[0] for k, p in enumerate(frames)])


def wandering(num_frames, size=0.03):
    """Somebody who stands and is seen at a distance that wanders, and a knee bent a little."""
    scales = 1 + size * np.sin(2 * np.pi * 0.5 * np.arange(num_frames) / FPS)
    frames = []
    for scale in scales:
        people = standing(FLOOR, [[0, 3500]], scale)
        joints = people.joints_cam.copy()
        joints[0, [BODY_22.index("left_knee"), BODY_22.index("right_knee")], 2] -= 60
        frames.append(replace(people, joints_cam=joints))
    return frames


def test_standing_feet_and_their_person_stay_put():
    frames = wandering(90)
    seen = np.array([p.joints_cam[0] for p in frames])
    shown = locked(frames)
    for joints in (ANKLES, [0]):
        before, after = (np.ptp(x[20:, joints], axis=0).max() for x in (seen, shown))
        assert after < 0.25 * before


def test_errors_of_many_steps_do_not_add_up():
    rng, frames, ahead = np.random.default_rng(0), [], 0.0
    for k in range(240):  # two steps a second, each seen nearer than the one before
        if k % 15 == 0:
            ahead += 150.0
        people = standing(FLOOR, [[ahead, 3500]], 1 - 0.02 * (k % 15) / 15)
        noise = rng.normal(0, 1, (1, 22, 3)).astype(np.float32)
        frames.append(replace(people, joints_cam=people.joints_cam + noise))
    shown = locked(frames)
    ratio = np.array([p.joints_cam[0, 0, 2] for p in frames]) / shown[:, 0, 2]
    assert np.abs(np.log(ratio)).max() < 0.035


def test_legs_keep_their_lengths():
    frames = wandering(60)
    for people, shown in zip(frames, locked(frames), strict=True):
        before = bone_lengths(people.joints_cam, BODY_22)[0, LEGS]
        assert bone_lengths(shown[None], BODY_22)[0, LEGS] == pytest.approx(before, abs=1.5)


def bent_deg(joints):
    """(T,) of the left knee, 0 for a straight leg."""
    hip, knee, ankle = (joints[:, BODY_22.index(f"left_{j}")] for j in ("hip", "knee", "ankle"))
    thigh, shin = knee - hip, ankle - knee
    along = (thigh * shin).sum(-1) / np.linalg.norm(thigh, axis=1) / np.linalg.norm(shin, axis=1)
    return np.degrees(np.arccos(np.clip(along, -1, 1)))


def test_no_pin_bends_a_knee_by_much():
    """Somebody seen at a distance that wanders by 10 %, more than pins move the person."""
    frames = wandering(120, size=0.1)
    more = bent_deg(locked(frames)) - bent_deg(np.array([p.joints_cam[0] for p in frames]))
    assert 5 < more.max() < 12.5


def test_a_foot_that_walks_away_is_let_go():
    places = [[1200 * max(0.0, k / FPS - 1), 3500] for k in range(90)]  # 1.2 m/s after a second
    frames = [standing(FLOOR, [place]) for place in places]
    shown = locked(frames)
    seen = np.array([p.joints_cam[0] for p in frames])
    assert np.abs(shown - seen)[:25].max() < 1
    assert np.abs(shown - seen)[45:].max() < 15


def test_a_step_back_strangers_and_other_joints_begin_anew():
    lock, here, there = (
        FootLock(),
        standing(FLOOR, [[0, 3500]]),
        standing(FLOOR, [[0, 3500]], 1.05),
    )
    for k in range(10):
        lock(here, 5 + k / FPS)
    held = lock(there, 5 + 10 / FPS).joints_cam
    assert np.abs(held - there.joints_cam).max() > 50
    np.testing.assert_allclose(lock(there, 1.0).joints_cam, there.joints_cam, atol=0.01)
    for k in range(10):
        lock(here, 1 + k / FPS)
    stranger = replace(there, track_ids=np.array([7]))
    np.testing.assert_allclose(
        lock(stranger, 1 + 10 / FPS).joints_cam, stranger.joints_cam, atol=0.01
    )


def test_people_without_an_id_without_legs_or_nobody_stay_as_they_are():
    lock, people = FootLock(), standing(FLOOR, [[0, 3500]])
    nameless = replace(people, track_ids=np.full(1, -1))
    for k in range(5):
        np.testing.assert_array_equal(lock(nameless, k / FPS).joints_cam, people.joints_cam)
    assert len(lock(People.empty(), 1.0)) == 0
    assert len(lock(People.empty(COCO_17), 1.1)) == 0
