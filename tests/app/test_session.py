import json
from dataclasses import replace

import numpy as np
import pytest
from pipeline_fakes import SIZE, person_at

from das_app.pipeline.messages import Frame, PoseResult
from das_app.pipeline.recorder import Recorder
from das_app.pipeline.session import Session, SessionError, SessionOrigin
from das_model.camera import Camera
from das_model.people import People
from das_model.skeleton import BODY_22

ORIGIN = SessionOrigin(
    source="clip.mp4",
    nominal_fps=29.97,
    intrinsics="FOV 60° (assumed)",
    skeleton=BODY_22,
    model_name="das-lite",
    model_sha256="ab" * 32,
    app_version="0.1.0",
    started_utc="2026-11-22T12:00:00+00:00",
)
WIDE = Camera.from_fov(SIZE, 90)
BENT = Camera(WIDE.K, SIZE, np.array([0.1, -0.05, 0.001, 0.0, 0.0]))


def result(index, people, camera=WIDE):
    image = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    return PoseResult(Frame(index, index / 30, image, camera), people, 0.01, 0.02, people)


def record(folder, results, num_dropped=0):
    recorder = Recorder(folder, ORIGIN)
    for one in results:
        recorder.write(one)
    return recorder.close(num_dropped)


def assert_same_camera(a, b):
    assert np.array_equal(a.K, b.K) and a.size == b.size
    assert (a.distortion is None) == (b.distortion is None)
    assert a.distortion is None or np.array_equal(a.distortion, b.distortion)


def test_round_trip_of_people_nobody_and_changing_cameras(tmp_path):
    rng = np.random.default_rng(0)
    some = person_at(2500.0, num_people=3)
    some = replace(
        some,
        joints_cam=some.joints_cam + rng.normal(0, 100, some.joints_cam.shape).astype(np.float32),
        track_ids=np.array([4, -1, 9]),
    )
    written = [
        result(0, some), result(1, People.empty()), result(5, some, BENT), result(6, some)
    ]  # fmt: skip
    record(tmp_path / "s", written, num_dropped=3)
    lines = (tmp_path / "s" / "poses.jsonl").read_text().splitlines()
    assert ["camera" in json.loads(line) for line in lines] == [True, False, True, True]
    session = Session(tmp_path / "s")
    header = session.header
    assert (header.num_frames, header.num_people, header.num_dropped) == (4, 9, 3)
    assert_same_camera(header.camera, WIDE)
    assert header.origin.skeleton.joint_names == BODY_22.joint_names
    assert replace(header.origin, skeleton=BODY_22).started_utc == ORIGIN.started_utc
    read = list(session)
    assert [r.index for r in read] == [0, 1, 5, 6]
    for one, original in zip(read, written, strict=True):
        assert one.time_s == original.frame.time_s
        assert_same_camera(one.camera, original.frame.camera)
        assert one.people.joints_cam.shape == original.people.joints_cam.shape
        assert one.people.joints_cam.dtype == np.float32
        assert np.allclose(one.people.joints_cam, original.people.joints_cam, atol=1e-3, rtol=0)
        assert np.allclose(one.people.joint_scores, original.people.joint_scores, atol=1e-4)
        assert np.array_equal(one.people.scores, original.people.scores)
        assert np.array_equal(one.people.track_ids, original.people.track_ids)


def test_files_say_names_units_and_where_the_joints_are(tmp_path):
    record(tmp_path / "s", [result(0, person_at(2000.0))])
    about = json.loads((tmp_path / "s" / "session.json").read_text())
    assert about["axes"] == "x right, y down, z forward" and about["units"] == "mm"
    assert about["skeleton"]["joint_names"][0] == "pelvis"
    assert about["model"] == {"name": "das-lite", "sha256": "ab" * 32}
    line = json.loads((tmp_path / "s" / "poses.jsonl").read_text())
    person = line["people"][0]
    camera = about["camera"]
    for (x, y, z), (u, v) in zip(person["joints_cam_mm"], person["joints_px"], strict=True):
        assert u == pytest.approx(camera["fx"] * x / z + camera["cx"], abs=1e-2)
        assert v == pytest.approx(camera["fy"] * y / z + camera["cy"], abs=1e-2)


def test_joint_that_is_not_a_number_is_kept_as_such(tmp_path):
    people = person_at(2000.0)
    people.joints_cam[0, 3] = np.nan
    people.joints_cam[0, 4, 2] = -5.0
    record(tmp_path / "s", [result(0, people)])
    line = json.loads((tmp_path / "s" / "poses.jsonl").read_text())
    assert line["people"][0]["joints_cam_mm"][3] == [None, None, None]
    assert line["people"][0]["joints_px"][4] == [None, None]
    (read,) = Session(tmp_path / "s")
    assert np.isnan(read.people.joints_cam[0, 3]).all()
    assert read.people.joints_cam[0, 4, 2] == -5


def test_every_frame_is_on_disk_before_the_session_is_closed(tmp_path):
    recorder = Recorder(tmp_path, ORIGIN)
    for index in range(3):
        recorder.write(result(index, person_at(2000.0)))
        assert len((tmp_path / "poses.jsonl").read_text().splitlines()) == index + 1
    assert not (tmp_path / "session.json").exists()
    with pytest.raises(SessionError, match="not closed properly"):
        Session(tmp_path)
    recorder.close()
    assert len(list(Session(tmp_path))) == 3
    assert sorted(p.name for p in tmp_path.iterdir()) == ["poses.jsonl", "session.json"]


def test_session_without_a_frame(tmp_path):
    record(tmp_path, [])
    session = Session(tmp_path)
    assert session.header.camera is None and list(session) == []


@pytest.mark.parametrize("name", ["session.json", "poses.jsonl"])
def test_former_session_is_not_overwritten(tmp_path, name):
    (tmp_path / name).write_text("precious")
    with pytest.raises(SessionError, match=str(tmp_path)):
        Recorder(tmp_path, ORIGIN)
    assert [p.name for p in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "precious"


def test_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SessionError, match="cannot be written"):
        Recorder(tmp_path / "file" / "s", ORIGIN)


def test_broken_files_are_told_with_their_place(tmp_path):
    record(tmp_path, [result(0, person_at(2000.0)), result(1, person_at(2000.0))])
    poses = tmp_path / "poses.jsonl"
    poses.write_text(poses.read_text()[:-40])
    with pytest.raises(SessionError, match="poses.jsonl:2"):
        list(Session(tmp_path))
    about = json.loads((tmp_path / "session.json").read_text())
    (tmp_path / "session.json").write_text(json.dumps(about | {"schema_version": 99}))
    with pytest.raises(SessionError, match="99"):
        Session(tmp_path)
    with pytest.raises(SessionError, match="no session.json"):
        Session(tmp_path / "nowhere")
