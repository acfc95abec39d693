"""What a training run leaves behind: progress bar, TensorBoard, checkpoints, validation."""

from pathlib import Path

from torch.utils.data import DataLoader
from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm

from das_model.datasets.augment import AugmentConfig
from das_model.datasets.training import DataConfig, TrainingMix, collate
from das_model.train import Trainer


class TrainLog:
    """Progress bar, TensorBoard, checkpoints and validation of one run.

    Args:
        trainer: of the run.
        data: its pictures.
        folder: for the log and `checkpoint.safetensors`.
        save_every: steps between checkpoints.
        validate_every: steps between validations.
    """

    NUM_VALIDATION = 200  # pictures of each set

    def __init__(
        self, trainer: Trainer, data: DataConfig, folder: Path, save_every: int,
        validate_every: int,
    ) -> None:  # fmt: skip
        self._trainer, self._data = trainer, data
        self._checkpoint = folder / "checkpoint.safetensors"
        self._save_every, self._validate_every = save_every, validate_every
        self._writer = SummaryWriter(str(folder))
        self._bar = tqdm(
            total=trainer.config.total_steps, initial=trainer.step, mininterval=10, unit="step"
        )

    def step(self, losses: dict[str, float]) -> None:
        """Note one finished step."""
        step = self._trainer.step
        self._bar.update()
        if step % 20 == 0:
            self._bar.set_postfix({name: f"{value:.2f}" for name, value in losses.items()})
            learning_rate = self._trainer.optimizer.param_groups[0]["lr"]
            self._write("train", {**losses, "learning_rate": learning_rate})
        if step % self._validate_every == 0:
            self._validate()
        if step % self._save_every == 0:
            self._trainer.save(self._checkpoint)

    def close(self) -> None:
        """Save the last state."""
        self._trainer.save(self._checkpoint)
        self._writer.close()
        self._bar.close()

    def _validate(self) -> None:
        size, encoding = self._data.size, self._trainer.config.network.encoding
        plain = AugmentConfig(scale=(1.0, 1.0), rotation_deg=0, flip=0, colour=0)
        for name, annotated_set in self._data.validation_sets().items():
            mix = TrainingMix(
                [annotated_set], [1.0], (size, size), encoding, plain, 0, self.NUM_VALIDATION
            )
            loader = DataLoader(mix, self._data.batch_size, collate_fn=collate)
            losses = self._trainer.validation_losses(loader)
            self._write(f"validation_{name}", losses)
            table = ", ".join(f"{key} {value:.3f}" for key, value in losses.items())
            tqdm.write(f"step {self._trainer.step}, validation on {name}: {table}")

    def _write(self, group: str, values: dict[str, float]) -> None:
        for name, value in values.items():
            self._writer.add_scalar(f"{group}/{name}", value, self._trainer.step)
