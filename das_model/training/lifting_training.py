"""Training of the lifting network: pairs, augmentation, loss, optimiser."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from das_model.inference.refine import NUM_CUES
from das_model.network.lifting import NEAREST_MM, PoseLifting, rays
from das_model.skeleton import Skeleton
from das_model.training.optimiser import (
    OptimiserConfig,
    build_optimiser,
    rate_factor,
    set_learning_rate,
)

_SCALE_NOISE = 0.02  # of a training pose as a whole, standard deviation
_JOINT_NOISE_MM = (2.0, 2.0, 12.0)  # of its joints on x, y and z
# experiments on rendered and photographed people chose these, see docs/experiments.md
_SEEN_PEOPLE = 0.25  # fraction of samples with joints moved close to the truth (augmentation)
_SEEN_SHARE, _SEEN_NOISE_MM = 0.8, 10.0  # of their joints
_PHOTO_SHARE = 0.25  # of training people whose distance is not known
_RATE = 1e-3  # peak
_NUM_MEASURED = 2000  # people whose features tell their mean and spread


@dataclass(frozen=True, eq=False, slots=True)
class LiftingPairs:
    """Predictions of a network for N people, matched with the true joints.

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
            ("found", (NUM_CUES,)),
            ("features", self.features.shape[2:]),
            ("wanted", (3,)),
            ("valid", ()),
            ("has_depth", ()),
        ):
            shape, expected = getattr(self, name).shape, (*self.found.shape[:2], *size)
            if shape != expected:
                raise ValueError(f"LiftingPairs.{name} must be {expected}, got {shape}")
        if self.is_relative.shape != (len(self),):
            raise ValueError(
                f"LiftingPairs.is_relative must be {(len(self),)}, got {self.is_relative.shape}"
            )

    def __len__(self) -> int:
        return len(self.found)


def train_lifting(
    pairs: LiftingPairs,
    skeleton: Skeleton,
    num_steps: int,
    batch_size: int = 256,
    seed: int = 0,
    on_step: Callable[[float], object] = lambda _: None,
    start: PoseLifting | None = None,
    only_spread: bool = False,
) -> PoseLifting:
    """Train on pairs, with noise.

    Args:
        pairs: of training pictures.
        skeleton: the names of their J joints; the first is the root.
        num_steps: of AdamW under a cosine schedule, after a twentieth of warming up.
        batch_size: people a step.
        seed: of weights and draws.
        on_step: told the loss of every step.
        start: a lifting to go on from, which is trained in place, at half of the rate; None for a
            fresh one.
        only_spread: it learns how far off its joints are, without noise, and leaves them.

    Returns:
        The lifting, in evaluation mode.

    Raises:
        ValueError: if there is no pair, of other joints, the first is not the root, or `start` is
            for other features.
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
    num_features = pairs.features.shape[2]
    if start is not None and start.feature_in.in_features != num_features:
        raise ValueError(
            f"the lifting to start from takes {start.feature_in.in_features} features a joint, "
            f"the pairs have {num_features}"
        )
    lifting = start.train() if start is not None else _fresh(pairs)
    config = OptimiserConfig(
        learning_rate=_RATE if start is None else _RATE / 2,
        warmup_steps=num_steps // 20,
        clip_norm=1.0,
    )
    if only_spread:
        lifting.eval().requires_grad_(False).doubt.requires_grad_(True)
    optimiser = build_optimiser(config, lifting)
    tensors = [torch.from_numpy(getattr(pairs, name)) for name in pairs.__slots__]
    share = np.where(pairs.is_relative, _PHOTO_SHARE, 1 - _PHOTO_SHARE)
    for kind in (False, True):
        share[pairs.is_relative == kind] /= max(1, np.count_nonzero(pairs.is_relative == kind))
    weights = torch.from_numpy(share)
    for step in range(num_steps):
        rate = config.learning_rate * rate_factor(config, step, num_steps)
        set_learning_rate(optimiser.param_groups, rate)
        chosen = torch.multinomial(weights, batch_size, replacement=True)
        found, features, wanted, *known = (tensor[chosen] for tensor in tensors)
        valid, _, is_relative = known
        if not only_spread:
            found = _varied(found, wanted, valid & ~is_relative[:, None])
        lifted, spread = lifting(found, features.float()).split([3, 1], dim=-1)
        loss = lifting_loss(lifted, found, wanted, *known)
        loss = loss + spread_loss(spread[..., 0], lifted, wanted, *known)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(lifting.parameters(), config.clip_norm)
        optimiser.step()
        on_step(loss.item())
    return lifting.eval().requires_grad_(True)


def reading_more(lifting: PoseLifting, pairs: LiftingPairs) -> PoseLifting:
    """The lifting for pairs that have more features, which do not count before it is trained.
    Those that it reads come first."""
    mean, spread = _measured(pairs)
    num_before, num_features = len(lifting.feature_mean), len(mean)
    width, num_layers = lifting.feature_in.out_features, len(lifting.layers)
    wide = PoseLifting(lifting.num_joints, num_features, width, num_layers)
    state = lifting.state_dict()
    more = {
        "feature_in.weight": torch.zeros(width, num_features - num_before),
        "feature_mean": mean[num_before:],
        "feature_spread": spread[num_before:],
    }
    state |= {name: torch.cat([state[name], added], dim=-1) for name, added in more.items()}
    wide.load_state_dict(state)
    return wide.eval()


def _fresh(pairs: LiftingPairs) -> PoseLifting:
    """A lifting that knows how features spread and nothing else."""
    lifting = PoseLifting(*pairs.features.shape[1:])
    for told, measured in zip(
        (lifting.feature_mean, lifting.feature_spread), _measured(pairs), strict=True
    ):
        told.copy_(measured)
    return lifting


def _measured(pairs: LiftingPairs) -> tuple[Tensor, Tensor]:
    """(F,) mean and standard deviation of the features."""
    sample = pairs.features[:: max(1, len(pairs) // _NUM_MEASURED)].astype(np.float32)
    mean, spread = sample.mean(axis=(0, 1)), sample.std(axis=(0, 1)) + 1e-3
    return torch.from_numpy(mean), torch.from_numpy(spread)


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
    wanted = wanted.where((valid | has_depth)[..., None], NEAREST_MM)
    placed = lifted - lifted[:, :1] - wanted + wanted[:, :1]
    across = (rays(lifted) - rays(wanted)) * found[:, :1, 2:3].clamp(min=NEAREST_MM)
    seen = torch.cat([across, placed[..., 2:] * has_depth[..., None]], dim=-1)
    is_relative = is_relative[:, None]
    distance = torch.where(is_relative[..., None], seen, placed).norm(dim=-1)
    counts = valid & torch.where(is_relative, valid, has_depth)
    pose = (distance * counts).sum() / counts.sum().clamp(min=1)
    is_placed = has_depth[:, 0] & ~is_relative[:, 0]
    depth = (lifted[:, 0, 2] / wanted[:, 0, 2].clamp(min=NEAREST_MM)).log().abs()
    return pose / 100 + 2 * (depth * is_placed).sum() / is_placed.sum().clamp(min=1)


def spread_loss(
    spread: Tensor,
    lifted: Tensor,
    wanted: Tensor,
    valid: Tensor,
    has_depth: Tensor,
    is_relative: Tensor,
) -> Tensor:
    """Mean negative log-likelihood of the distances of the joints, root on root, and of the root's
    error of depth, under exponential distributions of these means. Only people whose distance is
    known count; nothing is learned for the joints.

    Args:
        spread: (P, J) mm, to be trained.
        lifted: (P, J, 3) mm.
        wanted: of `lifting_loss`.
        valid: likewise.
        has_depth: likewise.
        is_relative: likewise.
    """
    known = valid & has_depth & has_depth[:, :1] & ~is_relative[:, None]
    wanted = wanted.where(known[..., None], NEAREST_MM)
    off = (lifted - wanted).detach()
    distance = (off - off[:, :1]).norm(dim=-1)
    distance = torch.cat([off[:, :1, 2].abs(), distance[:, 1:]], dim=1)
    unlikely = spread.log() + distance / spread
    return (unlikely * known).sum() / known.sum().clamp(min=1)


def _varied(found: Tensor, wanted: Tensor, is_placed: Tensor) -> Tensor:
    """Augmented cues: scale and joint noise for all, and for some people joints moved close to
    the truth where `is_placed` (P, J) says that it is known."""
    joints = found[..., :3] * (_SCALE_NOISE * torch.randn_like(found[:, :1, :1])).exp()
    joints = joints + torch.randn_like(joints) * found.new_tensor(_JOINT_NOISE_MM)
    found = torch.cat([joints, found[..., 3:]], dim=-1)
    is_chosen = torch.rand_like(found[:, :1, 0]) < _SEEN_PEOPLE
    is_seen = is_chosen & is_placed & (torch.rand_like(found[..., 0]) < _SEEN_SHARE)
    return _better_seen(found, wanted, is_seen)


def _better_seen(found: Tensor, wanted: Tensor, is_seen: Tensor) -> Tensor:
    """Cues with some joints moved close to the truth, as if the heat map showed them: it is more
    exact on photos than on the rendered people that the lifting learns from.

    Args:
        found: (P, J, 7) of `PoseLifting.forward`.
        wanted: (P, J, 3) mm in camera space.
        is_seen: (P, J) bool, which joints.
    """
    shift = rays(wanted) * found[..., 2:3] - found[..., :2]
    shift = shift + _SEEN_NOISE_MM * torch.randn_like(shift)
    shift = shift.where(is_seen[..., None], 0.0)
    heat = found[..., 4].maximum(0.2 + 0.7 * torch.rand_like(found[..., 4]))
    heat = heat.where(is_seen, found[..., 4])[..., None]
    moved = [found[..., :2] + shift, found[..., 2:4], heat, found[..., 5:] + shift]
    return torch.cat(moved, dim=-1)
