"""Jitter of made-up tracks whose spread is known, and the noise itself."""

import math

import numpy as np
import pytest
from people_scenes import STANDING

from das_model.camera import Camera
from das_model.evaluation.predictions import Prediction
from das_model.evaluation.protocols.jitter import (
    READ_NOISE,
    SHOT_NOISE,
    JitterProtocol,
    noisy_copy,
)
from das_model.people import People

CAMERA = Camera.from_fov((640, 480), 60.0)
HERE, THERE = np.array([-700.0, 0, 4000]), np.array([700.0, 0, 4500])


def predict(*poses):
    cam = np.reshape(poses, (-1, 22, 3)).astype(np.float32)
    n = len(cam)
    people = People(
        cam, np.ones((n, 22), np.float32), np.ones(n, np.float32), np.full(n, -1, np.int64)
    )
    return Prediction.projected(people, CAMERA)


def table_of(clean, *noisy):
    protocol = JitterProtocol()
    protocol.add(clean, list(noisy))
    return protocol.table()


def test_still_people_do_not_shake_in_any_order():
    a, b = STANDING + HERE, STANDING + THERE
    table = table_of(predict(a, b), predict(b, a), predict(a, b))
    assert table["jitter_px"] == table["jitter_mm"] == table["jitter_rel_mm"] == 0
    assert table["num_people"] == 2
    assert table["found"] == 1
    assert table["flickering"] == 0


def test_whole_body_sway_by_hand():
    near, far = STANDING + HERE - [0, 0, 30], STANDING + HERE + [0, 0, 30]
    table = table_of(predict(STANDING + HERE), predict(near), predict(far))
    assert table["jitter_mm"] == pytest.approx(30, abs=1e-3)
    assert table["root_depth_jitter_mm"] == pytest.approx(30, abs=1e-3)
    assert table["jitter_rel_mm"] == pytest.approx(0, abs=1e-3)


def test_one_joint_by_hand():
    left, right = STANDING + HERE, STANDING + HERE
    px = 10.0
    step = px * HERE[2] / CAMERA.focal_px
    left[-1] -= [step, 0, 0]
    right[-1] += [step, 0, 0]
    table = table_of(predict(STANDING + HERE), predict(left), predict(right))
    z = (STANDING + HERE)[-1, 2]
    assert table["jitter_px"] == pytest.approx(px * HERE[2] / z / 22, rel=1e-3)
    assert table["jitter_mm"] == pytest.approx(step / 22, rel=1e-3)
    assert table["jitter_rel_mm"] == pytest.approx(step / 22, rel=1e-3)


def test_people_who_come_and_go_flicker():
    a, b = STANDING + HERE, STANDING + THERE
    table = table_of(predict(a, b), predict(a), predict(a, b), predict(a))
    assert table["found"] == pytest.approx((1 + 1 / 3) / 2)
    assert table["flickering"] == 0.5
    assert table["jitter_px"] == pytest.approx(0, abs=1e-9)


def test_nobody_is_nan():
    table = table_of(predict(), predict(STANDING + HERE))
    assert table["num_people"] == 0
    assert math.isnan(table["jitter_px"])
    assert math.isnan(table["flickering"])


def test_noise_has_the_spread_of_a_sensor():
    image = np.full((64, 64, 3), 100, np.uint8)
    rng = np.random.default_rng(1)
    noise = noisy_copy(image, rng).astype(float) - 100
    expected = math.sqrt(READ_NOISE**2 + SHOT_NOISE * 100 + 1 / 12)  # and rounding
    assert noise.std() == pytest.approx(expected, rel=0.05)
    assert abs(noise.mean()) < 0.15
    assert (noisy_copy(image, rng) != noisy_copy(image, rng)).mean() > 0.5
