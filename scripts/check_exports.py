"""Write sessions in every format, open each with the program it is for, and compare.

    python scripts/check_exports.py walk dance demo

Prints the first table of docs/exports.md: the largest distance between what a program reads and
what the session holds, or, for formats of rotations, what the fitted body is. Needs the extra
`dev` and `npm install --prefix tests/npm`.
"""

import argparse
import importlib.metadata
import json
import subprocess
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from das_app.exports.bodies.moving_bodies import MovingBody, moving_bodies
from das_app.exports.export import export_session
from das_app.exports.formats import FACTS, ExportFormat, default_path
from das_app.exports.takes.take import ExportOptions, Take, load_take
from das_app.motion.body.rig import RigNames, to_y_up, world
from das_app.session.session import Session
from das_model.skeleton import COCO_17

_CHECK_GLB = Path(__file__).parents[1] / "tests" / "npm" / "check_glb.mjs"
_MIN_S = 0.5
_JUST_S = 1e-5  # after a frame: times of glTF are float32
_Check = Callable[[Path, Take, list[MovingBody]], tuple[int, float]]


def _track_paths(folder: Path, take: Take, suffix: str) -> list[tuple[Path, int]]:
    labels = [take.label_of(track, "person_") for track in take.tracks]
    return [(folder / f"{label}{suffix}", number) for number, label in enumerate(labels)]


def _placed(take: Take, number: int) -> np.ndarray:
    """(F, J, 3) mm of a person, NaN elsewhere."""
    track = take.tracks[number]
    places = np.full((len(take.times_s), *track.joints.shape[1:]), np.nan)
    places[track.first : track.first + len(track)] = to_y_up(track.joints)
    return places


def _worst(found: np.ndarray, expected: np.ndarray) -> float:
    if not np.array_equal(np.isnan(found), np.isnan(expected)):
        return float("inf")
    return float(np.nanmax(np.abs(found - expected)))


def check_csv(path: Path, take: Take, _bodies: list[MovingBody]) -> tuple[int, float]:
    """pandas; mm."""
    import pandas

    table = pandas.read_csv(path, comment="#")
    worst = 0.0
    for track in take.tracks:
        own = table[table.person == track.track_id]
        seen = track.joints[np.isfinite(track.joints).all(axis=2)]
        worst = max(worst, _worst(own[["x_mm", "y_mm", "z_mm"]].to_numpy(), seen))
    return table.person.nunique(), worst


def check_trc(folder: Path, take: Take, _bodies: list[MovingBody]) -> tuple[int, float]:
    """OpenSim; mm."""
    import opensim

    worst, paths = 0.0, _track_paths(folder, take, ".trc")
    for path, number in paths:
        table = opensim.TimeSeriesTableVec3(str(path))
        rows = (table.getRowAtIndex(n) for n in range(table.getNumRows()))
        found = np.array(
            [[[row[n][axis] for axis in range(3)] for n in range(row.size())] for row in rows]
        )
        worst = max(worst, _worst(found, _placed(take, number)))
    return len(paths), worst


def check_c3d(folder: Path, take: Take, _bodies: list[MovingBody]) -> tuple[int, float]:
    """ezc3d; mm."""
    import ezc3d

    worst, paths = 0.0, _track_paths(folder, take, ".c3d")
    for path, number in paths:
        points = ezc3d.c3d(str(path))["data"]["points"][:3].transpose(2, 1, 0)
        expected = _placed(take, number)
        worst = max(worst, _worst(points[:, : expected.shape[1]], expected))
    return len(paths), worst


def check_mot(folder: Path, take: Take, _bodies: list[MovingBody]) -> tuple[int, float]:
    """OpenSim; the root, mm."""
    import opensim

    worst, bodies = 0.0, _bodies
    for body in bodies:
        table = opensim.TimeSeriesTable(str(folder / f"{body.label}.mot"))
        names = ("pelvis_tx", "pelvis_ty", "pelvis_tz")
        found = np.stack([table.getDependentColumn(n).to_numpy() for n in names], axis=1) * 1000
        expected = np.where(body.track.is_posed[:, None], body.fit.pose.root, np.nan)
        worst = max(worst, _worst(found, expected))
    return len(bodies), worst


def check_bvh(folder: Path, take: Take, bodies: list[MovingBody]) -> tuple[int, float]:
    """bvhio; mm from the fitted body."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import bvhio
    files = json.loads((folder / "about.json").read_text(encoding="utf-8"))["files"]
    by_id, worst = {body.track.track_id: body for body in bodies}, 0.0
    for name, part in files.items():
        body = by_id[part["person"]]
        _, places = world(body.fit.body, body.fit.offsets(), body.fit.pose)
        root = bvhio.readAsHierarchy(str(folder / name))
        for frame in range(0, part["num_frames"], 10):
            root.loadPose(frame)
            at = {joint.Name: tuple(joint.PositionWorld) for joint, _, _ in root.layout()}
            found = np.array([at[bone] for bone in body.names]) * 10
            begin = part["first_frame"] - body.track.first
            worst = max(worst, _worst(found, places[begin + frame]))
    return len({part["person"] for part in files.values()}), worst


def check_glb(path: Path, take: Take, bodies: list[MovingBody]) -> tuple[int, float]:
    """gltf-validator without an error or warning, then three.js; mm from the fitted body."""
    frames = range(0, len(take.times_s) - 1, max(1, len(take.times_s) // 20))
    times = (str(take.times_s[frame] + _JUST_S) for frame in frames)
    command = ["node", str(_CHECK_GLB), str(path), *times]
    report = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    worst = 0.0 if report["numErrors"] + report["numWarnings"] == 0 else float("inf")
    for person, body in enumerate(bodies):
        _, places = world(body.fit.body, body.fit.offsets(), body.fit.pose)
        for number, frame in enumerate(frames):
            place = frame - body.track.first
            if 0 <= place < len(body.track) and body.track.is_posed[place]:
                found = np.array(report["frames"][number][person]) * 1000
                worst = max(worst, _worst(found, places[place]))
    return len(report["clips"]), worst


def check_usd(path: Path, take: Take, bodies: list[MovingBody]) -> tuple[int, float]:
    """usd-core; mm from the fitted body."""
    from pxr import Usd, UsdSkel

    stage, cache, worst = Usd.Stage.Open(str(path)), UsdSkel.Cache(), 0.0
    for body in bodies:
        root = UsdSkel.Root(stage.GetPrimAtPath(f"/World/{body.label}"))
        cache.Populate(root, Usd.PrimDefaultPredicate)
        skeleton = UsdSkel.Skeleton(stage.GetPrimAtPath(f"{root.GetPath()}/Skeleton"))
        query = cache.GetSkelQuery(skeleton)
        _, places = world(body.fit.body, body.fit.offsets(), body.fit.pose)
        for frame in range(0, len(body.track), 10):
            matrices = query.ComputeJointSkelTransforms(body.track.first + frame)
            found = np.array([list(m.ExtractTranslation()) for m in matrices]) * 1000
            worst = max(worst, _worst(found, places[frame]))
    return len(bodies), worst


def check_coco(path: Path, take: Take, _bodies: list[MovingBody]) -> tuple[int, float]:
    """pycocotools; px, of joints in the picture."""
    from pycocotools.coco import COCO

    data, worst = COCO(str(path)), 0.0
    tracks = {track.track_id: track for track in take.tracks}
    order, people = COCO_17.indices_in(take.origin.skeleton), data.loadAnns(data.getAnnIds())
    for person in people:
        track, frame = tracks[person["track_id"]], person["image_id"]
        points = take.cameras[frame].project(track.joints[frame - track.first, order]) + 0.5
        keypoints = np.array(person["keypoints"]).reshape(17, 3)
        is_in = keypoints[:, 2] > 0
        worst = max(worst, _worst(keypoints[is_in, :2], points[is_in]))
    return len({person["track_id"] for person in people}), worst


CHECKS: dict[ExportFormat, tuple[str, str, _Check]] = {
    ExportFormat.CSV: ("pandas", "mm", check_csv),
    ExportFormat.TRC: ("opensim", "mm", check_trc),
    ExportFormat.C3D: ("ezc3d", "mm", check_c3d),
    ExportFormat.MOT: ("opensim", "mm", check_mot),
    ExportFormat.BVH: ("bvhio", "mm", check_bvh),
    ExportFormat.GLB: ("three", "mm", check_glb),
    ExportFormat.USD: ("usd-core", "mm", check_usd),
    ExportFormat.COCO: ("pycocotools", "px", check_coco),
}


def _version(program: str) -> str:
    if program == "three":
        packages = {
            name: json.loads(
                (_CHECK_GLB.parent / "node_modules" / name / "package.json").read_text(
                    encoding="utf-8"
                )
            )["version"]
            for name in ("three", "gltf-validator")
        }
        return ", ".join(f"{name} {version}" for name, version in packages.items())
    return f"{program} {importlib.metadata.version(program)}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sessions", nargs="+", type=Path)
    sessions = [Session(folder) for folder in parser.parse_args().sessions]
    rows: dict[ExportFormat, list[str]] = {to: [] for to in CHECKS}
    for session in sessions:
        options = ExportOptions(min_duration_s=_MIN_S)
        takes = {s: load_take(session, options, s) for s in (False, True)}
        bodies = {s: moving_bodies(t, RigNames.HUMANOID, lambda _: None) for s, t in takes.items()}
        table_take = load_take(session, ExportOptions())
        for to, (_, unit, check) in CHECKS.items():
            facts = FACTS[to]
            take = takes[facts.is_steady] if facts.is_motion else table_take
            with tempfile.TemporaryDirectory() as folder:
                path = default_path(Path(folder) / "out", to)
                export_session(session, to, path, ExportOptions())
                people, worst = check(path, take, bodies[facts.is_steady])
            rows[to].append(f"{people}: {worst:.2g} {unit}")
    names = [session.folder.name for session in sessions]
    print(f"| format | program | {' | '.join(names)} |\n|{'---|' * (2 + len(names))}")
    for to, cells in rows.items():
        print(f"| `{to}` | {_version(CHECKS[to][0])} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
