"""Optimisers and learning rate schedules: AdamW with a cosine, or the authors' SGD in steps."""

import math
from collections.abc import Iterable, Mapping

import torch
from torch import Tensor, nn

from das_model.training.config import OptimiserConfig


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


def named_state(optimizer: torch.optim.Optimizer, module: nn.Module) -> dict[str, Tensor]:
    """State of the optimiser for each parameter, as "PARAMETER.ENTRY"."""
    names = {id(p): name for name, p in module.named_parameters()}
    return {
        f"{names[id(parameter)]}.{key}": value
        for parameter, entries in optimizer.state.items()
        for key, value in entries.items()
        if isinstance(value, Tensor)
    }


def load_named_state(
    optimizer: torch.optim.Optimizer, module: nn.Module, tensors: Mapping[str, Tensor]
) -> None:
    """Inverse of `named_state`; files from before it have numbers, in the optimiser's order.

    Raises:
        ValueError: if a parameter is not trained here, or of another shape.
    """
    order = [p for group in optimizer.param_groups for p in group["params"]]
    index_of = {id(p): str(i) for i, p in enumerate(order)}
    known = {str(i): p for i, p in enumerate(order)}
    names = {name: p for name, p in module.named_parameters() if id(p) in index_of}
    state: dict[int, dict[str, Tensor]] = {}
    for entry, value in tensors.items():
        name, _, key = entry.rpartition(".")
        parameter = names.get(name, known.get(name))
        if parameter is None or value.shape not in ((), parameter.shape):
            shape = "is not trained" if parameter is None else f"is {tuple(parameter.shape)}"
            raise ValueError(
                f"the optimiser's state of {name} is {tuple(value.shape)}, but the parameter "
                f"{shape} in this run: other layers were frozen when the file was written"
            )
        state.setdefault(int(index_of[id(parameter)]), {})[key] = value
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
