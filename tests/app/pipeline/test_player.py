import json
import sys
import threading
from types import ModuleType

import numpy as np
import pytest
from session_fakes import BENT, FPS, ORIGIN, depth_of, record, result, tracked, write_session

from das_app.messaging.messages import PipelineState
from das_app.pipeline.player import SessionPlayer
from das_app.session.edits import EDITS_FILE, SessionEdits, save_edits
from das_app.session.format import LOG_FILE, SUMMARY_FILE, VIDEO_FILE, session_at
from das_app.session.frames import RecordedFrames
from das_app.session.session import Session
from das_app.session.types import Layer, RecordedPoses, SessionError
from das_app.session.writer import SessionWriter

WAIT_S = 10
NUM_FRAMES = 40


class Heard:
    """Results and states as they come; `wait` blocks until something is so."""

    def __init__(self):
        self.results, self.states = [], []
        self._condition = threading.Condition()

    def state(self, state, message):
        with self._condition:
            self.states.append((state, message))
            self._condition.notify_all()

    def result(self, result):
        with self._condition:
            self.results.append(result)
            self._condition.notify_all()

    def wait(self, is_so):
        with self._condition:
            assert self._condition.wait_for(is_so, WAIT_S)

    @property
    def indices(self):
        return [one.frame.index for one in self.results]

    def wait_for_frame(self, index):
        self.wait(lambda: self.indices and self.indices[-1] == index)
        return self.results[-1]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """Frame i at i / 30 s; raw people are 1 mm nearer than the smoothed; pictures tell i."""
    folder = tmp_path_factory.mktemp("sessions") / "walk"
    record(
        folder,
        [result(i, tracked(depth_of(i), (3, 7))) for i in range(NUM_FRAMES)],
        has_video=True,
        waits=True,
    )
    return folder


@pytest.fixture
def play():
    """Makes players, paused unless told, and ends them."""
    made = []

    def make(folder, is_paused=True, **options):
        heard = Heard()
        player = SessionPlayer(RecordedFrames(folder), heard.state, **options)
        player.add_sink(heard.result)
        if is_paused:
            player.step(1)
        made.append(player)
        player.start()
        return player, heard

    yield make
    for player in made:
        player.stop()
    assert not [t.name for t in threading.enumerate() if t.name == "das-player"]


def depth(one):
    return float(one.people.joints_cam[0, 0, 2])


def test_every_frame_comes_in_order_with_its_poses_time_and_lens(recorded, play):
    _player, heard = play(recorded, is_paused=False, is_paced=False)
    heard.wait(lambda: (PipelineState.FINISHED, "walk: end") in heard.states)
    assert heard.indices == list(range(NUM_FRAMES))
    for i, one in enumerate(heard.results):
        assert depth(one) == pytest.approx(depth_of(i), abs=1e-3)
        assert one.frame.time_s == pytest.approx(i / FPS, abs=1e-6)
        assert one.people.track_ids.tolist() == [3, 7]
        assert one.frame.image.mean() == pytest.approx(i, abs=3)
    assert heard.states[0] == (PipelineState.RUNNING, "walk")


def test_a_step_shows_exactly_the_frame_it_names(recorded, play):
    player, heard = play(recorded)
    heard.wait_for_frame(0)
    steps = (1, 1, 5, -3, 20, -1, -1, 1)
    at = 0
    for step in steps:
        at += step
        player.step(step)
        one = heard.wait_for_frame(at)
        assert depth(one) == pytest.approx(depth_of(at), abs=1e-3)
        assert one.frame.image.mean() == pytest.approx(at, abs=3)
    assert player.state is PipelineState.PAUSED


@pytest.mark.parametrize(("time_s", "index"), [(0, 0), (0.5, 15), (0.52, 15), (1.3, 39), (9, 39)])
def test_seeking_shows_the_newest_frame_by_then(recorded, play, time_s, index):
    player, heard = play(recorded)
    heard.wait_for_frame(0)
    player.seek(time_s)
    one = heard.wait_for_frame(index)
    assert depth(one) == pytest.approx(depth_of(index), abs=1e-3)
    assert one.frame.image.mean() == pytest.approx(index, abs=3)


def test_raw_and_smoothed_change_at_once_while_it_holds(recorded, play):
    player, heard = play(recorded)
    heard.wait_for_frame(0)
    player.step(4)
    heard.wait_for_frame(4)
    player.set_layer(Layer.RAW)
    heard.wait(lambda: len(heard.results) == 3)
    smoothed, raw = heard.results[1:]
    assert raw.frame.index == 4
    assert depth(raw) == pytest.approx(depth(smoothed) - 1)
    assert np.array_equal(raw.raw_people.joints_cam, smoothed.raw_people.joints_cam)
    assert player.state is PipelineState.PAUSED


def test_it_loops_or_ends_and_plays_again(recorded, play):
    player, heard = play(recorded, is_paused=False, is_paced=False, loop=True)
    heard.wait(lambda: heard.indices.count(0) >= 3)
    player.set_looping(False)
    heard.wait(lambda: player.state is PipelineState.FINISHED)
    num_results = len(heard.results)
    assert heard.indices[-1] == NUM_FRAMES - 1
    player.set_paused(False)
    heard.wait(lambda: len(heard.results) > num_results)
    assert heard.indices[num_results] == 0


def test_speed_is_that_of_the_clock(recorded, play):
    """At four times the speed everything due by then has come, and nothing later."""
    now = [0.0]
    player, heard = play(recorded, is_paused=False, clock=lambda: now[0])
    heard.wait_for_frame(0)
    player.set_speed(4.0)
    heard.wait_for_frame(1)  # a change of speed lets the next frame come at once
    now[0] = 0.1
    heard.wait(lambda: len(heard.results) >= 13)
    assert heard.indices == list(range(14))[: len(heard.indices)]
    with pytest.raises(ValueError, match=r"0.1 to 4"):
        player.set_speed(5.0)


def test_pausing_holds_and_going_on_misses_nothing(recorded, play):
    player, heard = play(recorded, is_paused=False, is_paced=False, loop=True)
    player.set_paused(True)
    assert player.state is PipelineState.PAUSED
    player.set_paused(False)
    heard.wait(lambda: heard.indices.count(0) >= 2)
    steps = np.diff(heard.indices)
    assert set(steps.tolist()) <= {1, 1 - NUM_FRAMES}


def test_without_a_video_the_picture_is_plain_and_says_why(play, tmp_path):
    folder = write_session(tmp_path / "s", 3)
    frames = RecordedFrames(folder)
    assert frames.picture_problem == "No video was recorded"
    frames.close()
    _player, heard = play(folder)
    image = heard.wait_for_frame(0).frame.image
    assert image.min() == image.max() < 60


def test_a_video_that_does_not_open_costs_only_the_pictures(play, tmp_path):
    folder = write_session(tmp_path / "s", 3)
    (folder / VIDEO_FILE).write_bytes(b"no video")
    frames = RecordedFrames(folder)
    assert "cannot be opened" in frames.picture_problem
    frames.close()
    _player, heard = play(folder)
    heard.wait_for_frame(0)


def test_a_dropped_picture_is_stood_in_for_by_the_one_before(tmp_path, recorded):
    frames = RecordedFrames(recorded)
    pictures = frames._pictures
    between = pictures.at(10.4 / FPS)
    assert between.mean() == pytest.approx(10, abs=3)
    assert pictures.at(1e6).mean() == pytest.approx(NUM_FRAMES - 1, abs=3)
    assert pictures.at(0.0).mean() == pytest.approx(0, abs=3)
    frames.close()


def test_trim_plays_the_part_and_leaves_the_rest_in_reach(play, tmp_path):
    folder = write_session(tmp_path / "s", 30)
    save_edits(folder, SessionEdits(start_s=10 / FPS, end_s=14 / FPS))
    player, heard = play(folder, is_paused=False, is_paced=False)
    heard.wait(lambda: player.state is PipelineState.FINISHED)
    assert heard.indices == [10, 11, 12, 13, 14]
    player.step(1)
    heard.wait_for_frame(15)
    player.seek(2 / FPS)
    heard.wait_for_frame(2)
    player.set_trim(1 / FPS, 3 / FPS)
    player.set_paused(False)
    heard.wait(lambda: player.state is PipelineState.FINISHED)
    assert heard.indices[-2:] == [2, 3]
    player.set_paused(False)
    heard.wait(lambda: len(heard.results) == 11)
    assert heard.indices[-3:] == [1, 2, 3]


def test_numbers_that_a_repair_left_out_are_stepped_over(play, tmp_path):
    writer = SessionWriter(tmp_path / "s", ORIGIN)
    for index in (5, 6, 7, 20, 21, 50):
        poses = RecordedPoses(index, index / FPS, index, 0.0, None, BENT, tracked(depth_of(index)))
        writer.write(poses, poses)
        if index in (7, 21):
            writer.flush()
    writer.close(0, 0)
    session = Session(tmp_path / "s")
    wanted = {0: 5, 5: 5, 7: 7, 8: 7, 19: 7, 20: 20, 49: 21, 50: 50, 99: 50}
    assert {n: session.numbered(n).index for n in wanted} == wanted
    player, heard = play(tmp_path / "s")
    heard.wait_for_frame(5)
    for step, index in ((2, 7), (1, 20), (-1, 7), (1, 20), (1, 21), (1, 50), (-1, 21)):
        player.step(step)
        heard.wait_for_frame(index)


def test_numbers_are_found_in_a_long_session_by_a_few_chunks(tmp_path, monkeypatch):
    session = Session(write_session(tmp_path / "s", 120, frames_per_chunk=2))
    read, usual = [], session._log._parse
    monkeypatch.setattr(session._log, "_parse", lambda m, t: read.append(1) or usual(m, t))
    for index in (119, 0, 60, 1, 17):
        assert session.numbered(index).index == index
    assert len(read) <= 15


def test_what_cannot_be_played_says_why(tmp_path):
    with pytest.raises(SessionError, match="das-app repair"):
        RecordedFrames(write_session(tmp_path / "open", 2, closes=False))
    with pytest.raises(SessionError, match="holds no frames"):
        RecordedFrames(write_session(tmp_path / "empty", 0))
    folder = write_session(tmp_path / "edited", 2)
    (folder / EDITS_FILE).write_text("{")
    with pytest.raises(SessionError, match=r"edits.json cannot be used"):
        RecordedFrames(folder)


def test_damage_on_the_way_is_a_fault_and_what_came_before_stays(play, tmp_path):
    folder = write_session(tmp_path / "s", 60)
    place = Session(folder)._log._pose_chunks[-1]
    with (folder / LOG_FILE).open("r+b") as file:
        file.seek(place.offset + place.length // 2)
        file.write(b"\xff" * 16)
    heard = Heard()
    with pytest.raises(SessionError, match="damaged"):
        SessionPlayer(RecordedFrames(folder), heard.state)  # the last chunk tells the length


def test_damage_in_the_middle_is_a_fault(play, tmp_path):
    folder = write_session(tmp_path / "s", 60)
    place = Session(folder)._log._pose_chunks[1]
    with (folder / LOG_FILE).open("r+b") as file:
        file.seek(place.offset + place.length // 2)
        file.write(b"\xff" * 16)
    player, heard = play(folder, is_paused=False, is_paced=False)
    heard.wait(lambda: player.state is PipelineState.FAULTED)
    assert heard.indices == list(range(15))
    assert "damaged" in heard.states[-1][1]


def test_a_player_runs_once_and_stops_unstarted(recorded):
    player = SessionPlayer(RecordedFrames(recorded), lambda *_: None)
    player.stop()
    with pytest.raises(RuntimeError, match="once"):
        player.start()


def test_a_session_is_meant_by_its_folder_or_a_file_of_it(recorded, tmp_path):
    for path in (recorded, recorded / LOG_FILE, recorded / SUMMARY_FILE, recorded / VIDEO_FILE):
        assert session_at(path) == recorded
    assert session_at(tmp_path) is None
    assert session_at(tmp_path / LOG_FILE) is None


def test_edits_come_back_and_leave_no_file_when_they_say_nothing(tmp_path):
    folder = write_session(tmp_path / "s", 3)
    before = (folder / LOG_FILE).read_bytes()
    edits = SessionEdits().named(3, "  Anna   Maria ").named(7, "Bo").begun_at(0.5).ended_at(1.25)
    save_edits(folder, edits)
    again = RecordedFrames(folder).edits
    assert again == edits
    assert again.names == {3: "Anna Maria", 7: "Bo"}
    assert json.loads((folder / EDITS_FILE).read_text())["end_s"] == 1.25
    assert (folder / LOG_FILE).read_bytes() == before
    save_edits(folder, edits.named(3, "").named(7, " ").untrimmed())
    assert not (folder / EDITS_FILE).exists()


def test_edits_make_sense_or_are_refused():
    edits = SessionEdits().begun_at(2.0).ended_at(1.0)
    assert (edits.start_s, edits.end_s) == (0.0, 1.0)
    edits = edits.begun_at(3.0)
    assert (edits.start_s, edits.end_s) == (3.0, float("inf"))
    assert edits.is_trimmed
    assert len(SessionEdits().named(1, "x" * 99).names[1]) == 40
    with pytest.raises(ValueError, match="start <= end"):
        SessionEdits(start_s=2.0, end_s=1.0)
    with pytest.raises(ValueError, match="1 to 40 characters"):
        SessionEdits({1: " "})


def test_the_command_opens_the_window_on_a_session(command, recorded, tmp_path, monkeypatch):
    opened = []
    window = ModuleType("das_app.gui.window.app")
    window.run_app = lambda chosen, *_: opened.append(chosen) or 3
    monkeypatch.setitem(sys.modules, "das_app.gui.window.app", window)
    assert command("play", recorded / LOG_FILE).exit_code == 3
    assert opened[0].source.name == str(recorded)
    refused = command("play", tmp_path)
    assert refused.exit_code == 1
    assert "holds no session" in refused.stderr
    refused = command("play", write_session(tmp_path / "open", 2, closes=False))
    assert refused.exit_code == 1
    assert "das-app repair" in refused.stderr
    assert len(opened) == 1
