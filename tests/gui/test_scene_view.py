import time

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from window_fakes import grey_frame, people_at

from das_app.gui import scene_view as module
from das_app.gui import theme
from das_app.gui.body_mesh import body_mesh
from das_app.gui.orbit_camera import PRESETS, view_ball
from das_app.gui.scene_geometry import frustum_segments, scene_from_camera
from das_app.gui.scene_view import SceneView, opengl_problem

SLOTS = np.array([0, 1])


@pytest.fixture(scope="module")
def shared_view(qapp):
    """One view for the tests of this file: a software OpenGL takes seconds to start."""
    if problem := opengl_problem():
        pytest.skip(f"no OpenGL: {problem}")
    view = SceneView()
    view.resize(400, 300)
    view.show()
    yield view
    view.close_canvas()
    view.close()
    view.deleteLater()


@pytest.fixture
def view(shared_view):
    shared_view.clear()
    shared_view.look_from("reset")
    return shared_view


def colours(slots):
    return np.array([theme.person_colour(slot).getRgbF()[:3] for slot in slots])


def pixels_like(image, colour, room=60):
    return int((np.abs(image[..., :3].astype(int) - colour).max(axis=-1) < room).sum())


def test_the_mesh_on_the_card_is_that_of_the_converted_joints(view):
    people = people_at((-500, 0, 3000), (500, 0, 3500))
    view.show_people(people, SLOTS, grey_frame().camera)
    ground = np.array(theme.person_colour(0).getRgbF()[:3]) * 0
    expected = body_mesh(people, colours(SLOTS), ground)
    shown = view.content.bodies.mesh
    for name in ("a_position", "a_normal"):
        assert np.array_equal(shown.vertices[name], expected.vertices[name])
    assert np.array_equal(shown.faces, expected.faces)
    assert view.content.frustum.points == pytest.approx(frustum_segments(grey_frame().camera))


def test_visuals_are_refilled_not_made_anew(view):
    content = view.content
    nodes = list(content.canvas.scene.children[0].children)
    scene = content.bodies.parent
    num_children = len(scene.children)
    for step in range(5):
        people = people_at(*[(300 * i, 0, 3000 + step) for i in range(step)])
        view.show_people(people, np.arange(step), grey_frame().camera)
    assert len(scene.children) == num_children
    assert list(content.canvas.scene.children[0].children) == nodes


def test_people_are_drawn_in_their_colours_and_upright(view):
    view.show_people(people_at((0, 0, 3000)), SLOTS[1:], grey_frame().camera)
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


def test_a_view_turns_to_the_first_people_once(view):
    content = view.content
    people = people_at((0, 0, 3000))
    view.show_people(people, SLOTS[:1], grey_frame().camera)
    centre, _ = view_ball(scene_from_camera(people.joints_cam).reshape(-1, 3))
    assert content.camera.center == pytest.approx(tuple(centre))
    content.camera.center = (1.0, 1.0, 1.0)
    view.show_people(people, SLOTS[:1], grey_frame().camera)
    assert content.camera.center == (1.0, 1.0, 1.0)  # the user's own view stays


@pytest.mark.parametrize("name", list(PRESETS))
def test_presets(view, name):
    view.content.camera.azimuth = 77
    view.look_from(name)
    camera = view.content.camera
    assert (camera.azimuth, camera.elevation) == (
        PRESETS[name].azimuth_deg, PRESETS[name].elevation_deg
    )  # fmt: skip


def test_the_front_view_looks_along_the_camera(view):
    """What is right and high in camera space is right and high on the screen."""
    view.look_from("front")
    to_screen = view.content.bodies.get_transform("visual", "canvas")
    points = scene_from_camera(np.array([[0, 0, 3000], [500, 0, 3000], [0, -500, 3000.0]]))
    middle, right, up = (p[:2] / p[3] for p in to_screen.map(points))
    assert right[0] > middle[0] and right[1] == pytest.approx(middle[1])
    assert up[1] < middle[1] and up[0] == pytest.approx(middle[0])


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
    assert camera.center[0] < centre[0] and camera.center[2] < centre[2]
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
    assert camera.center == centre and camera.azimuth != 0


def test_without_opengl_the_pane_says_so(qtbot, themed, monkeypatch):
    monkeypatch.setattr(module, "opengl_problem", lambda: "there is no driver")
    view = SceneView()
    qtbot.addWidget(view)
    view.show()
    assert "there is no driver" in view.notice
    view.show_people(people_at((0, 0, 3000)), SLOTS[:1], grey_frame().camera)
    view.look_from("top")
    view.clear()
    view.close_canvas()


def test_a_canvas_that_does_not_start_is_told(qtbot, themed, monkeypatch, caplog):
    def broken(on_draw_error):
        raise RuntimeError("no shader today")

    monkeypatch.setattr(module, "opengl_problem", lambda: None)
    monkeypatch.setattr(module, "SceneContent", broken)
    view = SceneView()
    qtbot.addWidget(view)
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
    assert "lost the card" in view.notice and view.content is None
    assert caplog.text.count("drawing the 3D view failed") == 1


def test_view_ball_holds_everybody_and_the_camera():
    joints = np.array([[1.0, 4.0, 0.5], [-1.0, 3.0, -1.0]])
    centre, radius = view_ball(joints)
    for point in (*joints, np.zeros(3)):
        assert np.linalg.norm(point - centre) <= radius + 1e-9
    assert view_ball(np.zeros((0, 3)))[1] > 1
    assert view_ball(np.array([[0.0, 500.0, 0.0]]))[1] == 8.0
