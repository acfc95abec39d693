"""Every format is read back by somebody else's reader."""

import csv
import json
import re
import shutil

import av
import ezc3d
import numpy as np
import pandas
import pytest
from pipeline_fakes import SIZE
from pygltflib import GLTF2
from session_fakes import BENT, FPS, WIDE, record, result, tracked, write_session

from das_app.exports.export import export_session
from das_app.exports.formats import FACTS, ExportFormat, default_path
from das_app.exports.pictures.drawing import SideView
from das_app.exports.takes.take import (
    ExportCancelledError,
    ExportError,
    ExportOptions,
    MarkerNames,
    Space,
    load_take,
)
from das_app.exports.takes.tracks import grid_fps
from das_app.messaging.messages import Frame, PoseResult
from das_app.motion.body.rig import to_y_up
from das_app.motion.faces import FaceHiding
from das_app.motion.floor_estimate import ToldFloor
from das_app.session.edits import SessionEdits, save_edits
from das_app.session.session import Session
from das_app.session.types import Layer, RecordedPoses
from das_model.camera import Camera
from das_model.people import People
from das_model.skeleton import BODY_22, COCO_17

NUM_FRAMES = 40
GAP = range(10, 22)  # frames without person 5, longer than what a steady rate goes over
J = BODY_22.num_joints
EVERYBODY = ExportOptions()


def standing(scale=1.0):
    """(J, 3) mm: somebody facing the camera 3 m away, arms hanging."""
    x, y, z = np.zeros(J), np.zeros(J), np.full(J, 3000.0)
    places = {
        "pelvis": (0, 0),
        "spine": (0, -200),
        "neck": (0, -450),
        "head": (0, -580),
        "head_top": (0, -700),
        "nose": (0, -600),
        "left_eye": (30, -630),
        "right_eye": (-30, -630),
        "left_ear": (70, -620),
        "right_ear": (-70, -620),
        "left_shoulder": (170, -430),
        "right_shoulder": (-170, -430),
        "left_elbow": (200, -150),
        "right_elbow": (-200, -150),
        "left_wrist": (210, 90),
        "right_wrist": (-210, 90),
        "left_hip": (100, 40),
        "right_hip": (-100, 40),
        "left_knee": (110, 450),
        "right_knee": (-110, 450),
        "left_ankle": (110, 860),
        "right_ankle": (-110, 860),
    }
    for name, (across, down) in places.items():
        joint = BODY_22.index(name)
        x[joint], y[joint] = across, down
    for name in ("nose", "left_eye", "right_eye"):
        z[BODY_22.index(name)] -= 100
    return np.stack([x, y, z], axis=-1) * scale


def moving(seed, num_frames=NUM_FRAMES):
    """(n, J, 3) mm: somebody who turns and waves, with noise."""
    rng = np.random.default_rng(seed)
    joints = np.repeat(standing()[None], num_frames, axis=0)
    turn = np.linspace(0, 2.5, num_frames)
    x, z = joints[..., 0].copy(), joints[..., 2] - 3000
    joints[..., 0] = np.cos(turn)[:, None] * x + np.sin(turn)[:, None] * z
    joints[..., 2] = 3000 - np.sin(turn)[:, None] * x + np.cos(turn)[:, None] * z
    joints += rng.normal(0, 15, joints.shape) + 400 * seed * np.array([1, 0, 0])
    return joints.astype(np.float32)


MOTIONS = {2: moving(0), 5: moving(1)}


def people_of(index):
    ids = [2] if index in GAP else [5, 2]
    joints = np.stack([MOTIONS[track_id][index] for track_id in ids])
    scores = np.full((len(ids), J), 0.5, np.float32)
    return People(joints, scores, np.full(len(ids), 0.75, np.float32), np.array(ids))


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports") / "s"
    return Session(write_session(folder, NUM_FRAMES, people_of=people_of))


def export(session, tmp_path, to, options=EVERYBODY):
    path = default_path(tmp_path / "out", to)
    shares = []
    text = export_session(session, to, path, options, shares.append, is_forced=True)
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)
    assert text.startswith(f"{path}: ")
    return path


def is_gap(track_id, frame):
    return track_id == 5 and frame in GAP


def test_csv(session, tmp_path):
    path = export(session, tmp_path, ExportFormat.CSV)
    comments = [line for line in path.read_text().splitlines() if line.startswith("#")]
    assert any("x right, y down, z forward" in line and "mm" in line for line in comments)
    table = pandas.read_csv(path, comment="#")
    assert len(table) == (2 * NUM_FRAMES - len(GAP)) * J
    assert set(table[table.frame.isin(GAP)].person) == {2}
    assert not table.is_interpolated.any()
    for (frame, person), rows in table.groupby(["frame", "person"]):
        assert list(rows.joint) == list(BODY_22.joint_names)
        assert np.allclose(rows[["x_mm", "y_mm", "z_mm"]], MOTIONS[person][frame], atol=2e-3)
        assert rows.time_s.iloc[0] == pytest.approx(frame / FPS, abs=1e-6)


def test_json(session, tmp_path):
    content = json.loads(export(session, tmp_path, ExportFormat.JSON).read_text())
    assert content["joint_names"] == list(BODY_22.joint_names)
    assert "right-handed" in content["about"]["space"]
    assert content["about"]["gaps"] == "not interpolated"
    for frame, values in enumerate(content["frames"]):
        assert sorted(p["id"] for p in values["people"]) == ([2] if frame in GAP else [2, 5])
        for person in values["people"]:
            expected = MOTIONS[person["id"]][frame]
            assert np.allclose(person["joints_mm"], expected, atol=2e-3)


def test_npz(session, tmp_path):
    with np.load(export(session, tmp_path, ExportFormat.NPZ), allow_pickle=False) as arrays:
        assert arrays["person_ids"].tolist() == [2, 5]
        joints = arrays["joints_mm"]
        assert np.allclose(joints[:, 0], MOTIONS[2], atol=2e-3)
        assert np.isnan(joints[GAP.start : GAP.stop, 1]).all()
        assert np.allclose(joints[GAP.stop :, 1], MOTIONS[5][GAP.stop :], atol=2e-3)
        assert json.loads(str(arrays["about"]))["source"] == "clip.mp4"
        assert arrays["joint_names"].tolist() == list(BODY_22.joint_names)


def test_gaps_are_interpolated_on_request_and_marked(session, tmp_path):
    short = ExportOptions(fill_gaps_s=0.4)
    assert np.isnan(load_take(session, short).tracks[1].joints[GAP.start : GAP.stop]).all()
    path = export(session, tmp_path, ExportFormat.CSV, ExportOptions(fill_gaps_s=0.5))
    table = pandas.read_csv(path, comment="#")
    rows = table[(table.person == 5) & table.frame.isin(GAP) & (table.joint == "left_knee")]
    knee = MOTIONS[5][:, BODY_22.index("left_knee"), 0]
    assert len(rows) == len(GAP)
    assert rows.is_interpolated.all()
    assert np.allclose(rows.x_mm, np.linspace(knee[9], knee[22], 14)[1:-1], atol=1e-2)
    assert table.is_interpolated.sum() == len(GAP) * J
    assert "interpolated up to 0.5 s" in path.read_text()


def test_only_whom_one_asks_for(session, tmp_path):
    path = export(session, tmp_path, ExportFormat.CSV, ExportOptions(person_ids=(5,)))
    assert set(pandas.read_csv(path, comment="#").person) == {5}
    with pytest.raises(ExportError, match=r"no person has the id 7; there are 2, 5"):
        load_take(session, ExportOptions(person_ids=(7,)))


def test_resampling_is_linear_and_keeps_gaps(session):
    take = load_take(session, ExportOptions(fps=60.0))
    assert take.is_steady
    assert np.allclose(np.diff(take.times_s), 1 / 60)
    there, back = take.tracks[0].joints, MOTIONS[2]
    assert np.allclose(there[::2], back[: len(there[::2])], atol=2e-3)
    assert np.allclose(there[1::2], (back[:-1] + back[1:])[: len(there[1::2])] / 2, atol=2e-3)
    is_missing = np.isnan(take.tracks[1].joints).all(axis=(1, 2))
    assert np.flatnonzero(is_missing).tolist() == list(range(19, 44))
    slower = load_take(session, ExportOptions(fps=7.0))
    assert len(slower.times_s) == int((NUM_FRAMES - 1) / FPS * 7) + 1


def test_stall_of_the_source_is_a_gap(tmp_path):
    results = [result(i, time_s=i / FPS + (1.0 if i > 4 else 0.0)) for i in range(10)]
    record(tmp_path / "s", results)
    take = load_take(Session(tmp_path / "s"), ExportOptions(fps=FPS))
    is_missing = np.isnan(take.tracks[0].joints).any(axis=(1, 2))
    assert np.flatnonzero(is_missing).tolist() == list(range(5, 35))


def test_skipped_frames_are_no_absence(tmp_path):
    kept = [i for i in range(40) if i % 3 and i not in (16, 17, 19)]  # at most 4 frames apart
    record(tmp_path / "s", [result(i, time_s=i / 29.97) for i in kept])
    take = load_take(Session(tmp_path / "s"), EVERYBODY, needs_steady=True)
    assert take.fps == 29.97
    assert len(take.times_s) == kept[-1] - kept[0] + 1
    (track,) = take.tracks
    assert np.isfinite(track.joints).all()
    seen = np.isin(np.arange(len(track)) + kept[0], kept)
    assert not track.is_filled[seen & np.roll(seen, 1)].any()
    assert track.is_filled[~seen].all()
    assert "interpolated up to 0.25 s" in take.about()["gaps"]


@pytest.mark.parametrize(
    ("times", "indices", "nominal", "expected"),
    [
        (np.arange(9) / 25, range(9), 25.0, 25.0),
        (np.arange(9) / 25, range(9), 0.0, 25.0),
        (np.array([0, 1, 3, 4, 6, 7, 9, 10]) / 30, range(8), 30.0, 30.0),  # every third is missing
        (np.array([0, 1, 3, 4, 6, 7, 9, 10]) / 30, range(8), 0.0, 30.0),
        (np.array([0, 2, 4, 8, 10]) / 60, [0, 2, 4, 8, 10], 0.0, 60.0),
        (np.zeros(1), [0], 0.0, 30.0),
        (np.arange(9) * 15, range(9), 1 / 15, 1 / 15),
        (np.arange(9) * 15, range(9), 0.0, 1 / 15),
    ],
)
def test_the_rate_is_that_of_the_sources_grid(times, indices, nominal, expected):
    assert grid_fps(times, np.array(indices), nominal) == pytest.approx(expected, rel=1e-5)


def test_who_is_seen_shortly_is_left_out_of_motion_and_said(tmp_path):
    def people(index):
        return tracked(2500.0, (1, 7) if index in (5, 6) else (1,))

    session = Session(write_session(tmp_path / "s", 60, people_of=people))
    text = export_session(session, ExportFormat.TRC, tmp_path / "trc", EVERYBODY)
    assert text.endswith("people 1; left out: 1 person seen for less than 0.5 s (7)")
    assert {p.name for p in (tmp_path / "trc").iterdir()} == {"person_1.trc", "about.json"}
    everybody = ExportOptions(min_duration_s=0.0)
    export_session(session, ExportFormat.TRC, tmp_path / "all", everybody)
    assert (tmp_path / "all" / "person_7.trc").is_file()
    table = tmp_path / "s.csv"
    export_session(session, ExportFormat.CSV, table, EVERYBODY)
    assert set(pandas.read_csv(table, comment="#").person) == {1, 7}


def test_trc(session, tmp_path):
    opensim = pytest.importorskip("opensim", reason="needs opensim, of the extra `formats`")
    folder = export(session, tmp_path, ExportFormat.TRC)
    assert listed(folder) == {"person_2.trc", "person_5.trc"}
    for track_id, expected in zip((2, 5), steady(session), strict=True):
        table = opensim.TimeSeriesTableVec3(str(folder / f"person_{track_id}.trc"))
        assert list(table.getColumnLabels()) == list(BODY_22.joint_names)
        assert table.getTableMetaDataAsString("Units") == "mm"
        found = np.array(
            [
                [[v[0], v[1], v[2]] for v in (row[n] for n in range(J))]
                for row in (table.getRowAtIndex(i) for i in range(table.getNumRows()))
            ]
        )
        assert np.allclose(found, to_y_up(expected), atol=2e-3, equal_nan=True)
        assert np.allclose(table.getIndependentColumn(), np.arange(len(found)) / 29.97, atol=1e-5)
    assert np.isnan(found[GAP.start + 1 : GAP.stop - 1]).all()


def test_trc_together_and_with_names_of_pose2sim(session, tmp_path):
    options = ExportOptions(is_together=True, markers=MarkerNames.POSE2SIM)
    path = export(session, tmp_path, ExportFormat.TRC, options) / "everybody.trc"
    names = [name for name in path.read_text().splitlines()[3].split("\t")[2:] if name]
    assert names[:3] == ["p2_Hip", "p2_Neck", "p2_Head"]
    assert len(names) == 2 * 16
    assert "p5_RKnee" in names
    assert "p5_LWrist" in names


def listed(folder):
    """Files of a folder, which are those that its about.json lists."""
    files = set(json.loads((folder / "about.json").read_text())["files"])
    assert {path.name for path in folder.iterdir()} == files | {"about.json"}
    return files


def steady(session, options=EVERYBODY):
    """Joints of both people on the steady time line of the formats that need one."""
    take = load_take(session, options, needs_steady=True)
    whole = np.full((len(take.tracks), len(take.times_s), J, 3), np.nan)
    for joints, track in zip(whole, take.tracks, strict=True):
        joints[track.first : track.first + len(track)] = track.joints
    return whole


def test_c3d(session, tmp_path):
    folder = export(session, tmp_path, ExportFormat.C3D)
    assert listed(folder) == {"person_2.c3d", "person_5.c3d"}
    for track_id, expected in zip((2, 5), steady(session), strict=True):
        file = ezc3d.c3d(str(folder / f"person_{track_id}.c3d"))
        point = file["parameters"]["POINT"]
        assert point["UNITS"]["value"] == ["mm"]
        assert point["RATE"]["value"][0] == pytest.approx(29.97, abs=1e-3)
        assert point["LABELS"]["value"][:J] == list(BODY_22.joint_names)
        assert point["ANGLES"]["value"] == point["LABELS"]["value"][J:]
        about = file["parameters"]["DAS"]["ABOUT"]["value"]
        assert any("right-handed" in text for text in about)
        points = file["data"]["points"][:3].transpose(2, 1, 0)  # (F, M, 3)
        assert np.allclose(points[:, :J], to_y_up(expected), atol=1e-2, equal_nan=True)
        residuals = file["data"]["meta_points"]["residuals"][0].T
        is_gap = np.isnan(expected).any(axis=(1, 2))
        assert (residuals[is_gap] < 0).all()
        assert (residuals[~is_gap] >= 0).all()
        knee = points[:, point["LABELS"]["value"].index("RKneeAngles"), 0]
        assert abs(np.median(knee[~is_gap])) < 10  # they stand


def test_c3d_beyond_its_usual_limits(tmp_path):
    write_session(tmp_path / "s", 3, people_of=lambda _: tracked(2500.0, range(12)))
    options = ExportOptions(is_together=True)
    folder = export(Session(tmp_path / "s"), tmp_path, ExportFormat.C3D, options)
    file = ezc3d.c3d(str(folder / "everybody.c3d"))
    assert file["data"]["points"].shape[1] == 12 * (J + 9)
    labels = file["parameters"]["POINT"]
    assert len(labels["LABELS"]["value"]) + len(labels["LABELS2"]["value"]) == 12 * (J + 9)


def test_coco(session, tmp_path):
    coco_api = pytest.importorskip("pycocotools.coco")
    data = coco_api.COCO(str(export(session, tmp_path, ExportFormat.COCO)))
    assert len(data.getImgIds()) == NUM_FRAMES
    assert data.loadCats(1)[0]["keypoints"] == list(COCO_17.joint_names)
    assert len(data.getAnnIds()) == 2 * NUM_FRAMES - len(GAP)
    order = COCO_17.indices_in(BODY_22)
    for person in data.loadAnns(data.getAnnIds()):
        keypoints = np.array(person["keypoints"]).reshape(17, 3)
        joints = MOTIONS[person["track_id"]][person["image_id"], order]
        assert np.allclose(keypoints[:, :2], WIDE.project(joints) + 0.5, atol=0.02)
        assert (keypoints[:, 2] == 2).all()
        assert person["num_keypoints"] == 17
        assert person["keypoint_scores"] == [0.5] * 17
    results = data.loadRes(str(export(session, tmp_path, ExportFormat.COCO_RESULTS)))
    first = results.loadAnns(results.getAnnIds(imgIds=[0]))
    assert {person["track_id"] for person in first} == {2, 5}
    evaluation = pytest.importorskip("pycocotools.cocoeval").COCOeval(data, results, "keypoints")
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    assert evaluation.stats[0] == pytest.approx(1)  # what was written is found again
    with pytest.raises(ExportError, match="recorded frames"):
        export(session, tmp_path, ExportFormat.COCO, ExportOptions(fps=10.0))


def test_coco_bends_points_as_the_lens_does(tmp_path):
    coco_api = pytest.importorskip("pycocotools.coco")
    record(tmp_path / "s", [result(0, people_of(0), BENT)])
    data = coco_api.COCO(str(export(Session(tmp_path / "s"), tmp_path, ExportFormat.COCO)))
    (person,) = (p for p in data.loadAnns(data.getAnnIds()) if p["track_id"] == 5)
    keypoints = np.array(person["keypoints"]).reshape(17, 3)
    joints = MOTIONS[5][0, COCO_17.indices_in(BODY_22)]
    assert np.allclose(keypoints[:, :2], BENT.project(joints) + 0.5, atol=0.02)


def test_annotated_video(tmp_path):
    results = [result(0, people_of(0)), result(1, People.empty()), result(2, people_of(2))]
    record(tmp_path / "s", results, has_video=True, waits=True)
    session = Session(tmp_path / "s")
    path = export(session, tmp_path, ExportFormat.MP4)
    with av.open(str(path)) as container:
        assert "lens: FOV 60° (assumed)" in container.metadata["comment"]
        pictures = list(container.decode(video=0))
        times = [float(picture.time) for picture in pictures]
    assert times == pytest.approx([0, 1 / FPS, 2 / FPS], abs=2e-3)
    assert [p.width for p in pictures] == [SIZE[0] + SIZE[1]] * 3  # a view from the side
    arrays = [p.to_ndarray(format="rgb24").astype(float) for p in pictures]
    spread = [a[:, : SIZE[0]].std() for a in arrays]
    assert spread[1] < 2 < min(spread[0], spread[2])  # something is drawn where there are people
    aside = [np.abs(a[:, SIZE[0] :] - arrays[1][:, SIZE[0] :]).max() for a in arrays]
    assert min(aside[0], aside[2]) > 40
    only_two = export(session, tmp_path / "two", ExportFormat.MP4, ExportOptions(person_ids=(2,)))
    assert only_two.stat().st_size > 0
    with pytest.raises(ExportError, match="no person has the id"):
        export(session, tmp_path / "nine", ExportFormat.MP4, ExportOptions(person_ids=(9,)))
    assert list((tmp_path / "nine").iterdir()) == []


def test_faces_are_hidden_in_films(tmp_path):
    camera = Camera.from_fov((320, 240), 60)
    frame = Frame(0, 0.0, np.full((240, 320, 3), 200, np.uint8), camera)
    people = people_of(0)
    record(tmp_path / "s", [PoseResult(frame, people, 0.01, 0.02, people)], has_video=True)
    session, num_dark = Session(tmp_path / "s"), {}
    for faces in FaceHiding:
        path = export(session, tmp_path, ExportFormat.MP4, ExportOptions(faces=faces))
        with av.open(str(path)) as film:
            picture = next(film.decode(video=0)).to_ndarray(format="rgb24")
        num_dark[faces] = (picture[:, :320].max(axis=2) < 30).sum()
    assert num_dark[FaceHiding.BLACK] > num_dark[FaceHiding.NONE] + 500


def test_what_cannot_be_exported_is_told(session, tmp_path):
    with pytest.raises(ExportError, match="no video"):
        export(session, tmp_path, ExportFormat.MP4)
    with pytest.raises(ExportError, match="no video"):
        export(session, tmp_path, ExportFormat.COCO, ExportOptions(has_images=True))
    (tmp_path / "file").touch()
    with pytest.raises(ExportError, match="cannot be written"):
        export_session(session, ExportFormat.CSV, tmp_path / "file" / "out.csv", EVERYBODY)


def nobody_in(folder, num_frames):
    return Session(write_session(folder, num_frames, people_of=lambda _: People.empty()))


@pytest.mark.parametrize("num_frames", [0, 5])
@pytest.mark.parametrize("to", [f for f in ExportFormat if f is not ExportFormat.MP4])
def test_empty_sessions_give_empty_files(tmp_path, to, num_frames):
    require_extra(to)
    path = default_path(tmp_path / "out", to)
    text = export_session(nobody_in(tmp_path / "s", num_frames), to, path, EVERYBODY)
    assert text.endswith("nobody")
    match to:
        case ExportFormat.CSV | ExportFormat.ANGLES:
            assert len(pandas.read_csv(path, comment="#")) == 0
        case ExportFormat.GLB:
            assert GLTF2().load(str(path)).animations == []
        case ExportFormat.COCO:
            assert len(json.loads(path.read_text())["images"]) == num_frames
    assert path.is_dir() == FACTS[to].is_folder


EXTRAS = {
    "rerun": (ExportFormat.RERUN,),
    "foxglove": (ExportFormat.FOXGLOVE,),
    "pxr": (ExportFormat.USD,),
}


def require_extra(to):
    for extra, formats in EXTRAS.items():
        if to in formats:
            pytest.importorskip(extra, reason=f"needs {extra}, of the extra `formats`")


@pytest.mark.parametrize(
    "values",
    [{"fps": 0.0}, {"fps": float("nan")}, {"fill_gaps_s": -1.0}, {"min_duration_s": -1.0}],
)
def test_options_that_make_no_sense(values):
    with pytest.raises(ValueError, match=next(iter(values))):
        ExportOptions(**values)


@pytest.mark.parametrize("share_done", [0.3, 0.6])  # reading, writing
@pytest.mark.parametrize("to", [f for f in ExportFormat if f is not ExportFormat.MP4])
def test_cancelled_export_leaves_nothing(session, tmp_path, to, share_done):
    for extra, formats in EXTRAS.items():
        if to in formats:
            pytest.importorskip(extra, reason=f"needs {extra}, of the extra `formats`")
    with pytest.raises(ExportCancelledError):
        export_session(session, to, tmp_path / "out", EVERYBODY, cancelling_at(share_done))
    assert list(tmp_path.iterdir()) == []


def cancelling_at(share_done):
    def cancel(share):
        if share > share_done:
            raise ExportCancelledError("enough")

    return cancel


def test_cancelled_video_leaves_what_was_there(filmed, tmp_path):
    path = tmp_path / "out.mp4"
    path.write_text("the former one")
    with pytest.raises(ExportCancelledError):
        export_session(
            filmed, ExportFormat.MP4, path, EVERYBODY, cancelling_at(0.3), is_forced=True
        )
    assert [p.name for p in tmp_path.iterdir()] == ["out.mp4"]
    assert path.read_text() == "the former one"


@pytest.fixture(scope="module")
def filmed(tmp_path_factory):
    """A session with a video of three pictures."""
    folder = tmp_path_factory.mktemp("filmed") / "s"
    record(folder, [result(i, people_of(i)) for i in range(3)], has_video=True, waits=True)
    return Session(folder)


_STATING = (
    ExportFormat.CSV,
    ExportFormat.JSON,
    ExportFormat.NPZ,
    ExportFormat.TRC,
    ExportFormat.C3D,
    ExportFormat.BVH,
    ExportFormat.GLB,
    ExportFormat.COCO,
    ExportFormat.MP4,
    ExportFormat.MOT,
    ExportFormat.VRMA,
    ExportFormat.OPENPOSE,
)


@pytest.mark.parametrize("to", _STATING)
def test_every_export_states_units_axes_handedness_fps_and_gaps(session, filmed, tmp_path, to):
    options = ExportOptions(fill_gaps_s=0.0 if to is ExportFormat.MP4 else 0.3)
    source = filmed if to is ExportFormat.MP4 else session
    stated = statements(to, export(source, tmp_path, to, options))
    is_in_pixels = to in (ExportFormat.COCO, ExportFormat.MP4, ExportFormat.OPENPOSE)
    units = {"bvh": "centimetres", "glb": "metres", "vrma": "metres", "mot": "metres"}
    assert ("pixels" if is_in_pixels else units.get(to, "mm")) in stated["space"]
    assert "x right" in stated["space"]
    assert ("right-handed" in stated["space"]) != is_in_pixels
    assert stated["fps"]
    assert stated["gaps"]
    assert stated["poses"] == "live"
    if to is not ExportFormat.MP4:
        assert stated["gaps"] == "interpolated up to 0.3 s"
        assert stated["fps"].startswith(("29.97", "30"))


def statements(to, path):
    """What an export says of itself."""
    match to:
        case ExportFormat.CSV:
            lines = [line[2:] for line in path.read_text().splitlines() if line[:2] == "# "]
            return dict(line.split(": ", 1) for line in lines)
        case ExportFormat.JSON:
            return json.loads(path.read_text())["about"]
        case ExportFormat.NPZ:
            return json.loads(str(np.load(path)["about"]))
        case ExportFormat.C3D:
            lines = ezc3d.c3d(str(path / "person_2.c3d"))["parameters"]["DAS"]["ABOUT"]["value"]
            joined = " ".join(lines)
            names = [line.split(": ", 1)[0] for line in lines if ": " in line]
            starts = [joined.index(f"{name}: ") for name in names] + [len(joined)]
            return {
                name: joined[begin + len(name) + 2 : end].strip()
                for name, begin, end in zip(names, starts, starts[1:], strict=False)
            }
        case _ if path.is_dir():
            return json.loads((path / "about.json").read_text())["about"]
        case ExportFormat.GLB:
            return GLTF2().load(str(path)).asset.extras
        case ExportFormat.COCO:
            text = json.loads(path.read_text())["info"]["description"]
        case ExportFormat.MP4:
            with av.open(str(path)) as container:
                text = container.metadata["comment"]
    parts = re.split(r"(?:^|; )(\w+): ", text)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_trim_and_names_are_followed(filmed, session, tmp_path):
    folder = shutil.copytree(session.folder, tmp_path / "s")
    save_edits(folder, SessionEdits({5: "Ada"}, start_s=5 / FPS, end_s=15 / FPS))
    part = load_take(Session(folder), ExportOptions())
    assert np.allclose(part.times_s, np.arange(11) / FPS, atol=1e-6)
    assert np.allclose(part.tracks[0].joints, MOTIONS[2][5:16], atol=2e-3)
    about = part.about()
    assert about["names"] == "5 is Ada"
    assert about["part"].startswith("the session from 0.166667 s")
    steady_take = load_take(Session(folder), ExportOptions(fps=60.0))
    assert np.allclose(steady_take.times_s, np.arange(21) / 60)
    assert np.allclose(steady_take.tracks[0].joints[::2], MOTIONS[2][5:16], atol=2e-3)
    assert len(load_take(Session(folder), ExportOptions(is_untrimmed=True)).times_s) == NUM_FRAMES
    folder = shutil.copytree(filmed.folder, tmp_path / "v")
    save_edits(folder, SessionEdits({}, start_s=1 / FPS))
    path = export(Session(folder), tmp_path, ExportFormat.MP4)
    with av.open(str(path)) as container:
        times = [float(picture.time) for picture in container.decode(video=0)]
    assert times == pytest.approx([0, 1 / FPS], abs=2e-3)


def test_names_stand_in_the_files(session, tmp_path):
    folder = shutil.copytree(session.folder, tmp_path / "s")
    save_edits(folder, SessionEdits({2: "Zoë O'Hara", 5: "李"}))
    named = Session(folder)
    with export(named, tmp_path, ExportFormat.CSV).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    assert {(row["person"], row["name"]) for row in rows} == {("2", "Zoë O'Hara"), ("5", "李")}
    content = json.loads(export(named, tmp_path, ExportFormat.JSON).read_text(encoding="utf-8"))
    people = [person for frame in content["frames"] for person in frame["people"]]
    assert {(person["id"], person["name"]) for person in people} == {(2, "Zoë O'Hara"), (5, "李")}
    with np.load(export(named, tmp_path, ExportFormat.NPZ)) as arrays:
        assert arrays["person_names"].tolist() == ["Zoë O'Hara", "李"]
    together = ExportOptions(is_together=True)
    trc = export(named, tmp_path, ExportFormat.TRC, together) / "everybody.trc"
    names = trc.read_text().splitlines()[3]
    assert "\tZoe_O_Hara_2_pelvis\t" in names
    assert "\tp5_pelvis\t" in names
    alone = listed(export(named, tmp_path, ExportFormat.TRC))
    assert alone == {"Zoe_O_Hara_2.trc", "person_5.trc"}
    nodes = GLTF2().load(str(export(named, tmp_path, ExportFormat.GLB))).nodes
    assert {"Zoe_O_Hara_2", "person_5"} <= {node.name for node in nodes}
    bvh = export(named, tmp_path, ExportFormat.BVH)
    files = json.loads((bvh / "about.json").read_text())["files"]
    assert list(files) == ["Zoe_O_Hara_2.bvh", "person_5.bvh", "person_5_part_2.bvh"]
    assert files["Zoe_O_Hara_2.bvh"]["name"] == "Zoë O'Hara"
    assert load_take(named, ExportOptions()).summary().endswith("people 2 (Zoë O'Hara), 5 (李)")


def test_raw_poses_are_exported_on_request(tmp_path):
    record(tmp_path / "s", [result(i) for i in range(3)])
    session = Session(tmp_path / "s")
    smoothed, raw = (
        load_take(session, ExportOptions(layer=layer)).tracks[0].joints
        for layer in (Layer.LIVE, Layer.RAW)
    )
    assert np.allclose(smoothed[..., 2] - raw[..., 2], 1, atol=2e-3)


def test_floor_space_is_level_with_the_feet_on_it(tmp_path):
    tilt = np.radians(20.0)  # the camera looks down, 1.5 m above the floor
    lean = np.array([[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]])

    def walking(index):
        world = standing() - [0, 860 + 80, 3000]  # ankles 80 mm above the floor y = 0
        world += [700 * np.sin(index / 3), 1500, 3500 + 1500 * np.cos(index / 5)]
        joints = (world @ lean.T).astype(np.float32)[None]
        ones = np.ones((1, J), np.float32)
        return People(joints, ones, ones[:, 0], np.zeros(1, np.int64))

    write_session(tmp_path / "s", 60, people_of=walking)
    session = Session(tmp_path / "s")
    path = export(session, tmp_path, ExportFormat.CSV, ExportOptions(space=Space.FLOOR))
    assert "origin on the floor below the lens" in path.read_text()
    table = pandas.read_csv(path, comment="#")
    ankles, tops = (table[table.joint == name].y_mm for name in ("left_ankle", "head_top"))
    assert np.abs(ankles + 80).max() < 60
    assert np.abs(tops + 1640).max() < 60
    for to in (ExportFormat.COCO, ExportFormat.MP4):
        with pytest.raises(ExportError):
            export(session, tmp_path, to, ExportOptions(space=Space.FLOOR))


def test_floor_space_is_never_refused_and_says_how_good_it_is(session, tmp_path):
    """People who only stand there, and nobody."""
    options = ExportOptions(space=Space.FLOOR)
    guessed = load_take(session, options)
    assert "guessed: Lens" in guessed.summary()
    assert "cm off it in the median" in guessed.summary()
    ankles = [BODY_22.index("left_ankle"), BODY_22.index("right_ankle")]
    for track in guessed.tracks:
        lower = np.fmin.reduce(-track.joints[:, ankles, 1], axis=1)
        assert np.nanmedian(lower) == pytest.approx(80, abs=1)
    empty = Session(write_session(tmp_path / "e", 5, people_of=lambda _: People.empty()))
    assert "nobody's feet are seen on it" in load_take(empty, options).summary()


def test_a_floor_that_is_told_is_used(session):
    told = ToldFloor(1700.0, 5.0)
    take = load_take(session, ExportOptions(space=Space.FLOOR, told_floor=told))
    assert "Lens 1.7" in take.summary()
    assert "looking 5° down" in take.summary()


def test_who_stands_on_a_wall_stays_there_and_is_named(tmp_path):
    def two(index):
        below, above = standing(), standing()
        below[:, :2] += [-600 + 20 * index, 200]
        above += [900, -1500, 1500]
        joints = np.stack([below, above]).astype(np.float32)
        return People(joints, np.ones((2, J), np.float32), np.ones(2, np.float32), np.arange(2))

    session = Session(write_session(tmp_path / "s", 60, people_of=two))
    take = load_take(session, ExportOptions(space=Space.FLOOR))
    assert "above it: 1 by 1." in take.summary()


def test_view_from_the_side_shows_everybody_upright():
    frames = [people_of(index) for index in range(NUM_FRAMES)]
    sample = [RecordedPoses(0, 0.0, 0, 0.0, None, WIDE, people) for people in frames]
    view = SideView.of(sample, (200, 200))
    points = view.to_px(np.concatenate([people.joints_cam for people in frames]))
    assert ((points > 0) & (points < 200)).all()
    head, ankle = (points[:, BODY_22.index(name)] for name in ("head_top", "left_ankle"))
    assert (head[:, 1] < ankle[:, 1] - 20).all()
    nearer, further = (view.to_px(np.array([[0.0, 0.0, z]]))[0] for z in (2500.0, 3500.0))
    assert further[0] > nearer[0]  # it stands on the right, so further is to the right
    assert SideView.of([], (200, 200)).draw(People.empty(), None, {}).shape == (200, 200, 3)
