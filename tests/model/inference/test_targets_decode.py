"""Encoding and decoding undo each other, and who answers for whom follows the paper."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from people_scenes import STANDING, annotate, perfect_maps

from das_model.annotation import Annotation
from das_model.camera import Camera
from das_model.inference import decode as decoding
from das_model.inference.decode import DecodeConfig, decode, detect, suppress
from das_model.inference.refine import find_people
from das_model.inference.targets import PAPER_ENCODING, Encoding, encode
from das_model.skeleton import BODY_22

LIVE = Encoding()
SURE = DecodeConfig(min_score=0.05)
CAMERA = Camera.from_fov((448, 256), 60)


def round_trip(annotation, encoding=LIVE, config=SURE):
    maps = perfect_maps(annotation, encoding)
    return decode(maps, annotation.camera, encoding, BODY_22, config)


@pytest.mark.parametrize("encoding", [Encoding(), PAPER_ENCODING], ids=["live", "paper"])
@pytest.mark.parametrize(("depth_mm", "level"), [(9000, 0), (4500, 1), (2600, 2), (1300, 3)])
def test_people_come_back_from_every_level(encoding, depth_mm, level):
    camera = Camera.from_fov((512, 512), 60)
    annotation = annotate([[100, -100, depth_mm]], camera, turn_deg=30)
    targets = encode(annotation, encoding)
    assert [bool(t.positive.any()) for t in targets].index(True) == level
    people = round_trip(annotation, encoding)
    assert len(people) == 1
    np.testing.assert_allclose(people.joints_cam, annotation.joints_cam, atol=1.0)
    error_px = people.joints_px(camera) - annotation.joints_px
    assert np.abs(error_px).max() < 0.5


@settings(max_examples=40)
@given(
    x=st.floats(-800, 800),
    y=st.floats(-300, 300),
    z=st.floats(1500, 8000),
    fov=st.floats(40, 90),
    turn=st.floats(0, 360),
)
def test_round_trip_of_anybody_in_view(x, y, z, fov, turn):
    camera = Camera.from_fov((448, 256), fov)
    annotation = annotate([[x, y, z]], camera, turn)
    root_px = annotation.joints_px[0, 0]
    if not ((root_px >= 0) & (root_px <= [447, 255])).all():
        assert not any(t.positive.any() for t in encode(annotation, Encoding()))
        return
    people = round_trip(annotation, config=DecodeConfig(min_score=0.0, oks_threshold=0.5))
    found = people.joints_cam[0]
    np.testing.assert_allclose(found, annotation.joints_cam[0], atol=1.0)


def test_several_people_come_back_and_nobody_else():
    annotation = annotate([[-900, 0, 3500], [100, 0, 3000], [900, 100, 5000]], CAMERA)
    people = round_trip(annotation)
    assert len(people) == 3
    order = np.argsort(people.root_cam[:, 0])
    np.testing.assert_allclose(people.joints_cam[order], annotation.joints_cam, atol=1.0)
    assert (people.track_ids == -1).all()


def test_nobody_gives_empty_people_of_full_rank():
    nobody = annotate(np.zeros((0, 3)), CAMERA)
    assert round_trip(nobody).joints_cam.shape == (0, 22, 3)
    found = detect(perfect_maps(nobody, LIVE), LIVE, BODY_22, SURE)
    assert found.joints.shape == (0, 22, 3)
    assert found.joint_scores.shape == (0, 22)
    rest = (found.scores, found.root_depth, found.strides_px, found.kept, found.follows)
    assert all(values.shape == (0,) for values in rest)


def test_a_location_of_just_the_minimum_score_stands_for_a_person():
    annotation = annotate([[0, 0, 3000]], CAMERA)
    for score, num_people in ((0.05, 1), (0.0499, 0)):
        maps = perfect_maps(annotation, LIVE)
        for level in maps:
            level.score[level.score > 0] = score
        assert len(decode(maps, CAMERA, LIVE, BODY_22, DecodeConfig())) == num_people


def test_scaling_picture_and_focal_length_together_keeps_the_skeleton():
    annotation = annotate([[200, 0, 3200]], CAMERA)
    small = round_trip(annotation)
    double = round_trip(annotate([[200, 0, 3200]], CAMERA.resized((896, 512))))
    np.testing.assert_allclose(small.joints_cam, double.joints_cam, atol=1.0)


def test_depth_follows_the_focal_length_and_the_pose_does_not():
    annotation = annotate([[0, 0, 3000]], CAMERA)
    maps = perfect_maps(annotation, Encoding())
    K = CAMERA.K.copy()
    K[[0, 1], [0, 1]] *= 1.5
    longer = decode(maps, Camera(K, CAMERA.size), Encoding(), BODY_22, SURE)
    assert longer.root_cam[0, 2] == pytest.approx(4500, abs=1)
    np.testing.assert_allclose(longer.joints_rel[0, :, 2], STANDING[:, 2], atol=1.0)


def test_nearest_root_wins_a_location():
    annotation = annotate([[-150, 0, 3000], [150, 0, 3000]], CAMERA)
    encoding = Encoding()
    level = 2  # r_max 109 px
    targets = encode(annotation, encoding)[level]
    roots = annotation.joints_px[:, 0]
    locations = encoding.locations_px(level, *targets.positive.shape)[targets.positive]
    said = locations + targets.root[:2, targets.positive].T * encoding.strides[level]
    nearest = np.linalg.norm(locations[:, None] - roots, axis=-1).argmin(1)
    assert set(nearest) == {0, 1}
    np.testing.assert_allclose(said, roots[nearest], atol=1e-3)


def test_positive_square_and_centerness_are_hand_computed():
    camera = Camera.from_intrinsics(500, 500, 100, 60, (256, 128))
    annotation = annotate([[0, 0, 5000]], camera)  # root at pixel (100, 60), r_max 84 px
    assert np.abs(annotation.joints_px[0, 0] - [100, 60]).max() < 1e-4
    target = encode(annotation, Encoding())[1]  # stride 16, half side 24
    ys, xs = np.nonzero(target.positive)
    # centres at 7.5 + 16 i: 87.5 103.5 119.5 in x (76 to 124), 39.5 55.5 71.5 in y (36 to 84)
    assert sorted(set(xs)) == [5, 6, 7]
    assert sorted(set(ys)) == [2, 3, 4]
    distance = np.hypot(103.5 - 100, 55.5 - 60)
    wanted = np.exp(-2.5 * distance / (np.sqrt(2) * 24))
    assert target.centerness[3, 6] == pytest.approx(wanted, rel=1e-5)
    np.testing.assert_allclose(target.root[:2, 3, 6], [(100 - 103.5) / 16, (60 - 55.5) / 16], 1e-4)
    assert target.root[2, 3, 6] == pytest.approx(5000 / 500 / 10)
    np.testing.assert_allclose(target.joint_offset[:, 2, 3, 6], STANDING[:, 2] / 500, atol=1e-6)


def test_people_with_2d_labels_only_have_no_depth_targets():
    labelled = annotate([[0, 0, 3000]], CAMERA)
    flat = Annotation(
        labelled.joints_cam,
        labelled.joints_px,
        labelled.valid_2d,
        np.zeros_like(labelled.valid_3d),
        labelled.visible,
        labelled.ignore_px,
        CAMERA,
    )
    for target in encode(flat, Encoding()):
        assert not target.joint_valid[:, 2].any()
        assert not target.root_valid[2].any()
        assert (target.joint_offset[:, 2] == 0).all()
        assert (target.root[2] == 0).all()
        assert (target.joint_valid[:, :2] == target.positive).all()


def test_root_outside_the_picture_is_ignored_not_denied():
    camera = Camera.from_intrinsics(400, 400, 224, 60, (448, 256))
    annotation = annotate([[0, 700, 1400]], camera)  # root at y = 260, head in the picture
    targets = encode(annotation, Encoding())
    assert not any(t.positive.any() for t in targets)
    joints = annotation.joints_px[0]
    finest = targets[0]
    locations = Encoding().locations_px(0, *finest.ignore.shape)
    inside = ((locations >= joints.min(0)) & (locations <= joints.max(0))).all(-1)
    np.testing.assert_array_equal(finest.ignore, inside)
    assert inside.any()
    assert not inside.all()


@pytest.mark.parametrize("centre", ["root", "box", "visible"])
def test_people_of_whom_nothing_is_seen_are_ignored_not_denied(centre):
    """Nothing tells their size, so no level could answer for them."""
    encoding, a = Encoding(centre=centre), annotate([[0, 0, 3000]], CAMERA)
    seen = a.visible.copy()
    a.visible[:] = False
    finest, *others = encode(a, encoding)
    assert not any(t.positive.any() for t in (finest, *others))
    joints = a.joints_px[0]
    locations = encoding.locations_px(0, *finest.ignore.shape)
    inside = ((locations >= joints.min(0)) & (locations <= joints.max(0))).all(-1)
    np.testing.assert_array_equal(finest.ignore, inside)
    a.visible[:] = seen
    assert sum(t.positive.any() for t in encode(a, encoding)) == 1


def test_people_cut_off_below_are_found_at_the_edge_and_come_back_whole():
    camera = Camera.from_intrinsics(400, 400, 224, 60, (448, 256))
    annotation = annotate([[100, 900, 1400]], camera)  # root at y = 317, head in the picture
    assert annotation.joints_px[0, 0, 1] > 256
    assert annotation.visible[0].sum() >= 4
    encoding = Encoding(centre="visible")
    targets = encode(annotation, encoding)
    level = [bool(t.positive.any()) for t in targets].index(True)
    locations = encoding.locations_px(level, *targets[level].positive.shape)
    edge = np.array([annotation.joints_px[0, 0, 0], 255])
    beside = np.abs(locations[targets[level].positive] - edge).max()
    assert beside <= 1.5 * encoding.strides[level]
    people = round_trip(annotation, encoding)
    assert len(people) == 1
    np.testing.assert_allclose(people.joints_cam, annotation.joints_cam, atol=1.0)


def test_guessed_root_answers_without_being_a_label():
    a = annotate([[0, 0, 3000]], CAMERA)
    hidden = a.valid_2d.copy()
    hidden[0, BODY_22.root] = False
    for guess, is_found in ((a.joints_px[:, 0] + 3, True), (np.full((1, 2), np.nan), False)):
        unlabelled = Annotation(
            a.joints_cam,
            a.joints_px,
            hidden,
            a.valid_3d,
            a.visible & hidden,
            a.ignore_px,
            CAMERA,
            BODY_22,
            guess,
        )
        targets = encode(unlabelled, Encoding(centre="visible"))
        assert any(t.positive.any() for t in targets) == is_found
        assert not any(t.root_valid[:2].any() for t in targets)
        assert not any(t.positive.any() for t in encode(unlabelled, Encoding()))


def test_box_centre_is_the_middle_of_the_joints():
    annotation = annotate([[0, 0, 3000]], CAMERA)
    joints = annotation.joints_px[0]
    middle = (joints.min(axis=0) + joints.max(axis=0)) / 2
    encoding = Encoding(centre="box")
    targets = encode(annotation, encoding)
    level = [bool(t.positive.any()) for t in targets].index(True)
    t, stride = targets[level], encoding.strides[level]
    locations = encoding.locations_px(level, *t.positive.shape)
    assert np.abs(locations[t.positive] - middle).max() <= 1.5 * stride
    best = np.unravel_index(t.centerness.argmax(), t.centerness.shape)
    distance = np.linalg.norm(locations - middle, axis=-1)
    assert distance[best] == distance.min()
    people = round_trip(annotation, encoding)
    np.testing.assert_allclose(people.joints_cam, annotation.joints_cam, atol=1.0)
    with pytest.raises(ValueError, match=r"Encoding.centre must be in"):
        Encoding(centre="head")


def test_ignore_boxes_do_not_hide_labelled_people():
    a = annotate([[0, 0, 3000]], CAMERA)
    everywhere = np.array([[0, 0, 448, 256]], np.float32)
    hidden = Annotation(
        a.joints_cam, a.joints_px, a.valid_2d, a.valid_3d, a.visible, everywhere, CAMERA
    )
    for plain, covered in zip(encode(a, Encoding()), encode(hidden, Encoding()), strict=True):
        np.testing.assert_array_equal(plain.positive, covered.positive)
        np.testing.assert_array_equal(covered.ignore, ~covered.positive)


def test_suppress_keeps_the_best_of_alike_poses():
    pose = annotate([[0, 0, 3000]], CAMERA).joints_px
    other = annotate([[700, 0, 3000]], CAMERA).joints_px
    poses = np.concatenate([pose, pose + 1.0, other, other + 0.5])
    kept, follows = suppress(poses, 4, DecodeConfig())
    np.testing.assert_array_equal(kept, [0, 2])
    np.testing.assert_array_equal(follows, [0, 0, 2, 2])
    assert suppress(poses, 4, DecodeConfig(max_people=1))[0].tolist() == [0]
    assert suppress(poses, 4, DecodeConfig(oks_threshold=1.1))[0].tolist() == [0, 1, 2, 3]
    assert suppress(poses, 2, DecodeConfig())[0].tolist() == [0]  # the third is not sure enough


def test_pose_and_depth_are_the_vote_of_alike_locations():
    annotation = annotate([[0, 0, 3000]], CAMERA)
    level, encoding = 2, Encoding()
    maps = perfect_maps(annotation, encoding)
    ys, xs = np.nonzero(maps[level].score)
    maps[level].score[ys, xs] = 0.03  # too unsure for a say
    best, second = (ys[0], xs[0]), (ys[1], xs[1])
    maps[level].score[best], maps[level].score[second] = 0.8, 0.4
    maps[level].root[2][second] *= 1.1
    plain = find_people(maps, CAMERA, encoding, BODY_22, DecodeConfig(vote_threshold=1.1))
    voted = find_people(maps, CAMERA, encoding, BODY_22, DecodeConfig())
    assert len(plain) == len(voted) == 1
    assert voted.scores[0] == np.float32(0.8)
    assert plain.root_cam[0, 2] == pytest.approx(3000, abs=1)
    assert voted.root_cam[0, 2] == pytest.approx((4 * 3000 + 3300) / 5, abs=1)


def test_suppress_does_the_same_one_by_one_and_all_at_once(monkeypatch):
    rng = np.random.default_rng(3)
    people = rng.uniform(0, 300, (12, 1, 1, 2)) + rng.normal(0, 30, (12, 1, 22, 2))
    poses = (people + rng.normal(0, 8, (12, 5, 22, 2))).reshape(-1, 22, 2)[rng.permutation(60)]
    at_once = suppress(poses, 50, DecodeConfig())
    monkeypatch.setattr(decoding, "_FEW", 0)
    one_by_one = suppress(poses, 50, DecodeConfig())
    assert 10 <= len(at_once[0]) <= 40
    assert (at_once[1] >= 0).sum() > len(at_once[0])
    for mine, other in zip(at_once, one_by_one, strict=True):
        assert mine.tolist() == other.tolist()


def test_suppress_threshold_is_the_oks_of_coco():
    box = np.array([[0.0, 0.0], [100.0, 100.0]])
    pair = np.stack([np.tile(box, (11, 1)), np.tile(box, (11, 1)) + [[10.0, 0.0]]])
    oks = np.exp(-(10.0**2) / (2 * 100 * 100 * (2 * 0.08) ** 2))
    assert len(suppress(pair, 2, DecodeConfig(oks_threshold=oks - 1e-3))[0]) == 1
    assert len(suppress(pair, 2, DecodeConfig(oks_threshold=oks + 1e-3))[0]) == 2


def test_who_is_as_alike_as_asked_has_a_vote():
    same = np.tile(np.mgrid[:4, :4].reshape(2, -1).T * 10.0, (2, 1, 1))  # OKS 1 exactly
    _, follows = suppress(same, 2, DecodeConfig(vote_threshold=1.0))
    assert follows.tolist() == [0, 0]
    _, follows = suppress(same, 2, DecodeConfig(vote_threshold=1.001))
    assert follows.tolist() == [0, -1]


def test_annotation_says_which_array_is_wrong():
    with pytest.raises(ValueError, match=r"joints_cam must be \(1, 22, 3\), got \(1, 21, 3\)"):
        a = annotate([[0, 0, 3000]], CAMERA)
        Annotation(
            a.joints_cam[:, 1:],
            a.joints_px,
            a.valid_2d,
            a.valid_3d,
            a.visible,
            a.ignore_px,
            CAMERA,
        )
    with pytest.raises(ValueError, match="range_bounds_px must part 2 levels"):
        Encoding(strides=(8, 16))


@pytest.mark.parametrize("unit", [0.0, -1.0, 1e6, np.nan])
@pytest.mark.parametrize("name", ["root_depth_unit", "joint_depth_unit_mm"])
def test_units_of_depth_are_positive_and_finite(name, unit):
    with pytest.raises(ValueError, match="units of depth must be positive"):
        Encoding(**{name: unit})


@pytest.mark.parametrize(
    ("strides", "is_possible"),
    [((1, 2), True), ((512, 1024), True), ((0, 2), False), ((2, 2), False), ((8, 2048), False)],
)
def test_strides_are_rising_from_one_pixel_on(strides, is_possible):
    if is_possible:
        assert Encoding(strides, (48,)).strides == strides
    else:
        with pytest.raises(ValueError, match="strides must be rising whole numbers"):
            Encoding(strides, (48,))


def test_levels_of_the_paper():
    """Strides of P3 to P7, and ranges of the farthest joint, as for Table 1."""
    assert PAPER_ENCODING.strides == (8, 16, 32, 64, 128)
    assert PAPER_ENCODING.range_bounds_px == (48, 96, 192, 384)
