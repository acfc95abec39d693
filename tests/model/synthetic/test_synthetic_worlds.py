"""The hard world as its figures promise it: cameras, poses, groups, what stands in front."""

import math

import numpy as np
import pytest

from das_model.synthetic.body.bodies import BodyPoser
from das_model.synthetic.generator import SyntheticGenerator
from das_model.synthetic.people.separation import box_clearance
from das_model.synthetic.people.worlds import HARD

SIZE = (160, 100)


@pytest.fixture(scope="module")
def generator():
    return SyntheticGenerator(SIZE, world=HARD)


@pytest.fixture(scope="module")
def scenes(generator):
    return [generator.compose(seed) for seed in range(150)]


def angles(scene):
    right, _, forward = scene.turn
    level = np.cross(forward, [0, 0, 1.0])
    roll = math.atan2(right @ np.cross(forward, level), right @ level)
    return math.degrees(-math.asin(forward[2])), math.degrees(roll)


def test_cameras_are_as_high_steep_and_tilted_as_promised(scenes):
    heights = np.array([scene.position[2] for scene in scenes])
    assert heights.min() >= 0.3 - 1e-9
    assert heights.max() <= 4.5
    assert (heights < 0.8).mean() > 0.07
    assert (heights > 3).mean() > 0.15
    pitch, roll = np.array([angles(scene) for scene in scenes]).T
    assert pitch.max() <= 65 + 1e-6
    assert (pitch > 40).mean() > 0.05
    assert (pitch < -5).mean() > 0.03
    assert 9.5 < roll.std() < 14.5
    assert abs(roll.mean()) < 4
    fov = [scene.camera.fov_deg for scene in scenes]
    assert min(fov) < 38
    assert max(fov) > 96


def test_every_arrangement_and_most_categories_occur(scenes):
    people = [person for scene in scenes for person in scene.people]
    arrangements = {person.arrangement for person in people}
    assert arrangements == {"alone", "pair", "embrace", "row", "crowd"}
    categories = {person.category for person in people}
    assert categories >= {
        "stand",
        "sit",
        "lie",
        "kneel",
        "floor",
        "upside_down",
        "hand_at_head",
        "crossed_arms",
        "hold",
        "gesture",
        "walk",
    }


def test_children_are_among_them(generator, scenes):
    years = generator.kit.years[[p.body.shape for scene in scenes for p in scene.people]]
    assert 0.1 < (years < 12).mean() < 0.25


def test_things_enter_nobody_but_seats_and_what_is_held(scenes):
    checked = 0
    for scene in scenes[:60]:
        held = [tuple(p.held.place) for p in scene.people if p.held is not None]
        for prop in scene.props:
            if tuple(prop.centre) in held:
                continue
            for person in scene.people:
                ends, radii = person.body.capsule_ends, person.body.radii()
                gap = box_clearance(ends, radii, prop.centre, prop.half, prop.yaw)
                top = prop.centre[2] + prop.half[2]
                seats = [p for p in scene.people if p.is_seated]
                is_seat = any(top < p.body.joint("pelvis")[2] for p in seats)
                assert gap >= -1e-6 or is_seat
                checked += 1
    assert checked > 800


def test_nobody_is_in_the_air_or_under_the_floor(scenes):
    for scene in scenes:
        for person in scene.people:
            assert person.body.contact[:, 2].min() == pytest.approx(0.008, abs=0.02)


def test_joints_lie_inside_the_bodies(generator, scenes):
    poser = BodyPoser(generator.kit)
    for scene in scenes[:25]:
        for person in scene.people:
            vertices = poser.vertices(person.body)
            apart = np.linalg.norm(vertices[None, ::3] - person.body.joints[:, None], axis=-1)
            assert apart.min(1).max() < 0.15


def test_more_is_hidden_than_in_the_ordinary_world(generator):
    hard = generator.generate_batch(list(range(40)))
    plain = SyntheticGenerator(SIZE).generate_batch(list(range(40)))
    share = [
        np.mean(np.concatenate([p.facts.visible_share for p in pictures]) < 0.5)
        for pictures in (hard, plain)
    ]
    assert share[0] > share[1]
    assert all(len(p.annotation) == len(p.facts.arrangement) for p in hard)
