import numpy as np
import pytest
from standing_people import standing, tilted

from das_app.motion.ignored import Ignored, ignored_of, inside, rectangle, zone_of
from das_app.motion.temporal_filter import PeopleOptions, TemporalFilter
from das_model.camera import Camera
from das_model.inference.estimate import Estimate

CAMERA = Camera.from_fov((1280, 720), 60.0)
FLOOR = tilted(5, 0, 1400)
LEFT = rectangle((0.0, 0.0), (0.5, 1.0))


def people(*places_mm):
    return standing(FLOOR, np.array(places_mm, float))


def test_the_middle_of_the_trunk_tells_who_is_in_a_zone():
    both = people((-900, 4000), (900, 4000))
    np.testing.assert_array_equal(Ignored((LEFT,)).keeps(both, CAMERA), [False, True])
    head = rectangle((0.0, 0.0), (1.0, 0.25))
    np.testing.assert_array_equal(Ignored((head,)).keeps(both, CAMERA), [True, True])


def test_who_stands_on_a_zone_with_both_feet_is_ignored_unless_the_feet_were_not_seen():
    one = people((0, 4000))
    feet = one.joints_px(CAMERA)[0, [one.skeleton.index("left_ankle")]][0] / CAMERA.size
    carpet = Ignored((rectangle((0.0, feet[1] - 0.05), (1.0, feet[1] + 0.05)),))
    assert not carpet.keeps(one, CAMERA)[0]
    one.joint_scores[:] = 0.01
    assert carpet.keeps(one, CAMERA)[0]


def test_distances_have_two_ends_and_need_no_camera():
    row = people((0, 1500), (0, 4000), (0, 9000))
    np.testing.assert_array_equal(
        Ignored(nearest_mm=2000.0, farthest_mm=6000.0).keeps(row, None), [False, True, False]
    )
    assert Ignored((LEFT,)).keeps(people((-900, 4000)), None).all()


def test_a_polygon_holds_what_is_inside_it():
    arrow = ((0.1, 0.1), (0.9, 0.5), (0.1, 0.9), (0.4, 0.5))  # not convex
    points = np.array([[0.5, 0.5], [0.2, 0.5], [0.15, 0.15], [np.nan, 0.5]])
    np.testing.assert_array_equal(inside(arrow, points), [True, False, True, False])


def test_nobody_ignored_has_an_id_or_is_shown_and_their_face_is_known():
    both = people((-900, 4000), (900, 4000))
    over_time = TemporalFilter(PeopleOptions(ignored=Ignored((LEFT,))))
    image = np.zeros((720, 1280, 3), np.uint8)
    for k in range(3):
        raw, shown = over_time(Estimate(both), k / 30, image, CAMERA)
    assert len(raw) == len(shown) == len(over_time.left_out) == 1
    assert raw.root_cam[0, 0] > 0 > over_time.left_out.root_cam[0, 0]
    over_time.options = PeopleOptions()
    raw, _ = over_time(Estimate(both), 0.1, image, CAMERA)
    assert sorted(raw.track_ids.tolist()) == [1, 2]
    assert not len(over_time.left_out)


@pytest.mark.parametrize(
    "ignored",
    [
        Ignored(),
        Ignored((LEFT, ((0.1, 0.2), (0.3, 0.4), (0.123, 0.9)))),
        Ignored(nearest_mm=1500.0),
        Ignored((LEFT,), farthest_mm=8000.0),
    ],
)
def test_the_text_says_all_of_it(ignored):
    assert ignored_of(ignored.text) == ignored


@pytest.mark.parametrize(
    "text", ["", "0.1,0.2,0.3", "a,b,c,d", "0,0,1.2,1", "0.1,0.1,0.1,0.9", "nan,0,1,1"]
)
def test_a_zone_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match="zone"):
        zone_of(text)


def test_distances_that_exclude_each_other_are_refused():
    with pytest.raises(ValueError, match="below the farthest"):
        Ignored(nearest_mm=5000.0, farthest_mm=2000.0)
    with pytest.raises(ValueError, match=r"0\.1 to 100 m"):
        Ignored(farthest_mm=1.0)
