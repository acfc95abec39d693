"""Every format is read back by somebody else's reader."""

import csv
import json
import re
import shutil
import warnings

import av
import ezc3d
import numpy as np
import pandas
import pytest
import trimesh
from pipeline_fakes import SIZE
from pygltflib import GLTF2
from session_fakes import BENT, FPS, WIDE, record, result, tracked, write_session

from das_app.exports.bvh_file import zxy_degrees
from das_app.exports.drawing import SideView
from das_app.exports.formats import ExportFormat, export_session
from das_app.exports.take import ExportCancelledError, ExportError, ExportOptions, Space, load_take
from das_app.motion.errors import MotionError
from das_app.motion.rotations import fixed_lengths, solve, to_y_up
from das_app.session.edits import SessionEdits, save_edits
from das_app.session.session import Session
from das_app.session.types import RecordedPoses
from das_model.people import People
from das_model.skeleton import BODY_22, COCO_17, MUCO_21

with warnings.catch_warnings():
    warnings.simplefilter("ignore", PendingDeprecationWarning)  # of a library it uses
    import bvhio

NUM_FRAMES = 24
GAP = range(8, 12)  # frames without person 5
J = BODY_22.num_joints
EVERYBODY = ExportOptions()


def standing(scale=1.0):
    """(J, 3) mm: somebody facing the camera 3 m away, arms hanging."""
    x, y, z = np.zeros(J), np.zeros(J), np.full(J, 3000.0)
    places = {
        "pelvis": (0, 0), "spine": (0, -200), "neck": (0, -450), "head": (0, -580),
        "head_top": (0, -700), "nose": (0, -600), "left_eye": (30, -630), "right_eye": (-30, -630),
        "left_ear": (70, -620), "right_ear": (-70, -620), "left_shoulder": (170, -430),
        "right_shoulder": (-170, -430), "left_elbow": (200, -150), "right_elbow": (-200, -150),
        "left_wrist": (210, 90), "right_wrist": (-210, 90), "left_hip": (100, 40),
        "right_hip": (-100, 40), "left_knee": (110, 450), "right_knee": (-110, 450),
        "left_ankle": (110, 860), "right_ankle": (-110, 860),
    }  # fmt: skip
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
    path = tmp_path / f"out.{to}"
    shares = []
    export_session(session, to, path, options, shares.append)
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1)
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
    short = ExportOptions(fill_gaps_s=0.1)
    assert np.isnan(load_take(session, short).tracks[1].joints[8:12]).all()
    path = export(session, tmp_path, ExportFormat.CSV, ExportOptions(fill_gaps_s=0.2))
    table = pandas.read_csv(path, comment="#")
    rows = table[(table.person == 5) & table.frame.isin(GAP) & (table.joint == "left_knee")]
    knee = MOTIONS[5][:, BODY_22.index("left_knee"), 0]
    assert len(rows) == len(GAP) and rows.is_interpolated.all()
    assert np.allclose(rows.x_mm, np.linspace(knee[7], knee[12], 6)[1:-1], atol=1e-2)
    assert table.is_interpolated.sum() == len(GAP) * J
    assert "interpolated up to 0.2 s" in path.read_text()


def test_only_whom_one_asks_for(session, tmp_path):
    path = export(session, tmp_path, ExportFormat.CSV, ExportOptions(person_ids=(5,)))
    assert set(pandas.read_csv(path, comment="#").person) == {5}
    with pytest.raises(ExportError, match=r"no person has the id 7; there are 2, 5"):
        load_take(session, ExportOptions(person_ids=(7,)))


def test_resampling_is_linear_and_keeps_gaps(session):
    take = load_take(session, ExportOptions(fps=60.0))
    assert take.is_steady and np.allclose(np.diff(take.times_s), 1 / 60)
    there, back = take.tracks[0].joints, MOTIONS[2]
    assert np.allclose(there[::2], back[: len(there[::2])], atol=2e-3)
    assert np.allclose(there[1::2], (back[:-1] + back[1:])[: len(there[1::2])] / 2, atol=2e-3)
    is_missing = np.isnan(take.tracks[1].joints).all(axis=(1, 2))
    assert np.flatnonzero(is_missing).tolist() == list(range(15, 24))
    slower = load_take(session, ExportOptions(fps=7.0))
    assert len(slower.times_s) == int((NUM_FRAMES - 1) / FPS * 7) + 1


def test_stall_of_the_source_is_a_gap(tmp_path):
    results = [result(i, time_s=i / FPS + (1.0 if i > 4 else 0.0)) for i in range(10)]
    record(tmp_path / "s", results)
    take = load_take(Session(tmp_path / "s"), ExportOptions(fps=FPS))
    is_missing = np.isnan(take.tracks[0].joints).any(axis=(1, 2))
    assert np.flatnonzero(is_missing).tolist() == list(range(5, 35))


def test_trc(session, tmp_path):
    path = export(session, tmp_path, ExportFormat.TRC)
    lines = path.read_text().splitlines()
    head = dict(zip(lines[1].split("\t"), lines[2].split("\t"), strict=True))
    assert head["Units"] == "mm" and float(head["DataRate"]) == pytest.approx(29.97)
    names = [name for name in lines[3].split("\t")[2:] if name]
    assert names[0] == "p2_pelvis" and len(names) == int(head["NumMarkers"]) == 2 * J
    table = pandas.read_csv(path, sep="\t", skiprows=6, header=None)
    assert len(table) == int(head["NumFrames"])
    values = table.iloc[:, 2:].to_numpy().reshape(len(table), 2 * J, 3)
    expected = to_y_up(steady(session)[0])
    assert np.allclose(values[:, :J], expected, atol=2e-3)
    assert np.isnan(values[GAP.start + 1 : GAP.stop - 1, J:]).all()
    assert np.allclose(table[1], np.arange(len(table)) / 29.97, atol=1e-5)


def steady(session, options=EVERYBODY):
    """Joints of both people on the steady time line of the formats that need one."""
    return [track.joints for track in load_take(session, options, needs_steady=True).tracks]


def test_c3d(session, tmp_path):
    file = ezc3d.c3d(str(export(session, tmp_path, ExportFormat.C3D)))
    point = file["parameters"]["POINT"]
    assert point["UNITS"]["value"] == ["mm"]
    assert point["RATE"]["value"][0] == pytest.approx(29.97, abs=1e-3)
    assert point["LABELS"]["value"][J] == "p5_pelvis" and len(point["LABELS"]["value"]) == 2 * J
    assert any("right-handed" in text for text in file["parameters"]["DAS"]["ABOUT"]["value"])
    points = file["data"]["points"][:3].transpose(2, 1, 0)  # (F, M, 3)
    assert np.allclose(points[:, :J], to_y_up(steady(session)[0]), atol=1e-2)
    residuals = file["data"]["meta_points"]["residuals"][0].T
    assert (residuals[:, :J] >= 0).all()
    assert (residuals[GAP.start + 1 : GAP.stop - 1, J:] < 0).all()
    assert np.isnan(points[GAP.start + 1 : GAP.stop - 1, J:]).all()


def test_c3d_that_would_be_too_large_is_told(tmp_path):
    write_session(tmp_path / "s", 2, people_of=lambda _: tracked(2500.0, range(12)))
    with pytest.raises(ExportError, match="255 points"):
        export(Session(tmp_path / "s"), tmp_path, ExportFormat.C3D)


@pytest.mark.parametrize("skeleton", [BODY_22, MUCO_21])
def test_rotations_put_the_joints_back(skeleton):
    rng = np.random.default_rng(3)
    joints = rng.normal(0, 300, (40, skeleton.num_joints, 3))
    joints[0] = joints[1]  # no motion at all between two frames
    motion = solve(joints, skeleton)
    fixed = fixed_lengths(joints, skeleton)
    names = [joint.name for joint in motion.joints]
    again = motion.positions()[:, [names.index(name) for name in skeleton.joint_names]]
    assert np.allclose(again, fixed, atol=1e-6)
    unit = motion.rotations @ motion.rotations.swapaxes(-1, -2)
    assert np.allclose(unit, np.eye(3), atol=1e-9)
    assert np.allclose(np.linalg.det(motion.rotations), 1)
    for parent, child in skeleton.bones:
        lengths = np.linalg.norm(fixed[:, child] - fixed[:, parent], axis=-1)
        measured = np.linalg.norm(joints[:, child] - joints[:, parent], axis=-1)
        assert np.allclose(lengths, np.median(measured))


def test_angles_do_not_jump_by_whole_turns():
    turn = np.linspace(0, 4 * np.pi, 60)
    about_y = np.zeros((60, 1, 3, 3))
    about_y[:, 0, 0, 0] = about_y[:, 0, 2, 2] = np.cos(turn)
    about_y[:, 0, 0, 2], about_y[:, 0, 2, 0], about_y[:, 0, 1, 1] = np.sin(turn), -np.sin(turn), 1
    angles = zxy_degrees(about_y)[:, 0]
    assert np.allclose(angles[:, 2], np.degrees(turn)) and np.allclose(angles[:, :2], 0)


def test_somebody_upright_who_faces_the_camera_is_not_turned():
    motion = solve(to_y_up(standing()[None]), BODY_22)
    assert np.allclose(motion.rotations[0, 0], np.eye(3), atol=1e-6)


def test_rotations_need_a_pelvis():
    with pytest.raises(MotionError, match="pelvis"):
        solve(np.zeros((1, 17, 3)), COCO_17)


def test_bvh_read_by_bvhio(session, tmp_path):
    folder = export(session, tmp_path, ExportFormat.BVH)
    about = json.loads((folder / "about.json").read_text())
    assert "centimetres" in about["about"]["space"] and "T-pose" in about["about"]["rest"]
    files = about["files"]
    assert list(files) == ["person_2.bvh", "person_5.bvh", "person_5_part_2.bvh"]
    assert sum(f["num_frames"] for f in files.values() if f["person"] == 5) < NUM_FRAMES
    tracks = {t.track_id: t for t in load_take(session, EVERYBODY, needs_steady=True).tracks}
    for name, part in files.items():
        root = bvhio.readAsHierarchy(str(folder / name))
        track = tracks[part["person"]]
        begin = part["first_frame"] - track.first
        joints = track.joints[begin : begin + part["num_frames"]]
        expected_cm = fixed_lengths(to_y_up(joints), BODY_22) / 10
        found_cm = bvh_positions(root, part["num_frames"])
        error_cm = np.linalg.norm(found_cm - expected_cm, axis=-1)
        assert np.sqrt((error_cm**2).mean()) < 0.05  # the issue asks for 1 cm


def bvh_positions(root, num_frames):
    found = np.empty((num_frames, J, 3))
    for frame in range(num_frames):
        root.loadPose(frame)
        for joint, _, _ in root.layout():
            if joint.Name in BODY_22.joint_names:
                found[frame, BODY_22.index(joint.Name)] = tuple(joint.PositionWorld)
    return found


def test_glb_plays_back_the_joints(session, tmp_path):
    path = export(session, tmp_path, ExportFormat.GLB)
    scene = trimesh.load(path)
    assert len(scene.geometry) >= 2 and np.isfinite(scene.bounds).all()
    assert 1.0 < scene.extents[1] < 2.0  # metres, y up
    file = GLTF2().load(str(path))
    assert "metres" in file.asset.extras["space"]
    looked_at = [0, 6, 7, 8, 11, 12, 23]
    frames = dict(zip(looked_at, animated(file, np.array(looked_at) / FPS), strict=True))
    for track_id, joints in MOTIONS.items():
        is_seen = np.array([not is_gap(track_id, f) for f in range(NUM_FRAMES)])
        expected_m = fixed_lengths(to_y_up(joints[is_seen].astype(float)), BODY_22) / 1000
        place_of = np.cumsum(is_seen) - 1
        for frame, people in frames.items():
            found = people[f"person_{track_id}"]
            if is_seen[frame]:
                assert np.allclose(found, expected_m[place_of[frame]], atol=1e-4)
            else:
                assert np.allclose(found, 0)  # scaled to nothing


def values_of(file, accessor):
    accessor = file.accessors[accessor]
    view = file.bufferViews[accessor.bufferView]
    width = {"SCALAR": 1, "VEC3": 3, "VEC4": 4}[accessor.type]
    data = np.frombuffer(file.binary_blob(), np.float32, accessor.count * width, view.byteOffset)
    return data.reshape(accessor.count, width)


def animated(file, times):
    """For each time: person's node name -> (J, 3) joints in the world, as a viewer plays them."""
    keys = {}
    for channel in file.animations[0].channels:
        sampler = file.animations[0].samplers[channel.sampler]
        key_times = values_of(file, sampler.input)[:, 0]
        assert (np.diff(key_times) > 0).all()
        target = channel.target
        keys[target.node, target.path] = (key_times, values_of(file, sampler.output))
    frames = []
    for time in times:
        people = {}
        for person in file.scenes[0].nodes:
            places = np.full((J, 3), np.nan)
            place_nodes(file, person, np.eye(4), keys, time, places)
            people[file.nodes[person].name] = places
        frames.append(people)
    return frames


def place_nodes(file, number, before, keys, time, places):
    node = file.nodes[number]

    def value(path, default):
        if (number, path) not in keys:
            return np.array(getattr(node, path) or default)
        times, values = keys[number, path]
        return values[max(0, np.searchsorted(times, time + 1e-4) - 1)]

    x, y, z, w = value("rotation", [0, 0, 0, 1])
    local = np.eye(4)
    local[:3, :3] = np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]) * value("scale", [1, 1, 1])  # fmt: skip
    local[:3, 3] = value("translation", [0, 0, 0])
    world = before @ local
    if node.name in BODY_22.joint_names:
        places[BODY_22.index(node.name)] = world[:3, 3]
    for child in node.children or []:
        place_nodes(file, child, world, keys, time, places)


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
        assert np.allclose(keypoints[:, :2], WIDE.project(joints), atol=0.02)
        assert (keypoints[:, 2] == 2).all() and person["num_keypoints"] == 17
    with pytest.raises(ExportError, match="recorded frames"):
        export(session, tmp_path, ExportFormat.COCO, ExportOptions(fps=10.0))


def test_coco_bends_points_as_the_lens_does(tmp_path):
    coco_api = pytest.importorskip("pycocotools.coco")
    record(tmp_path / "s", [result(0, people_of(0), BENT)])
    data = coco_api.COCO(str(export(Session(tmp_path / "s"), tmp_path, ExportFormat.COCO)))
    (person,) = (p for p in data.loadAnns(data.getAnnIds()) if p["track_id"] == 5)
    keypoints = np.array(person["keypoints"]).reshape(17, 3)
    joints = MOTIONS[5][0, COCO_17.indices_in(BODY_22)]
    assert np.allclose(keypoints[:, :2], BENT.project(joints), atol=0.02)


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
    with pytest.raises(ExportError, match="own frames"):
        export(session, tmp_path, ExportFormat.MP4, ExportOptions(fps=10.0))


def test_what_cannot_be_exported_is_told(session, tmp_path):
    with pytest.raises(ExportError, match="no video"):
        export(session, tmp_path, ExportFormat.MP4)
    record(tmp_path / "empty", [])
    with pytest.raises(ExportError, match="no frame"):
        load_take(Session(tmp_path / "empty"), EVERYBODY)
    write_session(tmp_path / "loose", 2, people_of=lambda _: tracked(2500.0, (-1, -1)))
    with pytest.raises(ExportError, match="nobody was tracked"):
        load_take(Session(tmp_path / "loose"), EVERYBODY)
    (tmp_path / "file").touch()
    with pytest.raises(ExportError, match="cannot be written"):
        export_session(session, ExportFormat.CSV, tmp_path / "file" / "out.csv", EVERYBODY)


@pytest.mark.parametrize("values", [{"fps": 0.0}, {"fps": float("nan")}, {"fill_gaps_s": -1.0}])
def test_options_that_make_no_sense(values):
    with pytest.raises(ValueError, match=next(iter(values))):
        ExportOptions(**values)


def test_what_joints_cannot_tell_is_an_error_of_the_export(session, tmp_path, monkeypatch):
    def refuse(joints, skeleton):
        raise MotionError("no pelvis")

    monkeypatch.setattr("das_app.exports.bvh_file.solve", refuse)
    with pytest.raises(ExportError, match="no pelvis"):
        export_session(session, ExportFormat.BVH, tmp_path / "out", EVERYBODY)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("share_done", [0.3, 0.6])  # reading, writing
@pytest.mark.parametrize("to", [f for f in ExportFormat if f is not ExportFormat.MP4])
def test_cancelled_export_leaves_nothing(session, tmp_path, to, share_done):
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
        export_session(filmed, ExportFormat.MP4, path, EVERYBODY, cancelling_at(0.3))
    assert [p.name for p in tmp_path.iterdir()] == ["out.mp4"]
    assert path.read_text() == "the former one"


@pytest.fixture(scope="module")
def filmed(tmp_path_factory):
    """A session with a video of three pictures."""
    folder = tmp_path_factory.mktemp("filmed") / "s"
    record(folder, [result(i, people_of(i)) for i in range(3)], has_video=True, waits=True)
    return Session(folder)


@pytest.mark.parametrize("to", list(ExportFormat))
def test_every_export_states_units_axes_handedness_fps_and_gaps(session, filmed, tmp_path, to):
    options = ExportOptions(fill_gaps_s=0.0 if to is ExportFormat.MP4 else 0.25)
    source = filmed if to is ExportFormat.MP4 else session
    stated = statements(to, export(source, tmp_path, to, options))
    is_in_pixels = to in (ExportFormat.COCO, ExportFormat.MP4)
    units = {"trc": "mm", "c3d": "mm", "bvh": "centimetres", "glb": "metres"}
    assert ("pixels" if is_in_pixels else units.get(to, "mm")) in stated["space"]
    assert "x right" in stated["space"] and ("right-handed" in stated["space"]) != is_in_pixels
    assert stated["fps"] and stated["gaps"] and stated["poses"] == "smoothed"
    if to is not ExportFormat.MP4:
        assert stated["gaps"] == "interpolated up to 0.25 s"
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
        case ExportFormat.TRC:
            return json.loads(path.with_suffix(".about.json").read_text())
        case ExportFormat.C3D:
            lines = ezc3d.c3d(str(path))["parameters"]["DAS"]["ABOUT"]["value"]
            joined = " ".join(lines)
            names = [line.split(": ", 1)[0] for line in lines if ": " in line]
            starts = [joined.index(f"{name}: ") for name in names] + [len(joined)]
            return {
                name: joined[begin + len(name) + 2 : end].strip()
                for name, begin, end in zip(names, starts, starts[1:], strict=False)
            }
        case ExportFormat.BVH:
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
    assert about["names"] == "5 is Ada" and about["part"].startswith("the session from 0.166667 s")
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
    trc = export(named, tmp_path, ExportFormat.TRC).read_text().splitlines()
    assert "\tZoe_O_Hara_2_pelvis\t" in trc[3] and "\tp5_pelvis\t" in trc[3]
    c3d = ezc3d.c3d(str(export(named, tmp_path, ExportFormat.C3D)))
    assert c3d["parameters"]["POINT"]["LABELS"]["value"][0] == "Zoe_O_Hara_2_pelvis"
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
        load_take(session, ExportOptions(is_raw=is_raw)).tracks[0].joints
        for is_raw in (False, True)
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
    assert np.abs(ankles + 80).max() < 60 and np.abs(tops + 1640).max() < 60
    for to in (ExportFormat.COCO, ExportFormat.MP4):
        with pytest.raises(ExportError):
            export(session, tmp_path, to, ExportOptions(space=Space.FLOOR))


def test_floor_that_nobody_stands_on_is_told(session):
    with pytest.raises(ExportError, match="floor is not known"):
        load_take(session, ExportOptions(space=Space.FLOOR))


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
