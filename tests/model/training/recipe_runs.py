"""Trains recipes for two steps and goes on to a third; test_every_recipe starts it.

    torchrun --nproc-per-node 2 recipe_runs.py FOLDER RECIPE...

FOLDER holds the made-up data of `test_every_recipe`.
"""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import torch

from das_model.datasets.data_config import DataConfig, Shares
from das_model.training.processes import leave_processes
from das_model.training.recipes import RECIPES
from das_model.training.run_config import RunConfig
from das_model.training.run_record import metadata_of
from das_model.training.train_log import TrainLog
from das_model.training.training_run import prepare


def config_of(name: str, folder: Path, out: Path, steps: int, is_first: bool) -> RunConfig:
    """A run of a recipe on a small canvas; live recipes on photos and rendered pictures."""
    recipe = RECIPES[name]
    data = {kind: folder / kind for kind in recipe.sets}
    if "photos" in data:
        data |= {"synthetic": folder / "synthetic", "synthetic_val": folder / "synthetic"}
    if "panoptic" in data:
        data |= {"panoptic_split": str(folder / "split.toml")}
    size = 128 if recipe.train.network.encoding.strides[-1] >= 64 else 64
    weights = folder / f"{name}.safetensors"
    is_movenet = recipe.train.network.backbone == "movenet"
    return RunConfig(
        recipe,
        DataConfig(
            **data,
            augment=replace(recipe.augment, mosaic=0.0),
            is_whole=recipe.is_whole,
            augment_flat=recipe.augment_flat,
            coco_left_out=recipe.coco_left_out,
            shares=Shares(photos=0.4),
            size=size,
            batch_size=1,
        ),
        out,
        init=weights if is_movenet and is_first else None,
        total_steps=steps,
        save_every=2,
        validate_every=2,
        num_measured=2,
        name=name,
    )


def main() -> None:
    """Train each recipe named and write what its checkpoints say."""
    folder, names = Path(sys.argv[1]), sys.argv[2:]
    TrainLog.NUM_VALIDATION = 2
    for name in names:
        told: list[str] = []
        for steps, is_first in ((2, True), (3, False)):
            config = config_of(name, folder, folder / "runs" / name, steps, is_first)
            prepare(config, told.append).train()
            torch.distributed.barrier()  # until the first has written what all go on from
        if os.environ["RANK"] == "0":
            step = json.loads(metadata_of(config.checkpoint)["step"])
            (folder / f"{name}.json").write_text(json.dumps({"step": step, "told": told}))
    leave_processes()


if __name__ == "__main__":
    main()
