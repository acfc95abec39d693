import os
from dataclasses import replace
from types import SimpleNamespace

import av
import numpy as np
import pytest
from session_fakes import ORIGIN, result, tracked

from das_app.messaging.messages import PipelineState, PipelineStats
from das_app.pipeline import live_recording
from das_app.pipeline.live_recording import (
    LiveRecording,
    RecordingPlan,
    SourceEvents,
    start_recorder,
)
from das_app.pipeline.run import Sinks
from das_app.session.recorder import Recorder
from das_app.session.session import Session
from das_app.session.types import EventKind, Layer, SessionError
from das_app.sources.frame_source import SourceError
from das_model.inference.mode import Mode
from das_model.skeleton import BODY_22


class FakeRun:
    """Hands on what the test gives it."""

    def __init__(self):
        self.sinks, self.num_dropped = Sinks(), 5
        self.add_sink, self.remove_sink = self.sinks.add, self.sinks.remove
        self.frame_sinks = Sinks()
        self.add_frame_sink = self.frame_sinks.add
        self.remove_frame_sink = self.frame_sinks.remove

    def stats(self):
        return PipelineStats(num_dropped=self.num_dropped)


def test_results_are_recorded_until_it_is_stopped(tmp_path):
    run, recorder = FakeRun(), Recorder(tmp_path / "s", ORIGIN)
    recording = LiveRecording(run, recorder)
    people = tracked(2500.0, (4, 9, -1))
    run.sinks(result(0, people.where(people.track_ids != 9)))
    run.sinks(result(1, people))
    run.num_dropped = 12
    recording.stop("enough")
    recording.stop("again")
    run.sinks(result(2, people))
    recorder.close()
    session = Session(tmp_path / "s")
    assert [poses.people.track_ids.tolist() for poses in session] == [[4, -1], [4, 9, -1]]
    assert [len(p.people) for p in session.between(layer=Layer.RAW)] == [2, 3]
    assert session.counts.num_dropped == 7
    assert recording.track_ids == {4, 9}
    assert [(e.kind, e.text) for e in session.events()][-1] == (EventKind.STOP, "enough")


def test_a_frame_that_cannot_be_recorded_ends_the_recording_and_nothing_else(
    tmp_path, monkeypatch, caplog
):
    run, recorder = FakeRun(), Recorder(tmp_path / "s", ORIGIN)
    recording = LiveRecording(run, recorder)
    run.sinks(result(0))
    monkeypatch.setattr(recorder, "write", lambda _: [][0])
    run.sinks(result(1))  # as the inference thread does
    assert not recorder.is_recording
    assert "index out of range" in recording.problem
    assert "could not be recorded" in caplog.text
    recorder.close()
    assert len(Session(tmp_path / "s")) == 1


def test_a_source_that_is_lost_and_comes_back_is_noted_once():
    noted = []
    events = SourceEvents(SimpleNamespace(note_event=lambda *event: noted.append(event)))
    for state in ("RUNNING", "RECONNECTING", "RECONNECTING", "RUNNING", "PAUSED", "FAULTED"):
        events.note(PipelineState[state], state.lower())
    assert noted == [
        (EventKind.SOURCE_LOST, "reconnecting"),
        (EventKind.SOURCE_BACK, "running"),
        (EventKind.SOURCE_LOST, "faulted"),
    ]


def plan(folder, model_file):
    source = SimpleNamespace(
        name="camera 0", nominal_fps=30.0, intrinsics=SimpleNamespace(label="FOV 60°")
    )
    return RecordingPlan(folder, False, source, BODY_22, "das-lite", lambda: model_file, Mode.AUTO)


def test_a_new_session_knows_where_it_comes_from(tmp_path):
    (tmp_path / "model.onnx").write_bytes(os.urandom(10))
    started = start_recorder(plan(tmp_path / "new" / "sessions", tmp_path / "model.onnx"))
    assert started.microphone is None
    started.recorder.close()
    (folder,) = (tmp_path / "new" / "sessions").iterdir()
    origin = Session(folder).origin
    assert (origin.source, origin.intrinsics) == ("camera 0", "FOV 60°")
    assert origin.model_name == "das-lite"
    assert len(origin.model_sha256) == 64
    assert origin.mode == "auto"


class FakeMicrophone:
    """A microphone whose sound the test makes."""

    def __init__(self, name):
        if name == "gone":
            raise SourceError("there is no microphone gone")
        self.name, self.is_closed = name, False

    def close(self):
        self.is_closed = True


def test_a_microphone_is_heard_and_one_that_is_gone_is_said(tmp_path, monkeypatch):
    (tmp_path / "model.onnx").write_bytes(os.urandom(10))
    monkeypatch.setattr(live_recording, "Microphone", FakeMicrophone)
    usual = plan(tmp_path / "sessions", tmp_path / "model.onnx")
    usual.source.is_live = True
    wanted = replace(usual, has_video=True, name="talk", microphone="desk")
    run = FakeRun()
    recorder, microphone = start_recorder(wanted)
    recording = LiveRecording(run, recorder, microphone)
    run.frame_sinks(result(0).frame)
    run.sinks(result(0))
    microphone.on_sound(np.full(4800, 9, np.int16), result(0).frame.time_s)
    microphone.on_end()
    recording.stop()
    assert microphone.is_closed
    recorder.close()
    (folder,) = (tmp_path / "sessions").iterdir()
    assert folder.name.endswith("_talk")
    with av.open(str(folder / "video.mkv")) as container:
        assert sum(block.samples for block in container.decode(audio=0)) == 4800
    texts = [event.text for event in Session(folder).events()]
    assert "the microphone fell silent" in texts
    recorder, microphone = start_recorder(replace(wanted, microphone="gone"))
    assert microphone is None
    assert "there is no microphone gone" in recorder.stats().message
    recorder.close()
    assert not replace(wanted, has_video=False).has_sound  # there is nowhere to put it


def test_a_start_that_fails_leaves_no_folder(tmp_path):
    with pytest.raises(OSError, match="missing"):
        start_recorder(plan(tmp_path / "sessions", tmp_path / "missing.onnx"))
    assert list((tmp_path / "sessions").iterdir()) == []
    (tmp_path / "file").touch()
    with pytest.raises(SessionError, match=r"is no folder|cannot be made"):
        start_recorder(plan(tmp_path / "file", tmp_path / "missing.onnx"))
