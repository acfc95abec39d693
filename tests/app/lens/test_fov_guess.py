"""People of the bundled rendered clip on a floor, through lenses that are known."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from das_app.files.bundled import bundled_file
from das_app.lens.fov_guess import guess_fov
from das_app.motion.floor_estimate import FloorEstimator
from das_model.camera import Camera
from das_model.people import People
from das_model.skeleton import Skeleton

SIZE = (1280, 720)
UPRIGHT_DEG = 9.5  # what the clip's camera looks down, and what people lean towards it
ASSUMED = Camera.from_fov(SIZE, 60.0)


def about_x(deg):
    cos, sin = math.cos(math.radians(deg)), math.sin(math.radians(deg))
    return np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]])


def standing(num_frames, lean_deg):
    """(T, P, 22, 3) mm of two people of the clip who stand or walk, feet at y = 0, and names."""
    truth = json.loads(bundled_file("clips", "demo.json").read_text(encoding="utf-8"))
    joints = np.array(truth["joints_cam_mm"], np.float64)[:num_frames, [0, 2]]
    joints = joints @ about_x(UPRIGHT_DEG - lean_deg)
    names = truth["joint_names"]
    ankles = [names.index("left_ankle"), names.index("right_ankle")]
    lowest = joints[..., ankles, 1].max(axis=(1, 2))[:, None]
    root = joints[:, :, :1] * (1, 0, 1)
    return joints - root - lowest[..., None, None] * (0, 1, 0), names


def seen(fov_deg, tilt_deg, distances_mm, noise=0.0, seed=0, lean_deg=0.0):
    """Sightings of who walks from a distance to another, as a model tells them through `ASSUMED`
    of a camera of another field of view, 1.6 m above the floor."""
    camera = Camera.from_fov(SIZE, fov_deg)
    bodies, names = standing(100, lean_deg)
    rng = np.random.default_rng(seed)
    turn = about_x(tilt_deg)
    estimator = FloorEstimator()
    sizes = np.exp(noise * rng.standard_normal(bodies.shape[1]))
    for frame, people in enumerate(bodies):
        share = frame / (len(bodies) - 1)
        depth = distances_mm[0] + share * (distances_mm[1] - distances_mm[0])
        room = people + [[[-500, 1600, depth]], [[500, 1600, depth + 700]]]
        joints = (room @ turn.T) * sizes[:, None, None]
        joints[..., 2] += 400 * noise * rng.standard_normal(joints.shape[:2])
        root = joints[:, :1, 2:]
        stretched = root * ASSUMED.focal_px / camera.focal_px + joints[..., 2:] - root
        found = ASSUMED.back_project(camera.project(joints), stretched[..., 0])
        count = len(found)
        estimator.add(
            People(
                found.astype(np.float32),
                np.ones(found.shape[:2], np.float32),
                np.ones(count, np.float32),
                np.arange(count),
                Skeleton(tuple(names)),
            ),
            ASSUMED,
            0.25 * frame,
        )
    return estimator.sightings


@pytest.mark.parametrize("fov_deg", [40.0, 60.0, 85.0])
@pytest.mark.parametrize("tilt_deg", [18.0, 28.0])
def test_a_known_field_of_view_is_guessed(fov_deg, tilt_deg):
    guess = guess_fov(seen(fov_deg, tilt_deg, (2600, 6500)), ASSUMED)
    assert guess is not None
    assert guess.fov_deg == pytest.approx(fov_deg, rel=0.12)
    assert guess.low_deg < fov_deg < guess.high_deg


@pytest.mark.parametrize("lean_deg", [-3.5, 3.5])
def test_people_who_lean_are_within_what_the_guess_says_of_itself(lean_deg):
    guess = guess_fov(seen(60.0, 20.0, (2600, 6500), lean_deg=lean_deg), ASSUMED)
    assert guess is not None
    assert abs(guess.fov_deg - 60) > 2  # a lean does tell on it
    assert guess.low_deg < 60 < guess.high_deg


def test_noise_stays_within_what_the_guess_says_of_itself():
    """Within the range as often as it says, or more; never off by three times as much."""
    away = []
    for seed in range(8):
        guess = guess_fov(seen(45.0, 24.0, (2600, 6500), noise=0.05, seed=seed), ASSUMED)
        if guess is not None:
            log = [
                math.log(math.tan(math.radians(v / 2)))
                for v in (guess.low_deg, guess.fov_deg, guess.high_deg, 45.0)
            ]
            away.append((log[3] - log[1]) / (log[2] - log[0]) * 2)
    assert len(away) > 4
    assert np.mean(np.abs(away) < 1) >= 0.6
    assert np.abs(away).max() < 3


def test_a_steeper_camera_is_surer():
    ranges = [
        guess.high_deg - guess.low_deg
        for tilt_deg in (18.0, 26.0, 34.0)
        if (guess := guess_fov(seen(60.0, tilt_deg, (2600, 6500)), ASSUMED)) is not None
    ]
    assert len(ranges) == 3
    assert ranges == sorted(ranges, reverse=True)


@pytest.mark.parametrize(
    ("tilt_deg", "distances_mm"),
    [(0.0, (2600, 6500)), (3.0, (2600, 6500)), (24.0, (4000, 4200))],
)
def test_no_guess_where_people_do_not_tell(tilt_deg, distances_mm):
    assert guess_fov(seen(60.0, tilt_deg, distances_mm), ASSUMED) is None


def test_no_guess_from_few():
    assert guess_fov([], ASSUMED) is None
    assert guess_fov(seen(60.0, 24.0, (2600, 6500))[:20], ASSUMED) is None


def test_the_guess_is_of_the_camera_and_not_of_the_lens_in_use():
    """Whatever lens is assumed, the same field of view comes out."""
    sightings = seen(80.0, 24.0, (2600, 6500))
    wider = Camera.from_fov(SIZE, 75.0)
    stretch = wider.focal_px / ASSUMED.focal_px
    again = []
    for one in sightings:
        middle = one.ankles.mean(axis=0)
        moved = one.ankles - middle + middle * (1, 1, stretch)
        again.append(replace(one, ankles=moved))
    first, second = guess_fov(sightings, ASSUMED), guess_fov(again, wider)
    assert first is not None
    assert second is not None
    assert second.fov_deg == pytest.approx(first.fov_deg, rel=0.06)
