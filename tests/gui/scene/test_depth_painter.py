"""People over the picture: who is nearer hides who is behind, whatever their order."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from window_fakes import FREE_BONE, GREY, grey_frame, people_at

from das_app.gui.picture.overlay_layer import OverlayOptions
from das_app.gui.picture.overlay_view import OverlayView
from das_app.gui.style import theme
from das_model.camera import Camera
from das_model.skeleton import BODY_22

NEAR, FAR = (0, 0, 2600), (0, -700, 4200)  # the far one stands behind, on a step
SIZE = (640, 360)
HEAD, PELVIS = BODY_22.index("head"), BODY_22.index("pelvis")
SPINE, NECK = BODY_22.index("spine"), BODY_22.index("neck")


@pytest.fixture
def view(shared_view, qtbot, themed):
    found = OverlayView()
    qtbot.addWidget(found)
    found.with_depth = shared_view.paint_depth
    found.resize(*SIZE)
    found.show()
    yield found
    found.with_depth = None


def shown(view, frame, people, slots, **options):
    """(H, W, 3) of the view."""
    view.set_options(OverlayOptions(has_labels=False, has_depth=True, **options))
    view.show_people(frame, people, np.asarray(slots))
    image = view.current_layer().convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(image.constBits(), np.uint8)
    return rows.reshape(image.height(), image.width(), 4)[..., :3].copy()


def wears(pixel, slot):
    """Whether a pixel has the hue of a person, lit or in the shade."""
    hue = QColor(*pixel.tolist()).hsvHue()
    away = abs(hue - theme.person_colour(slot).hsvHue())
    return QColor(*pixel.tolist()).hsvSaturation() > 60 and min(away, 360 - away) < 20


def at(view, people, frame, person, *joints):
    """Column and row of the middle of some joints of a person."""
    points = view.letterbox.to_view(people.joints_px(frame.camera))[person]
    return np.round(points[list(joints)].mean(axis=0)).astype(int)


@pytest.mark.parametrize("has_bodies", [True, False])
@pytest.mark.parametrize("nearest_first", [True, False])
def test_who_is_nearer_hides_who_is_behind(view, has_bodies, nearest_first):
    frame = grey_frame(SIZE)
    roots = (NEAR, FAR) if nearest_first else (FAR, NEAR)
    near, far = (0, 1) if nearest_first else (1, 0)
    people = people_at(*roots)
    pixels = shown(view, frame, people, [0, 1], has_bodies=has_bodies)
    x, y = at(view, people, frame, far, HEAD)
    assert wears(pixels[y, x], far)  # looks over the other's shoulder
    # the hips lie behind the chest of who is near
    x, y = at(view, people, frame, far, PELVIS)
    assert not wears(pixels[y, x], far)
    if has_bodies:
        assert wears(pixels[y, x], near)
    alone = shown(view, frame, people.where(np.arange(2) == far), [far], has_bodies=has_bodies)
    assert wears(alone[y, x], far)


def test_a_skeleton_lets_the_picture_of_its_own_body_be_seen(view):
    frame, people = grey_frame(SIZE), people_at(NEAR)
    limbs = shown(view, frame, people, [0], has_bodies=False)
    body = shown(view, frame, people, [0], has_bodies=True)
    x, y = at(view, people, frame, 0, SPINE, NECK)
    assert wears(limbs[y, x], 0)
    assert wears(body[y, x], 0)
    beside = x + 22  # in the chest, beside the spine
    assert limbs[y, beside].tolist() == [GREY] * 3
    assert wears(body[y, beside], 0)


@pytest.mark.parametrize("is_before", [True, False])
def test_limbs_of_one_person_hide_each_other_by_depth(view, is_before):
    frame, people = grey_frame(SIZE), people_at(NEAR)
    joints = people.joints_cam.copy()
    chest = joints[0, [SPINE, NECK]].mean(axis=0)
    chest *= 0.88 if is_before else 1.12  # on the same ray
    joints[0, BODY_22.index("left_elbow")] = chest + (160, 0, 0)
    joints[0, BODY_22.index("left_wrist")] = chest - (160, 0, 0)
    folded = replace(people, joints_cam=joints)
    usual, now = (shown(view, frame, each, [0]).astype(int) for each in (people, folded))
    x, y = at(view, people, frame, 0, SPINE, NECK)
    patch = np.s_[y - 2 : y + 3, x - 2 : x + 3]
    assert bool(np.abs(now - usual)[patch].max() > 8) is is_before


def test_bodies_follow_the_lens_and_the_mirror(view):
    lens = Camera(
        Camera.from_fov(SIZE, 90.0).K + [[0, 0, 40], [0, 0, -20], [0, 0, 0]],
        SIZE,
        np.array([-0.25, 0.05, 0.002, -0.001, 0.0]),
    )
    frame = replace(grey_frame(SIZE), camera=lens)
    people = people_at((1500, -200, 2600))
    for is_mirrored in (False, True):
        view.set_mirrored(is_mirrored)
        pixels = shown(view, frame, people, [0], has_bodies=False)
        for bone in (FREE_BONE, BODY_22.bones.index((NECK, HEAD))):
            x, y = at(view, people, frame, 0, *BODY_22.bones[bone])
            assert wears(pixels[y, x], 0)
    straight = replace(frame, camera=Camera(lens.K, lens.size))
    moved = at(view, people, straight, 0, HEAD) - at(view, people, frame, 0, HEAD)
    assert np.abs(moved).max() > 8  # the distortion is one that would show


def test_who_is_behind_the_lens_or_outside_the_picture_is_not_drawn(view):
    frame = grey_frame(SIZE)
    for root in ((0, 0, -2000), (0, 0, -300), (9000, 0, 3000)):
        pixels = shown(view, frame, people_at(root), [0])
        assert not any(wears(pixel, 0) for pixel in pixels.reshape(-1, 3)[::37])


def test_without_a_3d_view_people_are_drawn_as_lines(view):
    frame, people = grey_frame(SIZE), people_at(NEAR, FAR)
    view.with_depth = None
    flat = shown(view, frame, people, [0, 1])
    x, y = at(view, people, frame, 1, PELVIS)
    assert wears(flat[y, x], 1) or wears(flat[y, x], 0)
    view.with_depth = lambda *_: None
    assert (shown(view, frame, people, [0, 1]) == flat).all()


def test_the_whole_picture_has_it_too(view):
    """What the clean output takes."""
    frame, people = grey_frame(SIZE), people_at(NEAR)
    shown(view, frame, people, [0])
    picture = view.picture((320, 180))
    x, y = at(view, people, frame, 0, SPINE, NECK) // 2
    assert wears(np.array(picture.pixelColor(int(x) + 11, int(y)).getRgb()[:3]), 0)
