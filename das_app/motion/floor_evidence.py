"""Evidence of the floor from people who stand on it: single sightings, as arrays."""

import math
from dataclasses import dataclass

import numpy as np

from das_model.camera import Camera
from das_model.people import People

# Assumed, where nothing else is said; `scripts/benchmark_floor.py` scores them together.
_STRAIGHT = 0.93  # of a leg that carries: hip to ankle over thigh and shin
_UPRIGHT_DEG = 35.0  # between trunk and legs of somebody who stands
_FAIR_SCORE = 0.1  # of a joint; with less its noise grows
_OUTSIDE_SCORE = 0.03  # of a foot outside the picture, which is made up
_SCALE_NOISE, _TRUSTED_MM = 0.04, 4000.0  # of a person about the lens; far people look small
_STATURE_MM, _STATURE_SPREAD = 1700.0, 0.08  # as bones add up
_SIZE_TELLS = 0.75  # how much of a depth error shows in the size of the body
_BODY_DEG, _BODY_BIAS_DEG = (3.0, 4.0), (1.5, 4.0)  # across, in depth; of a sighting, of a person
_TRUNK_DEG, _TRUNK_BIAS_DEG = (4.0, 8.0), (3.0, 6.0)  # likewise where the legs do not tell


_PARTS = ("ankle", "knee", "hip", "shoulder")
NEEDED_JOINTS = {f"{side}_{part}" for side in ("left", "right") for part in _PARTS}


@dataclass(frozen=True, eq=False, slots=True)
class Sighting:
    """Evidence of one person in one frame.

    Args:
        person: track id, or a number of their own below 0.
        stature_mm: NaN where it is not known.
        ankles: (2, 3) mm.
        foot_noise: (2,) of the ankles' places, 1 is usual.
        upright: (3,) unit vector in which body or trunk points.
        upright_deg: its noise, across and in depth.
        upright_bias_deg: the part of it that is the same in all frames of the person.
        worth: how much of it is new since the person's last sighting, 0 to 1.
    """

    person: int
    stature_mm: float
    ankles: np.ndarray
    foot_noise: np.ndarray
    upright: np.ndarray
    upright_deg: tuple[float, float]
    upright_bias_deg: tuple[float, float]
    worth: float


@dataclass(frozen=True, eq=False, slots=True)
class Evidence:
    """N sightings in arrays: as `Sighting`, with persons numbered from 0, and the variances of
    what belongs to a person already shared out over that person's sightings."""

    person: np.ndarray  # (N,)
    ankles: np.ndarray  # (N, 2, 3)
    foot_noise: np.ndarray  # (N, 2)
    upright: np.ndarray  # (N, 3)
    sd: np.ndarray  # (N, 2) of upright, radians
    rays: np.ndarray  # (N, 3) to the ankles' middle
    blur: np.ndarray  # (N,) how much worse a sighting is for its distance
    worth: np.ndarray  # (N,)
    ids: np.ndarray  # (P,) of the persons
    usual_scale: np.ndarray  # (P,) logarithm, as far as size and distance tell
    scale_sd: np.ndarray  # (P,)

    @property
    def num_people(self) -> int:
        return len(self.ids)


def sighting_of(
    people: People, row: int, stature_mm: float, camera: Camera, person: int, worth: float
) -> Sighting:
    joints, scores = people.joints_cam[row].astype(np.float64), people.joint_scores[row]
    index = people.skeleton.index
    pairs = {name: [index(f"left_{name}"), index(f"right_{name}")] for name in _PARTS}
    ankles, knees, hips = (joints[pairs[name]] for name in ("ankle", "knee", "hip"))
    places = camera.project(ankles)
    is_inside = ((places >= 0) & (places <= np.array(camera.size) - 1)).all(axis=1)
    foot_scores = np.where(is_inside, scores[pairs["ankle"]], _OUTSIDE_SCORE)
    foot_noise = np.hypot(1.0, _FAIR_SCORE / np.maximum(foot_scores, 1e-3))
    trunk = unit(joints[pairs["shoulder"]].mean(axis=0) - hips.mean(axis=0))
    legs = unit(hips.mean(axis=0) - ankles.mean(axis=0))
    span = np.linalg.norm(hips - ankles, axis=1)
    length = np.linalg.norm(hips - knees, axis=1) + np.linalg.norm(knees - ankles, axis=1)
    is_straight = (span / np.maximum(length, 1.0)).max() > _STRAIGHT
    stands = is_straight and trunk @ legs > math.cos(math.radians(_UPRIGHT_DEG))
    if stands and is_inside.any():
        upright = unit(joints[pairs["shoulder"]].mean(axis=0) - ankles.mean(axis=0))
        noise, bias, told_by = _BODY_DEG, _BODY_BIAS_DEG, foot_scores.max()
    else:
        upright, noise, bias = trunk, _TRUNK_DEG, _TRUNK_BIAS_DEG
        told_by = float(scores[pairs["hip"]].mean())
    blur = math.hypot(1.0, _FAIR_SCORE / max(float(told_by), 1e-3))
    across, deep = blur * noise[0], blur * noise[1]
    return Sighting(person, stature_mm, ankles, foot_noise, upright, (across, deep), bias, worth)


def evidence_of(sightings: list[Sighting]) -> Evidence:
    """The sightings in arrays, each where it is if its person's size stayed the same: of an error
    of depth, a part shows in the size."""
    persons = np.array([s.person for s in sightings], dtype=np.int64)
    ids, person = np.unique(persons, return_inverse=True)
    worth = np.array([s.worth for s in sightings])
    total = np.bincount(person, worth, len(ids))[person]
    noise = np.array([s.upright_deg for s in sightings]).reshape(-1, 2)
    bias = np.array([s.upright_bias_deg for s in sightings]).reshape(-1, 2)
    ankles = np.array([s.ankles for s in sightings]).reshape(-1, 2, 3)
    size = np.log(np.array([s.stature_mm for s in sightings]) / _STATURE_MM)
    size = np.where(np.isfinite(size), size, 0.0)
    sizes = np.array([np.median(size[person == k]) for k in range(len(ids))])
    depths = np.array([np.median(ankles[person == k, :, 2]) for k in range(len(ids))])
    ankles = ankles * np.exp(_SIZE_TELLS * (sizes[person] - size))[:, None, None]
    model = (_SCALE_NOISE * np.hypot(1.0, (depths / _TRUSTED_MM) ** 2)) ** -2
    stature = np.where(sizes == 0, 0.0, _STATURE_SPREAD**-2)
    return Evidence(
        person,
        ankles,
        np.array([s.foot_noise for s in sightings]).reshape(-1, 2),
        np.array([s.upright for s in sightings]).reshape(-1, 3),
        np.radians(np.sqrt(noise**2 + total[:, None] * bias**2)),
        ankles.mean(axis=1),
        np.hypot(1.0, ankles[:, :, 2].mean(axis=1) / _TRUSTED_MM),
        worth,
        ids,
        -sizes * stature / (model + stature),
        (model + stature) ** -0.5,
    )


def sums_by_person(values: np.ndarray, evidence: Evidence) -> np.ndarray:
    """(P,) of (N,) by person."""
    return np.bincount(evidence.person, values, evidence.num_people)


def unit(vector: np.ndarray) -> np.ndarray:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)
