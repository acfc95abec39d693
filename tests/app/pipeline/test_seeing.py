"""The way of the centre map from the model to the result, and that nobody pays who asks not."""

import numpy as np
import pytest
from pipeline_fakes import FakeSource

from das_app.files.bundled import bundled_file
from das_app.pipeline.live import LivePipeline
from das_model.camera import Camera
from das_model.inference.centre_map import CentreMap
from das_model.inference.runtime import PoseEstimator
from das_model.people import People


def test_the_model_shows_what_it_saw_only_when_asked():
    estimator = PoseEstimator(bundled_file("models", "das-lite.onnx"), ["CPUExecutionProvider"])
    estimator.set_input_scale(0.5)
    image, camera = np.full((180, 320, 3), 90, np.uint8), Camera.from_fov((320, 180))
    estimator(image, camera)
    assert estimator.centre_map is None
    estimator.wants_centre_map = True
    estimator(image, camera)
    seen = estimator.centre_map
    assert seen.values.ndim == 2 and 0 <= seen.values.min() <= seen.values.max() <= 1
    left, top = seen.corner_px
    assert left <= 0.5 and left + seen.size_px[0] >= 318.5
    assert top <= 0.5 and top + seen.size_px[1] >= 178.5
    estimator.wants_centre_map = False
    estimator(image, camera)
    assert estimator.centre_map is None


class Seeing:
    wants_centre_map = True
    centre_map = CentreMap(np.ones((2, 3), np.float32), (-0.5, -0.5), (32.0, 24.0))

    def __call__(self, image, camera):
        return People.empty()


@pytest.mark.parametrize("estimator", [Seeing(), lambda image, camera: People.empty()])
def test_results_carry_the_map_of_their_own_picture(estimator):
    results = []
    pipeline = LivePipeline(
        FakeSource(1), estimator, lambda state, message: None, sink=results.append
    )
    pipeline.start()
    assert pipeline.results.take(5) is not None
    pipeline.stop()
    assert results[0].centre_map is getattr(estimator, "centre_map", None)
