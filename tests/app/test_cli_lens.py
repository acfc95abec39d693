"""The lens and the smoothing that `das-app capture` works with."""

import json

import cv2
import numpy as np
import pytest
from pipeline_fakes import FakeSource

from das_app.lens import calibration_files
from das_app.session.session import Session
from das_app.session.types import Layer
from das_app.settings.app_settings import AppSettings, LensSettings, PeopleSettings
from das_app.settings.settings_file import save_settings
from das_model.camera import Camera

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
    assert refused.exit_code == 1
    assert "cam_01, cam_02" in refused.stderr
    done = capture("--intrinsics", file, "--intrinsics-camera", "cam_02")
    assert done.exit_code == 0, done.output
    session = Session(tmp_path / "s")
    assert session.camera.focal_px == pytest.approx(35)  # of pictures half as large
    assert session.origin.intrinsics == "calibrated at 64x48 (cam_02)"


def test_a_lens_kept_in_the_settings_gives_way_to_the_command_line(capture, tmp_path):
    file = tmp_path / "Calib.toml"
    file.write_text(TWO_CAMERAS)
    kept = AppSettings(lens=LensSettings(file=file, camera="cam_02"))
    save_settings(kept, tmp_path / "settings.toml")
    done = capture("--fov", 75)
    assert done.exit_code == 0, done.output
    assert Session(tmp_path / "s").origin.intrinsics == "FOV 75° (field of view as entered)"


@pytest.mark.parametrize("is_smoothing", [True, False])
def test_poses_are_shown_as_the_settings_have_it_and_kept_raw(capture, tmp_path, is_smoothing):
    save_settings(
        AppSettings(people=PeopleSettings(is_smoothing=is_smoothing)), tmp_path / "settings.toml"
    )
    assert capture().exit_code == 0
    session = Session(tmp_path / "s")
    raw = [p.people.joints_cam[0, 0, 2] for p in session.between(layer=Layer.RAW)]
    shown = [p.people.joints_cam[0, 0, 2] for p in session.between()]
    assert raw == [2000, 2040, 2080]
    assert (shown == raw) is not is_smoothing


@pytest.mark.parametrize(("asked", "fov_deg"), [("", 80), ("file", 50), ("fov", 70)])
def test_the_calibration_kept_for_a_camera_unless_a_lens_is_asked_for(
    command, tmp_path, monkeypatch, asked, fov_deg
):
    monkeypatch.setattr(
        calibration_files.platformdirs, "user_config_path", lambda *_, **__: tmp_path
    )
    source = FakeSource(is_live=True)
    size = FakeSource().read().camera.size
    calibration_files.save_calibration(source.name, Camera.from_fov(size, 80.0), 0.3)
    other = tmp_path / "other.json"
    K = Camera.from_fov(size, 50.0).K
    values = {"fx": K[0, 0], "fy": K[1, 1], "cx": K[0, 2], "cy": K[1, 2]}
    other.write_text(json.dumps({**values, "width": size[0], "height": size[1]}))
    monkeypatch.setattr(
        "das_app.capture.open_source",
        lambda _spec, intrinsics, *_: (setattr(source, "intrinsics", intrinsics), source)[1],
    )
    options = {"": (), "file": ("--intrinsics", other), "fov": ("--fov", 70)}[asked]
    done = command("capture", "0", "-o", tmp_path / "s", "--max-frames", 2, *options)
    assert done.exit_code == 0, done.output
    session = Session(tmp_path / "s")
    assert session.camera.fov_deg == pytest.approx(fov_deg)
    assert session.origin.intrinsics.startswith("FOV" if asked == "fov" else "calibrated")
