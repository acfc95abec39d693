"""Reproduction of a table of the paper: runs, results and Markdown."""

import math
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from das_model.datasets.augmentation.placement import AugmentConfig
from das_model.datasets.panoptic import FRAMES_PER_ACTIVITY
from das_model.datasets.panoptic_split import PanopticSplit
from das_model.datasets.rendered import RenderedSet
from das_model.evaluation.metrics import ratio
from das_model.evaluation.predictions import Predictor
from das_model.evaluation.protocols import benchmarks
from das_model.evaluation.tables import Table
from das_model.inference.estimate import Scoring
from das_model.network.backbones.efficientnet_lite import imagenet_file
from das_model.network.checkpoint import load_network
from das_model.network.network import DasNetwork
from das_model.reproduction.ablation import FeatureSet, collect_features, run_rows
from das_model.reproduction.paper_tables import (
    SCALE_NOTE,
    TABLE_1A,
    TABLE_1B,
    ablation_table,
    table_2,
    table_3,
    table_4,
    times_table,
)
from das_model.reproduction.peer_networks import SMAP_INPUT, median_ms, peer_calls, picture
from das_model.reproduction.root_depth import compare
from das_model.training.network_predictor import (
    PAPER_DECODE,
    NetworkPredictor,
    open_checkpoint,
    own_input,
)
from das_model.training.recipes import RECIPES, Recipe, small

_NUM_TIMED = {"cuda": 50, "cpu": 5}
_PARTS = {"table1a": TABLE_1A, "table1b": TABLE_1B}


def synthetic_table_1(
    part: str,
    root: Path,
    validation: Path,
    weights: Path | None,
    num_steps: int,
    num_pictures: int,
    runs: Path,
) -> str:
    """Table 1a or 1b in small: trains its rows on rendered pictures, see `ablation`.

    The row with a larger backbone is left out, since all rows share one frozen backbone.

    Args:
        part: table1a or table1b.
        root: rendered pictures to train on.
        validation: rendered pictures to measure on.
        weights: of the recipe `lite0`, whose backbone is frozen; ImageNet's by default.
        num_steps: of each row.
        num_pictures: to train on; a quarter as many to measure.
        runs: folder for results and checkpoints, which both parts share.

    Raises:
        ValueError: if `weights` are of another backbone.
    """
    trunk = _lite0_trunk(weights)
    recipe = small(RECIPES["table1-root"], num_steps)
    training, measured = _features(trunk, root, validation, recipe, num_pictures)
    names = [row.recipe for row in _PARTS[part] if row.recipe != "table1-larger"]
    results = run_rows(names, trunk, training, measured, num_steps, runs / "table1-synthetic")
    told = f"{len(training)} pictures, {num_steps} steps, measured on {len(measured)}."
    table = ablation_table(_PARTS[part], results, "table1-root")
    return f"{SCALE_NOTE} {told}\n\n{table}"


def root_depth_table(
    root: Path,
    validation: Path,
    weights: Path | None,
    num_steps: int,
    num_pictures: int,
    num_seeds: int,
    say: Callable[[str], None],
) -> str:
    """The root's depth as z / f beside its logarithm, see `root_depth`.

    Args:
        root: rendered pictures to train on.
        validation: rendered pictures to measure on.
        weights: as of `synthetic_table_1`.
        num_steps: of each run.
        num_pictures: to train on; a quarter as many to measure.
        num_seeds: runs of each form.
        say: takes news for the user.
    """
    recipe = small(RECIPES["table1-root"], num_steps)
    training, measured = _features(_lite0_trunk(weights), root, validation, recipe, num_pictures)
    told = f"{len(training)} pictures, {num_steps} steps, {num_seeds} seeds."
    return f"{SCALE_NOTE} {told}\n\n{compare(recipe, training, measured, num_seeds, say)}"


def _lite0_trunk(weights: Path | None) -> DasNetwork:
    """A network with the backbone to freeze; ImageNet's without `weights`."""
    if weights is None:
        trunk = DasNetwork(RECIPES["lite0"].train.network).eval()
        trunk.backbone.load_public_weights(imagenet_file("lite0"))
    else:
        trunk = load_network(weights)
    if trunk.config.backbone != "lite0":
        raise ValueError(f"{weights} must be of lite0, got {trunk.config.backbone}")
    return trunk


def _features(
    trunk: DasNetwork, root: Path, validation: Path, recipe: Recipe, num_pictures: int
) -> tuple[FeatureSet, FeatureSet]:
    """Features of pictures to train on, and of a quarter as many to measure on."""
    plain = AugmentConfig(scale=(1.0, 1.0), rotation_deg=0.0, flip=0.0, colour=0.0)
    return (
        collect_features(
            trunk, RenderedSet.open(root), num_pictures, recipe.canvas, recipe.augment
        ),
        collect_features(
            trunk, RenderedSet.open(validation), num_pictures // 4, recipe.canvas, plain
        ),
    )


def licensed_table_1(part: str, root: Path, runs: Path) -> str:
    """Table 1a or 1b from checkpoints RUNS/RECIPE/checkpoint.safetensors on CMU Panoptic.

    Rows whose recipe has not been trained get dashes and the command that trains them.
    """
    results, missing = {}, []
    for row in _PARTS[part]:
        file = runs / row.recipe / "checkpoint.safetensors"
        if file.is_file():
            results[row.recipe] = _headline(_panoptic(root, load_predictor(file)))
        else:
            missing.append(f"    python scripts/train.py {row.recipe} ... --out {file.parent}")
    note = "\nNot trained yet:\n\n" + "\n".join(missing) + "\n" if missing else ""
    return ablation_table(_PARTS[part], results, "table1-root") + note


def other_table(
    what: str,
    root: Path | None,
    model: Path | None,
    is_synthetic: bool,
    num_rounds: int | None = None,
) -> str:
    """Table 2, 3 or 4 with our model's figures.

    Args:
        what: table2, table3 or table4.
        root: CMU Panoptic (2), MuPoTS-3D (3) or rendered pictures; for table4 None gives the
            time alone.
        model: checkpoint or ONNX file; for table4 None times the paper's network with weights
            of chance, whose time is that of any others.
        is_synthetic: the data in `root` are rendered pictures.
        num_rounds: of timing, for table4.

    Raises:
        ValueError: if a table needs a model or data that are not given.
    """
    if what == "table4":
        return _time_table(root, model, is_synthetic, num_rounds)
    if model is None or root is None:
        raise ValueError(f"{what} needs --model and --root, got {model} and {root}")
    predictor = load_predictor(model)
    title = "ours"
    if is_synthetic:
        title = "ours, on rendered pictures"
        figures = benchmarks.evaluate_synthetic(root, predictor, None)
    elif what == "table2":
        figures = _panoptic(root, predictor)
    else:
        figures = benchmarks.evaluate_mupots(root, predictor, "das", None)
    note = "**Not the paper's data:** rendered pictures, by our protocol for them.\n\n"
    table = table_2(figures, title) if what == "table2" else table_3(figures, title)
    return (note if is_synthetic else "") + table


def load_predictor(file: Path) -> Predictor:
    """A checkpoint, decoded by the paper's rules, or an ONNX file, by the application's.

    The least score of a person is the paper's in either case.
    """
    if file.suffix == ".onnx":
        return benchmarks.ModelPredictor(file, PAPER_DECODE.min_score, scoring=Scoring.LOCATION)
    return open_checkpoint(file, "authors")


def _time_table(
    root: Path | None, model: Path | None, is_synthetic: bool, num_rounds: int | None
) -> str:
    network = load_network(model) if model else DasNetwork(RECIPES["panoptic"].train.network)
    device = "this processor"
    if torch.cuda.is_available():
        network, device = network.cuda(), torch.cuda.get_device_name()
    size = own_input(network)
    figures: Table = {}
    predictor = NetworkPredictor(network, size, PAPER_DECODE)
    if root is not None and is_synthetic:
        figures = benchmarks.evaluate_synthetic(root, predictor, None)
    elif root is not None:
        figures = _headline(_panoptic(root, predictor))
    title = f"ours ({network.config.backbone}, {size[0]} x {size[1]})"
    network.eval()
    where = network.mean.device
    calls: dict[str, Callable[[], Tensor]] = {
        title: lambda: network(picture(size, where))[0].score
    }
    if SMAP_INPUT != size:
        same = f"ours at SMAP's input, {SMAP_INPUT[0]} x {SMAP_INPUT[1]}"
        calls[same] = lambda: network(picture(SMAP_INPUT, where))[0].score
    times = median_ms(calls | peer_calls(where), num_rounds or _NUM_TIMED[where.type])
    note = "Networks alone, batch 1, no export"
    note += "; figures on rendered pictures.\n\n" if is_synthetic and root else ".\n\n"
    together = table_4(times[title], f"{title} on {device}", figures)
    return f"{note}{together}\nAll on {device}, in turns:\n\n{times_table(times)}"


def _headline(table: Table) -> Table:
    """MPJPE, recall and the share of people for whom the mean pose stood in.

    Where nobody was found the MPJPE is that of the mean pose and says nothing: NaN.
    """
    recall = table["mean/strict_recall"]
    return {
        "mpjpe_mm": table["mean/mpjpe_mm"] if recall > 0 else math.nan,
        "recall": recall,
        "stand_ins": ratio(table["mean/num_stand_ins"], table["mean/num_people"]),
    }


def _panoptic(root: Path, predictor: Predictor) -> Table:
    split = PanopticSplit.read("das")
    activities = tuple(split.test)
    return benchmarks.evaluate_panoptic(root, predictor, split, activities, FRAMES_PER_ACTIVITY)
