"""Background calibration: board detection, view selection and solving in a thread.

Pictures come in through a mailbox and news goes out through another; a slow search costs
pictures, never memory, and the window is never held up.
"""

import logging
import threading
from dataclasses import dataclass

import numpy as np

from das_app.lens.charuco import BoardFinder, BoardSpec, Calibration, Calibrator
from das_app.messaging.mailbox import Mailbox

# Assumed.
STOP_TIMEOUT_S = 3.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False, slots=True)
class BoardNews:
    """Result of the board detection in one image.

    Args:
        image: (H, W, 3) uint8 RGB, the picture.
        corners_px: (N, 2) corners found in it, (0, 2) without a board.
        is_kept: the view was kept just now.
        num_views: kept so far.
        coverage: (rows, columns) bool, cells of the picture seen so far.
        is_enough: the views suffice for a calibration to be trusted.
        hint: what to do next.
        calibration: solution of the views so far, None while there is none.
        problem: why the search ended; empty while it goes on.
    """

    image: np.ndarray
    corners_px: np.ndarray
    is_kept: bool
    num_views: int
    coverage: np.ndarray
    is_enough: bool
    hint: str
    calibration: Calibration | None
    problem: str = ""


class CalibrationRun:
    """Searches the pictures offered for the board until it is stopped.

    Attributes:
        news: the newest `BoardNews`.
    """

    def __init__(self, spec: BoardSpec) -> None:
        self.news: Mailbox[BoardNews] = Mailbox()
        self._images: Mailbox[np.ndarray] = Mailbox()
        self._finder, self._calibrator = BoardFinder(spec), Calibrator(spec)
        self._solution: Calibration | None = None
        self._thread = threading.Thread(target=self._run, name="das-calibration", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def offer(self, image: np.ndarray) -> None:
        """Search a picture (H, W, 3) uint8 RGB next, instead of one not yet searched."""
        self._images.put(image)

    def stop(self) -> None:
        """End the thread, waiting at most 3 s; a solution in work ends with the process."""
        self._images.close()
        self.news.close()
        if self._thread.is_alive():
            self._thread.join(STOP_TIMEOUT_S)
            if self._thread.is_alive():
                _log.error("the calibration is still solving %g s after its end", STOP_TIMEOUT_S)

    def _run(self) -> None:
        last = np.zeros((1, 1, 3), np.uint8)
        try:
            while (image := self._images.take()) is not None:
                last = image
                self.news.put(self._search(image))
        except Exception as error:  # whatever OpenCV raises is for the user
            _log.exception("the search for the board failed")
            self.news.put(
                self._told(last, np.zeros((0, 2)), False, str(error) or type(error).__name__)
            )

    def _search(self, image: np.ndarray) -> BoardNews:
        view = self._finder.find(image)
        if view is None:
            return self._told(image, np.zeros((0, 2)), False)
        num_before = len(self._calibrator.views)
        is_kept = self._calibrator.offer(view)
        if is_kept or len(self._calibrator.views) != num_before:
            self._solution = self._calibrator.solve()
        return self._told(image, view.corners_px, is_kept)

    def _told(
        self, image: np.ndarray, corners_px: np.ndarray, is_kept: bool, problem: str = ""
    ) -> BoardNews:
        views = self._calibrator
        return BoardNews(
            image,
            corners_px,
            is_kept,
            len(views.views),
            views.coverage,
            views.is_enough,
            views.hint,
            self._solution,
            problem,
        )
