import math

import numpy as np
import pytest
from synthetic_stages import rest_pose, standing

from das_model.skeleton import BODY_22
from das_model.synthetic.body.bodies import BodyPoser
from das_model.synthetic.body.kit_cache import load_kit
from das_model.synthetic.poses.poses import KINDS, ArmAngles, LegAngles, PosePrior, TrunkAngles
from das_model.synthetic.poses.retarget import Retargeter
from das_model.synthetic.rendering.launching import Launcher
from das_model.synthetic.rendering.meshes import MeshMaker

LIMBS = [
    (f"{side}_{a}", f"{side}_{b}")
    for side in ("left", "right")
    for a, b in (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle"))
]


@pytest.fixture(scope="module")
def poser():
    return BodyPoser(load_kit())


@pytest.fixture(scope="module")
def prior(poser):
    return PosePrior(poser.kit)


def length(body, a, b):
    return np.linalg.norm(body.joint(a) - body.joint(b))


def test_kit_is_a_closed_set_of_indices(poser):
    kit = poser.kit
    assert kit.faces.min() == 0
    assert kit.faces.max() == len(kit.canon) - 1
    assert (kit.bone_parents[1:] < np.arange(1, len(kit.bone_parents))).all()
    np.testing.assert_allclose(kit.skin_weights.sum(1), 1, atol=1e-6)


def test_statures_are_those_of_people(poser):
    kit = poser.kit
    adults = np.flatnonzero(kit.years > 20)
    feet = kit.rest[adults][:, :, 2].min(1) * 1e-4
    stature = kit.rest_face[adults, 5, 2] - feet
    women, men = kit.gender[adults] > 0.5, kit.gender[adults] <= 0.5
    assert 1.56 < stature[women].mean() < 1.70
    assert 1.70 < stature[men].mean() < 1.84


@pytest.mark.parametrize("kind", KINDS)
def test_limbs_keep_their_length_in_every_kind_of_pose(poser, prior, kind):
    rest = poser.pose(7, 1.0, rest_pose(poser))
    for seed in range(3):
        body = poser.pose(7, 1.0, prior.sample(np.random.default_rng(seed), 7, kind))
        for a, b in LIMBS:
            assert length(body, a, b) == pytest.approx(length(rest, a, b), abs=1e-4)
        assert length(body, "left_hip", "right_hip") == pytest.approx(
            length(rest, "left_hip", "right_hip"), abs=1e-6
        )


def test_scale_scales(poser):
    small, large = (poser.pose(3, s, rest_pose(poser)) for s in (1.0, 1.1))
    np.testing.assert_allclose(large.joints, 1.1 * small.joints, atol=1e-6)


def test_arm_points_where_it_is_told(poser, prior):
    pose = rest_pose(poser)
    prior.set_arm(pose, 5, "L", ArmAngles(0.0, -45.0, 0.0, 0.0))
    prior.set_arm(pose, 5, "R", ArmAngles(90.0, -60.0, 90.0, 0.0))
    body = poser.pose(5, 1.0, pose)
    left = body.joint("left_elbow") - body.joint("left_shoulder")
    np.testing.assert_allclose(
        left / np.linalg.norm(left), [0, -(0.5**0.5), -(0.5**0.5)], atol=0.01
    )
    straight = body.joint("left_wrist") - body.joint("left_elbow")
    assert left @ straight / np.linalg.norm(left) / np.linalg.norm(straight) > 0.995
    right = body.joint("right_elbow") - body.joint("right_shoulder")
    fore = body.joint("right_wrist") - body.joint("right_elbow")
    np.testing.assert_allclose(right / np.linalg.norm(right), [-0.5, 0, -(0.75**0.5)], atol=0.01)
    assert abs(right @ fore) < 0.02 * np.linalg.norm(right) * np.linalg.norm(fore)


def test_knee_bends_backwards_and_hip_forwards(poser, prior):
    pose = rest_pose(poser)
    prior.set_leg(pose, 5, "L", LegAngles(90.0, 0.0, 90.0, 0.0, 0.0))
    body = poser.pose(5, 1.0, pose)
    thigh = body.joint("left_knee") - body.joint("left_hip")
    shin = body.joint("left_ankle") - body.joint("left_knee")
    assert -thigh[1] > 0.9 * np.linalg.norm(thigh)  # to the front
    assert -shin[2] > 0.9 * np.linalg.norm(shin)  # down


def test_bending_the_trunk_brings_the_head_forward(poser, prior):
    pose = rest_pose(poser)
    prior.set_trunk(pose, TrunkAngles(60.0, 0, 0, 0, 0, 0))
    bent, straight = poser.pose(5, 1.0, pose), poser.pose(5, 1.0, rest_pose(poser))
    assert bent.joint("nose")[1] < straight.joint("nose")[1] - 0.2
    assert bent.joint("nose")[2] < straight.joint("nose")[2] - 0.1


def test_joints_are_defined_as_written(poser):
    body = standing(poser, 1.0, 4.0, yaw_deg=90).body
    middle = (body.joint("left_hip") + body.joint("right_hip")) / 2
    np.testing.assert_allclose(body.joint("pelvis"), middle)
    to_pelvis, to_neck = length(body, "spine", "pelvis"), length(body, "spine", "neck")
    assert to_pelvis == pytest.approx(to_neck, rel=0.06)
    facing = body.joint("nose") - body.joint("head")
    assert facing[0] > 0.9 * np.linalg.norm(facing)  # yaw 90 faces +x
    left = body.joint("left_shoulder") - body.joint("right_shoulder")
    assert left[1] > 0.9 * np.linalg.norm(left)
    heights = [body.joint(n)[2] for n in ("left_ankle", "left_knee", "pelvis", "neck", "head_top")]
    assert heights == sorted(heights)


def test_skin_kernel_agrees_with_numpy(poser):
    person = standing(poser, 0.5, 3.0, yaw_deg=40, shape=11, seed=2)
    skin = MeshMaker(poser.kit, Launcher("cpu")).skin([person]).numpy()[0]
    np.testing.assert_allclose(skin, poser.vertices(person.body), atol=2e-5)


def test_joints_lie_inside_their_limbs(poser):
    body = standing(poser, 0.0, 3.0, seed=5).body
    vertices = poser.vertices(body)
    for name in BODY_22.joint_names:
        nearest = np.linalg.norm(vertices - body.joint(name), axis=1).min()
        assert nearest < 0.14, name


def test_retargeted_limbs_point_like_the_captured_ones(poser, prior):
    source = poser.pose(4, 1.0, prior.sample(np.random.default_rng(8), 4, "gesture"))
    short = {"shoulder": "sho", "elbow": "elb", "wrist": "wri"}
    names, positions = ["neck", "head"], [source.joint("neck"), source.joint("head")]
    for side in ("left", "right"):
        for joint in ("hip", "knee", "ankle", "shoulder", "elbow", "wrist"):
            names.append(side[0] + short.get(joint, joint))
            positions.append(source.joint(f"{side}_{joint}"))
        names.append(f"{side[0]}toe")
        positions.append(source.joint(f"{side}_ankle") + np.array([0, -0.12, -0.06]))
    joints = dict(zip(names, positions, strict=True))
    pose = Retargeter(poser.kit).pose(joints, 60)
    body = poser.pose(60, 1.0, pose)
    hips = source.joint("left_hip") - source.joint("right_hip")
    body = body.turned(math.atan2(hips[1], hips[0]))  # the heading is taken out
    for a, b in LIMBS:
        want, got = source.joint(b) - source.joint(a), body.joint(b) - body.joint(a)
        cosine = want @ got / np.linalg.norm(want) / np.linalg.norm(got)
        assert cosine > math.cos(math.radians(3)), (a, b)
