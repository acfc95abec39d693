"""The second look: whose joints count, who is dropped, turned crops, whom there is time for."""

import dataclasses
import math

import numpy as np
import pytest

from das_model.camera import Camera
from das_model.inference.looks.look_schedule import LookSchedule
from das_model.inference.looks.thunder import INPUT_PX, SEEN_STRIDES, Drawn
from das_model.inference.refine import Found, Refinement, place
from das_model.inference.scores import look_score, mean_heat
from das_model.inference.second_look import LookRules, SecondLook
from das_model.skeleton import BODY_22, COCO_17, PANOPTIC_15

IMAGE = np.zeros((400, 600, 3), np.uint8)
SCALE, SHIFT = np.array([2.0, 2.0]), np.array([-20.0, 10.0])  # network's input to picture
RULES = LookRules()


def seen_in(number):
    """Features by which places are known: x and y, px of the crop, of the finest map; the others
    tell the number of the crop."""
    cells = INPUT_PX // SEEN_STRIDES[0]
    places = (np.arange(cells, dtype=np.float32) + 0.5) * SEEN_STRIDES[0] - 0.5
    finest = np.stack(np.meshgrid(places, places))
    sides = [INPUT_PX // stride for stride in SEEN_STRIDES[1:]]
    one = [np.ones((4, side, side), np.float32) for side in sides]
    crops = np.arange(number, dtype=np.float32)[:, None, None, None]
    return (np.tile(finest, (number, 1, 1, 1)), *(maps * crops for maps in one))


class Fake:
    """In place of Thunder: says the same of every crop, and keeps the crops."""

    def __init__(self, joints, scores):
        self.joints, self.scores, self.crops = joints, scores, None

    def __call__(self, crops):
        self.crops = crops
        number = len(crops)
        joints, scores = np.tile(self.joints, (number, 1, 1)), np.tile(self.scores, (number, 1))
        return Drawn(joints, scores, seen_in(number))


def upright(number=1, skeleton=BODY_22):
    """People whose joints lie in a box of 100 x 200 px of the picture, each 50 px further on."""
    rng = np.random.default_rng(0)
    joints = rng.uniform(0.2, 0.8, (skeleton.num_joints, 2))
    known = [skeleton.index(n) for n in COCO_17.joint_names if n in skeleton.joint_names]
    joints[known[0]], joints[known[1]] = (0, 0), (1, 1)  # the corners
    joints[skeleton.index("pelvis")], joints[skeleton.index("neck")] = (0.5, 0.6), (0.5, 0.2)
    in_picture = np.array([150, 100]) + joints * (100, 200)
    people = np.stack([in_picture + [50 * i, 0] for i in range(number)])
    one, scores = np.full(people.shape[:2], 0.3), np.full(number, 0.36)
    return Found(
        scores,
        (people - SHIFT) / SCALE,
        one * 1000,
        one,
        np.zeros((*one.shape, 3)),
        one,
        scores.copy(),
        np.full(number, np.nan),
        np.zeros((*one.shape, 0), np.float32),
    )


def in_crop(joints_px):
    """Px of the crop that is cut around `upright`'s first person."""
    side = RULES.crop_share * 200
    return (joints_px - [200, 200]) * INPUT_PX / side + (INPUT_PX - 1) / 2


def in_picture(found):
    return found.joints_px * SCALE + SHIFT


def look(fake, found, chosen=None, skeleton=BODY_22):
    chosen = np.arange(len(found.scores)) if chosen is None else chosen
    return SecondLook(fake, skeleton, RULES)(IMAGE, SCALE, SHIFT, found, chosen, look_score)


def test_sure_joints_count_and_others_go_along():
    found = upright()
    order = COCO_17.indices_in(BODY_22)
    scores = np.full(17, 0.8)
    scores[9] = RULES.least_joint_score - 0.05  # unsure: a wrist
    shifts = np.tile([4.0, -3.0], (17, 1))
    fake = Fake(in_crop(in_picture(found)[0, order] + shifts), scores)
    again = look(fake, found)
    moved = in_picture(again)[0] - in_picture(found)[0]
    kept = [9]
    np.testing.assert_allclose(moved[order[kept]], 0, atol=1e-9)
    np.testing.assert_allclose(np.delete(moved[order], kept, 0), np.delete(shifts, kept, 0))
    for name in ("pelvis", "spine", "neck", "head", "head_top"):
        np.testing.assert_allclose(moved[BODY_22.index(name)], (4, -3))
    seen = dict(zip(BODY_22.joint_names, again.heat[0], strict=True))
    assert seen["left_wrist"] == 0.3  # the heat at it, as before
    for name in ("right_wrist", "right_ankle", "pelvis", "nose", "spine"):
        assert seen[name] == pytest.approx(0.8)


def test_a_joint_that_was_drawn_in_doubt_is_seen_a_little():
    found, scores = upright(), np.full(17, 0.15)
    found.heat[:] = 0.05
    scores[11] = RULES.least_joint_score / 2  # a hip
    joints = in_crop(in_picture(found)[0, COCO_17.indices_in(BODY_22)])
    again = look(Fake(joints + 5, scores), found)
    assert again.heat[0, BODY_22.index("right_hip")] == RULES.least_heat
    for name in ("pelvis", "left_hip"):  # with it and half with it
        assert again.heat[0, BODY_22.index(name)] == 0.05


def test_scores_are_what_both_looks_say_of_whom_was_looked_at():
    found = upright(3)
    scores = np.full(17, 0.64)
    scores[:8] = 0.5  # the worse half, which does not count
    joints = in_crop(in_picture(found)[0, COCO_17.indices_in(BODY_22)])
    again = look(Fake(joints, scores), found, np.array([0, 2]))
    np.testing.assert_allclose(again.scores, [0.48, 0.36, 0.48])  # sqrt(0.36 * 0.64)
    np.testing.assert_allclose(again.first_scores, 0.36)
    np.testing.assert_allclose(again.sureness, [0.64, np.nan, 0.64])
    np.testing.assert_allclose(again.joint_scores[0, BODY_22.index("right_ankle")], 0.64)
    np.testing.assert_array_equal(again.joint_scores[0, BODY_22.index("pelvis")], 0.3)
    np.testing.assert_array_equal(again.joints_px[1], found.joints_px[1])
    unseen = look(Fake(joints, np.zeros(17)), found)
    np.testing.assert_array_equal(unseen.scores, 0)
    np.testing.assert_array_equal(unseen.joints_px, found.joints_px)


def test_a_look_that_draws_another_does_not_count():
    found = upright(2)  # 50 px apart
    found.first_scores[:] = RULES.least_own_score
    drawn = in_crop(in_picture(found)[0, COCO_17.indices_in(BODY_22)])
    for shift_px, counts in ((20, True), (30, False)):
        fake = Fake(
            drawn + np.array([shift_px, 0]) * INPUT_PX / (RULES.crop_share * 200), np.full(17, 0.9)
        )
        again = look(fake, found, np.array([0]))
        assert np.isfinite(again.sureness).tolist() == [counts, False]
        moved = in_picture(again)[0] - in_picture(found)[0]
        np.testing.assert_allclose(moved[:, 0], shift_px if counts else 0, atol=1e-6)
        assert again.scores[0] == pytest.approx(np.sqrt(0.5 * 0.9) if counts else 0.36)
    found.first_scores[0] -= 0.01  # perhaps the other one, found twice
    assert np.isfinite(look(fake, found, np.array([0])).sureness[0])


@pytest.mark.parametrize("degrees", [30, 120, -90, 180])
def test_crops_are_turned_where_the_trunk_is(degrees):
    """A bright spot above the head of somebody who lies is above it in the crop, too."""
    found, angle = upright(), math.radians(degrees)
    middle, turn = (
        np.array([200, 200]),
        np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]),
    )
    turned = (in_picture(found) - middle) @ turn.T + middle
    found = dataclasses.replace(found, joints_px=(turned - SHIFT) / SCALE)
    body = turned[0, COCO_17.indices_in(BODY_22)]
    low, high = body.min(axis=0), body.max(axis=0)
    spot = (low + high) / 2 + turn @ [0, -80]
    image = IMAGE.copy()
    x, y = spot.round().astype(int)
    image[y - 2 : y + 3, x - 2 : x + 3] = 255
    fake = Fake(np.zeros((17, 2)), np.zeros(17))
    SecondLook(fake, BODY_22, RULES)(image, SCALE, SHIFT, found, np.array([0]), look_score)
    scale = INPUT_PX / (RULES.crop_share * (high - low).max())
    shown = [turn @ [0, -80], np.array([0, -80])][: len(fake.crops)]
    assert len(fake.crops) == (2 if abs(angle) >= RULES.turn_from else 1)
    for crop, straight in zip(fake.crops, shown, strict=True):
        rows, columns = np.nonzero(crop[..., 0] > 128)
        wanted = (INPUT_PX - 1) / 2 + straight * scale
        np.testing.assert_allclose((columns.mean(), rows.mean()), wanted, atol=1.5)


def test_the_surer_of_two_crops_counts():
    """Two people, the second one lies: three crops, whose scores rise."""
    found = upright(2)
    joints = in_picture(found)
    middle = joints[1].mean(axis=0)
    joints[1] = (joints[1] - middle) @ np.array([[0.0, 1.0], [-1.0, 0.0]]) + middle
    found.joints_px[...] = (joints - SHIFT) / SCALE
    for scores, mean in (((0.3, 0.4, 0.5), 0.5), ((0.3, 0.6, 0.5), 0.6)):
        sure = np.repeat(np.array(scores)[:, None], 17, axis=1)
        again = SecondLook(
            lambda crops, sure=sure: Drawn(
                np.full((len(crops), 17, 2), 128.0), sure, seen_in(len(crops))
            ),
            BODY_22,
            RULES,
        )(IMAGE, SCALE, SHIFT, found, np.array([0, 1]), look_score)
        np.testing.assert_allclose(again.scores, np.sqrt([0.36 * 0.3, 0.36 * mean]))
        np.testing.assert_allclose(again.look[1, :, -1], scores.index(mean))  # the crop's number


def test_who_is_hardly_there_is_no_candidate():
    found = upright(3)
    found.scores[1] = RULES.least_first_score / 2
    look_again = SecondLook(Fake(np.zeros((17, 2)), np.zeros(17)), BODY_22, RULES)
    assert look_again.candidates(found).tolist() == [0, 2]


def test_lifting_is_told_how_well_thunder_saw_each_joint():
    camera, found, told = Camera.from_fov((320, 192)), upright(), []
    scores = np.linspace(0.35, 0.9, 17)
    again = look(Fake(in_crop(in_picture(found)[0, COCO_17.indices_in(BODY_22)]), scores), found)

    def lift(cues):
        told.append(cues.heat[0, COCO_17.indices_in(BODY_22)])
        return np.concatenate([cues.joints_cam, cues.heat[..., None]], axis=-1)

    place(again, camera, BODY_22, Refinement(np.zeros((22, 48, 80), np.float32), lift))
    np.testing.assert_allclose(told[0], scores)
    assert again.sureness[0] == pytest.approx(mean_heat(scores[None])[0])


def test_features_are_read_where_the_joints_are_in_the_crop():
    found = upright(3)
    joints = in_crop(in_picture(found)[0, COCO_17.indices_in(BODY_22)])
    again = look(Fake(joints, np.full(17, 0.9)), found, np.array([0]))
    at_px = in_crop(in_picture(again)[0])
    middle = 4  # of nine places, x before y
    np.testing.assert_allclose(again.look[0, :, 2 * middle : 2 * middle + 2], at_px, atol=1e-3)
    assert np.isnan(again.look[1:]).all()
    assert look(Fake(joints, np.full(17, 0.9)), found, np.array([], int)).look.shape == (3, 22, 0)


def test_people_who_were_looked_at_before_keep_their_features():
    found = upright(2)
    joints = in_crop(in_picture(found)[0, COCO_17.indices_in(BODY_22)])
    first = look(Fake(joints, np.full(17, 0.9)), found, np.array([0]))
    kept = look(Fake(joints, np.full(17, 0.9)), first, np.array([], int))
    np.testing.assert_array_equal(kept.look, first.look)


def test_skeletons_with_other_joints_are_drawn_too():
    found = upright(skeleton=PANOPTIC_15)
    again = look(Fake(np.full((17, 2), 100.0), np.full(17, 0.9)), found, skeleton=PANOPTIC_15)
    assert again.joints_px.shape == (1, 15, 2)
    assert np.isfinite(again.joints_px).all()


class Clock:
    """A clock that goes on when told."""

    def __init__(self):
        self.now_s = 0.0

    def __call__(self):
        return self.now_s


def run_frames(schedule, clock, interval_s, first_s, look_s, people, scores, number):
    """Rows looked at in each of so many frames, and how long each frame took."""
    looked, took = [], []
    for _ in range(number):
        began_s = clock.now_s
        schedule.begin()
        clock.now_s += first_s
        chosen = schedule.choose(interval_s, people, scores)
        clock.now_s += look_s * len(chosen)
        schedule.spent(len(chosen), look_s * len(chosen))
        looked.append(chosen.tolist())
        took.append(clock.now_s - began_s)
        clock.now_s = max(clock.now_s, began_s + interval_s)
    return looked, took


def in_a_row(sizes):
    corners = np.array([[0, 0], [1, 2]])
    return np.stack([corners * size + [1000 * i, 0] for i, size in enumerate(sizes)]).astype(float)


def test_everybody_has_his_turn_and_no_frame_is_late():
    clock = Clock()
    people, scores = in_a_row([50, 100, 80, 60]), np.full(4, 0.5)
    looked, took = run_frames(LookSchedule(clock), clock, 0.1, 0.04, 0.02, people, scores, 9)
    assert looked[0] == [1]  # the largest, to learn what a look costs
    assert looked[1] == [2, 3]
    assert looked[2] == [0, 1]
    assert max(took) <= 0.1
    counts = np.bincount(np.concatenate(looked[1:]), minlength=4)
    assert (counts == 4).all()


def test_who_is_less_sure_comes_first_of_equals():
    clock = Clock()
    people = in_a_row([100, 100, 100])
    scores = np.array([0.9, 0.2, 0.6])
    looked, _ = run_frames(LookSchedule(clock), clock, 0.1, 0.04, 0.04, people, scores, 3)
    assert looked == [[1], [2], [0]]


@pytest.mark.parametrize("first_s", [0.09, 0.3])
def test_without_time_nobody_is_looked_at(first_s):
    clock = Clock()
    people, scores = in_a_row([50, 100]), np.full(2, 0.5)
    looked, _took = run_frames(LookSchedule(clock), clock, 0.1, first_s, 0.02, people, scores, 5)
    assert looked == [[]] * 5


def test_a_slow_look_is_left_for_long_and_then_tried_again():
    clock = Clock()
    schedule = LookSchedule(clock)
    people, scores = in_a_row([50]), np.full(1, 0.5)
    looked, _ = run_frames(schedule, clock, 0.1, 0.05, 0.2, people, scores, 300)
    late = [number for number, rows in enumerate(looked) if rows]
    assert late[0] == 0
    assert len(late) == 3
    assert min(np.diff(late)) > 60
    looked, _ = run_frames(schedule, clock, 0.1, 0.05, 0.01, people, scores, 200)
    assert [0] * 40 == [row for rows in looked[-40:] for row in rows]


def test_nobody_and_newcomers():
    clock = Clock()
    schedule = LookSchedule(clock)
    schedule.begin()
    nobody = np.zeros((0, 2, 2))
    assert schedule.choose(1.0, nobody, np.zeros(0)).shape == (0,)
    people = in_a_row([100, 50])
    run_frames(schedule, clock, 0.1, 0.04, 0.04, people[:1], np.full(1, 0.5), 3)
    looked, _ = run_frames(schedule, clock, 0.1, 0.04, 0.04, people, np.full(2, 0.5), 1)
    assert looked == [[1]]  # smaller, but never looked at
