"""The joints' heat map: what it is asked to say, and how decoded joints follow it."""

import dataclasses

import numpy as np
import pytest
from people_scenes import annotate, perfect_heat, perfect_maps

from das_model.camera import Camera
from das_model.inference.decode import DecodeConfig
from das_model.inference.joint_heat import HostHeat
from das_model.inference.refine import Refinement, find_people
from das_model.inference.targets import Encoding, encode
from das_model.skeleton import BODY_22

CAMERA = Camera.from_fov((448, 256), 60)
ENCODING = Encoding(heat_stride=4)
SURE = DecodeConfig(min_score=0.05)
WRIST = BODY_22.index("left_wrist")
KNEE = BODY_22.index("left_knee")
DOUBT_PX = np.full((1, 22), 40.0)


def towards_heat(joints_px, doubt_px, heat, stride):
    return HostHeat(heat, stride).moved(joints_px, doubt_px)[0]


def decode(maps, camera, encoding, skeleton, config, heat=None):
    return find_people(maps, camera, encoding, skeleton, config, Refinement(heat))


def spots(places, sigma_px=8.0, stride=4, size=(448, 256)):
    """(J, h, w) Gaussian spots around places (J, 2) px, none where a place is NaN."""
    width, height = size
    x, y = ((np.arange(n // stride) + 0.5) * stride - 0.5 for n in (width, height))
    squared = (x - places[:, None, None, 0]) ** 2 + (y[:, None] - places[:, None, None, 1]) ** 2
    return np.nan_to_num(np.exp(-0.5 * squared / sigma_px**2)).astype(np.float32)


def cell_of(place, stride=4):
    """(row, column) of the heat map at a place in px."""
    column, row = np.round((place + 0.5) / stride - 0.5).astype(int)
    return row, column


def sigma_of(heat, place, stride=4, step=(0, 1)):
    """Sigma, px, of the spot around a place, by the cell one (row, column) `step` from its own."""
    row, column = cell_of(place) + np.array(step)
    at = (np.array([column, row]) + 0.5) * stride - 0.5
    return np.sqrt(-0.5 * ((at - place) ** 2).sum() / np.log(heat[row, column]))


def test_maps_without_a_stride_have_no_places():
    annotation = annotate([[0, 0, 3000]], CAMERA)
    for target in encode(annotation, Encoding()):
        assert target.heat.shape == target.heat_mask.shape == (22, 0, 0)
    finest, *others = encode(annotation, ENCODING)
    assert finest.heat.shape == finest.heat_mask.shape == (22, 64, 112)
    assert all(t.heat.shape == t.heat_mask.shape == (22, 0, 0) for t in others)
    nobody = encode(annotate(np.zeros((0, 3)), CAMERA), ENCODING)[0]
    assert not nobody.heat.any()
    assert nobody.heat_mask.all()


def test_spots_stand_at_the_joints_of_everybody():
    annotation = annotate([[-700, 0, 3000], [900, 0, 6000]], CAMERA)  # on different levels
    heat = perfect_heat(annotation, ENCODING)
    assert heat.max() <= 1
    for joints in annotation.joints_px:
        for joint, place in enumerate(joints):
            row, column = cell_of(place)
            around = heat[joint, row - 1 : row + 2, column - 1 : column + 2]
            assert around[1, 1] > around.max() - 1e-4
            assert around[1, 1] > 0.7


def test_spots_are_as_wide_as_their_person_is_large():
    sigmas = []
    for depth_mm in (2500, 5000):
        annotation = annotate([[0, 0, depth_mm]], CAMERA)
        heat = perfect_heat(annotation, ENCODING)
        sigmas.append(sigma_of(heat[KNEE], annotation.joints_px[0, KNEE]))
        down = sigma_of(heat[KNEE], annotation.joints_px[0, KNEE], step=(1, 0))
        assert down == pytest.approx(sigmas[-1], rel=0.01)
    assert sigmas[0] == pytest.approx(2 * sigmas[1], rel=0.02)
    box = annotation.boxes_px()[0]
    assert 0.01 < sigmas[1] / (box[2:] - box[:2]).sum() < 0.1
    far = annotate([[0, 0, 30_000]], CAMERA)
    heat = perfect_heat(far, ENCODING)
    least = sigma_of(heat[KNEE], far.joints_px[0, KNEE])
    assert least == pytest.approx(4, rel=0.01)


@pytest.mark.parametrize("lacks", ["visible", "valid_2d"])
def test_hidden_and_unlabelled_joints_are_not_asked_for(lacks):
    annotation = annotate([[0, 0, 3000]], CAMERA)
    known = np.ones((1, 22), bool)
    known[0, KNEE] = False  # the box is as large without it
    target = encode(dataclasses.replace(annotation, **{lacks: known}), ENCODING)[0]
    left, top, right, bottom = annotation.boxes_px()[0]
    x, y = np.meshgrid(np.arange(112) * 4 + 1.5, np.arange(64) * 4 + 1.5)
    in_box = (x >= left) & (x <= right) & (y >= top) & (y <= bottom)
    assert not target.heat[KNEE].any()
    np.testing.assert_array_equal(target.heat_mask[KNEE], ~in_box)
    others = np.delete(np.arange(22), KNEE)
    assert target.heat_mask[others].all()


def test_a_seen_joint_in_anothers_box_is_asked_for():
    annotation = annotate([[0, 0, 3000], [150, 0, 3200]], CAMERA)
    hidden, seen = (cell_of(joints[KNEE]) for joints in annotation.joints_px)
    visible = annotation.visible.copy()
    for is_seen in (True, False):
        visible[:, KNEE] = [False, is_seen]
        target = encode(dataclasses.replace(annotation, visible=visible), ENCODING)[0]
        assert not target.heat_mask[KNEE][hidden]
        assert target.heat_mask[KNEE][seen] == is_seen
        assert (target.heat[KNEE][seen] > 0.7) == is_seen


def test_ignore_boxes_are_not_asked_but_for_labelled_spots():
    annotation = annotate([[-700, 0, 3000]], CAMERA)
    half = np.array([[0, 0, 447, 255]], np.float32)
    target = encode(dataclasses.replace(annotation, ignore_px=half), ENCODING)[0]
    assert target.heat_mask.any(axis=(1, 2)).all()
    assert (target.heat[target.heat_mask] > 0).all()
    assert target.heat_mask[target.heat > 0.5].all()
    assert not target.heat_mask[:, :, -1].any()


def test_decoded_joints_follow_the_heat_and_keep_their_depth():
    annotation = annotate([[-500, 0, 3000], [700, 0, 4000]], CAMERA, turn_deg=30)
    maps = perfect_maps(annotation, ENCODING)
    heat = perfect_heat(annotation, ENCODING)
    for level, stride in zip(maps, ENCODING.strides, strict=True):
        level.joint_offset[:, 0] += 4 / stride  # all joints 4 px to the right
    plain = decode(maps, CAMERA, ENCODING, BODY_22, SURE)
    again = decode(maps, CAMERA, ENCODING, BODY_22, SURE, None)
    np.testing.assert_array_equal(plain.joints_cam, again.joints_cam)
    led = decode(maps, CAMERA, ENCODING, BODY_22, SURE, heat)
    assert len(plain) == len(led) == 2
    order = np.argsort(plain.root_cam[:, 0])
    shift = (plain.joints_px(CAMERA) - annotation.joints_px[order])[..., 0]
    np.testing.assert_allclose(shift, 4, atol=0.1)
    np.testing.assert_allclose(led.joints_px(CAMERA), annotation.joints_px[order], atol=0.5)
    np.testing.assert_allclose(led.joints_cam[..., 2], plain.joints_cam[..., 2], atol=0.1)
    np.testing.assert_array_equal(led.scores, plain.scores)


def test_two_poses_drawn_to_one_person_become_one():
    people = annotate([[-300, 0, 4000], [0, 0, 4000]], CAMERA)
    maps = perfect_maps(people, ENCODING)
    for level in maps:
        level.joint_score[:] = 0.2  # in doubt of all joints
    assert len(decode(maps, CAMERA, ENCODING, BODY_22, SURE)) == 2
    one = annotate([[-300, 0, 4000]], CAMERA)  # the other is only told, not seen
    found = decode(maps, CAMERA, ENCODING, BODY_22, SURE, perfect_heat(one, ENCODING))
    assert len(found) == 1
    np.testing.assert_allclose(found.joints_px(CAMERA), one.joints_px, atol=1.0)
    both = decode(maps, CAMERA, ENCODING, BODY_22, SURE, perfect_heat(people, ENCODING))
    assert len(both) == 2


@pytest.mark.parametrize("factor", [1, 2])
@pytest.mark.parametrize("stride", [2, 4])
def test_places_between_pixels_are_found_again(factor, stride):
    size = (448 * factor, 256 * factor)
    camera = CAMERA.resized(size)
    places = annotate([[30, -20, 3000]], camera, turn_deg=20).joints_px[0] + [0.3, 0.45]
    heat = spots(places, 8 * factor, stride, size)
    for error in ([3.3, -2.1], [-1.7, 0.4], [0.0, 0.0]):
        moved = towards_heat(
            places[None] + np.array(error) * factor, factor * DOUBT_PX, heat, stride
        )
        np.testing.assert_allclose(moved[0], places, atol=0.4 * factor)


def test_only_joints_of_the_kind_move():
    joints = annotate([[0, 0, 3000]], CAMERA).joints_px[0].astype(np.float64)
    places = np.full((22, 2), np.nan)
    places[WRIST] = joints[WRIST] + [5, 4]
    moved = towards_heat(joints[None], DOUBT_PX, spots(places), 4)[0]
    assert np.abs(moved[WRIST] - places[WRIST]).max() < 0.7
    others = np.delete(np.arange(22), WRIST)
    np.testing.assert_array_equal(moved[others], joints[others])


def test_joints_stay_where_there_is_no_heat_in_reach():
    joints = annotate([[-800, 0, 4000]], CAMERA).joints_px.astype(np.float64)
    before = joints.copy()
    cold = np.zeros((22, 64, 112), np.float32)
    np.testing.assert_array_equal(towards_heat(joints, DOUBT_PX, cold, 4), joints)
    far = spots(np.tile([440.0, 40.0], (22, 1)))
    np.testing.assert_allclose(towards_heat(joints, DOUBT_PX, far, 4), joints, atol=1e-3)
    np.testing.assert_array_equal(joints, before)  # the argument is left as it was


def test_faint_heat_moves_less_than_clear_heat():
    joints = annotate([[0, 0, 3000]], CAMERA).joints_px.astype(np.float64)
    heat = spots(joints[0] + [8, 0])
    steps = [
        towards_heat(joints, DOUBT_PX, heat * f, 4)[0, WRIST, 0] - joints[0, WRIST, 0]
        for f in (0.01, 0.1, 1.0)
    ]
    assert 0 <= steps[0] < steps[1] < steps[2] < 8.5
    assert steps[0] < 1
    assert steps[2] > 6


def test_neighbours_keep_their_own_joints():
    annotation = annotate([[-300, 0, 3000], [300, 0, 3000]], CAMERA)  # wrists nearly touch
    truth = annotation.joints_px.astype(np.float64)
    wrong = truth + np.array([[[4.0, 2.0]], [[-4.0, 2.0]]])  # each drawn to the other
    moved = towards_heat(
        wrong, np.repeat(DOUBT_PX, 2, axis=0), perfect_heat(annotation, ENCODING), 4
    )
    np.testing.assert_allclose(moved, truth, atol=1.0)


def test_joints_outside_the_picture_stay():
    camera = Camera.from_intrinsics(400, 400, 224, 60, (448, 256))
    annotation = annotate([[100, 900, 2000]], camera)  # hips and legs below the picture
    joints = annotation.joints_px.astype(np.float64)
    y = joints[0, :, 1]
    far, inside = y > 256 + 0.3 * np.ptp(y), y < 200
    assert far.any()
    assert inside.any()
    heat = perfect_heat(annotation, ENCODING)
    moved = towards_heat(joints + [2, 2], DOUBT_PX, heat, 4) - joints
    np.testing.assert_allclose(moved[0, far], 2, atol=1e-6)
    np.testing.assert_allclose(moved[0, inside], 0, atol=0.5)


def test_a_doubtful_joint_looks_farther():
    joints = annotate([[0, 0, 3000]], CAMERA).joints_px.astype(np.float64)
    longer = np.ptp(joints[0], axis=0).max()
    heat = spots(joints[0] + [0.2 * longer, 0], sigma_px=4.0)
    doubts = np.array([0.0, 10.0, 20.0, 40.0, 1000.0])
    steps = [
        (towards_heat(joints, np.full((1, 22), doubt), heat, 4) - joints)[0, WRIST, 0] / longer
        for doubt in doubts
    ]
    assert np.all(np.diff(steps) >= 0)
    assert steps[0] < 0.01
    assert 0.15 < steps[-1] < 0.21
    sure_knee = np.where(np.arange(22) == KNEE, 0.0, 1000.0)[None]
    moved = (towards_heat(joints, sure_knee, heat, 4) - joints)[0, :, 0] / longer
    assert moved[KNEE] < 0.01
    assert moved[WRIST] > 0.15


def test_doubt_is_told_by_the_joint_scores_and_the_level():
    annotation = annotate([[0, 0, 3000]], CAMERA)
    away = annotation.joints_px[0, WRIST] + [0.15 * np.ptp(annotation.joints_px[0, :, 1]), 0]
    places = np.full((22, 2), np.nan)
    places[WRIST] = away
    heat = spots(places, 6.0)
    shifts = []
    for joint_score in (1.0, 0.2):
        maps = perfect_maps(annotation, ENCODING)
        for level in maps:
            level.joint_score[:] = joint_score
        people = decode(maps, CAMERA, ENCODING, BODY_22, SURE, heat)
        shifts.append(people.joints_px(CAMERA)[0, WRIST, 0] - annotation.joints_px[0, WRIST, 0])
    assert shifts[0] < 1
    assert shifts[1] > 0.8 * (away[0] - annotation.joints_px[0, WRIST, 0])
