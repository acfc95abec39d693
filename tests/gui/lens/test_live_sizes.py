import numpy as np
import platformdirs
import pytest
from standing_people import standing, tilted
from window_fakes import Opener

from das_app.gui.scene import scene_view
from das_app.gui.window.main_window import MainWindow
from das_app.motion.floor import Floor
from das_app.motion.floor_estimate import FloorEstimate
from das_app.motion.kinematics import body_heights_mm
from das_app.pipeline.hints import HintKind
from das_app.session.session import Session
from das_app.settings.app_settings import AppSettings, RecordingSettings, SourceSettings

FLOOR = tilted(8, 0, 1500)


@pytest.fixture
def window(qtbot, themed, tmp_path, monkeypatch):
    monkeypatch.setattr(platformdirs, "user_config_path", lambda *a, **k: tmp_path)
    monkeypatch.setattr(scene_view, "opengl_problem", lambda: "not in this test")
    settings = AppSettings(
        source=SourceSettings("grey"), recording=RecordingSettings(tmp_path, has_video=False)
    )
    people = standing(FLOOR, np.array([[-600.0, 3500.0], [600.0, 4000.0]]))
    window = MainWindow(settings, Opener(people))
    qtbot.addWidget(window)
    window.show()
    window.actions_by_name["inspector"].trigger()
    window.open("grey")
    qtbot.waitUntil(lambda: window.shown.result is not None and len(window.shown.people) == 2)
    return window


def height_m(window, track_id):
    people = window.shown.people
    return float(body_heights_mm(people)[people.track_ids == track_id][0]) / 1e3


def say(window, qtbot, track_id, metres):
    inspector = window.panels.inspector_panel
    inspector.set_chosen(track_id)
    inspector.refresh()
    inspector.person_height.setValue(metres)
    inspector.set_height.click()
    qtbot.waitUntil(lambda: abs(height_m(window, track_id) - metres) < 0.03)


def test_a_height_said_while_it_runs_scales_that_person_about_the_lens(window, qtbot):
    before = window.shown.people
    before_m = height_m(window, 1)
    say(window, qtbot, 1, 1.10)
    after = window.shown.people
    factor = (1.10 - 0.08) / (before_m - 0.08)
    camera = window.shown.camera
    rows = [np.flatnonzero(p.track_ids == 1)[0] for p in (before, after)]
    assert after.root_cam[rows[1], 2] / before.root_cam[rows[0], 2] == pytest.approx(factor, 0.02)
    np.testing.assert_allclose(
        after.joints_px(camera)[rows[1]], before.joints_px(camera)[rows[0]], atol=0.1
    )
    assert height_m(window, 2) > 1.5  # who was not meant stays
    say(window, qtbot, 1, before_m)  # and back again
    window.panels.inspector_panel.person_height.setValue(3.0)  # the spin box ends below
    assert window.panels.inspector_panel.person_height.value() == 2.5


def test_a_recording_has_the_height_from_its_beginning_on_and_as_found_without_edits(
    window, qtbot, tmp_path
):
    own_m = height_m(window, 1)
    window.actions_by_name["record"].trigger()
    qtbot.waitUntil(lambda: window.recording._current is not None)
    recorder = window.recording._current.recorder
    qtbot.waitUntil(lambda: recorder.num_frames > 3)
    say(window, qtbot, 1, 1.20)
    number = recorder.num_frames
    qtbot.waitUntil(lambda: recorder.num_frames > number + 3)
    window.actions_by_name["record"].trigger()
    qtbot.waitUntil(lambda: list(tmp_path.glob("*/session.json")) != [])
    folder = next(tmp_path.glob("*/session.json")).parent
    session = Session(folder)
    assert session.height_m(1) == pytest.approx(1.20, abs=0.03)
    depths = [p.people.root_cam[p.people.track_ids == 1, 2].item() for p in session]
    assert np.ptp(depths) < 0.02 * depths[0]
    as_found = Session(folder, is_edited=False)
    assert as_found.height_m(1) == pytest.approx(own_m, abs=0.03)


def test_the_floor_offers_a_height_and_a_click_takes_it(window, qtbot):
    presenter, panel = window.panels.floor, window.panels.camera_panel
    presenter._estimate = FloorEstimate(Floor(FLOOR.up, 1500.0), 1.0, 50.0, 100, {1: 0.7, 2: 1.02})
    presenter._known = presenter._estimate.floor
    presenter._next_s = np.inf  # it stays so
    qtbot.waitUntil(lambda: 1 in presenter._estimator.heights_mm())
    presenter._show()
    offers = panel.offers
    assert "Person 1 seems" in offers.texts[0].text()
    assert not offers.texts[1].parentWidget().isVisibleTo(offers)  # 2 is as tall as they look
    before_m = height_m(window, 1)
    offers.buttons[0].click()
    qtbot.waitUntil(lambda: height_m(window, 1) < 0.8 * before_m)
    assert height_m(window, 1) == pytest.approx(0.08 + 0.7 * (before_m - 0.08), abs=0.03)
    assert not offers.isVisibleTo(panel)


def test_who_is_off_the_floor_of_others_gets_a_hint(window, qtbot):
    presenter = window.panels.floor
    presenter._known, presenter._next_s = FLOOR, np.inf
    window.control.scale_person(1, 0.7)  # a floating child

    def kinds():
        hints = window.results.hints(window.control.live.stats())
        return {hint.kind: hint for hint in hints}

    qtbot.waitUntil(lambda: HintKind.FLOATS in kinds())
    hint = kinds()[HintKind.FLOATS]
    assert hint.track_id == 1
    assert "floats above" in hint.message
