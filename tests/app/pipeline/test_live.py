import threading

import numpy as np
import pytest
from pipeline_fakes import FakeEstimator, FakeSource

from das_app.lens.intrinsics import Intrinsics
from das_app.messaging.messages import PipelineState
from das_app.motion.temporal_filter import PeopleOptions
from das_app.pipeline import live
from das_app.pipeline.live import LivePipeline
from das_app.sources.frame_source import SourceLost
from das_model.inference.estimate import Estimate, StageTimes
from das_model.people import People
from das_model.skeleton import BODY_22, MUCO_21

WAIT_S = 10


class StateLog:
    """Listener whose `wait_for` blocks until a state was heard."""

    def __init__(self):
        self.heard = []
        self._condition = threading.Condition()

    def __call__(self, state, message):
        with self._condition:
            self.heard.append((state, message))
            self._condition.notify_all()

    def wait_for(self, state):
        with self._condition:
            assert self._condition.wait_for(lambda: state in self.states, WAIT_S)

    @property
    def states(self):
        return [state for state, _ in self.heard]


@pytest.fixture
def run():
    """Makes pipelines and ends them, however the test left them."""
    made = []

    def make(source, estimator=None, **options):
        states = StateLog()
        estimator = estimator or FakeEstimator()
        pipeline = LivePipeline(source, estimator, states, **options)
        made.append((pipeline, source, estimator))
        return pipeline, states

    yield make
    for pipeline, source, estimator in made:
        source.gate.set()
        estimator.gate.set()
        pipeline.stop()
    assert not [t.name for t in threading.enumerate() if t.name.startswith("das-")]


def wait_for_threads():
    """Until the pipeline's threads have ended by themselves."""
    for thread in threading.enumerate():
        if thread.name in ("das-capture", "das-inference"):
            thread.join(WAIT_S)
            assert not thread.is_alive()


def collect(pipeline):
    results = []
    while (result := pipeline.results.take(WAIT_S)) is not None:
        results.append(result)
    return results


def test_file_ends_finished_with_its_last_frame_seen_and_counts_adding_up(run):
    source = FakeSource(num_frames=200)
    seen = []
    pipeline, states = run(source, sink=seen.append)
    pipeline.start()
    states.wait_for(PipelineState.FINISHED)
    indices = [r.frame.index for r in seen]
    assert indices == sorted(set(indices))
    assert indices[-1] == 199
    assert pipeline.results.take(0).frame.index == 199
    stats = pipeline.stats()
    assert stats.num_frames == 200
    assert stats.num_results == len(seen)
    assert stats.num_results + stats.num_dropped == 200
    assert states.states == [PipelineState.RUNNING, PipelineState.FINISHED]
    assert pipeline.state is PipelineState.FINISHED


def test_slow_model_gets_the_newest_frame_and_the_rest_are_dropped(run):
    source, estimator = FakeSource(num_frames=50), FakeEstimator()
    estimator.gate.clear()
    seen = []
    pipeline, states = run(source, estimator, sink=seen.append)
    pipeline.start()
    assert estimator.has_begun.wait(WAIT_S)
    while pipeline.stats().num_frames < 50:
        threading.Event().wait(0.005)
    estimator.gate.set()
    states.wait_for(PipelineState.FINISHED)
    assert len(seen) == 2
    assert seen[-1].frame.index == 49
    assert pipeline.stats().num_dropped == 48


def test_results_carry_the_frame_they_were_found_in(run):
    seen = []
    pipeline, states = run(FakeSource(num_frames=100), sink=seen.append)
    pipeline.start()
    states.wait_for(PipelineState.FINISHED)
    for result in seen:
        assert result.raw_people.joints_cam[0, 0, 2] == 2000 + result.frame.index
        assert result.raw_people.track_ids.tolist() == result.people.track_ids.tolist() == [1]
        assert 0 <= result.inference_s <= result.latency_s


def test_smoothing_is_switched_while_it_runs(run):
    seen = []
    source = FakeSource(num_frames=None, is_live=True)
    pipeline, _ = run(source, sink=seen.append)
    pipeline.start()

    def wait_for(is_raw):
        for _ in range(2000):
            newest = seen[-1] if len(seen) > 1 else None
            if (
                newest
                and np.array_equal(newest.people.joints_cam, newest.raw_people.joints_cam)
                is is_raw
            ):
                return
            threading.Event().wait(0.005)
        raise AssertionError(f"never {'raw' if is_raw else 'smooth'}")

    wait_for(is_raw=False)
    pipeline.set_people_options(PeopleOptions(smoothing=None, has_steady_bones=False))
    wait_for(is_raw=True)


def test_loop_begins_again_until_stopped(run):
    source = FakeSource(num_frames=3)
    pipeline, states = run(source, loop=True)
    pipeline.start()
    indices = []
    while indices.count(0) < 4:
        indices.append(pipeline.results.take(WAIT_S).frame.index)
    pipeline.stop()
    assert source.sought[:3] == [0, 0, 0]
    assert states.states == [PipelineState.RUNNING, PipelineState.STOPPED]
    assert source.num_closed >= 1


def test_a_still_picture_is_looked_at_once_and_again_when_it_is_asked_for(run):
    source = FakeSource(num_frames=1)
    pipeline, states = run(source, loop=True)
    pipeline.start()
    assert pipeline.results.take(WAIT_S) is not None
    states.wait_for(PipelineState.FINISHED)
    assert pipeline.stats().num_results == 1
    pipeline.step(0)
    assert pipeline.results.take(WAIT_S) is not None


def test_looping_can_be_switched_while_it_plays(run):
    source = FakeSource(num_frames=3)
    pipeline, states = run(source, loop=True)
    pipeline.start()
    while len(source.sought) < 2:
        assert pipeline.results.take(WAIT_S) is not None
    pipeline.set_looping(False)
    states.wait_for(PipelineState.FINISHED)


def test_loop_of_an_empty_source_ends(run):
    pipeline, states = run(FakeSource(num_frames=0), loop=True)
    pipeline.start()
    states.wait_for(PipelineState.FINISHED)


def test_pause_stops_reading_a_file_and_resume_goes_on(run):
    source = FakeSource(num_frames=None)
    pipeline, states = run(source)
    pipeline.start()
    assert pipeline.results.take(WAIT_S) is not None
    pipeline.set_paused(True)
    while pipeline.results.take(0.2) is not None:
        pass
    held_at = source.next_index
    assert pipeline.results.take(0.2) is None
    assert source.next_index == held_at
    pipeline.set_paused(False)
    after = pipeline.results.take(WAIT_S)
    assert after.frame.index >= held_at - 1
    expected = [PipelineState.RUNNING, PipelineState.PAUSED, PipelineState.RUNNING]
    assert states.states == expected


def test_paused_camera_is_still_read_so_that_resuming_shows_now(run):
    source = FakeSource(num_frames=None, is_live=True)
    pipeline, _ = run(source)
    pipeline.start()
    pipeline.set_paused(True)
    while pipeline.results.take(0.2) is not None:
        pass
    held_at = source.next_index
    while source.next_index < held_at + 20:
        threading.Event().wait(0.005)
    assert pipeline.results.take(0) is None
    pipeline.set_paused(False)
    assert pipeline.results.take(WAIT_S).frame.index >= held_at + 19  # the one just read


def test_seeking_and_stepping_show_one_frame_while_paused(run):
    source = FakeSource(num_frames=9999)
    pipeline, states = run(source)
    pipeline.set_paused(True)  # no effect before the start
    pipeline.start()
    assert pipeline.results.take(WAIT_S) is not None
    pipeline.set_paused(True)
    while pipeline.results.take(0.2) is not None:
        pass
    shown = []
    for order in (
        lambda: pipeline.seek(0.05),
        lambda: pipeline.step(-1),
        lambda: pipeline.step(1),
        lambda: pipeline.step(1),
    ):
        order()
        shown.append(pipeline.results.take(WAIT_S).frame.index)
    assert shown == [50, 49, 50, 51]
    assert pipeline.results.take(0.1) is None
    assert states.states[-1] is PipelineState.PAUSED


def test_a_step_while_playing_pauses(run):
    pipeline, states = run(FakeSource(num_frames=None))
    pipeline.start()
    assert pipeline.results.take(WAIT_S) is not None
    pipeline.step(1)
    states.wait_for(PipelineState.PAUSED)
    while pipeline.results.take(0.2) is not None:
        pass
    assert pipeline.results.take(0.1) is None


def test_at_its_end_a_file_can_be_sought_and_played_again(run):
    source = FakeSource(num_frames=10)
    pipeline, states = run(source)
    pipeline.start()
    states.wait_for(PipelineState.FINISHED)
    assert pipeline.results.take(0).frame.index == 9
    pipeline.seek(0.002)
    assert pipeline.results.take(WAIT_S).frame.index == 2
    states.wait_for(PipelineState.PAUSED)
    pipeline.set_paused(False)
    assert pipeline.results.take(WAIT_S).frame.index > 2
    while len(states.heard) < 5:
        threading.Event().wait(0.005)
    pipeline.set_paused(False)
    while len(states.heard) < 7:
        threading.Event().wait(0.005)
    assert source.sought == [2, 0]
    running, finished = PipelineState.RUNNING, PipelineState.FINISHED
    assert states.states == [
        running,
        finished,
        PipelineState.PAUSED,
        running,
        finished,
        running,
        finished,
    ]


def test_lost_camera_is_told_and_its_return_too_with_the_pipeline_alive(run):
    source = FakeSource(num_frames=None, is_live=True)
    source.error_at[5] = SourceLost("fake: no picture for 1 s")
    pipeline, states = run(source)
    pipeline.start()
    states.wait_for(PipelineState.RECONNECTING)
    assert pipeline.state is PipelineState.RECONNECTING
    while pipeline.results.take(1.0) is not None:
        pass
    source.error_at.clear()
    assert pipeline.results.take(WAIT_S).frame.index >= 5
    assert states.heard[1:] == [
        (PipelineState.RECONNECTING, "fake: no picture for 1 s"),
        (PipelineState.RUNNING, "fake is back"),
    ]


def test_camera_that_comes_back_while_paused_stays_paused(run):
    source = FakeSource(num_frames=None, is_live=True)
    pipeline, states = run(source)
    pipeline.start()
    assert pipeline.results.take(WAIT_S) is not None
    pipeline.set_paused(True)
    source.error_at[source.next_index + 20] = SourceLost("gone")
    states.wait_for(PipelineState.RECONNECTING)
    source.error_at.clear()
    while len(states.heard) < 4:
        threading.Event().wait(0.005)
    assert states.heard[3] == (PipelineState.PAUSED, "fake is back")


def test_new_size_of_a_cameras_pictures_is_told(run):
    source = FakeSource(num_frames=None, is_live=True)
    source.size_at[7] = (64, 48)
    pipeline, states = run(source)
    pipeline.start()
    while len(states.heard) < 2:
        assert pipeline.results.take(WAIT_S) is not None
    assert states.heard[1] == (PipelineState.RUNNING, "fake now delivers 64×48")


def test_latency_of_a_camera_counts_from_the_shutter_and_lost_frames_are_counted(run):
    source = FakeSource(num_frames=None, is_live=True)
    source.shutter_s, source.lost_at = 0.25, {4: 2, 6: 1}
    seen = []
    pipeline, _ = run(source, sink=seen.append)
    pipeline.start()
    while pipeline.stats().num_results < 10:
        assert pipeline.results.take(WAIT_S) is not None
    pipeline.stop()
    stats = pipeline.stats()
    assert stats.num_lost == 3
    assert all(result.latency_s >= 0.25 for result in seen)
    assert stats.decode_ms >= 250
    parts_ms = stats.decode_ms + stats.wait_ms + stats.inference_ms
    assert parts_ms <= stats.latency_ms * 1.05


def test_stages_of_a_model_that_tells_them(run):
    estimator = FakeEstimator()
    estimator.stages = StageTimes(0.001, 0.02, 0.003)
    pipeline, states = run(FakeSource(), estimator)
    pipeline.start()
    states.wait_for(PipelineState.FINISHED)
    stats = pipeline.stats()
    found = (stats.letterbox_ms, stats.network_ms, stats.people_ms)
    assert found == pytest.approx((1, 20, 3))


def test_stop_wakes_a_live_source_that_waits(run):
    source = FakeSource(num_frames=None, is_live=True)
    source.close = source.gate.set
    source.gate.clear()
    pipeline, states = run(source)
    pipeline.start()
    pipeline.stop()
    assert states.states[-1] is PipelineState.STOPPED


def test_stop_while_paused(run):
    pipeline, states = run(FakeSource(num_frames=None))
    pipeline.start()
    pipeline.set_paused(True)
    pipeline.stop()
    assert states.states[-1] is PipelineState.STOPPED


@pytest.mark.parametrize("blocked", ["source", "model"])
def test_stop_names_what_still_blocks_and_does_not_wait_for_it(run, monkeypatch, blocked):
    monkeypatch.setattr(live, "STOP_TIMEOUT_S", 0.2)
    source, estimator = FakeSource(num_frames=None), FakeEstimator()
    (source if blocked == "source" else estimator).gate.clear()
    pipeline, states = run(source, estimator)
    pipeline.start()
    if blocked == "model":
        assert estimator.has_begun.wait(WAIT_S)
    thread = {"source": "das-capture", "model": "das-inference"}[blocked]
    with pytest.raises(TimeoutError, match=thread):
        pipeline.stop()
    assert states.states[-1] is PipelineState.STOPPED


def test_fault_of_the_model_is_told_logged_and_ends_both_threads(run, caplog):
    source, estimator = FakeSource(num_frames=None), FakeEstimator()
    estimator.error = RuntimeError("out of memory")
    pipeline, states = run(source, estimator)
    pipeline.start()
    states.wait_for(PipelineState.FAULTED)
    assert states.heard[-1][1] == "fake: model failed: out of memory"
    assert collect(pipeline) == []
    wait_for_threads()
    pipeline.stop()
    assert pipeline.state is PipelineState.FAULTED
    assert source.num_closed >= 1
    assert "RuntimeError: out of memory" in caplog.text


def test_fault_of_the_source_is_told_and_ends_both_threads(run, caplog):
    source = FakeSource(num_frames=None)
    source.error_at[3] = OSError("unplugged")
    pipeline, states = run(source)
    pipeline.start()
    states.wait_for(PipelineState.FAULTED)
    assert states.heard[-1][1] == "fake: source failed: unplugged"
    wait_for_threads()
    assert source.num_closed >= 1
    assert "OSError: unplugged" in caplog.text


def test_fault_of_the_sink_is_told(run, caplog):
    def full_disk(_result):
        raise OSError("no space left")

    pipeline, states = run(FakeSource(num_frames=None), sink=full_disk)
    pipeline.start()
    states.wait_for(PipelineState.FAULTED)
    assert "no space left" in states.heard[-1][1]


def test_every_sink_sees_the_results_until_it_is_removed(run):
    first, second = [], []
    pipeline, _ = run(FakeSource(num_frames=None), sink=first.append)
    pipeline.add_sink(second.append)
    pipeline.start()
    assert pipeline.results.take(WAIT_S) is not None
    pipeline.remove_sink(first.append)
    num_seen = len(first)
    for _ in range(3):
        assert pipeline.results.take(WAIT_S) is not None
    assert len(first) == num_seen > 0
    assert second[:num_seen] == first
    assert len(second) > num_seen
    with pytest.raises(ValueError, match="not in list"):
        pipeline.remove_sink(first.append)


def test_new_intrinsics_hold_for_the_following_frames(run):
    pipeline, _ = run(FakeSource(num_frames=None))
    pipeline.start()
    assert pipeline.results.take(WAIT_S).frame.camera.fov_deg == pytest.approx(60, abs=0.1)
    pipeline.set_intrinsics(Intrinsics(fov_deg=90.0))
    for _ in range(3):  # one may have been read and one waited before the change
        result = pipeline.results.take(WAIT_S)
    assert result.frame.camera.fov_deg == pytest.approx(90, abs=0.1)


def test_runs_once(run):
    pipeline, _ = run(FakeSource())
    pipeline.start()
    with pytest.raises(RuntimeError, match="once"):
        pipeline.start()


def test_stop_before_start_releases_the_source(run):
    source = FakeSource()
    pipeline, states = run(source)
    pipeline.stop()
    assert source.num_closed == 1
    assert states.states == []


def test_stats_show_rates_and_durations(run):
    pipeline, _ = run(FakeSource(num_frames=None, fps=200.0))
    pipeline.start()
    for _ in range(20):
        assert pipeline.results.take(WAIT_S) is not None
    stats = pipeline.stats()
    assert 0 < stats.inference_fps <= 1.5 * stats.capture_fps
    assert 0 <= stats.inference_ms <= stats.latency_ms
    assert stats.num_results >= 20


def test_another_model_takes_over_without_a_restart(run):
    source = FakeSource(num_frames=None)
    pipeline, states = run(source)
    pipeline.start()
    assert pipeline.results.take(WAIT_S) is not None
    other = FakeEstimator()
    pipeline.set_estimator(other)
    assert other.has_begun.wait(WAIT_S)
    assert states.states == [PipelineState.RUNNING]


class FakeOfOtherJoints(FakeEstimator):
    skeleton = MUCO_21

    def __call__(self, image, camera, frame_interval_s=None):
        estimate = super().__call__(image, camera, frame_interval_s)
        people = estimate.people
        others = People(
            people.joints_cam[:, : MUCO_21.num_joints],
            people.joint_scores[:, : MUCO_21.num_joints],
            people.scores,
            people.track_ids,
            MUCO_21,
        )
        return Estimate(others, estimate.stages)


def test_a_model_of_other_joints_takes_over_without_a_restart(run):
    pipeline, states = run(FakeSource(num_frames=None))
    pipeline.start()
    assert pipeline.results.take(WAIT_S).people.skeleton is BODY_22
    pipeline.set_estimator(FakeOfOtherJoints())
    others = []
    while len(others) < 3:  # smoothed and with steady bones
        result = pipeline.results.take(WAIT_S)
        assert result is not None, states.heard
        if result.people.skeleton is MUCO_21:
            others.append(len(result.people))
    assert others == [1, 1, 1]
    assert states.states == [PipelineState.RUNNING]
