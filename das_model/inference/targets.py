"""Training targets from annotations: grid locations assigned to people, regression values.

Follows section 3.2 of the DAS paper. Runs in the data loader's workers (numpy only) and is the
inverse of `decode`, tied to it by a round-trip test. The numbers that both need stand in
`Encoding`.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from das_model.annotation import Annotation
from das_model.inference.centres import CENTRES, person_centres

ROOT_DEPTHS = ("linear", "log")
BACKBONE_STRIDE = 32  # of a backbone's coarsest map, px
_LOG_SLOPE = 2.5  # of the logarithm; as steep as the linear form at 25 mm/px, a usual distance
_USUAL_STRIDE_MM = 250.0  # what a stride spans at a person's distance, whatever their level
_LARGEST_LOG = 10.0  # either way, of z / f by its unit: no output of a network makes it infinite


@dataclass(frozen=True, slots=True)
class Encoding:
    """Encoding of people as maps; stored with the weights.

    The defaults are those of the live networks. The ranges on r_max are the paper's, in pixels
    of the network's input, so that a person's size in strides is the same at every resolution;
    at the live networks' small inputs strides above 64 would have nobody to answer for.
    """

    strides: tuple[int, ...] = (8, 16, 32, 64)
    range_bounds_px: tuple[float, ...] = (48, 96, 192)  # r_max that parts the levels
    radius: float = 1.5  # half side of the positive square, in strides
    root_depth: str = "linear"  # linear | log: what stands for z / f (log: ours)
    root_depth_unit: float = 10.0  # mm per px: z / f is divided by this
    joint_depth_unit_mm: float = 500.0  # relative joint depth is divided by this (z_norm)
    centre: str = "root"  # kind of a person's reference point, see `centres`
    heat_stride: int = 0  # of the joints' heat map; 0 for a network without one

    def __post_init__(self) -> None:
        if self.centre not in CENTRES:
            raise ValueError(f"Encoding.centre must be in {CENTRES}, got {self.centre!r}")
        if self.root_depth not in ROOT_DEPTHS:
            raise ValueError(
                f"Encoding.root_depth must be in {ROOT_DEPTHS}, got {self.root_depth!r}"
            )
        strides = self.strides
        are_whole = bool(strides) and all(type(s) is int and 0 < s <= 1024 for s in strides)
        if not are_whole or list(strides) != sorted(set(strides)):
            raise ValueError(f"Encoding.strides must be rising whole numbers, got {strides}")
        units = (self.root_depth_unit, self.joint_depth_unit_mm)
        if not all(0 < unit < 1e6 for unit in units):
            raise ValueError(f"Encoding's units of depth must be positive, got {units}")
        if len(self.range_bounds_px) != len(self.strides) - 1:
            raise ValueError(
                f"Encoding.range_bounds_px must part {len(self.strides)} levels, "
                f"got {self.range_bounds_px}"
            )

    @property
    def side_multiple(self) -> int:
        """Of the sides of a network's input, px: the backbone needs whole locations; the levels
        above it come from convolutions that take any size."""
        return min(self.strides[-1], BACKBONE_STRIDE)

    def locations_px(self, level: int, h: int, w: int) -> np.ndarray:
        """(h, w, 2) image positions of a level's locations, px; read-only."""
        return _locations_px(self.strides[level], h, w)

    def encoded_root_depth(self, depth_mm: np.ndarray, focal_px: float) -> np.ndarray:
        """What stands in the maps for a root's depth, z / f by its unit or 2.5 times the logarithm
        of that; the logarithm of what is not in front of the camera is NaN."""
        in_units = depth_mm / focal_px / self.root_depth_unit
        if self.root_depth == "linear":
            return in_units
        return _LOG_SLOPE * np.log(np.where(in_units > 0, in_units, np.nan))

    def usual_root_depth(self, level: int) -> float:
        """Encoded depth that a level's map adds to what its output says: the logarithm at which
        a stride spans 250 mm; 0 in the linear form.

        Levels are parted by size, and an output that all levels share, with a factor for each,
        cannot add what parts their logarithms.
        """
        if self.root_depth == "linear":
            return 0.0
        return _LOG_SLOPE * math.log(_USUAL_STRIDE_MM / self.strides[level] / self.root_depth_unit)

    def root_depth_mm(self, encoded: np.ndarray, focal_px: float) -> np.ndarray:
        """Inverse of `encoded_root_depth`."""
        if self.root_depth == "log":
            encoded = np.exp(np.clip(encoded / _LOG_SLOPE, -_LARGEST_LOG, _LARGEST_LOG))
        return encoded * self.root_depth_unit * focal_px


@lru_cache(maxsize=32)
def _locations_px(stride: int, h: int, w: int) -> np.ndarray:
    xs, ys = np.meshgrid(np.arange(w), np.arange(h))
    locations = (np.stack([xs, ys], axis=-1) + 0.5) * stride - 0.5
    locations.flags.writeable = False
    return locations


_SPOT_SHARE = 0.03  # sigma of a heat spot by width and height of its person's box; assumed
_SPOT_EDGE = 0.1  # down to this value a heat spot is trained on, in ignored boxes too; assumed
_SPOT_REACH = 5.3  # sigmas; further out a spot is below 1e-6
PAPER_ENCODING = Encoding(strides=(8, 16, 32, 64, 128), range_bounds_px=(48, 96, 192, 384))


@dataclass(frozen=True, eq=False, slots=True)
class Targets:
    """Training targets of one level, for h x w locations.

    Args:
        positive: (h, w) bool, the location is assigned to a person.
        ignore: (h, w) bool, excluded from the score loss.
        centerness: (h, w) float32 in [0, 1].
        root: (3, h, w) float32, x and y to the root in strides, encoded root depth.
        root_valid: (3, h, w) bool.
        joint_offset: (J, 3, h, w) float32, x and y to the joint in strides, encoded depth.
        joint_valid: (J, 3, h, w) bool.
        heat: (J, H / s, W / s) float32 in [0, 1] at `Encoding.heat_stride` s, a spot at each
            visible joint of anybody; of the finest level alone, (J, 0, 0) on the others.
        heat_mask: likewise bool, False in ignore boxes and, for a joint that is hidden or not
            labelled, in its person's box.
    """

    positive: np.ndarray
    ignore: np.ndarray
    centerness: np.ndarray
    root: np.ndarray
    root_valid: np.ndarray
    joint_offset: np.ndarray
    joint_valid: np.ndarray
    heat: np.ndarray
    heat_mask: np.ndarray


def encode(annotation: Annotation, encoding: Encoding) -> list[Targets]:
    """Targets of every level, finest first (section 3.2).

    A person goes to the level whose range holds the largest distance from the centre to a visible
    joint; the locations in a square around the centre are assigned to the person, a location of
    several people's squares to the nearest centre. The boxes of people without a centre (see
    `centres`) are excluded from the score loss.

    Args:
        annotation: people in the picture that the network sees; width and height multiples of
            the coarsest stride.
        encoding: the network's.
    """
    width, height = annotation.camera.size
    centre_px, is_centre = person_centres(annotation, encoding.centre)
    level_of = _levels(annotation, centre_px, encoding)
    boxes_px = annotation.boxes_px()
    ignore_px = np.concatenate([annotation.ignore_px, boxes_px[~is_centre]])
    targets = []
    for level, stride in enumerate(encoding.strides):
        locations = encoding.locations_px(level, height // stride, width // stride)
        is_here = is_centre & (level_of == level)
        people = np.flatnonzero(is_here)
        owner, distance = _nearest_centre(locations, centre_px[people], encoding.radius * stride)
        owner = np.where(owner >= 0, np.append(people, -1)[owner], -1)
        ignore = _inside_any(locations, ignore_px) & (owner < 0)
        heat = _heat(annotation, boxes_px, encoding.heat_stride if level == 0 else 0)
        targets.append(
            _level_targets(annotation, encoding, level, locations, owner, distance, ignore, heat)
        )
    return targets


def _levels(annotation: Annotation, centre_px: np.ndarray, encoding: Encoding) -> np.ndarray:
    """(P,) level of each person by r_max, the largest distance centre to visible joint."""
    distance = np.linalg.norm(annotation.joints_px - centre_px[:, None], axis=-1)
    r_max = np.where(annotation.visible & annotation.valid_2d, distance, 0).max(axis=1, initial=0)
    return np.searchsorted(encoding.range_bounds_px, r_max)


def _nearest_centre(
    locations: np.ndarray, centre_px: np.ndarray, half_side_px: float
) -> tuple[np.ndarray, np.ndarray]:
    """Assign each location to a centre.

    Returns:
        owner: (h, w) int64 index into `centre_px` (P, 2), -1 where no centre's square reaches.
        distance: (h, w) px to that centre.
    """
    if len(centre_px) == 0:
        return np.full(locations.shape[:2], -1), np.zeros(locations.shape[:2])
    delta = centre_px - locations[:, :, None]  # (h, w, P, 2)
    distance = np.linalg.norm(delta, axis=-1)
    distance = np.where((np.abs(delta) <= half_side_px).all(axis=-1), distance, np.inf)
    owner = distance.argmin(axis=-1)
    distance = distance.min(axis=-1)
    return np.where(np.isfinite(distance), owner, -1), distance


def _inside_any(locations: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """(h, w) bool: the location lies in one of the (N, 4) boxes."""
    x, y = locations[0, :, 0], locations[:, 0, 1]
    inside = np.zeros(locations.shape[:2], bool)
    for left, top, right, bottom in boxes:
        inside[_span(y, top, bottom), _span(x, left, right)] = True
    return inside


def _level_targets(
    annotation: Annotation,
    encoding: Encoding,
    level: int,
    locations: np.ndarray,
    owner: np.ndarray,
    distance: np.ndarray,
    ignore: np.ndarray,
    heat: tuple[np.ndarray, np.ndarray],
) -> Targets:
    """Write the owners' values into maps; everything else stays 0 and not valid."""
    h, w = owner.shape
    stride, root, num_joints = (
        encoding.strides[level],
        annotation.skeleton.root,
        annotation.skeleton.num_joints,
    )
    ys, xs = np.nonzero(owner >= 0)
    people, at = owner[ys, xs], locations[ys, xs]  # (N,), (N, 2)
    depth = annotation.joints_cam[people, :, 2]  # (N, J)
    valid_3d = annotation.valid_3d[people] & annotation.valid_3d[people, root][:, None]

    joints = np.zeros((len(people), num_joints, 3))
    joints[..., :2] = (annotation.joints_px[people] - at[:, None]) / stride
    joints[..., 2] = (depth - depth[:, [root]]) / encoding.joint_depth_unit_mm
    valid = np.stack([annotation.valid_2d[people]] * 2 + [valid_3d], axis=-1)

    centerness = np.zeros((h, w), np.float32)
    centerness[ys, xs] = np.exp(-2.5 * distance[ys, xs] / (np.sqrt(2) * encoding.radius * stride))
    joint_offset = np.zeros((num_joints, 3, h, w), np.float32)
    joint_valid = np.zeros((num_joints, 3, h, w), bool)
    joint_offset[:, :, ys, xs] = np.where(valid, joints, 0).transpose(1, 2, 0)
    joint_valid[:, :, ys, xs] = valid.transpose(1, 2, 0)
    has_root_depth = valid_3d[:, root]
    if annotation.is_relative is not None:
        has_root_depth = has_root_depth & ~annotation.is_relative[people]
    root_map, root_valid = joint_offset[root].copy(), joint_valid[root].copy()
    root_depth = encoding.encoded_root_depth(depth[:, root], annotation.camera.focal_px)
    has_root_depth = has_root_depth & ~np.isnan(root_depth)
    root_valid[2, ys, xs] = has_root_depth
    root_map[2, ys, xs] = np.where(has_root_depth, root_depth, 0)
    return Targets(
        owner >= 0, ignore, centerness, root_map, root_valid, joint_offset, joint_valid, *heat
    )


def _heat(
    annotation: Annotation, boxes_px: np.ndarray, stride: int
) -> tuple[np.ndarray, np.ndarray]:
    """heat and heat_mask of `Targets`: Gaussian spots, as wide as a share of a person's box."""
    num_joints = annotation.skeleton.num_joints
    if not stride:
        return np.zeros((num_joints, 0, 0), np.float32), np.zeros((num_joints, 0, 0), bool)
    width, height = (side // stride for side in annotation.camera.size)
    locations = _locations_px(stride, height, width)
    x, y = locations[0, :, 0], locations[:, 0, 1]
    heat = np.zeros((num_joints, height, width), np.float32)
    is_asked = np.repeat(~_inside_any(locations, annotation.ignore_px)[None], num_joints, axis=0)
    seen = annotation.visible & annotation.valid_2d
    for joints, (left, top, right, bottom) in zip(seen, boxes_px, strict=True):
        is_asked[~joints, _span(y, top, bottom), _span(x, left, right)] = False
    spread = np.maximum(stride, _SPOT_SHARE * (boxes_px[:, 2:] - boxes_px[:, :2]).sum(axis=1))
    for joints_px, joints, sigma in zip(annotation.joints_px, seen, spread, strict=True):
        if not joints.any():
            continue
        at = joints_px[joints]
        (left, top), (right, bottom) = at.min(axis=0), at.max(axis=0)
        reach = _SPOT_REACH * sigma
        across, down = _span(x, left - reach, right + reach), _span(y, top - reach, bottom + reach)
        rows = np.exp(-0.5 * ((x[across] - at[:, :1]) / sigma) ** 2).astype(np.float32)
        columns = np.exp(-0.5 * ((y[down] - at[:, 1:]) / sigma) ** 2).astype(np.float32)
        spots = columns[:, :, None] * rows[:, None]
        there = (joints, down, across)
        heat[there] = np.maximum(heat[there], spots)
        is_asked[there] |= spots > _SPOT_EDGE
    return heat, is_asked


def _span(places: np.ndarray, low: float, high: float) -> slice:
    """Those of rising places from `low` to `high`; none where these are not known."""
    return slice(np.searchsorted(places, low), np.searchsorted(places, high, side="right"))
