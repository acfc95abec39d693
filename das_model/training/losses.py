"""Training losses (section 3.4): L = L_cls + l1 L_centerness + l2 L_root + l3 L_pose.

The pose loss is L1 (eq. 2), pure maximum likelihood (eq. 8) or residual log-likelihood (eq. 10)
of the joints' residuals under a coupling flow. There are four flows: for joints with depth and
for 2D-only joints, each for the initial and for the updated prediction. All pose and flow
arithmetic is float32, since flows diverge in half precision.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from das_model.network.flow import CouplingFlow
from das_model.network.network import HeadMaps
from das_model.training.config import LossConfig


@dataclass(frozen=True, eq=False, slots=True)
class BatchTargets:
    """`targets.Targets` of one level for B pictures, as tensors with a leading batch axis."""

    positive: Tensor  # (B, h, w) bool
    ignore: Tensor  # (B, h, w) bool
    centerness: Tensor  # (B, h, w)
    root: Tensor  # (B, 3, h, w)
    root_valid: Tensor  # (B, 3, h, w) bool
    joint_offset: Tensor  # (B, J, 3, h, w)
    joint_valid: Tensor  # (B, J, 3, h, w) bool
    heat: Tensor  # (B, J, H / s, W / s) at `Encoding.heat_stride` s, or without places
    heat_mask: Tensor  # likewise bool

    def to(self, device: torch.device) -> "BatchTargets":
        """The same on another device."""
        return BatchTargets(
            *(getattr(self, name).to(device, non_blocking=True) for name in self.__slots__)
        )

    def pin_memory(self) -> "BatchTargets":
        """The same in memory that a GPU reads while training goes on."""
        return BatchTargets(*(getattr(self, name).pin_memory() for name in self.__slots__))

    def select(self, pictures: slice) -> "BatchTargets":
        """The targets of some of the B pictures."""
        return BatchTargets(*(getattr(self, name)[pictures] for name in self.__slots__))


class DasLoss(nn.Module):
    """Maps and targets to weighted, named losses whose sum is to be minimised."""

    def __init__(self, config: LossConfig) -> None:
        super().__init__()
        self.config = config
        stages = ("initial", "updated") if config.pose_loss != "l1" else ()
        self.flows = nn.ModuleDict(
            {f"{stage}_{dims}d": CouplingFlow(dims) for stage in stages for dims in (2, 3)}
        )

    def forward(self, levels: list[HeadMaps], targets: list[BatchTargets]) -> dict[str, Tensor]:
        """Losses of a batch.

        Args:
            levels: raw maps, finest first.
            targets: of the same levels.

        Returns:
            Scalars by name: score, centerness, root, pose_0 (initial), pose_1 (updated), ...,
            of those predictions that `LossConfig.stages` asks for, and heat if the network has a
            heat map.
        """
        config = self.config
        positive = [t.positive for t in targets]
        num_images = len(positive[0])
        num_positives = _total(positive)
        losses = {"score": self._score_loss(levels, targets) / (num_positives + num_images)}

        centerness = _at(positive, [m.centerness for m in levels])[:, 0].float()
        target = _at(positive, [t.centerness[:, None] for t in targets])[:, 0]
        losses["centerness"] = config.centerness_weight * _mean(
            functional.binary_cross_entropy_with_logits(centerness, target, reduction="none")
        )
        root = _at(positive, [m.root for m in levels]).float()
        root_error = functional.smooth_l1_loss(
            root, _at(positive, [t.root for t in targets]), beta=1 / 9, reduction="none"
        )
        root_valid = _at(positive, [self._asked_root(t) for t in targets])
        losses["root"] = config.root_weight * _mean(root_error[root_valid])

        target = _at(positive, [t.joint_offset for t in targets])
        valid = _at(positive, [t.joint_valid for t in targets])
        num_stages = len(levels[0].joint_offsets)
        weights = pose_weights(config, num_stages)
        for stage, weight in weights.items():
            losses[f"pose_{stage}"] = weight * self._pose_loss(
                _at(positive, [m.joint_offsets[stage] for m in levels]).float(),
                _at(positive, [m.joint_sigmas[stage] for m in levels]).float(),
                target,
                valid,
                "initial" if stage == 0 else "updated",
            )
        if levels[0].joint_heat is not None:
            losses["heat"] = config.heat_weight * _heat_loss(
                levels[0].joint_heat, targets[0].heat, targets[0].heat_mask
            )
        return losses

    def normalisers(self, targets: list[BatchTargets]) -> dict[str, Tensor]:
        """Divisors of each kind of loss in `forward`, or 1 if less.

        It depends on the targets alone. With it the losses of parts of a batch, in several
        processes or one after another, are put together to exactly those of the whole.

        Args:
            targets: of every level.

        Returns:
            Scalars by kind: score, centerness, root, pose (of every stage), heat.
        """
        num_positives = _total(t.positive for t in targets)
        axes = slice(0, 1) if self.config.pose_loss == "l1" else slice(0, 2)
        return {
            "score": num_positives + len(targets[0].positive),
            "centerness": num_positives,
            "root": _total(self._asked_root(t) & t.positive[:, None] for t in targets),
            "pose": _total(
                t.joint_valid[:, :, axes].all(dim=2) & t.positive[:, None] for t in targets
            ),
            "heat": (targets[0].heat * targets[0].heat_mask).sum(),
        }

    def _asked_root(self, targets: BatchTargets) -> Tensor:
        """(B, 3, h, w) bool: what is asked of the root."""
        if self.config.root_axes == "all":
            return targets.root_valid
        is_depth = torch.tensor([False, False, True], device=targets.root_valid.device)
        return targets.root_valid & is_depth[:, None, None]

    def _score_loss(self, levels: list[HeadMaps], targets: list[BatchTargets]) -> Tensor:
        """Focal loss summed over all locations but the ignored ones."""
        alpha, gamma = self.config.focal_alpha, self.config.focal_gamma
        logits = torch.cat(
            [m.score[:, 0][~t.ignore] for m, t in zip(levels, targets, strict=True)]
        )
        target = torch.cat([t.positive[~t.ignore] for t in targets]).float()
        logits = logits.float()
        cross_entropy = functional.binary_cross_entropy_with_logits(
            logits, target, reduction="none"
        )
        probability = logits.sigmoid()
        miss = torch.where(target > 0, 1 - probability, probability)
        weight = torch.where(target > 0, alpha, 1 - alpha)
        return (weight * miss**gamma * cross_entropy).sum()

    def _pose_loss(
        self, mean: Tensor, sigma: Tensor, target: Tensor, valid: Tensor, stage: str
    ) -> Tensor:
        """Mean over labelled joints of N positives; (N, J, 3) each, depth only where labelled."""
        if self.config.pose_loss == "l1":
            return (mean - target).abs()[valid].sum() / valid[..., 0].sum().clamp(min=1)
        has_depth = valid.all(dim=-1)
        only_2d = valid[..., :2].all(dim=-1) & ~has_depth
        total = mean.new_zeros(())
        for chosen, dims in ((has_depth, 3), (only_2d, 2)):
            flow = self.flows[f"{stage}_{dims}d"]
            assert isinstance(flow, CouplingFlow)
            residual = (target[chosen] - mean[chosen])[:, :dims] / sigma[chosen][:, :dims]
            log_sigma = sigma[chosen][:, :dims].log().sum(dim=-1)
            total = total + self._negative_log_likelihood(residual, log_sigma, flow)
        return total / (has_depth.sum() + only_2d.sum()).clamp(min=1)

    def _negative_log_likelihood(
        self, residual: Tensor, log_sigma: Tensor, flow: CouplingFlow
    ) -> Tensor:
        """Sum of -log P (eq. 8 or 10) over (M, D) residuals z_hat = (u_hat - u_bar) / sigma.

        The authors' code adds log G to each of a joint's three axes, has log sigma in G's term and
        again in Q's, and takes a Laplace density in units of sqrt(2) sigma.
        """
        log_g = flow.log_prob(residual)
        if self.config.pose_loss == "mle":
            return (log_sigma - log_g).sum()
        if self.config.terms == "paper":
            return (log_sigma - log_g - log_prior(residual, self.config.prior)).sum()
        log_q = log_prior(residual / math.sqrt(2), self.config.prior)
        return (2 * log_sigma - 3 * log_g - log_q).sum()


def pose_weights(config: LossConfig, num_stages: int) -> dict[int, float]:
    """Weight of the pose loss of each prediction that has one, by its number."""
    if config.stages == "all":
        return dict.fromkeys(range(num_stages), config.pose_weight)
    ends = {0, num_stages - 1}
    return dict.fromkeys(sorted(ends), config.pose_weight / len(ends))


def _heat_loss(logits: Tensor, heat: Tensor, is_asked: Tensor) -> Tensor:
    """Cross entropy of a (B, J, h, w) heat map where it is asked for, by the spots' mass."""
    cross_entropy = functional.binary_cross_entropy_with_logits(
        logits.float(), heat, reduction="none"
    )
    return (cross_entropy * is_asked).sum() / (heat * is_asked).sum().clamp(min=1)


def log_prior(residual: Tensor, prior: str) -> Tensor:
    """log Q of the residual form: independent standard Laplace or Gaussian; (M, D) to (M,)."""
    if prior == "laplace":
        return (-residual.abs() - math.log(2)).sum(dim=-1)
    return (-0.5 * residual**2 - 0.5 * math.log(2 * math.pi)).sum(dim=-1)


def _at(positive: list[Tensor], maps: list[Tensor]) -> Tensor:
    """Values of (B, C..., h, w) maps at the positive locations of all levels, (N, C...)."""
    return torch.cat([m.movedim((-2, -1), (1, 2))[p] for p, m in zip(positive, maps, strict=True)])


def _total(masks: Iterable[Tensor]) -> Tensor:
    """Number of true values in all of them."""
    return torch.stack([mask.sum() for mask in masks]).sum()


def _mean(values: Tensor) -> Tensor:
    """Mean that is 0, with a gradient of 0, for no values."""
    return values.sum() / max(values.numel(), 1)
