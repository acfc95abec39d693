"""Views that everybody fits into, and the way there."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from das_app.gui.scene.framing import FOV_DEG, Framing, ViewPose, directions, fitted

PLACES = np.array([[-1.0, 3, -1], [1.0, 3, -1], [0.2, 5, 0.9], [-0.4, 4, 0.6]])


def on_screen(places, pose, aspect):
    """(N, 2) from -1 to 1, x to the right and y up, of places in front of the eye."""
    right, up, forward = directions(pose.azimuth_deg, pose.elevation_deg)
    away = places - (pose.centre - pose.distance_m * forward)
    depth = away @ forward
    assert depth.min() > 0
    tall = np.tan(np.radians(FOV_DEG / 2))
    return np.stack([away @ right / depth / tall / aspect, away @ up / depth / tall], axis=1)


@given(
    st.lists(st.tuples(*[st.floats(-8, 8)] * 3), min_size=1, max_size=12),
    st.floats(-180, 180),
    st.floats(-90, 90),
    st.floats(0.3, 3),
)
def test_everybody_is_in_the_view_from_any_side(places, azimuth_deg, elevation_deg, aspect):
    places = np.array(places)
    pose = fitted(places, azimuth_deg, elevation_deg, aspect)
    assert np.abs(on_screen(places, pose, aspect)).max() < 0.95


@pytest.mark.parametrize("farther", [5.0, -5.0])
def test_people_in_a_line_with_the_eye_are_before_it(farther):
    places = np.array([[0.0, 0, 0], [0, farther, 0]])
    assert np.abs(on_screen(places, fitted(places, 0, 1, 1.0), 1.0)).max() < 0.95


@pytest.mark.parametrize("aspect", [0.5, 1.0, 2.0])
def test_they_fill_the_view(aspect):
    extent = np.ptp(on_screen(PLACES, fitted(PLACES, -35, 18, aspect), aspect), axis=0)
    assert extent.max() > 1.7  # of 2


def test_directions_are_those_of_the_camera_and_of_a_map():
    right, up, forward = directions(0, 0)
    assert right == pytest.approx([1, 0, 0])
    assert up == pytest.approx([0, 0, 1])
    assert forward == pytest.approx([0, 1, 0])
    assert directions(0, 90)[2] == pytest.approx([0, 0, -1])
    assert directions(90, 0)[2] == pytest.approx([-1, 0, 0])  # from the right


def pose(azimuth_deg=0.0, x=0.0, distance_m=4.0):
    return ViewPose(azimuth_deg, 10.0, np.array([x, 3.0, 0.0]), distance_m)


def test_the_way_is_smooth_short_and_has_an_end():
    framing, now = Framing(), pose(170)
    framing.go(pose(-170, x=1.0, distance_m=8.0), True)
    seen = []
    while (following := framing.step(now, 0.05)) is not None:
        now = following
        seen.append(now)
        assert len(seen) < 100
    turns = np.array([170, *(s.azimuth_deg for s in seen)])
    assert np.all(np.diff(turns) > 0)  # 20 degrees on, not 340 back
    assert turns[-1] == pytest.approx(190, abs=0.2)
    assert now.distance_m == pytest.approx(8, rel=0.01)
    assert now.centre == pytest.approx([1, 3, 0], abs=0.02)


def test_one_long_step_goes_as_far_as_many_short_ones():
    framing = Framing()
    framing.go(pose(90, 2.0, 9.0), True)
    long = framing.step(pose(), 0.3)
    short = pose()
    for _ in range(30):
        short = framing.step(short, 0.01)
    assert short.azimuth_deg == pytest.approx(long.azimuth_deg)
    assert short.distance_m == pytest.approx(long.distance_m)


def test_small_moves_leave_the_view_alone_and_large_ones_do_not():
    framing, kept = Framing(), fitted(PLACES, -35, 18, 1.0)
    framing.go(kept, True)
    for moved in (PLACES + [0.05, 0, 0], 0.95 * PLACES):
        framing.fit(fitted(moved, -35, 18, 1.0), moved, 1.0)
        assert framing.target is kept
    for aspect, moved in (
        (1.0, PLACES + [0, 0, 0.4]),  # somebody would be cut off
        (1.0, PLACES * [1, 1, 1.3]),
        (0.5, PLACES),  # the view got narrower
        (0.5, PLACES * [0.5, 1, 0.5]),  # everybody is small
    ):
        wanted = fitted(moved, -35, 18, aspect)
        framing.fit(wanted, moved, aspect)
        assert framing.target is wanted


@given(
    st.lists(st.tuples(*[st.floats(-0.6, 0.6)] * 3), min_size=2, max_size=8),
    st.floats(0.4, 2.5),
)
def test_nobody_who_walks_about_is_ever_cut_off(steps, aspect):
    framing, places = Framing(), PLACES
    for step in steps:
        places = np.concatenate([places[:2] + step, places[2:]])
        framing.fit(fitted(places, 30, 10, aspect), places, aspect)
        assert np.abs(on_screen(places, framing.target, aspect)).max() < 1


def test_who_takes_the_camera_keeps_it():
    framing = Framing()
    framing.go(pose(), True)
    framing.give_up()
    framing.fit(pose(x=5.0), PLACES, 1.0)
    assert framing.step(pose(), 0.1) is None
    framing.go(pose(x=2.0), True)
    assert framing.step(pose(), 0.1).centre[0] > 0
