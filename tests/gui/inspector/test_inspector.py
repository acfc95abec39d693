import sys

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from window_fakes import people_at

from das_app.gui.inspector import motion_history
from das_app.gui.inspector.inspector import Inspector
from das_app.gui.inspector.motion_history import MotionHistory
from das_app.gui.inspector.motion_plot import Quantity, curves_of, parts_of
from das_app.gui.inspector.people_table import COLUMNS
from das_app.gui.window.stage_times import StageBars, stages_of
from das_app.messaging.messages import PipelineStats
from das_app.motion.kinematics import body_heights_mm, resized
from das_model.people import People
from das_model.skeleton import BODY_22

IDS = np.array([2, 5])


@pytest.fixture
def inspector(qtbot, themed):
    inspector = Inspector()
    qtbot.addWidget(inspector)
    inspector.resize(380, 600)
    inspector.show()
    return inspector


def pair(x_mm=0.0):
    return people_at((x_mm, 0, 3000), (1000, 0, 4000), score=0.8, track_ids=[2, 5])


def rows(inspector):
    table = inspector.table
    return [
        [table.item(row, column).text() for column in range(len(COLUMNS))]
        for row in range(table.rowCount())
    ]


def choose_quantity(inspector, quantity):
    inspector.quantity.setCurrentText(quantity.value)


def shown_curves(inspector):
    curves = [curve.getData() for curve in inspector.plot.chart.listDataItems()]
    return [(x, y) for x, y in curves if x is not None and len(x)]


def test_history_is_sorted_replaced_and_bounded(monkeypatch):
    monkeypatch.setattr(motion_history, "CAPACITY", 50)
    monkeypatch.setattr(motion_history, "MAX_PEOPLE", 3)
    history = MotionHistory()
    for i in range(200):
        history.add(pair(i), IDS, i / 10)
    times_s, joints = history.of(2, 0, 100)
    assert len(times_s) == 50
    assert times_s[-1] == 19.9
    assert joints[-1, 0, 0] == 199
    history.add(pair(-7), IDS, 19.5)  # a film sought in: the same frame again
    times_s, joints = history.of(2, 0, 100)
    assert len(times_s) == 50
    assert np.all(np.diff(times_s) > 0)
    assert joints[np.flatnonzero(times_s == 19.5)[0], 0, 0] == -7
    for slot in range(10, 14):
        history.add(people_at((0, 0, 3000)), np.array([slot]), 20.0)
    assert history.slots() == (11, 12, 13)
    assert history.of(2, 0, 100)[1].shape == (0, 22, 3)


def test_a_film_that_is_played_again_leaves_one_pass_in_the_curve():
    """A slow model looks at other frames each time; two passes in turn would seem to tremble."""
    history = MotionHistory()
    for i in range(10):
        history.add(pair(0), IDS, i / 2)
    for i in range(4):
        history.add(pair(100), IDS, i / 2 + 0.2)
    times_s, joints = history.of(2, 0, 100)
    assert np.all(np.diff(times_s) > 0)
    newer = joints[:, 0, 0] == 100
    assert times_s[newer] == pytest.approx([0.2, 0.7, 1.2, 1.7])
    assert times_s[~newer] == pytest.approx([0.0, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5])
    history.add(pair(100), IDS, 40.0)  # sought ahead: what lies between was not played again
    assert len(history.of(2, 0, 100)[0]) == 12


@pytest.mark.parametrize("speech", ["qapp", "german"])
def test_no_column_of_the_table_is_cut_in_the_narrowest_panel(qtbot, themed, request, speech):
    request.getfixturevalue(speech)
    inspector = Inspector()
    qtbot.addWidget(inspector)
    inspector.resize(inspector.minimumSizeHint().width(), 600)
    inspector.show()
    inspector.add(pair(), IDS, 1.0)
    inspector.refresh()
    themed.processEvents()  # it is laid out
    header = inspector.table.horizontalHeader()
    for column in range(len(COLUMNS)):
        assert header.sectionSize(column) >= header.sectionSizeHint(column)
        assert header.sectionSize(column) >= inspector.table.sizeHintForColumn(column)


def test_the_table_tells_distance_height_and_score(inspector):
    inspector.add(pair(), IDS, 1.0)
    inspector.refresh()
    first, second = rows(inspector)
    assert first[1:3] == ["#2", "3.0 m"]
    assert second[1:3] == ["#5", "4.1 m"]
    assert first[4] == "80 %"
    assert 1.4 < float(first[3].removesuffix(" m")) < 2.0
    inspector.add(people_at((0, 0, 3000), track_ids=[5]), IDS[1:], 1.1)
    inspector.refresh()
    assert [row[1] for row in rows(inspector)] == ["#5"]


def test_a_tick_hides_a_person_who_stays_in_the_table(inspector, qtbot):
    inspector.add(pair(), IDS, 1.0)
    inspector.refresh()
    assert not inspector.show_all.isEnabled()
    with qtbot.waitSignal(inspector.hidden_changed) as changed:
        inspector.table.item(0, 0).setCheckState(Qt.CheckState.Unchecked)
    assert changed.args == [frozenset({2})]
    assert rows(inspector)[0][0] == "hidden"
    inspector.add(people_at((0, 0, 3000), track_ids=[5]), IDS[1:], 1.1)
    inspector.refresh()
    assert [row[1] for row in rows(inspector)] == ["#2", "#5"]
    with qtbot.waitSignal(inspector.hidden_changed) as changed:
        inspector.show_all.click()
    assert changed.args == [frozenset()]
    assert not inspector.show_all.isEnabled()


def test_choosing_a_row_shows_that_persons_curves(inspector, qtbot):
    for i in range(20):
        inspector.add(pair(50 * i), IDS, i / 10)
    choose_quantity(inspector, Quantity.POSITION)
    inspector.refresh()
    assert inspector.chosen == 2  # the first one seen
    assert shown_curves(inspector)[0][1] == pytest.approx(0.05 * np.arange(20))
    assert inspector.values.text().startswith("x 0.95 m")
    with qtbot.waitSignal(inspector.person_chosen) as chosen:
        inspector.table.selectRow(1)
    assert chosen.args == [5]
    inspector.refresh()
    assert shown_curves(inspector)[0][1] == pytest.approx(np.full(20, 1.0))
    with qtbot.assertNotEmitted(inspector.person_chosen):
        inspector.set_chosen(2)
    assert inspector.title.text() == "Person #2"


def test_the_cursor_reads_the_curves_where_it_stands(inspector):
    for i in range(20):
        inspector.add(pair(50 * i), IDS, i / 10)
    choose_quantity(inspector, Quantity.POSITION)
    inspector.set_cursor(0.5)
    inspector.refresh()
    assert inspector.values.text().startswith("x 0.25 m")
    inspector.set_cursor(30.0)
    inspector.refresh()
    assert inspector.values.text() == "not seen"


def test_a_click_into_the_curves_chooses_a_time(inspector, qtbot):
    inspector.add(pair(), IDS, 50.0)
    inspector.refresh()

    class Click:
        def scenePos(self):
            return inspector.plot.chart.getViewBox().mapViewToScene(QPointF(48.5, place_y))

    place_y = np.mean(inspector.plot.chart.viewRange()[1])
    with qtbot.waitSignal(inspector.time_chosen) as chosen:
        inspector.plot._on_click(Click())
    assert chosen.args[0] == pytest.approx(48.5)


def test_the_times_of_a_camera_begin_at_zero(inspector):
    inspector.clear(is_live=True)
    for i in range(3):
        inspector.add(pair(), IDS, 9000 + i / 10)
    inspector.refresh()
    assert shown_curves(inspector)[0][0] == pytest.approx([0, 0.1, 0.2], abs=1e-6)


def test_focus_and_follow_speak_of_the_chosen_person(inspector, qtbot):
    assert not inspector.focus.isEnabled()
    assert not inspector.follow.isEnabled()
    inspector.add(pair(), IDS, 1.0)
    inspector.refresh()
    with qtbot.waitSignal(inspector.focus_requested) as asked:
        inspector.focus.click()
    assert asked.args == [2]
    with qtbot.waitSignal(inspector.follow_changed) as asked:
        inspector.follow.click()
    assert asked.args == [2]
    with qtbot.waitSignal(inspector.follow_changed) as asked:
        inspector.set_chosen(5)
    assert asked.args == [5]
    with qtbot.waitSignal(inspector.follow_changed) as asked:
        inspector.clear()
    assert asked.args == [-1]
    assert rows(inspector) == []
    assert inspector.chosen == -1


@pytest.mark.parametrize("quantity", list(Quantity))
def test_every_part_of_every_quantity_has_curves(quantity):
    times_s = np.arange(4) / 10
    joints = np.stack([pair(100 * i).joints_cam[0] for i in range(4)])
    for part in parts_of(quantity, BODY_22):
        curves = curves_of(quantity, part, joints, times_s, BODY_22)
        assert 1 <= len(curves) <= 3
        assert all(c.shape == (4,) and np.isfinite(c).all() for c in curves.values())
    if quantity is Quantity.SPEED:
        assert curves["speed"] == pytest.approx(np.ones(4))


def test_limbs_come_in_pairs():
    joints = pair().joints_cam[:1]
    knee = curves_of(Quantity.ANGLE, "knee", joints, np.zeros(1), BODY_22)
    shin = curves_of(Quantity.BONE, "knee_to_ankle", joints, np.zeros(1), BODY_22)
    assert set(knee) == set(shin) == {"left", "right"}
    assert set(curves_of(Quantity.BONE, "pelvis_to_spine", joints, np.zeros(1), BODY_22)) == {
        "length"
    }


def test_nobody(inspector):
    inspector.add(People.empty(), np.zeros(0, np.int64), 1.0)
    inspector.refresh()
    assert inspector.title.text() == "Nobody"
    assert rows(inspector) == []


def test_stages_add_up_to_the_latency(qtbot, themed):
    stats = PipelineStats(
        latency_ms=100, decode_ms=5, wait_ms=20, letterbox_ms=1, network_ms=60, people_ms=2
    )
    stages = dict(stages_of(stats))
    assert sum(stages.values()) == pytest.approx(100)
    assert stages["other"] == pytest.approx(12)
    assert stages_of(PipelineStats(latency_ms=1, network_ms=5))[-1] == ("other", 0)
    bars = StageBars()
    qtbot.addWidget(bars)
    bars.resize(300, 180)
    empty = bars.grab().toImage()
    bars.set_stats(stats)
    assert bars.grab().toImage() != empty
    assert "network 60 ms" in bars.accessibleDescription()


def test_repainting_loses_no_references(inspector):
    """PySide6 6.12 lost one to True at every painted frame and died within a minute."""
    watched = (True, False, None)

    def paint(first, last):
        for i in range(first, last):
            inspector.add(pair(10 * (i % 9)), IDS, i / 30)
            inspector.refresh()
            inspector.grab()

    paint(0, 10)
    before = [sys.getrefcount(value) for value in watched]
    paint(10, 130)
    lost = np.subtract(before, [sys.getrefcount(value) for value in watched])
    assert lost.max() < 60


def test_who_is_long_gone_gives_way_to_who_is_there(inspector):
    inspector.add(pair(), IDS, 1.0)
    inspector.set_chosen(5)
    other = people_at((0, 0, 3000), track_ids=[9])
    inspector.add(other, np.array([9]), 4.0)
    assert inspector.chosen == 5  # it may be a short occlusion
    inspector.add(other, np.array([9]), 6.5)
    assert inspector.chosen == 9
    inspector.add(people_at((0, 0, 3000), track_ids=[12]), np.array([12]), 0.2)
    assert inspector.chosen == 12  # the film began again, with people of new ids


def test_the_few_sightings_of_a_slow_model_are_joined_over_its_steps_only(inspector):
    for time_s in (0.0, 0.8, 1.6, 2.4, 9.0):
        inspector.add(pair(), IDS, time_s)
    inspector.refresh()
    curve = inspector.plot.chart.listDataItems()[0]
    assert curve.opts["connect"].tolist() == [1, 1, 1, 0, 1]


def test_a_height_begins_anew_with_the_first_result_of_another_size(inspector):
    """Results that were under way when a height was said still have the former size."""
    people = pair()
    half = resized(people, {2: 0.5})
    seen_mm, half_mm = (float(body_heights_mm(p)[0]) for p in (people, half))
    for time_s, shown, scale in ((1.0, people, 1.0), (1.1, people, 1.0), (1.2, half, 0.5)):
        inspector.add(shown, IDS, time_s, {2: scale})
        inspector.refresh()
        expected_mm = half_mm if scale == 0.5 else seen_mm
        assert inspector.table.height_mm(2) == pytest.approx(expected_mm)
        assert inspector.table.scale(2) == scale
    assert inspector.table.scale(5) == 1.0
