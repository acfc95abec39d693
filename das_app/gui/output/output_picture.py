"""Image of the clean output: people alone on a ground, or the image with its overlay."""

import time

import cv2
import numpy as np
from PySide6.QtGui import QImage

from das_app.gui.picture.overlay_view import OverlayView
from das_app.gui.scene.framing import Framing, ViewPose
from das_app.gui.scene.scene_view import SceneView
from das_app.settings.app_settings import OutputContent, OutputSettings

_FINER, _FINER_UP_TO_S = 2, 0.03  # drawn so much larger where that takes no longer
_LONGEST_STEP_S = 0.2


class OutputPicture:
    """Makes pictures of a fixed size out of what both views show.

    Args:
        overlay: the picture's view.
        scene: the 3D view.
    """

    def __init__(self, overlay: OverlayView, scene: SceneView) -> None:
        self._overlay, self._scene = overlay, scene
        self._framing = Framing()
        self._pose: ViewPose | None = None
        self._made_s, self._drawing_s = 0.0, 0.0

    def make(self, settings: OutputSettings) -> np.ndarray:
        """(H, W, 4) uint8 RGBA with premultiplied alpha; without a 3D view just the ground."""
        size = settings.size_px()
        if settings.content is OutputContent.PICTURE:
            return _pixels(self._overlay.picture(size))
        return self._people(size, settings.ground)

    def _people(self, size: tuple[int, int], ground: str) -> np.ndarray:
        content = self._scene.content
        colour = _rgba(ground)
        if content is None:
            return np.broadcast_to(colour, (size[1], size[0], 4)).copy()
        aspect = size[0] / size[1]
        pose = self._moved(content.fitted_pose(aspect), content.framed_places(), aspect)
        finer = _FINER if self._drawing_s < _FINER_UP_TO_S else 1
        large = (finer * size[0], finer * size[1])
        begin_s = time.perf_counter()
        picture = content.render_people(large, pose, colour / 255)
        self._drawing_s = (time.perf_counter() - begin_s) * (_FINER / finer) ** 2
        return picture if finer == 1 else cv2.resize(picture, size, interpolation=cv2.INTER_AREA)

    def _moved(self, wanted: ViewPose, places_m: np.ndarray, aspect: float) -> ViewPose:
        """Smoothly towards what fits, as the view on the screen does."""
        now_s = time.perf_counter()
        elapsed_s, self._made_s = min(now_s - self._made_s, _LONGEST_STEP_S), now_s
        self._framing.fit(wanted, places_m, aspect)
        pose = wanted if self._pose is None else self._pose
        self._pose = self._framing.step(pose, elapsed_s) or pose
        return self._pose


def _pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGBA8888_Premultiplied)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 4 * image.width()].reshape(image.height(), image.width(), 4).copy()


def _rgba(ground: str) -> np.ndarray:
    """(4,) uint8 of a colour such as `#00b140`; nothing at all for an empty text."""
    if not ground:
        return np.zeros(4, np.uint8)
    return np.array([*bytes.fromhex(ground[1:]), 255], np.uint8)
