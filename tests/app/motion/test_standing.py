import numpy as np
import pytest
from standing_people import standing, tilted

from das_app.motion.floor import off_floor_mm, standing_scale
from das_model.skeleton import BODY_22


def test_standing_feet_are_on_the_floor_and_lifted_ones_above_it():
    floor = tilted(14, -3, 1500)
    for lift in (0.0, 250.0):
        joints = standing(floor, [[300, 3500], [-400, 5000]], lift_mm=lift).joints_cam
        assert off_floor_mm(joints, BODY_22, floor) == pytest.approx([lift, lift], abs=0.1)


def test_a_person_seen_too_near_is_moved_back_onto_the_floor():
    floor = tilted(14, -3, 1500)
    joints = standing(floor, [[300, 3500]] * 5, 0.9).joints_cam.astype(float)
    joints[2] = np.nan  # not seen
    joints[3] *= 0.5  # badly seen
    scale = standing_scale(joints, BODY_22, floor)
    assert scale == pytest.approx(1 / 0.9, abs=1e-4)
    assert off_floor_mm(scale * joints[0], BODY_22, floor) == pytest.approx(0, abs=0.1)


def test_who_stands_elsewhere_or_was_not_seen_is_not_moved():
    floor = tilted(0, 0, 1500)
    on_a_wall = standing(floor, [[0, 6000]], lift_mm=1300).joints_cam
    assert standing_scale(on_a_wall, BODY_22, floor) is None
    above_the_lens = standing(floor, [[0, 6000]], lift_mm=2000).joints_cam
    assert standing_scale(above_the_lens, BODY_22, floor) is None
    assert standing_scale(np.full((3, 22, 3), np.nan), BODY_22, floor) is None
