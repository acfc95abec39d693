"""Errors like those of the bundled network on the demo clip, put on joints that are known.

`scripts/measure_noise.py` prints what the figures here follow.

An error has three parts: one that belongs to the person, one that wanders within half a second,
and one that is new in every frame.
"""

import numpy as np

from das_model.camera import Camera
from das_model.people import People
from das_model.skeleton import BODY_22

WANDER_S = 0.35  # after which a wandering error is mostly another
DEPTH = (0.04, 0.028, 0.004)  # of the root, shares of it: of the person, wandering, new
# of a joint from the root, by its name without the side: score; in the picture, thousandths of
# the person's depth (wandering, new); in depth, mm (of the person, wandering, new)
JOINTS = {
    "pelvis": (0.76, 1.0, 0.3, 0, 0, 0),
    "spine": (0.83, 2.0, 0.4, 5, 10, 2),
    "neck": (0.86, 3.5, 0.8, 10, 20, 4),
    "head": (0.91, 4.0, 1.0, 12, 25, 5),
    "head_top": (0.83, 5.0, 1.2, 15, 28, 6),
    "nose": (0.86, 5.0, 1.4, 15, 30, 6),
    "eye": (0.88, 5.0, 1.4, 15, 30, 6),
    "ear": (0.88, 4.5, 1.4, 12, 28, 6),
    "shoulder": (0.80, 5.0, 1.0, 10, 24, 5),
    "elbow": (0.55, 7.0, 1.5, 30, 55, 6),
    "wrist": (0.22, 12.0, 2.4, 45, 90, 9),
    "hand": (0.22, 14.0, 3.0, 50, 100, 10),
    "hip": (0.73, 2.0, 0.5, 4, 9, 2),
    "knee": (0.40, 8.0, 1.2, 20, 38, 6),
    "ankle": (0.20, 10.0, 1.8, 40, 55, 8),
    "toe": (0.20, 12.0, 2.2, 45, 60, 9),
}


def found(
    joints_cam: np.ndarray, times_s: np.ndarray, camera: Camera, rng: np.random.Generator
) -> list[People]:
    """What a model would find.

    Args:
        joints_cam: (F, P, 22, 3) mm, true.
        times_s: (F,).
        camera: of the pictures.
        rng: of the errors.

    Returns:
        F frames of the P people who have their pelvis in the picture; track ids count from 1.
    """
    num_frames, num_people, num_joints, _ = joints_cam.shape
    table = np.array([JOINTS[_part(name)] for name in BODY_22.joint_names]).T
    score, across, across_new, person, wander, new = (row[:, None] for row in table)
    shape = (num_frames, num_people, num_joints)
    depth_error = _wander(rng, times_s, (num_people, 1)) * DEPTH[1]
    depth_error += rng.normal(0, DEPTH[2], depth_error.shape)
    depth_error += rng.normal(0, DEPTH[0], (1, num_people, 1))
    root = joints_cam[:, :, BODY_22.root : BODY_22.root + 1, 2]
    behind = joints_cam[..., 2] - root
    behind = behind + person[:, 0] * rng.normal(size=(1, num_people, num_joints))
    behind += wander[:, 0] * _wander(rng, times_s, (num_people, num_joints))
    behind += new[:, 0] * rng.normal(size=shape)
    places = joints_cam[..., :2] / joints_cam[..., 2:]
    error = across * _wander(rng, times_s, (num_people, num_joints, 2))
    error += across_new * rng.normal(size=(*shape, 2))
    places = places + error / root[..., None]
    depths = (root + behind) * np.exp(depth_error)
    joints = np.concatenate([places * depths[..., None], depths[..., None]], axis=-1)
    root_px = camera.project(joints_cam[:, :, BODY_22.root].astype(float))
    is_seen = np.asarray(((root_px >= 0) & (root_px < np.array(camera.size))).all(axis=-1))
    return [
        People(
            frame[seen].astype(np.float32),
            np.tile(score[:, 0], (int(seen.sum()), 1)).astype(np.float32),
            np.full(int(seen.sum()), 0.5, np.float32),
            1 + np.flatnonzero(seen),
        )
        for frame, seen in zip(joints, is_seen, strict=True)
    ]


def _wander(rng: np.random.Generator, times_s: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """(F, ...) of unit variance: a Matern process of order 3/2, which is smooth and forgets."""
    rate = np.sqrt(3) / WANDER_S
    state = rng.normal(size=(2, *shape)) * np.reshape([1, rate], (2, *[1] * len(shape)))
    values = [state[0]]
    for step in np.diff(times_s):
        forget, turn = np.exp(-rate * step), rate * step
        move = forget * np.array([[1 + turn, step], [-rate * turn, 1 - turn]])
        spread = np.diag([1, rate**2])
        root = np.linalg.cholesky(spread - move @ spread @ move.T + 1e-12 * np.eye(2))
        state = np.tensordot(move, state, 1) + np.tensordot(root, rng.normal(size=state.shape), 1)
        values.append(state[0])
    return np.array(values)


def _part(name: str) -> str:
    return name.removeprefix("left_").removeprefix("right_")
