from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from das_app.motion.tracking import Tracker, TrackingConfig
from das_model.people import People
from das_model.skeleton import BODY_22
from known_motion.crossings import CrossingConfig, GreedyTracker, crossings

FPS = 30.0
AT_ONCE = TrackingConfig(longest_wait_s=0.0)  # nobody waits for an id


def people_at(*roots_mm, scores=None, poses=None):
    """People with their pelvis at the given places; `poses` turn the body about the vertical."""
    roots = np.array(roots_mm, np.float32).reshape(-1, 3)
    count = len(roots)
    body = np.stack([np.linspace(-200, 200, 22), np.linspace(-700, 800, 22), np.zeros(22)], axis=1)
    body -= body[0]
    turns = np.zeros(count) if poses is None else np.array(poses, float)
    turned = np.stack(
        [
            body[:, :1].T * np.cos(turns)[:, None],
            np.tile(body[:, 1], (count, 1)),
            body[:, :1].T * np.sin(turns)[:, None],
        ],
        axis=-1,
    )
    return People(
        (roots[:, None] + turned).astype(np.float32),
        np.ones((count, 22), np.float32),
        np.full(count, 0.9, np.float32) if scores is None else np.array(scores, np.float32),
        np.full(count, -1, np.int64),
        BODY_22,
    )


def follow(frames, tracker=None):
    """Ids per frame of (time_s, people) pairs."""
    tracker = tracker or Tracker()
    return [tracker(people, time_s).tolist() for time_s, people in frames]


def crossing(num_frames=60, gap_mm=100.0, hidden=()):
    """Two people who walk past each other, one a little behind; `hidden` frames miss that one."""
    for frame in range(num_frames):
        x = -900 + 1800 * frame / (num_frames - 1)
        roots = [(x, 0, 3000), (-x, 0, 3000 + gap_mm)]
        if frame in hidden:
            roots = roots[:1]
        yield frame / FPS, people_at(*roots)


def test_two_people_who_cross_keep_their_ids_where_nearest_neighbours_swap():
    frames = list(crossing(num_frames=12))  # a slow model: 160 mm a frame
    assert follow(frames) == [[1, 2]] * 12
    greedy = GreedyTracker()
    found = [greedy(people).tolist() for _, people in frames]
    assert found[0] == [0, 1]
    assert found[-1] == [1, 0]


def test_a_short_occlusion_is_bridged_and_a_long_one_is_not():
    behind = range(24, 40)  # 0.53 s
    ids = follow(crossing(hidden=behind))
    assert all(len(now) == (1 if frame in behind else 2) for frame, now in enumerate(ids))
    assert {i for now in ids for i in now[:1]} == {1}
    assert {i for now in ids for i in now[1:]} == {2}
    gone = follow(crossing(hidden=range(20, 48)))  # 0.93 s
    assert gone[-1] == [1, 3]


def test_the_time_that_a_track_lives_unseen_can_be_short():
    config = TrackingConfig(bridge_s=0.2, bridge_results=0)
    for gap_s, track_id in ((0.15, 1), (0.3, 2)):
        tracker = Tracker()
        tracker(people_at((0, 0, 3000)), 0.0, config)
        assert tracker(people_at((0, 0, 3000)), gap_s, config).tolist() == [track_id]


def test_ids_do_not_follow_the_order_in_which_the_model_lists_people():
    tracker = Tracker()
    a, b = (-500, 0, 3000), (500, 0, 3000)
    assert tracker(people_at(a, b), 0.0).tolist() == [1, 2]
    assert tracker(people_at(b, a), 0.04).tolist() == [2, 1]


def test_ids_are_never_given_again():
    tracker = Tracker()
    seen = [tracker(people_at((0, 0, 3000)), 10.0 * k).tolist() for k in range(4)]
    assert seen == [[1], [2], [3], [4]]
    assert tracker(people_at((0, 0, 3000)), 50.0).tolist() == [5]


def test_depth_may_flicker_along_the_ray_while_the_same_step_across_is_somebody_else():
    rng = np.random.default_rng(0)
    direction = np.array([0.3, 0.1, 1.0])
    flicker = [
        (k / FPS, people_at(direction * 4000 * (1 + 0.1 * rng.standard_normal())))
        for k in range(90)
    ]
    assert follow(flicker) == [[1]] * 90
    tracker = Tracker()
    assert tracker(people_at((0, 0, 4000)), 0.0).tolist() == [1]
    assert tracker(people_at((0, 0, 4800)), 0.033).tolist() == [1]
    assert tracker(people_at((0, 0, 4000)), 0.066).tolist() == [1]
    assert tracker(people_at((800, 0, 4000)), 0.1).tolist() == [2]


def test_gates_grow_with_the_gap_and_with_the_distance():
    def is_same(step_mm, gap_s, depth_mm):
        tracker = Tracker()
        tracker(people_at((0, 0, depth_mm)), 0.0)
        return tracker(people_at((step_mm, 0, depth_mm)), gap_s).tolist() == [1]

    assert not is_same(700, 0.033, 3000)
    assert is_same(700, 0.4, 3000)
    assert not is_same(450, 0.033, 3000)
    assert is_same(450, 0.033, 8000)


def test_the_pose_decides_between_people_who_are_equally_near():
    tracker = Tracker()
    a, b = (-60, 0, 3000), (60, 0, 3000)
    tracker(people_at(a, b, poses=[0.0, np.pi / 2]), 0.0)
    middle = (0, 0, 3000)
    found = tracker(people_at(middle, middle, poses=[np.pi / 2, 0.0]), 0.1)
    assert found.tolist() == [2, 1]


def test_nobody_is_pushed_off_their_track_to_make_one_more_pair():
    tracker = Tracker()
    tracker(people_at((0, 0, 3000), (330, 0, 3000)), 0.0, AT_ONCE)
    # the right one left, somebody came in on the left
    found = tracker(people_at((0, 0, 3000), (-330, 0, 3000)), 0.033, AT_ONCE)
    assert found.tolist() == [1, 3]


def test_the_unsure_go_on_with_a_track_but_begin_none():
    tracker = Tracker()
    near, far = (0, 0, 3000), (1500, 0, 3000)
    assert tracker(people_at(near, far, scores=[0.9, 0.1]), 0.0).tolist() == [1, -1]
    assert tracker(people_at(near, far, scores=[0.1, 0.1]), 0.04).tolist() == [1, -1]
    low = replace(AT_ONCE, birth_score=0.05)
    assert tracker(people_at(near, far, scores=[0.1, 0.1]), 0.08, low).tolist() == [1, 2]


def test_the_sure_choose_before_the_unsure():
    tracker = Tracker()
    tracker(people_at((0, 0, 3000)), 0.0)
    found = tracker(people_at((10, 0, 3000), (60, 0, 3000), scores=[0.1, 0.9]), 0.033)
    assert found.tolist() == [-1, 1]


def test_a_step_back_by_a_frame_keeps_tracks_and_a_seek_drops_them():
    tracker = Tracker()
    for k in range(10):
        tracker(people_at((50.0 * k, 0, 3000)), 5 + k / FPS)
    assert tracker(people_at((400.0, 0, 3000)), 5 + 8 / FPS).tolist() == [1]
    assert tracker(people_at((350.0, 0, 3000)), 5 + 7 / FPS).tolist() == [1]
    assert tracker(people_at((350.0, 0, 3000)), 1.0).tolist() == [2]
    assert tracker(people_at((350.0, 0, 3000)), 20.0).tolist() == [3]


def test_the_same_frame_again_gives_the_same_ids():
    tracker = Tracker()
    people = people_at((0, 0, 3000), (800, 0, 2500))
    for _ in range(3):
        assert tracker(people, 1.0).tolist() == [1, 2]


def hidden_for_a_while(config):
    """Track ids of somebody who walks, is hidden for half a second, and comes out again, while
    something behind is taken for a person a little."""
    tracker, ids = Tracker(), []
    for frame in range(40):
        x, is_hidden = -1500.0 + 35.0 * frame, 20 <= frame < 34
        if is_hidden:
            people = people_at((-1180, 400, 5400), scores=[0.06])
        else:
            people = people_at((x, 0, 4000))
        found = tracker(people, frame / FPS, config).tolist()
        ids += [] if is_hidden else found
    return ids


def test_unsure_sightings_behind_do_not_lead_a_hidden_person_astray():
    assert set(hidden_for_a_while(TrackingConfig())) == {1}
    assert set(hidden_for_a_while(TrackingConfig(unsure_cost=1.0))) == {1, 2}


def test_nobody_is_normal():
    tracker = Tracker()
    assert tracker(People.empty(), 0.0).tolist() == []
    assert tracker(people_at((0, 0, 3000)), 0.1).tolist() == [1]
    assert tracker(People.empty(), 0.2).tolist() == []
    assert tracker(people_at((0, 0, 3000)), 0.3).tolist() == [1]


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(0, 8))
def test_ids_are_unique_in_a_frame_and_known_people_never_change_theirs(seed, num_people):
    """People 1.5 m apart within a view, listed in any order, with noise, some missing."""
    rng = np.random.default_rng(seed)
    homes = np.stack(
        [
            1500.0 * np.arange(num_people) - 4000,
            np.zeros(num_people),
            rng.uniform(5500, 9000, num_people),
        ],
        axis=1,
    )
    tracker, id_of = Tracker(), {}
    for frame in range(12):
        order = rng.permutation(num_people)[: rng.integers(0, num_people + 1) or num_people]
        if frame % 3 == 0:
            order = rng.permutation(num_people)
        noise = rng.normal(0, 30, (len(order), 3))
        ids = tracker(people_at(*(homes[order] + noise)), frame / FPS)
        assert len(set(ids.tolist())) == len(order)
        for person, track_id in zip(order.tolist(), ids.tolist(), strict=True):
            assert id_of.setdefault(person, track_id) == track_id


@pytest.mark.parametrize("num_people", [0, 1, 7])
def test_people_are_not_changed(num_people):
    people = people_at(*[(800.0 * k, 0, 3000) for k in range(num_people)])
    before = people.joints_cam.copy(), people.track_ids.copy()
    Tracker()(people, 0.0)
    np.testing.assert_array_equal(people.joints_cam, before[0])
    np.testing.assert_array_equal(people.track_ids, before[1])


def test_optimal_assignment_swaps_less_than_greedy_on_made_sequences():
    def num_switches(make):
        count = 0
        for seed in range(2):
            identify, last = make(), {}
            for sighting in crossings(seed, CrossingConfig(num_people=3, num_frames=120)):
                ids = identify(sighting)
                for number, track_id in zip(sighting.number_of, ids, strict=True):
                    if number >= 0:
                        count += last.setdefault(number, track_id) != track_id
                        last[number] = track_id
        return count

    def optimal():
        tracker = Tracker()
        return lambda sighting: tracker(sighting.seen, sighting.time_s)

    def greedy():
        tracker = GreedyTracker()
        return lambda sighting: tracker(sighting.seen)

    assert num_switches(optimal) < 0.3 * num_switches(greedy)


def test_a_false_alarm_does_not_take_over_a_person():
    tracker = Tracker()
    for k in range(5):
        tracker(people_at((0, 0, 4000)), k / FPS)
    both = people_at((0, 0, 4000), (0, 0, 3300))
    assert tracker(both, 5 / FPS, AT_ONCE).tolist() == [1, 2]
    assert tracker(people_at((0, 0, 3600)), 6 / FPS).tolist() == [1]


def test_the_unsure_have_an_id_once_their_scores_add_up_and_false_alarms_none():
    tracker, near = Tracker(), (0, 0, 3000)
    assert tracker(people_at(near), 0.0).tolist() == [1]
    ids = [
        tracker(people_at(near, *new, scores=[0.9, *[0.49] * len(new)]), (1 + k) / FPS).tolist()
        for k, new in enumerate(
            [
                [(-1500, 0, 3000), (1500, 0, 3000)],
                [(1500, 0, 3000)],
                [],  # one miss
                *[[(1500, 0, 3000)]] * 4,
            ]
        )
    ]
    assert ids == [[1, -1, -1], [1, -1], [1], [1, -1], [1, -1], [1, 2], [1, 2]]
    sure = people_at(near, (1500, 0, 3000), (0, 0, 6000), scores=[0.9, 0.1, 0.5])
    assert tracker(sure, 8 / FPS).tolist() == [1, 2, 3]  # at once, and no number is left out


@pytest.mark.parametrize(("score", "num_sightings"), [(0.4, 5), (0.34, 6)])
def test_the_less_sure_the_model_is_of_somebody_the_later_they_have_an_id(score, num_sightings):
    tracker = Tracker()
    tracker(people_at((0, 0, 3000)), 0.0)
    both = people_at((0, 0, 3000), (1500, 0, 3000), scores=[0.9, score])
    ids = [tracker(both, (1 + k) / FPS)[1] for k in range(num_sightings)]
    assert ids == [-1] * (num_sightings - 1) + [2]


def test_who_covers_somebody_with_an_id_waits_however_sure():
    """Of people close together a model finds one twice now and then."""
    tracker, first, beside = Tracker(), (0, 0, 3000), (500, 0, 3000)
    assert tracker(people_at(first, scores=[0.6]), 0.0).tolist() == [1]
    twice = people_at((330, 0, 4000), first, beside, scores=[0.99, 0.6, 0.99])
    found = [tracker(twice, (1 + k) / FPS).tolist() for k in range(3)]
    assert found == [[-1, 1, 2], [-1, 1, 2], [3, 1, 2]]


def test_of_two_who_come_in_over_each_other_the_surer_has_an_id():
    tracker = Tracker()
    tracker(people_at((-1500, 0, 3000)), 0.0)
    both = people_at((-1500, 0, 3000), (700, 0, 3000), (760, 0, 3100), scores=[0.9, 0.7, 0.8])
    assert tracker(both, 1 / FPS).tolist() == [1, -1, 2]


@pytest.mark.parametrize(("interval_s", "waits"), [(0.25, True), (0.26, False), (1.0, False)])
def test_nobody_waits_for_the_results_of_a_slow_model(interval_s, waits):
    tracker = Tracker()
    known = people_at((0, 0, 3000), scores=[0.3])
    assert [tracker(known, k * interval_s).tolist() for k in (0, 1)] == [[1], [1]]
    both = people_at((0, 0, 3000), (1500, 0, 3000), scores=[0.3, 0.3])
    assert tracker(both, 2 * interval_s).tolist() == [1, -1 if waits else 2]


def test_a_track_seen_three_times_is_no_false_alarm_any_more():
    tracker, old, young = Tracker(), (300, 0, 3000), (0, 0, 3000)
    for k in range(5):
        tracker(people_at(old, *([young] if k >= 2 else [])), k / FPS)
    assert tracker(people_at((140, 0, 3000)), 5 / FPS).tolist() == [2]  # a bit nearer to it


@pytest.mark.parametrize("interval_s", [0.4, 0.7, 1.0])
def test_ids_of_a_slow_model_hold_for_a_minute(interval_s):
    """Three people move about their places; each is missed three frames in a row at times."""
    rng, tracker, found = np.random.default_rng(3), Tracker(), set()
    homes = np.array([[-1200, 0, 3000], [100, 0, 3400], [1300, 0, 2800]])
    for k in range(round(60 / interval_s)):
        now = homes + 250 * np.sin(k * interval_s * np.array([[1.1], [1.7], [2.3]]) + homes)
        is_seen = (k // 3 + np.arange(3)) % 7 > 0
        places = (now + rng.normal(0, 30, (3, 3)))[is_seen]
        found |= set(tracker(people_at(*places), k * interval_s).tolist())
    assert found == {1, 2, 3}


def test_a_pause_does_not_make_tracks_live_longer():
    tracker = Tracker()
    for k in range(30):
        tracker(people_at((0, 0, 3000)), k / FPS)
    assert tracker(people_at((0, 0, 3000)), 3.0).tolist() == [2]


def test_a_loop_and_a_seek_back_rename_nobody():
    def frame(time_s):
        x = 300 * time_s
        roots = [(x - 900, 0, 3000), (900 - x, 0, 3800)]
        return people_at(*roots, *([(1800, 0, 5000)] if time_s >= 2 else []))

    tracker = Tracker()
    times_s = np.arange(0, 6, 0.1)
    first = [tracker(frame(t), t).tolist() for t in times_s]
    assert first[0] == [1, 2]
    assert first[-1] == [1, 2, 3]
    for _ in range(2):  # other frames than the first time, as a slow model sees them
        assert [tracker(frame(t + 0.03), t + 0.03).tolist() for t in times_s] == first
    assert tracker(frame(1.0), 1.0).tolist() == [1, 2]
    assert tracker(frame(4.0), 4.0).tolist() == [1, 2, 3]


RED, BLUE = np.zeros((2, 2, 150), np.float32)
RED[:, 5], BLUE[:, 70] = 1, 1


def come_back(away_s, clothes_before, clothes_after, roots_after, doubts=None):
    """Ids of people who come after others left."""
    tracker = Tracker()
    before = people_at(*[(800.0 * k, 0, 3000) for k in range(len(clothes_before))])
    for k in range(10):
        tracker(before, k / FPS, look=lambda rows: np.stack(clothes_before)[rows])
    after = people_at(*roots_after)
    ids = tracker(after, 9 / FPS + away_s, look=lambda rows: np.stack(clothes_after)[rows])
    if doubts is not None:
        doubts += tracker.doubts
    return ids.tolist()


def test_who_comes_back_in_the_same_clothes_is_the_same():
    assert come_back(1.2, [RED], [RED], [(0, 0, 3000)]) == [1]
    assert come_back(6.0, [RED, BLUE], [BLUE], [(-900, 0, 3300)]) == [2]
    assert come_back(6.0, [RED, BLUE], [BLUE, RED], [(0, 0, 3000), (900, 0, 3000)]) == [2, 1]


def test_who_comes_in_other_clothes_too_late_or_too_far_is_somebody_new():
    assert come_back(3.0, [RED], [BLUE], [(0, 0, 3000)]) == [2]
    assert come_back(12.0, [RED], [RED], [(0, 0, 3000)]) == [2]
    assert come_back(1.2, [RED], [RED], [(4000, 0, 3000)]) == [2]


def test_a_child_is_not_the_grown_up_who_left_in_the_same_clothes():
    tracker, grown = Tracker(), people_at((0, 0, 3000))
    child = replace(grown, joints_cam=(0.5 * grown.joints_rel + [0, 0, 3000]).astype(np.float32))
    for k in range(10):
        tracker(grown, k / FPS, look=lambda rows: RED[None][rows])
    assert tracker(child, 3.0, look=lambda rows: RED[None][rows]).tolist() == [2]


def test_doubt_makes_somebody_new_and_is_told():
    doubts = []
    assert come_back(3.0, [RED, RED], [RED], [(400, 0, 3000)], doubts) == [3]
    assert [tuple(d) for d in doubts] in ([(3, 1)], [(3, 2)])
    doubts.clear()
    two = [(0, 0, 3000), (60, 0, 3000)]
    assert come_back(3.0, [RED], [RED, RED], two, doubts) == [2, 3]
    assert {d.perhaps for d in doubts} == {1}
    doubts.clear()
    unknown = np.zeros_like(RED)
    assert come_back(3.0, [RED], [unknown], [(0, 0, 3000)], doubts) == [2]
    assert [tuple(d) for d in doubts] == [(2, 1)]


def test_clothes_tell_people_apart_whose_places_do_not():
    tracker = Tracker()
    a, b = (-60, 0, 3000), (60, 0, 3000)
    for k in range(5):
        tracker(people_at(a, b), k / FPS, look=lambda rows: np.stack([RED, BLUE])[rows])
    middle = people_at((5, 0, 3000), (-5, 0, 3000))
    ids = tracker(middle, 0.5, look=lambda rows: np.stack([RED, BLUE])[rows])
    assert ids.tolist() == [1, 2]


def test_clothes_push_nobody_off_their_track_to_make_one_pair_less():
    """The first wears much of what the second wears, whose track is not given away for that."""
    tracker = Tracker()
    for k in range(5):
        before = people_at((0, 0, 3000), (1400, 0, 3000))
        tracker(before, k / FPS, look=lambda rows: np.stack([RED, BLUE])[rows])
    now, both = people_at((840, 0, 3000), (1900, 0, 3000)), (RED + BLUE) / 2
    ids = tracker(now, 4 / FPS + 0.5, look=lambda rows: np.stack([both, BLUE])[rows])
    assert ids.tolist() == [1, 2]


def test_who_comes_in_where_somebody_in_other_clothes_has_just_left_is_somebody_else():
    tracker = Tracker()
    for k in range(5):
        tracker(people_at((0, 0, 3000)), k / FPS, look=lambda rows: RED[None][rows])
    beside = people_at((600, 0, 3000))
    assert tracker(beside, 0.5, look=lambda rows: BLUE[None][rows]).tolist() == [2]
    assert tracker(people_at((0, 0, 3000)), 0.6, look=lambda rows: RED[None][rows]).tolist() == [1]


def test_other_clothes_at_the_very_place_are_another_light_on_the_same_person():
    tracker = Tracker()
    for k in range(5):
        tracker(people_at((0, 0, 3000)), k / FPS, look=lambda rows: RED[None][rows])
    near = people_at((30, 0, 3000))
    assert tracker(near, 5 / FPS, look=lambda rows: BLUE[None][rows]).tolist() == [1]


def test_the_clothes_of_a_false_alarm_keep_nobody_off_its_track():
    tracker = Tracker()
    tracker(people_at((0, 0, 3000)), 0.0, look=lambda rows: RED[None][rows])
    beside = people_at((300, 0, 3000))
    assert tracker(beside, 0.2, look=lambda rows: BLUE[None][rows]).tolist() == [1]


NARROW = TrackingConfig(across_gate_mm=400.0, across_gate_share=0.0, gate_growth_mm_s=0.0)


def test_a_new_track_at_the_very_place_goes_before_an_old_one_over_a_third_of_the_gate_away():
    tracker = Tracker()
    for frame in range(5):
        assert tracker(people_at((0, 0, 3000)), frame / FPS, NARROW).tolist() == [1]
    both = people_at((0, 0, 3000), (150, 0, 3000))
    at_once = replace(NARROW, longest_wait_s=0.0)
    assert tracker(both, 5 / FPS, at_once).tolist() == [1, 2]
    assert tracker(people_at((150, 0, 3000)), 6 / FPS, at_once).tolist() == [2]


def test_people_who_turn_around_at_once_keep_their_ids_by_their_places():
    """However unlike a pose is, it counts no more than half of a place at the gate."""
    config = replace(NARROW, pose_gate_mm=5.0, pose_growth_mm_s=0.0)
    tracker = Tracker()
    for frame in range(5):
        ids = tracker(people_at((0, 0, 3000), (150, 0, 3000)), frame / FPS, config)
        assert ids.tolist() == [1, 2]
    turned = people_at((150, 0, 3000), (0, 0, 3000), poses=(np.pi, np.pi))
    assert tracker(turned, 5 / FPS, config).tolist() == [2, 1]


def test_clothes_are_looked_at_of_those_who_may_be_mistaken_and_else_now_and_then():
    looked_at = []

    def look(rows):
        looked_at.extend([frame] * len(rows))
        return np.full((len(rows), 2, 150), np.nan)

    tracker = Tracker()
    for frame in range(15):  # alone
        tracker(people_at((0, 0, 3000)), frame / FPS, look=look)
    assert len([f for f in looked_at if f >= 5]) <= 2
    for frame in range(15, 20):  # somebody close by
        tracker(people_at((0, 0, 3000), (200, 0, 3000)), frame / FPS, look=look)
    assert {17, 18, 19} <= set(looked_at)


def test_clothes_are_looked_at_by_the_place_in_the_list_of_people():
    looked_at = []

    def look(rows):
        looked_at.append(rows.tolist())
        return np.full((len(rows), 2, 150), np.nan)

    tracker, alone, close = Tracker(), (-1500, 0, 3000), [(500, 0, 3000), (700, 0, 3000)]
    for frame in range(4):
        tracker(people_at(alone, *close), frame / FPS, look=look)
    looked_at.clear()
    assert tracker(people_at(*close, alone), 4 / FPS, look=look).tolist() == [2, 3, 1]
    assert [0, 1] in looked_at
    assert not any(2 in rows for rows in looked_at)


@pytest.mark.parametrize(
    ("gap_s", "moved_mm", "by"), [(1 / FPS, 105, "pose"), (0.6, 335, "place")]
)
def test_a_pose_tells_less_the_longer_somebody_was_unseen(gap_s, moved_mm, by):
    """Of somebody as before, at 27 % of the gate, and somebody turned, at the very place."""
    tracker = Tracker()
    for frame in range(5):
        tracker(people_at((0, 0, 3000)), frame / FPS)
    both = people_at((moved_mm, 0, 3000), (0, 0, 3000), poses=(0, 1.35))
    ids = tracker(both, 4 / FPS + gap_s, AT_ONCE)
    assert ids.tolist() == ([1, 2] if by == "pose" else [2, 1])


def test_an_interruption_after_the_first_frame_ends_a_track():
    """How far apart frames are is not known then, and a slow model is not taken for granted."""
    tracker = Tracker()
    assert tracker(people_at((0, 0, 3000)), 0.0).tolist() == [1]
    assert tracker(people_at((0, 0, 3000)), 3.0).tolist() == [2]
