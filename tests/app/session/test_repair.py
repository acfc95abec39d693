import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import av
import numpy as np
import pytest
import zstandard
from session_fakes import FPS, ORIGIN, depth_of, record, result, tracked, write_session

from das_app.session.folder import find_unclosed
from das_app.session.format import POSES_TOPIC
from das_app.session.reader import Salvage
from das_app.session.recorder import Recorder
from das_app.session.repair import repair_session
from das_app.session.session import Session
from das_app.session.types import EventKind, SessionError
from das_model.people import People
from das_model.skeleton import MUCO_21

NUM_CRASHES = 20


@pytest.fixture(scope="module")
def unclosed(tmp_path_factory):
    """Folder of a session of 8 frames in chunks of 2 that was left open."""
    folder = tmp_path_factory.mktemp("repair") / "open"
    return write_session(folder, 8, frames_per_chunk=2, closes=False)


def copy_of(log, folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "session.mcap").write_bytes(log)
    return folder


def assert_right(poses):
    assert poses["people"][0]["joints_cam_mm"][0][2] == depth_of(poses["index"])


def salvaged(path):
    """Numbers of the frames that can be read; each must be right."""
    salvage, indices = Salvage(path), []
    for messages in salvage:
        for message in messages:
            if message.topic == POSES_TOPIC:
                poses = json.loads(message.data)
                assert_right(poses)
                indices.append(poses["index"])
    return indices


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks the recording processes")
def test_killed_recordings_lose_less_than_a_second(tmp_path):
    script = Path(__file__).parents[1] / "crash_children.py"
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path), str(NUM_CRASHES), "7"],
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    accepted = json.loads(done.stdout)
    assert len(find_unclosed(tmp_path, quiet_s=0)) == len(accepted) == NUM_CRASHES
    assert max(accepted.values()) > FPS  # some lived long enough to lose something else
    for name, last in accepted.items():
        report = repair_session(tmp_path / name, quiet_s=0)
        session = Session(tmp_path / name)
        frames = list(session)
        assert [f.index for f in frames] == list(range(report.num_frames))
        assert all(f.people.joints_cam[0, 0, 2] == depth_of(f.index) for f in frames)
        assert report.num_frames >= last - FPS
        assert report.num_damaged_chunks == 0
        num_pictures = check_video(session) if report.has_video else 0
        assert num_pictures >= last - FPS
    assert find_unclosed(tmp_path, quiet_s=0) == []


def test_frames_of_other_joints_are_left_out_and_the_rest_opens(tmp_path):
    """As a recorder once wrote them where another model was chosen."""
    num_joints = MUCO_21.num_joints
    other = People(
        np.zeros((1, num_joints, 3), np.float32),
        np.ones((1, num_joints), np.float32),
        np.ones(1, np.float32),
        np.zeros(1, np.int64),
        MUCO_21,
    )
    folder = write_session(
        tmp_path / "s", 6, 2, lambda i: other if i == 3 else tracked(depth_of(i)), closes=False
    )
    report = repair_session(folder, quiet_s=0)
    assert (report.num_frames, report.num_damaged_chunks) == (5, 1)
    assert [poses.index for poses in Session(folder)] == [0, 1, 2, 4, 5]


def check_video(session):
    """Number of pictures of a test's session; each must show its number and its time."""
    with av.open(str(session.video_path)) as container:
        pictures = [
            (p.to_ndarray(format="rgb24")[5, 5, 0], p.pts) for p in container.decode(video=0)
        ]
    for poses in session:
        if poses.picture is not None and poses.picture < len(pictures):
            red, pts = pictures[poses.picture]
            assert abs(int(red) - poses.source_index % 256) <= 4
            assert abs(pts - 1000 * poses.time_s) <= 1
    return len(pictures)


def test_a_cut_at_every_byte_of_the_last_chunks_costs_what_is_behind_it(tmp_path):
    source = write_session(tmp_path / "whole", 8, frames_per_chunk=2, closes=False)
    log = (source / "session.mcap").read_bytes()
    starts = chunk_heads(log)
    for place in range(starts[1], len(log)):
        num_whole = sum(_end_of_chunk(log, s) <= place for s in starts)
        path = copy_of(log[:place], tmp_path / "s") / "session.mcap"
        assert salvaged(path) == list(range(2 * num_whole))


def _end_of_chunk(log, start):
    return start + 9 + int.from_bytes(log[start + 1 : start + 9], "little")


def test_cut_at_every_byte_of_the_last_chunk(unclosed, tmp_path):
    log = (unclosed / "session.mcap").read_bytes()
    chunk = log.rindex(b"zstd") - 9 - 32  # its record begins before the name of the compression
    found = [salvaged(copy_of(log[:n], tmp_path) / "session.mcap") for n in range(chunk, len(log))]
    whole, without = list(range(8)), list(range(6))
    assert all(indices in (whole, without) for indices in found)
    num_without = found.index(whole)
    assert 100 < num_without < len(found)
    assert found == [without] * num_without + [whole] * (len(found) - num_without)


def test_cut_file_is_repaired(unclosed, tmp_path):
    log = (unclosed / "session.mcap").read_bytes()
    folder = copy_of(log[:-400], tmp_path / "s")
    assert find_unclosed(tmp_path, quiet_s=0) == [folder]
    report = repair_session(folder, quiet_s=0)
    assert (report.num_frames, report.num_damaged_chunks, report.has_video) == (6, 0, False)
    session = Session(folder)
    assert session.counts.is_repaired
    assert session.counts.num_frames == 6
    assert session.counts.num_people == 6
    assert session.camera is not None
    assert [f.people.joints_cam[0, 0, 2] for f in session] == [depth_of(i) for i in range(6)]
    assert session.events()[-1].kind is EventKind.REPAIRED
    assert sorted(p.name for p in folder.iterdir()) == ["session.json", "session.mcap"]


def chunk_heads(log):
    """Where the chunks of a log begin; the name of the compression stands 41 bytes on."""
    places = [m.start() - 41 for m in re.finditer(rb"zstd", log)]
    return [place for place in places if log[place] == 6]


@pytest.mark.parametrize("closes", [False, True])
@pytest.mark.parametrize("where", ["anywhere", "heads", "beginning"])
def test_a_flipped_bit_costs_at_most_its_chunk(tmp_path, closes, where):
    source = write_session(tmp_path / "whole", 12, frames_per_chunk=2, closes=closes)
    log, rng = (source / "session.mcap").read_bytes(), np.random.default_rng(2)
    heads = chunk_heads(log)
    places = {
        "anywhere": np.arange(len(log)),
        "heads": np.concatenate([np.arange(h, h + 41) for h in heads]),
        "beginning": np.arange(heads[0]),
    }[where]
    num_whole = 0
    num_flips = 400 if where == "anywhere" else 150
    for number in range(num_flips):
        damaged = bytearray(log)
        damaged[rng.choice(places)] ^= 1 << rng.integers(8)
        folder = copy_of(damaged, tmp_path / "s")
        indices = salvaged(folder / "session.mcap")
        lost = sorted(set(range(12)) - set(indices))
        assert indices == sorted(set(indices))
        assert lost == [] or (len(lost) == 2 and lost[0] % 2 == 0 and lost[1] == lost[0] + 1)
        num_whole += not lost
        if number % 20 == 0:
            check_repair(folder, indices)
    assert num_whole > 0
    assert where != "beginning" or num_whole == num_flips


@pytest.mark.parametrize("closes", [False, True])
def test_a_chunk_that_claims_to_be_longer_takes_no_other_with_it(tmp_path, closes):
    source = write_session(tmp_path / "whole", 12, frames_per_chunk=2, closes=closes)
    log = (source / "session.mcap").read_bytes()
    for head in chunk_heads(log):
        for bit in range(24):  # of the size of what is compressed
            damaged = bytearray(log)
            damaged[head + 45 + bit // 8] ^= 1 << bit % 8
            indices = salvaged(copy_of(damaged, tmp_path / "s") / "session.mcap")
            assert len(indices) >= (10 if closes else 12)  # without the index it is not needed
            assert indices == sorted(set(indices))


def test_a_chunk_is_unpacked_once(tmp_path, monkeypatch):
    source = write_session(tmp_path / "s", 12, frames_per_chunk=2, closes=False)
    unpack, unpacked = zstandard.decompress, []

    def counted(data, size):
        unpacked.append(len(data))
        return unpack(data, size)

    monkeypatch.setattr(zstandard, "decompress", counted)
    assert salvaged(source / "session.mcap") == list(range(12))
    assert len(unpacked) == len(chunk_heads((source / "session.mcap").read_bytes()))


def check_repair(folder, indices):
    """A repair gives these frames, or says why it cannot and leaves the file as it was."""
    before = (folder / "session.mcap").read_bytes()
    try:
        repair_session(folder, quiet_s=0)
    except SessionError:
        assert (folder / "session.mcap").read_bytes() == before
    else:
        assert [f.index for f in Session(folder)] == indices
        (folder / "session.json").unlink()


def test_damaged_closed_session_is_repaired_around_the_damage(tmp_path):
    folder = write_session(tmp_path / "s", 8, frames_per_chunk=2)
    log = bytearray((folder / "session.mcap").read_bytes())
    middle = log.index(b"zstd", log.index(b"zstd") + 1) + 60  # inside the second chunk
    log[middle] ^= 0x10
    (folder / "session.mcap").write_bytes(log)
    with pytest.raises(SessionError, match="damaged"):
        list(Session(folder))
    report = repair_session(folder, quiet_s=0)
    assert report.num_damaged_chunks == 1
    assert [f.index for f in Session(folder)] == [0, 1, 4, 5, 6, 7]


def test_unreadable_summary_is_written_anew(tmp_path):
    record(tmp_path / "s", [result(0), result(1)])
    (tmp_path / "s" / "session.json").write_text("{")
    assert repair_session(tmp_path / "s", quiet_s=0).num_frames == 2
    assert len(Session(tmp_path / "s")) == 2


def test_what_needs_no_repair_is_left_alone(tmp_path):
    folder = write_session(tmp_path / "s", 3)
    before = (folder / "session.mcap").read_bytes()
    with pytest.raises(SessionError, match="needs no repair"):
        repair_session(folder, quiet_s=0)
    assert (folder / "session.mcap").read_bytes() == before
    with pytest.raises(SessionError, match=r"no session.mcap"):
        repair_session(tmp_path)


def test_what_holds_nothing_is_not_offered_again_and_again(unclosed, tmp_path):
    log = (unclosed / "session.mcap").read_bytes()
    for number, content in enumerate((b"", log[:40], bytes(len(log)))):
        folder = copy_of(content, tmp_path / str(number))
        with pytest.raises(SessionError, match="nothing can be read"):
            repair_session(folder, quiet_s=0)
    assert find_unclosed(tmp_path, quiet_s=0) == []


@pytest.mark.parametrize("shift_s", [-1e9, 0, 60, 3e7], ids=["old", "now", "minute", "year"])
def test_a_live_recorder_is_known_by_its_lock_whatever_the_date(tmp_path, shift_s):
    folder = tmp_path / "s"
    recorder = Recorder(folder, ORIGIN)
    recorder.write(result(0))
    log, date = folder / "session.mcap", time.time() + shift_s
    os.utime(log, (date, date))
    assert find_unclosed(tmp_path) == []
    with pytest.raises(SessionError, match="still being recorded"):
        repair_session(folder)
    recorder.close()
    (folder / "session.json").unlink()
    os.utime(log, (date, date))
    assert find_unclosed(tmp_path) == [folder]
    assert repair_session(folder).num_frames == 1
    assert find_unclosed(tmp_path / "nowhere") == []


@pytest.mark.parametrize("content", [b"", b"\x89MCAP0\r\n", b"no log at all" * 50])
def test_what_holds_nothing_is_told(tmp_path, content):
    folder = copy_of(content, tmp_path / "s")
    with pytest.raises(SessionError, match="nothing can be read"):
        repair_session(folder, quiet_s=0)
    assert [p.name for p in folder.iterdir()] == ["session.mcap"]
    assert (folder / "session.mcap").read_bytes() == content


def test_video_that_cannot_be_opened_is_left_and_told(unclosed, tmp_path):
    folder = copy_of((unclosed / "session.mcap").read_bytes(), tmp_path / "s")
    (folder / "video.mkv").write_bytes(b"\x1aE\xdf\xa3 no more")
    report = repair_session(folder, quiet_s=0)
    assert not report.has_video
    assert report.num_frames == 8
    assert (folder / "video.mkv").read_bytes().endswith(b"no more")
    assert ORIGIN.source == Session(folder).origin.source
