"""Fast, precise and auto, with the bundled models on a frame of the demo clip."""

import threading
from dataclasses import replace

import cv2
import numpy as np
import pytest
from pipeline_fakes import FakeSource

from das_app.files.bundled import bundled_file
from das_app.messaging.messages import PipelineState
from das_app.pipeline.live import LivePipeline
from das_model.camera import Camera
from das_model.inference.estimate import Device, Estimate, EstimatorOptions
from das_model.inference.mode import Mode
from das_model.inference.runtime import open_estimator
from das_model.people import People

ON_CPU = EstimatorOptions(Device.CPU, num_threads=1)


@pytest.fixture(scope="module")
def frame():
    clip = cv2.VideoCapture(str(bundled_file("clips", "demo.mp4")))
    is_read, image = clip.read()
    clip.release()
    assert is_read
    return image[..., ::-1].copy()


@pytest.fixture(scope="module")
def estimator():
    models = bundled_file("models")
    options = replace(ON_CPU, thunder_file=models / "movenet-thunder.onnx")
    return open_estimator(models / "das-lite.onnx", options)


def people_of(estimator, image, mode, frame_interval_s=None):
    estimator = estimator.with_options(replace(estimator.options, mode=mode))
    camera = Camera.from_fov((image.shape[1], image.shape[0]))
    people = estimator(image, camera, frame_interval_s).people
    return people, people.joints_px(camera)


def test_precise_draws_the_same_people_otherwise(estimator, frame):
    fast, fast_px = people_of(estimator, frame, Mode.FAST)
    precise, precise_px = people_of(estimator, frame, Mode.PRECISE)
    assert 0 < len(precise) <= len(fast)
    moved = np.linalg.norm(precise_px[:, None] - fast_px, axis=-1).mean(axis=-1).min(axis=1)
    sizes = np.ptp(precise_px, axis=1).max(axis=1)
    assert (moved > 0.1).all()
    assert (moved < 0.2 * sizes).all()
    assert (np.diff(precise.scores) <= 0).all()  # best first


def test_auto_is_precise_where_nobody_waits_and_fast_where_there_is_no_time(estimator, frame):
    precise = people_of(estimator, frame, Mode.PRECISE)
    np.testing.assert_array_equal(people_of(estimator, frame, Mode.AUTO)[1], precise[1])
    fast = people_of(estimator, frame, Mode.FAST)
    hurried = people_of(estimator, frame, Mode.AUTO, frame_interval_s=1e-3)
    np.testing.assert_array_equal(hurried[1], fast[1])


def test_a_black_picture_has_nobody_in_any_mode(estimator):
    for mode in Mode:
        assert len(people_of(estimator, np.zeros((360, 640, 3), np.uint8), mode)[0]) == 0


def test_precise_lifts_by_the_mirror_image_too(frame):
    """Each joint is asked for twice, the second time where the mirror image has it."""
    asked = []

    def lift(cues, features):
        asked.append((cues, features))
        unknown = np.full(cues.heat.shape, np.nan)
        return np.concatenate([cues.joints_cam, unknown[..., None]], axis=-1)

    models = bundled_file("models")
    options = replace(ON_CPU, thunder_file=models / "movenet-thunder.onnx")
    estimator = open_estimator(models / "das-lite.onnx", options, lift)
    people_of(estimator, frame, Mode.FAST)
    assert len(asked) == 1
    asked.clear()
    people_of(estimator, frame, Mode.PRECISE)
    (own, own_seen), (other, other_seen) = asked
    order = estimator.skeleton.flip_order
    width = estimator.fitted_size((frame.shape[1], frame.shape[0]))[0]
    np.testing.assert_allclose(
        other.joints_px[:, order, 0], width - 1 - own.joints_px[..., 0], atol=1e-3
    )
    np.testing.assert_array_equal(other.heat[:, order], own.heat)
    # the same wrists, seen the other way round, not the same pixels
    likeness = np.corrcoef(own_seen.ravel(), other_seen[:, order].ravel())[0, 1]
    assert 0.5 < likeness < 0.999


def test_without_thunder_there_is_only_fast():
    estimator = open_estimator(bundled_file("models", "das-lite.onnx"), ON_CPU)
    with pytest.raises(ValueError, match="precise needs MoveNet Thunder"):
        estimator.with_options(replace(ON_CPU, mode=Mode.PRECISE))


class Paced:
    """Notes what it is told of the time there is."""

    def __init__(self):
        self.told_s = []

    def __call__(self, image, camera, frame_interval_s=None):
        self.told_s.append(frame_interval_s)
        return Estimate(People.empty())


@pytest.mark.parametrize(("is_paced", "is_known"), [(True, True), (False, False)])
def test_an_estimator_hears_of_the_time_between_frames_that_come_by_themselves(is_paced, is_known):
    estimator, source = Paced(), FakeSource(6)
    seen = threading.Event()

    def on_state(state, message):
        if state is PipelineState.FINISHED:
            seen.set()

    pipeline = LivePipeline(source, estimator, on_state, pace=is_paced)
    pipeline.start()
    assert seen.wait(10)
    pipeline.stop()
    assert estimator.told_s
    assert all((told is not None) is is_known for told in estimator.told_s)
    if is_known:
        assert 0 < estimator.told_s[-1] <= 1
