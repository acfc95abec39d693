import re

import numpy as np

from das_app.exports.pictures.drawing import draw_people
from das_app.files.bundled import bundled_file
from das_model.people import People
from das_model.person_colours import PERSON_COLOURS, person_rgb


def test_colours_are_told_apart_and_begin_again():
    assert len(set(PERSON_COLOURS)) == len(PERSON_COLOURS) == 8
    assert person_rgb(8) == person_rgb(0) == tuple(bytes.fromhex(PERSON_COLOURS[0][1:]))


def test_the_page_of_the_stream_has_the_same_colours():
    page = bundled_file("web", "skeletons.html").read_text(encoding="utf-8")
    listed = re.search(r"COLOURS = \[(.*?)\]", page).group(1)
    assert tuple(re.findall(r"#\w{6}", listed)) == PERSON_COLOURS


def test_a_film_has_the_same_colours():
    points = np.random.default_rng(0).uniform(20, 380, (1, 22, 2))
    joints = np.concatenate([points, np.full((1, 22, 1), 3000)], axis=-1).astype(np.float32)
    ones = np.ones((1, 22), np.float32)
    for track_id in (1, 2):
        image = np.zeros((400, 400, 3), np.uint8)
        people = People(joints, ones, ones[:, 0], np.array([track_id]))
        assert draw_people(image, points, people, None, {}) == 1
        shown, counts = np.unique(image.reshape(-1, 3), axis=0, return_counts=True)
        is_dark = shown.max(axis=1) < 40  # the picture itself, and the outline
        most = shown[~is_dark][counts[~is_dark].argmax()]
        assert tuple(most) == person_rgb(track_id)
