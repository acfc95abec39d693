"""Ignored places: zones of the image, and distances that are too near or too far.

An audience, a mirror or a television is full of people whom nobody wants. They are left out before
tracking, so they have no ids and are neither shown nor recorded nor streamed.
"""

import re
from dataclasses import dataclass, field

import numpy as np

from das_model.camera import Camera
from das_model.people import People

Zone = tuple[tuple[float, float], ...]  # corners, as shares of the picture's width and height
MIN_MM, MAX_MM = 100.0, 100_000.0
MAX_ZONES, _MAX_CORNERS = 50, 100
_MIN_AREA = 1e-5  # of the picture
_MIN_FOOT_SCORE = 0.1  # a foot that was made up is in no zone
_TRUNK = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")
_FEET = ("left_ankle", "right_ankle")
_NUMBER = r"\d{1,6}(?:\.\d+)?"


@dataclass(frozen=True, slots=True)
class Ignored:
    """Places in which people are ignored.

    Args:
        zones: polygons of three corners or more in the picture; who has the middle of the trunk
            in one of them is left out, or both feet.
        nearest_mm: nearer people are left out, by the distance from the lens to their root.
        farthest_mm: further people are left out.

    Raises:
        ValueError: if a corner is outside the picture, a zone has no area, or a distance is not
            from 0.1 to 100 m, or the nearest is not below the farthest.
    """

    zones: tuple[Zone, ...] = field(default=())
    nearest_mm: float | None = None
    farthest_mm: float | None = None

    def __post_init__(self) -> None:
        if len(self.zones) > MAX_ZONES:
            raise ValueError(f"at most {MAX_ZONES} zones are ignored, got {len(self.zones)}")
        for zone in self.zones:
            _check(zone)
        for name, value in (("nearest", self.nearest_mm), ("farthest", self.farthest_mm)):
            if value is not None and not MIN_MM <= value <= MAX_MM:
                raise ValueError(
                    f"the {name} distance must be from {MIN_MM / 1e3:g} to {MAX_MM / 1e3:g} m, "
                    f"got {value / 1e3:g} m"
                )
        near, far = self.nearest_mm, self.farthest_mm
        if near is not None and far is not None and near >= far:
            raise ValueError(
                "the nearest distance must be below the farthest, "
                f"got {near / 1e3:g} m and {far / 1e3:g} m"
            )

    def __bool__(self) -> bool:
        return self != NOTHING_IGNORED

    def keeps(self, people: People, camera: Camera | None) -> np.ndarray:
        """(P,) bool: who is not left out; without a camera there are no zones."""
        away_mm = np.linalg.norm(people.root_cam, axis=-1)
        keeps = (away_mm >= (self.nearest_mm or 0.0)) & (
            away_mm <= (self.farthest_mm or float("inf"))
        )
        if camera is None or not self.zones or not len(people):
            return keeps
        places = (people.joints_px(camera) + 0.5) / np.array(camera.size)  # (P, J, 2)
        names = people.skeleton.joint_names
        trunk = [names.index(name) for name in _TRUNK if name in names]
        feet = [names.index(name) for name in _FEET if name in names]
        middle = places[:, trunk or [people.skeleton.root]].mean(axis=1)
        middle = np.clip(middle, 0.0, 1.0)  # beyond the rim is as at the rim
        in_zone = np.zeros(len(people), bool)
        for zone in self.zones:
            in_zone |= inside(zone, middle)
            if feet:
                is_seen = (people.joint_scores[:, feet] >= _MIN_FOOT_SCORE).all(axis=1)
                in_zone |= inside(zone, places[:, feet]).all(axis=1) & is_seen
        return keeps & ~in_zone

    @property
    def text(self) -> str:
        """All of it in a line, for people and for `ignored_of`; empty for nothing."""
        parts = [f"zone {zone_text(zone)}" for zone in self.zones]
        if self.nearest_mm is not None:
            parts.append(f"nearer than {self.nearest_mm / 1e3:g} m")
        if self.farthest_mm is not None:
            parts.append(f"further than {self.farthest_mm / 1e3:g} m")
        return "; ".join(parts)


NOTHING_IGNORED = Ignored()


def ignored_of(text: str) -> Ignored:
    """Inverse of `Ignored.text`.

    Raises:
        ValueError: if it is not such a text.
    """
    zones, distances = [], {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        found = re.fullmatch(rf"(nearer|further) than ({_NUMBER}) m", part)
        if part.startswith("zone "):
            zones.append(zone_of(part.removeprefix("zone ")))
        elif found:
            distances["nearest_mm" if found[1] == "nearer" else "farthest_mm"] = 1e3 * float(
                found[2]
            )
        else:
            raise ValueError(f"expected `zone X,Y,...` or `nearer than 1 m`, got {part!r}")
    return Ignored(tuple(zones), **distances)


def zone_text(zone: Zone) -> str:
    """Corners as X,Y,X,Y,..."""
    return ",".join(f"{value:.4g}" for corner in zone for value in corner)


def zone_of(text: str) -> Zone:
    """A zone from X,Y,X,Y,... in shares of the picture: two opposite corners of a rectangle, or
    three and more of a polygon.

    Raises:
        ValueError: if it is none.
    """
    try:
        values = [float(value) for value in text.split(",")]
    except ValueError:
        values = []
    if len(values) < 4 or len(values) % 2:
        raise ValueError(
            "a zone is X,Y,X,Y, opposite corners of a rectangle, or X,Y,X,Y,X,Y,... of a polygon, "
            f"in shares of the picture from 0 to 1; got {text!r}"
        )
    corners = tuple(zip(values[::2], values[1::2], strict=True))
    zone = rectangle(*corners) if len(corners) == 2 else corners
    _check(zone)
    return zone


def rectangle(first: tuple[float, float], second: tuple[float, float]) -> Zone:
    """The zone between two opposite corners."""
    (left, right), (top, bottom) = (sorted(pair) for pair in zip(first, second, strict=True))
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def area(zone: Zone) -> float:
    """Share of the picture that a polygon covers."""
    x, y = np.array(zone, dtype=float).T
    return 0.5 * abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1)))


def inside(zone: Zone, points: np.ndarray) -> np.ndarray:
    """(...) bool: whether points (..., 2) lie in a polygon, by the even-odd rule; NaN does not."""
    x, y = points[..., 0], points[..., 1]
    is_in = np.zeros(x.shape, bool)
    for (x0, y0), (x1, y1) in zip(zone, zone[1:] + zone[:1], strict=True):
        if y0 != y1:
            crosses = (y0 > y) != (y1 > y)
            is_in ^= crosses & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    return is_in


def _check(zone: Zone) -> None:
    if not 3 <= len(zone) <= _MAX_CORNERS:
        raise ValueError(f"a zone has 3 to {_MAX_CORNERS} corners, got {len(zone)}")
    if not all(0 <= value <= 1 for corner in zone for value in corner):
        raise ValueError(
            f"corners of a zone are shares of the picture from 0 to 1, got {zone_text(zone)}"
        )
    if area(zone) < _MIN_AREA:
        raise ValueError(f"a zone must have an area, got {zone_text(zone)}")
