"""The lens and the smoothing that `das-app capture` works with."""

import json

import cv2
import numpy as np
import pytest
from pipeline_fakes import FakeSource

from das_app.lens import calibration_files
from das_app.lens.intrinsics import LensOrigin
from das_app.session.session import Session
from das_app.session.types import Layer
from das_app.settings.app_settings import (
    AppSettings,
    IgnoredSettings,
    LensSettings,
    PeopleSettings,
)
from das_app.settings.settings_file import save_settings
from das_app.settings.source_setups import SourceSetup, SourceSetups
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

    def run(*options, session=None):
        source = session or tmp_path / "photos"
        return command("capture", source, "-o", tmp_path / "s", *options)

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


def test_a_lens_kept_of_the_source_gives_way_to_the_command_line(capture, tmp_path):
    photos = tmp_path / "photos"
    setups = SourceSetups()
    setups.of(str(photos), str(photos))
    setups.keep(str(photos), SourceSetup(LensSettings(50.0, LensOrigin.FOV)))
    assert capture().exit_code == 0
    assert Session(tmp_path / "s").origin.intrinsics == "FOV 50° (field of view as entered)"
    done = capture("--fov", 75, "-o", tmp_path / "t")
    assert done.exit_code == 0, done.output
    assert Session(tmp_path / "t").origin.intrinsics == "FOV 75° (field of view as entered)"
    assert SourceSetups().of(str(photos), "").lens.fov_deg == 50.0  # it was not stored


def test_pictures_are_turned_before_the_model_and_the_lens(capture, tmp_path):
    """The calibration is of the pictures as they come, 64 wide; the session says the turn."""
    file = tmp_path / "Calib.toml"
    file.write_text(TWO_CAMERAS)
    one = ("--intrinsics", file, "--intrinsics-camera", "cam_02")
    done = capture(*one, "--turn", 90, "--video")
    assert done.exit_code == 0, done.output
    session = Session(tmp_path / "s")
    assert session.origin.turn_deg == 90
    assert session.camera.size == (24, 32)
    assert session.camera.focal_px == pytest.approx(35)
    assert json.loads((tmp_path / "s" / "session.json").read_text())["source"]["turn_deg"] == 90
    refused = capture("--turn", 90, "-o", tmp_path / "t", session=tmp_path / "s")
    assert "--turn is not for a session" in refused.stderr
    refused = capture("--fov", 90, "-o", tmp_path / "t", session=tmp_path / "s")
    assert "--fov and --intrinsics are not for a session" in refused.stderr


@pytest.mark.parametrize("option", [("--turn", 90), ("--fov", 90), ("--intrinsics", "x.json")])
def test_the_window_refuses_for_a_session_what_it_holds(command, capture, tmp_path, option):
    assert capture("--video").exit_code == 0
    refused = command("--source", tmp_path / "s", *option)
    assert refused.exit_code == 2
    assert option[0] in refused.stderr


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
        "das_app.commands.capture_job.open_source",
        lambda _spec, intrinsics, *_: (setattr(source, "intrinsics", intrinsics), source)[1],
    )
    options = {"": (), "file": ("--intrinsics", other), "fov": ("--fov", 70)}[asked]
    done = command("capture", "0", "-o", tmp_path / "s", "--max-frames", 2, *options)
    assert done.exit_code == 0, done.output
    session = Session(tmp_path / "s")
    assert session.camera.fov_deg == pytest.approx(fov_deg)
    assert session.origin.intrinsics.startswith("FOV" if asked == "fov" else "calibrated")


def test_what_is_ignored_is_said_or_kept_and_the_session_tells_it(capture, tmp_path):
    done = capture("--ignore-zone", "0,0,0.5,1", "--max-distance", 8)
    assert done.exit_code == 0, done.output
    ignored = Session(tmp_path / "s").ignored
    assert len(ignored.zones) == 1
    assert ignored.farthest_mm == 8000.0
    refused = capture("--ignore-zone", "0,0,0.5")
    assert refused.exit_code == 2
    assert "opposite corners" in refused.stderr


def test_what_the_window_ignores_of_a_source_is_ignored_without_it(capture, tmp_path):
    photos = str(tmp_path / "photos")
    kept = SourceSetup(ignored=IgnoredSettings(farthest_m=1.0))
    SourceSetups().keep(photos, kept)
    assert capture().exit_code == 0
    session = Session(tmp_path / "s")
    assert session.origin.ignored == "further than 1 m"
    assert not any(len(poses.people) for poses in session)
