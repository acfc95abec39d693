import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLabel

from das_app.gui.lens.camera_panel import CameraPanel
from das_app.lens.intrinsics import Intrinsics, LensOrigin, fov_from_equivalent, fov_from_focal_px
from das_model.camera import Camera

SIZE = (1280, 720)
TWO_CAMERAS = "".join(
    f'["{name}"]\nsize = [640, 480]\nmatrix = [[500.0, 0, 320], [0, 500.0, 240], [0, 0, 1]]\n'
    "distortions = [0.0, 0.0, 0.0, 0.0]\n"
    for name in ("left", "right")
)


@pytest.fixture
def panel(qtbot, themed):
    panel = CameraPanel()
    qtbot.addWidget(panel)
    panel.show()
    return panel


def click(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_lens_in_use_and_its_source_are_always_said(panel):
    assert "assumed" in panel.lens_text.text()
    panel.set_lens(Intrinsics(), SIZE)
    assert panel.lens_text.text() == "f 1109 px · FOV 60° (assumed)"
    calibrated = Intrinsics(calibrated=Camera.from_fov(SIZE, 71.0), calibration_name="desk.json")
    panel.set_lens(calibrated, SIZE)
    assert "desk.json" in panel.lens_text.text()
    assert "calibrated" in panel.lens_text.text()


def test_the_three_numbers_say_the_same_lens(panel):
    panel.set_lens(Intrinsics(60.0), SIZE)
    assert panel.fov.value() == 60.0
    assert panel.focal.value() == 1109
    assert panel.equivalent.value() == pytest.approx(32.7, abs=0.1)


@pytest.mark.parametrize(
    ("field", "value", "origin", "fov_deg"),
    [
        ("fov", 72.5, LensOrigin.FOV, 72.5),
        ("equivalent", 26.0, LensOrigin.EQUIVALENT_MM, fov_from_equivalent(26.0, SIZE)),
        ("focal", 900.0, LensOrigin.FOCAL_PX, fov_from_focal_px(900.0, SIZE)),
    ],
)
def test_each_number_can_be_entered_and_setting_it_says_nothing(
    panel, qtbot, field, value, origin, fov_deg
):
    with qtbot.assertNotEmitted(panel.fov_entered):
        panel.set_lens(Intrinsics(60.0), SIZE)
    with qtbot.waitSignal(panel.fov_entered) as entered:
        getattr(panel, field).setValue(value)
    assert entered.args[0] == pytest.approx(fov_deg)
    assert entered.args[1] is origin


def test_without_a_picture_only_the_angle_can_be_entered(panel):
    panel.set_lens(Intrinsics(60.0), None)
    assert panel.fov.isEnabled()
    assert not panel.equivalent.isEnabled()
    assert not panel.focal.isEnabled()


def test_a_lens_out_of_range_is_kept_within(panel, qtbot):
    panel.set_lens(Intrinsics(60.0), SIZE)
    with qtbot.waitSignal(panel.fov_entered) as entered:
        panel.focal.setValue(50_000.0)
    assert entered.args[0] == 10.0


def test_a_person_with_height_and_distance(panel, qtbot):
    assert not panel.use_person.isEnabled()
    panel.set_people((3, 7))
    panel.person.setCurrentIndex(1)
    panel.set_people((3, 5, 7))
    assert panel.person.currentData() == 7
    panel.person_height.setValue(1.8)
    panel.distance.setValue(2.5)
    with qtbot.waitSignal(panel.person_entered) as entered:
        click(qtbot, panel.use_person)
    assert entered.args == [7, pytest.approx(1800), pytest.approx(2500)]
    panel.set_people(())
    assert not panel.use_person.isEnabled()


def test_a_file_of_one_camera(panel, qtbot, monkeypatch, tmp_path):
    path = tmp_path / "cam.json"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: (str(path), ""))
    with qtbot.waitSignal(panel.file_chosen) as chosen:
        click(qtbot, panel.open_file)
    assert chosen.args == [path, ""]
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: ("", ""))
    with qtbot.assertNotEmitted(panel.file_chosen):
        click(qtbot, panel.open_file)


def test_a_file_of_several_cameras_asks_which(panel, qtbot, monkeypatch, tmp_path):
    path = tmp_path / "Calib.toml"
    path.write_text(TWO_CAMERAS)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: (str(path), ""))
    asked = []
    monkeypatch.setattr(
        QInputDialog, "getItem", lambda *args: (asked.append(args[3]), ("right", True))[1]
    )
    with qtbot.waitSignal(panel.file_chosen) as chosen:
        click(qtbot, panel.open_file)
    assert chosen.args == [path, "right"]
    assert asked == [("left", "right")]
    monkeypatch.setattr(QInputDialog, "getItem", lambda *args: ("left", False))
    with qtbot.assertNotEmitted(panel.file_chosen):
        click(qtbot, panel.open_file)


def test_a_broken_file_of_several_cameras_is_said(panel, qtbot, monkeypatch, tmp_path):
    path = tmp_path / "Calib.toml"
    path.write_text("[broken")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: (str(path), ""))
    with qtbot.waitSignal(panel.problem_found) as problem:
        click(qtbot, panel.open_file)
    assert "Calib.toml" in problem.args[0]


def test_calibrating_needs_a_camera_and_forgetting_a_calibration(panel, qtbot):
    assert not panel.calibrate.isEnabled()
    assert not panel.forget.isEnabled()
    panel.set_camera("Desk", has_calibration=False)
    assert panel.calibrate.isEnabled()
    assert not panel.forget.isEnabled()
    assert panel.camera_text.text() == "Desk: not calibrated"
    panel.set_camera("Desk", has_calibration=True)
    for button, signal in (
        (panel.calibrate, panel.calibration_requested),
        (panel.forget, panel.forget_requested),
    ):
        with qtbot.waitSignal(signal):
            click(qtbot, button)


def test_floor_buttons_and_toggle(panel, qtbot):
    assert panel.level.isChecked()
    with qtbot.waitSignal(panel.floor_clicks_toggled) as toggled:
        click(qtbot, panel.click_feet)
    assert toggled.args == [True]
    with qtbot.assertNotEmitted(panel.floor_clicks_toggled):
        panel.set_clicking(False)
    assert not panel.click_feet.isChecked()
    with qtbot.assertNotEmitted(panel.levelled_toggled):
        panel.set_floor("lens 1.40 m above it, tilted 12°", is_levelled=True)
    assert panel.level.isChecked()
    assert "1.40 m" in panel.floor_text.text()
    with qtbot.waitSignal(panel.levelled_toggled) as levelled:
        panel.level.click()
    assert levelled.args == [False]
    with qtbot.waitSignal(panel.floor_forgotten):
        click(qtbot, panel.forget_floor)


def test_height_and_tilt_of_the_camera_are_told_or_found(panel, qtbot):
    assert panel.camera_height.text() == panel.camera_tilt.text() == "found from people"
    with qtbot.waitSignal(panel.floor_told) as told:
        panel.camera_height.setValue(1.5)
    assert told.args == [1500.0, None]
    with qtbot.waitSignal(panel.floor_told) as told:
        panel.camera_tilt.setValue(-12.0)
    assert told.args == [1500.0, -12.0]
    with qtbot.assertNotEmitted(panel.floor_told):
        panel.set_told(None, None)
    assert panel.camera_height.text() == panel.camera_tilt.text() == "found from people"


def test_labels_stand_at_the_middle_of_their_fields(panel):
    panel.resize(350, panel.sizeHint().height())  # as it scrolls in its dock
    labels = {label.text(): label for label in panel.findChildren(QLabel)}
    for name, field in (("Field of view", panel.fov), ("Who", panel.person)):
        middle = field.geometry().center().y()
        assert labels[name].geometry().center().y() == pytest.approx(middle, abs=1)
