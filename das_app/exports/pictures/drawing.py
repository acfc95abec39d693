"""Skeleton drawing by OpenCV, and a side view of the scene, for exported videos."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from das_app.session.types import RecordedPoses
from das_model.camera import Camera
from das_model.people import People
from das_model.person_colours import person_rgb

_OUTLINE, _GROUND, _GRID, _LENS = (8, 10, 13), (20, 24, 30), (58, 64, 72), (150, 156, 164)
_AZIMUTH_DEG, _ELEVATION_DEG, _FOV_DEG = 35.0, 18.0, 45.0
_MIN_EXTENT_MM = 1500.0
_GRID_STEP_MM, _NUM_STEPS = 1000.0, 5
_LENS_MM = np.array(
    [[0, 0, 0], [-200, -130, 300], [200, -130, 300], [200, 130, 300], [-200, 130, 300]], np.float64
)


def draw_people(
    image: np.ndarray,
    points: np.ndarray,
    people: People,
    wanted: tuple[int, ...] | None,
    names: Mapping[int, str],
) -> int:
    """Draw skeletons with names or ids, the farthest first.

    Args:
        image: (H, W, 3) uint8 RGB, changed.
        points: (P, J, 2) px, NaN where a joint is not to be drawn.
        people: whom the points belong to.
        wanted: track ids to draw, None for everybody.
        names: by track id; in ASCII, all that can be drawn.

    Returns:
        how many were drawn.
    """
    num_drawn, width = 0, max(2, round(max(image.shape[:2]) / 400))
    for p in np.argsort(-people.root_cam[:, 2]):
        track_id = int(people.track_ids[p])
        if wanted is not None and track_id not in wanted:
            continue
        num_drawn += 1
        lines = _visible(points[p, list(bone)] for bone in people.skeleton.bones)
        colour = person_rgb(track_id)
        _draw_lines(image, lines, _OUTLINE, width + 2)
        _draw_lines(image, lines, colour, width)
        if track_id >= 0 and lines:
            _draw_id(image, names.get(track_id) or str(track_id), lines, colour, width)
    return num_drawn


@dataclass(frozen=True, eq=False, slots=True)
class SideView:
    """A camera that stands to the right of the real one, higher up, and looks at the people.

    Args:
        camera: its intrinsics.
        rotation: (3, 3) from the real camera's space to its own.
        eye: (3,) mm, its place in the real camera's space.
        middle: (3,) mm, the point of the ground below what it looks at.
    """

    camera: Camera
    rotation: np.ndarray
    eye: np.ndarray
    middle: np.ndarray

    @staticmethod
    def of(sample: Iterable[RecordedPoses], size: tuple[int, int]) -> "SideView":
        """A view that shows where people were in a sample of frames.

        Args:
            sample: frames spread over the session.
            size: (width, height) px of the view.
        """
        found = [p.people.joints_cam.reshape(-1, 3) for p in sample if len(p.people)]
        joints = np.concatenate(found or [np.array([[0.0, 0.0, 3000.0]])]).astype(np.float64)
        joints = joints[np.isfinite(joints).all(axis=-1)]
        low, high = np.percentile(joints, [5, 95], axis=0)
        centre = (low + high) / 2
        extent = max(_MIN_EXTENT_MM, float(np.linalg.norm(high - low)) / 2)
        azimuth, elevation = np.radians([_AZIMUTH_DEG, _ELEVATION_DEG])
        away = np.array(
            [
                np.sin(azimuth) * np.cos(elevation),
                -np.sin(elevation),
                -np.cos(azimuth) * np.cos(elevation),
            ]
        )
        eye = centre + 1.3 * extent / np.tan(np.radians(_FOV_DEG) / 2) * away
        right = np.cross([0.0, 1.0, 0.0], -away)
        right /= np.linalg.norm(right)
        rotation = np.stack([right, np.cross(-away, right), -away])
        middle = np.array([centre[0], high[1], centre[2]])
        return SideView(Camera.from_fov(size, _FOV_DEG), rotation, eye, middle)

    def draw(
        self, people: People, wanted: tuple[int, ...] | None, names: Mapping[int, str]
    ) -> np.ndarray:
        """(H, W, 3) uint8 RGB: people in the scene, with the ground and the real camera."""
        image = np.full((self.camera.size[1], self.camera.size[0], 3), _GROUND, np.uint8)
        _draw_lines(image, _visible(self.to_px(line) for line in self._grid()), _GRID, 1)
        edges = [(0, n) for n in range(1, 5)] + [(n, n % 4 + 1) for n in range(1, 5)]
        lens = _visible(self.to_px(_LENS_MM[list(edge)]) for edge in edges)
        _draw_lines(image, lens, _LENS, 1)
        draw_people(image, self.to_px(people.joints_cam), people, wanted, names)
        return image

    def to_px(self, points_cam: np.ndarray) -> np.ndarray:
        """Pixels of the view (..., 2) of points (..., 3) mm in the real camera's space."""
        return self.camera.project((points_cam - self.eye) @ self.rotation.T)

    def _grid(self) -> list[np.ndarray]:
        """(2, 3) mm, ends of lines on the ground, cut short where they would pass the eye."""
        steps = _GRID_STEP_MM * np.arange(-_NUM_STEPS, _NUM_STEPS + 1)
        cells = [(a, b) for a in steps for b in steps[:-1]]
        across = [[(b, 0, a), (b + _GRID_STEP_MM, 0, a)] for a, b in cells]
        along = [[(a, 0, b), (a, 0, b + _GRID_STEP_MM)] for a, b in cells]
        return [self.middle + np.array(line) for line in across + along]


def _visible(lines: Iterable[np.ndarray]) -> list[list[list[int]]]:
    """Ends of lines (2, 2) as whole pixels, without those that have no place on the picture."""
    return [
        line.round().astype(int).tolist()
        for line in lines
        if np.isfinite(line).all() and np.abs(line).max() < 1e4
    ]


def _draw_lines(
    image: np.ndarray, lines: list[list[list[int]]], colour: tuple[int, int, int], width: int
) -> None:
    for start, end in lines:
        cv2.line(image, start, end, colour, width, cv2.LINE_AA)


def _draw_id(
    image: np.ndarray,
    text: str,
    lines: list[list[list[int]]],
    colour: tuple[int, int, int],
    width: int,
) -> None:
    """Write an id at the upper end of a skeleton."""
    top = min((point for line in lines for point in line), key=lambda point: point[1])
    place = (top[0] + 2 * width, top[1] - 2 * width)
    for shade, thickness in ((_OUTLINE, width + 2), (colour, width)):
        cv2.putText(
            image, text, place, cv2.FONT_HERSHEY_SIMPLEX, width / 3, shade, thickness, cv2.LINE_AA
        )
