"""BVH, GLB, VRM Animation, USD and FBX, read by the programs they are made for."""

import json
import re
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from moving_bodies import walking
from pygltflib import GLTF2
from session_fakes import FPS, write_session

from das_app.exports.bodies.bvh_file import zxy_degrees
from das_app.exports.bodies.moving_bodies import moving_bodies
from das_app.exports.export import export_session
from das_app.exports.formats import ExportFormat, default_path
from das_app.exports.takes.take import ExportOptions, load_take
from das_app.motion.body.rig import RigNames, world
from das_app.motion.body.rotations import rotations_by
from das_app.session.edits import SessionEdits, save_edits
from das_app.session.session import Session
from das_model.people import People
from das_model.person_colours import person_rgb

with warnings.catch_warnings():
    warnings.simplefilter("ignore", PendingDeprecationWarning)  # of a library it uses
    import bvhio

NUM_FRAMES, GAP = 40, range(12, 26)  # frames without person 5
NPM = Path(__file__).parents[2] / "npm"
FBX_SCRIPT = Path(__file__).parents[3] / "docs" / "examples" / "glb_to_fbx.py"
JOINTS = {2: walking(NUM_FRAMES)[2] * [1, -1, -1], 5: walking(NUM_FRAMES, 1)[2] * [1, -1, -1]}


def people_of(index):
    ids = [2] if index in GAP else [5, 2]
    joints = np.stack([JOINTS[i][index] for i in ids]).astype(np.float32)
    ones = np.ones(joints.shape[:2], np.float32)
    return People(joints, ones, ones[:, 0], np.array(ids))


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bodies") / "s"
    return Session(write_session(folder, NUM_FRAMES, people_of=people_of))


def export(session, tmp_path, to, options=None):
    path = default_path(tmp_path / "out", to)
    export_session(session, to, path, options or ExportOptions())
    return path


def bodies_of(session, is_steady):
    """Track id -> the body that was written, and the places (n, B, 3) m of its bones."""
    take = load_take(session, ExportOptions(), is_steady)
    bodies = moving_bodies(take, RigNames.HUMANOID, lambda _: None)
    places = (world(b.fit.body, b.fit.offsets(), b.fit.pose)[1] / 1000 for b in bodies)
    return {b.track.track_id: (b, p) for b, p in zip(bodies, places, strict=True)}


def test_bodies_are_where_the_joints_are(session):
    for body, _ in bodies_of(session, is_steady=True).values():
        assert body.fit.rms_mm < 12
        assert body.about().startswith(f"{body.fit.rms_mm:.1f} mm rms")


def test_bvh_read_by_bvhio(session, tmp_path):
    folder = export(session, tmp_path, ExportFormat.BVH)
    about = json.loads((folder / "about.json").read_text())
    assert "centimetres" in about["about"]["space"]
    assert "T-pose" in about["about"]["rest"]
    assert "person_2: " in about["about"]["residual"]
    assert "mm rms" in about["about"]["residual"]
    files, bodies = about["files"], bodies_of(session, is_steady=True)
    assert list(files) == ["person_2.bvh", "person_5.bvh", "person_5_part_2.bvh"]
    assert {p.name for p in folder.iterdir()} == {*files, "about.json"}
    for name, part in files.items():
        body, places = bodies[part["person"]]
        root = bvhio.readAsHierarchy(str(folder / name))
        begin = part["first_frame"] - body.track.first
        assert root.loadRestPose().Name == "Hips"
        for frame in range(0, part["num_frames"], 5):
            root.loadPose(frame)
            found = {j.Name: np.array(tuple(j.PositionWorld)) / 100 for j, _, _ in root.layout()}
            for number, bone in enumerate(body.names):
                assert np.allclose(found[bone], places[begin + frame, number], atol=1e-4), bone


def test_angles_do_not_jump_by_whole_turns_nor_at_the_pole():
    turn = np.linspace(0, 4 * np.pi, 90)
    about_y = rotations_by(turn[:, None, None] * np.array([0, 1.0, 0]))
    angles = zxy_degrees(about_y)[:, 0]
    assert np.allclose(angles[:, 2], np.degrees(turn))
    assert np.allclose(angles[:, :2], 0)
    about_x = rotations_by(np.linspace(-3, 0, 60)[:, None, None] * np.array([1.0, 0, 0]))
    over = zxy_degrees(about_x)  # a thigh lifted beyond the pole at 90 degrees
    assert np.abs(np.diff(over, axis=0)).max() < 10


@pytest.mark.parametrize("names", RigNames)
def test_bones_are_called_as_asked_for(session, tmp_path, names):
    folder = export(session, tmp_path, ExportFormat.BVH, ExportOptions((2,), rig=names))
    text = (folder / "person_2.bvh").read_text()
    thigh = {
        "ours": "left_hip",
        "humanoid": "LeftUpLeg",
        "mixamo": "mixamorig:LeftUpLeg",
        "vrm": "leftUpperLeg",
    }[names]
    assert f"JOINT {thigh}\n" in text
    assert "_base" not in text


def checked_by_npm(path, *times):
    """What the Khronos validator and three.js say of a file."""
    if shutil.which("node") is None or not (NPM / "node_modules").is_dir():
        pytest.skip("needs node and `npm install --prefix tests/npm`")
    command = ["node", str(NPM / "check_glb.mjs"), str(path), *map(str, times)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return json.loads(done.stdout)


def test_glb_in_three_js_and_the_validator(session, tmp_path):
    path = export(session, tmp_path, ExportFormat.GLB)
    about = GLTF2().load(str(path)).asset.extras
    assert "metres" in about["space"]
    assert "mm rms" in about["residual"]
    frames = [0, 5, 11, 30, 38]
    report = checked_by_npm(path, *(frame / FPS for frame in frames))
    assert (report["numErrors"], report["numWarnings"], report["messages"]) == (0, 0, [])
    assert report["clips"] == ["person_2", "person_5"]
    bodies = bodies_of(session, is_steady=False)
    for place, frame in enumerate(frames):
        for person, track_id in enumerate((2, 5)):
            body, places = bodies[track_id]
            found = np.array(report["frames"][place][person])
            expected = places[frame - body.track.first]
            assert np.allclose(found, expected, atol=3e-3), (track_id, frame)


def test_people_have_the_colours_of_the_window(session, tmp_path):
    file = GLTF2().load(str(export(session, tmp_path, ExportFormat.GLB)))
    linear = np.array([m.pbrMetallicRoughness.baseColorFactor[:3] for m in file.materials])
    assert np.allclose(255 * linear ** (1 / 2.2), [person_rgb(2), person_rgb(5)], atol=0.5)


def test_people_away_are_scaled_to_nothing(session, tmp_path):
    report = checked_by_npm(export(session, tmp_path, ExportFormat.GLB), 20 / FPS)
    both = np.array(report["frames"][0])
    assert np.ptp(both[0], axis=0).max() > 1
    assert np.allclose(both[1], 0)


def test_vrm_animation(session, tmp_path):
    folder = export(session, tmp_path, ExportFormat.VRMA)
    assert checked_by_npm(folder / "person_5.vrma")["numErrors"] == 0
    file = GLTF2().load_binary(str(folder / "person_5.vrma"))
    extension = file.extensions["VRMC_vrm_animation"]
    assert extension["specVersion"] == "1.0"
    assert len(file.animations) == 1
    bones = extension["humanoid"]["humanBones"]
    required = {
        "hips",
        "spine",
        "head",
        *(
            side + bone
            for side in ("left", "right")
            for bone in ("UpperLeg", "LowerLeg", "Foot", "UpperArm", "LowerArm", "Hand")
        ),
    }
    assert required <= set(bones)
    assert all(file.nodes[bone["node"]].rotation is None for bone in bones.values())  # rest: T
    times = file.accessors[file.animations[0].samplers[0].input]
    assert times.min == [0.0]
    assert times.count == NUM_FRAMES


def in_blender(tmp_path, script, *arguments):
    """What a script prints last, run by Blender as a Python module, as JSON."""
    pytest.importorskip("importlib.util")
    from importlib.util import find_spec

    if find_spec("bpy") is None:
        pytest.skip("needs bpy, Blender as a Python module")
    file = tmp_path / "script.py"
    file.write_text(script)
    done = subprocess.run(
        [sys.executable, str(file), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=250,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("JSON ")]
    assert lines, done.stdout[-2000:] + done.stderr[-2000:]
    return json.loads(lines[-1][5:])


_LOOK = """
import bpy, json, sys
path, frame = sys.argv[1], int(sys.argv[2])
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.context.scene.render.fps = 30
if path.endswith(".fbx"):
    bpy.ops.import_scene.fbx(filepath=path)
elif path.endswith(".glb"):
    bpy.ops.import_scene.gltf(filepath=path)
else:
    bpy.ops.import_anim.bvh(filepath=path, global_scale=0.01)
armatures = [o for o in bpy.data.objects if o.type == "ARMATURE"]
for armature in armatures:
    for track in armature.animation_data.nla_tracks:
        track.mute = False
bpy.context.scene.frame_set(frame)
places = {a.name: {b.name: list(a.matrix_world @ b.head) for b in a.pose.bones} for a in armatures}
print("JSON " + json.dumps({
    "actions": [a.name for a in bpy.data.actions], "places": places,
    "meshes": sum(o.type == "MESH" for o in bpy.data.objects),
    "skinned": [o.name for o in bpy.data.objects
                if o.type == "MESH" and any(m.type == "ARMATURE" for m in o.modifiers)],
}))
"""


def y_up(place):
    """Blender's z up to y up."""
    return np.array([place[0], place[2], -place[1]])


def test_blender_has_one_armature_one_skin_and_one_action_a_person(session, tmp_path):
    path = export(session, tmp_path, ExportFormat.GLB)
    seen = in_blender(tmp_path, _LOOK, path, 5)
    assert set(seen["places"]) == {"person_2", "person_5"} == set(seen["actions"])
    assert len(seen["skinned"]) == 2
    for track_id, (body, places) in bodies_of(session, is_steady=False).items():
        found = seen["places"][f"person_{track_id}"]
        for number, bone in enumerate(body.names):
            assert np.allclose(y_up(found[bone]), places[5, number], atol=2e-2), bone
    fbx = tmp_path / "out.fbx"
    command = [sys.executable, str(FBX_SCRIPT), str(path), str(fbx)]
    subprocess.run(command, check=True, capture_output=True, timeout=250)
    again = in_blender(tmp_path, _LOOK, fbx, 5)
    assert set(again["places"]) == {"person_2", "person_5"}
    assert len(again["skinned"]) == again["meshes"] == 2
    assert len(again["actions"]) == 2


def test_blender_reads_bvh(session, tmp_path):
    folder = export(session, tmp_path, ExportFormat.BVH)
    seen = in_blender(tmp_path, _LOOK, folder / "person_2.bvh", 6)  # it counts from 1
    ((_, found),) = seen["places"].items()
    body, places = bodies_of(session, is_steady=True)[2]
    for number, bone in enumerate(body.names):
        assert np.allclose(y_up(found[bone]), places[5, number], atol=5e-3), bone


@pytest.mark.parametrize("name", ["2Pac", "=1+1", "π", "CON", "../x"])
def test_any_name_can_be_exported(session, tmp_path, name):
    folder = shutil.copytree(session.folder, tmp_path / "s")
    save_edits(folder, SessionEdits({2: name}))
    for to in (ExportFormat.BVH, ExportFormat.VRMA, ExportFormat.TRC, ExportFormat.USD):
        if to is ExportFormat.USD:
            pytest.importorskip("pxr", reason="needs usd-core, of the extra `usd`")
        path = export(Session(folder), tmp_path, to)
        for file in path.glob("*") if path.is_dir() else ():
            assert re.fullmatch(r"[A-Za-z]\w*\.\w+", file.name, re.ASCII), file.name
    assert not (tmp_path.parent / "x").exists()


def test_usd_skeletons(session, tmp_path):
    pytest.importorskip("pxr", reason="needs usd-core, of the extra `usd`")
    from pxr import Usd, UsdGeom, UsdSkel

    path = export(session, tmp_path, ExportFormat.USD)
    stage = Usd.Stage.Open(str(path))
    assert stage.GetTimeCodesPerSecond() == pytest.approx(29.97)
    assert UsdGeom.GetStageUpAxis(stage) == "Y"
    assert UsdGeom.GetStageMetersPerUnit(stage) == 1
    cache = UsdSkel.Cache()
    for track_id, (body, places) in bodies_of(session, is_steady=True).items():
        root = UsdSkel.Root(stage.GetPrimAtPath(f"/World/person_{track_id}"))
        assert cache.Populate(root, Usd.PrimDefaultPredicate)
        skeleton = UsdSkel.Skeleton(stage.GetPrimAtPath(f"{root.GetPath()}/Skeleton"))
        query = cache.GetSkelQuery(skeleton)
        assert query
        assert len(query.GetJointOrder()) == len(body.names)
        for frame in (0, 7, 30):
            matrices = query.ComputeJointSkelTransforms(body.track.first + frame)
            found = np.array([list(m.ExtractTranslation()) for m in matrices])
            assert np.allclose(found, places[frame], atol=2e-3)
        shown = UsdGeom.Imageable(root).ComputeVisibility(18)
        assert shown == ("inherited" if track_id == 2 else "invisible")
