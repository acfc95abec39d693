"""Tracks: state of each tracked person, with Kalman prediction and update.

A person's root is followed as (x / z, y / z, ln z): there the errors of a model with one camera
are alike everywhere, small across the ray and several per cent of the distance along it. Each of
the three is a Kalman filter with constant velocity.
"""

from dataclasses import dataclass, fields, replace

import numpy as np

from das_app.motion.clothes import mixed, unknown_colours
from das_model.people import People

# Assumed; `scripts/benchmark_tracking.py` scores them together.
_ACROSS_NOISE_MM = 40.0  # of a measured root, one standard deviation
_ALONG_NOISE = 0.08  # likewise along the ray, share of the distance
_ACCELERATION_MM_S2 = 3000.0  # of walking people
_FIRST_SPEED_MM_S = 1000.0  # standard deviation of a speed not seen yet
_KEEPS_WAY_S = 1.2  # in which people lose most of their speed, or turn
NEAREST_MM = 100.0  # a root nearer than this is taken to be there
_NUM_MEANT = 20  # sightings that the means of bones and colours go over


@dataclass(frozen=True, eq=False, slots=True)
class Tracks:
    """T tracks as they were when each was last seen.

    Args:
        ids: (T,) int64.
        seen_s: (T,).
        place: (T, 3) x / z, y / z, ln z.
        speed: (T, 3) per second.
        covariance: (T, 3, 3): for each of the three, of place, of both, of speed.
        joints_rel: (T, J, 3) mm.
        num_seen: (T,) sightings.
        evidence: (T,) sum of their scores.
        bones_mm: (T, B) mean lengths, in the order of `Skeleton.bones`.
        colours: (T, parts, C) mean of `clothes_colours`.
    """

    ids: np.ndarray
    seen_s: np.ndarray
    place: np.ndarray
    speed: np.ndarray
    covariance: np.ndarray
    joints_rel: np.ndarray
    num_seen: np.ndarray
    evidence: np.ndarray
    bones_mm: np.ndarray
    colours: np.ndarray

    def select(self, which: np.ndarray) -> "Tracks":
        """The tracks of these rows, or those where `which` is True."""
        return Tracks(*(getattr(self, field.name)[which] for field in fields(self)))

    def joined(self, other: "Tracks") -> "Tracks":
        """These tracks and then others."""
        pairs = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return Tracks(*(np.concatenate(pair) for pair in pairs))

    def standing(self, seen_s: float) -> "Tracks":
        """These tracks as if last seen at a time, standing still."""
        times_s = np.full(len(self.ids), seen_s)
        return replace(self, seen_s=times_s, speed=np.zeros_like(self.speed))


def first_sight(people: People, ids: np.ndarray, time_s: float) -> Tracks:
    """Tracks of people as seen now and never before, their colours not known."""
    root = people.root_cam.astype(np.float64)
    depth = np.maximum(root[:, 2:], NEAREST_MM)
    covariance = np.zeros((len(people), 3, 3))
    covariance[:, :, 0] = _measured_variance(depth)
    covariance[:, :, 2] = (_FIRST_SPEED_MM_S / depth) ** 2
    parents, children = np.array(people.skeleton.bones).T
    joints_rel = people.joints_rel.astype(np.float64)
    return Tracks(
        ids,
        np.full(len(people), float(time_s)),
        np.concatenate([root[:, :2] / depth, np.log(depth)], axis=1),
        np.zeros((len(people), 3)),
        covariance,
        joints_rel,
        np.ones(len(people), dtype=np.int64),
        people.scores.astype(np.float64),
        np.linalg.norm(joints_rel[:, children] - joints_rel[:, parents], axis=-1),
        unknown_colours(len(people)),
    )


def predicted_at(tracks: Tracks, time_s: float, usual_s: float) -> Tracks:
    """Where the tracks should be at `time_s`; `seen_s` stays. A speed known from frames that are
    usually far apart, `usual_s`, says little of the next."""
    gap = np.abs(time_s - tracks.seen_s)[:, None]
    depth = np.exp(tracks.place[:, 2:])
    jolt = (_ACCELERATION_MM_S2 / depth) ** 2
    of_place, of_both, of_speed = np.moveaxis(tracks.covariance, 2, 0)
    covariance = np.stack(
        [
            of_place + 2 * gap * of_both + gap**2 * of_speed + jolt * gap**4 / 4,
            of_both + gap * of_speed + jolt * gap**3 / 2,
            of_speed + jolt * gap**2,
        ],
        axis=2,
    )
    speed = tracks.speed * np.exp(-gap / _KEEPS_WAY_S)
    trust = np.exp(-usual_s / _KEEPS_WAY_S)
    place = tracks.place + trust * _KEEPS_WAY_S * (tracks.speed - speed)
    return replace(tracks, place=place, speed=speed, covariance=covariance)


def updated(predicted: Tracks, seen: Tracks) -> Tracks:
    """Kalman update of N tracks by what was seen of each; bones and colours go on as means."""
    of_place, of_both, of_speed = np.moveaxis(predicted.covariance, 2, 0)
    noise = _measured_variance(np.exp(seen.place[:, 2:]))
    gain, speed_gain = of_place / (of_place + noise), of_both / (of_place + noise)
    surprise = seen.place - predicted.place
    covariance = np.stack(
        [(1 - gain) * of_place, (1 - gain) * of_both, of_speed - speed_gain * of_both], axis=2
    )
    num_seen = predicted.num_seen + 1
    share = 1 / np.minimum(num_seen, _NUM_MEANT)
    return Tracks(
        predicted.ids,
        seen.seen_s,
        predicted.place + gain * surprise,
        predicted.speed + speed_gain * surprise,
        covariance,
        seen.joints_rel,
        num_seen,
        predicted.evidence + seen.evidence,
        predicted.bones_mm + share[:, None] * (seen.bones_mm - predicted.bones_mm),
        mixed(predicted.colours, seen.colours, share[:, None, None]),
    )


def _measured_variance(depth: np.ndarray) -> np.ndarray:
    """(N, 3) variance of a measured place at a depth (N, 1) mm."""
    across = (_ACROSS_NOISE_MM / depth) ** 2
    return np.concatenate([across, across, np.full_like(across, _ALONG_NOISE**2)], axis=1)
