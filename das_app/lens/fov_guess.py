"""Field of view guessed from people who walk on a floor: a hint for the user, applied by nobody.

The model tells distance over focal length, so a wrong focal length stretches the room along the
view and leaves people as they are. A floor that the camera looks down at then has two slopes: that
of the feet, which are stretched apart, and that of the bodies, which stand upright on it. Their
ratio is the true focal length over the one in use. A level camera tells nothing, nor do people who
all stay at one distance.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from das_app.lens.intrinsics import fov_from_focal_px
from das_app.motion.floor_evidence import Sighting
from das_model.camera import Camera

# Assumed, as for the floor; docs/model_card.md tells what a model does to bodies and distances.
_MIN_SIGHTINGS = 40  # sightings
_FOOT_NOISE_MM, _SCALE_NOISE = 60.0, 0.06  # of a sighting; of a person about the lens
_LEAN_DEG, _OWN_LEAN_DEG = 5.0, 4.0  # towards the camera: of all bodies alike, of a person
_OUTLIER = 2.0  # standard deviations at which a foot counts half
_MIN_TILT_DEG, _MIN_RANGE = 6.0, 0.3  # of the camera; of distances, as a share of their middle
_MAX_UNSURE = 0.45  # standard deviation of the logarithm of the focal length
_NUM_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class FovGuess:
    """Guessed field of view of the picture's longer side, degrees.

    Args:
        fov_deg: the likeliest.
        low_deg: it is above this, and below `high_deg`, with a chance of about two in three.
        high_deg: likewise.
    """

    fov_deg: float
    low_deg: float
    high_deg: float


def guess_fov(sightings: Sequence[Sighting], camera: Camera) -> FovGuess | None:
    """Field of view by people who stand at different distances; None where they do not tell.

    Args:
        sightings: of people through `camera`.
        camera: in use, whose focal length may be wrong.
    """
    if len(sightings) < _MIN_SIGHTINGS:
        return None
    _, person = np.unique([s.person for s in sightings], return_inverse=True)
    upright = np.array([s.upright for s in sightings])
    trust = np.array([s.upright_deg[1] for s in sightings]) ** -2.0
    up = np.average(upright, axis=0, weights=trust)
    up /= np.linalg.norm(up)
    tilt = math.asin(-up[2])
    ankles = np.array([s.ankles for s in sightings])  # (N, 2, 3)
    lower = (ankles @ up).argmin(axis=1)
    feet = ankles[np.arange(len(ankles)), lower]
    noise = np.array([s.foot_noise for s in sightings])[np.arange(len(ankles)), lower]
    near, middle, far = np.percentile(feet[:, 2], (10, 50, 90))
    if abs(math.degrees(tilt)) < _MIN_TILT_DEG or far - near < _MIN_RANGE * middle:
        return None
    slope, slope_sd = _slope(feet, noise, person)
    body_slope = up[2] / -up[1]  # of a floor that these bodies stand upright on
    num_people = person.max() + 1
    lean = math.radians(math.hypot(_LEAN_DEG, _OWN_LEAN_DEG / math.sqrt(num_people)))
    ratio = slope / body_slope
    if ratio <= 0:
        return None
    unsure = math.hypot(slope_sd / slope, lean / (math.cos(tilt) * math.sin(tilt)))
    if unsure > _MAX_UNSURE:
        return None
    focal_px = ratio * camera.focal_px
    low, likely, high = (
        fov_from_focal_px(focal_px * math.exp(sign * unsure), camera.size) for sign in (1, 0, -1)
    )
    return FovGuess(likely, low, high)


def _slope(feet: np.ndarray, noise: np.ndarray, person: np.ndarray) -> tuple[float, float]:
    """How steeply the floor of (N, 3) feet comes down along the view, in camera space, and the
    standard deviation of it.

    A plane through the feet by least squares, robust, in which each person may be a little larger
    or smaller than seen, which shifts their feet along the ray.

    Args:
        feet: mm.
        noise: (N,) of each, 1 is usual.
        person: (N,) number of whose they are.
    """
    sides = np.column_stack([feet[:, 0], feet[:, 2], np.ones(len(feet))])
    sd = _FOOT_NOISE_MM * noise
    weights, plane = np.ones(len(feet)), np.zeros(3)
    covariance = np.eye(3)
    for _ in range(_NUM_ROUNDS):
        precision = weights / sd**2
        own_sd = _SCALE_NOISE * max(abs(plane[2]), 500.0)  # of a person, across the floor
        total = np.bincount(person, precision)
        shared = (own_sd**-2 + total) ** -0.5
        normal, right = sides.T @ (precision[:, None] * sides), sides.T @ (precision * feet[:, 1])
        for number, share in enumerate(shared):  # the person's own shift is averaged out
            rows = person == number
            own = share * (precision[rows, None] * sides[rows]).sum(axis=0)
            normal -= np.outer(own, own)
            right -= own * share * (precision[rows] * feet[rows, 1]).sum()
        covariance = np.linalg.pinv(normal)
        plane = covariance @ right
        away = feet[:, 1] - sides @ plane
        sums = np.bincount(person, precision * away)
        away -= (sums * shared**2)[person]
        weights = 1 / (1 + (away / (_OUTLIER * sd)) ** 2)
    return float(plane[1]), math.sqrt(max(covariance[1, 1], 0.0))
