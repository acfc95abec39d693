"""Bodies from poses: forward kinematics, the 22 joints, and capsules.

A pose is one rotation per bone in world-aligned axes relative to the parent (x the person's left,
-y front, z up, identity = the A-shaped rest pose). Units are metres.
"""

from dataclasses import dataclass, replace

import numpy as np

from das_model.skeleton import BODY_22
from das_model.synthetic.body.kit import FACE_POINTS, REST_UNIT_M, BodyKit

_SIDES = {"left": "L", "right": "R"}
_BONE_OF_JOINT = {"neck": "neck01"} | {
    f"{side}_{joint}": f"{bone}.{letter}"
    for side, letter in _SIDES.items()
    for joint, bone in {
        "shoulder": "upperarm01",
        "elbow": "lowerarm01",
        "wrist": "wrist",
        "hip": "upperleg01",
        "knee": "lowerleg01",
        "ankle": "foot",
    }.items()
}
# (from, to, radius in m): the flesh round the bones; names are joints or end points of `ends`.
CAPSULES = (
    ("pelvis", "chest", 0.135),
    ("neck", "head", 0.065),
    ("head", "head_up", 0.10),
    ("left_hip", "right_hip", 0.12),
    ("left_shoulder", "right_shoulder", 0.065),
) + tuple(
    capsule
    for side in _SIDES
    for capsule in (
        (f"{side}_shoulder", f"{side}_elbow", 0.052),
        (f"{side}_elbow", f"{side}_wrist", 0.042),
        (f"{side}_wrist", f"{side}_fingers", 0.04),
        (f"{side}_hip", f"{side}_knee", 0.08),
        (f"{side}_knee", f"{side}_ankle", 0.055),
        (f"{side}_ankle", f"{side}_toes", 0.045),
    )
)
_RADII = np.array([radius for _, _, radius in CAPSULES])
_ADULT_M = 1.65  # from this stature on people are as thick as the capsules say
_SLIMMEST = 0.5


@dataclass(frozen=True, eq=False, slots=True)
class PosedBody:
    """One person in the world (metres, z up).

    Args:
        shape: index into the kit's pool.
        scale: size relative to the pool's shape.
        girth: thickness of the capsules relative to an adult's.
        rotations: (B, 3, 3) world rotations of the bones.
        heads: (B, 3) world positions of the bones' heads.
        joints: (22, 3) world positions in the order of BODY_22.
        capsule_ends: (K, 2, 3) world ends of `CAPSULES`.
        contact: (C, 3) world positions of the kit's contact vertices.
    """

    shape: int
    scale: float
    girth: float
    rotations: np.ndarray
    heads: np.ndarray
    joints: np.ndarray
    capsule_ends: np.ndarray
    contact: np.ndarray

    def moved(self, shift: np.ndarray) -> "PosedBody":
        """The same body shifted by (3,) metres."""
        return replace(
            self,
            heads=self.heads + shift,
            joints=self.joints + shift,
            capsule_ends=self.capsule_ends + shift,
            contact=self.contact + shift,
        )

    def turned(self, yaw: float) -> "PosedBody":
        """The same body turned by `yaw` radians about the world's vertical axis."""
        c, s = np.cos(yaw), np.sin(yaw)
        turn = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
        return replace(
            self,
            rotations=turn @ self.rotations,
            heads=self.heads @ turn.T,
            joints=self.joints @ turn.T,
            capsule_ends=self.capsule_ends @ turn.T,
            contact=self.contact @ turn.T,
        )

    def joint(self, name: str) -> np.ndarray:
        """(3,) world position of a joint of BODY_22."""
        return self.joints[BODY_22.index(name)]

    def radii(self) -> np.ndarray:
        """(K,) radii of the capsules in metres."""
        return _RADII * self.girth


class BodyPoser:
    """Poses shapes of a kit; holds the tables that forward kinematics needs.

    Args:
        kit: body kit.
    """

    def __init__(self, kit: BodyKit) -> None:
        self.kit = kit
        depth = np.zeros(len(kit.bone_parents), int)
        for bone, parent in enumerate(kit.bone_parents):
            depth[bone] = depth[parent] + 1 if parent >= 0 else 0
        levels = [np.flatnonzero(depth == d) for d in range(1, depth.max() + 1)]
        self._levels = [(level, kit.bone_parents[level]) for level in levels]
        self._head = kit.bone("head")
        self._joint_bones = {j: kit.bone(b) for j, b in _BONE_OF_JOINT.items()}
        self._fingers = {side: kit.bone(f"finger3-2.{s}") for side, s in _SIDES.items()}
        self._toes = {side: kit.bone(f"toe1-2.{s}") for side, s in _SIDES.items()}
        self._chest = kit.bone("spine01")
        soles = kit.rest[:, kit.contact, 2].min(1) * REST_UNIT_M
        stature = kit.rest_face[:, FACE_POINTS.index("head_top"), 2] - soles
        self._girth = np.clip(stature / _ADULT_M, _SLIMMEST, 1.0)
        self._spine = [kit.bone(f"spine0{number}") for number in (4, 3, 2, 1)]

    def pose(self, shape: int, scale: float, pose: np.ndarray) -> PosedBody:
        """The body of one pose with its root at the kit's origin.

        Args:
            shape: index into the kit's pool.
            scale: size relative to the pool's shape.
            pose: (B, 3, 3) rotation of each bone relative to its parent.
        """
        kit = self.kit
        rest = kit.rest_heads[shape].astype(np.float64) * scale
        local = np.zeros((len(pose), 4, 4))
        local[:, :3, :3] = pose
        local[0, :3, 3] = rest[0]
        local[1:, :3, 3] = rest[1:] - rest[kit.bone_parents[1:]]
        local[:, 3, 3] = 1
        world = local.copy()
        for level, parents in self._levels:
            world[level] = world[parents] @ local[level]
        rotations, heads = np.ascontiguousarray(world[:, :3, :3]), world[:, :3, 3].copy()
        face = kit.rest_face[shape] * scale - rest[self._head]
        face = face @ rotations[self._head].T + heads[self._head]
        points = self._named_points(heads, rotations, face)
        joints = np.array([points[name] for name in BODY_22.joint_names])
        ends = np.array([(points[a], points[b]) for a, b, _ in CAPSULES])
        contact = self._skin(shape, scale, rotations, heads, kit.contact)
        girth = float(self._girth[shape]) * scale
        return PosedBody(shape, scale, girth, rotations, heads, joints, ends, contact)

    def vertices(self, body: PosedBody) -> np.ndarray:
        """(V, 3) float64 world positions of all vertices; the same sums as the skin kernel's."""
        every = np.arange(len(self.kit.canon))
        return self._skin(body.shape, body.scale, body.rotations, body.heads, every)

    def _named_points(
        self, heads: np.ndarray, rotations: np.ndarray, face: np.ndarray
    ) -> dict[str, np.ndarray]:
        points = {joint: heads[bone] for joint, bone in self._joint_bones.items()}
        points |= dict(zip(FACE_POINTS, face, strict=True))
        points["pelvis"] = (points["left_hip"] + points["right_hip"]) / 2
        points["spine"] = _halfway([points["pelvis"], *heads[self._spine], points["neck"]])
        points["head"] = (points["left_ear"] + points["right_ear"]) / 2
        points["head_up"] = points["head"] + 0.5 * (points["head_top"] - points["head"])
        points["chest"] = heads[self._chest]
        for side in _SIDES:
            points[f"{side}_fingers"] = heads[self._fingers[side]]
            points[f"{side}_toes"] = heads[self._toes[side]]
        return points

    def _skin(
        self,
        shape: int,
        scale: float,
        rotations: np.ndarray,
        heads: np.ndarray,
        vertices: np.ndarray,
    ) -> np.ndarray:
        kit = self.kit
        bones, weights = kit.skin_bones[vertices], kit.skin_weights[vertices]
        rest = kit.rest[shape, vertices].astype(np.float64) * (REST_UNIT_M * scale)
        local = rest[:, None] - kit.rest_heads[shape].astype(np.float64)[bones] * scale
        placed = np.einsum("vkij,vkj->vki", rotations[bones], local) + heads[bones]
        return np.einsum("vk,vki->vi", weights, placed)


def _halfway(points: list[np.ndarray]) -> np.ndarray:
    """(3,) the point at half the length of a polyline."""
    line = np.stack(points)
    lengths = np.linalg.norm(np.diff(line, axis=0), axis=1)
    ends = np.concatenate([[0], np.cumsum(lengths)])
    half = ends[-1] / 2
    return np.array([np.interp(half, ends, line[:, axis]) for axis in range(3)])
