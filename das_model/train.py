"""Training: configuration, loop, averaged weights, checkpoints that resume.

One process a device, or several under `torchrun` (gradients averaged by DistributedDataParallel).
On CUDA the network runs in mixed precision; the pose loss is float32 always (see `losses`).
"""

import copy
import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from das_model.backbones.efficientnet_lite import imagenet_file
from das_model.checkpoint import (
    load_network,
    load_tensors,
    network_config_to_json,
    save_tensors,
)
from das_model.datasets.training import Batch
from das_model.losses import BatchTargets, DasLoss, LossConfig
from das_model.network import LITE, DasNetwork, NetworkConfig


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """A training run."""

    network: NetworkConfig = LITE
    loss: LossConfig = field(default_factory=LossConfig)
    total_steps: int = 10_000
    learning_rate: float = 1e-3  # peak, after warm-up; falls to 0 as a cosine
    warmup_steps: int = 300
    weight_decay: float = 0.01
    clip_norm: float = 10.0
    ema_decay: float = 0.998
    is_early_frozen: bool = True  # backbone up to stride 8 (EfficientNet-Lite only)


class Trainer:
    """Network, losses, optimiser and averaged weights of one run.

    Args:
        config: of the run.
        device: where to train.
        is_distributed: average gradients over the processes of the default group.
    """

    def __init__(
        self, config: TrainConfig, device: torch.device, is_distributed: bool = False
    ) -> None:
        self.config, self.device, self.step = config, device, 0
        self.network = DasNetwork(config.network).to(device, memory_format=torch.channels_last)
        self.loss = DasLoss(config.loss).to(device)
        self.average = copy.deepcopy(self.network).requires_grad_(False).eval()
        self._set_train_mode()
        self._parallel: nn.Module = _NetworkAndLoss(self.network, self.loss)
        if is_distributed:
            self._parallel = DistributedDataParallel(
                self._parallel, broadcast_buffers=False
            )
        trained = [p for p in self._parallel.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(
            [
                {"params": [p for p in trained if p.ndim > 1]},
                {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
            ],
            lr=config.learning_rate,
            weight_decay=config.weight_decay,
        )

    def load_imagenet(self) -> None:
        """Start the backbone from its public ImageNet weights."""
        self.network.backbone.load_public_weights(imagenet_file(self.config.network.backbone))
        self.average.load_state_dict(self.network.state_dict())

    def load_weights(self, file: Path) -> None:
        """Start from a weights file, or from the averaged network and flows of a checkpoint."""
        weights = load_network(file).state_dict()
        self.network.load_state_dict(weights)
        self.average.load_state_dict(weights)
        flows, _ = load_tensors(file, "loss.")
        if flows:
            self.loss.load_state_dict(flows)

    def train_step(self, batch: Batch) -> dict[str, float]:
        """One optimiser step.

        Args:
            batch: images (B, 3, H, W) uint8 and targets of each level.

        Returns:
            The losses by name, their sum as "total" and the gradient's norm.

        Raises:
            FloatingPointError: at a loss that is not finite, with the table of losses.
        """
        images, targets = batch
        for group in self.optimizer.param_groups:
            group["lr"] = self.config.learning_rate * self.schedule()
        images = images.to(self.device, non_blocking=True)
        images = images.contiguous(memory_format=torch.channels_last)
        with torch.autocast("cuda", torch.bfloat16, enabled=self.device.type == "cuda"):
            losses = self._parallel(images, [t.to(self.device) for t in targets])
        total = torch.stack(list(losses.values())).sum()
        values = {name: value.item() for name, value in losses.items()}
        if not math.isfinite(total.item()):
            raise FloatingPointError(f"loss is not finite at step {self.step}: {values}")
        self.optimizer.zero_grad(set_to_none=True)
        total.backward()
        norm = nn.utils.clip_grad_norm_(self._parallel.parameters(), self.config.clip_norm)
        self.optimizer.step()
        self.step += 1
        self._update_average()
        return {**values, "total": total.item(), "gradient_norm": norm.item()}

    def schedule(self) -> float:
        """Factor of the learning rate at this step: linear warm-up, then a cosine to 0."""
        warmup = min(1.0, (self.step + 1) / max(1, self.config.warmup_steps))
        progress = min(1.0, self.step / self.config.total_steps)
        return warmup * 0.5 * (1 + math.cos(math.pi * progress))

    @torch.no_grad()
    def validation_losses(self, batches: Iterable[Batch]) -> dict[str, float]:
        """Mean losses of the averaged network over batches."""
        sums: dict[str, float] = {}
        num_batches = 0
        for images, targets in batches:
            images = images.to(self.device).contiguous(memory_format=torch.channels_last)
            losses = self.loss(self.average(images), [t.to(self.device) for t in targets])
            num_batches += 1
            for name, value in losses.items():
                sums[name] = sums.get(name, 0.0) + value.item()
        return {name: value / max(1, num_batches) for name, value in sums.items()}

    def save(self, file: Path) -> None:
        """Write a checkpoint that `resume` goes on from."""
        optimizer = self.optimizer.state_dict()["state"]
        tensors = {
            **{f"network.{k}": v for k, v in self.network.state_dict().items()},
            **{f"average.{k}": v for k, v in self.average.state_dict().items()},
            **{f"loss.{k}": v for k, v in self.loss.state_dict().items()},
            **{f"optimizer.{i}.{k}": v for i, s in optimizer.items() for k, v in s.items()},
        }
        metadata = {
            "network_config": network_config_to_json(self.config.network),
            "step": json.dumps(self.step),
        }
        save_tensors(file, tensors, metadata)

    def resume(self, file: Path) -> None:
        """Take up a checkpoint of the same configuration."""
        for prefix, module in (
            ("network.", self.network), ("average.", self.average), ("loss.", self.loss),
        ):  # fmt: skip
            tensors, metadata = load_tensors(file, prefix)
            module.load_state_dict(tensors)
        self.step = json.loads(metadata["step"])
        state: dict[int, dict[str, Tensor]] = {}
        for name, value in load_tensors(file, "optimizer.")[0].items():
            index, _, key = name.partition(".")
            state.setdefault(int(index), {})[key] = value
        groups = self.optimizer.state_dict()["param_groups"]
        self.optimizer.load_state_dict({"state": state, "param_groups": groups})

    def _set_train_mode(self) -> None:
        self.network.train()
        if self.config.is_early_frozen and self.config.network.backbone != "resnet50":
            self.network.backbone.freeze_to_stride_8()

    @torch.no_grad()
    def _update_average(self) -> None:
        """Move the averaged weights; early in the run they follow faster."""
        decay = min(self.config.ema_decay, (1 + self.step) / (10 + self.step))
        current = self.network.state_dict()
        for name, value in self.average.state_dict().items():
            if value.dtype.is_floating_point:
                value.lerp_(current[name], 1 - decay)
            else:
                value.copy_(current[name])


class _NetworkAndLoss(nn.Module):
    """Both in one forward, so that the flows' gradients are averaged over processes too."""

    def __init__(self, network: DasNetwork, loss: DasLoss) -> None:
        super().__init__()
        self.network, self.loss = network, loss

    def forward(self, images: Tensor, targets: list[BatchTargets]) -> dict[str, Tensor]:
        """Losses by name of a batch."""
        return self.loss(self.network(images), targets)


class StepLog(Protocol):
    """What `train` tells of its progress."""

    def step(self, losses: dict[str, float]) -> None:
        """Note one finished step."""

    def close(self) -> None:
        """Training has ended."""


def train(trainer: Trainer, batches: Iterator[Batch], log: StepLog | None = None) -> None:
    """Run to the end of the schedule; the last state is saved."""
    while trainer.step < trainer.config.total_steps:
        losses = trainer.train_step(next(batches))
        if log is not None:
            log.step(losses)
    if log is not None:
        log.close()
