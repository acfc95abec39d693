"""What single people tell of the floor, by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest
from standing_people import CAMERA, standing, tilted

from das_app.motion.floor_evidence import evidence_of, sighting_of
from das_model.skeleton import BODY_22

LEVEL = tilted(0, 0, 1000)
ANKLES = [BODY_22.index(f"{side}_ankle") for side in ("left", "right")]


def sighting(people, stature_mm=1700.0):
    return sighting_of(people, 0, stature_mm, CAMERA, 1, 1.0)


def sitting():
    """Somebody on a chair, the trunk upright, the thighs ahead."""
    people = standing(LEVEL, [[0, 4000]], ankle_score=0.8)
    joints = people.joints_cam.copy()
    for side in ("left", "right"):
        joints[0, BODY_22.index(f"{side}_knee"), 1] -= 410
        joints[0, BODY_22.index(f"{side}_knee"), 2] -= 400
        joints[0, BODY_22.index(f"{side}_ankle"), 2] -= 400
    return replace(people, joints_cam=joints)


def test_who_stands_is_upright_from_the_ankles_to_the_shoulders():
    found = sighting(standing(tilted(20, 5, 1600), [[0, 4000]], ankle_score=1.0))
    np.testing.assert_allclose(found.upright, tilted(20, 5, 1600).up, atol=1e-6)
    np.testing.assert_allclose(found.foot_noise, math.hypot(1, 0.1))
    np.testing.assert_allclose(found.upright_deg, math.hypot(1, 0.1) * np.array([3, 4]))


def test_feet_of_a_fair_score_are_root_two_times_as_noisy():
    found = sighting(standing(LEVEL, [[0, 4000]], ankle_score=0.1))
    np.testing.assert_allclose(found.foot_noise, math.sqrt(2), rtol=1e-6)
    np.testing.assert_allclose(found.upright_deg, math.sqrt(2) * np.array([3, 4]), rtol=1e-6)


def test_who_sits_is_upright_as_the_trunk_is_and_less_surely():
    found, stood = sighting(sitting()), sighting(standing(LEVEL, [[0, 4000]], ankle_score=0.8))
    np.testing.assert_allclose(found.upright, LEVEL.up, atol=1e-6)
    assert (np.array(found.upright_deg) > 1.3 * np.array(stood.upright_deg)).all()
    np.testing.assert_array_equal(found.upright_bias_deg, [3, 6])
    leaning = sitting()
    joints = leaning.joints_cam.copy()
    for side in ("left", "right"):
        joints[0, BODY_22.index(f"{side}_shoulder"), 2] -= 480  # as far ahead as up
    found = sighting(replace(leaning, joints_cam=joints))
    np.testing.assert_allclose(found.upright, [0, -math.sqrt(0.5), -math.sqrt(0.5)], atol=1e-6)


@pytest.mark.parametrize(("beyond_px", "is_inside"), [(-0.5, True), (0.5, False)])
def test_a_foot_beyond_the_last_pixel_is_made_up(beyond_px, is_inside):
    people = standing(LEVEL, [[0, 4000]], ankle_score=0.8)
    joints = people.joints_cam.copy()
    for ankle in ANKLES:
        x = CAMERA.project(joints[0, ankle])[0]
        edge = np.array([x, CAMERA.size[1] - 1 + beyond_px])
        joints[0, ankle] = CAMERA.back_project(edge, np.asarray(joints[0, ankle, 2]))
    noise = sighting(replace(people, joints_cam=joints)).foot_noise
    np.testing.assert_allclose(noise, math.hypot(1, 0.1 / (0.8 if is_inside else 0.03)), rtol=1e-6)


def test_size_and_distance_are_weighed_by_their_variances():
    """At the depth that is trusted to 4 % times root 2, against statures that differ by 8 %."""
    tall = standing(LEVEL, [[0, 4000]])
    found = evidence_of([sighting(tall, 1.1 * 1700)])
    of_depth, of_stature = 2 * 0.04**2, 0.08**2
    share = of_depth / (of_depth + of_stature)
    assert found.usual_scale == pytest.approx(-math.log(1.1) * share)
    assert found.scale_sd == pytest.approx(math.sqrt(of_stature * share))
    unknown = evidence_of([sighting(tall, math.nan)])
    assert unknown.usual_scale == 0
    assert unknown.scale_sd == pytest.approx(math.sqrt(of_depth))


def test_who_looks_larger_in_a_frame_is_taken_back_to_the_usual_size():
    people = [standing(LEVEL, [[0, 4000]], scales=s) for s in (0.9, 1.0, 1.1)]
    seen = [sighting(p, 1700.0 * s) for p, s in zip(people, (0.9, 1.0, 1.1), strict=True)]
    depths = evidence_of(seen).ankles[:, 0, 2]
    wanted = [4000 * s * s**-0.75 for s in (0.9, 1.0, 1.1)]
    np.testing.assert_allclose(depths, wanted, rtol=1e-6)
