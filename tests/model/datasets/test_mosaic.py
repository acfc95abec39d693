"""Pictures side by side keep what the network is asked for."""

import dataclasses

import numpy as np
from people_scenes import annotate

from das_model.camera import Camera
from das_model.datasets.augmentation.mosaic import join
from das_model.inference.targets import Encoding, encode


def piece(shade, root_mm, fov_deg):
    camera = Camera.from_fov((128, 128), fov_deg)
    return np.full((128, 128, 3), shade, np.uint8), annotate([root_mm], camera)


def test_pieces_keep_their_places_sizes_and_depth_over_focal_length():
    pieces = [piece(10 * i, [50 * i, 0, 5000 + 500 * i], 50 + 10 * i) for i in range(4)]
    picture, joined = join(pieces, columns=2)
    assert picture.shape == (256, 256, 3)
    assert joined.camera.size == (256, 256)
    assert [int(picture[y, x, 0]) for y in (5, 200) for x in (5, 200)] == [0, 10, 20, 30]
    for i, (_, alone) in enumerate(pieces):
        offset = np.array([128 * (i % 2), 128 * (i // 2)])
        np.testing.assert_allclose(joined.joints_px[i], alone.joints_px[0] + offset, atol=1e-3)
        z, z_alone = joined.joints_cam[i, :, 2], alone.joints_cam[0, :, 2]
        np.testing.assert_allclose(
            z[0] / joined.camera.focal_px, z_alone[0] / alone.camera.focal_px, rtol=1e-5
        )
        np.testing.assert_allclose(z - z[0], z_alone - z_alone[0], atol=1e-2)
    again = joined.camera.project(joined.joints_cam)
    np.testing.assert_allclose(again, joined.joints_px, atol=0.01)


def test_pieces_of_rows_and_columns_with_sizes_of_their_own_are_kept_apart():
    sizes = [(64, 48), (66, 48), (64, 50), (66, 50)]  # width, height
    pieces = []
    for i, size in enumerate(sizes):
        alone = annotate([[0, 0, 4000]], Camera.from_fov(size))
        pieces.append((np.full((size[1], size[0], 3), 10 * i, np.uint8), alone))
    picture, joined = join(pieces, columns=2)
    assert picture.shape == (98, 130, 3)
    assert joined.camera.size == (130, 98)
    assert picture[47, 64, 0] == 10
    assert picture[48, 63, 0] == 20
    assert picture[48, 64, 0] == 30
    corners = [(0, 0), (64, 0), (0, 48), (64, 48)]
    for person, (_, alone), corner in zip(joined.joints_px, pieces, corners, strict=True):
        np.testing.assert_allclose(person, alone.joints_px[0] + corner, atol=1e-3)


def test_targets_of_a_piece_are_those_it_has_alone():
    pieces = [piece(0, [0, 0, 6000], 60), piece(9, [100, 50, 7000], 75)]
    _, joined = join(pieces, columns=2)
    both = encode(joined, Encoding())[0]
    alone = encode(pieces[1][1], Encoding())[0]
    right = np.s_[..., 16:]
    np.testing.assert_array_equal(both.positive[right], alone.positive)
    np.testing.assert_allclose(both.root[right], alone.root, atol=1e-4)
    np.testing.assert_allclose(both.joint_offset[right], alone.joint_offset, atol=1e-3)


def test_who_has_no_root_depth_stays_so_beside_others():
    (image, guessed), other = piece(0, [0, 0, 6000], 60), piece(9, [100, 50, 7000], 75)
    guessed = dataclasses.replace(guessed, is_relative=np.array([True]))
    _, joined = join([other, (image, guessed)], columns=2)
    assert joined.is_relative.tolist() == [False, True]
    asked = np.any([t.root_valid[2].any(axis=0) for t in encode(joined, Encoding())[:1]], axis=0)
    assert asked[:16].any()
    assert not asked[16:].any()


def test_ignore_boxes_and_pieces_without_anybody_come_along():
    empty = annotate(np.zeros((0, 3)), Camera.from_fov((64, 64), 60))
    box = np.array([[1, 2, 3, 4]], np.float32)
    marked = annotate([[0, 0, 9000]], Camera.from_fov((64, 64), 60))
    marked = dataclasses.replace(marked, ignore_px=box)
    image = np.zeros((64, 64, 3), np.uint8)
    _, joined = join([(image, empty), (image, marked)], columns=1)
    assert len(joined) == 1
    np.testing.assert_allclose(joined.ignore_px, [[1, 66, 3, 68]])


def test_people_cut_off_by_their_piece_end_there():
    camera = Camera.from_intrinsics(300, 300, 64, 30, (128, 128))
    cut = annotate([[0, 900, 2000]], camera)  # root at y = 165
    image = np.zeros((128, 128, 3), np.uint8)
    _, joined = join([(image, cut), (image, piece(0, [0, 0, 6000], 60)[1])], columns=1)
    assert joined.valid_2d[:, 0].tolist() == [False, True]
    np.testing.assert_allclose(joined.root_guess_px[0], [64, 127], atol=1e-3)
    targets = encode(joined, Encoding(centre="visible"))
    level = [bool(t.positive.any()) for t in targets].index(True, 1)
    locations = Encoding().locations_px(level, *targets[level].positive.shape)
    assert np.abs(locations[targets[level].positive] - [64, 127]).max() <= 1.5 * 8 * 2**level
