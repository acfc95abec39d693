"""A training run, from its recipe and its data to its last checkpoint: what `scripts/train.py`
calls."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from das_model.datasets.data_config import DataConfig
from das_model.network.backbones.efficientnet_lite import imagenet_file
from das_model.skeleton import Skeleton
from das_model.training.mix import training_batches
from das_model.training.processes import Process, join_processes
from das_model.training.recipes import Recipe
from das_model.training.train import TrainConfig, Trainer, train
from das_model.training.train_log import TrainLog


@dataclass(frozen=True, slots=True)
class RunConfig:
    """A run: recipe, data, and what it starts from.

    Args:
        recipe: how to train.
        data: on what; its canvas in multiples of the network's coarsest stride.
        out: folder of the log and the checkpoint.
        init: weights file or checkpoint of ours to start from.
        backbone_weights: public weights to start from; EfficientNet's are known.
        total_steps: instead of the recipe's length.
        learning_rate: instead of the recipe's; taken as it is, not scaled.
        accumulation: parts that a batch is worked through in.
        save_every: steps between checkpoints.
        validate_every: steps between validations.

    Raises:
        ValueError: if the canvas does not fit the network, or MoveNet's weights are missing.
    """

    recipe: Recipe
    data: DataConfig
    out: Path
    init: Path | None = None
    backbone_weights: Path | None = None
    total_steps: int | None = None
    learning_rate: float | None = None
    accumulation: int = 1
    save_every: int = 200
    validate_every: int = 1000

    def __post_init__(self) -> None:
        network = self.recipe.train.network
        stride, canvas = network.encoding.strides[-1], self.data.canvas
        if any(side % stride for side in canvas):
            raise ValueError(
                f"the canvas must be multiples of {stride} px, the network's coarsest stride, "
                f"got {canvas[0]} x {canvas[1]}"
            )
        has_start = self.init or self.backbone_weights or self.checkpoint.is_file()
        if network.backbone == "movenet" and not has_start:
            raise ValueError(
                "--backbone-weights must name MoveNet's .json, see docs/training.md, or "
                "--init weights of ours"
            )

    @property
    def checkpoint(self) -> Path:
        """The file that the run goes on from if it is there."""
        return self.out / "checkpoint.safetensors"

    @property
    def public_weights(self) -> Path | None:
        """The file of the backbone's public weights, if the run has any."""
        backbone = self.recipe.train.network.backbone
        if self.backbone_weights is None and backbone.startswith("lite"):
            return imagenet_file(backbone)
        return self.backbone_weights


def run(config: RunConfig, say: Callable[[str], None]) -> None:
    """Train to the end of the schedule, in this process or with those of `torchrun`.

    Args:
        config: of the run.
        say: takes news for the user.

    Raises:
        FileNotFoundError: if files of the data or the weights are missing.
        ValueError: if a file is not what it should be.
    """
    process, data = join_processes(), config.data
    num_pictures = sum(len(pictures) for pictures in data.training_sets()[0])
    plan = _planned(config, num_pictures, process)
    trainer = Trainer(plan, process.device, is_distributed=process.world > 1)
    _start(trainer, config)
    log = None
    if process.rank == 0:
        num_a_step = data.batch_size * process.world
        say(f"{config.recipe.summary}; {num_pictures} pictures, {plan.total_steps} steps of "
            f"{num_a_step}, learning rate {plan.optimiser.learning_rate:g}")  # fmt: skip
        if missing := [kind for kind in config.recipe.sets if getattr(data, kind) is None]:
            say(f"the recipe's {' and '.join(missing)} pictures are left out: no folder given")
        log = TrainLog(trainer, data, config.out, config.save_every, config.validate_every,
                       process.world)  # fmt: skip
    network, steps = plan.network, range(trainer.step, plan.total_steps)
    train(trainer, training_batches(data, network.encoding, steps, process.rank, process.world,
                                    Skeleton(network.joint_names)), log)  # fmt: skip


def _planned(config: RunConfig, num_pictures: int, process: Process) -> TrainConfig:
    """The recipe's plan for the data at hand; without public weights nothing is frozen."""
    plan = config.recipe.planned(
        num_pictures, config.data.batch_size * process.world, config.total_steps,
        config.learning_rate,
    )  # fmt: skip
    has_start = config.init is not None or config.public_weights is not None
    is_movenet = plan.network.backbone == "movenet"
    return dataclasses.replace(
        plan,
        accumulation=config.accumulation,
        frozen=plan.frozen if has_start or is_movenet else "none",
    )


def _start(trainer: Trainer, config: RunConfig) -> None:
    """Load what there is: the run's own checkpoint, else weights of ours, else public ones."""
    if config.checkpoint.is_file():
        trainer.resume(config.checkpoint)
    elif config.init:
        trainer.load_weights(config.init)
    elif config.public_weights:
        trainer.load_backbone(config.public_weights)
