import numpy as np
from window_fakes import people_at

from das_app.gui.style.person_slots import (
    MAX_STEP_MM,
    MIN_OPACITY,
    assign_slots,
    joint_opacity,
    person_opacity,
    track_in_slot,
    without_hidden,
)
from das_model.people import People

NOBODY = np.zeros((0, 3)), np.zeros(0, np.int64)


def test_new_people_get_the_first_free_slots():
    assert assign_slots(people_at((0, 0, 3000), (900, 0, 3000)), *NOBODY).tolist() == [0, 1]


def test_slots_stay_with_people_when_the_order_changes():
    first = people_at((0, 0, 3000), (900, 0, 3000), (1800, 0, 3000))
    slots = assign_slots(first, *NOBODY)
    swapped = people_at((1850, 0, 3000), (30, 0, 3000), (880, 0, 3050))
    assert assign_slots(swapped, first.root_cam, slots).tolist() == [2, 0, 1]


def test_the_nearest_pair_goes_first():
    before = np.array([[0.0, 0, 3000], [400, 0, 3000]])
    people = people_at((300, 0, 3000), (390, 0, 3000))
    assert assign_slots(people, before, np.array([7, 8])).tolist() == [7, 8]


def test_who_is_too_far_away_is_somebody_new():
    before = np.array([[0.0, 0, 3000]])
    people = people_at((MAX_STEP_MM + 1, 0, 3000))
    assert assign_slots(people, before, np.array([0])).tolist() == [0]
    both = people_at((0, 0, 3000), (MAX_STEP_MM + 1, 0, 3000))
    assert assign_slots(both, before, np.array([0])).tolist() == [0, 1]


def test_track_ids_win_and_are_not_given_twice():
    people = people_at((0, 0, 3000), (900, 0, 3000), track_ids=[1, -1])
    slots = assign_slots(people, np.array([[900.0, 0, 3000]]), np.array([1]))
    assert slots.tolist() == [1, 0]


def test_nobody():
    assert assign_slots(People.empty(), np.array([[0.0, 0, 3000]]), np.array([0])).shape == (0,)


def test_opacity_grows_with_the_score_and_is_never_nothing():
    shown = joint_opacity(np.array([-0.1, 0.0, 0.01, 0.25, 1.0, 1.2]))
    assert shown[0] == shown[1] == MIN_OPACITY
    assert shown[4] == shown[5] == 1
    assert np.all(np.diff(shown[1:5]) > 0.05)


def test_hidden_people_are_left_out_with_their_slots():
    people = people_at((0, 0, 3000), (900, 0, 3000), (1800, 0, 3000))
    shown, slots = without_hidden(people, np.array([5, 2, 9]), frozenset({2, 77}))
    assert slots.tolist() == [5, 9]
    assert shown.root_cam[:, 0].tolist() == [0, 1800]
    assert without_hidden(people, np.array([5, 2, 9]), frozenset())[0] is people


def test_a_slot_leads_to_a_track_only_where_the_person_has_one():
    people = people_at((0, 0, 3000), (900, 0, 3000), (1800, 0, 3000), track_ids=(7, -1, 3))
    slots = assign_slots(people, *NOBODY)
    assert [track_in_slot(people, slots, slot) for slot in slots.tolist()] == [7, None, 3]
    assert track_in_slot(people, slots, 99) is None


def test_people_of_low_score_are_faint():
    shown = person_opacity(np.array([0.0, 0.2, 0.4, 0.6, 1.0]))
    assert 0 < shown[0] == shown[1] < shown[2] < shown[3] == shown[4] == 1
