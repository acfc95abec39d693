"""Words in the 3D view: upright, where they belong, and never on top of one another."""

import numpy as np
import pytest
from window_fakes import grey_frame, people_at

from das_app.gui.scene.scene_geometry import label_places, scene_from_camera


def drawn_cards(view, *roots_mm):
    people = people_at(*roots_mm)
    view.show_people(grey_frame(), people, np.arange(len(people)))
    view.look_from("front")
    picture = view.content.canvas.render(alpha=False)
    return picture, view.content.people.labels.cards_px


def test_people_behind_one_another_have_labels_beside_one_another(shared_view):
    _, cards = drawn_cards(shared_view, (0, 0, 3000), (5, 0, 3200), (-5, 0, 3400), (0, 0, 3600))
    assert len(cards) == 4
    for i, card in enumerate(cards):
        assert not any(card.intersects(other) for other in cards[:i])


def test_no_line_of_a_label_lies_across_another_label(shared_view):
    picture, cards = drawn_cards(shared_view, *[(0, 0, 3000 + 200 * i) for i in range(5)])
    assert len(cards) == 5
    for card in cards:
        dot = card.height()  # the person's colour stands at the left
        left, top = int(card.left() + dot), int(card.top())
        region = picture[top : int(card.bottom()), left : int(card.right()), :3].astype(int)
        assert np.ptp(region, axis=-1).max() < 60  # letters and ground are grey, lines are not


def test_the_nearest_keeps_its_place(shared_view):
    _, cards = drawn_cards(shared_view, (0, 0, 3300), (0, 0, 3000), (0, 0, 3150))
    labels = shared_view.content.people.labels
    place_m = label_places(scene_from_camera(people_at((0, 0, 3000)).joints_cam))
    spot = labels.get_transform("visual", "canvas").map(place_m)[0]
    spot_px = spot[:2] / spot[3] * shared_view.devicePixelRatioF()
    assert (cards[0].center().x(), cards[0].bottom()) == pytest.approx(tuple(spot_px), abs=2)


def test_words_are_painted_on_their_card_in_their_colour(shared_view):
    picture, (card,) = drawn_cards(shared_view, (0, 0, 3000))
    left, top = int(card.left()), int(card.top())
    region = picture[top : top + int(card.height()), left : left + int(card.width()), :3]
    assert region.max() > 150  # letters
    assert np.median(region) < 60  # on a dark card


def test_who_is_behind_the_eye_has_no_label(shared_view):
    drawn_cards(shared_view, (0, 0, 3000))
    shared_view.show_people(grey_frame(), people_at((0, 0, 3000), (0, 0, -90000)), np.arange(2))
    shared_view.content.canvas.render(alpha=False)
    assert len(shared_view.content.people.labels.cards_px) == 1


def test_other_words_need_other_letters(shared_view):
    picture, _ = drawn_cards(shared_view, (0, 0, 3000))
    labels = shared_view.content.people.labels
    labels.set_words(["Ångström 東"], np.array([[0.0, 3.0, 1.0]]), np.ones((1, 3)))
    other = shared_view.content.canvas.render(alpha=False)
    (card,) = labels.cards_px
    assert card.width() > 40
    assert not np.array_equal(picture, other)
