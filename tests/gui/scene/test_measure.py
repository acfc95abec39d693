import numpy as np
import pytest
from window_fakes import grey_frame, people_at

from das_model.skeleton import BODY_22


def click_on(view, person, name):
    content = view.content
    place = content.people.joints_m[person, BODY_22.index(name)]
    at = content.people.bodies.get_transform("visual", "canvas").map(place)
    return content.measure.click(at[:2] / at[3])


@pytest.fixture
def view(shared_view):
    shared_view.clear()
    people = people_at((-700, 0, 3000), (700, 0, 3000), track_ids=[4, 9])
    shared_view.show_people(grey_frame((800, 600)), people, people.track_ids)
    shared_view.look_from("front")
    shared_view.set_measuring(True)
    yield shared_view
    shared_view.set_measuring(False)
    shared_view.content.framing.give_up()
    shared_view.content._step()


def test_between_two_joints_of_two_people(view):
    measure = view.content.measure
    assert click_on(view, 0, "left_wrist")
    assert measure.distance_mm is None
    assert click_on(view, 1, "left_wrist")
    assert measure.distance_mm == pytest.approx(1400)
    assert measure.ends == [(4, "left_wrist"), (9, "left_wrist")]


def test_the_line_follows_them_and_is_gone_with_them(view):
    click_on(view, 0, "pelvis")
    click_on(view, 1, "pelvis")
    moved = people_at((-700, 0, 3000), (700, 0, 4000), track_ids=[4, 9])
    view.show_people(grey_frame((800, 600)), moved, moved.track_ids)
    assert view.content.measure.distance_mm == pytest.approx(np.hypot(1400, 1000), rel=1e-4)
    view.show_people(grey_frame((800, 600)), moved.where(np.array([True, False])), np.array([4]))
    assert view.content.measure.distance_mm is None


def test_a_third_click_begins_anew_and_one_beside_does_nothing(view):
    for name in ("neck", "left_wrist", "right_knee"):
        click_on(view, 0, name)
    assert view.content.measure.ends == [(4, "right_knee")]
    assert not view.content.measure.click(np.array([1.0, 1.0]))
    view.set_measuring(False)
    assert not click_on(view, 0, "neck")
