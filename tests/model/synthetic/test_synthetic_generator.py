import math

import cv2
import numpy as np
import pytest
from synthetic_stages import rest_pose

from das_model.skeleton import BODY_22
from das_model.synthetic.body.bodies import BodyPoser
from das_model.synthetic.generator import SyntheticGenerator
from das_model.synthetic.people.groups import gap_between
from das_model.synthetic.people.person_making import SELF_OVERLAP_M, self_clearance
from das_model.synthetic.people.separation import box_clearance
from das_model.synthetic.poses.poses import ArmAngles, PosePrior
from das_model.synthetic.production import RenderJob
from das_model.synthetic.rendering.camera_effects import develop, photograph
from das_model.synthetic.scene.aiming import look_matrix

SIZE = (160, 100)


@pytest.fixture(scope="module")
def generator():
    return SyntheticGenerator(SIZE)


@pytest.fixture(scope="module")
def scenes(generator):
    return [generator.compose(seed) for seed in range(40)]


@pytest.fixture(scope="module")
def pictures(generator):
    return generator.generate_batch(list(range(6)))


def assert_same(a, b):
    np.testing.assert_array_equal(a.image, b.image)
    for name in ("joints_cam", "visible", "ignore_px"):
        np.testing.assert_array_equal(getattr(a.annotation, name), getattr(b.annotation, name))
    np.testing.assert_array_equal(a.annotation.camera.K, b.annotation.camera.K)
    np.testing.assert_array_equal(a.facts.visible_share, b.facts.visible_share)


def test_picture_depends_on_its_seed_alone(generator, pictures):
    assert_same(generator.generate(4), pictures[4])
    reordered = generator.generate_batch([5, 2, 900])
    assert_same(reordered[0], pictures[5])
    assert_same(reordered[1], pictures[2])
    assert not np.array_equal(reordered[2].image, pictures[2].image)


def test_another_generator_makes_the_same_picture(pictures):
    assert_same(SyntheticGenerator(SIZE).generate(1), pictures[1])


def test_labels_are_what_the_camera_projects(pictures):
    for picture in pictures:
        image, labels = picture.image, picture.annotation
        assert image.shape == (SIZE[1], SIZE[0], 3)
        assert image.dtype == np.uint8
        assert labels.camera.size == SIZE
        assert labels.skeleton is BODY_22
        assert 1 <= len(labels) <= 6
        px = labels.camera.project(labels.joints_cam)
        ok = labels.valid_2d
        np.testing.assert_allclose(labels.joints_px[ok], px[ok], rtol=1e-5, atol=1e-3)
        inside = ((px >= -0.5) & (px <= np.array(SIZE) - 0.5)).all(-1)
        assert not (labels.visible & ~inside).any()
        assert labels.visible.any()
        assert labels.valid_3d.all()


def test_facts_belong_to_the_labelled_people_and_the_camera(generator, pictures):
    for seed, picture in enumerate(pictures):
        facts, scene = picture.facts, generator.compose(seed)
        assert len(facts.pose_category) == len(facts.years) == len(picture.annotation)
        pitch, roll = np.radians([facts.pitch_deg, facts.roll_deg])
        yaw = math.atan2(scene.turn[2, 0], scene.turn[2, 1])
        np.testing.assert_allclose(look_matrix(yaw, pitch, roll), scene.turn, atol=1e-6)
        assert facts.camera_height_m == scene.position[2]
        assert ((facts.visible_share > 0) & (facts.visible_share <= 1)).all()


def test_fields_of_view_and_distances_are_spread(scenes):
    fov = [scene.camera.fov_deg for scene in scenes]
    assert min(fov) >= 40
    assert max(fov) <= 90
    assert max(fov) - min(fov) > 30
    depth = np.concatenate(
        [[scene.to_camera(p.body.joint("pelvis"))[2] for p in scene.people] for scene in scenes]
    )
    assert depth.min() > 300
    assert depth.max() < 10_000
    assert depth.min() < 1200
    assert depth.max() > 4500


def test_nobody_stands_in_another(scenes):
    pairs = 0
    for scene in scenes:
        for i, a in enumerate(scene.people):
            for b in scene.people[:i]:
                assert gap_between(a, b) > 0.02
                pairs += 1
    assert pairs > 40


def test_everybody_touches_the_floor(scenes):
    for scene in scenes:
        for person in scene.people:
            assert person.body.contact[:, 2].min() == pytest.approx(0.008, abs=1e-9)


def test_furniture_enters_nobody_but_the_seat_its_sitter(scenes):
    checked = 0
    for scene in scenes:
        for prop in scene.props:
            for person in scene.people:
                ends, radii = person.body.capsule_ends, person.body.radii()
                gap = box_clearance(ends, radii, prop.centre, prop.half, prop.yaw)
                top = prop.centre[2] + prop.half[2]
                is_seat = person.is_seated and top < person.body.joint("pelvis")[2]
                assert gap >= -1e-6 or is_seat
                checked += 1
    assert checked > 200


def test_furniture_stands_on_the_floor_or_on_furniture(scenes):
    for scene in scenes:
        for prop in scene.props:
            bottom = prop.centre[2] - prop.half[2]
            tops = [p.centre[2] + p.half[2] for p in scene.props if p is not prop]
            assert bottom < 0.01 or any(-0.08 < bottom - top < 0.03 for top in tops)


def test_most_poses_keep_hands_out_of_the_trunk(scenes):
    gaps = np.array([self_clearance(p.body) for scene in scenes for p in scene.people])
    assert (gaps > -SELF_OVERLAP_M).mean() > 0.9


def test_hand_in_the_belly_is_noticed(generator):
    poser = BodyPoser(generator.kit)
    pose = rest_pose(poser)
    assert self_clearance(poser.pose(0, 1.0, pose)) > 0
    PosePrior(poser.kit).set_arm(pose, 0, "L", ArmAngles(-75.0, -60.0, 60.0, 0.0))
    assert self_clearance(poser.pose(0, 1.0, pose)) < -SELF_OVERLAP_M


def test_every_picture_shows_a_head_and_enough_of_people(pictures):
    head = [BODY_22.index(n) for n in ("head", "nose", "left_ear", "right_ear")]
    for labels in (picture.annotation for picture in pictures):
        known = labels.visible[:, head].any(1) & (labels.visible.sum(1) >= 6)
        assert known.any()


def test_look_matrix_is_a_camera_frame():
    turn = look_matrix(0.3, 0.2, 0.1)
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(turn) == pytest.approx(1)
    right, down, forward = look_matrix(0.0, 0.0, 0.0)
    np.testing.assert_allclose(
        [right, down, forward], [[1, 0, 0], [0, 0, -1], [0, 1, 0]], atol=1e-12
    )
    assert look_matrix(0.0, 0.5, 0.0)[2, 2] < 0  # positive pitch looks down


def test_missing_backgrounds_are_named(tmp_path):
    with pytest.raises(ValueError, match="backgrounds must be a folder"):
        SyntheticGenerator(SIZE, backgrounds=[tmp_path])


def test_photos_of_the_lists_are_left_out(tmp_path):
    colours = {"a": 250, "b": 120}
    for name, grey in colours.items():
        (tmp_path / "backgrounds").mkdir(exist_ok=True)
        picture = np.full((120, 160, 3), grey, np.uint8)
        assert cv2.imwrite(str(tmp_path / "backgrounds" / f"{name}.png"), picture)
    names = tmp_path / "names.txt"
    names.write_text("backgrounds/a.png\nimages/b.png\n")  # b lies in another folder
    job = RenderJob(tmp_path, 0, 1, SIZE, backgrounds=(tmp_path,), leave_out=(names,))
    generator = job.generator()
    scene = next(s for s in map(generator.compose, range(20)) if s.photo >= 0)
    backdrop = generator._backdrops([scene])[0]
    np.testing.assert_allclose(backdrop, (120 / 255) ** 2.2, atol=0.02)


def test_photograph_keeps_brightness_order_and_repeats():
    ramp = np.tile(np.linspace(0.05, 1, 64, dtype=np.float32)[None, :, None], (48, 1, 3))
    first = photograph(ramp, np.random.default_rng(3))
    np.testing.assert_array_equal(first, photograph(ramp, np.random.default_rng(3)))
    columns = first.mean((0, 2))
    assert columns[-8:].mean() > columns[:8].mean() + 60
    clean = develop(ramp, 1.0)
    assert (np.diff(clean[0, :, 0].astype(int)) >= 0).all()
    assert clean.dtype == np.uint8
