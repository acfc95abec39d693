"""Mouse camera of the 3D view: left orbits, right or middle pans, the wheel zooms."""

import math
from dataclasses import dataclass

import numpy as np
from vispy.app.canvas import MouseEvent
from vispy.scene.cameras import TurntableCamera

from das_model.camera import Camera

_FOV_DEG = 40.0
_DEPTH_RANGE = 4e3  # far over near plane: finer depths than vispy's million
_PAN_BUTTONS = (2, 3)  # right, middle
_TIGHTNESS = 0.95  # people seldom reach the rim of the ball around them
_LEAST_RADIUS_M, _LARGEST_RADIUS_M = 1.2, 8.0
_EMPTY_ROOM_M = np.array([[-1.2, 0.0, -1.2], [1.2, 4.5, 0.4]])


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


class OrbitCamera(TurntableCamera):
    """Turntable around a point, without roll."""

    def __init__(self) -> None:
        super().__init__(fov=_FOV_DEG)
        self.depth_value = _DEPTH_RANGE
        self._drag: tuple[np.ndarray, tuple[float, float, float]] | None = None

    @property
    def eye_m(self) -> np.ndarray:
        """(3,) where the view is seen from, in scene space."""
        place = self.transform.map((0, 0, 0, 1))
        return place[:3] / place[3]

    def look(self, preset_name: str, centre_m: np.ndarray, radius_m: float) -> None:
        """Look from a preset direction at what is in a ball of scene space."""
        preset = PRESETS[preset_name]
        self.azimuth, self.elevation = preset.azimuth_deg, preset.elevation_deg
        self.roll = 0.0
        self.focus(centre_m, radius_m)

    def focus(self, centre_m: np.ndarray, radius_m: float) -> None:
        """Look at what is in a ball of scene space, from the direction of now."""
        self.fov, self.distance = _FOV_DEG, None
        self.center = tuple(float(value) for value in centre_m)
        self.scale_factor = 2.0 * _TIGHTNESS * radius_m
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

    def viewbox_mouse_event(self, event: MouseEvent) -> None:
        """Pan with the right or middle button; everything else as a turntable does."""
        pans = event.type == "mouse_move" and any(b in event.buttons for b in _PAN_BUTTONS)
        if event.type == "mouse_release":
            self._drag = None
        if not pans or event.press_event is None:
            super().viewbox_mouse_event(event)
            return
        mouse = event.mouse_event
        if self._drag is None:
            self._drag = (mouse.press_event.pos, self.center)
        begin, centre = self._drag
        across, up = (begin - mouse.pos) / np.mean(self._viewbox.size) * self.scale_factor
        self.center = tuple(np.add(centre, self._dist_to_trans((across, -up))))
        event.handled = True


def view_ball(joints_m: np.ndarray) -> tuple[np.ndarray, float]:
    """Centre (3,) and radius of what should be in view, in metres of scene space.

    Args:
        joints_m: (N, 3) joints of everybody; with N = 0 the room in front of the camera.

    Returns:
        The ball around everybody and the camera, which stands at the origin.
    """
    points = np.concatenate([joints_m, np.zeros((1, 3))]) if len(joints_m) else _EMPTY_ROOM_M
    low, high = points.min(axis=0), points.max(axis=0)
    radius = float(np.linalg.norm(high - low)) / 2
    return (low + high) / 2, min(max(radius, _LEAST_RADIUS_M), _LARGEST_RADIUS_M)
