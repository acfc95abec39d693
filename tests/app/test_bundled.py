"""The bundled weights on the bundled clip: the first thing that every user sees."""

import json
from dataclasses import replace

import numpy as np
import pytest

from das_app.files.bundled import bundled_file
from das_app.lens.intrinsics import Intrinsics
from das_app.pipeline.open_source import open_source
from das_model.inference.estimate import Device, EstimatorOptions
from das_model.inference.runtime import open_estimator

EVERY = 20  # frames
ON_CPU = EstimatorOptions(Device.CPU)


@pytest.fixture(scope="module")
def found_and_true():
    """Every 20th frame: people found, true joints (P, 22, 3) mm of those in view."""
    estimator = open_estimator(bundled_file("models", "das-lite.onnx"), ON_CPU)
    truth = json.loads(bundled_file("clips", "demo.json").read_text())
    source = open_source("demo", Intrinsics())
    pairs = []
    while (frame := source.read()) is not None:
        if frame.index % EVERY == 0:
            joints = np.array(truth["joints_cam_mm"][frame.index], float)
            root_px = frame.camera.project(joints[:, 0])
            is_seen = ((root_px > 20) & (root_px < np.array(frame.camera.size) - 20)).all(-1)
            people = estimator(frame.image, frame.camera).people
            pairs.append((people, joints[is_seen], frame.camera))
    source.close()
    return pairs


def test_most_people_are_found_where_they_are(found_and_true):
    num_true = num_found = 0
    errors_px, depth_ratios = [], []
    for people, joints, camera in found_and_true:
        found_px, true_px = people.joints_px(camera), camera.project(joints)
        for person, pixels in zip(joints, true_px, strict=True):
            num_true += 1
            height = np.ptp(pixels[:, 1])
            distance = np.linalg.norm(found_px[:, 0] - pixels[0], axis=-1) / height
            if len(distance) and distance.min() < 0.15:
                num_found += 1
                best = distance.argmin()
                errors_px.append(np.linalg.norm(found_px[best] - pixels, axis=-1).mean() / height)
                depth_ratios.append(people.root_cam[best, 2] / person[0, 2])
    assert num_true >= 40
    assert num_found / num_true > 0.85
    assert np.median(errors_px) < 0.08  # of the person's height in the picture
    assert 0.85 < np.median(depth_ratios) < 1.18


def test_nobody_is_found_twice_or_where_nobody_is(found_and_true):
    num_false = sum(max(0, len(people) - len(joints)) for people, joints, _ in found_and_true)
    assert num_false <= 0.1 * sum(len(joints) for _, joints, _ in found_and_true)


def test_the_input_grows_and_shrinks_with_its_scale():
    estimator = open_estimator(bundled_file("models", "das-lite.onnx"), ON_CPU)
    source = open_source("demo", Intrinsics())
    frame = source.read()
    source.close()
    nominal = estimator.fitted_size(frame.camera.size)
    half = estimator.with_options(replace(ON_CPU, input_scale=0.5))
    width, height = half.fitted_size(frame.camera.size)
    assert 0.2 < width * height / (nominal[0] * nominal[1]) < 0.3
    assert width % 32 == height % 32 == 0
    half(frame.image, frame.camera)  # the graph takes it
    assert estimator.fitted_size(frame.camera.size) == nominal
