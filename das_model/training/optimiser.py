"""Optimisers and learning rates: AdamW on a cosine, or the authors' SGD in steps."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True, slots=True)
class OptimiserConfig:
    """How weights move.

    The defaults are the live networks'; `AUTHORS_SGD` is the paper's.
    """

    kind: str = "adamw"  # adamw | sgd
    learning_rate: float = 1e-3  # peak, after warm-up
    schedule: str = "cosine"  # cosine, to 0 at the end | steps, a tenth at each of `decay_at`
    decay_at: tuple[float, ...] = ()  # shares of the run
    warmup_steps: int = 300
    warmup_start: float = 0.0  # factor of the rate that warm-up begins from
    weight_decay: float = 0.01
    momentum: float = 0.9  # of SGD
    bias_rate: float = 1.0  # factor of the rate for the biases of layers, with SGD
    backbone_rate: float = 1.0  # factor of the rate for the backbone, with AdamW
    clip_norm: float = 10.0  # of the whole gradient

    def __post_init__(self) -> None:
        if self.kind not in ("adamw", "sgd"):
            raise ValueError(f"OptimiserConfig.kind must be adamw or sgd, got {self.kind!r}")
        if self.schedule not in ("cosine", "steps"):
            raise ValueError(
                f"OptimiserConfig.schedule must be cosine or steps, got {self.schedule!r}"
            )


AUTHORS_SGD = OptimiserConfig(
    kind="sgd", learning_rate=2e-3, schedule="steps", decay_at=(16 / 22, 20 / 22),
    warmup_steps=250, warmup_start=1 / 3, weight_decay=1e-4, bias_rate=2.0, clip_norm=35.0,
)  # fmt: skip


def build_optimiser(config: OptimiserConfig, module: nn.Module) -> torch.optim.Optimizer:
    """An optimiser of the module's trained parameters.

    AdamW decays matrices and kernels alone, and nothing of what `module` calls `backbone`, which
    moves at `backbone_rate` times the rate: public weights are not drawn to 0. SGD, as the
    authors have it, decays all but the biases of layers, which move at `bias_rate` times the
    rate. Each group carries its factor as `rate`, for `set_learning_rate`.
    """
    named = [(n.split("."), p) for n, p in module.named_parameters() if p.requires_grad]
    if config.kind == "adamw":
        groups = []
        for is_backbone, rate in ((False, 1.0), (True, config.backbone_rate)):
            part = [p for names, p in named if ("backbone" in names) == is_backbone]
            groups += [
                {
                    "params": [p for p in part if p.ndim > 1],
                    "rate": rate,
                    "weight_decay": 0.0 if is_backbone else config.weight_decay,
                },
                {"params": [p for p in part if p.ndim <= 1], "rate": rate, "weight_decay": 0.0},
            ]
        return torch.optim.AdamW(groups, lr=config.learning_rate, weight_decay=config.weight_decay)
    trained = [p for _, p in named]
    layers = [m for m in module.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    biases = {id(m.bias) for m in layers if m.bias is not None}
    groups = [
        {"params": [p for p in trained if id(p) not in biases], "rate": 1.0},
        {
            "params": [p for p in trained if id(p) in biases],
            "rate": config.bias_rate,
            "weight_decay": 0.0,
        },
    ]
    return torch.optim.SGD(
        groups, lr=config.learning_rate, momentum=config.momentum, weight_decay=config.weight_decay
    )


def rate_factor(config: OptimiserConfig, step: int, total_steps: int) -> float:
    """Factor of the learning rate at a step, from 0: linear warm-up, then the schedule."""
    ramp = min(1.0, (step + 1) / max(1, config.warmup_steps))
    warmup = config.warmup_start + (1 - config.warmup_start) * ramp
    progress = min(1.0, step / total_steps)
    if config.schedule == "cosine":
        return warmup * 0.5 * (1 + math.cos(math.pi * progress))
    return warmup * 0.1 ** sum(progress >= share for share in config.decay_at)


def set_learning_rate(groups: Iterable[dict], learning_rate: float) -> None:
    """Give each parameter group its share of the rate."""
    for group in groups:
        group["lr"] = learning_rate * group["rate"]
