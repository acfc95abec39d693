import numpy as np
import platformdirs
import pytest
from standing_people import standing, tilted
from window_fakes import Opener

from das_app.gui.scene import scene_view
from das_app.gui.window.main_window import MainWindow
from das_app.messaging.messages import Frame, PoseResult
from das_app.motion.floor_estimate import ToldFloor
from das_app.settings.app_settings import AppSettings, SourceSettings
from das_model.camera import Camera

CAMERA = Camera.from_fov((1280, 720), 60.0)
FLOOR = tilted(12, 0, 1600)


@pytest.fixture
def window(qtbot, themed, tmp_path, monkeypatch):
    monkeypatch.setattr(platformdirs, "user_config_path", lambda *a, **k: tmp_path)
    monkeypatch.setattr(scene_view, "opengl_problem", lambda: "not in this test")
    window = MainWindow(AppSettings(source=SourceSettings("grey")), Opener())
    qtbot.addWidget(window)
    window.show()
    return window


def see(window, people, time_s):
    """As if this came from a model."""
    frame = Frame(0, time_s, np.zeros((720, 1280, 3), np.uint8), CAMERA)
    window.panels.floor._shown.frame = frame
    window.panels.floor._shown.result = PoseResult(frame, people, 0.1, 0.1, people)
    window.panels.floor._shown.show_again()
    window.panels.floor._next_s = 0.0  # now
    window.panels.floor._shown.taken.emit()
    estimating = window.panels.floor._estimating
    assert estimating is None or estimating.wait(10.0)
    window.panels.floor._take_estimate()


def walk(window, num_steps=60, floor=FLOOR):
    rng = np.random.default_rng(0)
    for k in range(num_steps):
        see(window, standing(floor, rng.uniform([-900, 2800], [900, 5500], (3, 2))), k / 5)


def title(window):
    return window.parts.scene._title.text()


def test_the_floor_is_guessed_then_known_and_the_view_levels_itself(window):
    panel = window.panels.camera_panel
    assert "Nobody was seen yet" in panel.floor_text.text()
    walk(window, 1)
    assert panel.floor_text.text().startswith("Guessed: ")
    assert "guessed" in title(window)
    walk(window)
    assert panel.floor_text.text().startswith("Known: Lens 1.6")
    assert title(window) == "Levelled to the floor"
    panel.level.click()
    assert "Camera space" in title(window)
    panel.level.click()
    panel.forget_floor.click()
    assert "Nobody was seen yet" in panel.floor_text.text()
    assert "guessed" in title(window)


def test_the_field_of_view_is_hinted_at_and_never_changed(window):
    panel, lens = window.panels.camera_panel, window.control.lens
    assert "No hint" in panel.fov_hint.text()
    walk(window, floor=tilted(26, 0, 1600))
    hint = panel.fov_hint.text()
    fov_deg = float(hint.split("about ")[1].split("°")[0])
    low, high = map(float, hint.split("likely ")[1].split("°")[0].split(" to "))
    assert low < 60 < high  # what `CAMERA` has
    assert low < fov_deg < high
    assert window.control.lens is lens
    panel.forget_floor.click()
    assert "No hint" in panel.fov_hint.text()


def test_another_source_forgets_the_floor_and_what_was_told(window):
    panel, presenter = window.panels.camera_panel, window.panels.floor
    presenter.tell(ToldFloor(1600.0, 12.0))
    walk(window, 3)
    assert panel.camera_height.value() == 1.6
    window.control.ended.emit()
    assert panel.camera_height.text() == panel.camera_tilt.text() == "found from people"
    assert "Nobody was seen yet" in panel.floor_text.text()


def test_a_camera_of_known_height_has_it(window):
    window.panels.camera_panel.camera_height.setValue(1.8)
    walk(window)
    assert "1.80 m" in window.panels.camera_panel.floor_text.text() or (
        "1.79 m" in window.panels.camera_panel.floor_text.text()
    )


def test_three_clicked_feet_are_the_floor(window):
    places = np.array([[-900.0, 3200], [900, 3600], [0, 5200]])
    people = standing(FLOOR, places)
    see(window, people, 0.0)
    panel, presenter = window.panels.camera_panel, window.panels.floor
    panel.click_feet.click()
    for row in range(3):
        sole = people.joints_cam[row, people.skeleton.index("left_ankle")] - 80 * FLOOR.up
        presenter._on_click(*CAMERA.project(sole))
    assert panel.floor_text.text().startswith("As clicked: ")
    assert title(window) == "Levelled to the floor"


def test_what_is_estimated_of_another_source_is_passed_over(window):
    presenter, panel = window.panels.floor, window.panels.camera_panel
    people = standing(FLOOR, np.array([[0.0, 3000.0], [800.0, 4000.0]]))
    frame = Frame(0, 0.0, np.zeros((720, 1280, 3), np.uint8), CAMERA)
    presenter._shown.frame, presenter._shown.result = (
        frame,
        PoseResult(frame, people, 0.1, 0.1, people),
    )
    presenter._shown.show_again()
    presenter._shown.taken.emit()
    window.control.ended.emit()  # while the thread is at it
    assert presenter._estimating.wait(10.0)
    presenter._take_estimate()
    assert "Nobody was seen yet" in panel.floor_text.text()
