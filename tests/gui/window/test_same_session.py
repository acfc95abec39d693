"""The window and `das-app capture` make the same of the same file with the same settings."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from das_app.commands.capture_job import CaptureJob, capture
from das_app.gui.window.app import PipelineOpener
from das_app.pipeline.live_recording import LiveRecording
from das_app.session.origin import session_origin
from das_app.session.recorder import Recorder
from das_app.session.session import Session
from das_app.session.types import Layer
from das_app.settings.app_settings import (
    AppSettings,
    ModelSettings,
    PeopleSettings,
    SourceSettings,
)
from das_app.sources.addresses import DEMO_SOURCE
from das_app.streaming.streams import Streams
from das_model.inference.estimate import Device
from das_model.inference.mode import Mode

NUM_FRAMES = 12
SETTINGS = AppSettings(
    source=SourceSettings(name=DEMO_SOURCE),
    model=ModelSettings(device=Device.CPU, input_scale=0.75, mode=Mode.FAST),
    people=PeopleSettings(min_score=0.4, has_steady_bones=True),
)


def recorded_by_the_window(settings, folder):
    """A session of the first frames, one after the other, as its pipeline makes them."""
    opened = PipelineOpener()(settings, lambda state, message: None)
    estimator = opened.model.estimator
    origin = session_origin(
        opened.source,
        estimator.skeleton,
        estimator.model_name,
        settings.model.path(),
        settings.model.mode,
    )
    recording = LiveRecording(opened.pipeline, Recorder(folder, origin))
    try:
        opened.pipeline.step(1)
        opened.pipeline.start()
        for _ in range(NUM_FRAMES):
            assert opened.pipeline.results.take(30) is not None
            opened.pipeline.step(1)
    finally:
        recording.stop()
        opened.pipeline.stop()
    recording.recorder.close()
    return Session(folder)


@pytest.mark.parametrize(
    "settings",
    [
        SETTINGS,
        replace(SETTINGS, people=replace(SETTINGS.people, is_smoothing=False, min_score=0.1)),
    ],
)
def test_window_and_capture_write_the_same_session(settings, tmp_path):
    window = recorded_by_the_window(settings, tmp_path / "window")
    job = CaptureJob(settings, max_frames=NUM_FRAMES)
    folder = tmp_path / "capture"
    capture(job, settings.source.name, folder, None, Streams(), threading.Event())
    captured = Session(tmp_path / "capture")
    num_people = 0
    for layer in (Layer.LIVE, Layer.RAW):
        both = [list(session.between(layer=layer)) for session in (window, captured)]
        assert len(both[1]) == NUM_FRAMES
        assert len(both[0]) >= NUM_FRAMES
        for ours, theirs in zip(both[0], both[1], strict=False):
            assert (ours.source_index, ours.time_s) == (theirs.source_index, theirs.time_s)
            assert (theirs.people.scores >= settings.people.min_score).all()
            num_people += len(theirs.people)
            for name in ("track_ids", "scores", "joint_scores", "joints_cam"):
                np.testing.assert_array_equal(
                    getattr(ours.people, name), getattr(theirs.people, name), name
                )
    assert num_people > NUM_FRAMES
