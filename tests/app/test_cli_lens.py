"""The lens and the smoothing that `das-app capture` works with."""


import cv2
import numpy as np
import pytest

from das_app.pipeline.session import Session
from das_app.settings import AppSettings, save_settings

TWO_CAMERAS = "".join(
    f"[{name}]\nsize = [64.0, 48.0]\n"
    f"matrix = [[{focal}, 0, 31.5], [0, {focal}, 23.5], [0, 0, 1]]\n"
    "distortions = [0.0, 0.0, 0.0, 0.0]\nfisheye = false\n"
    for name, focal in (("cam_01", 50.0), ("cam_02", 70.0))
)


@pytest.fixture
def capture(command, tmp_path):
    """Captures three images into tmp_path/s with a fake model; returns typer's result."""
    (tmp_path / "photos").mkdir()
    for number in range(3):
        image = np.full((24, 32, 3), 40 * number, np.uint8)
        assert cv2.imwrite(str(tmp_path / "photos" / f"{number}.png"), image)

    def run(*options):
        return command("capture", tmp_path / "photos", "-o", tmp_path / "s", *options)

    return run


def test_a_camera_of_a_calibration_file_with_several(capture, tmp_path):
    file = tmp_path / "Calib.toml"
    file.write_text(TWO_CAMERAS)
    refused = capture("--intrinsics", file)
    assert refused.exit_code == 1 and "cam_01, cam_02" in refused.stderr
    done = capture("--intrinsics", file, "--intrinsics-camera", "cam_02")
    assert done.exit_code == 0, done.output
    session = Session(tmp_path / "s")
    assert session.camera.focal_px == pytest.approx(35)  # of pictures half as large
    assert session.origin.intrinsics == "calibrated at 64x48 (cam_02)"


def test_a_lens_kept_in_the_settings_gives_way_to_the_command_line(capture, tmp_path):
    file = tmp_path / "Calib.toml"
    file.write_text(TWO_CAMERAS)
    kept = AppSettings(intrinsics_file=file, intrinsics_camera="cam_02")
    save_settings(kept, tmp_path / "settings.toml")
    done = capture("--fov", 75)
    assert done.exit_code == 0, done.output
    assert Session(tmp_path / "s").origin.intrinsics == "FOV 75° (field of view as entered)"


@pytest.mark.parametrize("is_smoothing", [True, False])
def test_poses_are_shown_as_the_settings_have_it_and_kept_raw(capture, tmp_path, is_smoothing):
    save_settings(AppSettings(is_smoothing=is_smoothing), tmp_path / "settings.toml")
    assert capture().exit_code == 0
    session = Session(tmp_path / "s")
    raw = [p.people.joints_cam[0, 0, 2] for p in session.between(is_raw=True)]
    shown = [p.people.joints_cam[0, 0, 2] for p in session.between()]
    assert raw == [2000, 2040, 2080]
    assert (shown == raw) is not is_smoothing
