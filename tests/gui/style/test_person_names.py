import numpy as np
from window_fakes import people_at

from das_app.gui.inspector.people_table import PeopleTable
from das_app.gui.picture.hover_card import joint_lines
from das_app.gui.picture.picture_marks import label_texts
from das_app.gui.style.person_names import person_text

NAMES = {3: "Anna"}
PEOPLE = people_at((0, 0, 3000), (0, 0, 4000), (0, 0, 5000), track_ids=(3, 8, -1))


def test_a_name_takes_the_place_of_the_number():
    assert [person_text(n, NAMES) for n in (3, 8, -1)] == ["Anna", "#8", ""]
    assert person_text(3) == "#3"


def test_the_table_calls_nobody_by_another_ones_name(qtbot, themed):
    table = PeopleTable()
    qtbot.addWidget(table)
    table.set_names({3: "Anna", 0: "Bo"})
    table.set_people(PEOPLE, np.array([3, 8, 0]))  # the stranger took the slot that Bo left
    assert [table.item(row, 1).text() for row in range(3)] == ["–", "Anna", "#8"]
    table.set_names({})
    table.set_people(PEOPLE, np.array([3, 8, 0]))
    assert table.item(1, 1).text() == "#3"


def test_names_stand_on_labels_and_cards():
    assert [name for name, _ in label_texts(PEOPLE, NAMES)] == ["Anna", "#8", ""]
    nose = PEOPLE.skeleton.index("nose")
    firsts = [joint_lines(PEOPLE, person, nose, NAMES)[0] for person in range(3)]
    assert firsts == ["nose · Anna", "nose · #8", "nose"]
