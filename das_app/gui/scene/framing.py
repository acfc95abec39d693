"""Automatic framing: keeps everybody in the view until the user moves the camera."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

FOV_DEG = 40.0
_ROOM = {"left": 0.09, "right": 0.09, "top": 0.13, "bottom": 0.09}  # shares of half the view
_MIN_DISTANCE_M = 2.2
_NEAREST_M = 0.5  # no place is nearer to the eye
_PACE_S = 0.22  # time constant of the way to another view
_RIM = 0.04  # of half the view: who is nearer to its edge is about to leave it
_TIGHTER = 0.8  # of a distance: a view that fits so much nearer is worth the way
_THERE, _THERE_DEG = 1e-3, 0.1  # of the distance, and of angles
_MARGIN_M = 0.4  # round everybody's root
_HEAD_ROOM_M = 0.15


@dataclass(frozen=True, eq=False, slots=True)
class ViewPose:
    """Pose of the view's camera.

    Args:
        azimuth_deg: 0 looks along the camera's own axis.
        elevation_deg: 90 looks straight down.
        centre: (3,) m in scene space, in the middle of the view.
        distance_m: of the eye from the centre.
    """

    azimuth_deg: float
    elevation_deg: float
    centre: np.ndarray
    distance_m: float


def person_places(joints_m: np.ndarray, ground_m: np.ndarray, root: int) -> np.ndarray:
    """(N, 3) m: what is to be in the view of P people, a little more than the limbs of now.

    Args:
        joints_m: (P, J, 3) in scene space.
        ground_m: (P,) height that each stands on.
        root: number of the pelvis.
    """
    roots = joints_m[:, root]
    top = joints_m[..., 2].max(axis=1) + _HEAD_ROOM_M
    reach = _MARGIN_M * np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])
    flat = roots[:, None, :2] + reach  # (P, 4, 2)
    posts = [
        np.concatenate([flat, np.broadcast_to(height[:, None, None], (*flat.shape[:2], 1))], 2)
        for height in (np.minimum(ground_m, joints_m[..., 2].min(axis=1)), top)
    ]
    return np.concatenate([*posts, joints_m], axis=1).reshape(-1, 3)


def fitted(
    places_m: np.ndarray, azimuth_deg: float, elevation_deg: float, aspect: float
) -> ViewPose:
    """The nearest view in a direction that holds all of (N, 3) places, with room at its rim.

    Args:
        places_m: N > 0 places in scene space.
        azimuth_deg: direction of the view.
        elevation_deg: likewise.
        aspect: width over height of the view.
    """
    right, up, forward = directions(azimuth_deg, elevation_deg)
    x, y, depth = (places_m @ axis for axis in (right, up, forward))
    tall = math.tan(math.radians(FOV_DEG) / 2)
    wide = tall * aspect
    spans = (
        _span(x, depth, wide * (1 - _ROOM["right"]), wide * (1 - _ROOM["left"])),
        _span(y, depth, tall * (1 - _ROOM["top"]), tall * (1 - _ROOM["bottom"])),
    )
    middle = float(depth.mean())
    eye = min(
        *(nearest for nearest, _ in spans), middle - _MIN_DISTANCE_M, depth.min() - _NEAREST_M
    )
    across, upward = (where(eye) for _, where in spans)
    centre = across * right + upward * up + middle * forward
    return ViewPose(azimuth_deg, elevation_deg, centre, middle - eye)


def is_in_view(places_m: np.ndarray, pose: ViewPose, aspect: float) -> bool:
    """Whether a view of an aspect holds all of (N, 3) places, none of them at its very edge."""
    right, up, forward = directions(pose.azimuth_deg, pose.elevation_deg)
    away = places_m - (pose.centre - pose.distance_m * forward)
    depth = away @ forward
    tall = math.tan(math.radians(FOV_DEG) / 2)
    across, along = np.abs(away @ right) / (tall * aspect), np.abs(away @ up) / tall
    return bool((np.maximum(across, along) < (1 - _RIM) * depth).all())


def directions(azimuth_deg: float, elevation_deg: float) -> tuple[np.ndarray, ...]:
    """Right, up and forward (3,) of a view in scene space."""
    turn, tilt = math.radians(azimuth_deg), math.radians(elevation_deg)
    right = np.array([math.cos(turn), math.sin(turn), 0.0])
    forward = np.array(
        [-math.sin(turn) * math.cos(tilt), math.cos(turn) * math.cos(tilt), -math.sin(tilt)]
    )
    return right, np.cross(right, forward), forward


def _span(
    across: np.ndarray, depth: np.ndarray, more: float, less: float
) -> tuple[float, Callable[[float], float]]:
    """Of one direction of the screen: the depth of the nearest eye that sees all, and a function
    from the eye's depth to its place across. `more` and `less` are the tangents of both rims."""
    above, below = (across - more * depth).max(), (-across - less * depth).max()
    nearest = -(above + below) / (more + less)
    return nearest, lambda eye: ((above + more * eye) - (below + less * eye)) / 2


class Framing:
    """Target pose of the view, and the pose on the way to it.

    Attributes:
        is_fitting: whether everybody is kept in the view; off once the user takes the camera.
        target: where the view goes; None where it stays.
    """

    def __init__(self) -> None:
        self.is_fitting = True
        self.target: ViewPose | None = None

    def go(self, target: ViewPose, is_fitting: bool) -> None:
        """Go to another view, and keep everybody in it, or nobody."""
        self.target, self.is_fitting = target, is_fitting

    def fit(self, wanted: ViewPose, places_m: np.ndarray, aspect: float) -> None:
        """Go to `wanted`, which fits now, unless the view that it goes to still does: it holds all
        of (N, 3) places, looks the same way, and is not much farther away."""
        if self.is_fitting and (
            self.target is None
            or (wanted.azimuth_deg, wanted.elevation_deg)
            != (self.target.azimuth_deg, self.target.elevation_deg)
            or wanted.distance_m < _TIGHTER * self.target.distance_m
            or not is_in_view(places_m, self.target, aspect)
        ):
            self.target = wanted

    def give_up(self) -> None:
        """Stay where the view is now, whoever comes or goes."""
        self.target, self.is_fitting = None, False

    def step(self, now: ViewPose, elapsed_s: float) -> ViewPose | None:
        """The next view on the way; None when it is there."""
        if self.target is None:
            return None
        turn_deg = (self.target.azimuth_deg - now.azimuth_deg + 180) % 360 - 180
        tilt_deg = self.target.elevation_deg - now.elevation_deg
        shift_m = self.target.centre - now.centre
        ratio = self.target.distance_m / now.distance_m
        is_turned = max(abs(turn_deg), abs(tilt_deg)) < _THERE_DEG
        is_near = np.abs(shift_m).max() < _THERE * self.target.distance_m
        if is_turned and is_near and abs(ratio - 1) < _THERE:
            return None
        share = 1 - math.exp(-elapsed_s / _PACE_S)
        return ViewPose(
            now.azimuth_deg + share * turn_deg,
            now.elevation_deg + share * tilt_deg,
            now.centre + share * shift_m,
            now.distance_m * ratio**share,
        )
