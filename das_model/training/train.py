"""Training loop with averaged weights (EMA), gradient accumulation, and checkpoints that resume.

One process a device, or several under `torchrun`. Losses are divided by numbers of positives and
of labelled joints; these numbers are summed over the processes and over the parts of an
accumulated batch first, so that either way the gradient is that of one large batch. What remains
apart is batch norm, whose statistics are joined over processes on CUDA alone and over parts
never. The network may run in mixed precision, in float16 with a scaled loss; all losses are
float32 (see `losses`).
"""

import copy
import json
import math
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from das_model.inference.network_config import network_config_of, network_metadata, require_network
from das_model.network.checkpoint import fill, load_network, load_tensors, save_tensors
from das_model.network.network import DasNetwork
from das_model.training.config import TrainConfig
from das_model.training.frozen_features import FrozenFeatures
from das_model.training.losses import BatchTargets, DasLoss
from das_model.training.mix import Batch
from das_model.training.optimiser import (
    build_optimiser,
    load_named_state,
    named_state,
    rate_factor,
    set_learning_rate,
)

_FIRST_SCALE = 512.0  # of the loss in float16, as the authors have it
_TYPES = {"bf16": torch.bfloat16, "fp16": torch.float16}


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
        network = DasNetwork(config.network).to(device)
        # PyTorch's annotations of `to` lack the memory format
        self.network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.loss = DasLoss(config.loss).to(device)
        self.average = copy.deepcopy(self.network).requires_grad_(False).eval()
        self.network.train()
        if config.frozen == "early":
            self.network.backbone.freeze_early()
        elif config.frozen == "public":
            self.network.backbone.freeze_public()
            if device.type == "cpu":
                self.network.backbone.frozen_features = FrozenFeatures(self.network.backbone)
        self._num_processes = 1
        if is_distributed:
            self._num_processes = torch.distributed.get_world_size()
            if device.type == "cuda":
                self.network = nn.SyncBatchNorm.convert_sync_batchnorm(self.network)
        self._model = _NetworkAndLoss(self.network, self.loss)
        self._parallel: nn.Module = self._model
        self.optimizer = build_optimiser(config.optimiser, self._model)
        is_half = config.precision == "fp16"
        self._scaler = torch.amp.GradScaler(device.type, _FIRST_SCALE, enabled=is_half)
        if is_distributed:
            # no gradient reaches sigma under L1, nor the flows of updates that there are none of
            has_idle = config.loss.pose_loss == "l1" or config.network.num_updates == 0
            self._parallel = DistributedDataParallel(
                self._model, forward_sync_buffers=False, find_unused_parameters=has_idle
            )

    def load_backbone(self, file: Path, share: float = 1.0) -> None:
        """Start the backbone from a file of its public weights, or a share of the way there."""
        backbone = self.network.backbone
        before = {name: weight.clone() for name, weight in backbone.state_dict().items()}
        backbone.load_public_weights(file)
        with torch.no_grad():
            for name, weight in backbone.state_dict().items():
                if weight.is_floating_point():
                    weight.copy_(torch.lerp(before[name], weight, share))
        self.average.load_state_dict(self.network.state_dict())

    def load_weights(self, file: Path) -> None:
        """Start from a weights file, or from the averaged network and flows of a checkpoint.

        Raises:
            FileNotFoundError: if there is no such file.
            ValueError: if it holds another network or other flows.
        """
        start = load_network(file)
        free = ("encoding", "sigma_limit")  # fields that do not affect the state dict
        require_network(self.config.network, start.config, file, free)
        self.network.load_state_dict(start.state_dict())
        self.average.load_state_dict(start.state_dict())
        flows, _ = load_tensors(file, "loss.")
        if flows:
            fill(self.loss, flows, file)

    def train_step(self, batch: Batch) -> dict[str, float]:
        """One optimiser step.

        Args:
            batch: images (B, 3, H, W) uint8 and targets of each level.

        Returns:
            The losses by name, their sum as "total" and the gradient's norm, which is infinite
            where float16 overflows: that step is left out and the loss scaled less.

        Raises:
            FloatingPointError: at a loss that is not finite, with the table of losses.
        """
        config = self.config
        factor = rate_factor(config.optimiser, self.step, config.total_steps)
        set_learning_rate(self.optimizer.param_groups, config.optimiser.learning_rate * factor)
        self.optimizer.zero_grad(set_to_none=True)
        parts = split_batch(batch, config.accumulation, self.device)
        weights = self._loss_weights([targets for _, targets in parts])
        values: dict[str, Tensor] = {}
        for i, (images, targets) in enumerate(parts):
            with self._gradient_exchange(is_last=i == len(parts) - 1):
                with self._autocast():
                    losses = self._parallel(images, targets)
                losses = {n: v * weights[i][n.partition("_")[0]] for n, v in losses.items()}
                # DistributedDataParallel takes the mean over processes, where the sum is wanted
                total = torch.stack(list(losses.values())).sum() * self._num_processes
                self._scaler.scale(total).backward()
            for name, value in losses.items():
                values[name] = values.get(name, 0.0) + value.detach()
        table = self._summed(values)
        if not all(map(math.isfinite, table.values())):
            raise FloatingPointError(f"loss is not finite at step {self.step}: {table}")
        self._scaler.unscale_(self.optimizer)
        norm = nn.utils.clip_grad_norm_(self._model.parameters(), config.optimiser.clip_norm)
        self._scaler.step(self.optimizer)
        self._scaler.update()
        self.step += 1
        self._update_average()
        return {**table, "total": sum(table.values()), "gradient_norm": norm.item()}

    def _autocast(self) -> AbstractContextManager:
        """The run's mixed precision."""
        if self.config.precision == "off":
            return nullcontext()
        return torch.autocast(self.device.type, _TYPES[self.config.precision])

    def _loss_weights(self, parts: list[list[BatchTargets]]) -> list[dict[str, Tensor]]:
        """Weight of each part's losses by kind, such that they add up to the whole batch's."""
        normalisers = [self.loss.normalisers(targets) for targets in parts]
        table = torch.stack([torch.stack([v.float() for v in d.values()]) for d in normalisers])
        whole = table.sum(dim=0)
        if self._num_processes > 1:
            torch.distributed.all_reduce(whole)
        weights = table.clamp(min=1) / whole.clamp(min=1)
        return [dict(zip(normalisers[0], row, strict=True)) for row in weights]

    def _gradient_exchange(self, is_last: bool) -> AbstractContextManager:
        """Processes exchange gradients once a step, with the last part."""
        if is_last or not isinstance(self._parallel, DistributedDataParallel):
            return nullcontext()
        return self._parallel.no_sync()

    def _summed(self, values: dict[str, Tensor]) -> dict[str, float]:
        """The same over all processes."""
        stacked = torch.stack(list(values.values()))
        if self._num_processes > 1:
            torch.distributed.all_reduce(stacked)
        return dict(zip(values, stacked.tolist(), strict=True))

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

    def save(self, file: Path, notes: Mapping[str, str] | None = None) -> None:
        """Write a checkpoint that `resume` goes on from; `notes` go into its metadata."""
        optimizer = named_state(self.optimizer, self._model)
        tensors = {
            **{f"network.{k}": v for k, v in self.network.state_dict().items()},
            **{f"average.{k}": v for k, v in self.average.state_dict().items()},
            **{f"loss.{k}": v for k, v in self.loss.state_dict().items()},
            **{f"optimizer.{k}": v for k, v in optimizer.items()},
        }
        metadata = {
            **network_metadata(self.config.network),
            **(notes or {}),
            "step": json.dumps(self.step),
            "scaler": json.dumps(self._scaler.state_dict()),
        }
        save_tensors(file, tensors, metadata)

    def resume(self, file: Path) -> None:
        """Take up a checkpoint of the same configuration.

        Raises:
            FileNotFoundError: if there is no such file.
            ValueError: if it is no training checkpoint, or of another network, pose loss or
                frozen part.
        """
        _, metadata = load_tensors(file, "network.")
        require_network(self.config.network, network_config_of(metadata, file), file)
        if "step" not in metadata:
            raise ValueError(f"{file}: expected a training checkpoint, got weights alone")
        for prefix, module in (
            ("network.", self.network),
            ("average.", self.average),
            ("loss.", self.loss),
        ):
            fill(module, load_tensors(file, prefix)[0], file)
        self.step = json.loads(metadata["step"])
        try:
            remembered = load_tensors(file, "optimizer.")[0]
            load_named_state(self.optimizer, self._model, remembered)
        except ValueError as error:
            raise ValueError(f"{file}: {error}") from error
        if scaler := json.loads(metadata.get("scaler", "{}")):
            self._scaler.load_state_dict(scaler)

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


def split_batch(batch: Batch, num_parts: int, device: torch.device) -> list[Batch]:
    """Parts of a batch on a device, of equal size but for the last; images channels last."""
    images, levels = batch
    images = images.to(device, non_blocking=True)
    levels = [targets.to(device) for targets in levels]
    parts = []
    size = -(-len(images) // num_parts)
    for start in range(0, len(images), size):
        chosen = slice(start, start + size)
        part = images[chosen].contiguous(memory_format=torch.channels_last)
        parts.append((part, [targets.select(chosen) for targets in levels]))
    return parts


class StepLog(Protocol):
    """Log of the progress of `train`."""

    def step(self, losses: dict[str, float], batch: Batch, waited_s: float) -> None:
        """Note one finished step, its batch and how long the loader was waited for."""

    def close(self) -> None:
        """Training has ended."""


def train(trainer: Trainer, batches: Iterator[Batch], log: StepLog | None = None) -> None:
    """Run to the end of the schedule; the last state is saved."""
    while trainer.step < trainer.config.total_steps:
        start_s = time.perf_counter()
        batch = next(batches)
        waited_s = time.perf_counter() - start_s
        losses = trainer.train_step(batch)
        if log is not None:
            log.step(losses, batch, waited_s)
    if log is not None:
        log.close()
