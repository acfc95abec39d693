"""Image orientation: RGB, square pixels, rotated and mirrored as viewers show it.

A container states how its pictures are meant: what of them is shown, a display matrix (four turns,
mirrored or not) and the shape of a pixel. All are carried out here, so that nothing behind needs
to know of them: the camera is that of the picture as it is shown.
"""

import re
import threading
from fractions import Fraction
from typing import NamedTuple

import av
import av.logging
import numpy as np
from av.sidedata.sidedata import Type
from av.video.reformatter import VideoReformatter

from das_app.lens.plausible_camera import MAX_PIXELS
from das_app.sources.frame_source import SourceError
from das_app.words.said import said

_ASPECTS = (Fraction(1, 16), Fraction(16))  # of a pixel; beyond it the file is wrong
_AS_STORED = np.eye(2)
_CROPPING = re.compile(r"Frame Cropping: (\d+)/(\d+)/(\d+)/(\d+)")
_lock_of_log_level = threading.Lock()


class Crop(NamedTuple):
    """Stored pixels at each edge that are not shown."""

    left: int = 0
    right: int = 0
    top: int = 0
    bottom: int = 0


_WHOLE = Crop()


class ShapedPicture(NamedTuple):
    """A decoded picture, and how many times as wide as high its pixels are; None if unknown."""

    picture: av.VideoFrame
    pixel_aspect: Fraction | None


class PixelShapes:
    """The shapes of a video's pixels, asked for in the order in which pictures are decoded.

    What the container states holds for all pictures. What the pictures' own data states, as in
    television, may change; the decoder holds pictures back and tells of a change up to two of
    them early, so it counts from the next key picture on.

    Args:
        stream: of an open file, of which nothing is decoded yet.
    """

    def __init__(self, stream: av.VideoStream) -> None:
        self._stream = stream
        self._now = stream.sample_aspect_ratio
        self._may_change = stream.codec_context.sample_aspect_ratio == self._now

    def __call__(self, picture: av.VideoFrame) -> ShapedPicture:
        """The next picture with its shape."""
        if self._may_change and picture.key_frame:
            self._now = self._stream.codec_context.sample_aspect_ratio
        return ShapedPicture(picture, self._now)


class Uprighter:
    """Makes the pictures of one video; one thread at a time. It has one scaler without threads.

    Args:
        crop: of the pictures as they are stored.
    """

    def __init__(self, crop: Crop = _WHOLE) -> None:
        self._scaler, self._crop = VideoReformatter(), crop

    def __call__(self, shaped: ShapedPicture) -> np.ndarray:
        """The picture as viewers show it.

        Returns:
            (H, W, 3) uint8 RGB, read-only.

        Raises:
            SourceError: if it has more than 100 million pixels.
        """
        picture = shaped.picture
        width = shown_width(picture.width, shaped.pixel_aspect)
        if width * picture.height > MAX_PIXELS:
            raise SourceError(
                said(
                    "a picture may have {most} pixels, got {width} x {height}",
                    most=MAX_PIXELS,
                    width=width,
                    height=picture.height,
                )
            )
        plain = self._scaler.reformat(picture, width=width, format="rgb24", threads=1)
        shown = cropped(plain.to_ndarray(), self._crop, width / picture.width)
        image = turned(shown, display_matrix(picture))
        image.flags.writeable = False
        return image


def container_crop(container: av.container.InputContainer) -> Crop:
    """What a container says is not shown of its first video's pictures.

    PyAV hands it out only as a line of FFmpeg's description of the file, in FFmpeg's order.
    """
    with _lock_of_log_level:  # what is below the level is not described
        level = av.logging.get_level()
        av.logging.set_level(av.logging.INFO)
        try:
            described = container.dumps_format()  # type: ignore[attr-defined]  # PyAV has no stub of it
        finally:
            av.logging.set_level(level)
    videos = [part for part in described.split("Stream #") if ": Video:" in part]
    found = _CROPPING.search(videos[0]) if videos else None
    return Crop(*map(int, found.groups())) if found else Crop()


def cropped(image: np.ndarray, crop: Crop, stretch: float) -> np.ndarray:
    """The part of a picture that is shown; all of it where nothing would be left.

    Args:
        image: (H, W, 3).
        crop: in stored pixels.
        stretch: columns of the image for each stored one.
    """
    height, width = image.shape[:2]
    left, right = round(crop.left * stretch), width - round(crop.right * stretch)
    if left >= right or crop.top + crop.bottom >= height:
        return image
    return image[crop.top : height - crop.bottom, left:right]


def shown_width(width: int, pixel_aspect: Fraction | None) -> int:
    """Width in square pixels, where a stored one is `pixel_aspect` times as wide as high."""
    least, most = _ASPECTS
    if pixel_aspect is None or pixel_aspect == 1 or not least <= pixel_aspect <= most:
        return width
    return max(1, round(width * pixel_aspect))


def display_matrix(picture: av.VideoFrame) -> np.ndarray:
    """(2, 2) turn and mirror, as FFmpeg has it: a row vector of a place times the matrix."""
    data = picture.side_data.get(Type.DISPLAYMATRIX)  # type: ignore[call-overload]  # PyAV takes both
    if data is None:
        return _AS_STORED
    values = np.frombuffer(bytes(data), np.int32)[[0, 1, 3, 4]].reshape(2, 2).astype(np.float64)
    return values if np.abs(np.linalg.det(values)) > 0 else _AS_STORED


def turned(image: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """The picture after the one of the eight orientations that is nearest to a matrix.

    Args:
        image: (H, W, 3).
        matrix: (2, 2) as `display_matrix` gives it.
    """
    to_x, to_y = matrix[:, 0], matrix[:, 1]  # what of (x, y) becomes the new x, and the new y
    if abs(to_x[1]) * abs(to_y[0]) > abs(to_x[0]) * abs(to_y[1]):
        image = image.transpose(1, 0, 2)
        is_left, is_up = to_x[1] < 0, to_y[0] < 0
    else:
        is_left, is_up = to_x[0] < 0, to_y[1] < 0
    return np.ascontiguousarray(image[:: -1 if is_up else 1, :: -1 if is_left else 1])
