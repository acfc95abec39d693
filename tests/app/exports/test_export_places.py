"""Where exports go: the same rules for every format."""

import json
from pathlib import Path

import numpy as np
import pytest
from moving_bodies import walking
from session_fakes import record, result

from das_app.exports.export import export_session
from das_app.exports.formats import FACTS, ExportFormat
from das_app.exports.takes.take import ExportError, ExportOptions
from das_app.session.session import Session
from das_model.people import People

EVERYBODY, NUM_FRAMES = ExportOptions(), 8
JOINTS = {i: walking(NUM_FRAMES, i)[2] * [1, -1, -1] for i in (2, 5)}
EXTRAS = {
    ExportFormat.RERUN: "rerun",
    ExportFormat.FOXGLOVE: "foxglove",
    ExportFormat.USD: "pxr",
}


def people_of(index):
    joints = np.stack([JOINTS[i][index] for i in JOINTS]).astype(np.float32)
    scores = np.full(joints.shape[:2], 0.6, np.float32)
    return People(joints, scores, scores[:, 0], np.array(list(JOINTS)))


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """Two people, with a video."""
    folder = tmp_path_factory.mktemp("places") / "walk"
    record(
        folder, [result(i, people_of(i)) for i in range(NUM_FRAMES)], has_video=True, waits=True
    )
    return Session(folder)


@pytest.fixture(scope="module")
def nobody(tmp_path_factory):
    """An empty room, with a video."""
    folder = tmp_path_factory.mktemp("empty") / "room"
    record(folder, [result(i, People.empty()) for i in range(3)], has_video=True, waits=True)
    return Session(folder)


@pytest.fixture(params=ExportFormat)
def to(request):
    if request.param in EXTRAS:
        pytest.importorskip(EXTRAS[request.param], reason="needs the extra `formats`")
    return request.param


def names_in(folder):
    return sorted(each.name for each in folder.iterdir())


def test_the_same_rules_hold_for_every_format(session, tmp_path, to):
    asked, suffix = tmp_path / "new" / "deep" / "walk.v2", FACTS[to].suffix
    written = asked.with_name(asked.name + suffix)
    # neither the folders nor the suffix are there yet; another's dot is none
    text = export_session(session, to, asked, EVERYBODY)
    assert text.startswith(f"{written}: ")
    assert names_in(asked.parent) == [written.name]
    assert written.is_dir() == FACTS[to].is_folder
    # what is there stays, unless it may be replaced
    before = {p: p.stat().st_mtime_ns for p in written.parent.rglob("*")}
    with pytest.raises(ExportError, match=r"(is there already|is not empty).*--force"):
        export_session(session, to, asked, EVERYBODY)
    assert {p: p.stat().st_mtime_ns for p in written.parent.rglob("*")} == before
    # what a killed export left goes, and is in nothing
    left = written.with_name(f".{asked.name}.writing{suffix}")
    if FACTS[to].is_folder:
        left.mkdir()
        (left / "person_9.bvh").touch()
    else:
        left.write_text("half of a file")
    export_session(session, to, asked, EVERYBODY, is_forced=True)
    assert names_in(asked.parent) == [written.name]
    if FACTS[to].is_folder:
        files = json.loads((written / "about.json").read_text())["files"]
        assert files
        assert names_in(written) == sorted([*files, "about.json"])


def test_into_a_folder_that_is_there(session, tmp_path, to):
    (tmp_path / "there").mkdir()
    export_session(session, to, tmp_path / "there", EVERYBODY)
    if FACTS[to].is_folder:
        assert (tmp_path / "there" / "about.json").is_file()
        assert names_in(tmp_path) == ["there"]
    else:
        assert names_in(tmp_path / "there") == [f"walk{FACTS[to].suffix}"]


def test_a_room_with_nobody_is_written_whole(nobody, tmp_path, to):
    text = export_session(nobody, to, tmp_path / "out", EVERYBODY)
    written = tmp_path / f"out{FACTS[to].suffix}"
    assert names_in(tmp_path) == [written.name]
    assert text.endswith(": video" if to is ExportFormat.MP4 else "nobody")


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder nobody can write to")
@pytest.mark.parametrize("place", ["/proc/das_export", "file/out"])
def test_a_place_that_cannot_be_written_to_is_told(session, tmp_path, to, place):
    (tmp_path / "file").touch()
    path = tmp_path / place  # the first is absolute; even root cannot write there
    with pytest.raises(ExportError, match="cannot be written"):
        export_session(session, to, path, EVERYBODY)
    assert names_in(tmp_path) == ["file"]


@pytest.mark.parametrize("to", [f for f in ExportFormat if FACTS[f].suffix])
def test_the_suffix_of_another_format_is_refused(session, tmp_path, to):
    other = ".csv" if FACTS[to].suffix != ".csv" else ".glb"
    with pytest.raises(ExportError, match=f"end in {FACTS[to].suffix}, not {other}"):
        export_session(session, to, tmp_path / f"out{other}", EVERYBODY)
    assert names_in(tmp_path) == []


def test_files_of_others_are_never_replaced(session, tmp_path):
    folder = tmp_path / "trc"
    export_session(session, ExportFormat.TRC, folder, EVERYBODY)
    five = ExportOptions(person_ids=(5,))
    export_session(session, ExportFormat.TRC, folder, five, is_forced=True)
    assert names_in(folder) == ["about.json", "person_5.trc"]
    (folder / "thesis.txt").touch()
    with pytest.raises(ExportError, match=r"files of others .thesis.txt"):
        export_session(session, ExportFormat.TRC, folder, EVERYBODY, is_forced=True)
    with pytest.raises(ExportError, match="is a file"):
        export_session(session, ExportFormat.BVH, folder / "thesis.txt", EVERYBODY, is_forced=True)
