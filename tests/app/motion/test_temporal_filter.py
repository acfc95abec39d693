from dataclasses import replace

import numpy as np
import pytest

from das_app.motion.bones import BoneStabiliser
from das_app.motion.smoothing import SmoothingConfig
from das_app.motion.temporal_filter import PeopleOptions, TemporalFilter
from das_model.camera import Camera
from das_model.inference.estimate import Estimate
from das_model.people import People
from das_model.skeleton import BODY_22, PANOPTIC_15

FPS = 30.0
CAMERA = Camera.from_fov((64, 48))
IMAGE = np.zeros((48, 64, 3), np.uint8)


def people_of(joints, track_ids=None, skeleton=BODY_22):
    joints = np.asarray(joints, np.float32).reshape(-1, skeleton.num_joints, 3)
    count = len(joints)
    ids = np.full(count, -1) if track_ids is None else np.array(track_ids)
    return People(
        joints,
        np.ones((count, skeleton.num_joints), np.float32),
        np.ones(count, np.float32),
        ids.astype(np.int64),
        skeleton,
    )


def body(rng, skeleton=BODY_22):
    """Left and right alike."""
    joints = rng.normal(0, 300, (skeleton.num_joints, 3))
    joints = (joints + joints[skeleton.flip_order] * [-1, 1, 1]) / 2
    return joints - joints[skeleton.root] + [0, 0, 3000]


def lengths(people):
    parents, children = np.array(people.skeleton.bones).T
    steps = people.joints_cam[:, children] - people.joints_cam[:, parents]
    return np.linalg.norm(steps, axis=-1)


def in_limbs(skeleton=BODY_22):
    """Which bones are of arms or legs."""
    ends = [skeleton.joint_names[child].split("_")[-1] for _, child in skeleton.bones]
    return np.isin(ends, ["elbow", "wrist", "knee", "ankle"])


@pytest.mark.parametrize("skeleton", [BODY_22, PANOPTIC_15], ids=["body", "panoptic"])
def test_bones_take_their_usual_length_and_left_ones_that_of_right_ones(skeleton):
    rng = np.random.default_rng(0)
    pose, stabiliser = body(rng, skeleton), BoneStabiliser()
    root = pose[skeleton.root]
    sizes = [1.0, 1.2, 0.9, 1.1, 0.8]
    for k, size in enumerate(sizes):
        people = people_of((pose - root) * size + root, [3], skeleton)
        steady = stabiliser(people, people, k / FPS)
    ratio = lengths(steady)[0] / lengths(people_of(pose, None, skeleton))[0]
    usual = np.where(in_limbs(skeleton), np.quantile(sizes, 2 / 3), np.median(sizes))
    np.testing.assert_allclose(ratio, usual, rtol=1e-4)
    np.testing.assert_array_equal(steady.joints_cam[0, skeleton.root], pose[skeleton.root])


def test_bones_of_trunk_and_legs_keep_their_directions():
    rng = np.random.default_rng(11)
    pose, stabiliser = body(rng), BoneStabiliser()
    for k in range(30):
        people = people_of(pose + rng.normal(0, 20, pose.shape), [3])
        steady = stabiliser(people, people, k / FPS)
    for name in ("neck", "left_hip", "left_knee", "left_ankle"):
        child = BODY_22.index(name)
        bone = [child, BODY_22.parents[child]]
        seen, shown = (np.subtract(*p.joints_cam[0, bone]) for p in (people, steady))
        turn = seen @ shown / np.linalg.norm(seen) / np.linalg.norm(shown)
        assert turn == pytest.approx(1.0, abs=1e-5), name


def test_a_trunk_seen_too_long_does_not_take_the_hands_along():
    """Elbows and wrists go to the nearest place that their bones reach."""
    pose, stabiliser = body(np.random.default_rng(9)), BoneStabiliser()
    for k in range(9):
        stabiliser(people_of(pose, [0]), people_of(pose, [0]), k / FPS)
    upper = [BODY_22.index(n) for n in ("neck", "left_shoulder", "right_shoulder")]
    arms = [BODY_22.index(f"{s}_{n}") for n in ("elbow", "wrist") for s in ("left", "right")]
    longer = pose.copy()
    longer[upper] += 0.2 * (pose[upper[0]] - pose[BODY_22.index("spine")])
    steady = stabiliser(people_of(longer, [0]), people_of(longer, [0]), 9 / FPS)
    np.testing.assert_allclose(lengths(steady), lengths(people_of(pose)), rtol=1e-3)
    off = np.linalg.norm(steady.joints_cam[0, arms] - longer[arms], axis=1)
    shoulders = np.linalg.norm(steady.joints_cam[0, upper[1:]] - longer[upper[1:]], axis=1)
    assert off.max() < 0.8 * shoulders.max()


def test_arms_that_are_seen_in_wrong_directions_do_not_become_short():
    """Means over unsure directions are shorter than the truth; what is shown is less so."""
    rng = np.random.default_rng(10)
    pose, stabiliser = body(rng), BoneStabiliser()
    elbow, wrist = BODY_22.index("left_elbow"), BODY_22.index("left_wrist")
    true = np.linalg.norm(pose[wrist] - pose[elbow])
    seen = []
    for k in range(100):
        unsure = pose.copy()
        unsure[wrist] = pose[elbow] + (pose[wrist] - pose[elbow]) * np.cos(rng.normal(0, 0.7))
        seen.append(np.linalg.norm(unsure[wrist] - pose[elbow]))
        people = people_of(unsure[BODY_22.flip_order] * [-1, 1, 1], [0])
        steady = stabiliser(people, people, k / FPS)
    bone = [child for _, child in BODY_22.bones].index(BODY_22.index("right_wrist"))
    assert np.median(seen) < lengths(steady)[0, bone] < 1.001 * true


def test_a_single_long_bone_does_not_stretch_anybody():
    rng = np.random.default_rng(1)
    pose, stabiliser = body(rng), BoneStabiliser()
    wrist = BODY_22.index("left_wrist")
    for k in range(9):
        stabiliser(people_of(pose, [0]), people_of(pose, [0]), k / FPS)
    wrong = pose.copy()
    wrong[wrist] += [900, 0, 0]
    steady = stabiliser(people_of(wrong, [0]), people_of(wrong, [0]), 9 / FPS)
    np.testing.assert_allclose(lengths(steady), lengths(people_of(pose)), rtol=1e-3)


def test_left_and_right_become_as_long():
    pose, stabiliser = body(np.random.default_rng(5)), BoneStabiliser()
    elbow, wrist = BODY_22.index("left_elbow"), BODY_22.index("left_wrist")
    longer = pose.copy()
    longer[wrist] += 0.2 * (pose[wrist] - pose[elbow])
    steady = stabiliser(people_of(longer, [0]), people_of(longer, [0]), 0.0).joints_cam[0]
    other = [BODY_22.index(f"right_{joint}") for joint in ("elbow", "wrist")]
    arms = [np.linalg.norm(np.diff(steady[pair], axis=0)) for pair in ([elbow, wrist], other)]
    np.testing.assert_allclose(arms, 1.1 * np.linalg.norm(pose[wrist] - pose[elbow]), rtol=1e-5)


def test_lengths_settle_on_all_the_time_that_somebody_is_seen():
    """A minute of one size, then ten seconds of another: lengths stay with the minute."""
    pose, stabiliser = body(np.random.default_rng(7)), BoneStabiliser()
    for k in range(round(70 * FPS)):
        size = 1.0 if k < 60 * FPS else 1.3
        people = people_of((pose - pose[0]) * size + pose[0], [0])
        steady = stabiliser(people, people, k / FPS)
        np.testing.assert_allclose(lengths(steady), lengths(people_of(pose)), rtol=1e-4)


@pytest.mark.parametrize("growth", [0.001, -0.001])
@pytest.mark.parametrize("num_frames", [1, 127, 128, 129, 256, 257, 600])
def test_medians_are_over_sightings_spread_evenly(num_frames, growth):
    """Sizes rise or fall evenly, so the median lies in the middle of what was seen so far."""
    pose, stabiliser = body(np.random.default_rng(8)), BoneStabiliser()
    sizes = 1.0 + growth * np.arange(num_frames)
    for k, size in enumerate(sizes):
        people = people_of((pose - pose[0]) * size + pose[0], [0])
        steady = stabiliser(people, people, k / FPS)
    ratio = (lengths(steady) / lengths(people_of(pose)))[0, ~in_limbs()].mean()
    thinned = max(1, num_frames // 64) * abs(growth)  # between kept sightings
    assert abs(ratio - np.median(sizes)) <= thinned / 2 + 1e-6


def test_each_person_has_their_own_bones_and_the_untracked_none():
    rng = np.random.default_rng(2)
    pose, stabiliser = body(rng), BoneStabiliser()
    root = pose[0]
    both = [(pose - root) * size + root for size in (1.0, 1.3, 2.0)]
    for k in range(5):
        people = people_of(both, [0, 1, -1])
        steady = stabiliser(people, people, k / FPS)
    ratio = (lengths(steady) / lengths(people_of([pose]))).mean(axis=1)
    np.testing.assert_allclose(ratio, [1.0, 1.3, 2.0], rtol=1e-4)
    stretched = people_of([pose, (pose - root) * 3 + root], [5, -1])
    np.testing.assert_array_equal(
        stabiliser(stretched, stretched, 5 / FPS).joints_cam[1], stretched.joints_cam[1]
    )


@pytest.mark.parametrize("time_s", [9.0, -3.0])
def test_a_long_absence_and_a_step_back_forget_the_bones(time_s):
    rng = np.random.default_rng(3)
    pose, stabiliser = body(rng), BoneStabiliser()
    for k in range(9):
        stabiliser(people_of(pose, [0]), people_of(pose, [0]), k / FPS)
    grown = people_of((pose - pose[0]) * 1.5 + pose[0], [0])
    np.testing.assert_allclose(
        stabiliser(grown, grown, time_s).joints_cam, grown.joints_cam, atol=0.01
    )


def walk(over_time, num_frames=20):
    rng = np.random.default_rng(4)
    pose = body(rng)
    for k in range(num_frames):
        found = people_of(pose * (1 + 0.05 * rng.standard_normal()))
        yield found, *over_time(Estimate(found), k / FPS, IMAGE, CAMERA)


def test_raw_is_what_was_found_with_track_ids():
    for found, raw, shown in walk(TemporalFilter(PeopleOptions())):
        np.testing.assert_array_equal(raw.joints_cam, found.joints_cam)
        assert raw.track_ids.tolist() == shown.track_ids.tolist() == [1]
        np.testing.assert_array_equal(raw.scores, found.scores)


def test_unsure_sightings_keep_a_track_alive_and_are_not_shown():
    """Somebody unsure for two seconds, longer than a track bridges, comes back as the same."""
    over_time, pose = TemporalFilter(PeopleOptions()), body(np.random.default_rng(6))
    shown = []
    for k in range(round(4 * FPS)):
        score = 0.08 if FPS <= k < 3 * FPS else 0.9
        found = replace(people_of(pose), scores=np.full(1, score, np.float32))
        shown.append(over_time(Estimate(found), k / FPS, IMAGE, CAMERA))
    assert {tuple(p.track_ids.tolist()) for both in shown for p in both} == {(), (1,)}
    assert [len(raw) for raw, _ in shown].count(0) == round(2 * FPS)
    assert all(len(raw) == len(people) for raw, people in shown)


def test_who_is_sure_at_times_keeps_their_id_though_lifting_moves_them_far():
    """Only the sure are lifted: the tracker compares everybody as they were before it."""
    over_time, pose = TemporalFilter(PeopleOptions()), body(np.random.default_rng(8))
    for k in range(20):
        is_sure = k % 3 < 2
        lifted = people_of(pose + [400.0 * is_sure, 0, 0])
        lifted = replace(lifted, scores=np.full(1, 0.9 if is_sure else 0.1, np.float32))
        located = np.asarray(pose, np.float32)[None]
        raw, _ = over_time(Estimate(lifted, located_cam=located), k / FPS, IMAGE, CAMERA)
        assert raw.track_ids.tolist() == [1] * is_sure
        np.testing.assert_array_equal(raw.joints_cam, lifted.joints_cam[: len(raw)])


def test_without_smoothing_the_raw_pose_is_shown():
    for _, raw, shown in walk(
        TemporalFilter(PeopleOptions(smoothing=None, has_steady_bones=False))
    ):
        np.testing.assert_array_equal(shown.joints_cam, raw.joints_cam)


def test_smoothing_calms():
    steps = list(walk(TemporalFilter(PeopleOptions()), 60))
    raw, shown = (np.array([s[i].joints_cam[0, 0, 2] for s in steps]) for i in (1, 2))
    assert np.abs(np.diff(shown, 2)).mean() < 0.2 * np.abs(np.diff(raw, 2)).mean()


def test_steady_bones_hold_with_and_without_smoothing():
    for options in (
        PeopleOptions(has_steady_bones=True),
        PeopleOptions(smoothing=None, has_steady_bones=True),
    ):
        steps = list(walk(TemporalFilter(options), 60))[20:]
        raw, shown = (np.array([lengths(s[i])[0] for s in steps]) for i in (1, 2))
        assert shown.std(axis=0).mean() < 0.3 * raw.std(axis=0).mean()


def test_smoothing_switched_on_again_begins_with_what_it_sees():
    over_time = TemporalFilter(PeopleOptions(has_steady_bones=False))
    pose = body(np.random.default_rng(5))
    over_time(Estimate(people_of(pose)), 0.0, IMAGE, CAMERA)
    over_time.options = PeopleOptions(smoothing=None, has_steady_bones=False)
    over_time(Estimate(people_of(pose * 1.05)), 0.033, IMAGE, CAMERA)
    over_time.options = PeopleOptions(smoothing=SmoothingConfig(1.0, 1.0), has_steady_bones=False)
    raw, shown = over_time(Estimate(people_of(pose * 1.1)), 0.066, IMAGE, CAMERA)
    np.testing.assert_array_equal(shown.joints_cam, raw.joints_cam)


def test_people_of_other_joints_begin_anew():
    """As when another model is chosen while a source runs."""
    over_time = TemporalFilter(PeopleOptions(has_steady_bones=True))
    rng = np.random.default_rng(7)
    for k, skeleton in enumerate([BODY_22, BODY_22, PANOPTIC_15, PANOPTIC_15, BODY_22]):
        found = people_of(body(rng, skeleton), skeleton=skeleton)
        _raw, shown = over_time(Estimate(found), k / FPS, IMAGE, CAMERA)
        assert shown.track_ids.tolist() == [[1], [1], [2], [2], [3]][k]
        if k in (0, 2, 4):  # nothing of the others is left
            np.testing.assert_allclose(shown.joints_cam, found.joints_cam, atol=0.01)
