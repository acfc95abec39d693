"""Pose priors: sampled joint angles of people in front of a camera.

A pose is (B, 3, 3): one rotation per bone of the kit, relative to its parent, in world-aligned
axes (see `bodies`). Limbs are aimed by direction, so that the priors do not depend on the rest
pose of a shape. Angles in the code are degrees where a name ends in `_deg`.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from das_model.synthetic.body.kit import BodyKit
from das_model.synthetic.body.rotations import cross, direction, rotation, rotations, swing, unit

KINDS = ("stand", "gesture", "walk", "sit", "reach", "raise", "bend", "crouch", "dance", "wild")
_X, _Y, _Z = np.eye(3)


@dataclass(frozen=True, slots=True)
class ArmAngles:
    """Direction of an arm: azimuth (0 front, 90 outwards), elevation, elbow bend, twist; deg."""

    azimuth_deg: float
    elevation_deg: float
    bend_deg: float
    twist_deg: float


@dataclass(frozen=True, slots=True)
class LegAngles:
    """Hip flexion and abduction, knee flexion, outward twist; deg."""

    flexion_deg: float
    abduction_deg: float
    knee_deg: float
    twist_deg: float
    foot_deg: float


@dataclass(frozen=True, slots=True)
class TrunkAngles:
    """Forward bend, side bend and twist of the back, then of neck and head; deg."""

    bend_deg: float
    side_deg: float
    twist_deg: float
    nod_deg: float
    tilt_deg: float
    turn_deg: float


class PosePrior:
    """Turns angles into poses of a kit, and samples angles.

    Args:
        kit: body kit.
    """

    def __init__(self, kit: BodyKit) -> None:
        self.kit = kit
        self._bones = {name: i for i, name in enumerate(kit.bone_names)}
        self._fingers = {
            side: np.array(
                [[kit.bone(f"finger{f}-{j}.{side}") for j in (1, 2, 3)] for f in (2, 3, 4, 5)]
            )
            for side in "LR"
        }

    def sample(self, rng: np.random.Generator, shape: int, kind: str) -> np.ndarray:
        """(B, 3, 3) pose of one of `KINDS` for the shape of the pool."""
        pose = np.tile(np.eye(3), (len(self._bones), 1, 1))
        trunk = sample_trunk(rng, kind)
        self.set_trunk(pose, trunk)
        mirror: ArmAngles | None = None
        stride = float(rng.choice([-1, 1]) * rng.uniform(8, 34))
        for side in "LR":
            arm = sample_arm(rng, kind, stride if side == "L" else -stride)
            if mirror is not None and kind != "walk" and rng.random() < 0.35:
                arm = jittered(rng, mirror)
            mirror = arm
            self.set_arm(pose, shape, side, arm)
            self.sample_hand(rng, pose, shape, side)
            leg = sample_leg(rng, kind, stride if side == "L" else -stride)
            self.set_leg(pose, shape, side, leg)
        return pose

    def sample_hand(
        self, rng: np.random.Generator, pose: np.ndarray, shape: int, side: str
    ) -> None:
        """Wrist, fingers and turn of the forearm of one side, at random."""
        curl = abs(rng.normal(0, 0.5)) if rng.random() < 0.7 else rng.uniform(0.6, 1.3)
        self.set_hand(pose, shape, side, rng.normal(0, 15, 2), curl, rng.normal(0, 35))

    def turn_head(self, pose: np.ndarray, angles_deg: np.ndarray) -> None:
        """Add (3,) nod, tilt and turn to the angles of the neck."""
        more = _euler(*(angles_deg / 2))
        for name in ("neck01", "head"):
            pose[self._bones[name]] = pose[self._bones[name]] @ more

    def set_trunk(self, pose: np.ndarray, angles: TrunkAngles) -> None:
        """Spread the trunk's angles over the bones of back and neck."""
        back = _euler(angles.bend_deg / 4, angles.side_deg / 4, angles.twist_deg / 4)
        neck = _euler(angles.nod_deg / 3, angles.tilt_deg / 3, angles.turn_deg / 3)
        for name in ("spine05", "spine04", "spine03", "spine02"):
            pose[self._bones[name]] = back
        for name in ("neck01", "neck02", "head"):
            pose[self._bones[name]] = neck

    def set_arm(self, pose: np.ndarray, shape: int, side: str, angles: ArmAngles) -> None:
        """Aim upper arm and forearm; the collar bone takes part of a raised arm."""
        sign = 1 if side == "L" else -1
        upper, fore = self._limb(shape, side, "upperarm01", "lowerarm01", "wrist")
        aim = direction(math.radians(angles.azimuth_deg), math.radians(angles.elevation_deg))
        aim[0] *= sign
        if angles.elevation_deg > -20:
            lift = rotation([0, -sign, 0], math.radians(0.22 * (angles.elevation_deg + 20)))
            pose[self._bones[f"clavicle.{side}"]] = lift
            aim = lift.T @ aim
        twist = rotation(upper, math.radians(angles.twist_deg) * sign)
        pose[self._bones[f"upperarm01.{side}"]] = swing(upper, aim) @ twist
        rest = math.acos(min(max(float(upper @ fore), -1.0), 1.0))
        bend = rotation(cross(upper, fore), math.radians(angles.bend_deg) - rest)
        pose[self._bones[f"lowerarm01.{side}"]] = bend

    def set_hand(
        self,
        pose: np.ndarray,
        shape: int,
        side: str,
        wrist_deg: np.ndarray,
        curl: float,
        turn_deg: float,
    ) -> None:
        """Bend the wrist about two axes, turn the forearm, curl the fingers (radians each)."""
        sign = 1 if side == "L" else -1
        _, fore = self._limb(shape, side, "upperarm01", "lowerarm01", "wrist")
        turn = rotation(fore, math.radians(turn_deg) * sign)
        pose[self._bones[f"lowerarm02.{side}"]] = turn
        pose[self._bones[f"wrist.{side}"]] = _euler(wrist_deg[0], wrist_deg[1], 0)
        fingers = self._fingers[side]  # (4, 3) bones
        heads = self.kit.rest_heads[shape]
        along = (heads[fingers[:, 2]] - heads[fingers[:, 0]]).astype(np.float64)
        x, y, z = along.T
        across, down = -sign * 0.9, -0.45
        axes = np.stack([y * down, z * across - x * down, -y * across], axis=1)
        pose[fingers] = rotations(axes, curl * 0.9)[:, None]

    def set_leg(self, pose: np.ndarray, shape: int, side: str, angles: LegAngles) -> None:
        """Aim thigh, shin and foot, from a straight stance instead of the template's A."""
        sign = 1 if side == "L" else -1
        thigh, _ = self._limb(shape, side, "upperleg01", "lowerleg01", "foot")
        straighten = rotation(_Y, sign * math.atan2(abs(thigh[0]), -thigh[2]))
        flexion, abduction, twist = np.radians(
            [angles.flexion_deg, angles.abduction_deg, angles.twist_deg]
        )
        pose[self._bones[f"upperleg01.{side}"]] = (
            rotation(_X, -flexion)
            @ rotation(-_Y, sign * abduction)
            @ rotation(_Z, sign * twist)
            @ straighten
        )
        pose[self._bones[f"lowerleg01.{side}"]] = rotation(_X, math.radians(angles.knee_deg))
        pose[self._bones[f"foot.{side}"]] = rotation(_X, math.radians(angles.foot_deg))

    def _limb(self, shape: int, side: str, *names: str) -> tuple[np.ndarray, np.ndarray]:
        """Unit directions of a limb's two bones at rest."""
        heads = self.kit.rest_heads[shape]
        a, b, c = (heads[self._bones[f"{name}.{side}"]].astype(np.float64) for name in names)
        return unit(b - a), unit(c - b)


def sample_trunk(rng: np.random.Generator, kind: str) -> TrunkAngles:
    """Back and neck of one of `KINDS`."""
    bend, side, twist = rng.normal(0, 6), rng.normal(0, 5), rng.normal(0, 10)
    if kind == "bend":
        bend += rng.uniform(20, 70)
    elif kind == "sit":
        bend += rng.uniform(-15, 25)
    elif kind in ("wild", "dance"):
        bend, side, twist = bend + rng.normal(0, 14), side + rng.normal(0, 12), 2 * twist
    nod = rng.normal(3, 10) - 0.3 * bend
    return TrunkAngles(bend, side, twist, nod, rng.normal(0, 8), rng.normal(0, 22))


def sample_arm(rng: np.random.Generator, kind: str, stride_deg: float) -> ArmAngles:
    """One arm of one of `KINDS`; `stride_deg` is the same side's hip flexion when walking."""
    lazy = rng.random()
    if kind == "walk":
        swing_deg = -stride_deg * rng.uniform(0.5, 1.3) + rng.normal(0, 5)
        forward = 0.0 if swing_deg > 0 else 180.0
        bend = abs(rng.normal(12, 10)) + max(swing_deg, 0) * rng.uniform(0, 1)
        azimuth = forward + (1 if forward == 0 else -1) * rng.uniform(5, 40)
        return ArmAngles(azimuth, -88 + abs(swing_deg), bend, rng.normal(0, 15))
    if kind == "stand" or (kind in ("gesture", "sit", "bend", "crouch") and lazy < 0.3):
        azimuth, elevation = rng.normal(80, 35), -90 + abs(rng.normal(0, 12)) + 5
        return ArmAngles(azimuth, elevation, abs(rng.normal(0, 18)) + 8, rng.normal(0, 20))
    if kind in ("reach", "raise") and lazy < 0.37:
        return ArmAngles(80 + rng.normal(0, 10), -79, 18, rng.normal(0, 15))
    azimuth_span, elevation_span, bend_span, twist = {
        "gesture": ((-10, 100), (-85, -35), (20, 140), 60),
        "sit": ((-10, 80), (-85, -40), (20, 130), 55),
        "bend": ((-15, 90), (-85, -20), (0, 110), 60),
        "crouch": ((-10, 100), (-80, -10), (20, 120), 60),
        "reach": ((-15, 95), (-45, 35), (0, 60), 60),
        "raise": ((20, 120), (10, 85), (0, 110), 60),
        "dance": ((-5, 115), (-70, 75), (10, 125), 70),
        "wild": ((-25, 130), (-90, 85), (0, 140), 85),
    }[kind]
    azimuth, elevation, bend = (
        rng.uniform(*span) for span in (azimuth_span, elevation_span, bend_span)
    )
    return ArmAngles(azimuth, elevation, bend, rng.uniform(-1, 1) * twist)


def sample_leg(rng: np.random.Generator, kind: str, stride_deg: float) -> LegAngles:
    """One leg of one of `KINDS`; feet of grounded poses stay level."""
    flexion, abduction, knee, twist = (
        rng.normal(0, 5),
        3 + rng.normal(0, 3),
        abs(rng.normal(0, 4)),
        rng.normal(3, 8),
    )
    if kind == "walk":
        flexion = stride_deg
        knee = abs(rng.normal(0, 6)) + (rng.uniform(5, 50) if flexion < 0 else rng.uniform(0, 15))
    elif kind == "sit":
        flexion, knee, abduction = rng.uniform(72, 98), rng.uniform(60, 108), rng.uniform(-2, 20)
    elif kind == "crouch":
        flexion, knee, abduction = rng.uniform(60, 110), rng.uniform(80, 130), rng.uniform(0, 25)
    elif kind == "dance":
        flexion, knee, abduction = rng.uniform(-15, 55), rng.uniform(0, 75), rng.uniform(-4, 30)
    elif kind == "wild":
        flexion, knee, abduction = rng.uniform(-25, 90), rng.uniform(0, 110), rng.uniform(-5, 45)
    elif rng.random() < 0.3:
        abduction, knee = rng.uniform(5, 22), rng.uniform(0, 20)
        flexion = knee * 0.5 + rng.normal(0, 5)
    level = min(max(flexion - knee, -20.0), 25.0) if kind not in ("wild", "walk") else 0.0
    return LegAngles(flexion, abduction, knee, twist, level + rng.normal(0, 6))


def jittered(rng: np.random.Generator, arm: ArmAngles) -> ArmAngles:
    """Nearly the same arm, for people who hold both alike."""
    return replace(
        arm,
        azimuth_deg=arm.azimuth_deg + rng.normal(0, 8),
        elevation_deg=arm.elevation_deg + rng.normal(0, 8),
        bend_deg=max(0.0, arm.bend_deg + rng.normal(0, 10)),
    )


def _euler(about_x_deg: float, about_y_deg: float, about_z_deg: float) -> np.ndarray:
    x, y, z = map(math.radians, (about_x_deg, about_y_deg, about_z_deg))
    return rotation(_X, x) @ rotation(_Y, y) @ rotation(_Z, z)
