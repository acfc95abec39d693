"""Floor estimate from people over time, with its uncertainty.

Three things tell of it. Feet: the lower ankle of each person stands near the floor, and one camera
sees its depth worst of all, with an error that belongs to the person more than to the frame. The
body: who stands is upright, so the way from the ankles to the shoulders points up. And habit: a
camera is usually about level, and about as high as a chest.

They are weighed as a maximum a posteriori estimate of pitch, roll, height, how far bodies seem to
lean towards the camera, and the scale of each person about the lens; iterated least squares with
robust weights, the persons' scales eliminated. Its inverse Hessian says how sure it is.
"""

import math
from dataclasses import dataclass, field, replace

import numpy as np

from das_app.motion.floor import (
    HIGHEST_MM,
    LOWEST_MM,
    STEEPEST_DEG,
    Floor,
    floor_at,
)
from das_app.motion.floor_evidence import (
    NEEDED_JOINTS,
    Evidence,
    Sighting,
    evidence_of,
    sighting_of,
    sums_by_person,
    unit,
)
from das_app.motion.kinematics import ANKLE_HEIGHT_MM, body_heights_mm
from das_app.words.said import said
from das_model.camera import Camera
from das_model.people import People

# Assumed, where nothing else is said; `scripts/benchmark_floor.py` scores them together.
_SPACING_S, _SURPRISE_S = 0.2, 0.4  # of a person's sightings; errors last this long
_MAX_SIGHTINGS, _MIN_SIGHTINGS = 600, 10  # in all; of a person whose size is told
_DEPTH_NOISE, _FOOT_NOISE_MM = 0.022, 30.0  # of a sighting; per unit of depth, and vertically
_LEAN_DEG = 5.0  # towards the camera, of all bodies alike: the model's
_PRIOR_PITCH_DEG, _PITCH_DEG, _ROLL_DEG = 8.0, 15.0, 4.0
_PRIOR_HEIGHT_MM, _HEIGHT_SPREAD = 1400.0, 0.5  # the spread is of the logarithm
_TOLD_HEIGHT, _TOLD_PITCH_DEG = 0.01, 0.5  # how exact is what a user says
_MAX_ROUNDS = 15
_SURE_DEG, _SURE_HEIGHT = 2.5, 0.1  # standard deviations of a floor that is known
_ABOVE, _BELOW = 2.0, 4.0  # standard deviations at which a foot counts a quarter
_ELSEWHERE = 30.0  # cost at which a person may as well stand on something else
_MAX_SCALE = 0.7  # logarithm
_MIN_DEG, _MIN_HEIGHT = 0.7, 0.04  # one camera knows no floor better


@dataclass(frozen=True, slots=True)
class ToldFloor:
    """The user's knowledge of the floor; None for unknown values.

    Args:
        height_mm: of the lens above the floor.
        pitch_deg: how far the camera looks down.

    Raises:
        ValueError: if the height is not from 0.1 to 50 m, or the pitch not from -80 to 80 degrees.
    """

    height_mm: float | None = None
    pitch_deg: float | None = None

    def __post_init__(self) -> None:
        if self.height_mm is not None and not LOWEST_MM <= self.height_mm <= HIGHEST_MM:
            raise ValueError(
                f"the camera's height must be from {LOWEST_MM / 1e3:g} to {HIGHEST_MM / 1e3:g} m, "
                f"got {self.height_mm / 1e3:g} m"
            )
        if self.pitch_deg is not None and not abs(self.pitch_deg) < STEEPEST_DEG:
            raise ValueError(
                f"the camera's tilt must be between -{STEEPEST_DEG:g} and {STEEPEST_DEG:g} "
                f"degrees, got {self.pitch_deg:g}"
            )


NOTHING_TOLD = ToldFloor()


@dataclass(frozen=True, eq=False, slots=True)
class FloorEstimate:
    """A floor and how sure it is.

    Args:
        floor: the most likely one.
        tilt_sd_deg: standard deviation of its tilt.
        height_sd_mm: of the lens above it.
        num_sightings: of people that it rests on.
        scales: by track id, how many times as large and as far away a person would stand on it.
    """

    floor: Floor
    tilt_sd_deg: float
    height_sd_mm: float
    num_sightings: int
    scales: dict[int, float]

    @property
    def is_sure(self) -> bool:
        """Whether it is good enough to be called known rather than guessed."""
        is_level = self.tilt_sd_deg <= _SURE_DEG
        return is_level and self.height_sd_mm <= _SURE_HEIGHT * self.floor.height_mm

    @property
    def label(self) -> str:
        """The floor in words, with how sure it is."""
        return said(
            "{floor} (tilt ±{tilt:.0f}°, height ±{height_cm:.0f} cm)",
            floor=self.floor.label,
            tilt=self.tilt_sd_deg,
            height_cm=self.height_sd_mm / 10,
        )


@dataclass(slots=True)
class FloorEstimator:
    """Gathers people over time and estimates the floor under them; one source, one lens.

    Args:
        told: what is known from elsewhere.
    """

    told: ToldFloor = NOTHING_TOLD
    _sightings: list[Sighting] = field(default_factory=list)
    _last_s: dict[int, float] = field(default_factory=dict)
    _num_strangers: int = 0
    _fit: "_Fit | None" = None
    _num_fitted: int = 0  # sightings when it was last sought from afar

    def __len__(self) -> int:
        return len(self._sightings)

    def clear(self) -> None:
        """Forget everybody: the camera moved, or another source or lens is in use."""
        self._sightings.clear()
        self._last_s.clear()
        self._fit, self._num_fitted = None, 0

    def add(self, people: People, camera: Camera, time_s: float) -> None:
        """Take in a frame's people, each at most five times a second.

        Args:
            people: in camera space, with track ids where there are any.
            camera: of the picture.
            time_s: of the frame; it may step back, as where a film begins again.
        """
        names = set(people.skeleton.joint_names)
        if not len(people) or not NEEDED_JOINTS <= names:
            return
        statures = body_heights_mm(people)
        for row, track_id in enumerate(people.track_ids.tolist()):
            worth = self._worth(track_id, time_s)
            if worth > 0 and (people.joints_cam[row, :, 2] > 0).all():
                if track_id < 0:
                    self._num_strangers += 1
                    track_id = -self._num_strangers
                self._sightings.append(
                    sighting_of(people, row, float(statures[row]), camera, track_id, worth)
                )
        if len(self._sightings) > _MAX_SIGHTINGS:
            self._thin_out()

    def forget(self, track_id: int) -> None:
        """Forget somebody, who has another size now."""
        self._sightings = [s for s in self._sightings if s.person != track_id]
        self._last_s.pop(track_id, None)

    @property
    def sightings(self) -> tuple[Sighting, ...]:
        """Of people, as far as they are remembered."""
        return tuple(self._sightings)

    def heights_mm(self) -> dict[int, float]:
        """Heights of people by track id: the median over enough sightings."""
        heights: dict[int, list[float]] = {}
        for sighting in self._sightings:
            if sighting.person >= 0 and math.isfinite(sighting.stature_mm):
                heights.setdefault(sighting.person, []).append(sighting.stature_mm)
        return {
            person: float(np.median(own))
            for person, own in heights.items()
            if len(own) >= _MIN_SIGHTINGS
        }

    def copied(self) -> "FloorEstimator":
        """The same people so far, for another thread to estimate the floor from."""
        return replace(self, _sightings=list(self._sightings), _last_s={})

    def go_on_from(self, copy: "FloorEstimator") -> None:
        """Begin the next estimate where a copy has ended."""
        self._fit, self._num_fitted = copy._fit, copy._num_fitted

    def estimate(self) -> FloorEstimate:
        """The most likely floor so far; from habit alone while nobody was seen."""
        evidence = evidence_of(list(self._sightings))
        best = self._best(evidence)
        pitch, roll, log_height, _ = best.values
        scales = best.scales
        if self.told.height_mm is None and evidence.num_people:  # people keep their usual size
            seen = (evidence.blur**2 * evidence.foot_noise.min(axis=1)) ** 2
            trust = sums_by_person(
                evidence.worth / seen, evidence
            )  # whose feet are near and in the picture
            common = np.average(scales, weights=trust)
            scales = scales - common
            drop_mm = (math.exp(log_height) - ANKLE_HEIGHT_MM) * math.exp(-common)
            log_height = math.log(max(drop_mm + ANKLE_HEIGHT_MM, LOWEST_MM))
        height_mm = float(np.clip(math.exp(log_height), LOWEST_MM, HIGHEST_MM))
        limit = math.radians(STEEPEST_DEG - 0.1)
        floor = floor_at(float(np.clip(pitch, -limit, limit)), float(roll), height_mm)
        covariance = best.covariance
        least = _MIN_HEIGHT if self.told.height_mm is None else 0.0
        tilt = math.sqrt(covariance[0, 0] + math.cos(pitch) ** 2 * covariance[1, 1])
        return FloorEstimate(
            floor,
            math.hypot(math.degrees(tilt), _MIN_DEG),
            height_mm * math.hypot(math.sqrt(covariance[2, 2]), least),
            len(self._sightings),
            dict(zip(evidence.ids.tolist(), np.exp(scales).tolist(), strict=True)),
        )

    def _best(self, evidence: Evidence) -> "_Fit":
        """The best fit: from the last one, and from afar each time that a third is new."""
        starts = [] if self._fit is None else [self._fit.values]
        is_new = len(evidence.worth) > 1.5 * self._num_fitted
        if is_new or not starts:
            starts += _starts(evidence, self.told)
            self._num_fitted = len(evidence.worth)
        fits = [_descend(start, evidence, self.told) for start in starts]
        self._fit = min(fits, key=lambda fit: fit.cost)
        return self._fit

    def _worth(self, track_id: int, time_s: float) -> float:
        """Weight of a sighting; 0 directly after the last one."""
        if track_id < 0:
            return 1.0
        since_s = time_s - self._last_s.get(track_id, -math.inf)
        if 0 <= since_s < _SPACING_S - 1e-3:
            return 0.0
        self._last_s[track_id] = time_s
        return min(since_s / _SURPRISE_S, 1.0) if since_s > 0 else 1.0

    def _thin_out(self) -> None:
        """Every other sighting goes, and its neighbour speaks for it."""
        self._sightings = [
            replace(sighting, worth=min(2 * sighting.worth, 1.0))
            for sighting in self._sightings[::2]
        ]


def _starts(evidence: Evidence, told: ToldFloor) -> list[np.ndarray]:
    """Where to begin, (4,) each: upright as the bodies say, the floor below most feet, and below
    nearly all."""
    pitch = math.radians(_PRIOR_PITCH_DEG if told.pitch_deg is None else told.pitch_deg)
    roll = 0.0
    if len(evidence.worth):
        up = unit(np.median(evidence.upright, axis=0) + [0.0, -1e-6, 0.0])
        limit = math.sin(math.radians(STEEPEST_DEG - 1))
        if told.pitch_deg is None:
            pitch = 0.5 * (pitch + math.asin(float(np.clip(-up[2], -limit, limit))))
        roll = math.atan2(-up[0], -up[1])
    if told.height_mm is not None or not len(evidence.worth):
        heights = np.array([told.height_mm or _PRIOR_HEIGHT_MM])
    else:
        below = (-evidence.ankles @ _up(pitch, roll)).max(axis=1)
        heights = np.quantile(below, [0.3, 0.6, 0.9]) + ANKLE_HEIGHT_MM
    heights = np.clip(heights, 2 * LOWEST_MM, HIGHEST_MM)
    return [np.array([pitch, roll, math.log(height), 0.0]) for height in heights]


@dataclass(frozen=True, eq=False, slots=True)
class _Fit:
    """Result of a descent: (4,) pitch, roll, log height, lean; (P,) log scales."""

    values: np.ndarray
    scales: np.ndarray
    cost: float
    covariance: np.ndarray  # (4, 4)


def _descend(start: np.ndarray, evidence: Evidence, told: ToldFloor) -> _Fit:
    """Iterated least squares."""
    values, scales = start, evidence.usual_scale
    for _ in range(_MAX_ROUNDS):
        hessian, gradient, back = _normal_equations(values, scales, evidence, told)
        step = np.clip(-np.linalg.solve(hessian, gradient), -0.2, 0.2)
        first, mixed, second = back
        scales = np.clip(scales - (first + mixed @ step) / second, -_MAX_SCALE, _MAX_SCALE)
        values = values + step
        if np.abs(step).max() < 1e-4:
            break
    hessian, _, _ = _normal_equations(values, scales, evidence, told)
    return _Fit(values, scales, _cost(values, scales, evidence, told), np.linalg.inv(hessian))


def _normal_equations(
    values: np.ndarray, scales: np.ndarray, evidence: Evidence, told: ToldFloor
) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Hessian (4, 4) and gradient (4,) with the persons' scales eliminated, and what brings the
    scales back: gradient (P,), mixed derivatives (P, 4), second derivatives (P,)."""
    habits, habit_slopes = _habits(values, told)
    weight = np.append(_weight(habits[:2]), [1.0, 1.0])  # cameras are mounted oddly now and then
    hessian = (habit_slopes.T * weight) @ habit_slopes
    gradient = habit_slopes.T @ (weight * habits)
    misfits, slopes, per_scale = _misfits(values, scales, evidence)
    feet = evidence.worth * _foot_weight(misfits[:, 0])
    feet *= np.exp(-_excess(misfits[:, 0], evidence) / _ELSEWHERE)[evidence.person]
    leans = evidence.worth * _weight(np.linalg.norm(misfits[:, 1:], axis=1))
    weights, rows = np.column_stack([feet, leans, leans]).ravel(), slopes.reshape(-1, 4)
    hessian += (rows.T * weights) @ rows
    gradient += rows.T @ (weights * misfits.ravel())
    pull = feet * per_scale
    away = (scales - evidence.usual_scale) / evidence.scale_sd**2
    first = sums_by_person(pull * misfits[:, 0], evidence) + away
    second = sums_by_person(pull * per_scale, evidence) + evidence.scale_sd**-2
    mixed = np.stack([sums_by_person(pull * slopes[:, 0, k], evidence) for k in range(4)], axis=1)
    hessian -= (mixed.T / second) @ mixed
    gradient -= (mixed.T / second) @ first
    return hessian, gradient, (first, mixed, second)


def _misfits(
    values: np.ndarray, scales: np.ndarray, evidence: Evidence
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(N, 3) in standard deviations: the foot, positive below the floor, the body across and in
    depth; (N, 3, 4) their slopes; (N,) the foot's slope by the person's scale."""
    pitch, roll, log_height, lean = values
    up, turns = _up(pitch, roll), _up_slopes(pitch, roll)
    height = math.exp(log_height)
    drop = height - ANKLE_HEIGHT_MM
    both = -evidence.ankles @ up  # (N, 2) below the lens
    rows, lower = np.arange(len(both)), both.argmax(axis=1)
    feet, noise = evidence.ankles[rows, lower], evidence.foot_noise[rows, lower]
    sd = noise * evidence.blur * math.hypot(_DEPTH_NOISE * drop, _FOOT_NOISE_MM)
    growth = np.exp(scales[evidence.person]) / sd
    below = both[rows, lower] * growth
    side = np.cross(up, evidence.rays)
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    ahead = np.cross(side, up)
    across = np.arcsin(np.clip((evidence.upright * side).sum(axis=1), -1, 1))
    deep = np.arctan2((evidence.upright * ahead).sum(axis=1), evidence.upright @ up) + lean
    misfits = np.column_stack([below - drop / sd, np.column_stack([across, deep]) / evidence.sd])
    slopes = np.zeros((len(rows), 3, 4))
    slopes[:, 0, :2] = -(feet @ turns.T) * growth[:, None]
    slopes[:, 0, 2] = -height / sd
    slopes[:, 1, :2] = -(side @ turns.T) / evidence.sd[:, :1]
    slopes[:, 2, :2] = -(ahead @ turns.T) / evidence.sd[:, 1:]
    slopes[:, 2, 3] = 1 / evidence.sd[:, 1]
    return misfits, slopes, below


def _habits(values: np.ndarray, told: ToldFloor) -> tuple[np.ndarray, np.ndarray]:
    """Misfits (4,) of what is usual or told, in standard deviations, and their slopes (4, 4)."""
    pitch, roll, log_height, lean = values
    usual_pitch, pitch_sd = _PRIOR_PITCH_DEG, _PITCH_DEG
    if told.pitch_deg is not None:
        usual_pitch, pitch_sd = told.pitch_deg, _TOLD_PITCH_DEG
    height, spread = _PRIOR_HEIGHT_MM, _HEIGHT_SPREAD
    if told.height_mm is not None:
        height, spread = told.height_mm, _TOLD_HEIGHT
    sd = np.array(
        [math.radians(pitch_sd), math.radians(_ROLL_DEG), spread, math.radians(_LEAN_DEG)]
    )
    away = np.array([pitch - math.radians(usual_pitch), roll, log_height - math.log(height), lean])
    return away / sd, np.diag(1 / sd)


def _cost(values: np.ndarray, scales: np.ndarray, evidence: Evidence, told: ToldFloor) -> float:
    misfits, _, _ = _misfits(values, scales, evidence)
    excess = _excess(misfits[:, 0], evidence)
    spared = excess - _ELSEWHERE * (1 - np.exp(-excess / _ELSEWHERE))
    leans = (misfits[:, 1:] ** 2).sum(axis=1)
    cost = evidence.worth @ (_foot_cost(misfits[:, 0]) + np.log1p(leans)) - spared.sum()
    habits = _habits(values, told)[0] ** 2
    cost += np.log1p(habits[:2]).sum() + habits[2:].sum()
    return float(cost + (((scales - evidence.usual_scale) / evidence.scale_sd) ** 2).sum())


def _weight(misfits: np.ndarray) -> np.ndarray:
    """Of Cauchy's loss: what is far off says little."""
    return 1 / (1 + misfits**2)


def _foot_weight(misfits: np.ndarray) -> np.ndarray:
    """Of Geman and McClure's loss: what is far off says nothing. People jump and stand on walls,
    but nobody sinks into a floor."""
    limit = np.where(misfits > 0, _BELOW, _ABOVE)
    return 1 / (1 + (misfits / limit) ** 2) ** 2


def _foot_cost(misfits: np.ndarray) -> np.ndarray:
    limit = np.where(misfits > 0, _BELOW, _ABOVE)
    return misfits**2 / (1 + (misfits / limit) ** 2)


def _excess(misfits: np.ndarray, evidence: Evidence) -> np.ndarray:
    """(P,) how much more than usual a person's feet cost."""
    return np.maximum(sums_by_person(evidence.worth * (_foot_cost(misfits) - 1), evidence), 0.0)


def _up(pitch: float, roll: float) -> np.ndarray:
    return np.array(
        [-math.sin(roll) * math.cos(pitch), -math.cos(roll) * math.cos(pitch), -math.sin(pitch)]
    )


def _up_slopes(pitch: float, roll: float) -> np.ndarray:
    """(2, 3): how up changes with pitch and roll."""
    sin, cos = math.sin(pitch), math.cos(pitch)
    return np.array(
        [
            [math.sin(roll) * sin, math.cos(roll) * sin, -cos],
            [-math.cos(roll) * cos, math.sin(roll) * cos, 0.0],
        ]
    )
