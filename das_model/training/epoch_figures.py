"""Benchmark metrics during training: a fixed part of each benchmark, every epoch."""

import math
from dataclasses import dataclass
from pathlib import Path

from das_model.datasets.data_config import DataConfig
from das_model.datasets.panoptic_split import PanopticSplit
from das_model.evaluation.protocols import benchmarks
from das_model.evaluation.tables import Table
from das_model.network.network import DasNetwork
from das_model.training.network_predictor import (
    PAPER_DECODE,
    SURE_PEOPLE,
    NetworkPredictor,
    is_live,
)

_KEPT = (
    "mpjpe_mm",
    "pck_rel",
    "pck_abs",
    "recall",
    "strict_recall",
    "precision",
    "num_people",
    "num_stand_ins",
)


@dataclass(frozen=True, slots=True)
class EpochFigures:
    """Measures on those of CMU Panoptic, MuPoTS-3D and rendered pictures that the run has.

    The parts are of the benchmarks' test pictures, as in the authors' code, where every epoch is
    measured on them: fit to watch a run, and to choose a checkpoint for one's own use.

    Args:
        data: of the run; `panoptic_val` or `panoptic`, `mupots` and `synthetic_val` serve.
        num_pictures: of each, about; the same every time.
    """

    data: DataConfig
    num_pictures: int

    def measure(self, network: DasNetwork) -> dict[str, Table]:
        """Figures by the name of the set, people found by the rules that the network is for."""
        rules = SURE_PEOPLE if is_live(network) else PAPER_DECODE
        predictor = NetworkPredictor(network, self.data.canvas, rules)
        data, tables = self.data, {}
        panoptic_root = data.panoptic_val or data.panoptic
        if panoptic_root is not None:
            split = PanopticSplit.read(data.panoptic_split)
            cameras_and_more = len(split.cameras) * max(map(len, split.test.values()))
            share = max(cameras_and_more, self.num_pictures // len(split.test))
            there = tuple(a for a, names in split.test.items() if _are_in(panoptic_root, names))
            if there:
                tables["panoptic"] = benchmarks.evaluate_panoptic(
                    panoptic_root, predictor, split, there, share
                )
        if data.mupots is not None:
            tables["mupots"] = benchmarks.evaluate_mupots(
                data.mupots, predictor, "das", None, self.num_pictures
            )
        if data.synthetic_val is not None:
            tables["synthetic"] = benchmarks.evaluate_synthetic(
                data.synthetic_val, predictor, self.num_pictures
            )
        return {name: _headline(table) for name, table in tables.items()}


def goodness(tables: dict[str, Table]) -> float:
    """Figure that checkpoints are chosen by, the higher the better; NaN if nothing was measured.

    The MPJPE on Panoptic, in which the mean pose stands in for people who are not found, unless
    that is everybody; else PCK_rel over all people of MuPoTS-3D or of rendered pictures.
    """
    if "panoptic" in tables:
        is_anybody_found = tables["panoptic"].get("strict_recall", 0.0) > 0
        return -tables["panoptic"].get("mpjpe_mm", math.nan) if is_anybody_found else math.nan
    for name in ("mupots", "synthetic"):
        if name in tables:
            return tables[name].get("pck_rel", math.nan)
    return math.nan


def _are_in(root: Path, sequences: tuple[str, ...]) -> bool:
    """Whether the sequences are in the folder, which tar files to train on are not."""
    return all((root / sequence).is_dir() for sequence in sequences)


def _headline(table: Table) -> Table:
    """The figures over all of a set that are worth a curve."""
    values = {key.removeprefix("mean/"): value for key, value in table.items()}
    return {name: values[name] for name in _KEPT if name in values}
