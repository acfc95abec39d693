"""Training run, from recipe and data to the last checkpoint: what `scripts/train.py` calls."""

import dataclasses
import datetime
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from das_model.datasets.data_config import WeightedSets
from das_model.inference.ordered_pool import num_cores
from das_model.network.backbones.efficientnet_lite import imagenet_file
from das_model.network.network import DasNetwork
from das_model.skeleton import Skeleton
from das_model.training.config import TrainConfig
from das_model.training.epoch_figures import EpochFigures
from das_model.training.mix import Batch, training_batches
from das_model.training.processes import (
    Process,
    default_precision,
    fastest_threads,
    join_processes,
    keep_freed_memory,
    told_by_the_first,
)
from das_model.training.run_config import RunConfig
from das_model.training.run_record import (
    KEY,
    Record,
    metadata_of,
    note_start,
    plain,
    plain_fields,
    record_of,
    refused_changes,
    revision,
    told_changes,
    versions,
)
from das_model.training.train import Trainer, train
from das_model.training.train_log import LogConfig, TrainLog

Say = Callable[[str], None]


@dataclass(frozen=True, eq=False, slots=True)
class Run:
    """A run that is ready to go."""

    trainer: Trainer
    batches: Iterator[Batch]
    log: TrainLog | None

    def train(self) -> None:
        """Train to the end of the schedule, in this process or with those of `torchrun`."""
        train(self.trainer, self.batches, self.log)


def prepare(config: RunConfig, say: Say) -> Run:
    """Open the data, build the trainer, load what the run starts from.

    Args:
        config: of the run.
        say: takes news for the user.

    Raises:
        FileNotFoundError: if files of the data or the weights are missing.
        ValueError: if a file is not what it should be, or the run was another when it began.
    """
    torch.set_num_threads(config.threads or 1)
    torch.manual_seed(config.data.seed)
    process = join_processes()
    if process.device.type == "cpu":
        keep_freed_memory()
    if process.device.type == "cuda":
        torch.cuda.set_device(process.device)  # what is exchanged goes over it
    is_first = process.rank == 0
    sets = _open_sets(config, process)
    num_pictures = sum(len(pictures) for pictures in sets[0])
    old = record_of(metadata_of(config.checkpoint)) if config.checkpoint.is_file() else {}
    plan = _planned(config, num_pictures, process, old)
    begun_with = old.get("threads")
    threads = config.threads or (
        begun_with if isinstance(begun_with, int) else _fastest_threads(config, process)
    )
    torch.set_num_threads(threads)
    record = _record(config, plan, process, num_pictures) | {"threads": threads}
    if refused := refused_changes(old, record):
        raise ValueError(
            f"{config.checkpoint} was begun with {', '.join(refused)}: a run cannot change these "
            "half-way; give another --out"
        )
    trainer = Trainer(plan, process.device, is_distributed=process.world > 1)
    _start(trainer, config)
    steps, network = range(trainer.step, plan.total_steps), plan.network
    batches = training_batches(
        config.data,
        network.encoding,
        steps,
        process.rank,
        process.world,
        Skeleton(network.joint_names),
        sets,
    )
    if not is_first:
        return Run(trainer, batches, None)
    _tell(config, plan, process, num_pictures, say)
    if process.device.type == "cpu":
        say(f"threads of torch in each of {process.world} processes: {threads}")
    if trainer.step >= plan.total_steps:
        say(f"step {trainer.step} is the end of the {plan.total_steps} steps: nothing to do")
    if changes := told_changes(old, record):
        say(f"changed since the last start: {'; '.join(changes)}")
    note_start(config.out / "run.json", record)
    num_a_step = config.data.batch_size * process.world
    log = LogConfig(
        config.out,
        config.save_every,
        config.validate_every,
        config.num_kept,
        max(1, round(num_pictures / num_a_step)),
        process.world,
        {KEY: json.dumps(record)},
    )
    figures = EpochFigures(config.data, config.num_measured)
    return Run(trainer, batches, TrainLog(trainer, config.data, log, figures))


def _open_sets(config: RunConfig, process: Process) -> WeightedSets:
    """The sets; the first process of a machine looks whether saved labels are up to date."""
    checked: set[Path] = set()
    is_first = process.local_rank == 0
    sets = config.data.training_sets(checked) if is_first else None
    checked = told_by_the_first(process, checked)
    return sets or config.data.training_sets(checked)


def _planned(config: RunConfig, num_pictures: int, process: Process, old: Record) -> TrainConfig:
    """The recipe's plan for the data at hand.

    Without public weights nothing is frozen; a run that goes on keeps frozen what was.
    """
    plan = config.recipe.planned(
        num_pictures,
        config.data.batch_size * process.world,
        config.total_steps,
        config.learning_rate,
    )
    has_start = config.init is not None or config.has_public_weights
    is_movenet = plan.network.backbone == "movenet"
    frozen = plan.frozen if has_start or is_movenet else "none"
    return dataclasses.replace(
        plan,
        accumulation=config.accumulation,
        frozen=str(old.get("frozen", frozen)),
        precision=config.precision or default_precision(process.device),
    )


def _fastest_threads(config: RunConfig, process: Process) -> int:
    """Threads of this process with which forward and backward pass of two pictures take least."""
    most = num_cores() // process.num_local
    if process.device.type != "cpu" or most < 2:
        return 1
    width, height = config.data.canvas
    pictures = torch.zeros(2, 3, height, width)
    with torch.random.fork_rng():
        network = DasNetwork(config.recipe.train.network)

    def both_passes() -> None:
        maps = network(pictures)
        sum(level.score.mean() + level.joint_offsets[-1].mean() for level in maps).backward()

    return fastest_threads(both_passes, most)


def _record(config: RunConfig, plan: TrainConfig, process: Process, num_pictures: int) -> Record:
    """All that a run was started with, see `run_record`."""
    data = plain_fields(config.data)
    seed, batch = data.pop("seed"), data.pop("batch_size")
    optimiser = plain_fields(plan.optimiser)
    rate = optimiser.pop("learning_rate")
    return {
        "started": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "command": config.command,
        "revision": revision(),
        "versions": {**versions(), "torch": torch.__version__},
        "recipe": config.name,
        "start": plain(config.init or config.backbone_weights),
        "network": plain(plan.network),
        "loss": plain(plan.loss),
        "optimiser": optimiser,
        "learning_rate": rate,
        "total_steps": plan.total_steps,
        "ema_decay": plan.ema_decay,
        "backbone_share": config.backbone_share,
        "frozen": plan.frozen,
        "precision": plan.precision,
        "device": process.device.type,
        "seed": seed,
        "processes": process.world,
        "batch": batch,
        "accumulation": plan.accumulation,
        "num_pictures": num_pictures,
        "data": data,
    }


def _tell(
    config: RunConfig, plan: TrainConfig, process: Process, num_pictures: int, say: Say
) -> None:
    num_a_step = config.data.batch_size * process.world
    say(
        f"{config.recipe.summary}; {num_pictures} pictures, {plan.total_steps} steps of "
        f"{num_a_step}, learning rate {plan.optimiser.learning_rate:g}, "
        f"mixed precision {plan.precision}"
    )
    for remark in config.remarks():
        say(remark)


def _start(trainer: Trainer, config: RunConfig) -> None:
    """Load what there is: the run's own checkpoint, else weights of ours, else public ones."""
    backbone = config.recipe.train.network.backbone
    if config.checkpoint.is_file():
        trainer.resume(config.checkpoint)
    elif config.init:
        trainer.load_weights(config.init)
        if config.backbone_weights:
            trainer.load_backbone(config.backbone_weights, config.backbone_share)
    elif config.backbone_weights:
        trainer.load_backbone(config.backbone_weights)
    elif config.has_public_weights:
        trainer.load_backbone(imagenet_file(backbone))
