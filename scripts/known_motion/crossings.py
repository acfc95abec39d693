"""Tracking on made sequences: people who walk to and fro past each other, seen by one camera.

Some leave the picture and come back. The truth is known, and the sightings have the faults of a
model with one camera: depth that flickers along the ray, joints that are a little off, people
missed when somebody stands before them or by chance, and now and then somebody who is not there.
Pictures are plain: everybody's trunk and thighs in the colours of their clothes. `GreedyTracker`
is the usual simple way, for comparison.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from das_model.camera import Camera
from das_model.people import People
from das_model.skeleton import BODY_22

_ROOM_MM = np.array([[-1600.0, 1600.0], [2600.0, 5200.0]])  # x and z people walk in
_DOORS_MM = (-4000.0, 4000.0)  # x of places out of the picture
_AWAY_S = (0.5, 5.0)
_STEP_S = 1 / 30  # in which people walk
_LIGHT, _GRAIN = 0.1, 14.0  # of pictures: share by which they are lighter or darker, noise
_HIDDEN_PX = 25.0  # a root nearer than this to a nearer person's root, at 640x360, is not found
_HALF_BODY = {  # mm from the pelvis, of a standing person; the other side is the mirror image
    "pelvis": (0, 0),
    "spine": (0, -250),
    "neck": (0, -500),
    "head": (0, -590),
    "head_top": (0, -720),
    "nose": (0, -610),
    "eye": (30, -640),
    "ear": (70, -620),
    "shoulder": (180, -470),
    "elbow": (230, -210),
    "wrist": (240, 30),
    "hip": (100, 30),
    "knee": (110, 450),
    "ankle": (110, 860),
}
_CLOTHES = (  # joints at both ends of trunk and thighs
    ((("left_shoulder", "right_shoulder"), ("left_hip", "right_hip")),),
    ((("left_hip",), ("left_knee",)), (("right_hip",), ("right_knee",))),
)
_THICK_MM = (280.0, 150.0)


@dataclass(frozen=True, slots=True)
class CrossingConfig:
    """A sequence.

    Args:
        num_people: people who walk about all the time.
        num_frames: length.
        fps: frames a second.
        depth_noise: standard deviation of a distance, share of it.
        joint_noise_mm: standard deviation of a joint.
        miss_rate: share of people not found by chance.
        ghost_rate: mean number of people found in a frame who are not there.
        leave_rate: share of ways out of the picture, where somebody stays for 0.5 to 5 s.
    """

    num_people: int = 4
    num_frames: int = 450
    fps: float = 15.0
    depth_noise: float = 0.08
    joint_noise_mm: float = 30.0
    miss_rate: float = 0.05
    ghost_rate: float = 0.01
    leave_rate: float = 0.0


@dataclass(frozen=True, eq=False, slots=True)
class Sighting:
    """One frame: everybody in it, and what a model makes of it.

    Args:
        time_s: of the frame.
        truth: all people in the picture, with their number as track id.
        seen: the people found, in random order, without track ids.
        number_of: (P,) int64, the number of each found person, -1 for nobody.
        image: (H, W, 3) uint8 RGB.
        camera: of the image.
    """

    time_s: float
    truth: People
    seen: People
    number_of: np.ndarray
    image: np.ndarray
    camera: Camera


class GreedyTracker:
    """Nearest root of the frame before, nearest pair first; no motion, no memory of the missed."""

    def __init__(self, gate_mm: float = 600.0) -> None:
        self._gate_mm = gate_mm
        self._roots, self._ids, self._next_id = np.zeros((0, 3)), np.zeros(0, np.int64), 0

    def __call__(self, people: People) -> np.ndarray:
        """(P,) int64 track ids of the next frame's people."""
        ids = np.full(len(people), -1, dtype=np.int64)
        distance = np.linalg.norm(people.root_cam[:, None] - self._roots, axis=-1)  # (P, T)
        while distance.size and (nearest := distance.min()) <= self._gate_mm:
            person, track = np.argwhere(distance == nearest)[0]
            ids[person] = self._ids[track]
            distance[person], distance[:, track] = np.inf, np.inf
        born = np.flatnonzero(ids < 0)
        ids[born] = self._next_id + np.arange(len(born))
        self._next_id += len(born)
        self._roots, self._ids = people.root_cam, ids
        return ids


def crossings(seed: int, config: CrossingConfig) -> Iterator[Sighting]:
    """The frames of the sequence of a seed."""
    rng = np.random.default_rng(seed)
    cv2.setRNGSeed(seed)  # of the pictures' grain
    camera = Camera.from_fov((640, 360))
    body, walk = _body(), _Walk(rng, config)
    size = rng.uniform(0.85, 1.1, config.num_people)
    phase = rng.uniform(0, 2 * np.pi, config.num_people)
    clothes = rng.integers(20, 236, (config.num_people, 2, 3))
    for frame in range(config.num_frames):
        walk.go_on_until(frame / config.fps)
        stride = phase + 2 * np.pi * frame / config.fps * walk.pace / 1400
        joints = _walking(body, stride, walk.heading) * size[:, None, None]
        joints[..., 0] += walk.place[:, :1]
        joints[..., 1] += 200.0 - 860.0 * (size[:, None] - 1)  # feet stand on one floor
        joints[..., 2] += walk.place[:, 1:]
        everybody = _people(joints, np.arange(config.num_people))
        root_px = camera.project(everybody.root_cam)
        is_seen = np.asarray(((root_px >= 0) & (root_px < camera.size)).all(axis=1))
        truth = everybody.where(is_seen)
        image = _picture(everybody, clothes, camera, rng)
        seen, number_of = _sighting(truth, camera, rng, config)
        yield Sighting(frame / config.fps, truth, seen, number_of, image, camera)


class _Walk:
    """Where everybody is and goes; N people on the floor, (N, 2) x and z in mm."""

    def __init__(self, rng: np.random.Generator, config: CrossingConfig) -> None:
        self._rng, self._config = rng, config
        low, high = _ROOM_MM.T
        self.place = rng.uniform(low, high, (config.num_people, 2))
        self._goal = rng.uniform(low, high, (config.num_people, 2))
        self.pace = rng.uniform(600, 1500, config.num_people)  # mm/s
        self.heading = np.zeros(config.num_people)
        self._time_s = 0.0
        self._waits_until_s = np.zeros(config.num_people)

    def go_on_until(self, time_s: float) -> None:
        """Walk until the time of the next frame."""
        num_steps = max(1, round((time_s - self._time_s) / _STEP_S))
        for now_s in np.linspace(self._time_s, time_s, num_steps + 1)[1:]:
            self._step(float(now_s), float(time_s - self._time_s) / num_steps)
        self._time_s = time_s

    def _step(self, time_s: float, step_s: float) -> None:
        rng, goal = self._rng, self._goal
        way = goal - self.place
        left = np.linalg.norm(way, axis=1)
        for person in np.flatnonzero((left < 200) & (time_s >= self._waits_until_s)):
            is_out = np.abs(goal[person, 0]) >= _DOORS_MM[1]
            goal[person] = rng.uniform(*_ROOM_MM.T)
            if is_out:
                self._waits_until_s[person] = time_s + rng.uniform(*_AWAY_S)
            elif rng.random() < self._config.leave_rate:
                goal[person, 0] = _DOORS_MM[int(self.place[person, 0] > 0)]
        goes = (left >= 1) & (time_s >= self._waits_until_s)
        pace = np.where(goes, self.pace, 0)
        self.place += way / np.maximum(left, 1)[:, None] * pace[:, None] * step_s
        self.heading = np.arctan2(way[:, 1], way[:, 0])


def _picture(
    people: People, clothes: np.ndarray, camera: Camera, rng: np.random.Generator
) -> np.ndarray:
    """(H, W, 3) uint8, everybody's clothes (P, 2, 3) on grey, in the grain of a camera."""
    width, height = camera.size
    image = np.full((height, width, 3), 128, np.uint8)
    light = 1 + _LIGHT * rng.uniform(-1, 1)
    px = people.joints_px(camera)
    for person in np.argsort(-people.root_cam[:, 2]):
        colours = np.clip(light * clothes[people.track_ids[person]], 0, 255)
        for part, ends in enumerate(_CLOTHES):
            for names in ends:
                begin, end = (
                    px[person, [BODY_22.index(name) for name in joints]].mean(axis=0)
                    for joints in names
                )
                if np.isfinite([begin, end]).all():
                    mm_px = camera.focal_px / people.root_cam[person, 2]
                    cv2.line(
                        image,
                        begin.round().astype(int).tolist(),
                        end.round().astype(int).tolist(),
                        colours[part].tolist(),
                        max(1, round(_THICK_MM[part] * mm_px)),
                    )
    grain = np.empty((height, width), np.int8)
    cv2.randn(grain, np.zeros(1), np.array([_GRAIN]))
    return cv2.add(image, np.repeat(grain[..., None], 3, axis=2), dtype=cv2.CV_8U)


def _body() -> np.ndarray:
    """(22, 3) mm of a standing person whose root is 0."""
    rows = []
    for name in BODY_22.joint_names:
        side, _, rest = name.partition("_")
        x, y = _HALF_BODY[rest if side in ("left", "right") else name]
        rows.append((-x if side == "right" else x, y, 0.0))
    return np.array(rows)


def _walking(body: np.ndarray, stride: np.ndarray, heading: np.ndarray) -> np.ndarray:
    """(P, 22, 3) the body with swinging arms and legs, at a phase of the stride, turned."""
    swing = np.array(
        [
            (1 if name.startswith("left") else -1) * share
            for name in BODY_22.joint_names
            for share in [_swing_share(name)]
        ]
    )
    ahead = 260.0 * np.sin(stride)[:, None] * swing  # (P, 22) mm in the direction of walking
    cos, sin = np.cos(heading)[:, None], np.sin(heading)[:, None]
    x = body[:, 0] * -sin + ahead * cos
    z = body[:, 0] * cos + ahead * sin
    return np.stack([x, np.broadcast_to(body[:, 1], x.shape), z], axis=-1)


def _swing_share(joint_name: str) -> float:
    parts = {"knee": 0.5, "ankle": 1.0, "elbow": -0.4, "wrist": -0.8}
    return parts.get(joint_name.rpartition("_")[2], 0.0)


def _sighting(
    truth: People, camera: Camera, rng: np.random.Generator, config: CrossingConfig
) -> tuple[People, np.ndarray]:
    root_px = camera.project(truth.root_cam)
    depth = truth.root_cam[:, 2]
    apart = np.linalg.norm(root_px[:, None] - root_px, axis=-1)
    is_hidden = ((apart < _HIDDEN_PX) & (depth[:, None] > depth)).any(axis=1)
    found = np.flatnonzero(~is_hidden & (rng.random(len(truth)) >= config.miss_rate))
    rows = rng.permutation(found)
    number_of = truth.track_ids[rows]
    joints = truth.joints_cam[rows].astype(np.float64)
    joints *= 1 + config.depth_noise * rng.standard_normal((len(joints), 1, 1))  # along the ray
    joints += rng.normal(0, config.joint_noise_mm, joints.shape)
    if rng.random() < config.ghost_rate and len(joints):
        x, z = rng.uniform(*_ROOM_MM.T)
        joints = np.concatenate([joints, joints[:1] + [x, 200.0, z] - joints[0, 0]])
        number_of = np.append(number_of, -1)
    seen = _people(joints, np.full(len(joints), -1))
    return seen, number_of


def _people(joints: np.ndarray, track_ids: np.ndarray) -> People:
    count = len(joints)
    return People(
        joints.astype(np.float32).reshape(count, BODY_22.num_joints, 3),
        np.ones((count, BODY_22.num_joints), np.float32),
        np.full(count, 0.9, np.float32),
        track_ids.astype(np.int64),
    )
