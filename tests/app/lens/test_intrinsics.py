import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from das_app.lens.camera_json import camera_from_json, camera_to_json
from das_app.lens.intrinsics import (
    Intrinsics,
    LensOrigin,
    equivalent_mm,
    fov_from_equivalent,
    fov_from_focal_px,
    kept_label,
)
from das_model.camera import Camera


def test_fov_is_of_the_longer_side():
    lens = Intrinsics(fov_deg=50.0)
    for size in ((640, 480), (480, 640)):
        assert lens.camera_for(size).fov_deg == pytest.approx(50)
        assert lens.camera_for(size).size == size


def test_calibration_is_scaled_to_the_picture_so_that_rays_stay():
    lens = Intrinsics(calibrated=Camera.from_intrinsics(900, 910, 639, 361, (1280, 720)))
    small = lens.camera_for((640, 360))
    point = np.array([120.0, -80.0, 2000.0])
    x, y = lens.calibrated.project(point)
    assert small.project(point) == pytest.approx([(x + 0.5) / 2 - 0.5, (y + 0.5) / 2 - 0.5])


def test_calibration_of_another_aspect_ratio_is_refused_by_name():
    lens = Intrinsics(calibrated=Camera.from_fov((1280, 720)))
    with pytest.raises(ValueError, match=r"1280x720.*640x480"):
        lens.camera_for((640, 480))


def test_fov_out_of_range_is_refused():
    with pytest.raises(ValueError, match="179"):
        Intrinsics(fov_deg=200)


def test_labels_say_what_is_assumed_and_what_is_measured():
    assert Intrinsics().label == "FOV 60° (assumed)"
    assert Intrinsics(51.3, origin=LensOrigin.EQUIVALENT_MM).label == (
        "FOV 51.3° (from the 35 mm equivalent)"
    )
    assert "1280x720" in Intrinsics(calibrated=Camera.from_fov((1280, 720))).label


@pytest.mark.parametrize("origin", list(LensOrigin))
def test_a_label_that_a_session_kept_has_its_parts_again(origin):
    label = Intrinsics(51.3, origin=origin).label
    kept = kept_label("".join(label))
    assert kept == label
    assert (kept.template, kept.fields) == (label.template, label.fields)
    assert kept_label("of another program") == "of another program"


def test_the_line_for_the_window_names_f_and_its_source():
    assert Intrinsics().text_for((1280, 720)) == "f 1109 px · FOV 60° (assumed)"
    assert Intrinsics().text_for(None) == "FOV 60° (assumed)"
    camera = Camera.from_intrinsics(900, 900, 640, 360, (1280, 720))
    lens = Intrinsics(calibrated=camera, calibration_name="desk.json")
    expected = "f 450 px · FOV 70.83°, calibrated at 1280x720 (desk.json)"
    assert lens.text_for((640, 360)) == expected


def test_a_full_frame_picture_has_its_focal_length_as_its_35_mm_equivalent():
    # 36 mm over 3:2 film at 50 mm is 39.6 degrees
    assert fov_from_equivalent(50.0, (3000, 2000)) == pytest.approx(39.598, abs=1e-3)
    assert fov_from_equivalent(50.0, (2000, 3000)) == pytest.approx(39.598, abs=1e-3)
    # a phone's 26 mm in 16:9: the long side of that shape with film's diagonal is 37.7 mm
    assert fov_from_equivalent(26.0, (1920, 1080)) == pytest.approx(71.9, abs=0.05)


@given(st.floats(8, 400), st.tuples(st.integers(64, 4000), st.integers(64, 4000)))
def test_35_mm_equivalents_go_there_and_back(focal_mm, size):
    camera = Camera.from_fov(size, fov_from_equivalent(focal_mm, size))
    assert equivalent_mm(camera) == pytest.approx(focal_mm)


@given(st.floats(50, 20000), st.tuples(st.integers(64, 4000), st.integers(64, 4000)))
def test_pixels_go_there_and_back(focal_px, size):
    fov_deg = fov_from_focal_px(focal_px, size)
    if 1.01 < fov_deg < 178.9:
        assert Camera.from_fov(size, fov_deg).focal_px == pytest.approx(focal_px)


@pytest.mark.parametrize("value", [0.0, -5.0, float("nan")])
def test_focal_lengths_must_be_positive(value):
    with pytest.raises(ValueError, match="positive"):
        fov_from_equivalent(value, (640, 480))
    with pytest.raises(ValueError, match="positive"):
        fov_from_focal_px(value, (640, 480))


@pytest.mark.parametrize("size", [(20, 4000), (4000, 20), (1, 1), (1920, 1080)])
@pytest.mark.parametrize("fov_deg", [2, 60, 178])
def test_cameras_of_pictures_in_any_format_come_back_from_a_session(size, fov_deg):
    camera = Camera.from_fov(size, fov_deg)
    again = camera_from_json(camera_to_json(camera))
    np.testing.assert_allclose(again.K, camera.K)
    assert again.size == size
