"""Joint angles of a fitted body, in degrees, with the names and signs of OpenSim's models.

All are 0 for somebody who stands upright with hanging arms. Ball joints are body-fixed rotations
flexion, adduction, rotation (z, x, y of OpenSim's axes x forward, y up, z right), as in gait2392
and Rajagopal's model; flexion of hips and shoulders, of elbows and of knees is positive, as in
Sports2D and Pose2Sim: knee flexion is 180 degrees less the inner angle.
"""

from dataclasses import dataclass

import numpy as np

from das_app.motion.body.fit import BodyFit
from das_app.motion.body.rig import Freedom
from das_app.motion.body.rotations import rotation_vectors, rotations_by, twist_angles

CONVENTION = (
    "degrees; 0 = upright with hanging arms; ball joints: intrinsic z-x-y flexion, adduction, "
    "rotation in x forward, y up, z right; flexion, adduction and inward rotation positive; "
    "knee and elbow: 180 less the inner angle; ankle: 0 at a right angle, toes up positive; "
    "trunk: extension, bending to the right, rotation "
    "to the left, of the chest against the pelvis"
)
_TO_OPENSIM = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])
_PARTS = ("flexion", "adduction", "rotation")
_TRUNK_PARTS = ("extension", "bending", "rotation")
_SIDES = (("left", "l", -1.0), ("right", "r", 1.0))


@dataclass(frozen=True, eq=False, slots=True)
class BodyAngles:
    """Angles over n frames.

    Args:
        names: `hip_flexion_l` and so on.
        degrees: (n, A).
    """

    names: tuple[str, ...]
    degrees: np.ndarray

    def of(self, joint: str) -> np.ndarray:
        """(n, 3): the angles of `hip_l`, `trunk`, `knee_r` and so on; 0 where it has but one."""
        start, _, side = joint.partition("_")
        end = f"_{side}" if side else ""
        columns = [
            n for n, name in enumerate(self.names) if name.startswith(start) and name.endswith(end)
        ]
        return np.pad(self.degrees[:, columns], ((0, 0), (0, 3 - len(columns))))


def body_angles(fit: BodyFit) -> BodyAngles:
    """Trunk, hips, knees, shoulders and elbows; ankles where the skeleton has toes.

    A foot at a right angle to the shin is 0; toes up, dorsiflexion, is positive: OpenSim's
    `ankle_angle`, and Sports2D's ankle dorsiflexion.
    """
    at = {bone.name: n for n, bone in enumerate(fit.body.bones)}
    turns = fit.pose.rotations
    named: dict[str, np.ndarray] = {}
    trunk = _zxy(turns[:, at["spine"]] @ turns[:, at["chest"]])
    named |= {f"trunk_{part}": trunk[:, n] for n, part in enumerate(_TRUNK_PARTS)}
    for side, letter, sign in _SIDES:
        signs = np.array([1.0, sign, sign])
        hip = _zxy(turns[:, at[f"{side}_hip"]]) * signs
        hanging = rotations_by(np.array([0.0, 0.0, -sign * np.pi / 2]))  # from the T
        arm = turns[:, at[f"{side}_clavicle"]] @ turns[:, at[f"{side}_shoulder"]] @ hanging
        shoulder = _zxy(arm) * signs
        for joint, angles in (("hip", hip), ("shoulder", shoulder)):
            named |= {f"{joint}_{p}_{letter}": angles[:, n] for n, p in enumerate(_PARTS)}
        for joint in ("knee", "elbow"):
            number = at[f"{side}_{joint}"]
            vectors = rotation_vectors(turns[:, number])
            angle = np.degrees(twist_angles(vectors, fit.body.bones[number].axis))
            named[f"{joint}_flexion_{letter}"] = angle
        ankle = at[f"{side}_ankle"]
        if fit.body.bones[ankle].freedom is Freedom.BALL:
            named[f"ankle_angle_{letter}"] = _zxy(turns[:, ankle])[:, 0]
    return BodyAngles(tuple(named), np.stack(list(named.values()), axis=1))


def _zxy(rotations: np.ndarray) -> np.ndarray:
    """(n, 3) degrees about OpenSim's z, x, y, body-fixed in this order, of turns in our axes."""
    turned = _TO_OPENSIM @ rotations @ _TO_OPENSIM.T
    x = np.arcsin(np.clip(turned[:, 2, 1], -1, 1))
    z = np.arctan2(-turned[:, 0, 1], turned[:, 1, 1])
    y = np.arctan2(-turned[:, 2, 0], turned[:, 2, 2])
    return np.unwrap(np.degrees(np.stack([z, x, y], axis=-1)), axis=0, period=360)
