"""Turntable film: one turn around the 3D scene, as MP4 or GIF.

A timer renders and writes a picture a step, so that the window goes on meanwhile. The scene is
held still until the turn is over.
"""

import logging
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.filter import Graph
from PySide6.QtCore import QObject, QTimer, Signal

from das_app.files.encoders import FILM, working_encoder
from das_app.gui.scene.scene_content import SceneContent

SUFFIXES = (".mp4", ".gif")
_FILM, _GIF = (30, 1280), (15, 640)  # pictures a second, largest width
_TURN_S = 6.0
_PALETTE = "stats_mode=single:reserve_transparent=0"
_log = logging.getLogger(__name__)


class PictureFilm:
    """Writes pictures as a film, whole or not at all.

    Args:
        file: ends in one of `SUFFIXES`.
        size: (width, height) of all pictures, both even.
        fps: pictures a second.

    Raises:
        ValueError: for another suffix.
        OSError: if the file cannot be written.
    """

    def __init__(self, file: Path, size: tuple[int, int], fps: int) -> None:
        if file.suffix.lower() not in SUFFIXES:
            raise ValueError(f"a turntable is {' or '.join(SUFFIXES)}, got {file.name}")
        self._file, self._partial = file, file.with_name(f"{file.stem}.part{file.suffix}")
        self._time_base, self._count = Fraction(1, fps), 0
        is_gif = file.suffix.lower() == ".gif"
        self._container = av.open(str(self._partial), "w")
        codec, options = ("gif", {}) if is_gif else working_encoder(FILM, size)
        self._stream = self._container.add_stream(codec, rate=fps, options=options)
        self._stream.width, self._stream.height = size
        self._stream.pix_fmt = "pal8" if is_gif else "yuv420p"
        self._palette = _palette_graph(size, self._time_base) if is_gif else None

    def add(self, picture: np.ndarray) -> None:
        """Append an (H, W, 3) uint8 RGB picture."""
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
        frame.pts, frame.time_base = self._count, self._time_base
        self._count += 1
        if self._palette is not None:
            self._palette.push(frame)
            frame = self._palette.pull()
        self._container.mux(self._stream.encode(frame))

    def finish(self) -> None:
        """Close the film and give it its name."""
        self._container.mux(self._stream.encode())
        self._container.close()
        self._partial.replace(self._file)

    def discard(self) -> None:
        """Close and delete what was written."""
        self._container.close()
        self._partial.unlink(missing_ok=True)


class Turntable(QObject):
    """Films one turn of the scene from the view's present height and distance.

    Args:
        content: of the 3D view.
        file: ends in `.mp4` or `.gif`.

    Attributes:
        progressed: pictures written, and of how many.
        finished: the film's path.
        failed: why there is no film, for people to read.
    """

    progressed = Signal(int, int)
    finished = Signal(str)
    failed = Signal(str)

    def __init__(self, content: SceneContent, file: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._content, self._file = content, file
        self._film: PictureFilm | None = None
        self._step = 0
        self._fps, self._width_px = _GIF if file.suffix.lower() == ".gif" else _FILM
        self.num_steps = round(_TURN_S * self._fps)
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._on_step)

    @property
    def is_running(self) -> bool:
        """Whether the turn is on."""
        return self._timer.isActive()

    def start(self) -> None:
        """Begin; the scene is held until `finished`, `failed` or `cancel`."""
        self._content.is_held = True
        self._timer.start()

    def cancel(self) -> None:
        """Give up and leave no file; harmless when the turn is over."""
        self._timer.stop()
        self._content.is_held = False
        if self._film is not None:
            self._film.discard()
            self._film = None

    def _on_step(self) -> None:
        try:
            picture = self._rendered()
            if self._film is None:
                size = (picture.shape[1], picture.shape[0])
                self._film = PictureFilm(self._file, size, self._fps)
            self._film.add(picture)
            self._step += 1
            if self._step == self.num_steps:
                self._film.finish()
                self._film = None
        except Exception as error:  # a full disk, a codec, a driver: the window goes on
            _log.exception("the turntable %s failed", self._file)
            self.cancel()
            self.failed.emit(str(error) or type(error).__name__)
            return
        self.progressed.emit(self._step, self.num_steps)
        if self._step == self.num_steps:
            self.cancel()
            self.finished.emit(str(self._file))

    def _rendered(self) -> np.ndarray:
        """The scene as seen at this step; the view itself stays as it was."""
        camera = self._content.camera
        azimuth_deg = camera.azimuth
        camera.azimuth = azimuth_deg + 360 * self._step / self.num_steps
        try:
            picture = self._content.canvas.render(alpha=False)[..., :3]
        finally:
            camera.azimuth = azimuth_deg
        scale = min(1.0, self._width_px / picture.shape[1])
        width, height = (max(2, int(scale * side) // 2 * 2) for side in picture.shape[1::-1])
        return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)


def _palette_graph(size: tuple[int, int], time_base: Fraction) -> Graph:
    """Colours of each picture's own palette, which GIF needs."""
    graph = Graph()
    width, height = size
    source = graph.add_buffer(width=width, height=height, format="rgb24", time_base=time_base)
    split, palette = graph.add("split"), graph.add("palettegen", _PALETTE)
    use, sink = graph.add("paletteuse", "new=1:dither=none"), graph.add("buffersink")
    source.link_to(split)
    split.link_to(palette, 0, 0)
    split.link_to(use, 1, 0)
    palette.link_to(use, 0, 1)
    use.link_to(sink)
    graph.configure()
    return graph
