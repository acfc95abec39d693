import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent
from window_fakes import FREE_BONE, SIZE, Opener, grey_frame, people_at

from das_app.gui import scene_view, theme
from das_app.gui.main_window import MainWindow
from das_app.gui.style_sheet import DARK, LIGHT
from das_app.pipeline.messages import PipelineState
from das_app.settings import AppSettings, Device, Look
from das_model.camera import Camera
from das_model.people import People


@pytest.fixture
def opener():
    return Opener(people_at((-600, -100, 3500), (600, -100, 3500), score=0.8))


@pytest.fixture
def make_window(qtbot, themed, opener, request, monkeypatch):
    """Windows that are closed after the test; with a 3D view in the tests that need OpenGL.

    A software OpenGL takes seconds to start, so the other tests do without.
    """
    if "needs_opengl" not in request.fixturenames:
        monkeypatch.setattr(scene_view, "opengl_problem", lambda: "not in this test")

    def make(settings=None):
        window = MainWindow(settings or AppSettings(source="grey"), opener)
        qtbot.addWidget(window, before_close_func=lambda _: opener.gate.set())
        window.resize(1280, 720)
        window.show()
        return window

    return make


@pytest.fixture
def window(make_window):
    return make_window()


@pytest.fixture
def playing(window, qtbot):
    window.open("grey")
    wait_for_picture(window, qtbot)
    return window


def wait_for_picture(window, qtbot):
    qtbot.waitUntil(lambda: window.parts.status.people.text() != "–")


def wait_for_state(window, qtbot, state):
    qtbot.waitUntil(lambda: window.control.state is state)


def is_showing_picture(window):
    return window.parts.picture.overlay.isVisible()


def key(qtbot, window, key, modifier=Qt.KeyboardModifier.NoModifier):
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)  # shortcuts need it
    qtbot.keyClick(window, key, modifier)


def test_frames_and_people_reach_the_picture(playing, opener):
    overlay = playing.parts.picture.overlay
    assert is_showing_picture(playing)
    joints = overlay.letterbox.to_view(opener.people.joints_px(grey_frame().camera))
    image = overlay.grab().toImage()
    bone = list(opener.people.skeleton.bones[FREE_BONE])
    for person in (0, 1):
        spot = np.round(joints[person, bone].mean(axis=0)).astype(int)
        seen, expected = image.pixelColor(QPoint(*spot)), theme.person_colour(person)
        assert abs(seen.hue() - expected.hue()) < 12 and seen.saturation() > 60


def test_people_reach_the_3d_view(needs_opengl, playing, opener):
    from das_app.gui.body_mesh import body_mesh

    ground = np.zeros(3)
    expected = body_mesh(opener.people, np.zeros((2, 3)), ground)
    shown = playing.parts.scene.view.content.bodies.mesh
    assert np.array_equal(shown.vertices["a_position"], expected.vertices["a_position"])


def test_figures(playing, qtbot):
    status = playing.parts.status
    assert status.source.text() == "grey" and status.engine.text() == "fake · CPU"
    assert status.size.text() == "320×180" and status.people.text() == "2"
    qtbot.waitUntil(lambda: status.capture.text() != "–")
    assert status.capture.text().endswith(" fps") and status.latency.text().endswith(" ms")
    assert playing.windowTitle() == "grey — DAS Capture"


def test_before_anything_is_open_there_are_words_and_ways_on(window, qtbot, opener):
    assert not is_showing_picture(window)
    assert window.parts.picture.empty.title == "Nothing is playing"
    window.parts.picture.empty.demo_requested.emit()
    wait_for_picture(window, qtbot)
    assert opener.sources[-1].name == "demo"


def test_while_a_source_opens_the_window_says_so_and_lives(window, qtbot, opener):
    opener.gate.clear()
    window.open("0")
    assert window.parts.picture.empty.title == "Opening camera 0 …"
    ticks = []
    window.poll.timeout.connect(lambda: ticks.append(1))
    qtbot.waitUntil(lambda: len(ticks) > 3)  # the event loop turns meanwhile
    opener.gate.set()
    wait_for_picture(window, qtbot)


def test_pause_and_play(playing, qtbot):
    key(qtbot, playing, Qt.Key.Key_Space)
    wait_for_state(playing, qtbot, PipelineState.PAUSED)
    assert playing.control.bridge.current.pipeline.state is PipelineState.PAUSED
    assert is_showing_picture(playing)
    key(qtbot, playing, Qt.Key.Key_Space)
    wait_for_state(playing, qtbot, PipelineState.RUNNING)


def test_stop_and_play_again(playing, qtbot, opener):
    qtbot.mouseClick(playing.parts.controls.buttons["stop"], Qt.MouseButton.LeftButton)
    wait_for_state(playing, qtbot, PipelineState.STOPPED)
    assert opener.sources[0].is_closed and not is_showing_picture(playing)
    assert playing.parts.status.people.text() == "–"
    assert playing.parts.picture.empty.title == "Nothing is playing"
    qtbot.mouseClick(playing.parts.controls.buttons["play"], Qt.MouseButton.LeftButton)
    wait_for_picture(playing, qtbot)
    assert [source.name for source in opener.sources] == ["grey", "grey"]


def test_another_source(playing, qtbot, opener):
    playing.open("second")
    qtbot.waitUntil(lambda: playing.parts.status.source.text() == "second")
    wait_for_picture(playing, qtbot)
    assert opener.sources[0].is_closed
    assert playing.settings.source == "second"


def test_a_dropped_file_is_opened(playing, qtbot, opener, tmp_path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "walk.mp4"))])
    playing.dropEvent(
        QDropEvent(QPointF(10, 10), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
                   Qt.KeyboardModifier.NoModifier)
    )  # fmt: skip
    qtbot.waitUntil(lambda: len(opener.sources) == 2)
    assert opener.sources[1].name == str(tmp_path / "walk.mp4")
    wait_for_picture(playing, qtbot)


def test_threshold_hides_people_at_once_even_while_paused(playing, qtbot):
    playing.control.bridge.current.pipeline.set_paused(True)
    wait_for_state(playing, qtbot, PipelineState.PAUSED)
    playing.parts.controls.threshold.setValue(80)
    assert playing.parts.status.people.text() == "1"
    assert playing.settings.score_threshold == 0.8
    playing.parts.controls.threshold.setValue(90)
    assert playing.parts.status.people.text() == "0"
    playing.parts.controls.threshold.setValue(10)
    assert playing.parts.status.people.text() == "2"


def test_field_of_view_reaches_the_frames(playing, qtbot, opener):
    controls = playing.parts.controls
    assert controls.focal.text() == f"f {Camera.from_fov(SIZE).focal_px:.0f} px, assumed"
    controls.fov.setValue(90.0)
    assert controls.focal.text() == "f 160 px, assumed"
    assert opener.sources[0].intrinsics.fov_deg == 90.0
    overlay = playing.parts.picture.overlay
    qtbot.waitUntil(lambda: overlay.frame.camera.fov_deg == pytest.approx(90.0))
    assert playing.settings.fov_deg == 90.0


def test_a_calibrated_lens_is_shown_and_not_changed(make_window, qtbot, tmp_path):
    file = tmp_path / "lens.json"
    file.write_text('{"fx": 160, "fy": 160, "cx": 160, "cy": 90, "width": 320, "height": 180}')
    window = make_window(AppSettings(source="grey", intrinsics_file=file))
    window.open("grey")
    wait_for_picture(window, qtbot)
    assert not window.parts.controls.fov.isEnabled()
    assert window.parts.controls.focal.text().endswith("calibrated")


def test_a_fault_is_shown_until_dismissed_and_the_next_source_opens(playing, qtbot, opener):
    opener.sources[0].error = OSError("unplugged")
    wait_for_state(playing, qtbot, PipelineState.FAULTED)
    assert playing.parts.banner.isVisible() and "unplugged" in playing.parts.banner.text
    assert is_showing_picture(playing)  # the last picture stays
    qtbot.mouseClick(playing.parts.banner.dismiss, Qt.MouseButton.LeftButton)
    assert not playing.parts.banner.isVisible()
    playing.open("grey")
    wait_for_state(playing, qtbot, PipelineState.RUNNING)


def test_what_cannot_be_opened_is_told_and_forgotten_with_the_next(window, qtbot, opener):
    opener.errors["5"] = OSError("camera 5 cannot be opened")
    window.open("5")
    qtbot.waitUntil(window.parts.banner.isVisible)
    assert window.parts.banner.text == "camera 5 cannot be opened"
    assert window.parts.picture.empty.title == "Nothing is playing"
    window.open("grey")
    assert not window.parts.banner.isVisible()
    wait_for_picture(window, qtbot)


def test_files_loop_unless_told_otherwise(make_window, qtbot, opener):
    opener.num_frames = 3
    window = make_window()
    window.open("grey")
    wait_for_picture(window, qtbot)
    qtbot.waitUntil(lambda: opener.sources[0].num_rewound > 1)
    window.parts.controls.buttons["loop"].click()
    wait_for_state(window, qtbot, PipelineState.FINISHED)
    assert is_showing_picture(window)  # the last picture stays


def test_view_keys(needs_opengl, playing, qtbot):
    camera = playing.parts.scene.view.content.camera
    for name, elevation in (("3", 90), ("2", 0)):
        key(qtbot, playing, getattr(Qt.Key, f"Key_{name}"))
        qtbot.waitUntil(lambda expected=elevation: camera.elevation == expected)


def test_the_chart_opens_and_draws(playing, qtbot):
    assert not playing.parts.chart.isVisible()
    key(qtbot, playing, Qt.Key.Key_T)
    qtbot.waitUntil(playing.parts.chart.isVisible)
    curve = playing.parts.chart.listDataItems()[0]
    qtbot.waitUntil(lambda: curve.getData()[0] is not None and len(curve.getData()[0]) > 1)


def test_full_screen_and_back(window, qtbot):
    key(qtbot, window, Qt.Key.Key_F11)
    qtbot.waitUntil(window.isFullScreen)
    assert window.actions_by_name["full-screen"].isChecked()
    key(qtbot, window, Qt.Key.Key_F11)
    qtbot.waitUntil(lambda: not window.isFullScreen())


def test_a_presentation_shows_the_panes_alone_and_ends_with_escape(playing, qtbot):
    playing.actions_by_name["timing"].trigger()
    parts = playing.parts
    hidden = (playing.menuBar(), parts.controls, parts.welcome, parts.chart, playing.statusBar())
    qtbot.waitUntil(playing.parts.chart.isVisible)
    assert all(widget.isVisible() for widget in hidden)
    key(qtbot, playing, Qt.Key.Key_F5)
    qtbot.waitUntil(playing.isFullScreen)
    assert not any(widget.isVisible() for widget in hidden)
    assert playing.parts.picture.isVisible() and playing.parts.scene.isVisible()
    key(qtbot, playing, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not playing.isFullScreen())
    assert all(widget.isVisible() for widget in hidden)


def test_leaving_full_screen_ends_the_presentation(window, qtbot):
    presentation = window.actions_by_name["presentation"]
    presentation.trigger()
    window.actions_by_name["full-screen"].trigger()
    assert window.parts.controls.isVisible() and not presentation.isChecked()


def test_the_three_hints_stay_until_they_are_put_away(window, make_window, qtbot):
    assert window.parts.welcome.isVisible()
    qtbot.mouseClick(window.parts.welcome.seen, Qt.MouseButton.LeftButton)
    assert not window.parts.welcome.isVisible() and window.settings.has_seen_welcome
    assert not make_window(window.settings).parts.welcome.isVisible()


def test_what_was_opened_is_offered_again(playing, qtbot):
    playing.open("/clips/walk.mp4")
    qtbot.waitUntil(lambda: "/clips/walk.mp4" in playing.settings.recent_sources)
    playing.recent_menu.aboutToShow.emit()
    first = playing.recent_menu.actions()[0]
    assert first.text() == "walk.mp4"
    playing.open("2")  # cameras have a menu of their own
    qtbot.waitUntil(lambda: playing.parts.status.source.text() == "2")
    assert "2" not in playing.settings.recent_sources
    first.trigger()
    qtbot.waitUntil(lambda: playing.parts.status.source.text() == "/clips/walk.mp4")


def test_model_and_device_change_while_it_runs(playing, qtbot, opener):
    panel = playing.parts.model_panel
    panel.model_chosen.emit(Path("/models/other.onnx"))
    qtbot.waitUntil(lambda: playing.parts.status.engine.text() == "other · CPU")
    assert panel.model.currentText() == "other" and panel.engine.text() == "In use: other · CPU"
    panel.device_chosen.emit(Device.CUDA)
    qtbot.waitUntil(lambda: playing.parts.status.engine.text() == "other · CUDA")
    assert panel.device.currentData() == Device.CUDA
    assert len(opener.sources) == 1 and playing.control.state is PipelineState.RUNNING


def test_a_model_that_does_not_load_is_told_and_the_former_stays(playing, qtbot, opener):
    opener.errors["bad"] = ValueError("bad.onnx: not a DAS model")
    playing.parts.model_panel.model_chosen.emit(Path("bad.onnx"))
    qtbot.waitUntil(playing.parts.banner.isVisible)
    assert playing.parts.banner.text == "bad.onnx: not a DAS model"
    assert playing.settings.model_file is None
    assert playing.parts.status.engine.text() == "fake · CPU"
    assert playing.parts.model_panel.model.currentText() == "das-lite"
    assert playing.control.state is PipelineState.RUNNING


def test_a_device_that_does_not_start_is_told(window, qtbot, opener):
    opener.note = "The model runs on the CPU: no NVIDIA driver."
    window.open("grey")
    qtbot.waitUntil(window.parts.banner.isVisible)
    assert window.parts.banner.text == opener.note


def test_detail_reaches_the_model_and_its_cost_is_shown(playing, qtbot):
    panel = playing.parts.model_panel
    panel.input_scale.setValue(panel.input_scale.minimum())
    estimator = playing.control.bridge.current.model.estimator
    assert estimator.scale == playing.settings.input_scale == 0.5
    qtbot.waitUntil(lambda: panel.cost.text().startswith("160×90 px"))
    qtbot.waitUntil(lambda: "ms a picture" in panel.cost.text())
    playing.parts.model_panel.model_chosen.emit(Path("other.onnx"))
    qtbot.waitUntil(lambda: playing.parts.status.engine.text() == "other · CPU")
    assert playing.control.bridge.current.model.estimator.scale == 0.5


def test_the_look_is_kept_and_shown(window, qtbot, themed):
    light = window.look_menu.actions()[2]
    icon = window.actions_by_name["file"].icon().cacheKey()
    light.trigger()
    assert window.settings.look is Look.LIGHT
    assert window.palette().window().color() == QColor(LIGHT.surface)
    assert window.actions_by_name["file"].icon().cacheKey() != icon
    window.look_menu.actions()[1].trigger()
    assert window.palette().window().color() == QColor(DARK.surface)
    assert window.actions_by_name["file"].icon().cacheKey() == icon


def test_confidence_reaches_the_tracker(playing):
    playing.parts.controls.threshold.setValue(60)
    options = playing.control.pipeline._people_over_time.options
    assert options.tracking.birth_score == 0.6


def test_a_file_at_its_end_plays_again(make_window, qtbot, opener):
    opener.num_frames = 2
    window = make_window(AppSettings(source="grey", is_looping=False))
    window.open("grey")
    wait_for_state(window, qtbot, PipelineState.FINISHED)
    window.actions_by_name["play"].trigger()
    qtbot.waitUntil(lambda: opener.sources[0].num_rewound == 1)
    assert len(opener.sources) == 1


def test_the_layout_is_kept(make_window, qtbot):
    first = make_window()
    first.resize(1111, 666)
    first.actions_by_name["model"].trigger()
    qtbot.waitUntil(first.parts.model_panel.isVisible)
    first.close()
    second = make_window(first.settings)
    assert second.parts.model_panel.isVisible() and second.actions_by_name["model"].isChecked()
    assert not second.parts.chart.isVisible()


def test_a_closed_dock_unchecks_its_action(window, qtbot):
    action = window.actions_by_name["model"]
    action.trigger()
    dock = window.parts.model_panel.parentWidget()
    assert dock.isVisible()
    dock.close()
    assert not action.isChecked()
    action.trigger()
    assert dock.isVisible()


def test_a_number_can_be_typed_although_digits_are_shortcuts(playing, qtbot, monkeypatch):
    asked = []
    monkeypatch.setattr(playing.parts.scene.view, "look_from", asked.append)
    field = playing.parts.controls.fov
    playing.activateWindow()
    qtbot.waitUntil(playing.isActiveWindow)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "123")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert playing.settings.fov_deg == 123.0 and not field.hasFocus()
    qtbot.wait(150)  # a shortcut's click takes 100 ms
    assert not asked


def test_closing_ends_every_thread(make_window, qtbot, opener):
    before = set(threading.enumerate())
    window = make_window()
    window.open("grey")
    wait_for_picture(window, qtbot)
    assert len(set(threading.enumerate()) - before) == 3
    key(qtbot, window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert not window.isVisible()
    assert set(threading.enumerate()) == before
    assert opener.sources[0].is_closed


def test_nothing_is_drawn_without_a_new_result(playing, qtbot):
    playing.control.bridge.current.pipeline.set_paused(True)
    wait_for_state(playing, qtbot, PipelineState.PAUSED)
    qtbot.waitUntil(lambda: playing.control.bridge.current.pipeline.results.take(0) is None)
    drawn = []
    playing.parts.picture.overlay.show_people = lambda *args: drawn.append(args)
    ticks = []
    playing.poll.timeout.connect(lambda: ticks.append(1))
    time.sleep(0.05)
    qtbot.waitUntil(lambda: len(ticks) > 5)
    assert not drawn


def test_nobody_in_the_picture(make_window, qtbot, opener):
    opener.people = People.empty()
    window = make_window()
    window.open("grey")
    wait_for_picture(window, qtbot)
    assert window.parts.status.people.text() == "0" and is_showing_picture(window)
    middle = window.parts.picture.overlay.grab().toImage().pixelColor(
        window.parts.picture.overlay.rect().center()
    )
    assert middle != QColor(theme.GROUND)
