"""Mouse camera of the 3D view: left orbits, right or middle pans, the wheel zooms."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from vispy.app.canvas import MouseEvent
from vispy.scene.cameras import TurntableCamera

from das_app.gui.scene.framing import FOV_DEG, ViewPose, directions
from das_model.camera import Camera

_DEPTH_RANGE = 4e3  # far over near plane: finer depths than vispy's million
_LAMP = (-0.55, -0.55, 0.75)  # to the right, into the view, up
_PAN_BUTTONS = (2, 3)  # right, middle


@dataclass(frozen=True, slots=True)
class ViewPreset:
    """A named direction to look from, in degrees; azimuth 0 looks along the camera's own axis."""

    azimuth_deg: float
    elevation_deg: float


PRESETS = {
    "reset": ViewPreset(-35.0, 18.0),
    "front": ViewPreset(0.0, 0.0),
    "top": ViewPreset(0.0, 90.0),
    "side": ViewPreset(90.0, 0.0),
}


def light_from(azimuth_deg: float, elevation_deg: float) -> np.ndarray:
    """(3,) direction to a lamp over the left shoulder of who looks so, in scene space."""
    right, _, forward = directions(azimuth_deg, elevation_deg)
    light = _LAMP[0] * right + _LAMP[1] * forward + _LAMP[2] * np.array([0.0, 0.0, 1.0])
    return light / np.linalg.norm(light)


class OrbitCamera(TurntableCamera):
    """Turntable around a point, without roll.

    Args:
        on_taken: called whenever the user moves it.
    """

    distance: float | None  # of the eye from the centre; None as the field of view has it

    def __init__(self, on_taken: Callable[[], None]) -> None:
        self._lent_aspect: float | None = None
        super().__init__(fov=FOV_DEG)
        self._on_taken = on_taken
        self.depth_value = _DEPTH_RANGE
        self._drag: tuple[np.ndarray, tuple[float, float, float]] | None = None

    @property
    def eye_m(self) -> np.ndarray:
        """(3,) where the view is seen from, in scene space."""
        place = self.transform.map((0, 0, 0, 1))
        return place[:3] / place[3]

    @property
    def light(self) -> np.ndarray:
        """(3,) direction to the lamp, in scene space."""
        return light_from(self.azimuth, self.elevation)

    @property
    def aspect(self) -> float:
        """Width over height of the view."""
        width, height = self._viewbox.size
        return max(width, 1) / max(height, 1)

    @property
    def pose(self) -> ViewPose:
        """Pose of the view; without roll, at the default field of view."""
        centre = np.array(self.center, np.float64)
        distance_m = max(float(np.linalg.norm(self.eye_m - centre)), 0.01)
        return ViewPose(self.azimuth, self.elevation, centre, distance_m)

    def take(self, pose: ViewPose) -> None:
        """Look from there."""
        self.azimuth, self.elevation, self.roll = pose.azimuth_deg, pose.elevation_deg, 0.0
        self.fov, self.distance = FOV_DEG, None
        self.center = tuple(pose.centre.tolist())
        tall = 2 * pose.distance_m * math.tan(math.radians(FOV_DEG) / 2)
        self.scale_factor = tall * min(self.aspect, 1.0)
        self.view_changed()

    @contextmanager
    def lent(self, pose: ViewPose, aspect: float) -> Iterator[None]:
        """Look from there for a picture of another aspect, then as before."""
        state = (self.azimuth, self.elevation, self.roll, self.fov, self.distance)
        centre, scale = self.center, self.scale_factor
        self._lent_aspect = aspect
        try:
            self.take(pose)
            yield
        finally:
            self._lent_aspect = None
            self.azimuth, self.elevation, self.roll, self.fov, self.distance = state
            self.center, self.scale_factor = centre, scale
            self.view_changed()

    def look_through(self, lens: Camera, depth_m: float, turn: np.ndarray) -> None:
        """Look from the filming camera's own place, with all of its picture in view.

        Args:
            lens: of the filming camera.
            depth_m: of the point that a drag then turns around.
            turn: (3, 3) rotation from the room as the camera holds it to the room as it is shown.
        """
        # vispy turns by the elevation first, by the roll last
        self.elevation = math.degrees(math.atan2(turn[1, 2], turn[1, 1]))
        self.azimuth = math.degrees(math.asin(np.clip(turn[1, 0], -1, 1)))
        self.roll = math.degrees(math.atan2(-turn[2, 0], turn[0, 0]))
        view_width, view_height = self._viewbox.size
        across = lens.size[0] / (2 * lens.K[0, 0])
        up = lens.size[1] / (2 * lens.K[1, 1])
        half = max(up, across * view_height / max(view_width, 1))
        self.fov, self.distance = math.degrees(2 * math.atan(half)), depth_m
        self.center = tuple((depth_m * turn[:, 1]).tolist())
        self.scale_factor = 2 * half * depth_m
        self.view_changed()

    def _update_projection_transform(self, fx: float, fy: float) -> None:
        if self._lent_aspect is not None:
            fx = fy * self._lent_aspect
        super()._update_projection_transform(fx, fy)

    def viewbox_mouse_event(self, event: MouseEvent) -> None:
        """Pan with the right or middle button; everything else as a turntable does."""
        is_drag = event.type == "mouse_move" and event.press_event is not None
        if is_drag or event.type in ("mouse_wheel", "gesture_zoom"):
            self._on_taken()
        pans = is_drag and any(b in event.buttons for b in _PAN_BUTTONS)
        if event.type == "mouse_release":
            self._drag = None
        if not pans:
            super().viewbox_mouse_event(event)
            return
        mouse = event.mouse_event
        if self._drag is None:
            self._drag = (mouse.press_event.pos, self.center)
        begin, centre = self._drag
        across, up = (begin - mouse.pos) / np.mean(self._viewbox.size) * self.scale_factor
        self.center = tuple(np.add(centre, self._dist_to_trans((across, -up))))
        event.handled = True
