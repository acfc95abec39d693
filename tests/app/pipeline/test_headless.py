import threading

import pytest
from pipeline_fakes import FakeEstimator, FakeSource
from session_fakes import ORIGIN

from das_app.pipeline.headless import CaptureError, capture_file, capture_live
from das_app.session.recorder import Recorder
from das_app.session.session import Session
from das_app.session.types import Layer
from das_app.sources.frame_source import SourceError, SourceLost
from das_model.inference import ordered_pool
from das_model.inference.estimate import DEFAULT_OPTIONS
from das_model.inference.ordered_pool import one_thread

RUNS = pytest.mark.parametrize(("run", "is_live"), [(capture_file, False), (capture_live, True)])


def capture(run, source, folder, estimator=None, stopping=None, on_result=None, max_frames=None):
    return run(
        source,
        estimator or FakeEstimator(),
        Recorder(folder, ORIGIN),
        stopping or threading.Event(),
        on_result or (lambda _result: None),
        max_frames,
    )


def test_every_frame_of_a_file_is_recorded(tmp_path):
    source, seen = FakeSource(num_frames=120), []
    summary = capture(capture_file, source, tmp_path, on_result=seen.append)
    session = Session(tmp_path)
    assert [p.index for p in session] == list(range(120))
    depths = [float(p.people.joints_cam[0, 0, 2]) for p in session.between(layer=Layer.RAW)]
    assert depths == [2000 + n for n in range(120)]
    assert (summary.num_frames, summary.num_people, summary.num_dropped) == (120, 120, 0)
    assert session.counts.num_people == 120
    assert summary.capture_fps > 0
    assert summary.inference_fps > 0
    assert len(seen) == 120
    assert source.num_closed == 1


def in_pool():
    """A model of which two cores would make two calls at once."""
    return FakeEstimator(options=one_thread(DEFAULT_OPTIONS))


@pytest.fixture
def two_cores(monkeypatch):
    monkeypatch.setattr(ordered_pool, "num_cores", lambda: 2)


def test_two_frames_at_once_are_recorded_in_order(tmp_path, two_cores):
    estimator, both = in_pool(), threading.Barrier(2, timeout=20)
    usual = FakeEstimator.__call__

    class Slow(FakeEstimator):
        def __call__(self, image, camera, frame_interval_s=None):
            both.wait()  # for the other call
            return usual(self, image, camera, frame_interval_s)

    estimator.__class__ = Slow
    summary = capture(capture_file, FakeSource(num_frames=20), tmp_path, estimator)
    session = Session(tmp_path)
    depths = [float(p.people.joints_cam[0, 0, 2]) for p in session.between(layer=Layer.RAW)]
    assert depths == [2000 + n for n in range(20)]
    assert {p.people.track_ids.tolist()[0] for p in session} == {1}
    assert summary.num_frames == 20


def test_a_model_that_fails_in_the_pool_leaves_what_came_before(tmp_path, two_cores):
    estimator = in_pool()

    class Failing(FakeEstimator):
        def __call__(self, image, camera, frame_interval_s=None):
            if image[0, 0, 0] == 6:
                raise RuntimeError("out of memory")
            return super().__call__(image, camera, frame_interval_s)

    estimator.__class__ = Failing
    source = FakeSource(num_frames=None)
    with pytest.raises(CaptureError, match="out of memory"):
        capture(capture_file, source, tmp_path, estimator)
    assert [p.index for p in Session(tmp_path)] == list(range(6))
    assert source.num_closed == 1
    assert not [t for t in threading.enumerate() if t.name.startswith("das-pool")]


def test_a_pool_ends_when_it_is_asked_to(tmp_path, two_cores):
    stopping = threading.Event()
    source = FakeSource(num_frames=None)
    summary = capture(
        capture_file, source, tmp_path, in_pool(), stopping, on_result=lambda _r: stopping.set()
    )
    assert summary.num_frames == len(list(Session(tmp_path))) == source.next_index < 10
    assert not [t for t in threading.enumerate() if t.name.startswith("das-pool")]


@RUNS
def test_max_frames(tmp_path, run, is_live):
    source = FakeSource(num_frames=None, is_live=is_live)
    summary = capture(run, source, tmp_path, max_frames=7)
    assert summary.num_frames == 7
    assert len(list(Session(tmp_path))) == 7


@RUNS
def test_being_asked_to_stop_keeps_everything_so_far(tmp_path, run, is_live):
    stopping = threading.Event()

    def stop_at_four(result):
        if result.frame.index >= 4:
            stopping.set()

    source = FakeSource(num_frames=None, is_live=is_live)
    summary = capture(run, source, tmp_path, stopping=stopping, on_result=stop_at_four)
    session = Session(tmp_path)
    assert session.counts.num_frames == summary.num_frames == len(list(session)) >= 1
    assert source.num_closed >= 1


def test_camera_drops_are_counted_and_recorded(tmp_path):
    source, estimator = FakeSource(num_frames=None, is_live=True), FakeEstimator()
    estimator.gate.clear()

    def open_gate_late():
        while source.next_index < 30:
            threading.Event().wait(0.002)
        estimator.gate.set()

    opener = threading.Thread(target=open_gate_late)
    opener.start()
    summary = capture(capture_live, source, tmp_path, estimator, max_frames=3)
    opener.join()
    counts = Session(tmp_path).counts
    assert summary.num_dropped == counts.num_dropped >= 20
    assert 0 < summary.stats.interval_median_ms <= summary.stats.interval_p95_ms


def test_source_that_fails_leaves_a_closed_session(tmp_path):
    source = FakeSource(num_frames=None)
    source.error_at[4] = SourceError("gone")
    with pytest.raises(SourceError, match="gone"):
        capture(capture_file, source, tmp_path)
    assert len(list(Session(tmp_path))) == 4
    assert source.num_closed == 1


def test_camera_that_fails_leaves_a_closed_session(tmp_path, caplog):
    source = FakeSource(num_frames=None, is_live=True)
    source.error_at[20] = SourceError("unplugged")
    with pytest.raises(CaptureError, match="unplugged"):
        capture(capture_live, source, tmp_path)
    session = Session(tmp_path)
    assert len(list(session)) == session.counts.num_frames >= 1
    assert "unplugged" in caplog.text


def test_camera_that_is_away_for_a_while_leaves_a_mark_and_the_recording_goes_on(tmp_path):
    source = FakeSource(num_frames=None, is_live=True)
    source.error_at[3] = SourceLost("fake is lost")
    usual_read, num_losses = source.read, []

    def read():
        try:
            return usual_read()
        except SourceLost:
            num_losses.append(1)
            if len(num_losses) == 5:
                source.error_at.clear()
            raise

    source.read = read
    capture(capture_live, source, tmp_path, max_frames=8)
    events = [e for e in Session(tmp_path).events() if e.kind.value.startswith("source")]
    assert [(e.kind.value, e.text) for e in events] == [
        ("source_lost", "fake is lost"),
        ("source_back", "fake is back"),
    ]
