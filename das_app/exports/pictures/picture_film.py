"""Film encoder for rendered images, MP4 or GIF, in a thread of its own."""

import queue
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import cv2
import numpy as np
from av.filter import Graph

from das_app.files.encoders import FILM, working_encoder
from das_app.messaging.background import BackgroundJob

SUFFIXES = (".mp4", ".gif")
_PALETTE = "stats_mode=single:reserve_transparent=0"
_MAX_WAITING = 3  # pictures: enough for the encoder never to wait, little memory
_LOOK_S = 0.1  # how long it waits for a picture before it looks whether it is cancelled


class FilmJob(BackgroundJob[None]):
    """Encodes a known number of pictures; nothing is left of a film that was cancelled or failed.

    The result raises ValueError for another suffix and OSError if the file cannot be written.

    Args:
        file: ends in one of `SUFFIXES`.
        num_pictures: after so many the film is whole.
        fps: pictures a second.
        width_px: of the film at most; wider pictures are made smaller.

    Attributes:
        num_done: pictures encoded so far.
    """

    def __init__(self, file: Path, num_pictures: int, fps: int, width_px: int) -> None:
        self.num_done = 0
        self._file, self._num_pictures, self._fps = file, num_pictures, fps
        self._width_px = width_px
        self._waiting: queue.Queue[np.ndarray] = queue.Queue(_MAX_WAITING)
        super().__init__("das-film")

    @property
    def has_room(self) -> bool:
        """Whether `add` takes a picture now; nobody else may call `add`."""
        return not self._waiting.full()

    def add(self, picture: np.ndarray) -> None:
        """Hand over an (H, W, 3) uint8 RGB picture, not changed any more.

        Raises:
            queue.Full: if there is no room.
        """
        self._waiting.put_nowait(picture)

    def _work(self) -> None:
        film: PictureFilm | None = None
        try:
            while self.num_done < self._num_pictures:
                picture = self._next()
                if picture is None:
                    return
                picture = fitted(picture, self._width_px)
                if film is None:
                    size = (picture.shape[1], picture.shape[0])
                    film = PictureFilm(self._file, size, self._fps)
                film.add(picture)
                self.num_done += 1
            if film is not None:
                film.finish()
            film = None
        finally:
            if film is not None:
                film.discard()

    def _next(self) -> np.ndarray | None:
        """The next picture; None if it is cancelled."""
        while not self._cancelling.is_set():
            try:
                return self._waiting.get(timeout=_LOOK_S)
            except queue.Empty:
                pass
        return None


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
        stream = self._container.add_stream(codec, rate=fps, options=options)
        self._stream = cast(av.VideoStream, stream)
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
            frame = cast(av.VideoFrame, self._palette.pull())
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


def fitted(picture: np.ndarray, width_px: int) -> np.ndarray:
    """An (H, W, 3) picture at most so wide, with even sides, as encoders need them."""
    scale = min(1.0, width_px / picture.shape[1])
    width, height = (max(2, int(scale * side) // 2 * 2) for side in picture.shape[1::-1])
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)


def _palette_graph(size: tuple[int, int], time_base: Fraction) -> Graph:
    """Colours of each picture's own palette, which GIF needs."""
    graph = Graph()
    width, height = size
    shape = av.VideoFormat("rgb24", width, height)
    source = graph.add_buffer(width=width, height=height, format=shape, time_base=time_base)
    split, palette = graph.add("split"), graph.add("palettegen", _PALETTE)
    use, sink = graph.add("paletteuse", "new=1:dither=none"), graph.add("buffersink")
    source.link_to(split)
    split.link_to(palette, 0, 0)
    split.link_to(use, 1, 0)
    palette.link_to(use, 0, 1)
    use.link_to(sink)
    graph.configure()
    return graph
