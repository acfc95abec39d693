import math
from dataclasses import replace

import numpy as np
import pytest
from standing_people import CAMERA, standing, tilted

from das_app.motion import floor_estimate
from das_app.motion.floor_estimate import (
    NOTHING_TOLD,
    FloorEstimate,
    FloorEstimator,
    ToldFloor,
)
from das_app.motion.floor_evidence import evidence_of, sighting_of
from das_model.people import People
from das_model.skeleton import COCO_17


def off_deg(floor, other):
    return math.degrees(math.acos(np.clip(floor.up @ other.up, -1, 1)))


def walked(floor, rng, seconds=10.0, num_people=1, ankle_score=0.2, wander=0.03, told=None):
    """What is found of people who walk about for so long, ten frames a second."""
    estimator = FloorEstimator() if told is None else FloorEstimator(told)
    ways = rng.uniform([-900, 2600], [900, 6000], (6, num_people, 2))
    scales = 1 + 0.03 * rng.standard_normal(num_people)
    for k in range(round(10 * seconds)):
        share = k / (10 * seconds) * (len(ways) - 1)
        leg = int(share)
        places = ways[leg] + (share - leg) * (ways[leg + 1] - ways[leg])
        sizes = scales * (1 + wander * rng.standard_normal(num_people))
        estimator.add(standing(floor, places, sizes, ankle_score), CAMERA, k / 10)
    return estimator.estimate()


@pytest.mark.parametrize(
    ("pitch", "roll", "height"),
    [(0, 0, 1300), (12, 0, 1600), (25, 3, 2300), (15, 15, 1700), (-4, -5, 1000)],
)
@pytest.mark.parametrize("ankle_score", [0.2, 0.08])
def test_the_floor_of_one_walker_is_found(pitch, roll, height, ankle_score):
    floor = tilted(pitch, roll, height)
    found = walked(floor, np.random.default_rng(1), ankle_score=ankle_score)
    assert off_deg(found.floor, floor) < 2
    assert found.floor.height_mm == pytest.approx(height, rel=0.07)
    assert abs(found.floor.height_mm - height) < 3 * found.height_sd_mm
    assert off_deg(found.floor, floor) < 3 * found.tilt_sd_deg


def test_it_gets_surer_over_time_and_says_so():
    floor = tilted(12, 0, 1600)
    first, later = (walked(floor, np.random.default_rng(2), s, 3) for s in (0.2, 10.0))
    assert first.tilt_sd_deg > 1.5 * later.tilt_sd_deg
    assert first.height_sd_mm > 1.5 * later.height_sd_mm
    assert not first.is_sure
    assert later.is_sure
    assert "±" in later.label
    assert f"{later.floor.height_mm / 1e3:.2f} m" in later.label


@pytest.mark.parametrize(
    ("tilt_sd_deg", "height_sd_mm", "is_sure"),
    [(2.4, 150, True), (2.6, 150, False), (2.4, 170, False)],
)
def test_a_floor_is_known_when_both_tilt_and_height_are(tilt_sd_deg, height_sd_mm, is_sure):
    found = FloorEstimate(tilted(12, 0, 1600), tilt_sd_deg, height_sd_mm, 100, {})
    assert found.is_sure == is_sure


def test_people_who_only_stand_tell_the_tilt_by_their_bodies():
    floor, estimator = tilted(18, 6, 1700), FloorEstimator()
    for k in range(50):
        estimator.add(standing(floor, [[-300, 3600], [700, 3700]]), CAMERA, k / 5)
    assert off_deg(estimator.estimate().floor, floor) < 4


def test_asked_again_of_the_same_people_it_says_the_same():
    estimator, floor = FloorEstimator(), tilted(25, 3, 2300)
    for k in range(30):
        estimator.add(standing(floor, [[-600 + 40 * k, 3000 + 60 * k]]), CAMERA, k / 5)
    first, again = (estimator.estimate().floor for _ in range(2))
    assert off_deg(first, again) < 0.02
    assert again.height_mm == pytest.approx(first.height_mm, rel=1e-3)


def test_without_anybody_it_is_a_level_camera_and_not_sure():
    found = FloorEstimator().estimate()
    assert not found.is_sure
    assert found.num_sightings == 0
    assert found.floor.up[1] < -0.95


def test_somebody_on_a_wall_does_not_lift_the_floor():
    floor, estimator = tilted(3, 0, 1600), FloorEstimator()
    for k in range(100):
        below = standing(floor, [[-800 + 16 * k, 4500]])
        above = replace(standing(floor, [[-900, 6000]], lift_mm=1500), track_ids=np.array([9]))
        estimator.add(below.joined(above), CAMERA, k / 10)
    found = estimator.estimate()
    assert off_deg(found.floor, floor) < 3
    assert found.floor.height_mm == pytest.approx(1600, rel=0.08)


def test_jumps_do_not_lift_the_floor():
    floor, rng, estimator = tilted(10, 0, 1600), np.random.default_rng(3), FloorEstimator()
    for k in range(150):
        places = rng.uniform([-900, 2800], [900, 6000], (2, 2))
        lift = 350.0 if k % 4 == 0 else 0.0
        estimator.add(standing(floor, places, lift_mm=lift), CAMERA, k / 5)
    found = estimator.estimate()
    assert off_deg(found.floor, floor) < 2
    assert found.floor.height_mm == pytest.approx(1600, rel=0.04)


def test_people_seen_at_a_wrong_distance_are_told_by_how_much():
    floor, rng, estimator = tilted(15, 0, 1800), np.random.default_rng(4), FloorEstimator()
    scales = np.array([1.0, 1.0, 1.0, 0.9])
    for k in range(100):
        places = rng.uniform([-1200, 2800], [1200, 5500], (4, 2))
        estimator.add(standing(floor, places, scales), CAMERA, k / 5)
    found = estimator.estimate()
    ratio = found.scales[4] / np.mean([found.scales[n] for n in (1, 2, 3)])
    assert ratio == pytest.approx(1 / 0.9, abs=0.03)


def test_whoever_is_near_says_how_large_people_are():
    """Somebody far away who is taken for small hardly moves the floor of somebody near."""
    floor, estimator = tilted(10, 0, 1600), FloorEstimator()
    for share in np.linspace(0, 1, 50):
        near, far = [-600 + 1200 * share, 2500 + 800 * share], [1500 - 2500 * share, 9000]
        estimator.add(standing(floor, [near, far], [1.0, 0.8]), CAMERA, 10 * share)
    assert estimator.estimate().floor.height_mm == pytest.approx(1600, rel=0.035)


def test_what_is_told_holds():
    floor = tilted(20, 0, 2500)
    rng = np.random.default_rng(5)
    told = walked(floor, rng, told=ToldFloor(2500.0, 20.0))
    assert told.floor.height_mm == pytest.approx(2500, rel=0.02)
    assert told.floor.pitch_deg == pytest.approx(20, abs=1)
    assert told.height_sd_mm < 100
    only_height = walked(floor, rng, told=ToldFloor(height_mm=2750.0))
    assert only_height.floor.height_mm == pytest.approx(2750, rel=0.02)
    assert only_height.scales[1] == pytest.approx(1.1, abs=0.06)  # they must be further away


def test_sightings_are_spaced_and_old_ones_thinned_out():
    floor, estimator = tilted(10, 0, 1500), FloorEstimator()
    for k in range(30):
        estimator.add(standing(floor, [[0, 4000]]), CAMERA, k / 30)
    assert len(estimator) == 5
    for k in range(595):
        estimator.add(standing(floor, [[0, 4000]]), CAMERA, 10 + k / 5)
    assert len(estimator) == 600
    estimator.add(standing(floor, [[0, 4000]]), CAMERA, 1000)
    assert len(estimator) == 301
    nobody = replace(standing(floor, [[0, 4000]]), track_ids=np.array([0]))
    for k in range(2):
        estimator.add(nobody, CAMERA, 2000 + k / 10)
    assert len(estimator) == 302
    estimator.clear()
    assert len(estimator) == 0


def test_a_film_that_begins_again_goes_on_being_seen():
    floor, estimator = tilted(10, 0, 1500), FloorEstimator()
    for _ in range(2):
        for k in range(10):
            estimator.add(standing(floor, [[0, 4000]]), CAMERA, 5 + k / 5)
    assert len(estimator) == 20


def test_people_without_ids_count_and_other_skeletons_or_nobody_do_not():
    floor, estimator = tilted(10, 0, 1500), FloorEstimator()
    people = standing(floor, [[0, 4000], [600, 4500]])
    estimator.add(replace(people, track_ids=np.full(2, -1)), CAMERA, 0.0)
    assert len(estimator) == 2
    estimator.add(People.empty(), CAMERA, 0.1)
    estimator.add(People.empty(COCO_17), CAMERA, 0.2)
    assert len(estimator) == 2


@pytest.mark.parametrize(("height", "pitch"), [(20.0, None), (None, 85.0), (float("nan"), None)])
def test_what_cannot_be_told_is_refused(height, pitch):
    with pytest.raises(ValueError, match="must be"):
        ToldFloor(height, pitch)


@pytest.mark.parametrize("height_mm", [100.0, 50_000.0])
def test_the_lowest_and_the_highest_camera_can_be_told(height_mm):
    assert ToldFloor(height_mm).height_mm == height_mm
    with pytest.raises(ValueError, match="must be"):
        ToldFloor(height_mm * (0.99 if height_mm < 1000 else 1.01))


def test_a_camera_that_looks_almost_straight_down_has_a_floor():
    told = ToldFloor(height_mm=3000.0, pitch_deg=79.99)
    assert FloorEstimator(told).estimate().floor.pitch_deg == pytest.approx(79.9, abs=0.01)


def test_everybody_too_small_is_a_lower_camera_rather_than_small_people():
    """A picture cannot tell; people keep the size that the model gives them."""
    floor, rng, estimator = tilted(15, 0, 1800), np.random.default_rng(6), FloorEstimator()
    for k in range(60):
        places = rng.uniform([-1200, 2800], [1200, 5500], (3, 2))
        estimator.add(standing(floor, places, 0.85), CAMERA, k / 5)
    found = estimator.estimate()
    assert np.mean(list(found.scales.values())) == pytest.approx(1, abs=0.01)
    assert found.floor.height_mm == pytest.approx(80 + 0.85 * 1720, rel=0.02)


def test_the_search_begins_as_upright_as_bodies_are_and_half_as_tilted_as_usual():
    people = [standing(tilted(12, 20, 1600), [[x, 4000]]) for x in (-500, 0, 500)]
    evidence = evidence_of([sighting_of(p, 0, 1700.0, CAMERA, 1, 1.0) for p in people])
    for pitch, roll, _, lean in floor_estimate._starts(evidence, NOTHING_TOLD):
        assert math.degrees(roll) == pytest.approx(20, abs=0.1)
        assert math.degrees(pitch) == pytest.approx((8 + 12) / 2, abs=0.1)
        assert lean == 0


@pytest.mark.parametrize("told", [NOTHING_TOLD, ToldFloor(1700.0, 12.0)], ids=["nothing", "told"])
def test_the_gradient_is_that_of_the_cost(told):
    """Half of its derivative, by differences; the noise's change with the height is left out."""
    floor, rng, sightings = tilted(10, 2, 1600), np.random.default_rng(7), []
    for _ in range(8):
        people = standing(floor, rng.uniform([-900, 2800], [900, 5000], (2, 2)), [0.97, 1.04])
        sightings += [
            sighting_of(people, row, 1700 * scale, CAMERA, row, 1.0)
            for row, scale in enumerate((0.97, 1.04))
        ]
    evidence = evidence_of(sightings)
    values = np.array([math.radians(13), math.radians(1), math.log(1500), math.radians(2)])
    scales = np.array([0.05, -0.02])

    def cost(x):
        return floor_estimate._cost(x[:4], x[4:], evidence, told)

    at, steps = np.append(values, scales), 1e-5 * np.eye(6)
    derivative = np.array([(cost(at + h) - cost(at - h)) / 2e-5 for h in steps])
    _, reduced, back = floor_estimate._normal_equations(values, scales, evidence, told)
    first, mixed, second = back
    gradient = np.append(reduced + mixed.T @ (first / second), first)
    off = np.abs(gradient / (derivative / 2) - 1)
    assert (off < [0.03, 0.03, 0.15, 0.01, 0.01, 0.01]).all(), off
    assert floor_estimate._excess(
        floor_estimate._misfits(values, scales, evidence)[0][:, 0], evidence
    ).all()  # the share of who stands elsewhere is in it
