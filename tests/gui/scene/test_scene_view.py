import time
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from window_fakes import grey_frame, people_at

from das_app.gui.bodies.body_mesh import body_mesh
from das_app.gui.scene import scene_content
from das_app.gui.scene import scene_view as module
from das_app.gui.scene.framing import directions
from das_app.gui.scene.orbit_camera import PRESETS
from das_app.gui.scene.scene_geometry import (
    frustum_segments,
    label_places,
    picture_corners,
    scene_from_camera,
)
from das_app.gui.scene.scene_options import SceneOptions
from das_app.gui.scene.scene_view import SceneView
from das_app.gui.style import theme
from das_app.gui.style.stage import LIGHT_STAGE
from das_app.motion.floor import Floor
from das_app.settings.app_settings import Look
from das_model.camera import Camera

SLOTS = np.array([0, 1])


@pytest.fixture
def view(shared_view):
    shared_view.clear()
    shared_view.set_options(SceneOptions())
    shared_view.set_hidden(frozenset())
    shared_view.set_level(None)
    shared_view.look_from("reset")
    yield shared_view
    shared_view.content.framing.give_up()
    shared_view.content._step()  # which stops


def colours(slots):
    return np.array([theme.person_colour(slot).getRgbF()[:3] for slot in slots])


def pixels_like(image, colour, room=60):
    return int((np.abs(image[..., :3].astype(int) - colour).max(axis=-1) < room).sum())


def test_the_mesh_on_the_card_is_that_of_the_converted_joints(view):
    people = people_at((-500, 0, 3000), (500, 0, 3500))
    view.show_people(grey_frame(), people, SLOTS)
    order = [1, 0]  # the farthest first
    joints = scene_from_camera(people.joints_cam)[order]
    expected = body_mesh(joints, colours(SLOTS)[order], np.ones(joints.shape[:2], np.float32))
    shown = view.content.people.bodies.mesh
    for name in ("a_position", "a_normal", "a_colour"):
        assert shown.vertices[name] == pytest.approx(expected.vertices[name], abs=1e-5)
    assert np.array_equal(shown.faces, expected.faces)
    assert view.content.frustum.points == pytest.approx(frustum_segments(grey_frame().camera))


def test_visuals_are_refilled_not_made_anew(view):
    content = view.content
    nodes = list(content.canvas.scene.children[0].children)
    scene = content.people.bodies.parent
    num_children = len(scene.children)
    for step in range(5):
        people = people_at(*[(300 * i, 0, 3000 + step) for i in range(step)])
        view.show_people(grey_frame(), people, np.arange(step))
    assert len(scene.children) == num_children
    assert list(content.canvas.scene.children[0].children) == nodes


def test_people_are_drawn_in_their_colours_and_upright(view):
    view.set_options(SceneOptions(has_bodies=False))
    view.show_people(grey_frame(), people_at((0, 0, 3000)), SLOTS[1:])
    view.look_from("front")
    image = view.content.canvas.render(alpha=False)
    colour = np.array(theme.person_colour(1).getRgb()[:3])
    rows, columns = np.nonzero(np.abs(image[..., :3].astype(int) - colour).max(axis=-1) < 70)
    assert len(rows) > 50
    # the pose's raised hand is on the left of the picture and above the pelvis
    left = rows[columns < np.quantile(columns, 0.03)]
    assert left.mean() < np.mean([rows.min(), rows.max()])
    view.clear()
    assert pixels_like(view.content.canvas.render(alpha=False), colour, 40) == 0


@pytest.mark.parametrize("side", ["left", "right"])
def test_one_sees_the_chest_through_a_faint_arm(view, side):
    """And not the ground: what is faint hides nothing."""
    people = people_at((0, 0, 3000))
    names, joints = people.skeleton.joint_names, people.joints_cam.copy()
    arm = [names.index(f"{side}_{part}") for part in ("elbow", "wrist")]
    joints[0, arm] = [[-150, -380, 2700], [150, -380, 2700]]
    values = []
    for score in (1.0, 0.0):
        scores = people.joint_scores.copy()
        scores[0, arm] = score
        shown = replace(people, joints_cam=joints, joint_scores=scores)
        view.show_people(grey_frame(), shown, SLOTS[:1])
        view.look_from("front")
        x, y = (on_screen(view, scene_from_camera(joints[0, arm].mean(axis=0))[None])[0]).tolist()
        image = view.content.canvas.render(alpha=False)
        values.append(int(image[round(y * image.shape[0]), round(x * image.shape[1])].max()))
    assert values[1] > 0.8 * values[0]


def on_screen(view, places_m):
    """(N, 2) from 0 to 1 of the pane, y down."""
    at = view.content.people.bodies.get_transform("visual", "canvas").map(places_m)
    return at[:, :2] / at[:, 3:] / view.content.canvas.size


def test_people_fill_the_view_wherever_they_are(view):
    for roots in (((0, 0, 3000),), ((-900, 0, 2500), (900, 0, 9000)), ((4000, 0, 11000),)):
        people = people_at(*roots)
        view.clear()
        view.show_people(grey_frame((4000, 3000)), people, np.arange(len(people)))
        for name in PRESETS:
            view.look_from(name)
            shown = on_screen(view, scene_from_camera(people.joints_cam).reshape(-1, 3))
            assert shown.min() > 0.02
            assert shown.max() < 0.98
            assert np.ptp(shown, axis=0).max() > 0.3


def arrived(view):
    """Let the view go all its way."""
    for _ in range(200):
        if view.content.framing.step(view.content.camera.pose, 0.1) is None:
            return
        view.content._stepped_s -= 0.05  # as if so much time had gone by
        view.content._step()
    raise AssertionError("the view never arrives")


def test_the_view_follows_who_comes_until_the_user_takes_the_camera(view, monkeypatch):
    content = view.content
    view.show_people(grey_frame(), people_at((0, 0, 3000)), SLOTS[:1])
    before = content.camera.pose
    both = people_at((0, 0, 3000), (2500, 0, 9000))
    view.show_people(grey_frame(), both, SLOTS)
    assert content.framing.target.distance_m > 1.3 * before.distance_m
    content._on_taken()
    kept = content.camera.pose
    view.show_people(grey_frame(), people_at((9000, 0, 9000)), SLOTS[:1])
    view.resize(380, 320)
    QCoreApplication.processEvents()
    assert content.camera.pose.centre == pytest.approx(kept.centre)
    assert content.camera.pose.distance_m == pytest.approx(kept.distance_m, rel=1e-3)
    view.resize(400, 300)
    QCoreApplication.processEvents()
    view.frame_people()  # gives it back
    assert content.framing.is_fitting
    assert content.framing.target.azimuth_deg == pytest.approx(kept.azimuth_deg)
    arrived(view)
    assert on_screen(view, content.people.joints_m.reshape(-1, 3)).max() < 1


def test_who_is_held_stays_in_view_when_the_pane_changes_its_shape(view):
    """A panel opens while a film is held: no result comes that would frame them anew."""
    people = people_at((-900, 0, 2600), (900, 0, 3400))
    view.show_people(grey_frame(), people, SLOTS)
    try:
        for size in ((200, 400), (420, 160), (400, 300)):
            view.resize(*size)
            QCoreApplication.processEvents()
            arrived(view)
            seen = on_screen(view, view.content.people.joints_m.reshape(-1, 3))
            assert seen.min() > 0.02
            assert seen.max() < 0.98
    finally:
        view.resize(400, 300)
        QCoreApplication.processEvents()


def test_a_smooth_look_arrives_where_a_sudden_one_is(view):
    view.show_people(grey_frame(), people_at((0, 0, 3000)), SLOTS[:1])
    view.look_from("side", is_smooth=True)
    assert view.content.camera.azimuth != PRESETS["side"].azimuth_deg
    arrived(view)
    smooth = view.content.camera.pose
    view.look_from("side")
    sudden = view.content.camera.pose
    assert smooth.azimuth_deg == pytest.approx(sudden.azimuth_deg, abs=0.2)
    assert smooth.distance_m == pytest.approx(sudden.distance_m, rel=0.01)


def test_keys_orbit_and_come_closer(view):
    content = view.content
    view.show_people(grey_frame(), people_at((0, 0, 3000)), SLOTS[:1])
    start = content.camera.pose
    content.turn_by(15, 5, closer=1.25)
    content.turn_by(15, 0)
    arrived(view)
    assert content.camera.azimuth == pytest.approx(start.azimuth_deg + 30, abs=0.2)
    assert content.camera.elevation == pytest.approx(start.elevation_deg + 5, abs=0.2)
    assert content.camera.pose.distance_m == pytest.approx(start.distance_m / 1.25, rel=0.01)
    assert not content.framing.is_fitting
    content.turn_by(0, 500)
    assert content.framing.target.elevation_deg == 90


def test_the_camera_has_the_pose_that_it_was_given(view):
    pose = view.content.camera.pose
    view.content.camera.take(pose)
    again = view.content.camera.pose
    assert again.distance_m == pytest.approx(pose.distance_m)
    assert again.centre == pytest.approx(pose.centre)
    forward = directions(pose.azimuth_deg, pose.elevation_deg)[2]
    eye_m = pose.centre - pose.distance_m * forward
    assert view.content.camera.eye_m == pytest.approx(eye_m, abs=1e-4)


def test_another_look_changes_ground_and_people(view, qapp):
    view.show_people(grey_frame(), people_at((0, 0, 3000)), SLOTS[:1])
    theme.apply_theme(qapp, Look.LIGHT)
    try:
        view.wear_look()
        corner = view.content.canvas.render(alpha=False)[2, 2, :3]
        assert corner.min() > 200
        colour = view.content.people.bodies.mesh.vertices["a_colour"][0, :3]
        assert QColor.fromRgbF(*colour.tolist()).name() == LIGHT_STAGE.people[0]
    finally:
        theme.apply_theme(qapp, Look.DARK)
        view.wear_look()


@pytest.mark.parametrize("name", list(PRESETS))
def test_presets(view, name):
    view.content.camera.azimuth = 77
    view.look_from(name)
    camera = view.content.camera
    assert (camera.azimuth, camera.elevation) == (
        PRESETS[name].azimuth_deg,
        PRESETS[name].elevation_deg,
    )


def test_the_front_view_looks_along_the_camera(view):
    """What is right and high in camera space is right and high on the screen."""
    view.look_from("front")
    to_screen = view.content.people.bodies.get_transform("visual", "canvas")
    points = scene_from_camera(np.array([[0, 0, 3000], [500, 0, 3000], [0, -500, 3000.0]]))
    middle, right, up = (p[:2] / p[3] for p in to_screen.map(points))
    assert right[0] > middle[0]
    assert right[1] == pytest.approx(middle[1])
    assert up[1] < middle[1]
    assert up[0] == pytest.approx(middle[0])


# vispy 0.17 asks a mouse event for pos(), which Qt calls deprecated
old_mouse_position = pytest.mark.filterwarnings("ignore:.*QMouseEvent.pos:DeprecationWarning")


def drag(widget, button):
    """From the middle 40 px to the right and 20 px up."""
    start = QPointF(widget.width() / 2, widget.height() / 2)
    none = Qt.MouseButton.NoButton
    steps = (
        (QEvent.Type.MouseButtonPress, start, button, button),
        (QEvent.Type.MouseMove, start + QPointF(40, -20), none, button),
        (QEvent.Type.MouseButtonRelease, start + QPointF(40, -20), button, none),
    )
    for kind, place, changed, held in steps:
        event = QMouseEvent(
            kind, place, widget.mapToGlobal(place), changed, held, Qt.KeyboardModifier.NoModifier
        )
        time.sleep(0.02)  # vispy skips moves that follow within 10 ms
        QCoreApplication.sendEvent(widget, event)


@old_mouse_position
@pytest.mark.parametrize("button", [Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton])
def test_a_drag_takes_the_scene_along(view, button):
    camera = view.content.camera
    view.look_from("front")
    centre = camera.center
    drag(view.content.canvas.native, button)
    # the scene goes right and up with the mouse, so the middle of the view goes left and down
    assert camera.center[0] < centre[0]
    assert camera.center[2] < centre[2]
    assert camera.center[1] == pytest.approx(centre[1])
    assert (camera.azimuth, camera.elevation) == (0, 0)
    once = camera.center
    drag(view.content.canvas.native, button)  # a second drag goes on from there
    assert np.subtract(camera.center, once) == pytest.approx(np.subtract(once, centre))


@old_mouse_position
def test_the_left_button_orbits(view):
    camera = view.content.camera
    view.look_from("front")
    centre = camera.center
    drag(view.content.canvas.native, Qt.MouseButton.LeftButton)
    assert camera.center == centre
    assert camera.azimuth != 0


def test_without_opengl_the_pane_says_so(qtbot, themed, monkeypatch):
    monkeypatch.setattr(module, "opengl_problem", lambda: "there is no driver")
    view = SceneView()
    qtbot.addWidget(view)
    view.show()
    assert "there is no driver" in view.notice
    view.show_people(grey_frame(), people_at((0, 0, 3000)), SLOTS[:1])
    view.look_from("top")
    view.clear()
    view.close_canvas()


def test_a_canvas_that_does_not_start_is_told(qtbot, themed, monkeypatch, caplog):
    def broken(on_draw_error):
        raise RuntimeError("no shader today")

    monkeypatch.setattr(module, "opengl_problem", lambda: None)
    monkeypatch.setattr(scene_content, "SceneContent", broken)
    view = SceneView()
    qtbot.addWidget(view)
    assert view.content is None
    assert "no shader today" in view.notice
    assert "could not start" in caplog.text


def test_a_failing_draw_turns_the_pane_off(needs_opengl, qtbot, monkeypatch, caplog):
    view = SceneView()
    qtbot.addWidget(view)
    view.show()

    def fail(*args):
        raise RuntimeError("lost the card")

    monkeypatch.setattr(view.content.canvas, "_draw_scene", fail)
    with qtbot.waitSignal(view.failed) as failed:
        view.content.canvas.update()
    assert failed.args == ["lost the card"]
    assert "lost the card" in view.notice
    assert view.content is None
    assert caplog.text.count("drawing the 3D view failed") == 1


@pytest.fixture
def fresh(needs_opengl, qtbot, themed):
    """A view on the screen whose canvas is not made yet."""
    view = SceneView()
    qtbot.addWidget(view)
    view.resize(400, 300)
    with qtbot.waitExposed(view):
        view.show()
    assert view._content is None
    yield view
    view.close_canvas()


def test_what_is_asked_of_a_view_waits_for_its_canvas(fresh):
    fresh.set_options(SceneOptions(has_labels=False))
    fresh.set_hidden(frozenset((0,)))
    fresh.look_from("front")
    fresh.turn_by(0.0, 0.0, 1.0)
    fresh.look_from("top")
    people = people_at((-500, 0, 3000), (500, 0, 3500))
    fresh.show_people(grey_frame(), people_at((0, 0, 9000)), SLOTS[:1])
    fresh.show_people(grey_frame(), people, SLOTS)
    assert fresh._content is None
    content = fresh.content
    assert content.people.slots.tolist() == [1]
    assert np.array_equal(content.people.joints_m, scene_from_camera(people.joints_cam[1:]))
    assert content.people.labels.texts == []
    assert content.camera.elevation == 90


def test_a_view_is_plain_until_its_canvas_is_there(fresh, themed):
    def is_plain_in_the_corner():
        seen = fresh.grab().toImage().pixelColor(2, 2).getRgb()
        return np.abs(np.subtract(seen, QColor(theme.stage().ground).getRgb())).max() < 8

    theme.apply_theme(themed, Look.LIGHT)
    fresh.wear_look()
    assert is_plain_in_the_corner()
    theme.apply_theme(themed, Look.DARK)
    fresh.wear_look()
    assert is_plain_in_the_corner()
    assert not fresh.notice
    assert fresh.content is not None
    assert is_plain_in_the_corner()  # nothing but the room comes


def test_people_bring_the_canvas_and_a_view_without_anybody_does_not_wait_for_ever(
    fresh, qtbot, monkeypatch
):
    with qtbot.waitSignal(fresh.made):
        fresh.show_people(grey_frame(), people_at((0, 0, 3000)), SLOTS[:1])
        assert fresh._content is None  # the picture is painted first
    assert len(fresh._content.people.slots) == 1
    started = SceneView()
    qtbot.addWidget(started)
    with qtbot.waitSignal(started.made):
        started.start()
    started.close_canvas()
    monkeypatch.setattr(module, "_LATEST_MS", 10)
    lonely = SceneView()
    qtbot.addWidget(lonely)
    with qtbot.waitSignal(lonely.made):
        lonely.show()
    lonely.close_canvas()


def test_the_canvas_comes_into_the_same_window_of_the_system(fresh, qtbot):
    handle, number = fresh.windowHandle(), fresh.winId()
    canvas = fresh.content.canvas.native
    qtbot.waitUntil(canvas.isValid)
    assert (fresh.windowHandle(), fresh.winId()) == (handle, number)


def test_a_view_that_is_closed_before_it_has_a_canvas_gets_none(fresh):
    fresh.look_from("top")
    fresh.close_canvas()
    fresh.show_people(grey_frame(), people_at((0, 0, 3000)), SLOTS[:1])
    assert fresh.content is None
    assert fresh.picture() is None


def tracked(*roots, ids):
    return people_at(*roots, track_ids=ids)


def test_labels_tell_id_and_distance_above_the_heads(view):
    people = tracked((0, 0, 3000), (1500, 0, 4000), ids=[3, 12])
    view.show_people(grey_frame(), people, people.track_ids)
    assert view.content.people.labels.texts == ["#3  3.0 m", "#12  4.3 m"]
    joints_m = scene_from_camera(people.joints_cam)
    assert np.all(label_places(joints_m)[:, 2] > joints_m[..., 2].max(axis=1))
    hands = [i for i, name in enumerate(people.skeleton.joint_names) if name.endswith("_wrist")]
    joints_m[0, hands[0], 2] = joints_m[0, :, 2].max()  # raised
    rises_m = label_places(joints_m, hands)[:, 2] - label_places(joints_m)[:, 2]
    assert rises_m[0] > 0.1  # above the fingers
    assert rises_m[1] == 0
    view.set_options(SceneOptions(has_labels=False))
    assert view.content.people.labels.texts == []


def test_trails_follow_the_people_in_scene_space(view):
    for step in range(4):
        people = tracked((200 * step, 0, 3000), ids=[5])
        view.show_people(grey_frame(index=step), people, people.track_ids)
    points = view.content.people.trails.points
    assert len(points) == 2 * 3 * 3  # ends, steps, joints
    assert points[:, 0].min() <= 0
    assert points[:, 0].max() >= 0.59
    view.set_options(SceneOptions(has_trails=False))
    assert len(view.content.people.trails.points) == 0


def test_hidden_people_are_not_in_the_mesh(view):
    people = tracked((-500, 0, 3000), (500, 0, 3000), ids=[1, 2])
    view.show_people(grey_frame(), people, people.track_ids)
    both = len(view.content.people.bodies.mesh.vertices)
    view.set_hidden(frozenset({1}))
    view.show_people(grey_frame(), people, people.track_ids)
    assert len(view.content.people.bodies.mesh.vertices) == both / 2
    assert view.content.people.labels.texts == ["#2  3.0 m"]


def test_shadows_lie_on_the_floor_and_can_be_switched_off(view):
    people = people_at((0, -300, 3000))
    view.set_options(SceneOptions(has_labels=False, has_trails=False))
    view.show_people(grey_frame(), people, SLOTS[:1])
    view.look_from("reset")
    with_shadow = view.content.canvas.render(alpha=False).astype(int)
    view.set_options(SceneOptions(False, False, has_shadows=False))
    without = view.content.canvas.render(alpha=False).astype(int)
    rows, columns = np.nonzero(np.abs(with_shadow - without).max(axis=-1) > 8)
    assert len(rows) > 20
    to_screen = view.content.people.bodies.get_transform("visual", "canvas")
    centre = view.content.people.joints_m[0, view.content.people.ankles].mean(axis=0)
    centre[2] = view.content.people.ground_m[0]
    below = to_screen.map(centre)
    scale = with_shadow.shape[1] / view.content.canvas.size[0]
    assert np.mean(rows) == pytest.approx(scale * below[1] / below[3], abs=12 * scale)
    assert np.mean(columns) == pytest.approx(scale * below[0] / below[3], abs=12 * scale)


def test_a_guessed_floor_is_faint_and_lies_at_the_first_feet_at_once(view):
    view.clear()
    view.set_level(None)
    people = people_at((0, -300, 3000))
    view.show_people(grey_frame(), people, SLOTS[:1])
    content = view.content
    ankles = [people.skeleton.index(f"{side}_ankle") for side in ("left", "right")]
    sole_m = -people.joints_cam[0, ankles, 1].max() / 1000 - 0.08
    assert content._floor_m == pytest.approx(sole_m, abs=1e-3)
    faint = content._floor._lines.node.color[:, 3].max()
    view.set_level(floor_at(0, 0))
    view.show_people(grey_frame(), people, SLOTS[:1])
    assert content._floor_m == pytest.approx(-1.3)
    assert content._floor._lines.node.color[:, 3].max() > 1.5 * faint


def floor_at(pitch_deg, roll_deg):
    pitch, roll = np.radians([pitch_deg, roll_deg])
    up = np.array([-np.sin(roll) * np.cos(pitch), -np.cos(roll) * np.cos(pitch), -np.sin(pitch)])
    return Floor(up, 1300.0)


@pytest.mark.parametrize("floor", [None, floor_at(18, 0), floor_at(-7, 0), floor_at(12, 5)])
def test_the_camera_view_puts_people_where_the_picture_has_them(view, floor):
    frame, people = grey_frame((400, 300)), people_at((600, -200, 3500), (-500, 0, 4500))
    view.set_level(floor)
    view.show_people(frame, people, SLOTS)
    view.look_from("camera")
    assert view.content.camera.eye_m == pytest.approx(np.zeros(3), abs=1e-6)
    assert not view.content.device.visible  # it would fill the view
    shown = view.content.people.bodies.get_transform("visual", "canvas").map(
        scene_from_camera(view.content.people.people.joints_cam.reshape(-1, 3))
    )
    shown = shown[:, :2] / shown[:, 3:]
    size = np.array(view.content.canvas.size)
    in_picture = people.joints_px(frame.camera).reshape(-1, 2)
    scale = min(size / frame.camera.size)
    expected = size / 2 + scale * (in_picture + 0.5 - np.array(frame.camera.size) / 2)
    assert shown == pytest.approx(expected, abs=0.5)
    view.look_from("reset")
    assert view.content.device.visible
    assert view.content.camera.distance is None


def test_the_camera_view_waits_for_the_lens_of_the_next_source(view):
    view.show_people(grey_frame((400, 300)), people_at((0, 0, 3000)), SLOTS[:1])
    view.look_from("camera")
    fov_deg = view.content.camera.fov
    view.clear()
    view.content.canvas.events.resize(size=(300, 200))
    view.frame_people()
    narrow = replace(grey_frame((400, 300)), camera=Camera.from_fov((400, 300), 20))
    view.show_people(narrow, people_at((0, 0, 3000)), SLOTS[:1])
    assert view.content.camera.fov < fov_deg / 2
    view.look_from("reset")


def test_the_live_picture_stands_on_the_frustum_unless_it_hides_people(view):
    view.show_people(grey_frame(), people_at((0, 0, 3000)), SLOTS[:1])
    corners = picture_corners(grey_frame().camera)
    assert view.content.picture._corners.nbytes == corners.astype(np.float32).nbytes
    assert view.content.picture.visible
    view.look_from("front")
    assert not view.content.device.visible
    view.look_from("side")
    assert view.content.device.visible
    assert view.content.picture.visible
    view.set_options(SceneOptions(has_frustum=False))
    assert not view.content.picture.visible
    view.clear()
    assert not view.content.picture.visible


def test_focus_and_follow(view):
    people = tracked((-800, 0, 3000), (800, 0, 5000), ids=[1, 2])
    view.show_people(grey_frame(), people, people.track_ids)
    azimuth = view.content.camera.azimuth
    view.focus_on(2)
    assert view.content.camera.center[:2] == pytest.approx((0.8, 5.0), abs=0.2)
    assert view.content.camera.azimuth == azimuth
    centre = view.content.camera.center
    view.focus_on(77)
    assert view.content.camera.center == centre
    view.set_following(1)
    for step in range(40):
        view.show_people(grey_frame(index=step), people, people.track_ids)
    assert view.content.camera.center == pytest.approx((-0.8, 3.0, 0.0), abs=0.01)
    view.set_following(None)
    view.show_people(grey_frame(), tracked((0, 0, 9000), ids=[1]), np.array([1]))
    assert view.content.camera.center == pytest.approx((-0.8, 3.0, 0.0), abs=0.01)


def test_a_picture_of_the_view(view):
    view.show_people(grey_frame(), people_at((0, 0, 3000)), SLOTS[:1])
    image = view.picture()
    assert image.width() >= 400
    assert image.height() >= 300
    colours = {image.pixelColor(x, y).name() for x in range(0, 400, 4) for y in range(0, 300, 4)}
    assert len(colours) > 5


def test_a_held_scene_stays(view):
    view.show_people(grey_frame(), people_at((0, 0, 3000)), SLOTS[:1])
    mesh = view.content.people.bodies.mesh
    view.content.is_held = True
    view.show_people(grey_frame(), people_at((500, 0, 3000)), SLOTS[:1])
    assert view.content.people.bodies.mesh is mesh
    view.content.is_held = False


def test_a_tilted_camera_is_levelled_to_its_floor(view):
    """Feet on a plane seen from a camera that looks down stand on the flat floor."""
    tilt = np.radians(20.0)
    up = np.array([0.0, -np.cos(tilt), -np.sin(tilt)])
    floor = Floor(up, 1500.0)
    foot = floor.to_camera(np.array([400.0, 0.0, 4000.0]))
    people = people_at(foot)
    view.set_level(floor)
    view.show_people(grey_frame(), people, people.track_ids)
    content = view.content
    assert content._floor_m == -1.5
    root = scene_from_camera(content.people.people.root_cam[0])
    assert root == pytest.approx([0.4, 4.0, -1.5], abs=1e-3)
    forward = content.device.transform.map([0.0, 1.0, 0.0, 1.0])[:3]  # the lens looks down
    assert forward == pytest.approx([0.0, np.cos(tilt), -np.sin(tilt)], abs=1e-6)
    view.set_level(None)
    view.show_people(grey_frame(), people, people.track_ids)
    assert scene_from_camera(content.people.people.root_cam[0]) == pytest.approx(
        scene_from_camera(foot), abs=1e-3
    )
