import re

from das_app.files.bundled import bundled_file
from das_model.person_colours import PERSON_COLOURS, person_rgb


def test_colours_are_told_apart_and_begin_again():
    assert len(set(PERSON_COLOURS)) == len(PERSON_COLOURS) == 8
    assert person_rgb(8) == person_rgb(0) == tuple(bytes.fromhex(PERSON_COLOURS[0][1:]))


def test_the_page_of_the_stream_has_the_same_colours():
    page = bundled_file("web", "skeletons.html").read_text(encoding="utf-8")
    listed = re.search(r"COLOURS = \[(.*?)\]", page).group(1)
    assert tuple(re.findall(r"#\w{6}", listed)) == PERSON_COLOURS
