"""Figures of validation photos count people and joints as documented, on labels made by hand."""

import math

import numpy as np
import pytest
from labelled_people import SIZE_PX, TORSO_PX, labelled, people_px, predicted

from das_model.camera import Camera
from das_model.evaluation.photos import photo_scores
from das_model.evaluation.photos.photo_scores import PhotoScore
from das_model.evaluation.predictions import Prediction
from das_model.people import People
from das_model.skeleton import COCO_17, PANOPTIC_15

THREE = people_px((100, 50), (300, 60), (500, 70))


def figures(prediction, photo, **options):
    return photo_scores.all_figures([PhotoScore.of(photo, prediction, **options)])


def test_perfect_predictions_in_any_order():
    table = figures(predicted(THREE[[1, 2, 0]]), labelled(THREE))
    for name in ("ap", "ap50", "ap75", "ar", "found", "pck02", "pck02_found", "pck02_forgiven"):
        assert table[name] == pytest.approx(1), name
    assert table["num_people"] == 3
    assert table["swapped"] == 0


def test_person_counts_as_found_up_to_a_fifth_of_the_size():
    for share, found in ((0.19, 1), (0.21, 0)):
        score = PhotoScore.of(labelled(THREE[:1]), predicted(THREE[:1] + [share * SIZE_PX, 0]))
        assert score.is_found.sum() == found
        assert score.num_false == 1 - found


def test_pck_is_over_limb_joints_within_a_fifth_of_the_torso():
    joints = THREE[:1].copy()
    joints[0, COCO_17.index("left_wrist")] += [0.21 * TORSO_PX, 0]
    joints[0, COCO_17.index("left_knee")] += [0.19 * TORSO_PX, 0]
    joints[0, COCO_17.index("nose")] += [40, 0]  # no limb
    assert figures(predicted(joints), labelled(THREE[:1]))["pck02"] == pytest.approx(11 / 12)


def test_people_not_found_count_in_pck_of_all():
    table = figures(predicted(THREE[:1]), labelled(THREE[:2]))
    assert table["found"] == table["pck02"] == 0.5
    assert table["pck02_found"] == 1


def test_unsure_predictions_count_for_precision_alone():
    table = figures(predicted(THREE[:2], [0.8, 0.1]), labelled(THREE[:2]), sure_score=0.15)
    assert table["ap"] == pytest.approx(1)
    assert table["found"] == table["pck02"] == 0.5


def test_exchanged_sides_are_seen_and_forgiven():
    swapped = THREE[:1][:, COCO_17.flip_order]
    table = figures(predicted(swapped), labelled(THREE[:1]))
    assert table["found"] == table["swapped"] == table["pck02_forgiven"] == 1
    assert table["pck02"] == 0  # every pair is at least 30 px apart, 0.2 torsos are 16


def test_exchanged_legs_alone_are_forgiven_and_no_swapped_person():
    legs = THREE[:1].copy()
    legs[0, 11:] = legs[0, COCO_17.flip_order[11:]]
    table = figures(predicted(legs), labelled(THREE[:1]))
    assert table["pck02"] == 0.5
    assert table["pck02_forgiven"] == 1
    assert table["swapped"] == 0


def test_unlabelled_joints_are_not_compared():
    valid = np.ones((1, 17), bool)
    valid[0, 11:] = False  # upper body only: no hips, so no torso
    joints = THREE[:1].copy()
    joints[0, 11:] += 300
    table = figures(predicted(joints), labelled(THREE[:1], valid))
    assert table["found"] == 1
    assert table["ap"] == pytest.approx(1)
    assert math.isnan(table["pck02"])


def test_ignore_box_swallows_a_false_person_and_no_other_place_does():
    second = THREE[1]
    around = [*second.min(axis=0) - 10, *second.max(axis=0) + 10]
    beside = [10, 300, 60, 470]
    scores = [0.5, 0.9]  # the false one is surer, so that it costs precision
    for box, num_false, ap in ((around, 0, 1.0), (beside, 1, 0.5)):
        photo = labelled(THREE[:1], ignore_px=[box])
        score = PhotoScore.of(photo, predicted(THREE[:2], scores))
        assert score.num_false == num_false
        assert photo_scores.all_figures([score])["ap"] == pytest.approx(ap)


def test_photos_that_are_not_exhaustive_have_no_false_people():
    photo = labelled(THREE[:1], is_exhaustive=False)
    score = PhotoScore.of(photo, predicted(THREE, [0.5, 0.9, 0.9]))
    assert score.num_false == 0
    assert photo_scores.all_figures([score])["ap"] == pytest.approx(1)
    assert math.isnan(photo_scores.false_per_image([score]))


def test_precision_by_hand():
    # surest first: right, wrong, right, of two people
    score = PhotoScore.of(labelled(THREE[:2]), predicted(THREE[[0, 2, 1]], [0.9, 0.8, 0.7]))
    # precision 1 up to a recall of 0.5, then 2/3
    expected = (51 * 1.0 + 50 * 2 / 3) / 101
    assert photo_scores.all_figures([score])["ap"] == pytest.approx(expected)


def test_precision_takes_the_area_it_is_given():
    moved = THREE[:1] + [10, 0]
    # exp(-100 / (2 area (2 sigma)^2)) of a shoulder: 0.90 on 20,000 px^2, 0.02 on 500
    wide = figures(predicted(moved), labelled(THREE[:1], areas_px=[20000]))
    narrow = figures(predicted(moved), labelled(THREE[:1], areas_px=[500]))
    assert wide["ap50"] == pytest.approx(1)
    assert narrow["ap50"] == 0


def test_only_the_surest_predictions_count():
    many = np.concatenate([THREE[:1] + 300 for _ in range(20)] + [THREE[:1]])
    scores = [0.9] * 20 + [0.8]
    assert figures(predicted(many, scores), labelled(THREE[:1]))["ap"] == 0
    more = figures(predicted(many, scores), labelled(THREE[:1]), max_people=21)
    assert more["ap"] == pytest.approx(1 / 21)


def test_rows_by_size_hold_their_own_people_and_their_own_false_ones():
    small = (THREE[:1] - THREE[0, 0]) * 0.3 + [60, 300]  # 61 px, 27 in the network's input
    photo = labelled(np.concatenate([small, THREE[1:2]]))
    false_small = small + [100, 0]
    found = predicted(np.concatenate([false_small, small, THREE[1:2]]), [0.9, 0.8, 0.7])
    table = photo_scores.figures_by_size([PhotoScore.of(photo, found)])
    assert photo.sizes_input_px() == pytest.approx(
        [0.3 * 202 * photo.input_scale, 202 * photo.input_scale]
    )
    assert photo.input_scale == pytest.approx(math.sqrt(320 * 192 / (640 * 480)))
    assert table["people <48 px/num_people"] == table["people 48-96 px/num_people"] == 1
    assert table["people <48 px/ap"] == pytest.approx(0.5)  # behind the false one
    assert table["people 48-96 px/ap"] == pytest.approx(1)
    assert table["people >=96 px/num_people"] == 0
    assert math.isnan(table["people >=96 px/ap"])


def test_rows_by_the_direction_of_the_trunk():
    def turned(degrees, centre):
        angle = math.radians(degrees)
        turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        return (THREE[0] - THREE[0, 0]) @ turn.T + centre

    people = np.stack([turned(10, (120, 100)), turned(90, (400, 200)), turned(200, (550, 300))])
    score = PhotoScore.of(labelled(people), predicted(people[:2]))
    assert score.tilts_deg == pytest.approx([10, 90, 160])
    table = photo_scores.figures_by_tilt([score])
    found = [table[f"trunk {t}/found"] for t in ("upright", "tilted", "upside down")]
    assert found == [1, 1, 0]


def test_badness_is_the_share_of_wrong_joints_false_people_included():
    half = THREE[:1].copy()
    half[0, :8] += [0.15 * SIZE_PX, 0]
    cases = (
        (THREE[:1], THREE[:1], 0.0),
        (half, THREE[:1], 8 / 17),
        ([], THREE[:1], 1.0),
        (THREE[:1], [], 1.0),
        ([], [], 0.0),
        (THREE[:2], THREE[:1], 0.5),
    )
    for found, there, badness in cases:
        assert PhotoScore.of(labelled(there), predicted(found)).badness == pytest.approx(badness)


def test_skeleton_without_coco_joints_is_refused():
    nobody = Prediction.projected(People.empty(PANOPTIC_15), Camera.from_fov((64, 48)))
    with pytest.raises(ValueError, match=r"People.skeleton must hold COCO's 17 joints"):
        PhotoScore.of(labelled([]), nobody)
