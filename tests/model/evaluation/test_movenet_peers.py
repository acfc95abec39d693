"""MoveNet's public heads are read as its graph does: on maps made by hand."""

import numpy as np
import pytest

from das_model.camera import Camera
from das_model.evaluation.photos import movenet_peers
from das_model.evaluation.photos.movenet_peers import (
    MultiPoseMaps,
    ThunderOnPeople,
    people_of_maps,
)
from das_model.inference.looks.thunder import Drawn
from das_model.skeleton import COCO_17


def maps_of(centres, height=20, width=30):
    """People with all joints in one cell, two right and one below of their centre."""
    zeros = {
        name: np.zeros((n, height, width))
        for name, n in (
            ("heat", 17),
            ("joint", 34),
            ("offset", 34),
            ("box_size", 2),
            ("box_offset", 2),
        )
    }
    maps = MultiPoseMaps(centre=np.zeros((1, height, width), np.float32), **zeros)
    for y, x, score in centres:
        maps.centre[0, y, x] = score
        maps.box_size[:, y, x] = 8
        maps.joint[0::2, y, x], maps.joint[1::2, y, x] = 1, 2
        maps.heat[:, y + 1, x + 2] = 0.8
        maps.offset[0::2, y + 1, x + 2], maps.offset[1::2, y + 1, x + 2] = 0.25, 0.75
    return maps


def test_joints_are_the_hottest_cells_and_their_offsets():
    joints, joint_scores, scores = people_of_maps(maps_of([(10, 12, 0.9)]))
    assert joints.shape == (1, 17, 2)
    expected = [(14 + 0.75) * 4 - 0.5, (11 + 0.25) * 4 - 0.5]
    assert joints[0] == pytest.approx(np.tile(expected, (17, 1)))
    assert joint_scores == pytest.approx(np.full((1, 17), 0.8))
    assert scores == pytest.approx([0.9 * 0.8])


def test_centres_are_the_surest_of_five_by_five_cells_best_first():
    maps = maps_of([(10, 4, 0.5), (10, 20, 0.7)])
    maps.centre[0, 11, 21] = 0.6  # beside the surer one
    _, _, scores = people_of_maps(maps)
    assert scores == pytest.approx([0.7 * 0.8, 0.5 * 0.8])
    assert len(people_of_maps(maps, max_people=1)[2]) == 1


def test_heat_outside_of_the_box_is_not_looked_at():
    maps = maps_of([(10, 12, 0.9)])
    maps.heat[:] *= 0.5
    maps.heat[0, 10, 18] = 1.0  # six cells from the centre, the box reaches four
    joints, _, _ = people_of_maps(maps)
    assert joints[0, 0, 0] == pytest.approx((14 + 0.75) * 4 - 0.5)


def test_joints_that_are_not_seen_do_not_count_for_the_score():
    maps = maps_of([(10, 12, 0.9)])
    maps.heat[5:] = 0.05
    maps.heat[5:, 11, 14] = 0.1
    assert people_of_maps(maps)[2] == pytest.approx([0.9 * 0.8])


def test_thunder_looks_at_a_crop_around_each_person_and_answers_in_the_picture(monkeypatch):
    crops = []

    class FakeThunder:
        def __init__(self, file):
            pass

        def __call__(self, crop):
            crops.append(crop)
            middle = np.full((1, 17, 2), 127.5)
            return Drawn(middle, np.full((1, 17), 0.25, np.float32), ())

    def first(names, read, camera):
        corners = np.tile([[100.0, 60.0], [140.0, 160.0]], (9, 1))[None, :17]
        return movenet_peers.flat_prediction(corners, np.ones((1, 17)), np.array([0.64]))

    monkeypatch.setattr(movenet_peers, "Thunder", FakeThunder)
    first.skeleton = COCO_17
    image = np.zeros((240, 320, 3), np.uint8)
    image[105:116, 115:126] = 255  # at the middle of the person
    found = ThunderOnPeople("", first)((), lambda: image, Camera.from_fov((320, 240)))
    assert found.joints_px == pytest.approx(np.tile([120.0, 110.0], (1, 17, 1)))
    assert found.people.scores == pytest.approx([0.4])  # sqrt(0.64 * 0.25)
    light = np.argwhere(crops[0][0, ..., 0] > 128)
    assert light.mean(axis=0) == pytest.approx([127.5, 127.5], abs=1)
    assert np.ptp(light[:, 0]) == pytest.approx(11 * 256 / 135, abs=2)  # 1.35 of 100 px
