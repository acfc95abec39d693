"""Turntable film: one turn around the 3D scene, as MP4 or GIF.

A timer renders a picture a step, since only the window's thread may; a job of its own encodes
them. The scene is held still until the turn is over.
"""

import logging
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from das_app.exports.pictures.picture_film import FilmJob
from das_app.gui.scene.scene_content import SceneContent

_FILM, _GIF = (30, 1280), (15, 640)  # pictures a second, largest width
_TURN_S = 6.0
_STEP_MS = 2  # between looks whether the encoder has room
_END_S = 5.0
_log = logging.getLogger(__name__)


class Turntable(QObject):
    """Films one turn of the scene from the view's present height and distance.

    Args:
        content: of the 3D view.
        file: ends in `.mp4` or `.gif`.

    Attributes:
        progressed: pictures rendered, and of how many.
        finished: the film's path.
        failed: why there is no film, for people to read.
    """

    progressed = Signal(int, int)
    finished = Signal(str)
    failed = Signal(str)

    def __init__(self, content: SceneContent, file: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._content, self._file = content, file
        self._job: FilmJob | None = None
        self._step = 0
        self._fps, self._width_px = _GIF if file.suffix.lower() == ".gif" else _FILM
        self.num_steps = round(_TURN_S * self._fps)
        self._timer = QTimer(self, interval=_STEP_MS)
        self._timer.timeout.connect(self._on_step)

    @property
    def is_running(self) -> bool:
        """Whether the turn is on."""
        return self._timer.isActive()

    def start(self) -> None:
        """Begin; the scene is held until `finished`, `failed` or `cancel`."""
        self._content.is_held = True
        self._job = FilmJob(self._file, self.num_steps, self._fps, self._width_px)
        self._timer.start()

    def cancel(self) -> None:
        """Give up and leave no file; harmless when the turn is over."""
        self._timer.stop()
        self._content.is_held = False
        job, self._job = self._job, None
        if job is not None:
            job.cancel()
            if not job.wait(_END_S):
                _log.warning("the turntable %s is still being given up", self._file)

    def _on_step(self) -> None:
        job = self._job
        if job is None:
            return
        is_over = job.is_over
        try:
            if is_over:
                job.result()
            elif self._step == self.num_steps or not job.has_room:
                return
            else:
                job.add(self._rendered())
                self._step += 1
        except Exception as error:  # a full disk, a codec, a driver: the window goes on
            _log.error("the turntable %s failed", self._file, exc_info=error)
            self.cancel()
            self.failed.emit(str(error) or type(error).__name__)
            return
        if is_over:
            self.cancel()
            self.finished.emit(str(self._file))
        else:
            self.progressed.emit(self._step, self.num_steps)

    def _rendered(self) -> np.ndarray:
        """(H, W, 3) scene as seen at this step; the view itself stays as it was."""
        camera = self._content.camera
        azimuth_deg = camera.azimuth
        camera.azimuth = azimuth_deg + 360 * self._step / self.num_steps
        try:
            return self._content.canvas.render(alpha=False)[..., :3]
        finally:
            camera.azimuth = azimuth_deg
