"""The canvas of the 3D view and what stands on it. Nothing is made per frame, only refilled."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor
from vispy import scene
from vispy.util.event import Event
from vispy.visuals.transforms import MatrixTransform

from das_app.gui.picture.trails import Trails
from das_app.gui.scene.body_mesh import body_mesh
from das_app.gui.scene.orbit_camera import OrbitCamera, view_ball
from das_app.gui.scene.scene_geometry import (
    DEFAULT_FLOOR_M,
    follow_floor,
    frustum_segments,
    label_places,
    picture_corners,
    scene_from_camera,
    standing_rings,
)
from das_app.gui.scene.scene_labels import Words
from das_app.gui.scene.scene_visuals import (
    Bodies,
    Floor,
    Picture,
    Segments,
    Shadows,
    add_axes,
)
from das_app.gui.style import theme
from das_app.gui.style.person_names import NO_NAMES, Names, person_text
from das_app.gui.style.person_slots import without_hidden
from das_app.messaging.messages import Frame
from das_app.motion.floor import Floor as FloorPlane
from das_model.camera import Camera
from das_model.people import People

DrawErrorListener = Callable[[Exception], None]
_log = logging.getLogger(__name__)
_RING_SEGMENT_POINTS = 64
_FLOOR_STEP_M = 0.002  # a smaller one is not seen
_FOLLOW = 0.25  # share of the way to the followed person per result
_FOCUS_RADIUS_M = 1.25
_INSIDE_CAMERA_M = 0.7  # an eye so near the camera would see nothing but its picture
_BEHIND_COSINE = 0.92  # of the angle between the camera's axis and where the eye is behind it


@dataclass(frozen=True, slots=True)
class SceneOptions:
    """What stands in the 3D view besides skeletons.

    Args:
        has_labels: id and distance above each head.
        has_trails: where pelvis and wrists were in the last moments.
        has_shadows: on the floor, straight below.
        has_frustum: the live picture on the camera's frustum.
    """

    has_labels: bool = True
    has_trails: bool = True
    has_shadows: bool = True
    has_frustum: bool = True


class SceneContent:
    """The canvas and what is on it.

    Args:
        on_draw_error: called once if drawing fails.
    """

    def __init__(self, on_draw_error: DrawErrorListener) -> None:
        self._ground, self._muted = _rgb(theme.GROUND), _rgb(theme.MUTED)
        self._palette = np.array([_rgb(colour) for colour in theme.PERSON_COLOURS])
        self.canvas = _Canvas(on_draw_error)
        self.camera = OrbitCamera()
        view = self.canvas.central_widget.add_view(camera=self.camera)
        self._floor = Floor(view.scene, _rgb("#3a4350"), self._muted)
        self.bodies = Bodies(parent=view.scene)
        self.shadows = Shadows(self.bodies, self._ground, parent=view.scene)
        self._rings, self.trails = Segments(view.scene, 1.5), Segments(view.scene, 2.0)
        self.device = scene.Node(parent=view.scene)  # the camera as a thing in the room
        self.device.transform = MatrixTransform()
        self.picture = Picture(parent=self.device)
        self.frustum = Segments(self.device, 1.5)
        add_axes(self.device)
        self.labels = Words((0.5, 1.0), is_crowded=True, parent=view.scene)
        self._trails, self._options = Trails(), SceneOptions()
        self._hidden: frozenset[int] = frozenset()
        self._following: int | None = None
        self.is_held = False  # what is shown stays, whatever comes
        self.names: Names = NO_NAMES
        self._floor_m, self._drawn_floor_m = DEFAULT_FLOOR_M, 0.0
        self._level: FloorPlane | None = None
        self._lens: Camera | None = None
        self._drawn_lens: Camera | None = None
        self._people, self._slots = People.empty(), np.zeros(0, np.int64)
        self._has_framed = False  # whether the view was turned to the people of this source
        self._show_floor()
        self.look_from("reset")

    def set_people(self, frame: Frame, people: People, slots: np.ndarray) -> None:
        """Refill the visuals with P people in the colours of their slots (P,)."""
        if self.is_held:
            return
        people, slots = without_hidden(people, slots, self._hidden)
        if self._level is not None:
            joints = people.joints_cam @ self._level.rotation.T.astype(np.float32)
            people = replace(people, joints_cam=joints)
        self._people, self._slots, self._lens = people, slots, frame.camera
        colours = self._palette[slots % len(self._palette)].reshape(-1, 3)
        self.bodies.set_mesh(body_mesh(people, colours, self._ground))
        if self._level is None:
            self._floor_m = follow_floor(self._floor_m, people)
        self._show_floor()
        ring_colours = np.column_stack([colours, np.full(len(colours), 0.7)])
        self._rings.set_points(
            standing_rings(people.root_cam, self._floor_m),
            np.repeat(ring_colours, _RING_SEGMENT_POINTS, axis=0).astype(np.float32),
        )
        self._show_trails(frame.time_s)
        self._show_labels(colours)
        self._show_camera(frame)
        if len(people) and not self._has_framed:
            self._has_framed = True
            self.look_from("reset")
        self._follow()
        self.canvas.update()

    def set_options(self, options: SceneOptions) -> None:
        """Switch what stands in the scene, from the next result on."""
        self._options = options
        self.shadows.visible = options.has_shadows
        if not options.has_trails:
            self._trails.clear()
            self.trails.clear()
        if not options.has_labels:
            self.labels.set_words([], np.zeros((0, 3)), np.zeros((0, 3)))
        self._clear_sight()
        self.canvas.update()

    def set_level(self, floor: FloorPlane | None) -> None:
        """Turn the room about the lens so that this floor lies level; None shows camera space."""
        self._level = floor
        turn = np.eye(4)
        if floor is not None:
            self._floor_m = -floor.height_mm / 1000
            to_scene = scene_from_camera(1000 * np.eye(3))  # its rows are the axes' places
            turn[:3, :3] = to_scene.T @ floor.rotation.T @ to_scene  # for rows of points
        self.device.transform = MatrixTransform(turn)
        self._trails.clear()

    def set_hidden(self, hidden: frozenset[int]) -> None:
        """Leave out the people of these slots, from the next result on."""
        self._hidden = hidden

    def set_following(self, slot: int | None) -> None:
        """Keep a person in the middle of the view while they move, or nobody."""
        self._following = slot

    def clear(self) -> None:
        """Remove everybody."""
        self.bodies.set_mesh(body_mesh(People.empty(), np.zeros((0, 3)), self._ground))
        self._rings.clear()
        self.trails.clear()
        self.labels.set_words([], np.zeros((0, 3)), np.zeros((0, 3)))
        self._trails.clear()
        self._people, self._slots = People.empty(), np.zeros(0, np.int64)
        self._has_framed, self._following, self._lens = False, None, None
        self._clear_sight()
        self.canvas.update()

    def look_from(self, preset_name: str) -> None:
        """Look from a preset direction at whoever is shown, or at an empty room."""
        joints_m = scene_from_camera(self._people.joints_cam).reshape(-1, 3)
        centre_m, radius_m = view_ball(joints_m)
        if preset_name == "camera" and self._lens is not None:
            depth_m = float(np.median(joints_m[:, 1])) if len(joints_m) else centre_m[1]
            turn = self.device.transform.matrix[:3, :3].T
            self.camera.look_through(self._lens, max(depth_m, 1.0), turn)
        else:  # without a picture the camera looks along its axis
            name = "front" if preset_name == "camera" else preset_name
            self.camera.look(name, centre_m, radius_m)
        self._clear_sight()
        self.canvas.update()

    def focus_on(self, slot: int) -> bool:
        """Look at one person from where the view looks; False when they are not shown."""
        places = np.flatnonzero(self._slots == slot)
        if len(places) == 0:
            return False
        joints_m = scene_from_camera(self._people.joints_cam[places[0]])
        middle = (joints_m.min(axis=0) + joints_m.max(axis=0)) / 2
        self.camera.focus(middle, _FOCUS_RADIUS_M)
        self.canvas.update()
        return True

    def _follow(self) -> None:
        places = np.flatnonzero(self._slots == self._following)
        if self._following is not None and len(places):
            target = scene_from_camera(self._people.root_cam[places[0]])
            centre = np.array(self.camera.center)
            self.camera.center = tuple((centre + _FOLLOW * (target - centre)).tolist())
        self._clear_sight()

    def _clear_sight(self) -> None:
        """Put the camera away for an eye inside it, and its picture where it hides people."""
        eye_m = self.camera.eye_m
        distance_m = float(np.linalg.norm(eye_m))
        is_behind = -eye_m[1] > _BEHIND_COSINE * distance_m
        has_picture = self._options.has_frustum and self._lens is not None and not is_behind
        for node, is_seen in (
            (self.device, distance_m > _INSIDE_CAMERA_M),
            (self.picture, has_picture),
        ):
            if node.visible != is_seen:
                node.visible = is_seen

    def _show_floor(self) -> None:
        if abs(self._floor_m - self._drawn_floor_m) > _FLOOR_STEP_M:
            self._drawn_floor_m = self._floor_m
            self._floor.set_height(self._floor_m)
            self.shadows.set_height(self._floor_m)

    def _show_trails(self, time_s: float) -> None:
        if not self._options.has_trails:
            return
        self._trails.add(self._people, self._slots, time_s)
        pieces = self._trails.segments()
        rgb = np.repeat(self._palette[pieces.slots % len(self._palette)], 2, axis=0)
        colours = np.column_stack([rgb, 0.8 * pieces.freshness.reshape(-1)]).astype(np.float32)
        self.trails.set_points(scene_from_camera(pieces.points_cam).reshape(-1, 3), colours)

    def _show_labels(self, colours: np.ndarray) -> None:
        if not self._options.has_labels:
            return
        people = self._people
        distances_m = np.linalg.norm(people.root_cam, axis=-1) / 1000
        texts = [
            f"{person_text(int(track_id), self.names)}  {distance_m:.1f} m".strip()
            for track_id, distance_m in zip(people.track_ids, distances_m, strict=True)
        ]
        self.labels.set_words(texts, label_places(people), 0.5 * colours + 0.5)

    def _show_camera(self, frame: Frame) -> None:
        if self._drawn_lens is None or not _is_same(frame.camera, self._drawn_lens):
            self._drawn_lens = frame.camera
            self.frustum.set_points(frustum_segments(frame.camera), np.append(self._muted, 1.0))
            self.picture.set_corners(picture_corners(frame.camera))
        if self._options.has_frustum:
            self.picture.set_picture(frame.image)


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


def _is_same(lens: Camera, other: Camera) -> bool:
    """Whether both look the same way at the same picture."""
    pairs = ((lens.K, other.K), (lens.distortion, other.distortion))
    return lens.size == other.size and all(np.array_equal(*pair) for pair in pairs)


def _rgb(colour: str) -> np.ndarray:
    """(3,) RGB in [0, 1] of a colour's name."""
    return np.array(QColor(colour).getRgbF()[:3])
