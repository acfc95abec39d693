"""Lifting: a second, small network that sees a person's joints together and moves them in space.

The DAS heads tell every joint on its own, from one place of the picture. What bones, balance and
habit say of all joints together is learned better from the joints themselves (Martinez et al.,
ICCV 2017, "A simple yet effective baseline for 3d human pose estimation"); and once a joint is
found, what the network saw there says more of it. A transformer (Vaswani et al., NeurIPS 2017)
takes both, one token a joint. This stage is ours, not the paper's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from das_model.inference.decode import NUM_CUES
from das_model.network.checkpoint import load_tensors
from das_model.skeleton import Skeleton
from das_model.training.optimiser import (
    OptimiserConfig,
    build_optimiser,
    rate_factor,
    set_learning_rate,
)

_POSE_UNIT_MM = 500.0
_DEPTH_UNIT = 0.3  # of the logarithm of the root's depth
_TYPICAL_DEPTH_MM = 3000.0
_NEAREST_MM = 100.0
_SCALE_NOISE = 0.02  # of a training pose as a whole, standard deviation
_JOINT_NOISE_MM = (2.0, 2.0, 12.0)  # of its joints on x, y and z
_SEEN_PEOPLE = 0.25  # of training people, who are made better seen
_SEEN_SHARE, _SEEN_NOISE_MM = 0.8, 10.0  # of their joints
_PHOTO_SHARE = 0.25  # of training people whose distance is not known
_NUM_MEASURED = 2000  # people whose features tell their mean and spread
_HIDDEN_SHARE = 0.15  # of training people's joints, whose features are not told
_NUM_HEADS = 4


class PoseLifting(nn.Module):
    """A transformer over the joints of one person.

    Args:
        num_joints: J.
        num_features: F of a joint, see `joint_features`.
        width: of a joint's token.
        num_layers: of the transformer.
    """

    def __init__(
        self, num_joints: int, num_features: int, width: int = 128, num_layers: int = 2
    ) -> None:
        super().__init__()
        self.num_joints = num_joints
        self.register_buffer("feature_mean", torch.zeros(num_features))
        self.register_buffer("feature_spread", torch.ones(num_features))
        self.enter = nn.Linear(NUM_CUES * num_joints + 3, width * num_joints)
        self.see = nn.Linear(num_features, width)
        self.layers = nn.ModuleList(_Layer(width) for _ in range(num_layers))
        self.normalise = nn.LayerNorm(width)
        self.leave = nn.Linear(width * num_joints, 3 * num_joints + 1)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)

    def forward(self, found: Tensor, features: Tensor) -> Tensor:
        """Joints as decoded to joints as they are likelier to be.

        Args:
            found: (P, J, 7) x, y, z in camera space, mm, the joint's score, the heat at it, and
                x, y that the heat moved it by, mm; the first joint is the root.
            features: (P, J, F) of `joint_features`.

        Returns:
            (P, J, 3) mm in camera space.
        """
        joints, sureness, drawn = found[..., :3], found[..., 3:5], found[..., 5:]
        root_depth = joints[:, :1, 2:].clamp(min=_NEAREST_MM)  # (P, 1, 1)
        relative = (joints - joints[:, :1]) / _POSE_UNIT_MM
        ray = joints[:, 0, :2] / root_depth[:, 0]
        cues = torch.cat(
            [
                relative.flatten(1),
                (2 * sureness - 1).flatten(1),
                drawn.flatten(1) / _POSE_UNIT_MM,
                2 * ray,
                (root_depth[:, 0] / _TYPICAL_DEPTH_MM).log(),
            ],
            dim=1,
        )
        seen = (features - self.feature_mean) / self.feature_spread
        if self.training:
            seen = seen * (torch.rand(seen.shape[:2]) >= _HIDDEN_SHARE)[..., None]
        x = self.enter(cues).unflatten(1, (self.num_joints, -1)) + self.see(seen)
        for layer in self.layers:
            x = layer(x)
        out = self.leave(self.normalise(x).flatten(1))
        moved = out[:, :-1].unflatten(1, (-1, 3)) * _POSE_UNIT_MM
        farther = root_depth * (out[:, -1:, None] * _DEPTH_UNIT).exp()
        depth = farther + joints[..., 2:] - joints[:, :1, 2:] + moved[..., 2:]
        depth = depth.clamp(min=_NEAREST_MM)
        # a new depth moves a joint along its ray
        return torch.cat([_rays(joints) * depth + moved[..., :2], depth], dim=-1)


class _Layer(nn.Module):
    """Self-attention and two linear layers, each normalised first and added."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.attend = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 3 * width))
        self.gather = nn.Linear(width, width)
        self.think = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, 2 * width), nn.ReLU(),
            nn.Linear(2 * width, width),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        """(P, J, width) to the same."""
        # query, key and value, (P, heads, J, width / heads) each
        parts = self.attend(x).unflatten(2, (3, _NUM_HEADS, -1)).permute(2, 0, 3, 1, 4)
        gathered = functional.scaled_dot_product_attention(*parts.unbind())
        x = x + self.gather(gathered.transpose(1, 2).flatten(2))
        return x + self.think(x)


@dataclass(frozen=True, eq=False, slots=True)
class LiftingPairs:
    """What a network found of N people, and where they are.

    Args:
        found: (N, J, 7) float32 of `PoseLifting.forward`.
        features: (N, J, F) float16 likewise.
        wanted: (N, J, 3) float32 mm in the same camera's space; any value where not `valid`.
        valid: (N, J) bool, the joint's ray is known.
        has_depth: (N, J) bool, its depth is, too.
        is_relative: (N,) bool, depths count from the root on alone: the distance is not known.

    Raises:
        ValueError: if the shapes disagree.
    """

    found: np.ndarray
    features: np.ndarray
    wanted: np.ndarray
    valid: np.ndarray
    has_depth: np.ndarray
    is_relative: np.ndarray

    def __post_init__(self) -> None:
        for name, size in (
            ("found", (NUM_CUES,)), ("features", self.features.shape[2:]), ("wanted", (3,)),
            ("valid", ()), ("has_depth", ()),
        ):  # fmt: skip
            shape, expected = getattr(self, name).shape, (*self.found.shape[:2], *size)
            if shape != expected:
                raise ValueError(f"LiftingPairs.{name} must be {expected}, got {shape}")
        if self.is_relative.shape != (len(self),):
            raise ValueError(
                f"LiftingPairs.is_relative must be {(len(self),)}, got {self.is_relative.shape}"
            )

    def __len__(self) -> int:
        return len(self.found)


def load_lifting(file: Path) -> PoseLifting | None:
    """The lifting of a weights file, None for a file without one.

    Raises:
        ValueError: if it is one that read no features, as former ones did.
    """
    tensors, _ = load_tensors(file, "lifting.")
    if not tensors:
        return None
    if "see.weight" not in tensors:
        raise ValueError(f"{file}: its lifting reads no features; train_lifting.py trains one")
    width, num_features = tensors["see.weight"].shape
    num_layers = sum(name.endswith("gather.bias") for name in tensors)
    num_joints = len(tensors["enter.bias"]) // width
    lifting = PoseLifting(num_joints, num_features, width, num_layers)
    lifting.load_state_dict(tensors)
    return lifting.eval()


def train_lifting(
    pairs: LiftingPairs,
    skeleton: Skeleton,
    num_steps: int,
    batch_size: int = 256,
    seed: int = 0,
    on_step: Callable[[float], object] = lambda _: None,
) -> PoseLifting:
    """Train on pairs, with noise.

    Args:
        pairs: of training pictures.
        skeleton: the names of their J joints; the first is the root.
        num_steps: of AdamW under a cosine schedule, after a twentieth of warming up.
        batch_size: people a step.
        seed: of weights and draws.
        on_step: told the loss of every step.

    Returns:
        The lifting, in evaluation mode.

    Raises:
        ValueError: if there is no pair, of other joints, or the first is not the root.
    """
    if len(pairs) == 0:
        raise ValueError("train_lifting needs pairs, got none: nobody was found")
    if skeleton.root != 0:
        raise ValueError(f"the first joint must be the root, got {skeleton.joint_names[0]}")
    if pairs.found.shape[1] != skeleton.num_joints:
        raise ValueError(
            f"the pairs must be of {skeleton.num_joints} joints, got {pairs.found.shape[1]}"
        )
    torch.manual_seed(seed)
    lifting = PoseLifting(*pairs.features.shape[1:])
    sample = pairs.features[:: max(1, len(pairs) // _NUM_MEASURED)].astype(np.float32)
    lifting.feature_mean.copy_(torch.from_numpy(sample.mean(axis=(0, 1))))
    lifting.feature_spread.copy_(torch.from_numpy(sample.std(axis=(0, 1)) + 1e-3))
    config = OptimiserConfig(warmup_steps=num_steps // 20, clip_norm=1.0)
    optimiser = build_optimiser(config, lifting)
    tensors = [torch.from_numpy(getattr(pairs, name)) for name in pairs.__slots__]
    share = np.where(pairs.is_relative, _PHOTO_SHARE, 1 - _PHOTO_SHARE)
    for kind in (False, True):
        share[pairs.is_relative == kind] /= max(1, np.count_nonzero(pairs.is_relative == kind))
    share = torch.from_numpy(share)
    for step in range(num_steps):
        rate = config.learning_rate * rate_factor(config, step, num_steps)
        set_learning_rate(optimiser.param_groups, rate)
        chosen = torch.multinomial(share, batch_size, replacement=True)
        found, features, wanted, *known = (tensor[chosen] for tensor in tensors)
        valid, _, is_relative = known
        found = _varied(found, wanted, valid & ~is_relative[:, None])
        loss = lifting_loss(lifting(found, features.float()), found, wanted, *known)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(lifting.parameters(), config.clip_norm)
        optimiser.step()
        on_step(loss.item())
    return lifting.eval()


def lifting_loss(
    lifted: Tensor,
    found: Tensor,
    wanted: Tensor,
    valid: Tensor,
    has_depth: Tensor,
    is_relative: Tensor,
) -> Tensor:
    """Mean distance of the joints in units of 100 mm, and of the root's depth in logarithm, twice:
    10 % of depth count as much as 20 mm of pose.

    People whose distance is known are compared root on root. Of the others rays count, at the
    distance at which they were found, and depths from the root on where they are known.

    Args:
        lifted: (P, J, 3) mm, to be trained.
        found: (P, J, 7) of `PoseLifting.forward`.
        wanted: (P, J, 3) mm in camera space; any value where not `valid`.
        valid: (P, J) bool, the ray is known.
        has_depth: (P, J) bool, the depth is known, too; nothing is asked for of people whose
            distance is known, but not their root's depth.
        is_relative: (P,) bool, the distance is not known.
    """
    has_depth = has_depth & has_depth[:, :1]
    wanted = wanted.where((valid | has_depth)[..., None], _NEAREST_MM)
    placed = lifted - lifted[:, :1] - wanted + wanted[:, :1]
    across = (_rays(lifted) - _rays(wanted)) * found[:, :1, 2:3].clamp(min=_NEAREST_MM)
    seen = torch.cat([across, placed[..., 2:] * has_depth[..., None]], dim=-1)
    is_relative = is_relative[:, None]
    distance = torch.where(is_relative[..., None], seen, placed).norm(dim=-1)
    counts = valid & torch.where(is_relative, valid, has_depth)
    pose = (distance * counts).sum() / counts.sum().clamp(min=1)
    is_placed = has_depth[:, 0] & ~is_relative[:, 0]
    depth = (lifted[:, 0, 2] / wanted[:, 0, 2].clamp(min=_NEAREST_MM)).log().abs()
    return pose / 100 + 2 * (depth * is_placed).sum() / is_placed.sum().clamp(min=1)


def _rays(joints: Tensor) -> Tensor:
    """(..., 2) x / z and y / z of points (..., 3) in camera space."""
    return joints[..., :2] / joints[..., 2:].clamp(min=_NEAREST_MM)


def _varied(found: Tensor, wanted: Tensor, is_placed: Tensor) -> Tensor:
    """What was found of people, all scaled as a whole and shaken in their joints, and some of
    them better seen where `is_placed` (P, J) says that a joint's place in space is known."""
    joints = found[..., :3] * (_SCALE_NOISE * torch.randn(len(found), 1, 1)).exp()
    joints = joints + torch.randn_like(joints) * torch.tensor(_JOINT_NOISE_MM)
    found = torch.cat([joints, found[..., 3:]], dim=-1)
    is_chosen = torch.rand(len(found), 1) < _SEEN_PEOPLE
    is_seen = is_chosen & is_placed & (torch.rand(is_placed.shape) < _SEEN_SHARE)
    return _better_seen(found, wanted, is_seen)


def _better_seen(found: Tensor, wanted: Tensor, is_seen: Tensor) -> Tensor:
    """Some joints as if the heat showed them where they are: it knows people on photos better
    than the rendered ones that lifting learns from.

    Args:
        found: (P, J, 7) of `PoseLifting.forward`.
        wanted: (P, J, 3) mm in camera space.
        is_seen: (P, J) bool, which joints.
    """
    shift = _rays(wanted) * found[..., 2:3] - found[..., :2]
    shift = shift + _SEEN_NOISE_MM * torch.randn_like(shift)
    shift = shift.where(is_seen[..., None], 0.0)
    heat = found[..., 4].maximum(0.2 + 0.7 * torch.rand(is_seen.shape))
    heat = heat.where(is_seen, found[..., 4])[..., None]
    moved = [found[..., :2] + shift, found[..., 2:4], heat, found[..., 5:] + shift]
    return torch.cat(moved, dim=-1)
