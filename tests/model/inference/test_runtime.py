"""The bundled model as an estimator: what its options may change, and what not."""

from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from das_model.camera import Camera
from das_model.inference.estimate import MIN_CANDIDATE_SCORE, EstimatorOptions
from das_model.inference.ordered_pool import one_thread
from das_model.inference.runtime import open_estimator

ASSETS = Path(__file__).resolve().parents[3] / "assets"


@pytest.fixture(scope="module")
def noisy_crowd():
    """The bundled clip, small and nine times, in so much noise that many are seen unsurely."""
    with av.open(str(ASSETS / "clips/demo.mp4")) as container:
        frame = next(f for f in container.decode(video=0) if f.time >= 1.0)
    image = frame.to_ndarray(format="rgb24")
    small = cv2.resize(image, (image.shape[1] // 3, image.shape[0] // 3))
    tiled = np.tile(small, (3, 3, 1))
    noise = np.random.default_rng(0).normal(0, 80, tiled.shape)
    return np.clip(tiled + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("min_score", [0.15, 0.3, 0.5, 0.7])
def test_the_minimum_score_says_who_is_told_of_and_changes_no_pose(noisy_crowd, min_score):
    """Who votes for a pose must not depend on it: a window and a capture would differ."""
    estimator = open_estimator(ASSETS / "models/das-lite.onnx", one_thread(EstimatorOptions()))
    camera = Camera.from_fov((noisy_crowd.shape[1], noisy_crowd.shape[0]))

    def found(lowest):
        options = one_thread(EstimatorOptions(min_score=lowest))
        return estimator.with_options(options)(noisy_crowd, camera).people

    everybody, told = found(MIN_CANDIDATE_SCORE), found(min_score)
    sure = everybody.at_least(min_score)
    assert 5 < len(told) == len(sure) < len(everybody)
    assert np.array_equal(told.scores, sure.scores)
    assert np.array_equal(told.joints_cam, sure.joints_cam)


def test_a_picture_of_4_to_3_fills_the_input_and_shows_the_same_people():
    """288 x 224: 224 px are three and a half locations of the coarsest level."""
    with av.open(str(ASSETS / "clips/demo.mp4")) as container:
        frame = next(f for f in container.decode(video=0) if f.time >= 1.0)
    image = frame.to_ndarray(format="rgb24")
    height, width = image.shape[:2]
    left = (width - height * 4 // 3) // 2
    part = np.ascontiguousarray(image[:, left : width - left])
    estimator = open_estimator(ASSETS / "models/das-lite.onnx", one_thread(EstimatorOptions()))
    camera = Camera.from_fov((width, height))
    cropped = camera.cropped(left, 0, (part.shape[1], part.shape[0]))
    assert estimator.fitted_size(cropped.size) == (288, 224)
    whole = estimator(image, camera).people.joints_cam
    seen = estimator(part, cropped).people.joints_cam
    pelvises = whole[:, 0]
    nearest = np.linalg.norm(seen[:, None, 0] - pelvises, axis=-1).argmin(axis=1)
    assert len(seen) == len(set(nearest)) >= 2
    off_mm = np.linalg.norm((seen - seen[:, :1]) - (whole - whole[:, :1])[nearest], axis=-1)
    assert np.median(off_mm) < 60
