"""The way of the centre map from the model to the result, and that nobody pays who asks not."""

from dataclasses import replace

import numpy as np
import pytest
from pipeline_fakes import FakeSource

from das_app.files.bundled import bundled_file
from das_app.pipeline.live import LivePipeline
from das_model.camera import Camera
from das_model.inference.centre_map import CentreMap
from das_model.inference.estimate import Device, Estimate, EstimatorOptions
from das_model.inference.runtime import open_estimator
from das_model.people import People

MAP = CentreMap(np.ones((2, 3), np.float32), (-0.5, -0.5), (32.0, 24.0))


def test_the_model_shows_what_it_saw_only_when_asked():
    options = EstimatorOptions(Device.CPU, input_scale=0.5)
    estimator = open_estimator(bundled_file("models", "das-lite.onnx"), options)
    image, camera = np.full((180, 320, 3), 90, np.uint8), Camera.from_fov((320, 180))
    assert estimator(image, camera).centre_map is None
    asking = estimator.with_options(replace(options, has_centre_map=True))
    seen = asking(image, camera).centre_map
    assert seen.values.ndim == 2
    assert 0 <= seen.values.min() <= seen.values.max() <= 1
    left, top = seen.corner_px
    assert left <= 0.5
    assert left + seen.size_px[0] >= 318.5
    assert top <= 0.5
    assert top + seen.size_px[1] >= 178.5
    assert estimator(image, camera).centre_map is None  # the first never changed


@pytest.mark.parametrize("seen", [MAP, None])
def test_results_carry_the_map_of_their_own_picture(seen):
    results = []
    pipeline = LivePipeline(
        FakeSource(1),
        lambda image, camera, interval_s: Estimate(People.empty(), centre_map=seen),
        lambda state, message: None,
        sink=results.append,
    )
    pipeline.start()
    assert pipeline.results.take(5) is not None
    pipeline.stop()
    assert results[0].centre_map is seen
