"""Pictures made of labelled photos: joints, boxes and areas land where the pixels do."""

import numpy as np
import pytest
from labelled_people import PICTURE_PX, labelled, people_px

from das_model.evaluation.photos.labelled_photo import LabelledPhoto
from das_model.evaluation.photos.photo_variants import cut_off, mosaic, shrunk
from das_model.skeleton import COCO_17

LARGE = people_px((0, 0))[0] * 1.9 + [300, 40]  # one person, 384 px


def dotted(joints_px):
    """A photo whose only light is at the left ankle, 9 px wide."""
    photo = labelled(joints_px)
    x, y = photo.joints_px[0, COCO_17.index("left_ankle")].round().astype(int)
    photo.image[y - 4 : y + 5, x - 4 : x + 5] = 255
    return photo


def light_px(image):
    """Centre of the light."""
    weights = image[..., 0].astype(float)
    ys, xs = np.mgrid[: weights.shape[0], : weights.shape[1]]
    return np.array([(xs * weights).sum(), (ys * weights).sum()]) / weights.sum()


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_shrunk_labels_land_where_the_pixels_do(factor):
    photo = dotted(LARGE)
    small = shrunk(photo, factor, np.zeros((100, 80, 3), np.uint8), 5)
    assert small.size == PICTURE_PX
    ankle = small.joints_px[0, COCO_17.index("left_ankle")]
    assert light_px(small.image) == pytest.approx(ankle, abs=0.5)
    assert small.areas_px == pytest.approx(photo.areas_px / factor**2, rel=0.02)
    assert small.sizes_input_px() == pytest.approx(photo.sizes_input_px() / factor, rel=0.01)


def test_mosaic_holds_everybody_in_the_own_cell():
    photos = [dotted(LARGE), labelled(LARGE), labelled(LARGE), labelled(LARGE)]
    joined = mosaic(photos, 2)
    assert joined.size == (640, 480)
    assert len(joined.joints_px) == 4
    cells = (joined.joints_px.mean(axis=1) // [320, 240]).astype(int)
    assert cells.tolist() == [[0, 0], [1, 0], [0, 1], [1, 1]]
    lit = np.argwhere(joined.image[..., 0] > 200)[:, ::-1].mean(axis=0)
    ankle = joined.joints_px[0, COCO_17.index("left_ankle")]
    assert lit == pytest.approx(ankle, abs=1)
    with pytest.raises(ValueError, match="at most 4"):
        mosaic([*photos, photos[0]], 2)


def test_cut_at_the_hip_leaves_the_upper_body():
    photo = dotted(LARGE)
    cut = cut_off(photo, "hip")
    hips = [COCO_17.index("left_hip"), COCO_17.index("right_hip")]
    assert cut.size[1] == round(photo.joints_px[0, hips, 1].mean())
    kept = cut.valid[0]
    assert kept[:11].all()
    assert not kept[11:].any()
    share = (cut.size[1] - 0.5 - photo.boxes_px[0, 1]) / np.ptp(photo.joints_px[0, :, 1])
    assert cut.areas_px == pytest.approx(photo.areas_px * share, rel=0.01)
    chest = cut_off(photo, "chest")
    assert chest.size[1] < cut.size[1]
    assert chest.valid[0, :7].all()
    assert not chest.valid[0, 9:].any()


def test_cut_at_the_side_leaves_one_side():
    photo = labelled(LARGE)  # stands left of the middle, so that the right part is larger
    cut = cut_off(photo, "side")
    names = [COCO_17.joint_names[j] for j in np.flatnonzero(cut.valid[0])]
    assert all(name.startswith("left_") or name == "nose" for name in names)
    assert len(names) >= 8
    left = PICTURE_PX[0] - cut.size[0]
    ankle = COCO_17.index("left_ankle")
    assert cut.joints_px[0, ankle] == pytest.approx(photo.joints_px[0, ankle] - [left, 0])


def test_nobody_upright_is_not_cut():
    assert cut_off(labelled(LARGE[:, ::-1] + [100, -200]), "hip") is None
    assert cut_off(labelled([]), "side") is None


def test_people_cut_out_of_the_picture_become_ignore_boxes_while_they_show():
    photo = labelled(people_px((100, 50), (400, 50)))
    boxes = photo.boxes_px.copy()
    boxes[1, 0] = 340  # a bag, say, that is no joint
    photo = LabelledPhoto(
        photo.image, photo.joints_px, photo.valid, boxes, photo.areas_px, photo.ignore_px
    )
    cut = photo.cropped((0, 0, 360, 480))
    assert len(cut.joints_px) == 1
    assert cut.ignore_px.tolist() == [[340, boxes[1, 1], 359.5, boxes[1, 3]]]
    assert len(photo.cropped((0, 0, 300, 480)).ignore_px) == 0


def test_shapes_are_checked():
    nobody = LabelledPhoto.of_nobody(np.zeros((4, 6, 3), np.uint8))
    assert nobody.size == (6, 4)
    assert len(nobody.annotation()) == 0
    with pytest.raises(ValueError, match=r"areas_px must be \(0,\), got \(1,\)"):
        LabelledPhoto(
            nobody.image,
            nobody.joints_px,
            nobody.valid,
            nobody.boxes_px,
            np.ones(1),
            nobody.ignore_px,
        )
