from dataclasses import replace

import numpy as np
import pytest
from synthetic_stages import CAMERA, SIZE, scene_of, standing

from das_model.skeleton import BODY_22
from das_model.synthetic.body.bodies import BodyPoser
from das_model.synthetic.body.kit_cache import load_kit
from das_model.synthetic.generator import annotate, is_labelled
from das_model.synthetic.rendering.renderer import Renderer
from das_model.synthetic.scene.props import Prop
from das_model.synthetic.scene.textures import make_atlas

FACE = [BODY_22.index(n) for n in ("nose", "left_eye", "right_eye")]
TRUNK = [BODY_22.index(n) for n in ("pelvis", "spine", "neck", "head")]


@pytest.fixture(scope="module")
def poser():
    return BodyPoser(load_kit())


@pytest.fixture(scope="module")
def renderer(poser):
    return Renderer(poser.kit, SIZE, make_atlas(0, 2, []), "cpu")


def seen(renderer, scene):
    return renderer.render([scene], None)[0]


def box(y, half, x=0.0, z=1.0):
    return Prop("box", np.array([x, y, z]), np.array(half), 0.0, np.full(3, 0.5))


def test_alone_and_facing_the_camera(renderer, poser):
    rendering = seen(renderer, scene_of([standing(poser, 0.0, 3.0)]))
    assert rendering.visible[0].all()


def test_visible_share_is_that_of_the_surface_towards_the_lens(renderer, poser):
    alone = standing(poser, 0.0, 3.5)
    whole = seen(renderer, scene_of([alone])).visible_share[0]
    assert whole > 0.9
    middle = alone.body.joint("pelvis")[2]
    wall = Prop(
        "box",
        np.array([0, 3.0, middle / 2]),
        np.array([2, 0.02, middle / 2]),
        0.0,
        np.full(3, 0.5),
    )
    upper = seen(renderer, scene_of([alone], [wall])).visible_share[0]
    assert 0.3 < upper < 0.7
    aside = standing(poser, 3.5 * np.tan(np.radians(30)), 3.5)  # half beyond the right edge
    assert 0.3 < seen(renderer, scene_of([aside])).visible_share[0] < 0.7


def test_own_head_hides_the_face_from_behind(renderer, poser):
    rendering = seen(renderer, scene_of([standing(poser, 0.0, 3.0, yaw_deg=180)]))
    assert not rendering.visible[0, FACE].any()
    assert rendering.visible[0, TRUNK].all()


def test_person_behind_a_person_is_hidden(renderer, poser):
    front, behind = standing(poser, 0.0, 2.5), standing(poser, 0.0, 4.0)
    for people, hidden in (([front, behind], 1), ([behind, front], 0)):
        visible = seen(renderer, scene_of(people)).visible
        assert not visible[hidden, TRUNK[:3]].any()
        assert visible[1 - hidden, TRUNK].all()


def test_people_side_by_side_do_not_hide_each_other(renderer, poser):
    people = [standing(poser, -0.6, 3.0), standing(poser, 0.6, 4.0)]
    assert seen(renderer, scene_of(people)).visible.all()


def test_box_in_front_hides_what_it_covers(renderer, poser):
    person = standing(poser, 0.0, 3.5)
    whole = seen(renderer, scene_of([person], [box(2.5, (1.0, 0.1, 1.0))])).visible[0]
    assert not whole.any()
    legs = seen(renderer, scene_of([person], [box(2.5, (1.0, 0.1, 0.4), z=0.4)])).visible[0]
    assert not legs[[BODY_22.index(n) for n in ("left_knee", "right_ankle")]].any()
    assert legs[FACE].all()
    behind = seen(renderer, scene_of([person], [box(4.5, (1.0, 0.1, 1.0))])).visible[0]
    assert behind.all()


def test_joints_outside_the_picture_are_not_visible(renderer, poser):
    scene = scene_of([standing(poser, 0.0, 0.8)])
    px = CAMERA.project(scene.to_camera(scene.people[0].body.joints))
    outside = ((px < -1) | (px > np.array(SIZE))).any(-1)
    assert 4 < outside.sum() < 20
    assert not seen(renderer, scene).visible[0, outside].any()


def test_owner_map_is_where_the_joints_are(renderer, poser):
    people = [standing(poser, -0.6, 3.0), standing(poser, 0.6, 4.0)]
    scene = scene_of(people)
    owner = seen(renderer, scene).owner
    for index, person in enumerate(people):
        x, y = CAMERA.project(scene.to_camera(person.body.joint("spine"))).round().astype(int)
        assert owner[y, x] == index
    assert (owner == -1).mean() > 0.5


def test_empty_pixels_show_the_room_and_bodies_differ_from_it(renderer, poser):
    rendering = seen(renderer, scene_of([standing(poser, 0.0, 3.0)]))
    assert np.isfinite(rendering.linear).all()
    assert rendering.linear.min() >= 0
    body, wall = rendering.owner == 0, rendering.owner == -1
    assert abs(rendering.linear[body].mean() - rendering.linear[wall].mean()) > 0.05


def test_shadow_falls_away_from_the_light(renderer, poser):
    with_person = seen(renderer, scene_of([standing(poser, 0.0, 3.0)], pitch_deg=25))
    scene = scene_of([standing(poser, 0.0, 3.0)], pitch_deg=25)
    scene.stage.shadow = 1.0
    shaded = seen(renderer, scene)
    floor = with_person.owner == -1
    darker = (with_person.linear - shaded.linear).mean(-1) * floor > 0.05
    assert 20 < darker.sum() < 0.2 * floor.size
    rows = np.flatnonzero(darker.any(1))
    feet = CAMERA.project(scene.to_camera(scene.people[0].body.joint("left_ankle")))[1]
    assert np.median(rows) < feet  # the light comes from behind the camera


def test_people_seen_by_a_few_pixels_are_boxed_not_labelled(renderer, poser):
    scene = scene_of([standing(poser, 0.0, 3.0), standing(poser, 1.0, 3.5)])
    rendering = seen(renderer, scene)
    owner = np.where(rendering.owner == 1, -2, rendering.owner)
    owner[60, 120:123] = 1  # three pixels are left of the second person
    masked = replace(rendering, owner=owner)
    labelled = is_labelled(masked)
    assert labelled.tolist() == [True, False]
    labels = annotate(scene, masked, labelled)
    assert len(labels) == 1
    left, top, right, bottom = labels.ignore_px[0]
    assert left <= 120
    assert right >= 122
    assert top <= 60 <= bottom
    assert right - left < 15
