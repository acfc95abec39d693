import json

import cv2
import numpy as np
import pytest

from das_app.calibration import Intrinsics, load_intrinsics, load_intrinsics_by_name
from das_model.camera import Camera

VALUES = {"fx": 900.0, "fy": 910.0, "cx": 639.0, "cy": 361.0, "width": 1280, "height": 720}


def write(path, values):
    path.write_text(json.dumps(values))
    return path


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
    with pytest.raises(ValueError, match="1280x720.*640x480"):
        lens.camera_for((640, 480))


def test_fov_out_of_range_is_refused():
    with pytest.raises(ValueError, match="179"):
        Intrinsics(fov_deg=200)


def test_labels_say_what_is_assumed_and_what_is_measured():
    assert Intrinsics().label == "FOV 60° (assumed)"
    assert "1280x720" in Intrinsics(calibrated=Camera.from_fov((1280, 720))).label


def test_json_file(tmp_path):
    path = write(tmp_path / "cam.json", VALUES | {"distortion": [0.1, -0.2, 0.001, 0.002]})
    camera = load_intrinsics(path).calibrated
    assert camera.K == pytest.approx(np.array([[900, 0, 639], [0, 910, 361], [0, 0, 1]]))
    assert camera.size == (1280, 720)
    assert camera.distortion.tolist() == [0.1, -0.2, 0.001, 0.002, 0]


@pytest.mark.parametrize("suffix", ["yml", "yaml", "xml"])
def test_opencv_file(tmp_path, suffix):
    path = tmp_path / f"cam.{suffix}"
    storage = cv2.FileStorage(str(path), cv2.FILE_STORAGE_WRITE)
    storage.write("image_width", 640)
    storage.write("image_height", 480)
    storage.write("camera_matrix", np.array([[500.0, 0, 320], [0, 501, 240], [0, 0, 1]]))
    storage.write("distortion_coefficients", np.array([[0.1, 0.2, 0.0, 0.0, 0.3]]))
    storage.release()
    camera = load_intrinsics(path).calibrated
    assert camera.K[0, 0] == 500 and camera.K[1, 1] == 501 and camera.size == (640, 480)
    assert camera.distortion.tolist() == [0.1, 0.2, 0.0, 0.0, 0.3]


def test_opencv_file_without_a_size_is_refused(tmp_path):
    path = tmp_path / "cam.yml"
    storage = cv2.FileStorage(str(path), cv2.FILE_STORAGE_WRITE)
    storage.write("camera_matrix", np.eye(3))
    storage.release()
    with pytest.raises(ValueError, match="image_width"):
        load_intrinsics(path)


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({k: v for k, v in VALUES.items() if k != "cy"}, "cy"),
        (VALUES | {"fx": -3}, "focal"),
        (VALUES | {"distortion": [1, 2]}, "distortion"),
        (VALUES | {"distortion": [0, 0, 0, 0, 0, 0.5]}, "distortion"),
        (VALUES | {"fx": "wide"}, "wide"),
        ([1, 2], "intrinsics file"),
    ],
)
def test_broken_json_is_refused_with_the_reason(tmp_path, values, word):
    path = write(tmp_path / "cam.json", values)
    with pytest.raises(ValueError, match=word) as caught:
        load_intrinsics(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("name", ["gone.json", "gone.yml"])
def test_missing_file_is_named(tmp_path, name):
    with pytest.raises(ValueError, match=name):
        load_intrinsics(tmp_path / name)


def test_intrinsics_by_name(tmp_path):
    path = write(tmp_path / "by_name.json", {"a/b.jpg": [1000, 1001, 320, 240.5]})
    assert load_intrinsics_by_name(path) == {"a/b.jpg": (1000, 1001, 320, 240.5)}


@pytest.mark.parametrize("entry", [[1, 2, 3], "wide", [1, 2, 3, "x"], None])
def test_broken_entry_by_name_is_named(tmp_path, entry):
    path = write(tmp_path / "by_name.json", {"good.jpg": [1, 1, 1, 1], "bad.jpg": entry})
    with pytest.raises(ValueError, match="bad.jpg"):
        load_intrinsics_by_name(path)
