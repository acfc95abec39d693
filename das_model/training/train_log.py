"""Training log: progress, TensorBoard and CSV, checkpoints, validation.

    checkpoint.safetensors    the last state, which a run goes on from
    epoch-0007.safetensors    the state at the end of an epoch; the last few are kept
    best.safetensors          that of the epoch with the best figures
    log.csv                   every value that TensorBoard shows: step,group,name,value
    run.json                  how the run was started, each time

The log also watches the loader: when training waits for pictures more than a tenth of the time,
it says so.
"""

import csv
import datetime
import math
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import DataLoader
from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm

from das_model.camera import Camera
from das_model.datasets.augmentation.placement import AugmentConfig
from das_model.datasets.data_config import DataConfig
from das_model.evaluation.drawing import draw_skeletons
from das_model.network.network import HeadMaps
from das_model.skeleton import Skeleton
from das_model.training.epoch_figures import EpochFigures, goodness
from das_model.training.mix import Batch, TrainingMix, collate
from das_model.training.network_predictor import NetworkPredictor
from das_model.training.run_record import metadata_of
from das_model.training.train import Trainer, split_batch

_WAIT_LIMIT = 0.1  # share of the time from which waiting for the loader is said
_GOODNESS = "goodness"  # in the metadata of best.safetensors


@dataclass(frozen=True, slots=True)
class LogConfig:
    """Output of a run: files, and how often.

    Args:
        folder: of the run.
        save_every: steps between writes of the last state.
        validate_every: steps between validations by the losses and pictures.
        num_kept: epochs whose checkpoints are kept; 0 for none and no best one.
        steps_per_epoch: over all pictures.
        num_processes: that train together.
        notes: for the metadata of checkpoints.
    """

    folder: Path
    save_every: int = 200
    validate_every: int = 1000
    num_kept: int = 5
    steps_per_epoch: int = 1000
    num_processes: int = 1
    notes: Mapping[str, str] = field(default_factory=dict)


class LoaderWatch:
    """Speed of a run, and the fraction spent waiting for the loader.

    Args:
        num_pictures: a step, over all processes.
    """

    def __init__(self, num_pictures: int) -> None:
        self._num_pictures = num_pictures
        self._restart()

    def step(self, waited_s: float) -> None:
        """Note one finished step and how long it waited for its batch."""
        self._waited_s += waited_s
        self._num_steps += 1

    def figures(self, steps_left: int) -> dict[str, float]:
        """Since the last call: pictures_per_s, waiting_share, and remaining_h at that speed."""
        elapsed_s = max(time.perf_counter() - self._start_s, self._waited_s, 1e-9)
        num_steps = max(self._num_steps, 1)
        figures = {
            "pictures_per_s": self._num_steps * self._num_pictures / elapsed_s,
            "waiting_share": self._waited_s / elapsed_s,
            "remaining_h": steps_left * elapsed_s / num_steps / 3600,
        }
        self._restart()
        return figures

    def _restart(self) -> None:
        self._waited_s, self._num_steps = 0.0, 0
        self._start_s = time.perf_counter()


def speed_line(figures: Mapping[str, float]) -> str:
    """The figures of `LoaderWatch` in words."""
    share, left = figures["waiting_share"], datetime.timedelta(hours=figures["remaining_h"])
    advice = ""
    if share > _WAIT_LIMIT:
        advice = "; the loader is the bottleneck: give it more --workers"
    left_words = str(datetime.timedelta(seconds=round(left.total_seconds())))
    return (
        f"{figures['pictures_per_s']:.1f} pictures/s, {share:.0%} of the time waiting for the "
        f"loader, {left_words} left{advice}"
    )


class TrainLog:
    """Progress bar, TensorBoard, CSV, checkpoints and validation of one run.

    Args:
        trainer: of the run.
        data: its pictures.
        config: what to write, and when.
        figures: measures the network every epoch.
    """

    NUM_VALIDATION = 200  # pictures of each set
    NUM_SHOWN = 4  # pictures of the last batch with what is found in them

    def __init__(
        self, trainer: Trainer, data: DataConfig, config: LogConfig, figures: EpochFigures
    ) -> None:
        self._trainer, self._data, self._config, self._figures = trainer, data, config, figures
        self._checkpoint = config.folder / "checkpoint.safetensors"
        self._best = config.folder / "best.safetensors"
        self._writer = SummaryWriter(str(config.folder))
        self._csv = config.folder / "log.csv"
        self._watch = LoaderWatch(data.batch_size * config.num_processes)
        self._bar = tqdm(
            total=trainer.config.total_steps, initial=trainer.step, mininterval=10, unit="step"
        )

    def step(self, losses: dict[str, float], batch: Batch, waited_s: float) -> None:
        """Note one finished step."""
        step, config = self._trainer.step, self._config
        self._bar.update()
        self._watch.step(waited_s)
        is_last = step == self._trainer.config.total_steps
        if step % 20 == 0 or is_last:
            self._bar.set_postfix({name: f"{value:.2f}" for name, value in losses.items()})
            learning_rate = self._trainer.optimizer.param_groups[0]["lr"]
            self._write("train", {**losses, "learning_rate": learning_rate})
        if step % config.validate_every == 0:
            speed = self._watch.figures(self._trainer.config.total_steps - step)
            self._write("speed", speed)
            tqdm.write(f"step {step}: {speed_line(speed)}")
            self._show(batch)
            self._validate()
        if step % config.save_every == 0:
            self._trainer.save(self._checkpoint, config.notes)
        if step % config.steps_per_epoch == 0 and config.num_kept:
            self._end_epoch(step // config.steps_per_epoch)

    def close(self) -> None:
        """Save the last state."""
        self._trainer.save(self._checkpoint, self._config.notes)
        self._writer.close()
        self._bar.close()

    def _end_epoch(self, epoch: int) -> None:
        """Measure the averaged network, keep the state, drop the oldest, mark the best."""
        tables = self._figures.measure(self._trainer.average)
        for name, table in tables.items():
            self._write(f"figures_{name}", table)
            words = ", ".join(f"{key} {value:.4g}" for key, value in table.items())
            tqdm.write(f"epoch {epoch}, {name}: {words}")
        reached = goodness(tables)
        notes = {**self._config.notes, _GOODNESS: repr(reached), "epoch": str(epoch)}
        file = self._config.folder / f"epoch-{epoch:04d}.safetensors"
        self._trainer.save(file, notes)
        for old in sorted(self._config.folder.glob("epoch-*.safetensors"))[
            : -self._config.num_kept
        ]:
            old.unlink()
        if math.isfinite(reached) and reached > self._best_goodness():
            part = self._best.with_suffix(".part")
            shutil.copyfile(file, part)
            os.replace(part, self._best)
            tqdm.write(f"epoch {epoch} is the best so far: {self._best}")

    def _best_goodness(self) -> float:
        """Of best.safetensors; less than anything without one."""
        if not self._best.is_file():
            return -math.inf
        return float(metadata_of(self._best).get(_GOODNESS, -math.inf))

    @torch.no_grad()
    def _show(self, batch: Batch) -> None:
        """Sigma statistics and people drawn into pictures of the last batch."""
        network = self._trainer.average
        images, targets = split_batch(batch, 1, self._trainer.device)[0]
        self._write("sigma", sigma_statistics(network(images), [t.positive for t in targets]))
        height, width = images.shape[2:]
        predictor = NetworkPredictor(network, (width, height))
        for i, image in enumerate(batch[0][: self.NUM_SHOWN].numpy()):
            picture = np.ascontiguousarray(image.transpose(1, 2, 0))
            camera = Camera.from_fov((picture.shape[1], picture.shape[0]))
            found = predictor.people(picture, camera).joints_px(camera)
            drawn = draw_skeletons(picture, found, Skeleton(network.config.joint_names))
            self._writer.add_image(f"sample_{i}", drawn, self._trainer.step, dataformats="HWC")

    def _validate(self) -> None:
        network = self._trainer.config.network
        plain = AugmentConfig(scale=(1.0, 1.0), rotation_deg=0, flip=0, colour=0)
        for name, annotated_set in self._data.validation_sets().items():
            mix = TrainingMix(
                [annotated_set],
                [1.0],
                self._data.canvas,
                network.encoding,
                plain,
                0,
                self.NUM_VALIDATION,
                Skeleton(network.joint_names),
            )
            loader = DataLoader(mix, self._data.batch_size, collate_fn=collate)
            losses = self._trainer.validation_losses(loader)
            self._write(f"validation_{name}", losses)
            table = ", ".join(f"{key} {value:.3f}" for key, value in losses.items())
            tqdm.write(f"step {self._trainer.step}, validation on {name}: {table}")

    def _write(self, group: str, values: Mapping[str, float]) -> None:
        step, is_new = self._trainer.step, not self._csv.is_file()
        with self._csv.open("a", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            if is_new:
                rows.writerow(["step", "group", "name", "value"])
            rows.writerows([step, group, name, f"{value:.8g}"] for name, value in values.items())
        for name, value in values.items():
            self._writer.add_scalar(f"{group}/{name}", value, step)


def sigma_statistics(levels: list[HeadMaps], positive: list[torch.Tensor]) -> dict[str, float]:
    """Median sigma over the positives' joints, by axis, of the first and the last prediction.

    Args:
        levels: raw maps.
        positive: (B, h, w) bool of each level.

    Returns:
        initial_x, initial_y, initial_depth, last_x, ...; empty if nobody is in the pictures.
    """
    table: dict[str, float] = {}
    for title, stage in (("initial", 0), ("last", -1)):
        sigmas = torch.cat(
            [
                m.joint_sigmas[stage].movedim((-2, -1), (1, 2))[p]
                for m, p in zip(levels, positive, strict=True)
            ]
        )  # (N, J, 3)
        if len(sigmas):
            medians = sigmas.float().flatten(0, 1).median(dim=0).values.tolist()
            names = [f"{title}_{axis}" for axis in ("x", "y", "depth")]
            table |= dict(zip(names, medians, strict=True))
    return table
