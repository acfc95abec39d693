"""No option is passed over in silence: each format follows it, or refuses it in words."""

import re
from dataclasses import fields, replace

import numpy as np
import pytest
from moving_bodies import walking
from session_fakes import record, result
from typer.testing import CliRunner

from das_app.cli import app
from das_app.exports.choices import Choice, asked_for, can, require_possible, why_not
from das_app.exports.export import export_session
from das_app.exports.formats import FACTS, ExportFormat
from das_app.exports.takes.take import ExportError, ExportOptions, MarkerNames, Space
from das_app.motion.body.rig import RigNames
from das_app.motion.faces import FaceHiding
from das_app.motion.floor_estimate import ToldFloor
from das_app.session.session import Session
from das_app.session.types import Layer
from das_model.people import People

PLAIN = ExportOptions()
UNUSUAL = {
    Choice.SPACE: replace(PLAIN, space=Space.FLOOR, told_floor=ToldFloor(1500.0, 10.0)),
    Choice.RATE: replace(PLAIN, fps=11.0),
    Choice.GAPS: replace(PLAIN, fill_gaps_s=1.0),
    Choice.DURATION: replace(PLAIN, min_duration_s=0.12),
    Choice.RIG: replace(PLAIN, rig=RigNames.MIXAMO),
    Choice.MARKERS: replace(PLAIN, markers=MarkerNames.POSE2SIM),
    Choice.TOGETHER: replace(PLAIN, is_together=True),
    Choice.IMAGES: replace(PLAIN, has_images=True),
    Choice.FACES: replace(PLAIN, faces=FaceHiding.BLACK),
}
NUM_FRAMES, GAP, SHORT = 30, range(8, 20), range(24, 27)
JOINTS = {i: walking(NUM_FRAMES, i)[2] * [1, -1, -1] for i in (2, 5, 7)}
# what is written bears ids and times of writing; faces of films are tested with the films
_ELSEWHERE = (ExportFormat.RERUN, ExportFormat.FOXGLOVE, ExportFormat.MP4)


def people_of(index):
    ids = [2] + [5] * (index not in GAP) + [7] * (index in SHORT)
    joints = np.stack([JOINTS[i][index] for i in ids]).astype(np.float32)
    scores = np.full(joints.shape[:2], 0.6, np.float32)
    return People(joints, scores, scores[:, 0], np.array(ids))


@pytest.fixture(scope="module")
def filmed(tmp_path_factory):
    """Somebody who is always there, somebody with a gap, and somebody seen shortly; a video."""
    folder = tmp_path_factory.mktemp("choices") / "s"
    results = [result(i, people_of(i)) for i in range(NUM_FRAMES)]
    record(folder, results, has_video=True, waits=True)
    return Session(folder)


def unusual(to, choice):
    if choice is Choice.DURATION and FACTS[to].is_motion:  # which leave out the third anyway
        return replace(PLAIN, min_duration_s=0.0)
    return UNUSUAL[choice]


def written(session, folder, to, options):
    """Bytes of every file, without what `about.json` says."""
    extras = {ExportFormat.USD: "pxr", ExportFormat.RERUN: "rerun"}
    pytest.importorskip(extras.get(to, "numpy"), reason="needs the extra `formats`")
    if to is ExportFormat.FOXGLOVE:
        pytest.importorskip("foxglove")
    export_session(session, to, folder / f"out{FACTS[to].suffix}", options)
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {p.relative_to(folder): p.read_bytes() for p in files if p.name != "about.json"}


def without_about(contents):
    """Contents without the lines of text in which a table tells its options."""
    return {p: re.sub(rb"(?m)^#.*\n", b"", data) for p, data in contents.items()}


def test_every_option_of_an_export_is_in_the_table():
    everywhere = {"person_ids", "layer", "is_untrimmed"}
    told = {"told_floor"}  # goes with the space
    assert len(fields(ExportOptions)) == len(Choice) + len(everywhere | told)
    for choice, options in UNUSUAL.items():
        assert asked_for(options) == [choice]
        assert any(can(to, choice) for to in ExportFormat)
    assert asked_for(PLAIN) == []


@pytest.mark.parametrize("choice", Choice)
@pytest.mark.parametrize("to", ExportFormat)
def test_what_a_format_cannot_follow_is_refused_in_words(filmed, tmp_path, to, choice):
    if can(to, choice):
        assert why_not(to, choice) == ""
        require_possible(to, UNUSUAL[choice])
        return
    words = f"{to} cannot follow {choice}: {why_not(to, choice)}"
    with pytest.raises(ExportError, match=f"^{re.escape(words)}$"):
        export_session(filmed, to, tmp_path / "out", UNUSUAL[choice])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("to", [f for f in ExportFormat if f not in _ELSEWHERE])
def test_what_a_format_can_follow_changes_what_is_written(filmed, tmp_path, to):
    choices = [choice for choice in Choice if can(to, choice)]
    plain = without_about(written(filmed, tmp_path / "plain", to, PLAIN))
    followed = {
        choice: without_about(written(filmed, tmp_path / choice.value, to, unusual(to, choice)))
        for choice in choices
    }
    same = [choice for choice in choices if followed[choice] == plain]
    assert same == []


@pytest.mark.parametrize("to", ExportFormat)
def test_whom_and_which_layer_every_format_follows(filmed, tmp_path, to):
    plain = written(filmed, tmp_path / "plain", to, PLAIN)
    for name, options in (
        ("person", replace(PLAIN, person_ids=(2,))),
        ("layer", replace(PLAIN, layer=Layer.RAW)),
    ):
        assert written(filmed, tmp_path / name, to, options) != plain, name


def test_a_floor_is_told_for_floor_space_only():
    with pytest.raises(ExportError, match="go with --space floor"):
        require_possible(ExportFormat.CSV, ExportOptions(told_floor=ToldFloor(1500.0, None)))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("bvh", "--with-images"), "bvh cannot follow --with-images: it goes without pictures"),
        (("csv", "--rig", "vrm"), "csv cannot follow --rig: it has no bones"),
        (("vrma", "--rig", "mixamo"), "--rig: its bones have VRM's names"),
        (("json", "--names", "pose2sim"), "json cannot follow --names: it has no markers"),
        (("glb", "--together"), "--together: everybody is in it anyway"),
        (
            ("coco", "--fps", "5", "--space", "floor"),
            "--space: pixels belong to the picture; --fps",
        ),
        (("mp4", "--min-duration", "1"), "mp4 cannot follow --min-duration"),
        (("trc", "--faces", "blur"), "record with --faces for all formats"),
        (("csv", "--camera-height", "1.5"), "go with --space floor"),
    ],
)
def test_the_command_refuses_too(filmed, tmp_path, arguments, words):
    command = ["export", str(filmed.folder), "-o", str(tmp_path / "out"), "--to", *arguments]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 1
    assert words in " ".join(done.output.split())
    assert list(tmp_path.iterdir()) == []
