"""3D view: people in camera space, the camera and the floor on a vispy canvas.

The canvas takes long to start, so it is made late; until then the pane is plain and what it is to
do waits. Where OpenGL does not start the pane says so and the rest of the window works on. GUI
thread only.
"""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QImage,
    QOffscreenSurface,
    QOpenGLContext,
    QPainter,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QStackedLayout, QWidget

from das_app.gui.picture.letterbox import Letterbox
from das_app.gui.picture.overlay_layer import Shown
from das_app.gui.scene.framing import ViewPose
from das_app.gui.scene.scene_options import SceneOptions
from das_app.gui.style import theme
from das_app.gui.style.language import tr
from das_app.gui.style.person_names import Names
from das_app.gui.style.texts import Label
from das_app.messaging.messages import Frame
from das_app.motion.floor import Floor
from das_model.people import People

if TYPE_CHECKING:
    from das_app.gui.scene.scene_content import SceneContent

_log = logging.getLogger(__name__)
_SOON_MS = 50  # in which the picture is painted
_LATEST_MS = 10_000  # after the pane is shown
_OLDEST_OPENGL = (2, 1)
_NO_OPENGL_PLATFORMS = ("offscreen", "minimal", "vnc", "linuxfb")


def opengl_problem() -> str | None:
    """Why the 3D view cannot start here, or None when it can."""
    platform = QGuiApplication.platformName()
    if platform in _NO_OPENGL_PLATFORMS:
        return tr("the Qt platform '{platform}' has no OpenGL", platform=platform)
    context, surface = QOpenGLContext(), QOffscreenSurface()
    surface.create()
    if not (context.create() and context.makeCurrent(surface)):
        return tr("no OpenGL context could be made")
    version = context.format().version()
    context.doneCurrent()
    if version < _OLDEST_OPENGL:
        return tr(
            "OpenGL {version} is too old, 2.1 is needed",
            version=f"{version[0]}.{version[1]}",
        )
    return None


class _Ground(QWidget):
    """What the pane shows before there is a canvas: nothing, on the canvas's own colour."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: fill it."""
        QPainter(self).fillRect(event.rect(), QColor(theme.stage().ground))


class SceneView(QWidget):
    """3D pane of the window.

    Its canvas is made once there are people to show, after the picture has shown them. Where there
    are none it is made by `start`, ten seconds after the pane is shown, or when somebody asks for
    `content`.

    Attributes:
        made: there is a canvas.
        failed: the pane gave up, with the reason for people to read.
    """

    made = Signal()
    failed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stack = QStackedLayout(self)
        self._notice = Label(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._notice.setObjectName("muted")
        self._notice.setContentsMargins(32, 32, 32, 32)
        self._ground = _Ground()
        for widget in (self._ground, self._notice):
            self._stack.addWidget(widget)
        self._content: SceneContent | None = None
        self._waiting: list[Callable[[SceneContent], object]] = []
        self._newest: tuple[Frame, People, np.ndarray] | None = None
        self._start_timer = QTimer(self, singleShot=True, interval=_LATEST_MS)
        self._start_timer.timeout.connect(self._make)
        self._is_soon = False
        problem = opengl_problem()
        self._is_over = problem is not None
        if problem is not None:
            self._give_up(problem)
            return
        # without one the system's window would be made anew when the canvas comes into it
        self._forerunner = QOpenGLWidget(self)
        self._forerunner.hide()

    @property
    def content(self) -> "SceneContent | None":
        """Canvas and contents, made now if they are not yet; None where there is no 3D view."""
        self._make()
        return self._content

    @property
    def notice(self) -> str:
        """Text in place of the 3D view; empty while there is one."""
        return self._notice.text()

    def show_people(self, frame: Frame, people: People, slots: np.ndarray) -> None:
        """Show people in camera space, each in the colour of their slot (P,), and the camera."""
        if self._content is not None:
            self._content.set_people(frame, people, slots)
        elif not self._is_over:
            self._newest = frame, people, slots
            self.start()

    def start(self) -> None:
        """Make the canvas, once the picture is painted."""
        if self._content is None and not self._is_over and not self._is_soon:
            self._is_soon = True
            self._start_timer.start(_SOON_MS)

    def clear(self) -> None:
        """Show nobody."""
        self._newest = None
        self._do(lambda content: content.clear())

    def look_from(self, preset_name: str, is_smooth: bool = False) -> None:
        """Turn to one of the presets `reset`, `front`, `top`, `side`, or `camera`: the filming
        camera's own view."""
        self._do(lambda content: content.look_from(preset_name, is_smooth))

    def set_options(self, options: SceneOptions) -> None:
        """Switch what stands in the scene besides skeletons."""
        self._do(lambda content: content.set_options(options))

    def set_hidden(self, hidden: frozenset[int]) -> None:
        """Leave out the people of these slots, from the next result on."""
        self._do(lambda content: content.set_hidden(hidden))

    def set_names(self, names: Names) -> None:
        """Call people by these names, from the next result on."""
        self._do(lambda content: content.set_names(names))

    def set_level(self, floor: Floor | None) -> None:
        """Turn the room so that this floor lies level, from the next result on; None shows camera
        space."""
        self._do(lambda content: content.set_level(floor))

    def focus_on(self, slot: int) -> None:
        """Look at one person; nothing changes when they are not shown."""
        self._do(lambda content: content.focus_on(slot))

    def set_following(self, slot: int | None) -> None:
        """Keep a person in the middle of the view while they move, or nobody."""
        self._do(lambda content: content.set_following(slot))

    def turn_by(self, azimuth_deg: float, elevation_deg: float, closer: float) -> None:
        """Orbit by angles, and come closer by a factor."""
        self._do(lambda content: content.turn_by(azimuth_deg, elevation_deg, closer))

    @property
    def pose(self) -> ViewPose | None:
        """Pose of the view; None without one."""
        content = self.content
        return None if content is None else content.camera.pose

    def go_to(self, pose: ViewPose) -> None:
        """Look from there."""
        self._do(lambda content: content.go_to(pose))

    def set_measuring(self, is_on: bool) -> None:
        """Measure between the joints that are clicked on, or no more."""
        self._do(lambda content: content.set_measuring(is_on))

    def wear_look(self) -> None:
        """Wear the colours of the stage."""
        self._ground.update()
        self._do(lambda content: content.wear_look())

    def frame_people(self) -> None:
        """Fit everybody into the view as it is turned now, and keep them in it."""
        self._do(lambda content: content.frame_people(is_smooth=True))

    def paint_depth(
        self, shown: Shown, box: Letterbox, size: tuple[int, int], ratio: float, has_bodies: bool
    ) -> np.ndarray | None:
        """People over the picture, see `DepthPainter`; None where there is no 3D view, or none
        yet: this is no time to make one."""
        if self._content is None:
            return None
        try:
            return self._content.depth_painter(shown, box, size, ratio, has_bodies)
        except Exception as error:  # a driver's trouble must not end the window
            self._content.canvas.give_up(error)
            return None

    def picture(self) -> QImage | None:
        """The 3D view as it is seen now, in device pixels; None where there is none."""
        content = self.content
        if content is None:
            return None
        pixels = np.ascontiguousarray(content.canvas.render(alpha=False)[..., :3])
        height, width = pixels.shape[:2]
        image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        return image.copy()  # its own memory

    def close_canvas(self) -> None:
        """Release the OpenGL canvas; the pane shows nothing from then on."""
        self._is_over = True
        self._start_timer.stop()
        self._waiting.clear()
        self._newest = None
        if self._content is not None:
            self._content.close()
            self._content = None

    def showEvent(self, event: QShowEvent) -> None:
        """Qt: the canvas is not waited for any longer."""
        super().showEvent(event)
        if self._content is None and not self._is_over and not self._start_timer.isActive():
            self._start_timer.start(_LATEST_MS)

    def _do(self, act: "Callable[[SceneContent], object]") -> None:
        """Have it done, once there is a canvas."""
        if self._content is not None:
            act(self._content)
        elif not self._is_over:
            self._waiting.append(act)

    def _make(self) -> None:
        """Make the canvas, unless it is there, and do what waits for it."""
        if self._content is not None or self._is_over:
            return
        self._start_timer.stop()
        problem = self._try_canvas()
        self._forerunner.deleteLater()
        waiting, newest = self._waiting, self._newest
        self._waiting, self._newest = [], None
        if problem is not None:
            self._is_over = True
            self._give_up(problem)
            return
        for act in waiting:
            self._do(act)
        if newest is not None:
            self.show_people(*newest)
        self.made.emit()

    def _try_canvas(self) -> str | None:
        from das_app.gui.scene.scene_content import SceneContent

        try:
            self._content = SceneContent(self._on_draw_error)
        except Exception as error:  # vispy raises many kinds; none may end the window
            _log.exception("the 3D view could not start")
            return str(error) or type(error).__name__
        native = self._content.canvas.native
        native.setAccessibleName(tr("3D view"))
        self._stack.addWidget(native)
        self._stack.setCurrentWidget(native)
        return None

    def _on_draw_error(self, error: Exception) -> None:
        self.close_canvas()
        self._give_up(str(error) or type(error).__name__)

    def _give_up(self, problem: str) -> None:
        self._notice.setText(
            tr(
                "The 3D view is off: {problem}.\n\nThe picture and the figures work on. "
                "“das-app doctor” tells what is missing.",
                problem=problem,
            )
        )
        self._stack.setCurrentWidget(self._notice)
        self.failed.emit(problem)
