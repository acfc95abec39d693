"""`Intrinsics`: a field of view or a calibration, and the camera it gives for an image size.

A source asks its `Intrinsics` for the `Camera` of every picture, so a value replaced while the
pipeline runs holds from the next frame on. Whichever way a focal length was found, it is kept as
the field of view of the longer side, which stays true when the picture is resized.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from das_app.words.said import marked, said
from das_model.camera import DEFAULT_FOV_DEG, Camera

_ASPECT_TOLERANCE = 0.01  # rounding of a resized picture, not another crop of the sensor
_FULL_FRAME_DIAGONAL_MM = math.hypot(36.0, 24.0)  # of a frame of 35 mm film


class LensOrigin(StrEnum):
    """Origin of the field of view; the values stand in the settings."""

    ASSUMED = "assumed"
    FOV = "fov"
    EQUIVALENT_MM = "equivalent_mm"
    FOCAL_PX = "focal_px"
    PERSON = "person"


_ORIGIN_TEXTS = {
    LensOrigin.ASSUMED: marked("FOV {fov:.4g}° (assumed)"),
    LensOrigin.FOV: marked("FOV {fov:.4g}° (field of view as entered)"),
    LensOrigin.EQUIVALENT_MM: marked("FOV {fov:.4g}° (from the 35 mm equivalent)"),
    LensOrigin.FOCAL_PX: marked("FOV {fov:.4g}° (focal length as entered)"),
    LensOrigin.PERSON: marked("FOV {fov:.4g}° (from a person's height and distance)"),
}


@dataclass(frozen=True, eq=False, slots=True)
class Intrinsics:
    """Lens of a source: a field of view, or a calibrated camera that is scaled to the picture.

    Args:
        fov_deg: field of view of the longer side in degrees; used when there is no `calibrated`.
        calibrated: camera of a calibration, for pictures of its own aspect ratio.
        origin: how the field of view is known.
        calibration_name: of the calibration's file, for people to read.

    Raises:
        ValueError: if fov_deg is not inside (1, 179).
    """

    fov_deg: float = DEFAULT_FOV_DEG
    calibrated: Camera | None = None
    origin: LensOrigin = LensOrigin.ASSUMED
    calibration_name: str = ""

    def __post_init__(self) -> None:
        if not 1.0 < self.fov_deg < 179.0:
            raise ValueError(
                f"field of view must be between 1 and 179 degrees, got {self.fov_deg}"
            )

    def camera_for(self, size: tuple[int, int]) -> Camera:
        """Camera of a picture of `size` (width, height) px.

        Raises:
            ValueError: if the calibration was made for pictures of another aspect ratio.
        """
        if self.calibrated is None:
            return Camera.from_fov(size, self.fov_deg)
        if not self.fits(size):
            raise ValueError(
                f"the intrinsics are for {_size_text(self.calibrated.size)} pictures and cannot "
                f"be scaled to {_size_text(size)}, which is another aspect ratio; a lens is told "
                "for pictures as the camera has them, before they are turned"
            )
        return self.calibrated if self.calibrated.size == size else self.calibrated.resized(size)

    def fits(self, size: tuple[int, int]) -> bool:
        """Whether there is a camera for pictures of that size."""
        if self.calibrated is None:
            return True
        scale_x, scale_y = (new / old for new, old in zip(size, self.calibrated.size, strict=True))
        return abs(scale_x / scale_y - 1) <= _ASPECT_TOLERANCE

    @property
    def label(self) -> str:
        """Origin of the numbers, in words."""
        if self.calibrated is None:
            return said(_ORIGIN_TEXTS[self.origin], fov=self.fov_deg)
        name = f" ({self.calibration_name})" if self.calibration_name else ""
        return said("calibrated at {size}{name}", size=_size_text(self.calibrated.size), name=name)

    def text_for(self, size: tuple[int, int] | None) -> str:
        """The focal length in use and its source in a line; without a picture, the source."""
        if size is None:
            return self.label
        camera = self.camera_for(size)
        if self.calibrated is None:
            return said("f {focal:.0f} px · {lens}", focal=camera.focal_px, lens=self.label)
        return said(
            "f {focal:.0f} px · FOV {fov:.4g}°, {lens}",
            focal=camera.focal_px,
            fov=camera.fov_deg,
            lens=self.label,
        )


def kept_label(label: str) -> str:
    """A `label` as sessions keep it, in English, with the parts that the window translates."""
    for template in _ORIGIN_TEXTS.values():
        head, _, tail = template.partition("{fov:.4g}")
        fov = label.removeprefix(head).removesuffix(tail)
        if label == f"{head}{fov}{tail}" and fov.replace(".", "", 1).isdecimal():
            return said(template, fov=float(fov))
    return label


def fov_from_focal_px(focal_px: float, size: tuple[int, int]) -> float:
    """Field of view of the longer side, degrees, of a focal length in pixels of a picture.

    Raises:
        ValueError: if the focal length is not positive.
    """
    if not focal_px > 0:
        raise ValueError(f"focal length must be positive, got {focal_px} px")
    return math.degrees(2 * math.atan(max(size) / 2 / focal_px))


def fov_from_equivalent(focal_mm: float, size: tuple[int, int]) -> float:
    """Field of view of the longer side, degrees, of a 35 mm equivalent focal length.

    Equivalent means the same angle over the picture's diagonal, which on film is 43.3 mm. Makers
    state it for the whole sensor: a video that is cropped for steadiness has a longer lens.

    Args:
        focal_mm: as the maker states it.
        size: (width, height) of the picture; only its aspect ratio matters.

    Raises:
        ValueError: if the focal length is not positive.
    """
    if not focal_mm > 0:
        raise ValueError(f"35 mm equivalent must be positive, got {focal_mm} mm")
    return fov_from_focal_px(focal_mm * math.hypot(*size) / _FULL_FRAME_DIAGONAL_MM, size)


def equivalent_mm(camera: Camera) -> float:
    """35 mm equivalent focal length of a camera; inverse of `fov_from_equivalent`."""
    return camera.focal_px * _FULL_FRAME_DIAGONAL_MM / math.hypot(*camera.size)


def _size_text(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"
