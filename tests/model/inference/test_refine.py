"""Who follows the heat, who is lifted, and that neither depends on who is shown."""

import dataclasses

import numpy as np
import pytest
from people_scenes import annotate, perfect_heat, perfect_maps

from das_model.camera import Camera
from das_model.inference.decode import DecodeConfig, decode
from das_model.inference.refine import NUM_CUES, JointCues, Refinement, find_people
from das_model.inference.targets import Encoding
from das_model.skeleton import BODY_22

CAMERA = Camera.from_fov((448, 256), 60)
ENCODING = Encoding(heat_stride=4)
ROOTS = [[-700, 0, 3000], [300, 0, 4000], [900, 0, 6000]]  # on levels of their own
SCORES = (0.8, 0.4, 0.1)


@pytest.fixture
def scene():
    """Noisy maps of three people, each less sure than the last, and their heat map."""
    annotation = annotate(ROOTS, CAMERA, turn_deg=20)
    maps, rng = perfect_maps(annotation, ENCODING), np.random.default_rng(0)
    for level, stride in zip(maps, ENCODING.strides, strict=True):
        ys, xs = np.nonzero(level.score)
        told = np.stack([xs + 0.5, ys + 0.5], axis=-1) * stride + level.root[:2, ys, xs].T * stride
        roots_px = annotation.joints_px[:, BODY_22.root]
        whose = np.linalg.norm(told[:, None] - roots_px, axis=-1).argmin(axis=1)
        falls = rng.uniform(0.3, 1.0, len(ys))
        for person in set(whose):
            falls[np.flatnonzero(whose == person)[0]] = 1.0
        level.score[ys, xs] = np.array(SCORES)[whose] * falls
        level.joint_offset[:] += rng.normal(0, 0.1, level.joint_offset.shape)
        level.joint_score[:] = 0.5
    return maps, perfect_heat(annotation, ENCODING)


def lift(cues: JointCues):
    assert cues.stacked().shape == (*cues.joint_scores.shape, NUM_CUES)
    return np.concatenate([cues.joints_cam * 1.01, cues.joint_scores[..., None] * 100], axis=-1)


def found(scene, min_score, lowest=0.05):
    maps, heat = scene
    return find_people(
        maps,
        CAMERA,
        ENCODING,
        BODY_22,
        DecodeConfig(),
        Refinement(heat, lift, min_score=min_score, lowest_score=lowest),
    )


def test_a_pose_does_not_depend_on_who_else_is_asked_for(scene):
    everybody = found(scene, 0.05)
    np.testing.assert_allclose(everybody.scores, SCORES, atol=1e-6)
    for min_score in (0.3, 0.6):
        for lowest in (0.05, min_score):
            people = found(scene, min_score, lowest).at_least(min_score)
            assert len(people) == np.count_nonzero(np.array(SCORES) >= min_score)
            np.testing.assert_array_equal(people.joints_cam, everybody.joints_cam[: len(people)])


def test_the_unsure_follow_the_heat_and_are_not_lifted(scene):
    maps, heat = scene
    plain = decode(maps, CAMERA, ENCODING, BODY_22, DecodeConfig())
    flat = find_people(maps, CAMERA, ENCODING, BODY_22, DecodeConfig(), Refinement(heat))
    people = found(scene, 0.3)
    np.testing.assert_array_equal(people.scores, plain.scores)
    np.testing.assert_array_equal(people.joints_cam[2], flat.joints_cam[2])
    np.testing.assert_allclose(people.joints_cam[:2], 1.01 * flat.joints_cam[:2], rtol=1e-5)
    np.testing.assert_allclose(people.joint_spread_mm[:2], 100 * people.joint_scores[:2])
    assert np.isnan(people.joint_spread_mm[2]).all()
    assert flat.joint_spread_mm is None
    moved_mm = np.linalg.norm(flat.joints_cam - plain.joints_cam, axis=-1)
    assert (moved_mm.mean(axis=1) > 10).all()
    nobody_sure = found(scene, 0.9)
    np.testing.assert_array_equal(nobody_sure.joints_cam, flat.joints_cam)


def test_people_are_ranked_by_what_the_score_says_of_their_heat(scene):
    maps, heat = scene
    told = []

    def by_heat(scores, joint_scores, joint_heat):
        told.append((scores, joint_heat))
        return 1 - scores * joint_heat.max(axis=1)

    people = find_people(
        maps, CAMERA, ENCODING, BODY_22, DecodeConfig(), Refinement(heat, score=by_heat)
    )
    ((scores, joint_heat),) = told
    np.testing.assert_allclose(np.sort(scores)[::-1], SCORES, atol=1e-6)
    assert (joint_heat.max(axis=1) > 0.9).all()
    assert (np.diff(people.scores) <= 0).all()
    assert people.scores[0] == pytest.approx(1 - SCORES[-1], abs=0.1)


def test_cues_stand_in_one_order_for_the_network():
    shape = (2, 22)
    values = [np.full((*shape, n), start + np.arange(n)) for n, start in ((3, 0), (2, 5))]
    anywhere = np.zeros((*shape, 2))
    cues = JointCues(
        values[0], np.full(shape, 3), np.full(shape, 4), values[1], anywhere, anywhere
    )
    stacked = cues.stacked()
    assert stacked.dtype == np.float32
    assert stacked.shape == (2, 22, NUM_CUES)
    np.testing.assert_array_equal(stacked, np.broadcast_to(np.arange(7), stacked.shape))


def test_cues_tell_who_has_had_a_second_look():
    anywhere, flat = np.zeros((3, 22, 2)), np.zeros((3, 22))
    cues = JointCues(np.zeros((3, 22, 3)), flat, flat, anywhere, anywhere, anywhere.copy())
    cues.look[1] = np.nan
    assert cues.is_looked.tolist() == [True, False, True]
    assert dataclasses.replace(cues, look=anywhere[..., :0]).is_looked.tolist() == [False] * 3
    some = cues.take(np.array([2, 1]))
    assert some.is_looked.tolist() == [True, False]
    assert {getattr(some, name).shape[:2] for name in JointCues.__slots__} == {(2, 22)}
