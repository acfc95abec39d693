"""Training cost estimate of a run of the paper's size, from GMACs and loader speed."""

from dataclasses import dataclass

from das_model.reproduction.complexity import measure
from das_model.training.recipes import RECIPES

# Pictures of the published sets: Panoptic's 6 sequences, every second frame of two cameras (SMAP's
# authors, zju3dv/SMAP issue 24), MuCo-3DHP as composited by Moon et al., and COCO train2017's
# pictures with keypoints.
NUM_PICTURES = {"panoptic": 160_000, "muco": 400_000, "coco": 64_115}
_FLOP_PER_MAC = 6  # a multiply and an add forward, twice that backward
_BYTES_PER_PARAMETER = 4 * 3  # network, average, momentum; float32


@dataclass(frozen=True, slots=True)
class Cost:
    """Of a run by a recipe.

    Args:
        num_steps: of the recipe's length, at its reference batch.
        exaflop: of all steps.
        card_hours: of a card at the given speed.
        loader_core_hours: of the processors that prepare the pictures.
        checkpoint_gb: of one checkpoint.
    """

    num_steps: int
    exaflop: float
    card_hours: float
    loader_core_hours: float
    checkpoint_gb: float


def cost(name: str, tera_flop_per_s: float, sample_ms: float) -> Cost:
    """The cost of a recipe with `epochs`.

    Args:
        name: of the recipe.
        tera_flop_per_s: that a card reaches in training; an assumption.
        sample_ms: CPU time of the loader a sample, as `benchmark.py loader` measures it.

    Raises:
        ValueError: if the recipe's length is not told in epochs.
    """
    recipe = RECIPES[name]
    if recipe.epochs is None or recipe.reference_batch is None:
        raise ValueError(f"{name} must be a recipe of the paper, whose length is in epochs")
    num_samples = recipe.epochs * sum(NUM_PICTURES[kind] for kind in recipe.sets)
    size = measure(recipe.train.network, recipe.canvas)
    flop = num_samples * size.num_macs * _FLOP_PER_MAC
    return Cost(
        num_steps=round(num_samples / recipe.reference_batch),
        exaflop=flop / 1e18,
        card_hours=flop / (tera_flop_per_s * 1e12) / 3600,
        loader_core_hours=num_samples * sample_ms / 1000 / 3600,
        checkpoint_gb=size.num_parameters * _BYTES_PER_PARAMETER / 1e9,
    )


def report(names: list[str], num_cards: int, tera_flop_per_s: float, sample_ms: float) -> str:
    """A Markdown table of several recipes on some number of cards."""
    lines = [
        f"{num_cards} cards at {tera_flop_per_s:g} TFLOP/s each, {sample_ms:g} ms of CPU time a "
        "sample:",
        "",
        "| recipe | steps of 16 | EFLOP | card-hours | hours | loader, core-hours | "
        "loader processes that keep up | a checkpoint, GB |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name in names:
        told = cost(name, tera_flop_per_s, sample_ms)
        hours = told.card_hours / num_cards
        lines.append(
            f"| `{name}` | {told.num_steps:,} | {told.exaflop:.1f} | {told.card_hours:.0f} | "
            f"{hours:.1f} | {told.loader_core_hours:.0f} | "
            f"{told.loader_core_hours / hours:.0f} | {told.checkpoint_gb:.2f} |"
        )
    return "\n".join(lines)
