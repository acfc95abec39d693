"""Keyframe animation: a placed body per frame from tracks of joint angles.

The same angles as in `poses`, eased between keys. Walkers are carried by their standing foot, so
that no foot slides.
"""

import math
from dataclasses import dataclass, field

import numpy as np

from das_model.synthetic.body.bodies import BodyPoser, PosedBody
from das_model.synthetic.people.person import Person
from das_model.synthetic.poses.poses import ArmAngles, LegAngles, PosePrior, TrunkAngles

_STRIDE_DEG, _KNEE_DEG, _STEPS_PER_S = 23.0, 50.0, 1.55
_FLOOR_GAP_M = 0.008


@dataclass(frozen=True, eq=False, slots=True)
class Track:
    """Values over time, eased in and out between keys.

    Args:
        keys: (time in s, values) in order of time; the ends are held.
    """

    keys: tuple[tuple[float, tuple[float, ...]], ...]

    def at(self, time_s: float) -> np.ndarray:
        """(D,) values at a time."""
        times = [time for time, _ in self.keys]
        k = int(np.clip(np.searchsorted(times, time_s) - 1, 0, max(len(times) - 2, 0)))
        first = np.array(self.keys[k][1], float)
        if len(times) == 1:
            return first
        share = np.clip((time_s - times[k]) / (times[k + 1] - times[k]), 0, 1)
        share = share**3 * (share * (6 * share - 15) + 10)
        return first + share * (np.array(self.keys[k + 1][1]) - first)


def still(*values: float) -> Track:
    """A track that holds one value."""
    return Track(((0.0, values),))


@dataclass(frozen=True, eq=False, slots=True)
class Actor:
    """Somebody in a clip. Angles in degrees, in the order of the dataclasses of `poses`.

    Args:
        shape: index into the kit's pool.
        look: (58,) row of the look table.
        kind: one of `poses.KINDS`; "sit" gets a chair.
        start: x, y of the pelvis at the first frame, world metres.
        yaw: heading; 0 faces the camera, 90 the right of the picture.
        trunk, left_arm, right_arm: of TrunkAngles and ArmAngles.
        legs: of LegAngles, for both legs, while not walking.
        stance: how much the right leg's angles differ from the left's.
        walk: (share of full stride,), 0 while standing.
    """

    shape: int
    look: np.ndarray
    kind: str
    start: tuple[float, float]
    yaw: Track
    trunk: Track
    left_arm: Track
    right_arm: Track
    legs: Track
    stance: tuple[float, float, float, float, float] = (0, 0, 0, 0, 0)
    walk: Track = field(default_factory=lambda: still(0.0))


def animate(
    actor: Actor, poser: BodyPoser, num_frames: int, fps: float, lead_s: float = 0.0
) -> list[Person]:
    """The actor at every frame.

    Args:
        actor: what happens.
        poser: forward kinematics.
        num_frames: length of the clip.
        fps: frames per second.
        lead_s: phase of the gait at the start, seconds.
    """
    prior = PosePrior(poser.kit)
    bodies, yaws, standing = [], [], []
    phase = 2 * math.pi * lead_s
    for frame in range(num_frames):
        time_s = frame / fps
        stride = float(actor.walk.at(time_s)[0])
        phase += math.pi * _STEPS_PER_S / fps * min(1.0, 3 * stride)
        pose = _pose(actor, prior, time_s, stride, phase)
        yaw = math.radians(float(actor.yaw.at(time_s)[0]))
        bodies.append(poser.pose(actor.shape, 1.0, pose).turned(yaw))
        yaws.append(yaw)
        standing.append("left" if math.cos(phase) < 0 else "right")
    shifts = _floor_shifts(actor, bodies, standing)
    return [
        Person(body.moved(shift), actor.kind, yaw, actor.look, is_seated=actor.kind == "sit")
        for body, shift, yaw in zip(bodies, shifts, yaws, strict=True)
    ]


def _pose(
    actor: Actor, prior: PosePrior, time_s: float, stride: float, phase: float
) -> np.ndarray:
    pose = np.tile(np.eye(3), (len(prior.kit.bone_names), 1, 1))
    breath = math.sin(2 * math.pi * 0.25 * time_s)
    trunk = actor.trunk.at(time_s) + [0.8 * breath, 0, 0, -0.8 * breath, 0, 0]
    trunk[2] += 7 * stride * math.sin(phase)
    prior.set_trunk(pose, TrunkAngles(*trunk))
    standing_legs = actor.legs.at(time_s)
    for side, track, shift in (("L", actor.left_arm, 0.0), ("R", actor.right_arm, math.pi)):
        arm = track.at(time_s)
        swing = 20 * stride * math.sin(phase + shift)  # against the leg of the same side
        prior.set_arm(pose, actor.shape, side, _swung(ArmAngles(*arm), swing))
        prior.set_hand(pose, actor.shape, side, np.array([3.0, 4.0]), 0.35, 10.0)
        angle = phase + shift
        flexion = _STRIDE_DEG * math.sin(angle) + 4
        knee = 6 + _KNEE_DEG * max(0.0, math.cos(angle + 0.35)) ** 2
        foot = float(np.clip(flexion - knee, -14, 12))
        walking = np.array([flexion, 2, knee, 2, foot])
        resting = standing_legs + (np.array(actor.stance) if side == "R" else 0)
        legs = resting + stride * (walking - resting)
        prior.set_leg(pose, actor.shape, side, LegAngles(*legs))
    return pose


def _swung(arm: ArmAngles, swing_deg: float) -> ArmAngles:
    """A hanging arm swung forwards (positive) or backwards about the shoulder."""
    elevation, azimuth = math.radians(arm.elevation_deg), math.radians(arm.azimuth_deg)
    out = math.sin(azimuth) * math.cos(elevation)
    front, up = math.cos(azimuth) * math.cos(elevation), math.sin(elevation)
    c, s = math.cos(math.radians(swing_deg)), math.sin(math.radians(swing_deg))
    front, up = front * c - up * s, up * c + front * s
    return ArmAngles(
        math.degrees(math.atan2(out, front)),
        math.degrees(math.asin(max(-1.0, min(1.0, up)))),
        arm.bend_deg + max(0.0, 0.5 * swing_deg),
        arm.twist_deg,
    )


def _floor_shifts(actor: Actor, bodies: list[PosedBody], standing: list[str]) -> np.ndarray:
    """(F, 3) shift of each frame: lowest point on the floor, standing foot where it was."""
    ankles = [{side: body.joint(f"{side}_ankle") for side in ("left", "right")} for body in bodies]
    shifts = np.zeros((len(bodies), 3))
    shifts[0, :2] = np.array(actor.start) - bodies[0].joint("pelvis")[:2]
    for frame in range(1, len(bodies)):
        side = standing[frame]
        step = ankles[frame][side][:2] - ankles[frame - 1][side][:2]
        shifts[frame, :2] = shifts[frame - 1, :2] - step
    shifts[:, 2] = [_FLOOR_GAP_M - body.contact[:, 2].min() for body in bodies]
    return _smoothed(shifts)


def _smoothed(values: np.ndarray) -> np.ndarray:
    """(F, D) low-passed over about five frames, ends kept."""
    kernel = np.exp(-0.5 * (np.arange(-4, 5) / 1.5) ** 2)
    padded = np.concatenate(
        [np.repeat(values[:1], 4, axis=0), values, np.repeat(values[-1:], 4, axis=0)]
    )
    columns = [np.convolve(padded[:, d], kernel / kernel.sum(), "valid") for d in range(3)]
    return np.stack(columns, 1)
