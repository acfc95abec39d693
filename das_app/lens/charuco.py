"""ChArUco calibration: board detection, view selection and camera solving.

A view is worth keeping when it shows the board somewhere new, larger or smaller, or tilted
otherwise; only many different views tell the focal length from the distance. No threads, no Qt.
"""

import math
from dataclasses import dataclass, field

import cv2
import numpy as np

from das_app.words.said import marked
from das_model.camera import Camera

# Assumed.
MIN_VIEWS = 10  # for a calibration to be offered
MIN_SHARE_COVERED = 0.75  # of the picture's cells
GRID = (3, 4)  # rows and columns of cells
GOOD_ERROR_PX = 0.5  # at 640 px width; grows with the picture
_MIN_CORNERS = 8
_MIN_TO_SOLVE = 5  # views
_MAX_VIEWS = 40
_STEADY = 0.004  # of the picture's diagonal, that corners may move between two looks
_NEW_PLACE, _NEW_SIZE, _NEW_TILT_DEG = 0.08, 0.15, 12.0  # what makes a view a new one
_TILTED_DEG = 18.0
_OUTLIER = 3.0  # a view whose error is this many medians is left out of the last solution
_TILTS = {
    "left": (
        0,
        -1,
        marked("Now turn its left side away from the camera, about 30°, and hold still"),
    ),
    "right": (
        0,
        1,
        marked("Now turn its right side away from the camera, about 30°, and hold still"),
    ),
    "top": (1, -1, marked("Now tip its top away from the camera, about 30°, and hold still")),
    "bottom": (1, 1, marked("Now tip its bottom away from the camera, about 30°, and hold still")),
}

_PLACES = (  # rows of the grid: the top one, those between, the bottom one
    (
        marked("Bring the board to the top left of the picture, hold still"),
        marked("Bring the board to the top right of the picture, hold still"),
    ),
    (
        marked("Bring the board to the left of the picture, hold still"),
        marked("Bring the board to the right of the picture, hold still"),
    ),
    (
        marked("Bring the board to the bottom left of the picture, hold still"),
        marked("Bring the board to the bottom right of the picture, hold still"),
    ),
)


@dataclass(frozen=True, slots=True)
class BoardSpec:
    """A ChArUco board; the default fits a sheet of A4 or Letter.

    Args:
        columns: squares across.
        rows: squares down.
        square_mm: side of a square; only its ratio to the marker's matters to the lens.
        marker_mm: side of a marker.
    """

    columns: int = 7
    rows: int = 5
    square_mm: float = 36.0
    marker_mm: float = 22.0

    def board(self) -> cv2.aruco.CharucoBoard:
        """OpenCV's board."""
        markers = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_5X5_100)
        size = (self.columns, self.rows)
        return cv2.aruco.CharucoBoard(size, self.square_mm, self.marker_mm, markers)

    @property
    def size_mm(self) -> tuple[float, float]:
        """(width, height) of the board."""
        return self.columns * self.square_mm, self.rows * self.square_mm

    def picture(self, px_per_mm: float) -> np.ndarray:
        """(H, W) uint8 picture of the board for printing, without a margin."""
        width, height = (round(side * px_per_mm) for side in self.size_mm)
        return self.board().generateImage((width, height), marginSize=0)


@dataclass(frozen=True, eq=False, slots=True)
class BoardView:
    """The board in one picture.

    Args:
        ids: (N,) numbers of the inner corners found.
        corners_px: (N, 2) float64 their places.
        size: (width, height) px of the picture.
        tilt_deg: (2,) how far the board's right side and its bottom are turned away.
    """

    ids: np.ndarray
    corners_px: np.ndarray
    size: tuple[int, int]
    tilt_deg: np.ndarray

    @property
    def centre(self) -> np.ndarray:
        """(2,) mean corner, share of the picture's diagonal."""
        return self.corners_px.mean(axis=0) / math.hypot(*self.size)

    @property
    def log_size(self) -> float:
        """Logarithm of how large a corner's share of the board looks."""
        spread = self.corners_px.std(axis=0).mean() / math.hypot(*self.size)
        return math.log(max(float(spread), 1e-6) / math.sqrt(len(self.ids)))

    def is_like(self, other: "BoardView") -> bool:
        """Whether the board is about where it was in another view."""
        return (
            float(np.linalg.norm(self.centre - other.centre)) < _NEW_PLACE
            and abs(self.log_size - other.log_size) < _NEW_SIZE
            and float(np.linalg.norm(self.tilt_deg - other.tilt_deg)) < _NEW_TILT_DEG
        )

    def has_moved_since(self, before: "BoardView") -> bool:
        """Whether the board moves too fast for sharp corners."""
        _, mine, its = np.intersect1d(self.ids, before.ids, return_indices=True)
        if not len(mine):
            return True
        step = np.linalg.norm(self.corners_px[mine] - before.corners_px[its], axis=1)
        return float(step.mean()) > _STEADY * math.hypot(*self.size)


class BoardFinder:
    """Finds the board in pictures."""

    def __init__(self, spec: BoardSpec) -> None:
        self._board = spec.board()
        self._detector = cv2.aruco.CharucoDetector(self._board)
        self._places_mm = np.asarray(self._board.getChessboardCorners(), np.float64)

    def find(self, image: np.ndarray) -> BoardView | None:
        """The board in an image (H, W, 3) uint8 RGB, None when too little of it is seen."""
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        corners, ids, _, _ = self._detector.detectBoard(grey)
        if ids is None or len(ids) < _MIN_CORNERS:
            return None
        ids = np.ravel(ids)
        corners = _refined(grey, np.asarray(corners, np.float32).reshape(-1, 2))
        places = self._places_mm[ids]
        if min(np.ptp(places[:, 0]), np.ptp(places[:, 1])) == 0:
            return None  # one row of corners tells no pose
        size = (image.shape[1], image.shape[0])
        return BoardView(ids, corners, size, self._tilt_deg(places, corners, size))

    def _tilt_deg(
        self, places: np.ndarray, corners: np.ndarray, size: tuple[int, int]
    ) -> np.ndarray:
        found, turn, _ = cv2.solvePnP(
            places, corners, Camera.from_fov(size).K, None, flags=cv2.SOLVEPNP_IPPE
        )
        if not found:
            return np.zeros(2)
        rotation, _ = cv2.Rodrigues(turn)
        return np.degrees(np.arcsin(np.clip(rotation[2, :2], -1, 1)))


def _refined(grey: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """(N, 2) float64 corners to a fraction of a pixel, looking no further than the next marker."""
    apart = np.linalg.norm(corners[:, None] - corners, axis=-1) + np.diag([np.inf] * len(corners))
    reach = int(np.clip(0.16 * apart.min(), 2, 11))  # markers begin at 0.19
    until = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 40, 0.005)
    refined = cv2.cornerSubPix(grey, corners.reshape(-1, 1, 2), (reach, reach), (-1, -1), until)
    return np.asarray(refined, np.float64).reshape(-1, 2)


@dataclass(frozen=True, eq=False, slots=True)
class Calibration:
    """A solved camera.

    Args:
        camera: intrinsics with distortion.
        error_px: root mean square reprojection error.
        num_views: views it rests on.
    """

    camera: Camera
    error_px: float
    num_views: int

    @property
    def is_good(self) -> bool:
        """Whether the error is what a flat board and a sharp picture give."""
        return self.error_px <= GOOD_ERROR_PX * max(1.0, max(self.camera.size) / 640)


@dataclass
class Calibrator:
    """The views kept so far, what they cover, and the camera they give."""

    spec: BoardSpec
    views: list[BoardView] = field(default_factory=list)
    _before: BoardView | None = None

    def offer(self, view: BoardView) -> bool:
        """Keep a view if it is steady and new; views of another picture size begin anew."""
        if self.views and self.views[0].size != view.size:
            self.views.clear()
        before, self._before = self._before, view
        is_steady = before is not None and not view.has_moved_since(before)
        is_new = not any(view.is_like(kept) for kept in self.views)
        if is_steady and is_new and len(self.views) < _MAX_VIEWS:
            self.views.append(view)
            return True
        return False

    @property
    def coverage(self) -> np.ndarray:
        """(rows, columns) bool, cells of the picture in which corners were seen."""
        seen = np.zeros(GRID, dtype=bool)
        for view in self.views:
            cells = view.corners_px / view.size * GRID[::-1]
            columns, rows = np.clip(cells.astype(int), 0, np.array(GRID[::-1]) - 1).T
            seen[rows, columns] = True
        return seen

    @property
    def missing_tilts(self) -> tuple[str, ...]:
        """Sides of the board that were never turned away."""
        tilts = np.array([view.tilt_deg for view in self.views]).reshape(-1, 2)
        return tuple(
            side
            for side, (axis, sign, _) in _TILTS.items()
            if not (sign * tilts[:, axis] > _TILTED_DEG).any()
        )

    @property
    def is_enough(self) -> bool:
        """Whether the views are many and different enough to trust a solution."""
        return (
            len(self.views) >= MIN_VIEWS
            and self.coverage.mean() >= MIN_SHARE_COVERED
            and not self.missing_tilts
        )

    @property
    def hint(self) -> str:
        """Next step for the user, in words."""
        if self.is_enough:
            return marked("Enough views. Save, or add more.")
        empty = np.argwhere(~self.coverage)
        if self.coverage.mean() < MIN_SHARE_COVERED and len(empty):
            return _place_words(*empty[0])
        if self.missing_tilts:
            return _TILTS[self.missing_tilts[0]][2]
        return marked("A few more views: nearer, further, tilted otherwise")

    def solve(self) -> Calibration | None:
        """The camera that the views give; None while they are too few or make no sense.

        Views that err far more than the others, such as of a bent board, are left out.
        """
        if len(self.views) < _MIN_TO_SOLVE:
            return None
        solved = self._solve(self.views)
        if solved is None:
            return None
        _calibration, errors = solved
        kept = [
            view
            for view, error in zip(self.views, errors, strict=True)
            if error <= _OUTLIER * np.median(errors)
        ]
        if _MIN_TO_SOLVE <= len(kept) < len(self.views):
            solved = self._solve(kept) or solved
        return solved[0]

    def _solve(self, views: list[BoardView]) -> tuple[Calibration, np.ndarray] | None:
        places = np.asarray(self.spec.board().getChessboardCorners(), np.float32)
        size = views[0].size
        try:
            error_px, K, distortion, _, _, _, _, errors = cv2.calibrateCameraExtended(
                [places[view.ids] for view in views],
                [view.corners_px.astype(np.float32) for view in views],
                size,
                Camera.from_fov(size).K,
                np.zeros(5),
                flags=cv2.CALIB_USE_INTRINSIC_GUESS | cv2.CALIB_FIX_K3,
            )
            camera = Camera(K, size, np.ravel(distortion)[:5].astype(np.float64))
        except (cv2.error, ValueError):  # views that fit no lens
            return None
        return Calibration(camera, float(error_px), len(views)), np.ravel(errors)


def _place_words(row: int, column: int) -> str:
    """Advice where to bring the board for a cell of the grid."""
    rows, columns = GRID
    return _PLACES[0 if row == 0 else 2 if row == rows - 1 else 1][int(column >= columns / 2)]
