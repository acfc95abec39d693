import json

import cv2
import numpy as np
import platformdirs
import pytest

from das_app.lens.calibration_files import (
    cameras_in,
    forget_calibration,
    kept_calibration,
    load_intrinsics,
    load_intrinsics_by_name,
    save_calibration,
)
from das_model.camera import Camera

VALUES = {"fx": 900.0, "fy": 910.0, "cx": 639.0, "cy": 361.0, "width": 1280, "height": 720}


def write(path, values):
    path.write_text(json.dumps(values))
    return path


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
    assert camera.K[0, 0] == 500
    assert camera.K[1, 1] == 501
    assert camera.size == (640, 480)
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
        ([1, 2], "not laid out as a calibration"),
        (None, "not laid out as a calibration"),
        ("x", "not laid out as a calibration"),
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
    with pytest.raises(ValueError, match=r"bad.jpg"):
        load_intrinsics_by_name(path)


TOML = """
[cam_01]
name = "cam_01"
size = [ 1088.0, 1920.0]
matrix = [ [ 1681.2, 0.0, 532.9], [ 0.0, 1681.1, 948.1], [ 0.0, 0.0, 1.0]]
distortions = [ -0.07, 0.02, 9.5e-06, 1.0e-05]
rotation = [ 1.7, 1.0, -0.4]
translation = [ 0.3, 0.9, 2.9]
fisheye = false
"""
SECOND = (
    TOML.replace("cam_01", "side view")
    .replace("1681.2", "900.5")
    .replace("[side view]", '["side view"]')
)
SIZE = (640, 480)
METADATA = "[metadata]\nadjusted = false\nerror = 0.0\n"


def test_toml_of_pose2sim_and_sports2d(tmp_path):
    path = tmp_path / "Calib.toml"
    path.write_text(TOML + METADATA)
    lens = load_intrinsics(path)
    assert lens.calibrated.size == (1088, 1920)
    assert lens.calibrated.K.tolist() == [[1681.2, 0, 532.9], [0, 1681.1, 948.1], [0, 0, 1]]
    assert lens.calibrated.distortion.tolist() == [-0.07, 0.02, 9.5e-06, 1.0e-05, 0]
    assert "Calib.toml" in lens.label


def test_toml_with_several_cameras_asks_for_one_by_name(tmp_path):
    path = tmp_path / "Calib.toml"
    path.write_text(TOML + SECOND + METADATA)
    assert cameras_in(path) == ("cam_01", "side view")
    with pytest.raises(ValueError, match=r"2 cameras.*cam_01, side view"):
        load_intrinsics(path)
    assert load_intrinsics(path, "side view").calibrated.K[0, 0] == 900.5
    with pytest.raises(ValueError, match="no camera top"):
        load_intrinsics(path, "top")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (METADATA, "matrix"),
        (TOML.replace("fisheye = false", "fisheye = true"), "fisheye"),
        (TOML.replace("size", "sizes"), "size"),
        (TOML.replace("-0.07, 0.02,", "-0.07, 0.02, 0, 0, 0, 0.5,"), "distortion"),
        ("[cam", "cam.toml"),
        ("[cam]\nsize = [1]\nmatrix = [[1]]", "not laid out as a calibration"),
        ("[cam]\nsize = 9\nmatrix = [[1]]", "not laid out as a calibration"),
        ("[cam]\nsize = [640, 480]\nmatrix = [1, 2, 3]", "not laid out as a calibration"),
    ],
)
def test_broken_toml_is_refused_with_the_reason(tmp_path, text, word):
    path = tmp_path / "cam.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=word):
        load_intrinsics(path)


def test_files_of_one_camera_list_none(tmp_path):
    assert cameras_in(tmp_path / "cam.json") == ()
    with pytest.raises(ValueError, match=r"gone.toml"):
        cameras_in(tmp_path / "gone.toml")


@pytest.fixture
def config_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(platformdirs, "user_config_path", lambda *a, **k: tmp_path / "config")
    return tmp_path / "config"


def test_calibrations_are_kept_per_camera(config_folder):
    names = ("HD Webcam C920", "HD-Webcam-C920", "カメラ")  # two of them look alike on disk
    assert [kept_calibration(name, SIZE) for name in names] == [None] * 3
    for k, name in enumerate(names):
        K = Camera.from_fov((640, 480), 50.0 + k).K
        save_calibration(name, Camera(K, (640, 480), np.array([0.1, 0, 0, 0, k])), 0.3)
    for k, name in enumerate(names):
        lens = kept_calibration(name, SIZE)
        assert lens.calibrated.fov_deg == pytest.approx(50 + k)
        assert lens.calibrated.distortion.tolist() == [0.1, 0, 0, 0, k]
        assert name in lens.label
    forget_calibration(names[0])
    forget_calibration(names[0])
    assert kept_calibration(names[0], SIZE) is None
    assert kept_calibration(names[1], SIZE) is not None
    assert all(path.parent == config_folder / "cameras" for path in config_folder.rglob("*.json"))


def test_a_kept_calibration_is_scaled_and_not_used_for_another_shape(config_folder):
    save_calibration("desk", Camera.from_fov((640, 480), 50.0), 0.3)
    lens = kept_calibration("desk", (1280, 960))
    assert lens.camera_for((1280, 960)).fov_deg == pytest.approx(50)
    assert kept_calibration("desk", (1280, 720)) is None


def test_a_new_calibration_replaces_the_former_and_says_how_good_it_is(config_folder):
    save_calibration("desk", Camera.from_fov((640, 480), 50.0), 0.9)
    path = save_calibration("desk", Camera.from_fov((640, 480), 70.0), 0.25)
    assert kept_calibration("desk", SIZE).calibrated.fov_deg == pytest.approx(70)
    values = json.loads(path.read_text())
    assert values["reprojection_error_px"] == 0.25
    assert values["camera"] == "desk"
    assert list(path.parent.iterdir()) == [path]


def opencv_yaml(K="600., 0., 320., 0., 600., 240., 0., 0., 1.", width="640", more=""):
    return (
        f"%YAML:1.0\n---\nimage_width: {width}\nimage_height: 480\n"
        "camera_matrix: !!opencv-matrix\n   rows: 3\n   cols: 3\n   dt: d\n"
        f"   data: [ {K} ]\n{more}"
    )


def test_yaml_as_ros_writes_it(tmp_path):
    path = tmp_path / "ost.yaml"
    path.write_text(
        "image_width: 640\nimage_height: 480\ncamera_name: left\ncamera_matrix:\n  rows: 3\n"
        "  cols: 3\n  data: [600.5, 0, 320,\n         0, 601, 240,\n         0, 0, 1]\n"
        "distortion_model: plumb_bob\ndistortion_coefficients:\n  rows: 1\n  cols: 5\n"
        "  data: [0.1, -0.2, 0, 0, 0]\n"
    )
    camera = load_intrinsics(path).calibrated
    assert camera.K.tolist() == [[600.5, 0, 320], [0, 601, 240], [0, 0, 1]]
    assert camera.distortion.tolist() == [0.1, -0.2, 0, 0, 0]


NEWLINES = "\n" * ((1 << 20) - 100)
HOSTILE = {
    "empty.yml": "",
    "prose.yml": "this is no YAML, it is a letter",
    "deep.yml": "a: " + "[" * 50_000,
    "indented.yml": "".join(f"{' ' * i}a:\n" for i in range(1000)),
    "dashes.yml": "a: " + "- " * 50_000,
    "cut.xml": '<?xml version="1.0"?><opencv_storage><camera_matrix type_id="opencv-matrix">',
    "deep.xml": "<a>" * 30_000,
    "entities.xml": '<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">]><opencv_storage>&a;</opencv_storage>',
    "packed.yml": b"\x1f\x8b" + bytes(range(100)),
    "rows.yml": opencv_yaml().replace("rows: 3", "rows: 2000000000"),
    "word.yml": opencv_yaml(width="abc"),
    "nan.yml": opencv_yaml(K=".Nan, 0, 320, 0, 600, 240, 0, 0, 1"),
    "skew.yml": opencv_yaml(K="600, 50, 320, 0, 600, 240, 0, 0, 1"),
    "large.json": '{"fx":' + " " * (2 << 20) + "1}",
    "deep.json": "[" * 200_000,
    "digits.json": '{"fx":' + "1" * 5000 + "}",
    "deep.toml": "a=" + "[" * 100_000,
    "keys.toml": "a" + ".a" * 5000 + "=1",
    "long_keys.toml": "a" + ".a" * 500_000 + "=1",  # would need hours
    "lines.xml": f"<opencv_storage><a>{NEWLINES}</a></opencv_storage>",  # needed a minute
}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yml", opencv_yaml(more="fisheye_model: 1\n")),
        ("a.yaml", opencv_yaml(more="distortion_model: equidistant\n")),
        ("a.json", json.dumps(VALUES | {"fisheye": True})),
    ],
)
def test_a_fisheye_lens_is_refused(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(ValueError, match="fisheye lens"):
        load_intrinsics(path)


def test_names_of_cameras_are_shown_without_direction_characters(tmp_path):
    path = tmp_path / "a.toml"
    matrix = "matrix = [[600, 0, 320], [0, 600, 240], [0, 0, 1]]\nsize = [640, 480]\n"
    path.write_text(f'["left\\u202Egnp"]\n{matrix}[right]\n{matrix}')
    assert cameras_in(path) == ("left gnp", "right")
    assert load_intrinsics(path, "left gnp").calibration_name == "left gnp"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_in_words(tmp_path, name):
    path = tmp_path / name
    content = HOSTILE[name]
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ValueError, match=f"intrinsics file .*{name}: .+") as caught:
        load_intrinsics(path)
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("cut", range(0, 330, 6))
@pytest.mark.parametrize("suffix", ["yml", "xml", "json"])
def test_cut_files_are_refused_or_whole(tmp_path, suffix, cut):
    whole, path = tmp_path / f"whole.{suffix}", tmp_path / f"cut.{suffix}"
    storage = cv2.FileStorage(str(whole), cv2.FILE_STORAGE_WRITE)
    storage.write("image_width", 640)
    storage.write("image_height", 480)
    storage.write("camera_matrix", np.array([[500.5, 0, 320], [0, 501, 240], [0, 0, 1]]))
    storage.release()
    path.write_bytes(whole.read_bytes()[:cut])
    try:
        K = load_intrinsics(path).calibrated.K
    except ValueError as error:
        assert str(path) in str(error)
    else:
        assert K.tolist() == [[500.5, 0, 320], [0, 501, 240], [0, 0, 1]]


@pytest.mark.parametrize(
    "change",
    [
        {"fx": 0.19 * 1280},
        {"fx": 20.1 * 1280},
        {"fy": 1e308},
        {"fy": 1e-308},
        {"cx": -1},
        {"cx": 1281},
        {"cy": 721},
        {"cy": -1e308},
        {"width": True},
        {"width": 1e308},
        {"width": 640.5},
        {"height": 40_000},
        {"height": 0},
        {"width": "1280"},
        {"fx": "900"},
        {"fx": True},
        {"distortion": [float("nan")] * 5},
        {"distortion": [1e308, 0, 0, 0]},
        {"distortion": "none"},
        {"cx": float("inf")},
        {"cy": None},
    ],
    ids=str,
)
def test_numbers_that_no_lens_has_are_refused(tmp_path, change):
    assert load_intrinsics(write(tmp_path / "good.json", VALUES)).calibrated is not None
    with pytest.raises(ValueError, match=r"cam.json"):
        load_intrinsics(write(tmp_path / "cam.json", VALUES | change))


@pytest.mark.parametrize(
    "entry",
    [
        "[NaN, 1, 1, 1]",
        "[1e400, 1, 1, 1]",
        "[true, 1, 1, 1]",
        "[0, 1, 1, 1]",
        "[1, -1, 1, 1]",
        f"[{'9' * 400}, 1, 1, 1]",
    ],
)
def test_impossible_entry_by_name_is_named(tmp_path, entry):
    path = tmp_path / "by_name.json"
    path.write_text(f'{{"bad.jpg": {entry}}}')
    with pytest.raises(ValueError, match=r"bad.jpg"):
        load_intrinsics_by_name(path)


def test_a_folder_of_that_name_is_refused(tmp_path):
    (tmp_path / "cam.yml").mkdir()
    with pytest.raises(ValueError, match=r"cam.yml"):
        load_intrinsics(tmp_path / "cam.yml")


def test_a_camera_is_not_named_where_there_is_but_one(tmp_path):
    path = write(tmp_path / "cam.json", VALUES)
    with pytest.raises(ValueError, match="one camera without a name, got 'left'"):
        load_intrinsics(path, "left")
