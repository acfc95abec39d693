"""Canvas and contents of the 3D view.

Nothing is made per frame, only refilled.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import fields
from functools import partial

import numpy as np
from PySide6.QtCore import QTimer
from vispy import gloo, scene
from vispy.util.event import Event
from vispy.visuals.transforms import MatrixTransform

from das_app.gui.scene.depth_painter import DepthPainter
from das_app.gui.scene.framing import Framing, ViewPose, fitted
from das_app.gui.scene.measure import Measure
from das_app.gui.scene.orbit_camera import PRESETS, OrbitCamera, ViewPreset
from das_app.gui.scene.people_layer import PeopleLayer, PeopleOptions
from das_app.gui.scene.scene_geometry import (
    DEFAULT_FLOOR_M,
    follow_floor,
    frustum_segments,
    grid_reach,
    picture_corners,
    scene_from_camera,
)
from das_app.gui.scene.scene_options import SceneOptions
from das_app.gui.scene.scene_visuals import Floor, Picture, Segments, add_axes, rgb
from das_app.gui.style import theme
from das_app.gui.style.person_names import Names
from das_app.gui.style.person_slots import without_hidden
from das_app.messaging.messages import Frame
from das_app.motion.floor import Floor as FloorPlane
from das_model.camera import Camera
from das_model.people import People

DrawErrorListener = Callable[[Exception], None]
_log = logging.getLogger(__name__)
_FLOOR_STEP_M = 0.002  # a smaller one is not seen
_FOLLOW = 0.25  # share of the way to the followed person per result
_INSIDE_CAMERA_M = 0.7  # an eye so near the camera would see nothing but its picture
_BEHIND_COSINE = 0.92  # of the angle between the camera's axis and where the eye is behind it
_CLICK_PX = 4  # a press that moves less is a click
_STEP_MS, _LONGEST_STEP_S = 16, 0.1  # of the view on its way
_EMPTY_ROOM_M = np.array(  # and the camera in front of it
    [[x, y, z] for x in (-1.2, 1.2) for y in (1.0, 4.5) for z in (DEFAULT_FLOOR_M, 0.4)]
    + [[x, y, z] for x in (-0.35, 0.35) for y in (-0.1, 0.45) for z in (-0.35, 0.35)]
)


class SceneContent:
    """The canvas and what is on it.

    Args:
        on_draw_error: called once if drawing fails.

    Attributes:
        framing: moves the view.
        is_held: what is shown stays, whatever comes.
        depth_painter: draws people over the picture by the same OpenGL.
    """

    def __init__(self, on_draw_error: DrawErrorListener) -> None:
        self.framing, self.is_held = Framing(), False
        self._step_timer = QTimer(interval=_STEP_MS)
        self._step_timer.timeout.connect(self._step)
        self._stepped_s = 0.0
        self.canvas = _Canvas(on_draw_error, self._before_draw)
        self.depth_painter = DepthPainter(self.canvas)
        self.camera = OrbitCamera(self._on_taken)
        view = self.canvas.central_widget.add_view(camera=self.camera)
        self._floor = Floor(view.scene)
        self.people = PeopleLayer(view.scene)
        self.measure = Measure(self.people, view.scene)
        self.device = scene.Node(parent=view.scene)  # the camera as a thing in the room
        self.device.transform = MatrixTransform()
        self.picture = Picture(parent=self.device)
        self.frustum = Segments(self.device, 1.5)
        add_axes(self.device)
        self._options = SceneOptions()
        self._hidden: frozenset[int] = frozenset()
        self._following: int | None = None
        self._direction, self._looks_through = PRESETS["reset"], False
        self._floor_m = DEFAULT_FLOOR_M
        self._guess_m: float | None = None  # while it is not known
        self._level: FloorPlane | None = None
        self._lens: Camera | None = None
        self._drawn_lens: Camera | None = None
        self._framed: frozenset[int] = frozenset()  # slots that the view was turned to
        self._time_s = 0.0
        self.wear_look()
        self.look_from("reset")
        # last, when the view has its new size
        self.canvas.events.resize.connect(self._on_resize, position="last")
        self.canvas.events.mouse_release.connect(self._on_release)

    def set_people(self, frame: Frame, people: People, slots: np.ndarray) -> None:
        """Refill the visuals with P people in the colours of their slots (P,)."""
        if self.is_held:
            return
        people, slots = without_hidden(people, slots, self._hidden)
        self.people.show(people, slots, frame.camera, self._level)
        has_lens = self._lens is not None and _is_same(frame.camera, self._lens)
        self._lens, self._time_s = frame.camera, frame.time_s
        if self._level is None:
            self._guess_m = follow_floor(self._guess_m, self.people.people)
            self._floor_m = DEFAULT_FLOOR_M if self._guess_m is None else self._guess_m
        self._draw()
        self._show_camera(frame)
        self._keep_in_view(frozenset(slots.tolist()))
        self._follow()
        if self._looks_through and not has_lens:
            self._look_through()
        self.canvas.update()

    def set_options(self, options: SceneOptions) -> None:
        """Switch what stands in the scene, from the next result on."""
        self._options = options
        names = (field.name for field in fields(PeopleOptions))
        self.people.set_options(PeopleOptions(*(getattr(options, name) for name in names)))
        self._clear_sight()
        self.canvas.update()

    def set_names(self, names: Names) -> None:
        """Call people by these names, from the next result on."""
        self.people.names = names

    def set_level(self, floor: FloorPlane | None) -> None:
        """Turn the room about the lens so that this floor lies level; None shows camera space,
        with a faint grid where the floor is guessed."""
        self._level = floor
        turn = np.eye(4)
        if floor is not None:
            self._floor_m = -floor.height_mm / 1000
            to_scene = scene_from_camera(1000 * np.eye(3))  # its rows are the axes' places
            turn[:3, :3] = to_scene.T @ floor.rotation.T @ to_scene  # for rows of points
        self.device.transform = MatrixTransform(turn)
        self.people.forget_trails()

    def set_hidden(self, hidden: frozenset[int]) -> None:
        """Leave out the people of these slots, from the next result on."""
        self._hidden = hidden

    def set_following(self, slot: int | None) -> None:
        """Keep a person in the middle of the view while they move, or nobody."""
        self._following = slot
        if slot is not None:
            self.framing.give_up()

    def wear_look(self) -> None:
        """Wear the colours of the stage."""
        stage = theme.stage()
        self.canvas.bgcolor = stage.ground
        self._drawn_lens = None
        self._draw()
        self.canvas.update()

    def clear(self) -> None:
        """Remove everybody."""
        self.people.clear()
        self._framed, self._following, self._lens = frozenset(), None, None
        self._guess_m = None
        self._clear_sight()
        self.canvas.update()

    def look_from(self, preset_name: str, is_smooth: bool = False) -> None:
        """Look from a preset direction at whoever is shown, or at an empty room, and keep
        everybody in the view; from `camera` as the lens does."""
        self._looks_through = preset_name == "camera" and self._lens is not None
        if self._looks_through:
            self._look_through()
            return
        # without a picture the camera looks along its axis
        self._direction = PRESETS["front" if preset_name == "camera" else preset_name]
        self._go(self._wanted(), True, is_smooth)

    def frame_people(self, is_smooth: bool = False) -> None:
        """Fit everybody into the view as it is turned now, and keep them in it."""
        if self._looks_through:
            self._look_through()
            return
        pose = self.camera.pose
        self._direction = ViewPreset(pose.azimuth_deg, pose.elevation_deg)
        self._go(self._wanted(), True, is_smooth)

    def focus_on(self, slot: int, is_smooth: bool = False) -> bool:
        """Look at one person from where the view looks; False when they are not shown."""
        if slot not in self.people.slots:
            return False
        pose = self.camera.pose
        direction = (pose.azimuth_deg, pose.elevation_deg)
        self._looks_through = False
        places_m = self.people.places(slot)
        self._go(fitted(places_m, *direction, self.camera.aspect), False, is_smooth)
        return True

    def set_measuring(self, is_on: bool) -> None:
        """Measure between the joints that are clicked on, or no more."""
        self.measure.switch(is_on)
        self.canvas.update()

    def turn_by(self, azimuth_deg: float, elevation_deg: float, closer: float = 1.0) -> None:
        """Orbit by angles and come closer by a factor; the user's own view from then on."""
        self._looks_through = False
        start = self.framing.target or self.camera.pose
        elevation_deg = float(np.clip(start.elevation_deg + elevation_deg, -90, 90))
        distance_m = start.distance_m / closer
        azimuth_deg += start.azimuth_deg
        self._go(ViewPose(azimuth_deg, elevation_deg, start.centre, distance_m), False, True)

    def go_to(self, pose: ViewPose) -> None:
        """Look from there; the user's own view from then on."""
        self._looks_through = False
        self._go(pose, False, True)

    def fitted_pose(self, aspect: float) -> ViewPose:
        """Pose that fits everybody into an image of another aspect ratio."""
        pose = self.camera.pose
        return fitted(self.framed_places(), pose.azimuth_deg, pose.elevation_deg, aspect)

    def framed_places(self) -> np.ndarray:
        """(N, 3) m that a view of everybody holds; those of an empty room for nobody."""
        return self.people.places() if len(self.people.slots) else _EMPTY_ROOM_M

    def render_people(
        self, size: tuple[int, int], pose: ViewPose, ground: np.ndarray
    ) -> np.ndarray:
        """(H, W, 4) uint8 RGBA, premultiplied: people alone, on a ground.

        Args:
            size: (width, height) in pixels.
            pose: where to look from.
            ground: (4,) RGBA in [0, 1].
        """
        nodes = (self._floor.node, self.device, *self.people.marks, *self.measure.nodes)
        seen = [node.visible for node in nodes]
        with self.camera.lent(pose, size[0] / size[1]):
            try:
                for node in nodes:
                    node.visible = False
                return self.canvas.render_at(size, ground)
            finally:
                for node, is_seen in zip(nodes, seen, strict=True):
                    node.visible = is_seen

    def close(self) -> None:
        """Release the canvas."""
        self._step_timer.stop()
        self.canvas.close()

    def _draw(self) -> None:
        self.people.draw(self._time_s, self._floor_m, self._level is not None, self.camera.eye_m)
        self.measure.draw()
        self._floor.set_reach(*grid_reach(self.people.places()), self._level is None)
        self._floor.set_height(self._floor_m)

    def _wanted(self) -> ViewPose:
        """Pose that fits everybody in the chosen direction."""
        direction = (self._direction.azimuth_deg, self._direction.elevation_deg)
        return fitted(self.framed_places(), *direction, self.camera.aspect)

    def _keep_in_view(self, slots: frozenset[int]) -> None:
        """Frame anew when somebody came or went, or leaves the view; a first person at once."""
        if not self.framing.is_fitting or self._looks_through or not slots:
            return
        if not self._framed:
            self._go(self._wanted(), True, False)
        elif slots != self._framed:
            self._go(self._wanted(), True, True)
        else:
            self.framing.fit(self._wanted(), self.framed_places(), self.camera.aspect)
            self._start_steps()
        self._framed = slots

    def _go(self, pose: ViewPose, is_fitting: bool, is_smooth: bool) -> None:
        self.framing.go(pose, is_fitting)
        if is_smooth:
            self._start_steps()
        else:
            self.camera.take(pose)
            self._clear_sight()
            self.canvas.update()

    def _look_through(self) -> None:
        if self._lens is None:  # the source was put away; the next one has its own
            return
        self.framing.give_up()
        joints_m = self.people.joints_m
        depth_m = float(np.median(joints_m[..., 1])) if len(joints_m) else 2.0
        turn = self.device.transform.matrix[:3, :3].T
        self.camera.look_through(self._lens, max(depth_m, 1.0), turn)
        self._clear_sight()
        self.canvas.update()

    def _start_steps(self) -> None:
        if not self._step_timer.isActive():
            self._stepped_s = time.perf_counter()
            self._step_timer.start()

    def _step(self) -> None:
        now_s = time.perf_counter()
        elapsed_s, self._stepped_s = min(now_s - self._stepped_s, _LONGEST_STEP_S), now_s
        pose = None if self.is_held else self.framing.step(self.camera.pose, elapsed_s)
        if pose is None:
            self._step_timer.stop()
            return
        self.camera.take(pose)
        self._clear_sight()
        self.canvas.update()

    def _on_taken(self) -> None:
        self._looks_through = False
        self.framing.give_up()

    def _on_resize(self, _event: Event) -> None:
        if self._looks_through:
            self._look_through()
        elif self.framing.is_fitting:
            self._go(self._wanted(), True, bool(self._framed))

    def _on_release(self, event: Event) -> None:
        press = event.press_event
        if press is not None and np.abs(event.pos - press.pos).max() <= _CLICK_PX:
            if self.measure.click(event.pos):
                self.canvas.update()

    def _follow(self) -> None:
        places = np.flatnonzero(self.people.slots == self._following)
        if self._following is not None and len(places):
            target = self.people.joints_m[places[0], self.people.people.skeleton.root]
            centre = np.array(self.camera.center)
            self.camera.center = tuple((centre + _FOLLOW * (target - centre)).tolist())
        self._clear_sight()

    def _clear_sight(self) -> None:
        """Put the camera away for an eye in it or behind it, and its picture where it would hide
        people."""
        eye_m = self.camera.eye_m
        distance_m = float(np.linalg.norm(eye_m))
        is_behind = -eye_m[1] > _BEHIND_COSINE * distance_m
        has_picture = self._options.has_frustum and self._lens is not None
        for node, is_seen in (
            (self.device, distance_m > _INSIDE_CAMERA_M and not is_behind),
            (self.picture, has_picture),
        ):
            if node.visible != is_seen:
                node.visible = is_seen

    def _before_draw(self) -> None:
        self.people.see_from(self.camera.eye_m, self.camera.light)

    def _show_camera(self, frame: Frame) -> None:
        if self._drawn_lens is None or not _is_same(frame.camera, self._drawn_lens):
            self._drawn_lens = frame.camera
            colour = np.append(rgb(theme.stage().muted), 1.0)
            self.frustum.set_points(frustum_segments(frame.camera), colour)
            self.picture.set_corners(picture_corners(frame.camera))
        if self._options.has_frustum:
            self.picture.set_picture(frame.image)


class _Canvas(scene.SceneCanvas):
    """Scene canvas that reports a failing draw once instead of printing it at every frame."""

    def __init__(self, on_draw_error: DrawErrorListener, before_draw: Callable[[], None]) -> None:
        super().__init__(keys=None, app="pyside6", show=False, config={"samples": 4})
        self.unfreeze()
        self._on_draw_error: DrawErrorListener | None = on_draw_error
        self._before_draw = before_draw
        self.freeze()

    def on_draw(self, event: Event) -> None:
        """Draw the scene; called by vispy from Qt's paint event."""
        try:
            super().on_draw(event)
        except Exception as error:  # a driver's trouble must not end the window
            self.give_up(error)

    def give_up(self, error: Exception) -> None:
        """Report that drawing failed, once."""
        _log.error("drawing the 3D view failed", exc_info=error)
        listener, self._on_draw_error = self._on_draw_error, None
        if listener is not None:
            QTimer.singleShot(0, partial(listener, error))

    def render_at(self, size: tuple[int, int], ground: np.ndarray) -> np.ndarray:
        """(H, W, 4) uint8 of the whole canvas, drawn at another size in pixels.

        vispy's own `render` draws as many pixels as the canvas has, whatever size it is asked.
        """
        self.set_current()
        shape = size[::-1]
        buffer = gloo.FrameBuffer(gloo.RenderBuffer(shape), gloo.RenderBuffer(shape))
        self.push_fbo(buffer, (0, 0), self.size)
        whole = (0, 0, *size)
        self.transforms.configure(viewport=whole, fbo_size=size, fbo_rect=(0, 0, *self.size))
        try:
            self._draw_scene(tuple(ground.tolist()))
            return buffer.read()
        finally:
            self.pop_fbo()

    def _draw_scene(self, bgcolor: object = None) -> None:
        self._before_draw()  # also of what is rendered into a picture
        super()._draw_scene(bgcolor)


def _is_same(lens: Camera, other: Camera) -> bool:
    """Whether both look the same way at the same picture."""
    bent, other_bent = lens.distortion, other.distortion
    if bent is None or other_bent is None:
        is_bent_alike = bent is other_bent
    else:
        is_bent_alike = np.array_equal(bent, other_bent)
    return lens.size == other.size and is_bent_alike and np.array_equal(lens.K, other.K)
