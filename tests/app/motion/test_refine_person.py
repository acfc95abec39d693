import numpy as np
import pytest
from moving_bodies import FPS, sitting, walking

from das_app.motion.body.rig import to_y_up
from das_app.motion.floor import Floor
from das_app.motion.kinematics import ANKLE_HEIGHT_MM
from das_app.motion.refine.person import refine_person, standing_feet
from das_app.motion.refine.take import refine_take
from das_app.motion.refine.take_solver import FloorPlane
from das_model.people import People
from das_model.skeleton import BODY_22


@pytest.fixture(scope="module")
def seen():
    """A walk, its joints as a model with one camera sees them, in y up, and times."""
    body, _, true = walking(90)
    rng = np.random.default_rng(3)
    depth = -true[:, :1, 2:] * np.exp(rng.normal(0, 0.03, (len(true), 1, 1)))
    relative = -(true[..., 2:] - true[:, :1, 2:]) + rng.normal(0, 25, (*true.shape[:2], 1))
    places = true[..., :2] / -true[..., 2:] + rng.normal(0, 0.003, (*true.shape[:2], 2))
    z = depth + relative
    return body, true, np.concatenate([places * z, -z], axis=-1), np.arange(len(true)) / FPS


def found(seen, joints=None, **known):
    body, _, noisy, times_s = seen
    joints = noisy if joints is None else joints
    return refine_person(body, joints, np.ones(joints.shape[:2]), times_s, **known)


def in_order(body, refined):
    joints = np.empty((len(refined.joints), BODY_22.num_joints, 3))
    joints[:, body.markers] = refined.joints
    return joints


def away(first, second):
    return float(np.linalg.norm(first - second, axis=-1).mean())


def test_a_take_comes_nearer_to_the_truth_and_calmer(seen):
    body, true, noisy, _ = seen
    joints = in_order(body, found(seen))
    assert away(joints, true) < 0.6 * away(noisy, true)
    bends = [np.diff(j, 2, axis=0) for j in (joints, noisy, true)]
    assert away(bends[0], bends[2]) < 0.2 * away(bends[1], bends[2])


def test_bones_have_one_length_left_as_right(seen):
    joints = in_order(seen[0], found(seen))
    for above, below in (("hip", "knee"), ("shoulder", "elbow")):
        lengths = [
            np.linalg.norm(
                joints[:, BODY_22.index(f"{side}_{above}")]
                - joints[:, BODY_22.index(f"{side}_{below}")],
                axis=-1,
            )
            for side in ("left", "right")
        ]
        assert np.ptp(lengths) < 1e-6


def test_a_gap_is_bridged_on_the_way_of_the_person(seen):
    body, true, noisy, _ = seen
    holed = noisy.copy()
    holed[40:50] = np.nan
    joints = in_order(body, found(seen, holed))
    assert away(joints[40:50], true[40:50]) < 120


def test_a_known_floor_tells_how_far_somebody_stands():
    body, _, true = walking(60)
    still = np.repeat(true[:1], 60, axis=0)
    ankles = still[0, [BODY_22.index("left_ankle"), BODY_22.index("right_ankle")]]
    floor = FloorPlane(np.array([0.0, 1.0, 0.0]), 80 - ankles[:, 1].mean(), 80.0)
    nearer = 0.85 * still  # as a model that takes somebody for a child sees them
    times_s = np.arange(60) / FPS
    scores = np.ones(still.shape[:2])
    guessed = in_order(body, refine_person(body, nearer, scores, times_s))
    known = in_order(body, refine_person(body, nearer, scores, times_s, floor))
    assert -guessed[:, 0, 2].mean() == pytest.approx(0.85 * -still[0, 0, 2], rel=0.01)
    assert -known[:, 0, 2].mean() == pytest.approx(-still[0, 0, 2], rel=0.03)


def test_the_frames_of_which_the_model_was_sure_tell_how_far_somebody_is(seen):
    body, true, _, times_s = seen
    scores, is_sure = np.ones(true.shape[:2]), np.arange(len(true)) % 3 == 0
    taken = true * np.where(is_sure, 1.0, 0.85)[:, None, None]
    usual = np.full(scores.shape, 60.0)
    usual[:, BODY_22.root] = 0.03 * -taken[:, BODY_22.root, 2]
    unsure = usual.copy()
    unsure[~is_sure, BODY_22.root] *= 3
    told, alike, untold = (
        away(in_order(body, refine_person(body, taken, scores, times_s, joint_spread_mm=mm)), true)
        for mm in (unsure, usual, np.full_like(usual, np.nan))
    )
    assert told < 60 < 250 < alike
    assert untold == pytest.approx(alike, abs=1)


def test_somebody_who_sits_stays_while_their_feet_are_guessed_elsewhere_by_an_unsure_model():
    body, joints = sitting()
    true = np.repeat(joints[None], 120, axis=0)
    legs = [BODY_22.index(f"{side}_{j}") for side in ("left", "right") for j in ("knee", "ankle")]
    ankles, times_s = legs[1::2], np.arange(120) / FPS
    seen, usual = true.copy(), np.full(true.shape[:2], 60.0)
    seen[30:80, legs[::2]] += [0.0, -60.0, 0.0]  # as of legs behind a table
    seen[30:80, ankles] += [50.0, -250.0, 0.0]
    unsure = usual.copy()
    unsure[30:80, legs] *= 2
    told, untold = (
        refine_person(body, seen, np.ones(usual.shape), times_s, joint_spread_mm=spread)
        for spread in (unsure, usual)
    )
    far, wrong = (np.abs(person.pose.root[:, 2] + 3000).max() for person in (told, untold))
    assert far < 40 < 80 < wrong
    slides, wrong_slides = (
        away(feet[15:], feet[:-15])
        for feet in (in_order(body, person)[:, ankles] for person in (told, untold))
    )
    assert slides < 10 < 20 < wrong_slides
    assert told.stands.all()


def test_one_frame_and_people_seen_once_are_solved(seen):
    body, _, noisy, _ = seen
    scores = np.ones((2, BODY_22.num_joints))
    for num in (1, 2):
        refined = refine_person(body, noisy[:num], scores[:num], np.arange(num) / FPS)
        assert np.isfinite(refined.joints).all()
    assert to_y_up(to_y_up(noisy)) == pytest.approx(noisy)


def test_a_foot_stands_that_is_still_in_the_picture_though_its_depth_wanders():
    times_s = np.arange(100) / FPS
    foot = np.tile([200.0, -1300.0, -3500.0], (100, 1))
    ray = foot[0] / np.linalg.norm(foot[0])
    wanders = foot + 40 * np.sin(2 * np.pi * times_s / 0.7)[:, None] * ray  # up to 360 mm/s
    goes = foot + 1500 * times_s[:, None] * ray
    steps = foot + [400.0, 0.0, 0.0] * times_s[:, None]
    stands = [
        standing_feet(way[:, None], times_s)[10:-10].mean() for way in (wanders, goes, steps)
    ]
    assert stands == [1.0, 0.0, 0.0]


def test_a_height_that_was_said_holds_on_a_floor_that_says_another():
    _, _, true = walking(40)
    nearer, times_s = 0.85 * to_y_up(true[0]), np.arange(40) / FPS  # camera space, and still
    people = People(
        nearer[None].astype(np.float32),
        np.ones((1, BODY_22.num_joints), np.float32),
        np.ones(1, np.float32),
        np.array([4]),
    )
    feet = nearer[[BODY_22.index("left_ankle"), BODY_22.index("right_ankle")], 1] / 0.85
    floor = Floor(np.array([0.0, -1.0, 0.0]), feet.mean() + ANKLE_HEIGHT_MM)
    by_floor, said = (
        refine_take([people] * 40, times_s, BODY_22, floor, scales=scales)[0].joints[:, 0, 2]
        for scales in ({}, {4: 1.1})
    )
    assert by_floor.mean() == pytest.approx(nearer[0, 2] / 0.85, rel=0.03)
    assert said.mean() == pytest.approx(nearer[0, 2], rel=0.04)  # to be scaled by what was said
