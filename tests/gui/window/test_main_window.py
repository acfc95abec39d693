import re
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QTextDocumentFragment
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow
from window_fakes import FREE_BONE, SIZE, Opener, grey_frame, people_at

from das_app.gui.lens import lens_presenter
from das_app.gui.scene import scene_view, turntable
from das_app.gui.style import theme
from das_app.gui.style.style_sheet import DARK, LIGHT
from das_app.gui.window.main_window import MainWindow
from das_app.gui.window.window_state import packed_layout, restore_layout
from das_app.lens import calibration_files
from das_app.lens.intrinsics import Intrinsics, LensOrigin
from das_app.messaging.messages import PipelineState
from das_app.settings.app_settings import AppSettings, Device, Look, SourceSettings, ViewSettings
from das_app.sources.addresses import shown_address
from das_model.camera import Camera
from das_model.inference.estimate import Precision
from das_model.inference.mode import Mode
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
        window = MainWindow(settings or AppSettings(source=SourceSettings("grey")), opener)
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
    for person, track_id in enumerate((1, 2)):
        spot = np.round(joints[person, bone].mean(axis=0)).astype(int)
        seen, expected = image.pixelColor(QPoint(*spot)), theme.person_colour(track_id)
        assert abs(seen.hue() - expected.hue()) < 12
        assert seen.saturation() > 60


def test_people_reach_the_3d_view(needs_opengl, playing, opener):
    from das_app.gui.scene.scene_geometry import scene_from_camera

    shown = playing.parts.scene.view.content.people
    assert np.array_equal(shown.joints_m, scene_from_camera(playing.shown.people.joints_cam))
    assert shown.joints_m == pytest.approx(scene_from_camera(opener.people.joints_cam), abs=0.05)
    assert len(shown.bodies.mesh.faces) > 0


def test_figures(playing, qtbot):
    status = playing.parts.status
    assert status.source.text() == "grey"
    assert status.engine.text() == "fake · CPU · auto"
    assert status.picture_size.text() == "320×180"
    assert status.people.text() == "2"
    qtbot.waitUntil(lambda: status.capture.text() != "–")
    assert status.capture.text().endswith(" fps")
    assert status.latency.text().endswith(" ms")
    assert playing.windowTitle() == "grey — DAS Capture"


def test_a_window_is_seen_before_the_rest_of_it_is_made(qtbot, themed, opener, monkeypatch):
    monkeypatch.setattr(scene_view, "opengl_problem", lambda: "not in this test")
    seen, make_the_rest = {}, MainWindow._make_the_rest

    def looking(window):
        dock = window.findChild(QDockWidget, "dock-inspector")
        seen["exposed"] = window.windowHandle().isExposed()
        seen["dock"] = dock.isVisible()
        seen["title"] = window.parts.picture.empty.title
        seen["panels"] = hasattr(window, "panels")
        make_the_rest(window)

    def made(layout="", at_once=False):
        view = ViewSettings(layout=layout)
        settings = AppSettings(source=SourceSettings("grey"), view=view)
        window = MainWindow(settings, opener, at_once)
        qtbot.addWidget(window)
        window.show()
        return window

    former = made()
    former.actions_by_name["inspector"].trigger()
    qtbot.waitUntil(former.panels.inspector_panel.isVisible)
    width = former.findChild(QDockWidget, "dock-inspector").width()
    layout = packed_layout(former)
    former.close()
    monkeypatch.setattr(MainWindow, "_make_the_rest", looking)
    window = made(layout, at_once=True)
    assert seen == {"exposed": True, "dock": True, "title": "Opening grey …", "panels": False}
    assert window.isVisible()
    assert window.panels.inspector_panel.isVisible()
    assert window.findChild(QDockWidget, "dock-inspector").width() == width
    window.open("grey")
    wait_for_picture(window, qtbot)


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


def test_space_presses_the_button_that_tab_reached(playing, qtbot):
    playing.actions_by_name["people"].trigger()
    box = playing.panels.people_panel.smoothing
    was_on = box.isChecked()
    box.click()
    box.setFocus(Qt.FocusReason.MouseFocusReason)  # the mouse leaves Space to playing
    assert box.isChecked() != was_on
    key(qtbot, box, Qt.Key.Key_Space)
    wait_for_state(playing, qtbot, PipelineState.PAUSED)
    assert box.isChecked() != was_on
    key(qtbot, box, Qt.Key.Key_Tab)
    key(qtbot, playing.focusWidget(), Qt.Key.Key_Backtab)
    assert box.hasFocus()
    key(qtbot, box, Qt.Key.Key_Space)
    assert box.isChecked() == was_on
    assert playing.control.state is PipelineState.PAUSED


def test_stop_and_play_again(playing, qtbot, opener):
    qtbot.mouseClick(playing.parts.controls.buttons["stop"], Qt.MouseButton.LeftButton)
    wait_for_state(playing, qtbot, PipelineState.STOPPED)
    assert opener.sources[0].is_closed
    assert not is_showing_picture(playing)
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
    assert playing.settings.source.name == "second"


def test_a_film_plays_that_is_opened_after_one_that_was_over(window, qtbot, opener):
    opener.num_frames = 1
    window.open("picture")
    wait_for_state(window, qtbot, PipelineState.FINISHED)
    opener.num_frames = None
    window.open("film")
    wait_for_state(window, qtbot, PipelineState.RUNNING)
    qtbot.waitUntil(lambda: opener.sources[1].next_index > 5)


def test_a_dropped_file_is_opened(playing, qtbot, opener, tmp_path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "walk.mp4"))])
    playing.dropEvent(
        QDropEvent(
            QPointF(10, 10),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )
    qtbot.waitUntil(lambda: len(opener.sources) == 2)
    assert opener.sources[1].name == str(tmp_path / "walk.mp4")
    wait_for_picture(playing, qtbot)


def test_threshold_hides_people_at_once_even_while_paused(playing, qtbot):
    playing.control.bridge.current.pipeline.set_paused(True)
    wait_for_state(playing, qtbot, PipelineState.PAUSED)
    playing.parts.controls.threshold.setValue(80)
    assert playing.parts.status.people.text() == "1"
    assert playing.settings.people.min_score == 0.8
    playing.parts.controls.threshold.setValue(90)
    assert playing.parts.status.people.text() == "0"
    playing.parts.controls.threshold.setValue(10)  # the model looks again
    qtbot.waitUntil(lambda: playing.parts.status.people.text() == "2")
    assert playing.control.state is PipelineState.PAUSED


def test_field_of_view_reaches_the_frames(playing, qtbot, opener):
    lens, panel = playing.parts.controls.lens, playing.panels.camera_panel
    assumed = f"f {Camera.from_fov(SIZE).focal_px:.0f} px · FOV 60° (assumed)"
    assert lens.text() == panel.lens_text.text() == assumed
    panel.fov.setValue(90.0)
    assert lens.text() == "f 160 px · FOV 90° (field of view as entered)"
    overlay = playing.parts.picture.overlay
    qtbot.waitUntil(lambda: overlay.frame.camera.fov_deg == pytest.approx(90.0))
    assert playing.settings.lens.fov_deg == 90.0
    assert playing.settings.lens.origin is LensOrigin.FOV


def test_a_calibration_file_is_used_or_refused_in_words(playing, qtbot, tmp_path):
    panel, file = playing.panels.camera_panel, tmp_path / "lens.json"
    file.write_text('{"fx": 160, "fy": 160, "cx": 160, "cy": 90, "width": 320, "height": 180}')
    panel.file_chosen.emit(file, "")
    assert playing.settings.lens.file == file
    assert playing.parts.controls.lens.text().endswith("calibrated at 320x180 (lens.json)")
    overlay = playing.parts.picture.overlay
    qtbot.waitUntil(lambda: overlay.frame.camera.focal_px == 160)
    file.write_text('{"fx": 160, "fy": 160, "cx": 90, "cy": 90, "width": 180, "height": 180}')
    panel.file_chosen.emit(file, "")
    assert playing.parts.banner.isVisible()
    assert "aspect ratio" in playing.parts.banner.text
    panel.fov.setValue(70.0)
    assert playing.settings.lens.file is None


def test_a_person_of_known_height_sets_the_lens(playing, qtbot):
    panel = playing.panels.camera_panel
    qtbot.waitUntil(lambda: panel.person.count() == 2)
    panel.person_entered.emit(panel.person.itemData(0), 1750.0, 4200.0)
    assert playing.settings.lens.origin is LensOrigin.PERSON
    assert "person's height" in playing.parts.controls.lens.text()
    panel.person_entered.emit(99, 1750.0, 4000.0)
    assert "99 is not in the picture" in playing.parts.banner.text


def test_the_kept_calibration_of_a_camera_is_used_and_forgotten(
    make_window, qtbot, opener, monkeypatch
):
    kept = {"grey": Intrinsics(calibrated=Camera.from_fov(SIZE, 80.0), calibration_name="grey")}
    for module in (lens_presenter, calibration_files):
        monkeypatch.setattr(module, "kept_calibration", lambda name, size: kept.get(name))
    monkeypatch.setattr(lens_presenter, "forget_calibration", kept.pop)
    opener.is_live = True
    window = make_window()
    window.open("grey")
    wait_for_picture(window, qtbot)
    assert window.parts.controls.lens.text().endswith("(grey)")
    assert window.panels.camera_panel.camera_text.text() == "grey: calibrated"
    window.panels.camera_panel.forget_requested.emit()
    assert window.parts.controls.lens.text().endswith("(assumed)")
    assert window.panels.camera_panel.camera_text.text() == "grey: not calibrated"


def test_the_floor_is_clicked_levelled_and_forgotten(make_window, qtbot, opener):
    camera = grey_frame().camera
    opener.people = people_at((-900, -100, 3000), (900, -100, 3000), (0, -100, 4500))
    window = make_window()
    panel, overlay = window.panels.camera_panel, window.parts.picture.overlay
    window.open("grey")
    wait_for_picture(window, qtbot)
    assert panel.level.isChecked()
    overlay.place_clicked.emit(5.0, 5.0)  # nobody asked for feet
    assert "As clicked" not in panel.floor_text.text()
    panel.click_feet.click()
    overlay.place_clicked.emit(5.0, 5.0)
    assert "there is no foot" in window.parts.banner.text
    ankle = opener.people.skeleton.index("left_ankle")
    for person in range(3):
        place = camera.project(opener.people.joints_cam[person, ankle].astype(float))
        overlay.place_clicked.emit(*place.tolist())
    assert panel.floor_text.text().startswith("As clicked: Lens")
    title = window.parts.scene.findChild(QLabel, "heading")
    assert title.text() == "Levelled to the floor"
    panel.level.click()
    assert title.text() == "Camera space, floor guessed"
    panel.level.click()
    assert title.text() == "Levelled to the floor"
    panel.floor_forgotten.emit()
    assert "As clicked" not in panel.floor_text.text()
    assert not panel.click_feet.isChecked()
    assert title.text() == "Camera space, floor guessed"


def test_smoothing_reaches_the_pipeline_and_is_shown(playing, qtbot, make_window):
    panel = playing.panels.people_panel
    panel.limbs.setValue(0)
    panel.bones.click()
    options = playing.control.pipeline._people_over_time.options
    assert not options.has_steady_bones  # they were on
    assert options.smoothing.limb_strength == 0
    panel.smoothing.click()
    assert playing.control.pipeline._people_over_time.options.smoothing is None
    other = make_window(playing.settings).panels.people_panel
    assert not other.bones.isChecked()
    assert not other.smoothing.isChecked()
    assert other.limbs.value() == 0


def test_hints_stand_above_the_picture(playing, qtbot, opener):
    hint = "The picture is very dark"
    opener.sources[0].grey = 5
    qtbot.waitUntil(lambda: hint in playing.parts.picture.hint)
    playing.actions_by_name["stop"].trigger()
    playing.open("grey")
    assert hint not in playing.parts.picture.hint


def test_a_fault_is_shown_until_dismissed_and_the_next_source_opens(playing, qtbot, opener):
    opener.sources[0].error = OSError("unplugged")
    wait_for_state(playing, qtbot, PipelineState.FAULTED)
    assert playing.parts.banner.isVisible()
    assert "unplugged" in playing.parts.banner.text
    assert is_showing_picture(playing)  # the last picture stays
    qtbot.mouseClick(playing.parts.banner.dismiss, Qt.MouseButton.LeftButton)
    assert not playing.parts.banner.isVisible()
    playing.open("grey")
    wait_for_state(playing, qtbot, PipelineState.RUNNING)


def test_what_cannot_be_opened_is_told_and_forgotten_with_the_next(window, qtbot, opener):
    opener.errors["5"] = OSError("camera 5 cannot be opened")
    window.open("5")
    qtbot.waitUntil(window.parts.banner.isVisible)
    assert window.parts.banner.text == "Camera 5 cannot be opened"
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
    key(qtbot, window, Qt.Key.Key_L)
    wait_for_state(window, qtbot, PipelineState.FINISHED)
    assert is_showing_picture(window)  # the last picture stays


def test_view_keys(needs_opengl, playing, qtbot):
    camera = playing.parts.scene.view.content.camera
    for name, elevation in (("3", 90), ("2", 0)):
        key(qtbot, playing, getattr(Qt.Key, f"Key_{name}"))
        qtbot.waitUntil(
            lambda e=elevation: camera.elevation == pytest.approx(e, abs=0.2), timeout=20_000
        )


def test_the_chart_opens_and_draws(playing, qtbot):
    assert not playing.panels.chart.isVisible()
    key(qtbot, playing, Qt.Key.Key_T)
    qtbot.waitUntil(playing.panels.chart.isVisible)
    curve = playing.panels.chart.chart.listDataItems()[0]
    qtbot.waitUntil(lambda: curve.getData()[0] is not None and len(curve.getData()[0]) > 1)


def test_full_screen_and_back(window, qtbot):
    key(qtbot, window, Qt.Key.Key_F11)
    qtbot.waitUntil(window.isFullScreen)
    assert window.actions_by_name["full-screen"].isChecked()
    key(qtbot, window, Qt.Key.Key_F11)
    qtbot.waitUntil(lambda: not window.isFullScreen())


def test_a_presentation_shows_the_panes_alone_and_ends_with_escape(playing, qtbot):
    playing.actions_by_name["timing"].trigger()
    parts, chart = playing.parts, playing.panels.chart
    hidden = (playing.menuBar(), parts.controls, parts.welcome, chart, playing.statusBar())
    qtbot.waitUntil(chart.isVisible)
    assert all(widget.isVisible() for widget in hidden)
    key(qtbot, playing, Qt.Key.Key_F5)
    qtbot.waitUntil(playing.isFullScreen)
    assert not any(widget.isVisible() for widget in hidden)
    assert playing.parts.picture.isVisible()
    assert playing.parts.scene.isVisible()
    key(qtbot, playing, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not playing.isFullScreen())
    assert all(widget.isVisible() for widget in hidden)


def test_leaving_full_screen_ends_the_presentation(window, qtbot):
    presentation = window.actions_by_name["presentation"]
    presentation.trigger()
    window.actions_by_name["full-screen"].trigger()
    assert window.parts.controls.isVisible()
    assert not presentation.isChecked()


def test_the_three_hints_stay_until_they_are_put_away(window, make_window, qtbot):
    assert window.parts.welcome.isVisible()
    qtbot.mouseClick(window.parts.welcome.seen, Qt.MouseButton.LeftButton)
    assert not window.parts.welcome.isVisible()
    assert window.settings.view.has_seen_welcome
    assert not make_window(window.settings).parts.welcome.isVisible()


def test_what_was_opened_is_offered_again(playing, qtbot):
    playing.open("/clips/walk.mp4")
    qtbot.waitUntil(lambda: "/clips/walk.mp4" in playing.settings.source.recent)
    playing.recent_menu.aboutToShow.emit()
    first = playing.recent_menu.actions()[0]
    assert first.text() == "walk.mp4"
    playing.open("2")  # cameras have a menu of their own
    qtbot.waitUntil(lambda: playing.parts.status.source.text() == "2")
    assert "2" not in playing.settings.source.recent
    first.trigger()
    qtbot.waitUntil(lambda: playing.parts.status.source.text() == "/clips/walk.mp4")


def test_recent_sources_tell_no_password_and_their_names_are_whole(playing, qtbot, opener, caplog):
    for source in ("rtsp://me:secret@cam.local", "/clips/cats & dogs.mp4"):
        playing.open(source)
        qtbot.waitUntil(lambda name=source: name in playing.settings.source.recent)
    playing.recent_menu.fill()
    film, camera = playing.recent_menu.actions()[:2]
    assert playing.recent_menu.toolTipsVisible()
    told = QTextDocumentFragment.fromHtml(film.toolTip()).toPlainText()
    assert told == "/clips/cats & dogs.mp4"
    assert film.text() == "cats && dogs.mp4"  # which Qt shows as one
    shown = camera.text()
    assert re.fullmatch(r"rtsp://cam\.local/… #[0-9a-f]{4}", shown)
    assert camera.toolTip() == shown
    opener.errors["rtsp://me:secret@cam.local"] = OSError("refused")
    camera.trigger()
    assert playing.parts.status.source.text() == f"Opening {shown} …"
    qtbot.waitUntil(lambda: f"{shown} could not be opened" in caplog.text)
    assert "secret" not in caplog.text


def test_model_and_device_change_while_it_runs(playing, qtbot, opener):
    panel = playing.panels.model_panel
    panel.model_chosen.emit(Path("/models/other.onnx"))
    qtbot.waitUntil(lambda: playing.parts.status.engine.text() == "other · CPU · auto")
    assert panel.model.currentText() == "other"
    assert panel.engine.text() == "In use: other · CPU"
    panel.device.activated.emit(panel.device.findData(Device.CUDA))
    qtbot.waitUntil(lambda: playing.parts.status.engine.text() == "other · CUDA · auto")
    assert panel.device.currentData() == Device.CUDA
    panel.mode.activated.emit(panel.mode.findData(Mode.FAST))
    assert playing.control.settings.model.mode is Mode.FAST
    assert len(opener.sources) == 1
    assert playing.control.state is PipelineState.RUNNING


def test_an_engine_that_is_built_is_said_until_it_is_there(playing, qtbot, opener):
    opener.on_engine((320, 192))
    qtbot.waitUntil(playing.parts.banner.isVisible)
    assert playing.parts.banner.text.startswith("TensorRT prepares the model for pictures of 320")
    opener.on_engine(None)
    qtbot.waitUntil(lambda: not playing.parts.banner.isVisible())


def test_numbers_change_while_it_runs(playing, qtbot):
    playing.panels.model_panel.precision_chosen.emit(Precision.FLOAT16)
    qtbot.waitUntil(lambda: playing.control.model.estimator.options.precision == "float16")
    assert playing.panels.model_panel.precision.currentText() == "float16"


def test_a_model_that_does_not_load_is_told_and_the_former_stays(playing, qtbot, opener):
    opener.errors["bad"] = ValueError("bad.onnx: not a DAS model")
    playing.panels.model_panel.model_chosen.emit(Path("bad.onnx"))
    qtbot.waitUntil(playing.parts.banner.isVisible)
    assert playing.parts.banner.text == "bad.onnx: not a DAS model"
    assert playing.settings.model.file is None
    assert playing.parts.status.engine.text() == "fake · CPU · auto"
    assert playing.panels.model_panel.model.currentText() == "das-lite"
    assert playing.control.state is PipelineState.RUNNING


def test_a_device_that_does_not_start_is_told(window, qtbot, opener):
    opener.note = "The model runs on the CPU: no NVIDIA driver."
    window.open("grey")
    qtbot.waitUntil(window.parts.banner.isVisible)
    assert window.parts.banner.text == opener.note


def test_detail_reaches_the_model_and_its_cost_is_shown(playing, qtbot):
    panel = playing.panels.model_panel
    panel.input_scale.setValue(panel.input_scale.minimum())
    estimator = playing.control.bridge.current.model.estimator
    assert estimator.options.input_scale == playing.settings.model.input_scale == 0.5
    qtbot.waitUntil(lambda: panel.cost.text().startswith("160×90 px"))
    qtbot.waitUntil(lambda: "ms a picture" in panel.cost.text())
    playing.panels.model_panel.model_chosen.emit(Path("other.onnx"))
    qtbot.waitUntil(lambda: playing.parts.status.engine.text() == "other · CPU · auto")
    assert playing.control.bridge.current.model.estimator.options.input_scale == 0.5


def test_the_look_is_kept_and_shown(window, qtbot, themed):
    light = window.look_menu.actions()[2]
    icon = window.actions_by_name["file"].icon().cacheKey()
    light.trigger()
    assert window.settings.view.look is Look.LIGHT
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
    window = make_window(AppSettings(source=SourceSettings(name="grey", is_looping=False)))
    window.open("grey")
    wait_for_state(window, qtbot, PipelineState.FINISHED)
    window.actions_by_name["play"].trigger()
    qtbot.waitUntil(lambda: opener.sources[0].num_rewound == 1)
    assert len(opener.sources) == 1


def test_the_picker_opens_with_what_is_kept_and_opens_what_is_chosen(playing, qtbot, monkeypatch):
    picker = playing.parts.picker
    monkeypatch.setattr(picker, "rescan", lambda: None)
    key(qtbot, playing, Qt.Key.Key_C)
    qtbot.waitUntil(picker.isVisible)
    assert picker.resolution.currentData() == playing.settings.source.resolution
    picker.mode_changed.emit("640x480", 60.0)
    assert (playing.settings.source.resolution, playing.settings.source.camera_fps) == (
        "640x480",
        60.0,
    )
    picker.demo.click()
    qtbot.waitUntil(lambda: playing.parts.status.source.text() == "demo")
    assert not picker.isVisible()


def test_the_bar_of_a_film_follows_and_steers_it(make_window, qtbot, opener):
    opener.num_frames, opener.duration_s = 400, 4.0
    window = make_window(AppSettings(source=SourceSettings(name="grey", is_looping=False)))
    player = window.parts.player
    window.open("grey")
    qtbot.waitUntil(player.isVisible)
    key(qtbot, window, Qt.Key.Key_Comma)
    wait_for_state(window, qtbot, PipelineState.PAUSED)
    player.slider.setValue(2000)
    overlay = window.parts.picture.overlay
    qtbot.waitUntil(lambda: overlay.frame is not None and overlay.frame.index == 200)
    assert player.place.text().endswith("201/400")
    key(qtbot, window, Qt.Key.Key_Period)
    qtbot.waitUntil(lambda: overlay.frame.index == 201)
    key(qtbot, window, Qt.Key.Key_Comma)
    qtbot.waitUntil(lambda: overlay.frame.index == 200)
    player.loop.click()
    assert window.settings.source.is_looping
    assert window.actions_by_name["loop"].isChecked()
    player.speed_changed.emit(2.0)
    assert window.control.pipeline._playback._pacer._speed == 2.0
    window.actions_by_name["stop"].trigger()
    wait_for_state(window, qtbot, PipelineState.STOPPED)
    assert not player.isVisible()


def test_a_camera_that_went_away_is_told_until_it_is_back(playing, qtbot):
    playing.control.bridge.state_changed.emit(PipelineState.RECONNECTING, "desk: no picture")
    assert playing.parts.banner.isVisible()
    assert playing.parts.banner.text == "desk: no picture"
    playing.control.bridge.state_changed.emit(PipelineState.RUNNING, "desk is back")
    assert not playing.parts.banner.isVisible()


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("labels", "has_labels"),
        ("trails", "has_trails"),
        ("offsets", "has_offsets"),
        ("heat-map", "has_heat_map"),
    ],
)
def test_what_lies_over_the_picture_is_switched_and_kept(playing, qtbot, make_window, name, field):
    action, overlay = playing.actions_by_name[name], playing.parts.picture.overlay
    was_on = action.isChecked()
    action.trigger()
    assert getattr(playing.settings.view, field) is not was_on
    assert getattr(overlay._options, field, not was_on) is not was_on
    estimator = playing.control.bridge.current.model.estimator
    assert estimator.options.has_centre_map is playing.settings.view.has_heat_map
    other = make_window(playing.settings)
    assert other.actions_by_name[name].isChecked() is not was_on


def test_what_the_3d_view_shows_is_switched_and_kept(needs_opengl, playing, make_window):
    for name, field in (("shadows", "has_shadows"), ("frustum", "has_frustum")):
        was_on = playing.actions_by_name[name].isChecked()
        playing.actions_by_name[name].trigger()
        assert getattr(playing.settings.view, field) is not was_on
        other = make_window(playing.settings)
        assert other.actions_by_name[name].isChecked() is not was_on


def test_true_depth_is_drawn_by_the_3d_view_and_kept(needs_opengl, playing, make_window, qtbot):
    overlay, action = playing.parts.picture.overlay, playing.actions_by_name["depth"]
    playing.control.play_or_pause()
    qtbot.waitUntil(lambda: playing.control.state is PipelineState.PAUSED)
    flat = overlay.current_layer()
    action.trigger()
    assert playing.settings.view.has_depth
    assert playing.parts.scene.view.content is not None
    assert overlay.current_layer() != flat
    assert make_window(playing.settings).actions_by_name["depth"].isChecked()
    playing.parts.scene.view._on_draw_error(RuntimeError("the driver is gone"))
    assert not action.isEnabled()  # nothing could draw it
    overlay._layer_key = None
    assert overlay.current_layer() == flat


def test_true_depth_waits_for_the_3d_view(needs_opengl, window, qtbot, monkeypatch):
    monkeypatch.setattr(scene_view, "_SOON_MS", 3_600_000)  # it is not made by itself
    window.actions_by_name["depth"].trigger()
    window.open("grey")
    wait_for_picture(window, qtbot)
    window.control.play_or_pause()
    qtbot.waitUntil(lambda: window.control.state is PipelineState.PAUSED)
    view, overlay = window.parts.scene.view, window.parts.picture.overlay
    assert view._content is None
    flat = overlay.current_layer()
    assert view.content is not None
    assert overlay.current_layer() != flat


def test_panes_come_back_into_their_windows(make_window):
    first = make_window()
    first.actions_by_name["scene-window"].trigger()
    first.close()
    assert [text.split()[0] for text in first.settings.view.windows] == ["scene"]
    second = make_window(first.settings)
    second.restore_windows()
    assert list(second.parts.layouts.windows) == ["scene"]
    assert second.parts.scene.window() is not second
    second.parts.scene.window().close()
    second.close()
    assert second.settings.view.windows == ()


def test_the_layout_is_kept(make_window, qtbot):
    first = make_window()
    first.resize(1111, 666)
    first.actions_by_name["model"].trigger()
    qtbot.waitUntil(first.panels.model_panel.isVisible)
    first.close()
    second = make_window(first.settings)
    assert second.panels.model_panel.isVisible()
    assert second.actions_by_name["model"].isChecked()
    assert not second.panels.chart.isVisible()


def test_a_closed_dock_unchecks_its_action(window, qtbot):
    action = window.actions_by_name["model"]
    action.trigger()
    dock = window.findChild(QDockWidget, "dock-model")
    assert dock.isVisible()
    dock.close()
    assert not action.isChecked()
    action.trigger()
    assert dock.isVisible()


def test_a_number_can_be_typed_although_digits_are_shortcuts(playing, qtbot, monkeypatch):
    asked = []
    monkeypatch.setattr(playing.parts.scene.view, "look_from", lambda *args: asked.append(args))
    playing.actions_by_name["lens"].trigger()
    field = playing.panels.camera_panel.fov
    playing.activateWindow()
    qtbot.waitUntil(playing.isActiveWindow)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "123")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert playing.settings.lens.fov_deg == 123.0
    qtbot.wait(150)  # a shortcut's click takes 100 ms
    assert not asked


def test_closing_ends_every_thread(make_window, qtbot, opener):
    before = set(threading.enumerate())
    window = make_window()
    window.open("grey")
    wait_for_picture(window, qtbot)
    names = {thread.name for thread in set(threading.enumerate()) - before}
    live = {"das-capture", "das-inference", "das-bridge"}
    assert live <= names <= live | {"das-floor"}  # which begins with the first feet
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
    assert len(drawn) < 2  # one may have been under way


def test_nobody_in_the_picture(make_window, qtbot, opener):
    opener.people = People.empty()
    window = make_window()
    window.open("grey")
    wait_for_picture(window, qtbot)
    assert window.parts.status.people.text() == "0"
    assert is_showing_picture(window)
    middle = (
        window.parts.picture.overlay.grab()
        .toImage()
        .pixelColor(window.parts.picture.overlay.rect().center())
    )
    assert middle != QColor(theme.stage().ground)


def test_a_turntable_is_filmed_given_up_and_saved(
    needs_opengl, playing, qtbot, tmp_path, monkeypatch
):
    monkeypatch.setattr(turntable, "_TURN_S", 0.2)
    action = playing.actions_by_name["turntable"]
    for name, is_given_up in (("a.mp4", True), ("b.gif", False)):
        file = tmp_path / name
        monkeypatch.setattr(playing.dialogs, "ask_save", lambda *args, file=file: str(file))
        action.trigger()
        assert action.isChecked()
        assert playing.parts.scene.view.content.is_held
        if is_given_up:
            action.trigger()
        qtbot.waitUntil(lambda: not action.isChecked())  # OpenGL in software
        assert file.exists() is not is_given_up
        assert not playing.parts.scene.view.content.is_held


def test_the_inspector_hears_of_people_and_hides_and_follows_them(playing, qtbot, monkeypatch):
    followed = []
    monkeypatch.setattr(playing.parts.scene.view, "set_following", followed.append)
    inspector, overlay = playing.panels.inspector_panel, playing.parts.picture.overlay
    key(qtbot, playing, Qt.Key.Key_I)
    qtbot.waitUntil(lambda: inspector.table.rowCount() == 2)
    first, second = playing.shown.slots.tolist()
    overlay.person_chosen.emit(second)
    assert inspector.chosen == second
    inspector.follow.click()
    assert followed[-1] == second
    inspector.hidden_changed.emit(frozenset({first}))
    qtbot.waitUntil(lambda: len(overlay._shown.people) == 1)
    inspector.hidden_changed.emit(frozenset())
    qtbot.waitUntil(lambda: len(overlay._shown.people) == 2)
    inspector.follow.click()
    assert followed[-1] is None


def test_a_layout_outlives_the_file_of_settings(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(700, 500)
    layout = packed_layout(window)
    assert shown_address(layout) == layout
    other = QMainWindow()
    qtbot.addWidget(other)
    assert restore_layout(other, layout)
    assert other.size() == window.size()
