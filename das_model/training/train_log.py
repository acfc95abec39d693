"""What a training run leaves behind: progress bar, TensorBoard, checkpoints, validation.

The log also watches the loader: when training waits for pictures more than a tenth of the time,
it says so.
"""

import time
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
from das_model.training.mix import Batch, TrainingMix, collate
from das_model.training.network_predictor import NetworkPredictor
from das_model.training.train import Trainer, split_batch

_WAIT_LIMIT = 0.1  # share of the time from which waiting for the loader is said


class LoaderWatch:
    """How much of a run is spent waiting for the loader.

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

    def report(self) -> str:
        """Figures since the last report."""
        elapsed_s = max(time.perf_counter() - self._start_s, self._waited_s, 1e-9)
        rate = self._num_steps * self._num_pictures / elapsed_s
        share = self._waited_s / elapsed_s
        self._restart()
        advice = ""
        if share > _WAIT_LIMIT:
            advice = "; the loader is the bottleneck: give it more --workers"
        return f"{rate:.1f} pictures/s, {share:.0%} of the time waiting for the loader{advice}"

    def _restart(self) -> None:
        self._waited_s, self._num_steps = 0.0, 0
        self._start_s = time.perf_counter()


class TrainLog:
    """Progress bar, TensorBoard, checkpoints and validation of one run.

    Args:
        trainer: of the run.
        data: its pictures.
        folder: for the log and `checkpoint.safetensors`.
        save_every: steps between checkpoints.
        validate_every: steps between validations and pictures.
        num_processes: that train together.
    """

    NUM_VALIDATION = 200  # pictures of each set
    NUM_SHOWN = 4  # pictures of the last batch with what is found in them

    def __init__(
        self, trainer: Trainer, data: DataConfig, folder: Path, save_every: int,
        validate_every: int, num_processes: int = 1,
    ) -> None:  # fmt: skip
        self._trainer, self._data = trainer, data
        self._checkpoint = folder / "checkpoint.safetensors"
        self._save_every, self._validate_every = save_every, validate_every
        self._writer = SummaryWriter(str(folder))
        self._watch = LoaderWatch(data.batch_size * num_processes)
        self._bar = tqdm(
            total=trainer.config.total_steps, initial=trainer.step, mininterval=10, unit="step"
        )

    def step(self, losses: dict[str, float], batch: Batch, waited_s: float) -> None:
        """Note one finished step."""
        step = self._trainer.step
        self._bar.update()
        self._watch.step(waited_s)
        if step % 20 == 0:
            self._bar.set_postfix({name: f"{value:.2f}" for name, value in losses.items()})
            learning_rate = self._trainer.optimizer.param_groups[0]["lr"]
            self._write("train", {**losses, "learning_rate": learning_rate})
        if step % self._validate_every == 0:
            tqdm.write(f"step {step}: {self._watch.report()}")
            self._show(batch)
            self._validate()
        if step % self._save_every == 0:
            self._trainer.save(self._checkpoint)

    def close(self) -> None:
        """Save the last state."""
        self._trainer.save(self._checkpoint)
        self._writer.close()
        self._bar.close()

    @torch.no_grad()
    def _show(self, batch: Batch) -> None:
        """Sigma statistics and people drawn into pictures of the last batch."""
        network = self._trainer.average
        images, targets = split_batch(batch, 1, self._trainer.device)[0]
        self._write("sigma", sigma_statistics(network(images), [t.positive for t in targets]))
        predictor = NetworkPredictor(network, tuple(images.shape[:1:-1]))
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
                [annotated_set], [1.0], self._data.canvas, network.encoding, plain, 0,
                self.NUM_VALIDATION, Skeleton(network.joint_names),
            )  # fmt: skip
            loader = DataLoader(mix, self._data.batch_size, collate_fn=collate)
            losses = self._trainer.validation_losses(loader)
            self._write(f"validation_{name}", losses)
            table = ", ".join(f"{key} {value:.3f}" for key, value in losses.items())
            tqdm.write(f"step {self._trainer.step}, validation on {name}: {table}")

    def _write(self, group: str, values: dict[str, float]) -> None:
        for name, value in values.items():
            self._writer.add_scalar(f"{group}/{name}", value, self._trainer.step)


def sigma_statistics(levels: list[HeadMaps], positive: list[torch.Tensor]) -> dict[str, float]:
    """Median sigma over the positives' joints, by axis, of the first and the last prediction.

    Args:
        levels: raw maps.
        positive: (B, h, w) bool of each level.

    Returns:
        initial_x, initial_y, initial_depth, last_x, ...; empty if nobody is in the pictures.
    """
    table = {}
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
