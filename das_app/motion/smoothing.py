"""Smoothing of tracked people by Kalman filters, aware of time and of how well joints were seen.

A model with one camera sees places in the picture well and depth badly. So a person is filtered
as they were seen: the root's distance by itself and strongly; places in the picture, and depths
relative to the root's, joint by joint. Each value is followed with its speed, so that steady
motion is not late; a joint of which the model is unsure moves less; and where what is seen keeps
being off on one side, the filter doubts itself and follows at once (as in a strong tracking
filter, Zhou and Frank, 1996). Filtering the distance moves nobody in the picture.

A fast hand is blurred and has hardly a score, though the lifting places it well. So the lifting's
own word on how far off a joint may be counts instead of the score, where there is one.

A speed that runs on overshoots. So what is shown stays inside what was seen lately, but for the
noise of a sighting; a filter that would leave it was wrong about its speed, which then ends.

Of an error of depth, a part shows in the size of the body, whose bones do not grow: it is taken
back before.
"""

from dataclasses import dataclass, replace

import numpy as np

from das_app.motion.kinematics import bone_lengths
from das_app.motion.track_memory import MIN_STEP_S, TrackMemory
from das_model.people import People
from das_model.skeleton import Skeleton

# Assumed, where nothing else is said; `scripts/benchmark_smoothing.py` scores them together.
DISTANCE_STRENGTH, LIMB_STRENGTH = 0.6, 0.4  # usual ones
_NOISE_RANGE = 100.0  # from strength 0 to 1
_NEAREST_MM = 100.0  # the filter divides by depth: nearer joints are left as they are
_FAIR_SCORE = 0.25  # of a joint; with less its noise grows, if there is no word on its spread
# 0.6 halves how far the distance wanders on the bundled clip (docs/people_and_camera.md)
_SIZE_TELLS, _SIZE_S = 0.6, 3.0  # part of a depth error that shows in the size; its memory
_LIKELY_SIZE = 0.1  # by how much a size is off as a whole; by more, limbs were seen wrongly
_USUAL_DEPTH_SPREAD, _SURER, _LESS_SURE = 0.06, 0.7, 3.0  # shares of the depth; times the noise
_USUAL_SPREAD_MM = 80.0  # of a joint from the root
_SIZE_JOINTS = ("spine", "neck", "shoulder", "hip", "knee", "ankle")  # ends of bones seen well
_FLICKER, _FLICKER_S = 4.0, 1.0  # how much the variance found is taken for; its memory
_DOUBT, _MAX_DOUBT = 1.0, 50.0  # surprises, in variances, that make the filter doubt itself
_LATELY_S = 0.5  # memory of the range of what was seen


@dataclass(frozen=True, slots=True)
class _Motion:
    """Motion and noise model of a kind of value.

    Args:
        noise: standard deviation of a sighting at usual strength, m, or a share for distances.
        restless: acceleration of what rests, m/s^2.
        lively: acceleration more per m/s of speed, 1/s.
        coast_s: how long a speed lasts.
    """

    noise: float
    restless: float
    lively: float
    coast_s: float


_DISTANCE = _Motion(noise=0.02, restless=0.15, lively=0.0, coast_s=0.6)
_ACROSS = _Motion(noise=0.004, restless=0.25, lively=8.0, coast_s=0.1)
_RELATIVE_DEPTH = _Motion(noise=0.02, restless=0.5, lively=8.0, coast_s=0.1)


@dataclass(frozen=True, slots=True)
class SmoothingConfig:
    """Strengths of the smoothing.

    Args:
        distance_strength: of the root's distance along the ray, from 0, off, to 1.
        limb_strength: of all else, from 0, off, to 1.

    Raises:
        ValueError: if a strength is not inside [0, 1].
    """

    distance_strength: float = DISTANCE_STRENGTH
    limb_strength: float = LIMB_STRENGTH

    def __post_init__(self) -> None:
        for name in ("distance_strength", "limb_strength"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} must be from 0 to 1, got {getattr(self, name)}")


# values, speeds and last surprises (N, C, D); (N, C, 3) covariance; what was seen last and how it
# had changed (N, C, D); (N, C) variance of what is new in every frame; least and greatest of what
# was seen lately (N, C, D)
Filtered = tuple[np.ndarray, ...]
_PARTS = 9


def started(seen: np.ndarray, noise: np.ndarray) -> Filtered:
    """A filter that begins with what is seen, (N, C, D), with noise (N, C): at rest."""
    covariance = np.stack([noise**2, np.zeros_like(noise), (20 * noise) ** 2], axis=-1)
    rest = np.zeros_like(seen)
    return seen, rest, rest, covariance, seen, rest, np.zeros_like(noise), seen, seen


def kalman(
    before: Filtered,
    seen: np.ndarray,
    noise: np.ndarray,
    step_s: np.ndarray,
    motion: _Motion,
    metre: np.ndarray | float = 1.0,
) -> Filtered:
    """One step; all D values of a point share its uncertainty.

    Args:
        before: as `started` gives it, a step ago; a covariance is the variance of a value, its
            covariance with the speed, and the variance of the speed.
        seen: (N, C, D) values now.
        noise: (N, C) standard deviation of what is seen.
        step_s: (N,) positive.
        motion: how such values move.
        metre: (N, 1) in the unit of the values, or 1.

    Returns:
        The same, now.
    """
    value, speed, last_surprise, covariance, last_seen, last_change, flicker, least, most = before
    # what changes to and fro is noise of single frames, what goes on changing is motion
    change = seen - last_seen
    to_and_fro = -(change * last_change).mean(axis=-1)
    flicker = flicker + (1 - np.exp(-step_s / _FLICKER_S))[:, None] * (to_and_fro - flicker)
    noise = np.where(noise > 0, np.sqrt(noise**2 + _FLICKER * np.maximum(flicker, 0)), 0.0)
    step = step_s[:, None]
    keep = np.exp(-step / motion.coast_s)
    lead = motion.coast_s * (1 - keep)
    push = motion.restless * metre + motion.lively * np.linalg.norm(speed, axis=-1)
    of_value, mixed, of_speed = np.moveaxis(covariance, -1, 0)
    value = value + lead[..., None] * speed
    speed = keep[..., None] * speed
    of_value = of_value + 2 * lead * mixed + lead**2 * of_speed + push**2 * step**4 / 4
    mixed = keep * (mixed + lead * of_speed) + push**2 * step**3 / 2
    of_speed = keep**2 * of_speed + push**2 * step**2
    surprise = seen - value
    # two surprises the same way are motion; one alone is an error of a single frame
    share = (surprise * last_surprise).mean(axis=-1) / (of_value + noise**2)
    doubt = np.clip(share / _DOUBT, 1.0, _MAX_DOUBT)
    of_value, mixed, of_speed = of_value * doubt, mixed * doubt, of_speed * doubt
    total = of_value + noise**2
    gain, speed_gain = of_value / total, mixed / total
    value = value + gain[..., None] * surprise
    speed = speed + speed_gain[..., None] * surprise
    left = np.stack(
        [(1 - gain) * of_value, (1 - gain) * mixed, of_speed - speed_gain * mixed], axis=-1
    )
    forget = (1 - np.exp(-step / _LATELY_S))[..., None]
    least = np.minimum(seen, least + forget * (seen - least))
    most = np.maximum(seen, most + forget * (seen - most))
    margin = np.minimum(noise, motion.noise * metre)[..., None]
    inside = np.clip(value, least - margin, most + margin)
    speed = np.where(inside == value, speed, 0.0)
    return inside, speed, surprise, left, seen, change, flicker, least, most


class Smoother:
    """Smooths people by their track ids, frame by frame; people without an id stay as they are.

    A step back in time begins anew, so do people of other joints, as after a change of the model,
    and a track that was not seen for a second.
    """

    def __init__(self) -> None:
        self._memory = TrackMemory()
        self._skeleton = Skeleton(("pelvis",))
        self._size_bones: list[int] = []

    def __call__(
        self, people: People, time_s: float, config: SmoothingConfig = SmoothingConfig()
    ) -> People:
        """The people of the next frame, smoothed.

        Args:
            people: P tracked people in camera space.
            time_s: of their frame, on any one clock.
            config: strengths.

        Returns:
            The same people in the same order with other `joints_cam`.
        """
        if people.skeleton.joint_names != self._skeleton.joint_names:
            self._take_up(people.skeleton)
        can_be = (people.track_ids >= 0) & (people.joints_cam[..., 2] > _NEAREST_MM).all(axis=1)
        rows = np.flatnonzero(can_be)
        ids, joints = people.track_ids[rows], people.joints_cam[rows].astype(np.float64)
        root = people.skeleton.root
        distance, across, relative_depth = _seen(joints, root)
        size = self._log_sizes(joints)
        distance_factor = _factor(config.distance_strength, DISTANCE_STRENGTH)
        limb_factor = _factor(config.limb_strength, LIMB_STRENGTH)
        metre = 1e3 / joints[:, root, 2:]  # in units of the root's depth
        far, unsure = _doubtful(people, rows)
        noises = (
            _DISTANCE.noise * distance_factor * far[:, None],
            _ACROSS.noise * limb_factor * metre * np.insert(unsure, 0, unsure[:, root], axis=1),
            _RELATIVE_DEPTH.noise * limb_factor * metre * unsure,
        )
        fresh = (
            *started(distance, noises[0]),
            *started(across, noises[1]),
            *started(relative_depth, noises[2]),
            np.column_stack([size, np.ones(len(rows))]),
        )
        kept, known, step_s = self._memory.recall(ids, time_s, fresh)
        sizes = _usual_sizes(kept[-1], size, step_s)
        if config.distance_strength > 0:
            off = size - sizes[:, 0]
            told = _SIZE_TELLS * off / (1 + (off / _LIKELY_SIZE) ** 4)
            distance = distance - told[:, None, None]
        now: Filtered = (
            *kalman(kept[:_PARTS], distance, noises[0], step_s, _DISTANCE),
            *kalman(kept[_PARTS : 2 * _PARTS], across, noises[1], step_s, _ACROSS, metre),
            *kalman(
                kept[2 * _PARTS : -1], relative_depth, noises[2], step_s, _RELATIVE_DEPTH, metre
            ),
            sizes,
        )
        is_new = known & (step_s > MIN_STEP_S)  # not the same frame again
        if not is_new.all():
            pairs = zip(now, kept, strict=True)
            now = tuple(np.where(_like(is_new, new), new, before) for new, before in pairs)
        self._memory.keep(ids, time_s, now)
        joints_cam = people.joints_cam.copy()
        smooth = _joints_cam(now[0], now[_PARTS], now[2 * _PARTS])
        joints_cam[rows[known]] = smooth[known]
        return replace(people, joints_cam=joints_cam)

    def _take_up(self, skeleton: Skeleton) -> None:
        self._memory, self._skeleton = TrackMemory(), skeleton
        self._size_bones = [
            row
            for row, (_, child) in enumerate(skeleton.bones)
            if skeleton.joint_names[child].split("_")[-1] in _SIZE_JOINTS
        ]

    def _log_sizes(self, joints: np.ndarray) -> np.ndarray:
        """(N,) logarithm of the bones' lengths together; 0 where there are no such bones."""
        if not self._size_bones:
            return np.zeros(len(joints))
        lengths = bone_lengths(joints, self._skeleton)[:, self._size_bones].sum(axis=1)
        return np.log(np.maximum(lengths, 1.0))


def _factor(strength: float, usual: float) -> float:
    """Factor on the noise; 0 at strength 0 lets everything through."""
    return _NOISE_RANGE ** (strength - usual) if strength > 0 else 0.0


def _usual_sizes(before: np.ndarray, size: np.ndarray, step_s: np.ndarray) -> np.ndarray:
    """(N, 2) mean of the last seconds, and how many sightings it is over."""
    usual, count = before.T
    share = np.maximum(1 / (count + 1), 1 - np.exp(-step_s / _SIZE_S))
    off = np.clip(size - usual, -_LIKELY_SIZE, _LIKELY_SIZE)
    return np.column_stack([usual + share * off, count + 1])


def _doubtful(people: People, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many times the usual noise the distances (N,) of people have, 1 where the model tells
    nothing, and their joints (N, J), by their scores there, as is the root."""
    root, scores = people.skeleton.root, people.joint_scores[rows].astype(np.float64)
    by_score = np.hypot(1.0, _FAIR_SCORE / np.maximum(scores, 1e-3))
    if people.joint_spread_mm is None:
        return np.ones(len(rows)), by_score
    spread_mm = people.joint_spread_mm[rows].astype(np.float64)
    far = spread_mm[:, root] / people.joints_cam[rows, root, 2] / _USUAL_DEPTH_SPREAD
    far = np.where(np.isnan(far), 1.0, np.clip(far, _SURER, _LESS_SURE))
    spread_mm[:, root] = np.nan
    by_spread = np.clip(spread_mm / _USUAL_SPREAD_MM, _SURER, _LESS_SURE)
    return far, np.where(np.isnan(by_spread), by_score, by_spread)


def _like(known: np.ndarray, values: np.ndarray) -> np.ndarray:
    return known.reshape(-1, *[1] * (values.ndim - 1))


def _seen(joints_cam: np.ndarray, root: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(N, J, 3) mm, all in front of the camera, as the filter sees them.

    Returns:
        (N, 1, 1) ln z of the root; (N, 1 + J, 2) x / z, y / z of the root and of the joints, less
        the root's; (N, J, 1) z of the joints over z of the root.
    """
    depth = joints_cam[..., 2:]
    in_picture = joints_cam[..., :2] / depth
    at_root = in_picture[:, root : root + 1]
    return (
        np.log(depth[:, root : root + 1]),
        np.concatenate([at_root, in_picture - at_root], axis=1),
        depth / depth[:, root : root + 1],
    )


def _joints_cam(
    distance: np.ndarray, across: np.ndarray, relative_depth: np.ndarray
) -> np.ndarray:
    """Inverse of `_seen`."""
    depth = np.exp(distance) * relative_depth
    return np.concatenate([(across[:, :1] + across[:, 1:]) * depth, depth], axis=-1)
