import threading
from dataclasses import replace

import pytest
import session_fakes
from pipeline_fakes import FakeEstimator
from session_fakes import record, result, tracked, write_session

from das_app.motion.temporal_filter import DEFAULT_PEOPLE
from das_app.pipeline.rerun import Rerun, RerunPlan, free_folder
from das_app.session.session import Session
from das_app.session.types import Layer
from das_app.sources.frame_source import SourceError

WAIT_S, NUM_FRAMES = 20, 12


@pytest.fixture
def plan(tmp_path, monkeypatch):
    """Another model on a session whose pictures tell their number."""
    folder = tmp_path / "walk"
    monkeypatch.setattr(session_fakes, "ORIGIN", replace(session_fakes.ORIGIN, turn_deg=90))
    record(
        folder, [result(i, tracked(9000.0)) for i in range(NUM_FRAMES)], has_video=True, waits=True
    )
    (tmp_path / "other.onnx").write_bytes(b"weights")
    return RerunPlan(
        folder,
        free_folder(folder, "other"),
        tmp_path / "other.onnx",
        FakeEstimator,
        DEFAULT_PEOPLE,
    )


def test_the_pictures_go_through_the_model_into_a_new_session(plan):
    before = {file.name: file.read_bytes() for file in plan.session.iterdir()}
    rerun = Rerun(plan)
    assert rerun.result().num_frames == NUM_FRAMES
    assert rerun.share_done == 1
    assert rerun.wait(WAIT_S)
    new = Session(plan.new_session)
    assert plan.new_session.name == "walk_other"
    assert new.video_path is not None
    depths = [float(p.people.joints_cam[0, 0, 2]) for p in new.between(layer=Layer.RAW)]
    assert depths == pytest.approx([2000.0 + i for i in range(NUM_FRAMES)], abs=4)
    times_s = [poses.time_s for poses in new]
    assert times_s == pytest.approx([p.time_s for p in Session(plan.session)], abs=2e-3)
    assert (new.origin.source, new.origin.model_name) == ("walk", "fake-model")
    assert new.origin.turn_deg == 90  # as its pictures are
    assert {file.name: file.read_bytes() for file in plan.session.iterdir()} == before


def test_a_cancelled_run_leaves_nothing(plan):
    estimator = FakeEstimator()
    estimator.gate.clear()
    plan = RerunPlan(
        plan.session,
        plan.new_session,
        plan.model_file,
        lambda: estimator,
        plan.options,
        has_video=False,
    )
    rerun = Rerun(plan)
    assert estimator.has_begun.wait(WAIT_S)
    assert not rerun.is_over
    rerun.cancel()
    estimator.gate.set()
    assert rerun.wait(WAIT_S)
    assert not plan.new_session.exists()


def test_what_cannot_be_run_is_told(plan, tmp_path):
    def refuse():
        raise ValueError("no model of ours")

    failing = RerunPlan(plan.session, tmp_path / "new", plan.model_file, refuse, DEFAULT_PEOPLE)
    with pytest.raises(ValueError, match="no model of ours"):
        Rerun(failing).result()
    poses = write_session(tmp_path / "poses", 2)
    failing = RerunPlan(poses, tmp_path / "new", plan.model_file, FakeEstimator, DEFAULT_PEOPLE)
    with pytest.raises(SourceError, match="without its pictures"):
        Rerun(failing).result()
    assert not (tmp_path / "new").exists()
    assert not [t.name for t in threading.enumerate() if t.name == "das-rerun"]


def test_a_new_session_never_takes_a_place_that_is_taken(tmp_path):
    folder = tmp_path / "walk"
    assert free_folder(folder, "m").name == "walk_m"
    (tmp_path / "walk_m").mkdir()
    assert free_folder(folder, "m").name == "walk_m_2"
