import numpy as np
import platformdirs
import pytest
from window_fakes import SIZE, Opener, people_at

from das_app.gui.scene import scene_view
from das_app.gui.window.main_window import MainWindow
from das_app.lens.calibration_files import save_calibration
from das_app.settings.app_settings import AppSettings, SourceSettings
from das_model.camera import Camera


@pytest.fixture
def window(qtbot, themed, tmp_path, monkeypatch):
    monkeypatch.setattr(platformdirs, "user_config_path", lambda *a, **k: tmp_path)
    monkeypatch.setattr(scene_view, "opengl_problem", lambda: "not in this test")
    opener = Opener()
    opener.is_live = True
    window = MainWindow(AppSettings(source=SourceSettings("grey")), opener)
    qtbot.addWidget(window)
    window.show()
    window.open("grey")
    qtbot.waitUntil(lambda: window.panels.camera_panel.calibrate.isEnabled())
    return window


def test_the_dialog_gets_the_pictures_and_its_calibration_is_used_at_once(window, qtbot):
    panel, wiring = window.panels.camera_panel, window.panels.lens
    panel.calibrate.click()
    dialog = wiring.dialog
    assert dialog.isVisible()
    assert "grey" in dialog.windowTitle()
    panel.calibration_requested.emit()
    assert wiring.dialog is dialog  # one at a time
    qtbot.waitUntil(lambda: dialog.hint.text() != "")  # pictures are searched
    save_calibration("grey", Camera.from_fov(SIZE, 75.0), 0.2)
    dialog.saved.emit("")
    dialog.accept()
    assert wiring.dialog is None
    assert panel.camera_text.text() == "grey: calibrated"
    overlay = window.parts.picture.overlay
    qtbot.waitUntil(lambda: np.isclose(overlay.frame.camera.fov_deg, 75.0))


def test_another_source_closes_the_dialog(window, qtbot):
    window.panels.camera_panel.calibrate.click()
    assert window.panels.lens.dialog is not None
    window.control.stop()
    assert window.panels.lens.dialog is None
    qtbot.waitUntil(lambda: not window.panels.camera_panel.calibrate.isEnabled())


def test_closing_the_window_ends_a_calibration(window):
    window.panels.camera_panel.calibrate.click()
    dialog = window.panels.lens.dialog
    window.close()
    assert not dialog.isVisible()
    assert window.panels.lens.dialog is None


def test_only_people_with_a_number_are_offered(window, qtbot, monkeypatch):
    panel = window.panels.camera_panel
    qtbot.waitUntil(lambda: window.shown.camera is not None)
    people = people_at((0, 0, 3000), (0, 0, 4000), track_ids=(-1, 3))
    with monkeypatch.context() as patch:
        patch.setattr(type(window.shown), "people", people)
        window.panels.lens.show_people()
    assert [panel.person.itemText(row) for row in range(panel.person.count())] == ["Person 3"]
