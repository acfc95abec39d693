"""Floor under people's feet, and camera space levelled to it. Pure functions.

The levelled world keeps the axes' order and the unit of camera space: x right, y down, z forward,
in millimetres. Its origin is the point of the floor below the lens, y is straight down, so the
floor is y = 0 and a height above it is -y, and z is the camera's view along the floor.

A person who is scaled about the lens looks the same in the picture, further away and taller. So
where the floor is known better than a person's distance, their feet tell the distance.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from das_app.motion.errors import MotionError
from das_app.motion.kinematics import ANKLE_HEIGHT_MM
from das_app.words.said import marked, said
from das_model.camera import Camera
from das_model.people import People
from das_model.skeleton import Skeleton

# Assumed, where nothing else is said.
HIGHEST_MM, LOWEST_MM = 50_000.0, 100.0  # of a lens above the floor
STEEPEST_DEG = 80.0  # a camera that looks straight down has no forward along the floor
_CLICK_REACH = 0.12  # of a person's height in the picture, from a click to an ankle
_MAX_SCALE = 1.8  # further off, somebody stands on something else
_MIN_SPREAD_MM = 150.0  # of clicked points, across their main direction


class FloorError(MotionError):
    """The floor cannot be told from what there is; the message is for the user."""


_LOOKS_DOWN = marked(
    "Lens {height_m:.2f} m above the floor, looking {pitch:.0f}° down, rolled {roll:.0f}°"
)
_LOOKS_UP = marked(
    "Lens {height_m:.2f} m above the floor, looking {pitch:.0f}° up, rolled {roll:.0f}°"
)


@dataclass(frozen=True, eq=False, slots=True)
class Floor:
    """A floor plane in camera space.

    Args:
        up: (3,) float64 unit vector, away from the floor.
        height_mm: of the lens above the floor.

    Raises:
        ValueError: if `up` is not a unit vector, or is so near the view that it has no forward,
            or the height is not positive.
    """

    up: np.ndarray
    height_mm: float

    def __post_init__(self) -> None:
        if self.up.shape != (3,) or abs(np.linalg.norm(self.up) - 1) > 1e-6:
            raise ValueError(f"Floor.up must be a unit vector (3,), got {self.up}")
        if not self.height_mm > 0:
            raise ValueError(f"Floor.height_mm must be positive, got {self.height_mm}")
        if abs(self.up[2]) > math.sin(math.radians(STEEPEST_DEG)):
            raise ValueError(f"Floor.up must not be along the view, got {self.up}")

    @property
    def rotation(self) -> np.ndarray:
        """(3, 3) float64 from camera space to the levelled world's directions."""
        down = -self.up
        forward = np.array([0.0, 0.0, 1.0]) - down[2] * down
        forward /= np.linalg.norm(forward)
        return np.stack([np.cross(down, forward), down, forward])

    @property
    def pitch_deg(self) -> float:
        """Pitch of the camera, positive downwards."""
        return math.degrees(math.asin(np.clip(-self.up @ [0.0, 0.0, 1.0], -1, 1)))

    @property
    def roll_deg(self) -> float:
        """Roll of the camera about its view, positive with its right side down."""
        return math.degrees(math.atan2(-self.up[0], -self.up[1]))

    @property
    def label(self) -> str:
        """The floor in words."""
        return said(
            _LOOKS_DOWN if self.pitch_deg >= 0 else _LOOKS_UP,
            height_m=self.height_mm / 1e3,
            pitch=abs(self.pitch_deg),
            roll=self.roll_deg,
        )

    def to_world(self, points_cam: np.ndarray) -> np.ndarray:
        """Camera space to the levelled world.

        Args:
            points_cam: (..., 3) mm.

        Returns:
            (..., 3) float64 mm.
        """
        points = np.asarray(points_cam, dtype=np.float64) @ self.rotation.T
        return points - [0.0, self.height_mm, 0.0]

    def to_camera(self, points_world: np.ndarray) -> np.ndarray:
        """Levelled world to camera space; inverse of `to_world`."""
        points = np.asarray(points_world, dtype=np.float64) + [0.0, self.height_mm, 0.0]
        return points @ self.rotation

    def level(self, people: People) -> People:
        """The people with their joints in the levelled world instead of camera space."""
        joints = self.to_world(people.joints_cam).astype(np.float32)
        return replace(people, joints_cam=joints)

    def height_above(self, points_cam: np.ndarray) -> np.ndarray:
        """(...) mm above the floor, of camera space points (..., 3)."""
        return np.asarray(points_cam, dtype=np.float64) @ self.up + self.height_mm


def floor_at(pitch_rad: float, roll_rad: float, height_mm: float) -> Floor:
    """The floor of a camera that looks down by `pitch_rad` and is turned about its view by
    `roll_rad`, positive with its right side down. Raises ValueError as `Floor`."""
    level = math.cos(pitch_rad)
    return Floor(
        np.array([-math.sin(roll_rad) * level, -math.cos(roll_rad) * level, -math.sin(pitch_rad)]),
        height_mm,
    )


def floor_from_points(points_cam: Sequence[np.ndarray] | np.ndarray) -> Floor:
    """The floor through points on it.

    Args:
        points_cam: (N, 3) mm in camera space, three or more, not on one line.

    Raises:
        FloorError: if there are fewer, they are almost on a line, or the plane is no floor.
    """
    points = np.asarray(points_cam, dtype=np.float64).reshape(-1, 3)
    if len(points) < 3:
        raise FloorError(f"three or more points are needed, got {len(points)}")
    offsets = points - points.mean(axis=0)
    _, spreads, axes = np.linalg.svd(offsets, full_matrices=False)
    if spreads[1] / math.sqrt(len(points)) < _MIN_SPREAD_MM:
        raise FloorError("the points are almost on one line: click feet further apart")
    distance = float(axes[2] @ points.mean(axis=0))
    if abs(distance) < 1.0:
        raise FloorError("the plane through the points goes through the lens")
    return _floor_of(axes[2] / distance, 0.0)


def foot_at(people: People, camera: Camera, click_px: np.ndarray) -> np.ndarray:
    """The point of the floor under a foot that was clicked in the picture.

    A click is a ray and no more. The depth along it is that of the nearest ankle.

    Args:
        people: of the picture, in camera space.
        camera: of the picture.
        click_px: (2,) px where the foot touches the floor.

    Returns:
        (3,) float64 mm in camera space.

    Raises:
        FloorError: if there is no foot.
    """
    names = people.skeleton.joint_names
    ankles = [names.index(n) for n in ("left_ankle", "right_ankle") if n in names]
    if ankles and len(people):
        places = people.joints_px(camera)  # (P, J, 2)
        heights = np.fmax.reduce(places[..., 1], axis=1) - np.fmin.reduce(places[..., 1], axis=1)
        away = np.linalg.norm(places[:, ankles] - np.asarray(click_px), axis=-1) / heights[:, None]
        away = np.where(np.isfinite(away), away, np.inf)  # joints behind the lens are nowhere
        person, side = np.unravel_index(np.argmin(away), away.shape)
        if away[person, side] <= _CLICK_REACH:
            depth = people.joints_cam[person, ankles[side], 2]
            return camera.back_project(np.asarray(click_px), np.asarray(depth))
    raise FloorError("there is no foot: click where a foot of a person shown touches the floor")


def off_floor_mm(joints_cam: np.ndarray, skeleton: Skeleton, floor: Floor) -> np.ndarray:
    """Height of people's lower feet above the floor.

    Args:
        joints_cam: (..., J, 3) mm; NaN where not seen.
        skeleton: of the joints.
        floor: in the same space.

    Returns:
        (...,) mm, negative below it; NaN where no ankle is seen.
    """
    ankles = [i for i, n in enumerate(skeleton.joint_names) if n.endswith("_ankle")]
    if not ankles:
        return np.full(joints_cam.shape[:-2], np.nan)
    return (
        np.fmin.reduce(floor.height_above(joints_cam[..., ankles, :]), axis=-1) - ANKLE_HEIGHT_MM
    )


def standing_scale(joints_cam: np.ndarray, skeleton: Skeleton, floor: Floor) -> float | None:
    """Median factor of distance and size at which people stand on the floor.

    Args:
        joints_cam: (n, J, 3) mm of one person over time; NaN where not seen.
        skeleton: of the joints.
        floor: that they stand on.

    Returns:
        None where their feet are not seen, or so far off the floor that they stand elsewhere.
    """
    heights = off_floor_mm(joints_cam, skeleton, floor)
    heights = heights[np.isfinite(heights)]
    if not len(heights):
        return None
    reach_mm = floor.height_mm - ANKLE_HEIGHT_MM
    below_mm = reach_mm - float(np.median(heights))
    if below_mm <= 0 or abs(math.log(reach_mm / below_mm)) > math.log(_MAX_SCALE):
        return None
    return reach_mm / below_mm


def _floor_of(plane: np.ndarray, below_mm: float) -> Floor:
    """The floor `below_mm` below the plane w with w . p = 1."""
    size = float(np.linalg.norm(plane))
    height_mm = 1 / size + below_mm
    up = -plane / size
    if not LOWEST_MM <= height_mm <= HIGHEST_MM or up[1] >= 0:
        raise FloorError(
            f"no floor fits: the plane lies {height_mm / 1e3:.1f} m from the lens, "
            f"its normal is {np.round(up, 2).tolist()}"
        )
    if abs(up[2]) > math.sin(math.radians(STEEPEST_DEG)):
        raise FloorError("the camera looks straight down; the floor's directions are not defined")
    return Floor(up, height_mm)
