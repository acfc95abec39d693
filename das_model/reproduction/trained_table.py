"""Table 1 on rendered people with all layers trained: rows by seeds, which many starts share.

A row of a seed is a training run of its own, that goes on where it stopped and that one process
at a time works on; the command started twice shares them out. Rows differ in centre, pose loss
and update only: the pictures and their order, the weight of the pose loss whatever the number of
updates, and the people measured are the same. One row more has the baseline's pose loss weighed
twice, to tell what the weight alone does.
"""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from filelock import FileLock, Timeout

from das_model.annotation import Annotation
from das_model.datasets.augmentation.augment import place
from das_model.datasets.augmentation.placement import AugmentConfig, random_placement
from das_model.datasets.data_config import DataConfig
from das_model.datasets.rendered import RenderedSet
from das_model.network.backbones.efficientnet_lite import imagenet_file
from das_model.network.network import DasNetwork
from das_model.reproduction import paired
from das_model.reproduction.paper_tables import TABLE_1A, TABLE_1B
from das_model.reproduction.true_centres import measured
from das_model.skeleton import Skeleton
from das_model.training.config import TrainConfig
from das_model.training.mix import training_batches
from das_model.training.processes import keep_freed_memory
from das_model.training.recipes import RECIPES, Recipe, small
from das_model.training.run_record import KEY, plain
from das_model.training.train import Trainer

BASELINE, CONTROL = "table1-root", "table1-root-twice"
_ROWS = ("box", "root", "recursive", "multi1", "multi3", "mle", "full")
_PAPER = {row.recipe: row for row in (*TABLE_1B, *TABLE_1A)}
ROWS: Mapping[str, paired.Row] = {
    **{
        name: paired.Row(_PAPER[name].title, _PAPER[name].paper_mm)
        for name in (f"table1-{row}" for row in _ROWS)
    },
    CONTROL: paired.Row("control: root centre, pose loss weighed twice", math.nan),
}
_SAVE_EVERY = 250  # steps
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is trained and measured.

    Args:
        root: rendered pictures to train on.
        validation: rendered pictures to measure on, the first `num_measured`.
        folder: for the runs, a folder each.
        num_steps: of each run.
        num_seeds: runs of each row.
        num_measured: pictures.
        canvas: (width, height) px that pictures are drawn on, multiples of 32.
        batch_size: pictures a step.
        weights: of the backbone to begin with; ImageNet's by default.
    """

    root: Path
    validation: Path
    folder: Path
    num_steps: int = 4000
    num_seeds: int = 3
    num_measured: int = 1000
    canvas: tuple[int, int] = (160, 96)
    batch_size: int = 16
    weights: Path | None = None


def make(plan: Plan, say: Say) -> str:
    """Do what is left of the plan that no other process is at, and tell the table so far.

    Args:
        plan: of the table; what is in its folder must be of the same.
        say: takes news for the user.

    Raises:
        FileNotFoundError: if there are no pictures, or no weights.
        ValueError: if the folder holds another plan's runs, or nobody can be measured.
    """
    keep_freed_memory()
    _keep(plan)
    pictures = RenderedSet.open(plan.validation)
    for seed in range(plan.num_seeds):
        for name in ROWS:
            folder = _run_folder(plan, name, seed)
            if _errors_file(folder).is_file():
                continue
            folder.mkdir(parents=True, exist_ok=True)
            try:
                with FileLock(folder / "lock", timeout=0):
                    say(f"seed {seed}, {ROWS[name].title}")
                    network = _trained(plan, name, seed, say)
                    errors = measured(network, _placed(pictures, plan))
                    _write(_errors_file(folder), errors)
            except Timeout:
                say(f"seed {seed}, {ROWS[name].title}: another process is at it")
    return report(plan)


def report(plan: Plan) -> str:
    """The table of the seeds whose rows are all measured; of none, what is missing."""
    files = {
        seed: {name: _errors_file(_run_folder(plan, name, seed)) for name in ROWS}
        for seed in range(plan.num_seeds)
    }
    whole = [seed for seed, row in files.items() if all(file.is_file() for file in row.values())]
    num_done = sum(file.is_file() for row in files.values() for file in row.values())
    errors: dict[str, np.ndarray] = {}
    if whole:
        errors = {name: np.stack([np.load(files[seed][name]) for seed in whole]) for name in ROWS}
    num_people = next(iter(errors.values())).shape[1] if errors else 0
    told = (
        f"Rendered pictures, not the paper's data: EfficientNet-Lite0 with all layers trained, "
        f"{plan.canvas[0]}x{plan.canvas[1]}, {plan.num_steps} steps of {plan.batch_size}, "
        f"{len(whole)} of {plan.num_seeds} seeds ({num_done} of {len(ROWS) * plan.num_seeds} "
        f"runs); the same {num_people} people in every row, read where they truly are."
    )
    return f"{told}\n\n{paired.table(ROWS, errors, BASELINE)}"


def row_recipe(name: str, num_steps: int, canvas: tuple[int, int]) -> Recipe:
    """A row: its recipe in small, nothing frozen, the pose loss of one weight in all."""
    recipe = small(RECIPES[BASELINE if name == CONTROL else name], num_steps, canvas)
    weight = recipe.train.loss.pose_weight * (2 if name == CONTROL else 1)
    loss = replace(recipe.train.loss, stages="ends", pose_weight=weight)
    return replace(recipe, train=replace(recipe.train, loss=loss, frozen="none"))


def _trained(plan: Plan, name: str, seed: int, say: Say) -> DasNetwork:
    """The averaged network of a run, from its checkpoint on."""
    recipe = row_recipe(name, plan.num_steps, plan.canvas)
    data = DataConfig(
        synthetic=plan.root,
        augment=recipe.augment,
        size=plan.canvas[0],
        height=plan.canvas[1],
        batch_size=plan.batch_size,
        seed=seed,
    )
    torch.manual_seed(seed)
    trainer = Trainer(recipe.train, torch.device("cpu"))
    checkpoint = _run_folder(plan, name, seed) / "checkpoint.safetensors"
    if checkpoint.is_file():
        trainer.resume(checkpoint)
        say(f"goes on from step {trainer.step}")
    else:
        trainer.load_backbone(plan.weights or imagenet_file("lite0"))
    notes = {KEY: json.dumps(_record(recipe.train, seed))}
    network = recipe.train.network
    steps = range(trainer.step, plan.num_steps)
    joints = Skeleton(network.joint_names)
    for batch in training_batches(data, network.encoding, steps, skeleton=joints):
        losses = trainer.train_step(batch)
        if trainer.step % _SAVE_EVERY == 0 or trainer.step == plan.num_steps:
            trainer.save(checkpoint, notes)
            say(f"step {trainer.step} of {plan.num_steps}, loss {losses['total']:.2f}")
    return trainer.average


def _record(config: TrainConfig, seed: int) -> dict[str, object]:
    """What a run's checkpoint tells of it."""
    return {"loss": plain(config.loss), "optimiser": plain(config.optimiser), "seed": seed}


def _placed(pictures: RenderedSet, plan: Plan) -> Iterator[tuple[np.ndarray, Annotation]]:
    """The pictures to measure, each whole on the canvas."""
    still = AugmentConfig(scale=(1.0, 1.0), rotation_deg=0.0, flip=0.0, colour=0.0)
    for index in range(min(plan.num_measured, len(pictures))):
        image, annotation = pictures[index]
        rng = np.random.default_rng(index)
        yield place(image, annotation, random_placement(annotation, plan.canvas, still, rng))


def _keep(plan: Plan) -> None:
    """Write the plan into its folder, or compare it with the one there."""
    told = {name: plain(getattr(plan, name)) for name in plan.__slots__ if name != "folder"}
    told["num_pictures"] = len(RenderedSet.open(plan.root))
    file = plan.folder / "plan.json"
    plan.folder.mkdir(parents=True, exist_ok=True)
    if not file.is_file():
        file.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        return
    kept = json.loads(file.read_text(encoding="utf-8"))
    changed = [n for n in told if n != "num_seeds" and kept.get(n) != told[n]]
    if changed:
        differing = ", ".join(f"{n} {kept.get(n)} -> {told[n]}" for n in changed)
        raise ValueError(f"{plan.folder} holds runs of another plan ({differing}); give another")


def _write(file: Path, errors: np.ndarray) -> None:
    part = file.with_suffix(".part")
    with part.open("wb") as content:
        np.save(content, errors)
    part.replace(file)


def _run_folder(plan: Plan, name: str, seed: int) -> Path:
    return plan.folder / f"seed{seed}" / name


def _errors_file(folder: Path) -> Path:
    return folder / "errors.npy"
