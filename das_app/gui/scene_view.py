"""The 3D pane: everybody in camera space, the camera, and the floor, on a vispy canvas.

Nothing here is made per frame: one mesh holds all people, and it is refilled. Where OpenGL does
not start the pane says so and the rest of the window works on. GUI thread only.
"""

import logging
from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication, QOffscreenSurface, QOpenGLContext
from PySide6.QtWidgets import QLabel, QStackedLayout, QWidget
from vispy import scene
from vispy.util.event import Event

from das_app.gui import theme
from das_app.gui.body_mesh import body_mesh
from das_app.gui.orbit_camera import PRESETS, OrbitCamera, view_ball
from das_app.gui.scene_geometry import (
    DEFAULT_FLOOR_M,
    follow_floor,
    frustum_segments,
    scene_from_camera,
    standing_rings,
)
from das_app.gui.scene_visuals import Bodies, Floor, Segments, add_axes
from das_model.camera import Camera
from das_model.people import People

DrawErrorListener = Callable[[Exception], None]
_log = logging.getLogger(__name__)
_RING_SEGMENT_POINTS = 64
_OLDEST_OPENGL = (2, 1)
_NO_OPENGL_PLATFORMS = ("offscreen", "minimal", "vnc", "linuxfb")


def opengl_problem() -> str | None:
    """Why the 3D view cannot start here, or None when it can."""
    platform = QGuiApplication.platformName()
    if platform in _NO_OPENGL_PLATFORMS:
        return f"the Qt platform '{platform}' has no OpenGL"
    context, surface = QOpenGLContext(), QOffscreenSurface()
    surface.create()
    if not (context.create() and context.makeCurrent(surface)):
        return "no OpenGL context could be made"
    version = context.format().version()
    context.doneCurrent()
    if version < _OLDEST_OPENGL:
        return f"OpenGL {version[0]}.{version[1]} is too old, 2.1 is needed"
    return None


class SceneView(QWidget):
    """3D pane of the window.

    Attributes:
        failed: the pane gave up, with the reason for people to read.
    """

    failed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stack = QStackedLayout(self)
        self._notice = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._notice.setObjectName("muted")
        self._notice.setContentsMargins(32, 32, 32, 32)
        self._stack.addWidget(self._notice)
        self.content: SceneContent | None = None
        problem = opengl_problem()
        if problem is None:
            problem = self._try_canvas()
        if problem is not None:
            self._give_up(problem)

    @property
    def notice(self) -> str:
        """What the pane says instead of a 3D view; empty while there is one."""
        return self._notice.text()

    def show_people(self, people: People, slots: np.ndarray, camera: Camera) -> None:
        """Show people in camera space, each in the colour of their slot (P,)."""
        if self.content is not None:
            self.content.set_people(people, slots, camera)

    def clear(self) -> None:
        """Show nobody."""
        if self.content is not None:
            self.content.clear()

    def look_from(self, preset_name: str) -> None:
        """Turn to one of the presets `reset`, `front`, `top` or `side`."""
        if self.content is not None:
            self.content.look_from(preset_name)

    def close_canvas(self) -> None:
        """Release the OpenGL canvas; the pane shows nothing from then on."""
        if self.content is not None:
            self.content.canvas.close()
            self.content = None

    def _try_canvas(self) -> str | None:
        try:
            self.content = SceneContent(self._on_draw_error)
        except Exception as error:  # vispy raises many kinds; none may end the window
            _log.exception("the 3D view could not start")
            return str(error) or type(error).__name__
        native = self.content.canvas.native
        self._stack.addWidget(native)
        self._stack.setCurrentWidget(native)
        return None

    def _on_draw_error(self, error: Exception) -> None:
        self.close_canvas()
        self._give_up(str(error) or type(error).__name__)

    def _give_up(self, problem: str) -> None:
        self._notice.setText(
            f"The 3D view is off: {problem}.\n\nThe picture and the figures work on. "
            "“das-app doctor” tells what is missing."
        )
        self._stack.setCurrentWidget(self._notice)
        self.failed.emit(problem)


class SceneContent:
    """The canvas and what is on it.

    Args:
        on_draw_error: called once if drawing fails.
    """

    def __init__(self, on_draw_error: DrawErrorListener) -> None:
        self._ground = _rgb(theme.GROUND)
        self.canvas = _Canvas(on_draw_error)
        self.camera = OrbitCamera()
        view = self.canvas.central_widget.add_view(camera=self.camera)
        self._floor = Floor(view.scene, _rgb("#3a4350"), theme.MUTED)
        self._rings = Segments(view.scene, 1.5)
        self.frustum = Segments(view.scene, 1.5)
        add_axes(view.scene)
        self.bodies = Bodies(parent=view.scene)
        self._floor_m, self._joints_m = DEFAULT_FLOOR_M, np.zeros((0, 3), np.float32)
        self._has_framed = False  # whether the view was turned to the people of this source
        self._floor.set_height(self._floor_m)
        self.look_from("reset")

    def set_people(self, people: People, slots: np.ndarray, camera: Camera) -> None:
        """Refill the visuals with P people in the colours of their slots (P,)."""
        colours = np.array([_rgb(theme.person_colour(slot)) for slot in slots]).reshape(-1, 3)
        self.bodies.set_mesh(body_mesh(people, colours, self._ground))
        self._joints_m = scene_from_camera(people.joints_cam).reshape(-1, 3)
        self._floor_m = follow_floor(self._floor_m, people)
        self._floor.set_height(self._floor_m)
        ring_colours = np.column_stack([colours, np.full(len(colours), 0.7)])
        self._rings.set_points(
            standing_rings(people.root_cam, self._floor_m),
            np.repeat(ring_colours, _RING_SEGMENT_POINTS, axis=0).astype(np.float32),
        )
        self.frustum.set_points(frustum_segments(camera), theme.MUTED)
        if len(people) and not self._has_framed:
            self._has_framed = True
            self.look_from("reset")
        self.canvas.update()

    def clear(self) -> None:
        """Remove everybody."""
        self.bodies.set_mesh(body_mesh(People.empty(), np.zeros((0, 3)), self._ground))
        self._rings.set_points(np.zeros((0, 3)), theme.MUTED)
        self._joints_m, self._has_framed = np.zeros((0, 3), np.float32), False
        self.canvas.update()

    def look_from(self, preset_name: str) -> None:
        """Look from a preset direction at whoever is shown, or at an empty room."""
        centre, radius = view_ball(self._joints_m)
        self.camera.look(PRESETS[preset_name], centre, radius)


class _Canvas(scene.SceneCanvas):
    """Scene canvas that reports a failing draw once instead of printing it at every frame."""

    def __init__(self, on_draw_error: DrawErrorListener) -> None:
        super().__init__(
            keys=None, app="pyside6", show=False, bgcolor=theme.GROUND, config={"samples": 4}
        )
        self.unfreeze()
        self._on_draw_error: DrawErrorListener | None = on_draw_error
        self.freeze()

    def on_draw(self, event: Event) -> None:
        """Draw the scene; called by vispy from Qt's paint event."""
        try:
            super().on_draw(event)
        except Exception as error:  # a driver's trouble must not end the window
            _log.exception("drawing the 3D view failed")
            listener, self._on_draw_error = self._on_draw_error, None
            if listener is not None:
                QTimer.singleShot(0, partial(listener, error))


def _rgb(colour: str | QColor) -> np.ndarray:
    """(3,) RGB in [0, 1] of a Qt colour or its name."""
    return np.array(QColor(colour).getRgbF()[:3])
