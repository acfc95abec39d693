"""3D view: people in camera space, the camera and the floor on a vispy canvas.

Where OpenGL does not start the pane says so and the rest of the window works on. GUI thread only.
"""

import logging

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage, QOffscreenSurface, QOpenGLContext
from PySide6.QtWidgets import QStackedLayout, QWidget

from das_app.gui.picture.letterbox import Letterbox
from das_app.gui.picture.overlay_layer import Shown
from das_app.gui.scene.framing import ViewPose
from das_app.gui.scene.scene_content import SceneContent, SceneOptions
from das_app.gui.style.language import tr
from das_app.gui.style.person_names import Names
from das_app.gui.style.texts import Label
from das_app.messaging.messages import Frame
from das_app.motion.floor import Floor
from das_model.people import People

_log = logging.getLogger(__name__)
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


class SceneView(QWidget):
    """3D pane of the window.

    Attributes:
        failed: the pane gave up, with the reason for people to read.
    """

    failed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stack = QStackedLayout(self)
        self._notice = Label(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
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
        """Text in place of the 3D view; empty while there is one."""
        return self._notice.text()

    def show_people(self, frame: Frame, people: People, slots: np.ndarray) -> None:
        """Show people in camera space, each in the colour of their slot (P,), and the camera."""
        if self.content is not None:
            self.content.set_people(frame, people, slots)

    def clear(self) -> None:
        """Show nobody."""
        if self.content is not None:
            self.content.clear()

    def look_from(self, preset_name: str, is_smooth: bool = False) -> None:
        """Turn to one of the presets `reset`, `front`, `top`, `side`, or `camera`: the filming
        camera's own view."""
        if self.content is not None:
            self.content.look_from(preset_name, is_smooth)

    def set_options(self, options: SceneOptions) -> None:
        """Switch what stands in the scene besides skeletons."""
        if self.content is not None:
            self.content.set_options(options)

    def set_hidden(self, hidden: frozenset[int]) -> None:
        """Leave out the people of these slots, from the next result on."""
        if self.content is not None:
            self.content.set_hidden(hidden)

    def set_names(self, names: Names) -> None:
        """Call people by these names, from the next result on."""
        if self.content is not None:
            self.content.set_names(names)

    def set_level(self, floor: Floor | None) -> None:
        """Turn the room so that this floor lies level, from the next result on; None shows camera
        space."""
        if self.content is not None:
            self.content.set_level(floor)

    def focus_on(self, slot: int) -> None:
        """Look at one person; nothing changes when they are not shown."""
        if self.content is not None:
            self.content.focus_on(slot)

    def set_following(self, slot: int | None) -> None:
        """Keep a person in the middle of the view while they move, or nobody."""
        if self.content is not None:
            self.content.set_following(slot)

    def turn_by(self, azimuth_deg: float, elevation_deg: float, closer: float) -> None:
        """Orbit by angles, and come closer by a factor."""
        if self.content is not None:
            self.content.turn_by(azimuth_deg, elevation_deg, closer)

    @property
    def pose(self) -> ViewPose | None:
        """Pose of the view; None without one."""
        return None if self.content is None else self.content.camera.pose

    def go_to(self, pose: ViewPose) -> None:
        """Look from there."""
        if self.content is not None:
            self.content.go_to(pose)

    def set_measuring(self, is_on: bool) -> None:
        """Measure between the joints that are clicked on, or no more."""
        if self.content is not None:
            self.content.measure.switch(is_on)
            self.content.canvas.update()

    def wear_look(self) -> None:
        """Wear the colours of the stage."""
        if self.content is not None:
            self.content.wear_look()

    def frame_people(self) -> None:
        """Fit everybody into the view as it is turned now, and keep them in it."""
        if self.content is not None:
            self.content.frame_people(is_smooth=True)

    def paint_depth(
        self, shown: Shown, box: Letterbox, size: tuple[int, int], ratio: float, has_bodies: bool
    ) -> np.ndarray | None:
        """People over the picture, see `DepthPainter`; None where there is no 3D view."""
        if self.content is None:
            return None
        try:
            return self.content.depth_painter(shown, box, size, ratio, has_bodies)
        except Exception as error:  # a driver's trouble must not end the window
            self.content.canvas.give_up(error)
            return None

    def picture(self) -> QImage | None:
        """The 3D view as it is seen now, in device pixels; None where there is none."""
        if self.content is None:
            return None
        pixels = np.ascontiguousarray(self.content.canvas.render(alpha=False)[..., :3])
        height, width = pixels.shape[:2]
        image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        return image.copy()  # its own memory

    def close_canvas(self) -> None:
        """Release the OpenGL canvas; the pane shows nothing from then on."""
        if self.content is not None:
            self.content.close()
            self.content = None

    def _try_canvas(self) -> str | None:
        try:
            self.content = SceneContent(self._on_draw_error)
        except Exception as error:  # vispy raises many kinds; none may end the window
            _log.exception("the 3D view could not start")
            return str(error) or type(error).__name__
        native = self.content.canvas.native
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
