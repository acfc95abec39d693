"""Where pictures go on the canvas: shares of shrunk, turned and cropped ones."""

import math

import numpy as np
import pytest
from people_scenes import annotate

from das_model.camera import Camera
from das_model.datasets.augmentation.placement import AugmentConfig, random_placement
from das_model.skeleton import BODY_22

CAMERA = Camera.from_intrinsics(410, 410, 230, 120, (448, 256))
SIZE = (192, 192)
SAME_AREA = math.sqrt(192 * 192 / (448 * 256))


def placements(config, annotation, number=400):
    rng = np.random.default_rng(0)
    return [random_placement(annotation, SIZE, config, rng) for _ in range(number)]


def test_shares_of_shrunk_and_turned_pictures_are_those_asked_for():
    config = AugmentConfig(
        scale=(0.8, 1.5), far_share=0.25, far_scale=0.35, turned_share=0.3, rotation_deg=12
    )
    drawn = placements(config, annotate([[0, 0, 3000]], CAMERA))
    scales = np.array([p.scale for p in drawn]) / SAME_AREA
    angles = np.abs(np.degrees([p.rotation_rad for p in drawn]))
    assert 0.35 <= scales.min() < 0.4
    assert 1.4 < scales.max() <= 1.5
    assert (scales < 0.8).mean() == pytest.approx(0.25, abs=0.06)
    # of those turned by any angle, 168 of 180 degrees are beyond 12
    assert (angles > 12).mean() == pytest.approx(0.3 * 168 / 180, abs=0.06)
    assert angles.max() > 160


def test_close_ups_show_head_and_shoulders_large_and_upright():
    annotation = annotate([[0, 0, 3000]], CAMERA)
    config = AugmentConfig(close_up_share=1.0, turned_share=1.0)
    names = ("nose", "left_shoulder", "right_shoulder")
    joints = [BODY_22.index(name) for name in names]
    num_whole = 0
    for placement in placements(config, annotation, 200):
        assert abs(math.degrees(placement.rotation_rad)) < 12.001
        assert 1.2 * SAME_AREA < placement.scale <= 2.5 * SAME_AREA
        matrix = placement.matrix(CAMERA)
        landed = annotation.joints_px[0] @ matrix[:, :2].T + matrix[:, 2]
        is_inside = ((landed > 0) & (landed < 192)).all(axis=1)
        assert is_inside[joints].any()  # a side may be cut off
        num_whole += is_inside[joints].all()
        assert not is_inside[BODY_22.index("left_ankle")]
    assert 60 < num_whole < 190


def test_nobody_is_no_close_up():
    config = AugmentConfig(scale=(1.0, 1.0), close_up_share=1.0)
    (placement,) = placements(config, annotate(np.zeros((0, 3)), CAMERA), 1)
    assert placement.scale == pytest.approx(SAME_AREA)
