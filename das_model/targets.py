"""Annotated people to training targets: which location answers for whom, and what it must say.

Follows section 3.2 of the DAS paper. Runs in the data loader's workers (numpy only) and is the
inverse of `decode`, tied to it by a round-trip test. The numbers that both need stand in
`Encoding`.
"""

from dataclasses import dataclass, field

import numpy as np

from das_model.camera import Camera
from das_model.skeleton import BODY_22, Skeleton


@dataclass(frozen=True, slots=True)
class Encoding:
    """How people are written into maps; stored with the weights.

    The defaults are those of the live networks. The ranges on r_max are the paper's, in pixels
    of the network's input, so that a person's size in strides is the same at every resolution;
    at the live networks' small inputs strides above 64 would have nobody to answer for.
    """

    strides: tuple[int, ...] = (8, 16, 32, 64)
    range_bounds_px: tuple[float, ...] = (48, 96, 192)  # r_max that parts the levels
    radius: float = 1.5  # half side of the positive square, in strides
    root_depth_unit: float = 10.0  # mm per px: z / f is divided by this
    joint_depth_unit_mm: float = 500.0  # relative joint depth is divided by this (z_norm)

    def __post_init__(self) -> None:
        if len(self.range_bounds_px) != len(self.strides) - 1:
            raise ValueError(
                f"Encoding.range_bounds_px must part {len(self.strides)} levels, "
                f"got {self.range_bounds_px}"
            )

    def locations_px(self, level: int, h: int, w: int) -> np.ndarray:
        """(h, w, 2) image positions of a level's locations, px."""
        stride = self.strides[level]
        xs, ys = np.meshgrid(np.arange(w), np.arange(h))
        return (np.stack([xs, ys], axis=-1) + 0.5) * stride - 0.5


PAPER_ENCODING = Encoding(strides=(8, 16, 32, 64, 128), range_bounds_px=(48, 96, 192, 384))


@dataclass(frozen=True, eq=False, slots=True)
class Annotation:
    """Labelled people of one picture.

    Args:
        joints_cam: (P, J, 3) float32 mm in camera space; any value where not `valid_3d`.
        joints_px: (P, J, 2) float32 px; any value where not `valid_2d`.
        valid_2d: (P, J) bool, the joint's place in the image is labelled (seen or hidden).
        valid_3d: (P, J) bool, its camera-space position is labelled too.
        visible: (P, J) bool, labelled and seen in the picture (not hidden, not outside).
        ignore_px: (M, 4) float32 boxes (left, top, right, bottom) where people may stand without
            labels: no loss is given inside.
        camera: intrinsics of the picture.
        skeleton: names of the J joints.

    Raises:
        ValueError: if a shape disagrees with the skeleton or with the others.
    """

    joints_cam: np.ndarray
    joints_px: np.ndarray
    valid_2d: np.ndarray
    valid_3d: np.ndarray
    visible: np.ndarray
    ignore_px: np.ndarray
    camera: Camera
    skeleton: Skeleton = field(default=BODY_22)

    def __post_init__(self) -> None:
        people_joints = (len(self.joints_px), self.skeleton.num_joints)
        expected = {
            "joints_cam": (*people_joints, 3),
            "joints_px": (*people_joints, 2),
            "valid_2d": people_joints,
            "valid_3d": people_joints,
            "visible": people_joints,
            "ignore_px": (len(self.ignore_px), 4),
        }
        for name, shape in expected.items():
            if getattr(self, name).shape != shape:
                raise ValueError(
                    f"Annotation.{name} must be {shape}, got {getattr(self, name).shape}"
                )

    def __len__(self) -> int:
        return len(self.joints_px)


@dataclass(frozen=True, eq=False, slots=True)
class Targets:
    """What one level should say, for h x w locations.

    Args:
        positive: (h, w) bool, the location answers for a person.
        ignore: (h, w) bool, no score is asked for here.
        centerness: (h, w) float32 in [0, 1].
        root: (3, h, w) float32, x and y to the root in strides, encoded root depth.
        root_valid: (3, h, w) bool.
        joint_offset: (J, 3, h, w) float32, x and y to the joint in strides, encoded depth.
        joint_valid: (J, 3, h, w) bool.
    """

    positive: np.ndarray
    ignore: np.ndarray
    centerness: np.ndarray
    root: np.ndarray
    root_valid: np.ndarray
    joint_offset: np.ndarray
    joint_valid: np.ndarray


def encode(annotation: Annotation, encoding: Encoding) -> list[Targets]:
    """Targets of every level, finest first (section 3.2).

    A person goes to the level whose range holds the largest distance from the root to a visible
    joint, and is answered for by the locations in a square around the root; where several people
    claim a location, the nearest root wins. People whose root is unlabelled or outside the
    picture are no targets: the score is not asked for in the box around their joints.

    Args:
        annotation: people in the picture that the network sees; width and height multiples of
            the coarsest stride.
        encoding: the network's.
    """
    width, height = annotation.camera.size
    root = annotation.skeleton.root
    root_px = annotation.joints_px[:, root]
    is_inside = (root_px > -0.5).all(1) & (root_px < np.array([width, height]) - 0.5).all(1)
    is_centre = annotation.valid_2d[:, root] & is_inside
    level_of = _levels(annotation, encoding)
    ignore_px = np.concatenate(
        [annotation.ignore_px, _joint_boxes(annotation, np.flatnonzero(~is_centre))]
    )
    targets = []
    for level, stride in enumerate(encoding.strides):
        locations = encoding.locations_px(level, height // stride, width // stride)
        people = np.flatnonzero(is_centre & (level_of == level))
        owner, distance = _nearest_root(locations, root_px[people], encoding.radius * stride)
        owner = np.where(owner >= 0, np.append(people, -1)[owner], -1)
        ignore = _inside_any(locations, ignore_px) & (owner < 0)
        targets.append(
            _level_targets(annotation, encoding, level, locations, owner, distance, ignore)
        )
    return targets


def _levels(annotation: Annotation, encoding: Encoding) -> np.ndarray:
    """(P,) level of each person by r_max, the largest distance root to visible joint."""
    root_px = annotation.joints_px[:, [annotation.skeleton.root]]
    distance = np.linalg.norm(annotation.joints_px - root_px, axis=-1)
    r_max = np.where(annotation.visible & annotation.valid_2d, distance, 0).max(axis=1, initial=0)
    return np.searchsorted(encoding.range_bounds_px, r_max)


def _joint_boxes(annotation: Annotation, people: np.ndarray) -> np.ndarray:
    """(N, 4) boxes around the labelled joints of these people, left, top, right, bottom px."""
    boxes = np.zeros((len(people), 4), np.float32)
    for i, person in enumerate(people):
        joints = annotation.joints_px[person, annotation.valid_2d[person]]
        if len(joints):
            boxes[i] = [*joints.min(axis=0), *joints.max(axis=0)]
    return boxes


def _nearest_root(
    locations: np.ndarray, root_px: np.ndarray, half_side_px: float
) -> tuple[np.ndarray, np.ndarray]:
    """Which root each location answers for.

    Returns:
        owner: (h, w) int64 index into `root_px` (P, 2), -1 where no root's square reaches.
        distance: (h, w) px to that root.
    """
    if len(root_px) == 0:
        return np.full(locations.shape[:2], -1), np.zeros(locations.shape[:2])
    delta = root_px - locations[:, :, None]  # (h, w, P, 2)
    distance = np.linalg.norm(delta, axis=-1)
    distance = np.where((np.abs(delta) <= half_side_px).all(axis=-1), distance, np.inf)
    owner = distance.argmin(axis=-1)
    distance = distance.min(axis=-1)
    return np.where(np.isfinite(distance), owner, -1), distance


def _inside_any(locations: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """(h, w) bool: the location lies in one of the (N, 4) boxes."""
    x, y = locations[..., :1], locations[..., 1:]
    inside = (x >= boxes[:, 0]) & (x <= boxes[:, 2]) & (y >= boxes[:, 1]) & (y <= boxes[:, 3])
    return inside.any(axis=-1)


def _level_targets(
    annotation: Annotation,
    encoding: Encoding,
    level: int,
    locations: np.ndarray,
    owner: np.ndarray,
    distance: np.ndarray,
    ignore: np.ndarray,
) -> Targets:
    """Write the owners' values into maps; everything else stays 0 and not valid."""
    h, w = owner.shape
    stride, root, num_joints = (
        encoding.strides[level], annotation.skeleton.root, annotation.skeleton.num_joints,
    )  # fmt: skip
    ys, xs = np.nonzero(owner >= 0)
    people, at = owner[ys, xs], locations[ys, xs]  # (N,), (N, 2)
    depth = annotation.joints_cam[people, :, 2]  # (N, J)
    valid_3d = annotation.valid_3d[people] & annotation.valid_3d[people, root][:, None]

    joints = np.zeros((len(people), num_joints, 3))
    joints[..., :2] = (annotation.joints_px[people] - at[:, None]) / stride
    joints[..., 2] = (depth - depth[:, [root]]) / encoding.joint_depth_unit_mm
    valid = np.stack([annotation.valid_2d[people]] * 2 + [valid_3d], axis=-1)

    centerness = np.zeros((h, w), np.float32)
    centerness[ys, xs] = np.exp(
        -2.5 * distance[ys, xs] / (np.sqrt(2) * encoding.radius * stride)
    )
    joint_offset = np.zeros((num_joints, 3, h, w), np.float32)
    joint_valid = np.zeros((num_joints, 3, h, w), bool)
    joint_offset[:, :, ys, xs] = np.where(valid, joints, 0).transpose(1, 2, 0)
    joint_valid[:, :, ys, xs] = valid.transpose(1, 2, 0)
    root_map = joint_offset[root].copy()
    root_map[2, ys, xs] = np.where(
        valid_3d[:, root],
        depth[:, root] / annotation.camera.focal_px / encoding.root_depth_unit,
        0,
    )
    return Targets(
        owner >= 0, ignore, centerness, root_map, joint_valid[root], joint_offset, joint_valid
    )
