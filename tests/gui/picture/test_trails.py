import numpy as np
import pytest
from window_fakes import people_at

from das_app.gui.picture.trails import SPAN_S, Trails
from das_model.skeleton import BODY_22

PELVIS = BODY_22.index("pelvis")


def test_pieces_join_the_same_persons_joints_of_neighbouring_frames():
    trails = Trails()
    first = people_at((0, 0, 3000), (900, 0, 3000))
    second = people_at((950, 0, 3000), (50, 0, 3000))
    trails.add(first, np.array([4, 7]), 1.0)
    trails.add(second, np.array([7, 4]), 1.1)
    pieces = trails.segments()
    of_four = pieces.points_cam[pieces.slots == 4]
    assert len(of_four) == 3  # pelvis and both wrists
    assert of_four[0] == pytest.approx(
        np.stack([first.joints_cam[0, PELVIS], second.joints_cam[1, PELVIS]])
    )
    assert sorted(set(pieces.slots.tolist())) == [4, 7]
    assert pieces.freshness[:, 1] == pytest.approx(np.ones(6))
    assert pieces.freshness[:, 0] == pytest.approx(np.full(6, 1 - 0.1 / SPAN_S))


def test_who_was_away_leaves_a_gap():
    trails = Trails()
    trails.add(people_at((0, 0, 3000)), np.array([0]), 1.0)
    trails.add(people_at(), np.zeros(0, np.int64), 1.1)
    trails.add(people_at((900, 0, 3000)), np.array([0]), 1.2)
    assert len(trails.segments().slots) == 0
    trails.add(people_at((950, 0, 3000)), np.array([0]), 2.9)  # a long pause
    assert len(trails.segments().slots) == 0


def test_old_pieces_go_and_memory_is_bounded():
    trails = Trails()
    for i in range(1000):
        trails.add(people_at((i, 0, 3000)), np.array([0]), 0.01 * i)
    pieces = trails.segments()
    assert len(pieces.slots) <= 3 * 120
    trails.add(people_at((0, 0, 3000)), np.array([0]), 9.99 + SPAN_S - 0.1)
    assert len(trails.segments().slots) < len(pieces.slots)


def test_the_same_frame_again_adds_nothing_and_an_earlier_one_begins_anew():
    trails = Trails()
    people = people_at((0, 0, 3000))
    for time_s in (1.0, 1.1, 1.1, 1.1):
        trails.add(people, np.array([0]), time_s)
    assert len(trails.segments().slots) == 3
    trails.add(people, np.array([0]), 0.2)
    assert len(trails.segments().slots) == 0
