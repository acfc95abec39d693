"""Retargeting of motion capture: bone rotations from joint positions.

Only the directions of the limbs are taken over, so any rig and any body size will do.
"""

import numpy as np

from das_model.synthetic.body.kit import BodyKit
from das_model.synthetic.body.rotations import between, cross, frame, swing, unit

_X, _Z = np.array([1.0, 0, 0]), np.array([0, 0, 1.0])
_SPINE = ("spine05", "spine04", "spine03", "spine02", "spine01")


class Retargeter:
    """Turns captured joints into poses of a kit, with the heading taken out.

    Args:
        kit: body kit.
    """

    def __init__(self, kit: BodyKit) -> None:
        self._kit = kit
        self._bones = {name: i for i, name in enumerate(kit.bone_names)}

    def pose(self, joints: dict[str, np.ndarray], shape: int) -> np.ndarray:
        """(B, 3, 3) pose of a shape of the pool.

        Args:
            joints: (3,) positions by the names of `motion_bank.JOINTS`, any unit, z up.
            shape: index into the pool.
        """
        heads = self._kit.rest_heads[shape].astype(np.float64)
        world = self._trunk(joints, heads)
        for side, letter in (("l", "L"), ("r", "R")):
            world |= self._arm(joints, heads, side, letter, world["spine01"])
            world |= self._leg(joints, heads, side, letter)
        facing = world["root"] @ np.array([0, -1.0, 0])
        heading = np.arctan2(facing[0], -facing[1])
        c, s = np.cos(-heading), np.sin(-heading)
        return self._relative(world, np.array([[c, -s, 0], [s, c, 0], [0, 0, 1.0]]))

    def _relative(self, world: dict[str, np.ndarray], turn: np.ndarray) -> np.ndarray:
        """World rotations of some bones to rotations of all relative to their parents."""
        total = np.empty((len(self._bones), 3, 3))
        pose = np.empty_like(total)
        for bone, name in enumerate(self._kit.bone_names):
            parent = self._kit.bone_parents[bone]
            above = total[parent] if parent >= 0 else np.eye(3)
            total[bone] = turn @ world[name] if name in world else above
            pose[bone] = above.T @ total[bone]
        return pose

    def _trunk(self, joints: dict[str, np.ndarray], heads: np.ndarray) -> dict[str, np.ndarray]:
        hips, shoulders = joints["lhip"] - joints["rhip"], joints["lsho"] - joints["rsho"]
        up = joints["neck"] - (joints["lhip"] + joints["rhip"]) / 2
        rest_up = heads[self._bones["neck01"]] - heads[self._bones["root"]]
        pelvis = frame(hips, up) @ frame(_X, _Z).T
        chest = frame(shoulders, up) @ frame(_X, rest_up).T
        world = {"root": pelvis}
        for step, name in enumerate(_SPINE):
            world[name] = between(pelvis, chest, min(1.0, (step + 1) / 4))
        nape = joints["head"] - joints["neck"]
        rest_nape = heads[self._bones["head"]] - heads[self._bones["neck01"]]
        neck = frame(nape, -cross(nape, shoulders)) @ frame(rest_nape, -cross(rest_nape, _X)).T
        world["neck01"] = world["head"] = between(chest, neck, 0.7)
        return world

    def _arm(
        self,
        joints: dict[str, np.ndarray],
        heads: np.ndarray,
        side: str,
        letter: str,
        chest: np.ndarray,
    ) -> dict[str, np.ndarray]:
        rest = [heads[self._bones[f"{n}.{letter}"]] for n in ("upperarm01", "lowerarm01", "wrist")]
        rest_upper, rest_fore = rest[1] - rest[0], rest[2] - rest[1]
        rest_hinge = cross(rest_upper, rest_fore)
        upper = joints[f"{side}elb"] - joints[f"{side}sho"]
        fore = joints[f"{side}wri"] - joints[f"{side}elb"]
        hinge = cross(unit(upper), unit(fore))
        if np.linalg.norm(hinge) < 0.15:  # nearly straight: carry the hinge of the rest pose along
            hinge = swing(chest @ rest_upper, upper) @ chest @ rest_hinge
        return {
            f"upperarm01.{letter}": frame(upper, hinge) @ frame(rest_upper, rest_hinge).T,
            f"lowerarm01.{letter}": frame(fore, hinge) @ frame(rest_fore, rest_hinge).T,
        }

    def _leg(
        self, joints: dict[str, np.ndarray], heads: np.ndarray, side: str, letter: str
    ) -> dict[str, np.ndarray]:
        names = ("upperleg01", "lowerleg01", "foot", "toe1-1", "toe5-1")
        hip, knee, ankle, inner, outer = (heads[self._bones[f"{n}.{letter}"]] for n in names)
        hips = unit(joints["lhip"] - joints["rhip"])
        thigh = joints[f"{side}knee"] - joints[f"{side}hip"]
        shin = joints[f"{side}ankle"] - joints[f"{side}knee"]
        hinge = cross(unit(shin), unit(thigh))
        bent = float(np.linalg.norm(hinge))
        across = unit(hinge) * bent * 3 + hips if bent > 0.2 and hinge @ hips > 0 else hips
        toe = joints[f"{side}toe"] - joints[f"{side}ankle"]
        lower = frame(shin, across) @ frame(ankle - knee, _X).T
        foot = frame(toe, across) @ frame((inner + outer) / 2 - ankle, _X).T
        return {
            f"upperleg01.{letter}": frame(thigh, across) @ frame(knee - hip, _X).T,
            f"lowerleg01.{letter}": lower,
            f"foot.{letter}": between(lower, foot, 0.8),
        }
