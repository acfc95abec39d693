import json
import threading
from dataclasses import replace

import numpy as np
import pytest
from moving_bodies import FPS, walking
from session_fakes import ORIGIN, WIDE, write_session

import das_app
from das_app import python_session
from das_app.messaging.messages import Frame, PoseResult
from das_app.motion.body.rig import to_y_up
from das_app.motion.floor_estimate import ToldFloor
from das_app.pipeline.refine import RefineCancelledError, RefinePlan, Refining, refine_session
from das_app.session.format import REFINED_FILE, REPORT_FILE
from das_app.session.frames import RecordedFrames
from das_app.session.recorder import Recorder
from das_app.session.session import Session
from das_app.session.types import Layer, SessionError
from das_model.people import People
from das_model.skeleton import BODY_22

WAIT_S, NUM_FRAMES, EVERY = 60, 48, 3


def people_of(joints, track_ids=(-1,)):
    """Somebody at joints (22, 3) mm in camera space."""
    num = len(track_ids)
    return People(
        np.tile(joints.astype(np.float32), (num, 1, 1)),
        np.full((num, BODY_22.num_joints), 0.8, np.float32),
        np.full(num, 0.9, np.float32),
        np.array(track_ids, np.int64),
    )


@pytest.fixture(scope="module")
def walk():
    """(n, 22, 3) mm in camera space: true joints, and as a model sees them."""
    true = to_y_up(walking(NUM_FRAMES)[2])
    noise = np.random.default_rng(5).normal(0, 1, true.shape) * [8, 8, 40]
    return true, true + noise


class WalkEstimator:
    """Finds the walk in pictures that tell their number."""

    skeleton, model_name = BODY_22, "walk-model"

    def __init__(self, joints):
        self.joints, self.num_calls = joints, 0

    def __call__(self, image, camera, frame_interval_s=None):
        self.num_calls += 1
        number = round((float(image.mean()) - 20) / 4)
        return type("Estimate", (), {"people": people_of(self.joints[number])})


@pytest.fixture
def session(tmp_path, walk):
    """A recording whose model managed every third frame, and lost sight of the id on the way."""
    _, seen = walk
    recorder = Recorder(tmp_path / "s", ORIGIN, has_video=True)
    for index, joints in enumerate(seen):
        image = np.full((WIDE.size[1], WIDE.size[0], 3), 20 + 4 * index, np.uint8)
        frame = Frame(index, index / FPS, image, WIDE)
        recorder.keep(frame)
        if index % EVERY == 0:
            people = people_of(joints, (4 if index < 24 else 7,))
            recorder.write(PoseResult(frame, people, 0.01, 0.02, people))
    recorder.close()
    return tmp_path / "s"


def refined(plan):
    return refine_session(plan, lambda _share: None, threading.Event())


def test_skipped_frames_are_run_and_nothing_of_the_recording_changes(session, walk):
    true, seen = walk
    before = {file.name: file.read_bytes() for file in session.iterdir()}
    estimator = WalkEstimator(seen)
    report = refined(RefinePlan(session, lambda: estimator))
    assert {n: (session / n).read_bytes() for n in before} == before
    assert estimator.num_calls == NUM_FRAMES - NUM_FRAMES // EVERY
    assert (report.num_frames, report.num_new_frames) == (NUM_FRAMES, estimator.num_calls)
    assert (report.num_people, report.num_tracks_before) == (1, 2)
    opened = Session(session)
    assert opened.layers == (Layer.RAW, Layer.LIVE, Layer.REFINED)
    assert opened.best_layer is Layer.REFINED
    arrays = opened.to_numpy(layer=Layer.REFINED)
    assert arrays.track_ids.tolist() == [4]
    assert arrays.times_s == pytest.approx(np.arange(NUM_FRAMES) / FPS, abs=2e-3)
    errors = [np.linalg.norm(j - true, axis=-1).mean() for j in (arrays.joints_cam[:, 0], seen)]
    assert errors[0] < 0.6 * errors[1]
    assert len(opened) == NUM_FRAMES // EVERY
    assert opened.num_frames(Layer.REFINED) == NUM_FRAMES
    kept = json.loads((session / REPORT_FILE).read_text())
    assert kept == report.to_json()
    assert kept["after"]["jitter_m_s2"] < kept["before"]["jitter_m_s2"] / 3
    assert "refined" in report.text()


def test_another_mode_runs_every_frame_and_replaces_the_layer_of_before(session, walk):
    refined(RefinePlan(session, lambda: WalkEstimator(walk[1])))
    estimator = WalkEstimator(walk[0])  # a model that errs nowhere
    refined(RefinePlan(session, lambda: estimator, is_anew=True))
    assert estimator.num_calls == NUM_FRAMES
    arrays = Session(session).to_numpy(layer=Layer.REFINED)
    assert arrays.track_ids.tolist() == [4]
    assert np.linalg.norm(arrays.joints_cam[:, 0] - walk[0], axis=-1).mean() < 15


def test_the_player_shows_every_layer(session, walk):
    refined(RefinePlan(session, lambda: WalkEstimator(walk[1])))
    frames = RecordedFrames(session)
    opened = frames.session
    for layer in opened.layers:
        frames.layer = layer
        frames.seek(0)
        shown = [frames.people_of(frame) for frame in iter(frames.read, None)]
        assert len(shown) == opened.num_frames(layer)
        expected = [poses.people.joints_cam for poses in opened.between(layer=layer)]
        for (people, _), joints in zip(shown, expected, strict=True):
            np.testing.assert_array_equal(people.joints_cam, joints)
    frames.close()


def test_gaps_are_bridged_marked_and_counted(tmp_path, walk):
    _, seen = walk

    def people(index):
        return People.empty() if 20 <= index < 26 else people_of(seen[index], (3,))

    folder = write_session(tmp_path / "s", NUM_FRAMES, people_of=people)
    report = refined(RefinePlan(folder, None))
    assert (report.num_gaps, report.num_people) == (1, 1)
    assert report.bridged_s == pytest.approx(6 / FPS)
    found = list(Session(folder).between(layer=Layer.REFINED))
    assert all(len(poses.people) == 1 for poses in found)
    is_marked = [not poses.people.joint_scores.any() for poses in found]
    assert np.flatnonzero(is_marked).tolist() == list(range(20, 26))
    report = refined(RefinePlan(folder, None, bridge_s=0.1))
    assert report.num_gaps == 0
    assert len(Session(folder).to_numpy(layer=Layer.REFINED).track_ids) == 1


def test_who_is_cancelled_leaves_the_session_as_it_was(session, walk):
    estimator = WalkEstimator(walk[1])
    before = sorted(file.name for file in session.iterdir())
    job = Refining(replace(RefinePlan(session, lambda: estimator), is_anew=True))
    job.cancel()
    with pytest.raises(RefineCancelledError):
        job.result()
    assert sorted(file.name for file in session.iterdir()) == before
    assert Session(session).layers == (Layer.RAW, Layer.LIVE)


def test_what_cannot_be_refined_is_told(tmp_path, session, walk):
    empty = write_session(tmp_path / "empty", 3, people_of=lambda _: People.empty())
    with pytest.raises(SessionError, match="nobody"):
        refined(RefinePlan(empty, None))
    with pytest.raises(SessionError, match="das-app refine"):
        list(Session(empty).between(layer=Layer.REFINED))
    without_video = write_session(tmp_path / "without video", 3)
    with pytest.raises(SessionError, match="no video"):
        refined(RefinePlan(without_video, lambda: WalkEstimator(walk[1]), is_anew=True))
    other = WalkEstimator(walk[1])
    other.skeleton = type("Skeleton", (), {"joint_names": ("pelvis",), "num_joints": 1})
    with pytest.raises(SessionError, match="22 joints"):
        refined(RefinePlan(session, lambda: other))
    assert not (session / REFINED_FILE).exists()


def test_a_known_floor_is_told_in_the_report(tmp_path, walk):
    folder = write_session(tmp_path / "s", 12, people_of=lambda i: people_of(walk[1][i], (1,)))
    report = refined(RefinePlan(folder, None, told_floor=ToldFloor(1500.0, 5.0)))
    assert report.has_floor


def test_changes_of_who_is_who_hold_before_and_after(tmp_path, walk):
    """The recording mistook two people for each other half way."""
    _, seen = walk
    beside = seen + [900.0, 0.0, 0.0]

    def people(index):
        ids = (1, 2) if index < 24 else (2, 1)
        return people_of(seen[index], (ids[0],)).joined(people_of(beside[index], (ids[1],)))

    folder = write_session(tmp_path / "s", NUM_FRAMES, people_of=people)
    session = Session(folder)
    session.swap(1, 2, 24 / FPS)
    refined(RefinePlan(folder, None))
    arrays = Session(folder).to_numpy(layer=Layer.REFINED)
    assert arrays.track_ids.tolist() == [1, 2]
    roots = arrays.joints_cam[:, :, 0, 0]
    assert (roots[:, 0] < roots[:, 1]).all()
    session = Session(folder)
    session.drop(2)
    assert Session(folder).to_numpy(layer=Layer.REFINED).track_ids.tolist() == [1]


def test_refining_from_python_is_the_command_in_one_call(session, walk, monkeypatch):
    estimator = WalkEstimator(walk[1])
    monkeypatch.setattr(python_session, "open_estimator", lambda *_: estimator)
    recorded, shares = das_app.Session(session), []
    with pytest.raises(SessionError, match="not refined"):
        recorded.at(0.0, Layer.REFINED)
    report = recorded.refine(bridge_s=1.0, camera_height_m=1.4, on_progress=shares.append)
    assert estimator.num_calls == NUM_FRAMES - NUM_FRAMES // EVERY
    assert shares[-1] == 1.0
    assert report.longest_bridge_s == 1.0
    assert report.has_floor
    assert recorded.best_layer is Layer.REFINED
    before, report = estimator.num_calls, recorded.refine(mode="fast")
    assert estimator.num_calls == before + NUM_FRAMES  # all frames
    assert not report.has_floor
    with pytest.raises(ValueError, match="bridge_s"):
        recorded.refine(bridge_s=-1)
    with pytest.raises(FileNotFoundError):
        recorded.refine(model=session / "no.onnx")
