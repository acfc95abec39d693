"""Exports of names that look like formulas, of sessions over which the camera was away, and of
people whose joints lie on each other."""

import csv
from dataclasses import replace

import numpy as np
import pytest
from session_fakes import ORIGIN, WIDE, depth_of, tracked, write_session

from das_app.exports.export import export_session
from das_app.exports.formats import ExportFormat
from das_app.exports.takes.take import ExportError, ExportOptions
from das_app.session.edits import SessionEdits, save_edits
from das_app.session.session import Session
from das_app.session.types import RecordedPoses
from das_app.session.writer import SessionWriter


def export(folder, to_format, path):
    export_session(Session(folder), to_format, path, ExportOptions(), lambda share: None)


@pytest.mark.parametrize(
    "name", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", " =1", "\uff1d1", "\uff201"]
)
def test_cells_that_begin_like_a_formula_are_defused(tmp_path, name):
    folder = write_session(tmp_path / "s", 4)
    save_edits(folder, SessionEdits({0: name}))
    export(folder, ExportFormat.CSV, tmp_path / "x.csv")
    text = (tmp_path / "x.csv").read_text()
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    cells = {row["name"] for row in csv.DictReader(lines)}
    assert cells == {"'" + name.strip()}


def test_ordinary_names_stay_as_they_are(tmp_path):
    folder = write_session(tmp_path / "s", 2)
    save_edits(folder, SessionEdits({0: "Ada - the first"}))
    export(folder, ExportFormat.CSV, tmp_path / "x.csv")
    text = (tmp_path / "x.csv").read_text()
    assert "Ada - the first" in text
    assert "'Ada" not in text


@pytest.mark.parametrize("to_format", [ExportFormat.TRC, ExportFormat.C3D, ExportFormat.BVH])
def test_a_steady_rate_over_days_is_refused_at_once(tmp_path, to_format):
    writer = SessionWriter(tmp_path / "s", ORIGIN)
    for index in range(8):
        time_s = index / 30 + (30 * 3600 if index > 3 else 0)
        poses = RecordedPoses(index, time_s, index, time_s, None, WIDE, tracked(depth_of(index)))
        writer.write(poses, poses)
    writer.close(num_dropped=0, num_dropped_pictures=0)
    with pytest.raises(ExportError, match="more than 500000; trim the session"):
        export(tmp_path / "s", to_format, tmp_path / "x.out")
    assert not (tmp_path / "x.out").exists()


@pytest.mark.parametrize(
    "line", [(0.0, 0.0, 0.0), (0.0, 30.0, 0.0), (0.0, 0.0, 30.0)], ids=["point", "upright", "deep"]
)
@pytest.mark.parametrize("to_format", [ExportFormat.BVH, ExportFormat.GLB, ExportFormat.C3D])
def test_people_on_a_point_or_a_line_are_exported(tmp_path, to_format, line):
    writer = SessionWriter(tmp_path / "s", ORIGIN)
    for index in range(40):
        people = tracked(3000.0)
        numbers = np.arange(people.joints_cam.shape[1])[:, None]
        joints = np.tile((0.0, 0.0, 3000.0) + numbers * line, (len(people), 1, 1))
        people = replace(people, joints_cam=joints.astype(np.float32))
        poses = RecordedPoses(index, index / 30, index, index / 30, None, WIDE, people)
        writer.write(poses, poses)
    writer.close(num_dropped=0, num_dropped_pictures=0)
    export(tmp_path / "s", to_format, tmp_path / f"x.{to_format}")
    assert (tmp_path / f"x.{to_format}").exists()
