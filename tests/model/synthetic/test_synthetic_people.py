"""What people do: hands that get where they are wanted, postures off the feet, groups."""

import math
from dataclasses import replace

import numpy as np
import pytest
from synthetic_stages import rest_pose

from das_model.synthetic.body import materials as m
from das_model.synthetic.body.bodies import BodyPoser
from das_model.synthetic.body.clothes import sample_look
from das_model.synthetic.body.kit_cache import load_kit
from das_model.synthetic.people.groups import gap_between, make_group
from das_model.synthetic.people.people_placing import on_floor
from das_model.synthetic.people.person_making import PersonMaker, Role, self_clearance
from das_model.synthetic.people.touches import TOUCHES
from das_model.synthetic.people.worlds import HARD, ORDINARY, drawn
from das_model.synthetic.poses.pose_categories import CATEGORIES
from das_model.synthetic.poses.reach import HandTarget, reach

ADULT = 7


@pytest.fixture(scope="module")
def poser():
    return BodyPoser(load_kit())


@pytest.fixture(scope="module")
def maker(poser):
    return PersonMaker(poser, None, 8, HARD)


def fingers(poser, body, side):
    return body.heads[poser.kit.bone(f"finger3-2.{side}")]


@pytest.mark.parametrize("side", "LR")
def test_hand_gets_where_it_is_wanted_and_points_there(poser, side):
    sign = 1 if side == "L" else -1
    pose = rest_pose(poser)
    body = poser.pose(ADULT, 1.0, pose)
    shoulder = body.joint("left_shoulder" if side == "L" else "right_shoulder")
    place = shoulder + [0.1 * sign, -0.35, -0.1]
    target = HandTarget(place, np.array([0.0, -1.0, 0.3]), np.array([sign, 0.0, -1.0]))
    assert reach(poser.kit, body, pose, side, target) == 0
    bent = poser.pose(ADULT, 1.0, pose)
    np.testing.assert_allclose(fingers(poser, bent, side), place, atol=2e-3)
    wrist = bent.joint("left_wrist" if side == "L" else "right_wrist")
    along = fingers(poser, bent, side) - wrist
    assert along @ target.along > 0.99 * np.linalg.norm(along) * np.linalg.norm(target.along)
    elbow = bent.joint("left_elbow" if side == "L" else "right_elbow")
    middle = (shoulder + wrist) / 2
    assert (elbow - middle) @ target.elbow > 0


def test_arm_that_is_too_short_tells_by_how_much(poser):
    pose = rest_pose(poser)
    body = poser.pose(ADULT, 1.0, pose)
    shoulder, elbow = body.joint("left_shoulder"), body.joint("left_elbow")
    arm = np.linalg.norm(elbow - shoulder) + np.linalg.norm(elbow - body.joint("left_wrist"))
    hand = np.linalg.norm(fingers(poser, body, "L") - body.joint("left_wrist"))
    ahead = np.array([0.0, -1.0, 0.0])
    place = shoulder + ahead * (arm + hand + 0.2)
    missing = reach(poser.kit, body, pose, "L", HandTarget(place, ahead, np.array([0, 0, -1.0])))
    assert missing == pytest.approx(0.204, abs=1e-3)
    stretched = poser.pose(ADULT, 1.0, pose)
    np.testing.assert_allclose(stretched.joint("left_wrist")[[0, 2]], shoulder[[0, 2]], atol=1e-3)


def hands_to(body, name):
    wrists = [body.joint(f"{side}_wrist") for side in ("left", "right")]
    return [float(np.linalg.norm(wrist - body.joint(name))) for wrist in wrists]


@pytest.mark.parametrize("name", sorted(TOUCHES))
def test_touching_hands_are_where_the_touch_says(poser, maker, name):
    touch = TOUCHES[name]
    placed = 0
    for seed in range(6):
        person = maker.make(np.random.default_rng(seed), Role(ADULT, "stand", touch=touch))
        near = sorted(hands_to(person.body, "nose" if touch.on == "head" else "spine"))
        limit = 0.5 if touch.held else 0.36
        placed += near[touch.hands - 1] < limit
        assert (person.held is not None) <= bool(touch.held)
        assert person.category == touch.category
        assert touch.category in CATEGORIES
    assert placed >= 5


def test_hand_at_chin_does_not_sink_into_the_head(maker):
    for name in ("chin", "cheek", "hair", "phone"):
        people = [
            maker.make(np.random.default_rng(seed), Role(ADULT, "stand", touch=TOUCHES[name]))
            for seed in range(8)
        ]
        assert np.mean([self_clearance(person.body) > -0.06 for person in people]) > 0.8, name


def posed(maker, kind, seed):
    return on_floor(maker.make(np.random.default_rng(seed), Role(ADULT, kind)), (0.0, 0.0)).body


@pytest.mark.parametrize("seed", range(8))
def test_postures_are_what_they_are_called(maker, seed):
    lying = posed(maker, "lie", seed)
    assert lying.joint("pelvis")[2] < 0.4
    assert abs(lying.joint("neck")[2] - 0.15) < 0.35
    kneeling = posed(maker, "kneel", seed)
    knees = [kneeling.joint(f"{side}_knee")[2] for side in ("left", "right")]
    assert min(knees) < 0.16
    assert kneeling.joint("head")[2] > 0.75
    on_ground = posed(maker, "floor", seed)
    assert on_ground.joint("pelvis")[2] < 0.35
    assert on_ground.joint("neck")[2] > 0.4
    inverted = posed(maker, "upside_down", seed)
    assert inverted.joint("pelvis")[2] > inverted.joint("neck")[2] + 0.3
    hands = [inverted.joint(f"{side}_wrist")[2] for side in ("left", "right")]
    assert min(hands) < 0.25


def test_skin_of_the_lying_stays_above_the_floor(poser, maker):
    for seed in range(6):
        skin = poser.vertices(posed(maker, "lie", seed))[poser.kit.vertex_part == 0]
        assert -0.03 < skin[:, 2].min() < 0.02


def test_children_are_smaller_and_slimmer(poser, maker):
    rng = np.random.default_rng(0)
    shapes = np.array([maker.sample_shape(rng) for _ in range(600)])
    years = poser.kit.years[shapes]
    assert abs((years < 12).mean() - HARD.child_share) < 0.05
    young, grown = shapes[years < 6][0], shapes[years > 25][0]
    child, adult = (poser.pose(int(s), 1.0, rest_pose(poser)) for s in (young, grown))
    assert child.radii()[0] < 0.8 * adult.radii()[0]
    head = [np.linalg.norm(b.joint("head_top") - b.joint("neck")) for b in (child, adult)]
    tall = [b.joint("head_top")[2] - b.contact[:, 2].min() for b in (child, adult)]
    assert head[0] / tall[0] > 1.15 * head[1] / tall[1]  # large heads


def groups(maker, arrangement, count):
    return [make_group(np.random.default_rng(s), maker, arrangement) for s in range(count)]


def test_people_of_a_group_do_not_pass_through_each_other(maker):
    for arrangement, least in (
        ("row", -0.09),
        ("crowd", 0.0),
        ("pair", -0.09),
        ("embrace", -0.09),
    ):
        for group in groups(maker, arrangement, 4):
            assert {person.arrangement for person in group} == {arrangement}
            gaps = [gap_between(a, b) for i, a in enumerate(group) for b in group[:i]]
            assert min(gaps) > least
            assert all(p.body.contact[:, 2].min() == pytest.approx(0.008, abs=0.02) for p in group)


def test_embracing_hands_lie_behind_the_other(maker):
    held = 0
    for group in groups(maker, "embrace", 8):
        first, second = group
        pelvises = second.body.joint("pelvis") - first.body.joint("pelvis")
        pelvises[2] = 0
        if np.linalg.norm(pelvises) > 0.5:
            continue
        toward = pelvises / np.linalg.norm(pelvises)
        hands = [first.body.joint(f"{side}_wrist") for side in ("left", "right")]
        held += all((hand - second.body.joint("spine")) @ toward > 0.05 for hand in hands)
    assert held >= 3


def test_rows_are_close_and_stand_in_rows(maker):
    for group in groups(maker, "row", 5):
        at = np.array([person.body.joint("pelvis")[:2] for person in group])
        nearest = [np.sort(np.linalg.norm(at - p, axis=1))[1] for p in at]
        assert len(group) >= 3
        assert np.median(nearest) < 0.8
        assert np.ptp(at[:, 0]) > np.ptp(at[:, 1])


def test_group_keeps_its_shape_when_it_is_turned_and_moved(maker):
    group = make_group(np.random.default_rng(3), maker, "pair")
    moved = [person.turned(0.7).moved(np.array([1.0, 4.0, 0.0])) for person in group]
    assert gap_between(*moved) == pytest.approx(gap_between(*group), abs=1e-9)
    turn = math.cos(0.7), math.sin(0.7)
    x, y, z = group[0].body.joint("nose")
    want = [x * turn[0] - y * turn[1] + 1, x * turn[1] + y * turn[0] + 4, z]
    np.testing.assert_allclose(moved[0].body.joint("nose"), want)


def test_held_thing_moves_with_its_holder(maker):
    person = maker.make(np.random.default_rng(0), Role(ADULT, "stand", touch=TOUCHES["phone"]))
    moved = person.turned(1.1).moved(np.array([0.5, 2.0, 0.1]))
    for before, after in ((person, moved),):
        apart = [min(np.linalg.norm(p.held.place - p.body.heads, axis=1)) for p in (before, after)]
        assert apart[0] == pytest.approx(apart[1])
    assert replace(moved, held=None).turned(0.2).held is None


def test_shares_are_kept():
    rng = np.random.default_rng(0)
    names = [drawn(rng, {"a": 0.5, "b": 0.2}) for _ in range(2000)]
    assert abs(names.count("a") / 2000 - 0.5) < 0.04
    assert abs(names.count("") / 2000 - 0.3) < 0.04
    for world in (HARD, ORDINARY):
        for shares in (world.modes, world.kinds, world.desk_kinds):
            assert sum(shares.values()) == pytest.approx(1)
        assert all(sum(counts) == pytest.approx(1) for counts in world.counts.values())
        assert sum(world.groups.values()) < 1


def test_the_young_have_no_grey_hair():
    rng = np.random.default_rng(0)
    looks = [
        np.stack([sample_look(rng, 0.0, years, 8) for _ in range(200)]) for years in (8.0, 60.0)
    ]
    grey = [np.ptp(look[:, m.HAIR_COLOUR : m.HAIR_COLOUR + 3], axis=1) < 1e-6 for look in looks]
    assert grey[0].sum() == 0
    assert 5 < grey[1].sum() < 50
