import numpy as np
import pytest
from moving_bodies import FPS, SHAPE, walking

from das_app.motion.body.fit import BodyFit, fit_body
from das_app.motion.body.joint_angles import body_angles
from das_app.motion.body.live import LiveBody
from das_app.motion.body.rig import (
    LENGTHS,
    BodyError,
    BodyPose,
    Freedom,
    RigNames,
    body_of,
    bone_names,
    markers,
    world,
)
from das_app.motion.body.rotations import (
    least_rotation,
    rotation_vectors,
    rotations_by,
    rotations_over_gaps,
    steady_quaternions,
    twist_angles,
)
from das_model.skeleton import BODY_22, COCO_17, MUCO_21, Skeleton

ONES = np.ones(BODY_22.num_joints)


def degrees_between(first, second):
    """(...) of the turn between rotations (..., 3, 3)."""
    between = rotation_vectors(np.swapaxes(first, -1, -2) @ second)
    return np.degrees(np.linalg.norm(between, axis=-1))


def fitted(joints):
    times_s = np.arange(len(joints)) / FPS
    return fit_body(body_of(BODY_22), joints, np.ones(joints.shape[:2]), times_s)


def test_rotation_vectors_and_back():
    vectors = np.random.default_rng(0).normal(0, 1.5, (200, 3))
    size = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors *= np.minimum(1, 3.13 / size)
    vectors[0], vectors[1] = 0, [1e-9, 0, 0]
    again = rotation_vectors(rotations_by(vectors))
    np.testing.assert_allclose(again, vectors, atol=1e-6)
    quarter = rotations_by(np.array([0, 0, np.pi / 2]))  # x to y
    np.testing.assert_allclose(quarter @ [1, 0, 0], [0, 1, 0], atol=1e-12)


def test_twist_is_what_a_turn_about_the_bone_adds():
    axis = np.array([0.0, -1.0, 0.0])
    swing = least_rotation(axis, np.array([[0.6, -0.48, 0.64], [0, -1, 0], [0.8, 0.6, 0]]))
    for angle in (-2.5, -0.3, 0.0, 1.7):
        vectors = rotation_vectors(swing @ rotations_by(angle * axis))
        np.testing.assert_allclose(twist_angles(vectors, axis), angle, atol=1e-9)


def test_quaternions_keep_their_sign():
    turns = rotations_by(np.linspace(0, 15, 80)[:, None] * np.array([0, 0.6, 0.8]))
    quaternions = steady_quaternions(turns)
    assert ((quaternions[1:] * quaternions[:-1]).sum(axis=-1) > 0).all()


def test_a_body_is_found_again():
    body, pose, joints = walking(60)
    fit = fitted(joints)
    assert fit.rms_mm < 4
    found, _ = world(body, fit.offsets(), fit.pose)
    true, _ = world(body, body.bone_offsets @ SHAPE, pose)
    off = np.median(degrees_between(found, true), axis=0)
    for name in (
        "pelvis",
        "head",
        *(f"{s}_{j}" for s in ("left", "right") for j in ("shoulder", "elbow", "hip", "knee")),
    ):
        assert off[body.index(name)] < 6, (name, off[body.index(name)])
    for length in ("thigh", "shin", "upper_arm", "forearm", "hip"):
        place = LENGTHS.index(length)
        assert fit.shape[place] == pytest.approx(SHAPE[place], rel=0.05), length


def test_noise_is_carried_by_a_body_of_constant_lengths_that_bends_the_right_way():
    body, _pose, joints = walking(90, seed=2)
    noisy = joints + np.random.default_rng(1).normal(0, 12, joints.shape)
    fit = fitted(noisy)
    assert fit.rms_mm < 20  # 12 mm in each of three axes is 21 mm
    vectors = rotation_vectors(fit.pose.rotations)
    for number, bone in enumerate(body.bones):
        if bone.freedom is Freedom.HINGE:  # never over straight, and about its own axis alone
            assert np.degrees(twist_angles(vectors[:, number], bone.axis)).min() > -12
            along = (vectors[:, number] * bone.axis).sum(axis=-1)
            np.testing.assert_allclose(
                along, np.linalg.norm(vectors[:, number], axis=-1) * np.sign(along), atol=1e-6
            )
    steps = degrees_between(fit.pose.rotations[:-1], fit.pose.rotations[1:])
    assert steps.max() < 30


def test_gaps_and_missing_joints_are_bridged():
    _, _, joints = walking(60)
    holed = joints.copy()
    holed[20:26] = np.nan
    holed[40:50, BODY_22.index("left_wrist")] = np.nan
    fit = fitted(holed)
    assert np.isnan(fit.residual_mm[20:26]).all()
    assert np.isfinite(fit.pose.root).all()
    assert np.linalg.norm(fit.pose.root[20:26] - joints[20:26, 0], axis=1).max() < 60
    assert np.nanmax(fit.residual_mm[:20]) < 40


def test_over_a_gap_every_bone_turns_evenly():
    _, _, joints = walking(60)
    holed = joints.copy()
    holed[20:40] = np.nan  # far more than what the frames around tell
    fit = fitted(holed)
    steps = degrees_between(fit.pose.rotations[19:40], fit.pose.rotations[20:41])
    np.testing.assert_allclose(steps, np.broadcast_to(steps[:1], steps.shape), atol=1e-3)
    moves = np.diff(fit.pose.root[19:41], axis=0)
    np.testing.assert_allclose(moves, np.broadcast_to(moves[:1], moves.shape), atol=1e-6)


def test_what_is_not_known_turns_as_its_neighbours():
    turns = rotations_by(np.linspace(0, 2, 9)[:, None, None] * np.array([[0, 0.6, 0.8]]))
    is_known = np.isin(np.arange(9), (2, 6))
    filled = rotations_over_gaps(turns, is_known)
    np.testing.assert_allclose(filled[2:7], turns[2:7], atol=1e-9)
    np.testing.assert_allclose(filled[:2], turns[[2, 2]], atol=1e-9)
    np.testing.assert_allclose(filled[7:], turns[[6, 6]], atol=1e-9)


def test_mirrored_motion_gives_mirrored_rotations():
    body, _, joints = walking(40)
    swapped = [
        BODY_22.index(name.replace("left", "x").replace("right", "left").replace("x", "right"))
        for name in BODY_22.joint_names
    ]
    fit, mirrored = fitted(joints), fitted(joints[:, swapped] * [-1, 1, 1])
    np.testing.assert_allclose(mirrored.shape, fit.shape, atol=0.5)
    names = [bone.name for bone in body.bones]
    other = [
        names.index(name.replace("left", "x").replace("right", "left").replace("x", "right"))
        for name in names
    ]
    mirror = np.diag([-1.0, 1.0, 1.0])
    expected = mirror @ fit.pose.rotations[:, other] @ mirror
    assert degrees_between(mirrored.pose.rotations, expected).max() < 0.5


def test_left_and_right_bones_are_of_one_length():
    _, _, joints = walking(40)
    longer = joints.copy()  # one shin is seen longer than the other
    knee, ankle = BODY_22.index("left_knee"), BODY_22.index("left_ankle")
    longer[:, ankle] += 0.2 * (joints[:, ankle] - joints[:, knee])
    fit = fitted(longer)
    offsets = fit.offsets()
    for number, bone in enumerate(fit.body.bones):
        if bone.name.startswith("left_"):
            right = fit.body.index(bone.name.replace("left", "right"))
            np.testing.assert_allclose(offsets[right], offsets[number] * [-1, 1, 1])


def test_long_tracks_are_fitted_in_windows_that_join(monkeypatch):
    import das_app.motion.body.fit as body_fit

    _, _, joints = walking(100)
    whole = fitted(joints)
    monkeypatch.setattr(body_fit, "_WINDOW", 40)
    monkeypatch.setattr(body_fit, "_OVERLAP", 15)
    parts = fitted(joints)
    assert degrees_between(whole.pose.rotations, parts.pose.rotations).max() < 8
    steps = degrees_between(parts.pose.rotations[:-1], parts.pose.rotations[1:])
    assert steps.max() < 25


def test_live_bodies_are_those_of_the_whole_track():
    body, _, joints = walking(60)
    live, poses = LiveBody(BODY_22), []
    for frame, places in enumerate(joints):
        poses.append(live(places, ONES, frame / FPS))
    pose = BodyPose(
        *(np.concatenate([getattr(p, n) for p in poses]) for n in ("root", "rotations"))
    )
    fit = fitted(joints)
    apart = np.median(degrees_between(pose.rotations[20:], fit.pose.rotations[20:]), axis=0)
    assert apart.max() < 10
    away = np.linalg.norm(markers(body, live.shape, pose) - joints[:, body.markers], axis=-1)
    assert np.sqrt((away[20:] ** 2).mean()) < 10


def test_angles_have_the_signs_of_opensim():
    body = body_of(BODY_22)
    vectors = np.zeros((1, len(body.bones), 3))

    def set_turn(name, vector):
        vectors[0, body.index(name)] = vector

    set_turn("right_hip", [-np.radians(40), 0, 0])  # the knee comes to the front
    set_turn("left_hip", [0, 0, np.radians(20)])  # away from the middle
    set_turn("right_knee", [np.radians(70), 0, 0])
    set_turn("left_elbow", [0, -np.radians(90), 0])
    set_turn("left_shoulder", [0, 0, -np.radians(90)])  # from the T down to hang
    set_turn("spine", [np.radians(25), 0, 0])  # leaning to the front
    pose = BodyPose(np.zeros((1, 3)), rotations_by(vectors))
    angles = body_angles(BodyFit(body, SHAPE, pose, np.zeros((1, 22))))
    found = dict(zip(angles.names, angles.degrees[0], strict=True))
    expected = {
        "hip_flexion_r": 40,
        "hip_adduction_l": -20,
        "hip_flexion_l": 0,
        "knee_flexion_r": 70,
        "elbow_flexion_l": 90,
        "shoulder_flexion_l": 0,
        "shoulder_adduction_l": 0,
        "shoulder_adduction_r": -90,
        "trunk_extension": -25,
        "trunk_rotation": 0,
    }
    assert {name: round(found[name], 4) + 0 for name in expected} == expected
    assert angles.of("knee_r").tolist() == [[70, 0, 0]]


def angles_of(skeleton, **turns):
    """Angles of a body at rest but for some turns, rotation vectors in degrees."""
    body = body_of(skeleton)
    vectors = np.zeros((1, len(body.bones), 3))
    for name, vector in turns.items():
        vectors[0, body.index(name)] = np.radians(vector)
    pose = BodyPose(np.zeros((1, 3)), rotations_by(vectors))
    angles = body_angles(BodyFit(body, SHAPE, pose, np.zeros((1, 1))))
    places = markers(body, SHAPE, pose)[0]
    at = {skeleton.joint_names[j]: places[m] for m, j in enumerate(body.markers)}
    return dict(zip(angles.names, angles.degrees[0], strict=True)), at


def between(first, second):
    cosine = first @ second / np.linalg.norm(first) / np.linalg.norm(second)
    return np.degrees(np.arccos(cosine))


@pytest.mark.parametrize("degrees", [5, 40, 95])
def test_knees_and_elbows_are_180_less_the_inner_angle(degrees):
    found, at = angles_of(
        MUCO_21,
        left_knee=(degrees, 0, 0),
        right_elbow=(0, degrees, 0),
        left_hip=(-30, 10, 5),
        spine=(10, 20, 0),
    )
    for angle, (first, middle, last) in {
        "knee_flexion_l": ("left_hip", "left_knee", "left_ankle"),
        "elbow_flexion_r": ("right_shoulder", "right_elbow", "right_wrist"),
    }.items():
        inner = between(at[first] - at[middle], at[last] - at[middle])
        assert found[angle] == pytest.approx(180 - inner, abs=1e-6)
        assert found[angle] == pytest.approx(degrees, abs=1e-6)


def test_ankles_are_0_at_a_right_angle_and_positive_with_toes_up():
    rest, flat = angles_of(MUCO_21)
    assert rest["ankle_angle_l"] == rest["ankle_angle_r"] == 0
    found, at = angles_of(MUCO_21, left_ankle=(-20, 0, 0), right_ankle=(15, 0, 0))
    assert found["ankle_angle_l"] == pytest.approx(20)
    assert found["ankle_angle_r"] == pytest.approx(-15)
    assert at["left_toe"][1] > flat["left_toe"][1]
    inner = [
        between(p["left_knee"] - p["left_ankle"], p["left_toe"] - p["left_ankle"])
        for p in (flat, at)
    ]
    assert inner[0] - inner[1] == pytest.approx(20)  # as Sports2D counts it
    assert "ankle_angle_l" not in angles_of(BODY_22)[0]  # no toes are seen


def test_names_that_auto_mappers_know():
    body = body_of(MUCO_21)
    assert bone_names(body, RigNames.HUMANOID)[:2] == ["Hips", "Spine"]
    assert {"LeftUpLeg", "RightForeArm", "LeftToeBase"} <= set(bone_names(body, RigNames.HUMANOID))
    assert "mixamorig:LeftUpLeg" in bone_names(body, RigNames.MIXAMO)
    assert {"leftUpperLeg", "rightLowerArm"} <= set(bone_names(body, RigNames.VRM))
    for names in RigNames:
        assert len(set(bone_names(body, names))) == len(body.bones)


def test_hands_and_feet_turn_where_the_model_sees_beyond_them():
    freedoms = {bone.name: bone.freedom for bone in body_of(MUCO_21).bones}
    assert freedoms["left_wrist"] is freedoms["right_ankle"] is Freedom.BALL
    assert {b.name: b.freedom for b in body_of(BODY_22).bones}["left_ankle"] is Freedom.FIXED


def test_what_a_body_needs():
    body_of(COCO_17)
    with pytest.raises(BodyError, match="left_hip, right_hip"):
        body_of(Skeleton(("nose", "left_shoulder", "right_shoulder")))
