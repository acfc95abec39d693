"""Train a network by a named recipe; docs/training.md explains the recipes and options.

    python scripts/train.py lite --synthetic DIR --photos DIR --steps 20000 \\
        --backbone-weights movenet-multipose.json --out runs/lite
    torchrun --nproc-per-node 4 scripts/train.py panoptic --panoptic DIR --coco DIR \\
        --backbone-weights 2xmspn50.pth --out runs/panoptic

A run whose --out holds a checkpoint goes on from it.
"""

import argparse
import dataclasses
from pathlib import Path

import torch

from das_model.backbones.efficientnet_lite import imagenet_file
from das_model.datasets.data_config import DataConfig
from das_model.datasets.training import training_batches
from das_model.processes import join_processes
from das_model.recipes import RECIPES
from das_model.skeleton import Skeleton
from das_model.train import Trainer, train
from das_model.train_log import TrainLog

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
add = parser.add_argument
add("recipe", nargs="?", choices=sorted(RECIPES), default="lite", help="lite by default")
add("--synthetic", type=Path, help="folder of render_synthetic.py")
add("--photos", type=Path, help="folder with annotations.json in COCO style")
add("--panoptic", type=Path, help="folder of the CMU Panoptic sequences")
add("--panoptic-split", default="das", help="sequences to train on: das, smap or a file")
add("--muco", type=Path, help="folder with MuCo-3DHP.json")
add("--coco", type=Path, help="folder of COCO 2017")
add("--synthetic-val", type=Path, help="rendered pictures kept for validation")
add("--backbone-weights", type=Path,
    help="public weights; MoveNet's .json for lite; EfficientNet's come with the package")
add("--init", type=Path, help="weights file or checkpoint of ours to start from")
add("--out", type=Path, required=True, help="folder of log and checkpoint")
add("--photo-share", type=float, help="of the samples, from sets with 2D labels")
add("--size", type=int, nargs="+", help="canvas: the side of a square, or width and height, px")
add("--batch", type=int, help="pictures per process and step")
add("--accumulate", type=int, default=1, help="parts that a batch is worked through in")
add("--steps", type=int, help="length of the run, instead of the recipe's")
add("--lr", type=float, help="peak learning rate as it is, instead of the recipe's")
add("--workers", type=int, default=0, help="loader processes")
add("--threads", type=int, default=1, help="of torch, per process")
add("--seed", type=int, default=0)
add("--save-every", type=int, default=200, help="steps")
add("--validate-every", type=int, default=1000, help="steps")


def main() -> None:
    """Build the run from its recipe and the arguments, and train."""
    args = parser.parse_args()
    recipe = RECIPES[args.recipe]
    backbone, checkpoint = recipe.train.network.backbone, args.out / "checkpoint.safetensors"
    weights = args.backbone_weights
    if weights is None and backbone.startswith("lite"):
        weights = imagenet_file(backbone)
    has_start = bool(weights or args.init)
    if backbone == "movenet" and not (has_start or checkpoint.is_file()):
        parser.error("--backbone-weights must name MoveNet's .json, see docs/training.md, or "
                     "--init weights of ours")  # fmt: skip
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    process = join_processes()
    canvas = args.size or recipe.canvas
    data = DataConfig(
        photos=args.photos, synthetic=args.synthetic, synthetic_val=args.synthetic_val,
        panoptic=args.panoptic, panoptic_split=args.panoptic_split, muco=args.muco,
        coco=args.coco, augment=recipe.augment,
        photo_share=recipe.photo_share if args.photo_share is None else args.photo_share,
        size=canvas[0], height=canvas[-1], batch_size=args.batch or recipe.batch_size,
        num_workers=args.workers, seed=args.seed,
    )  # fmt: skip
    num_pictures = sum(len(pictures) for pictures in data.training_sets()[0])
    config = dataclasses.replace(
        recipe.planned(num_pictures, data.batch_size * process.world, args.steps, args.lr),
        accumulation=args.accumulate, is_early_frozen=has_start or backbone == "movenet",
    )  # fmt: skip
    trainer = Trainer(config, process.device, is_distributed=process.world > 1)
    if checkpoint.is_file():
        trainer.resume(checkpoint)
    elif args.init:
        trainer.load_weights(args.init)
    elif weights:
        trainer.load_backbone(weights)
    log = None
    if process.rank == 0:
        print(f"{args.recipe}: {recipe.summary}; {num_pictures} pictures, {config.total_steps} "
              f"steps of {data.batch_size * process.world}, "
              f"learning rate {config.optimiser.learning_rate:g}")  # fmt: skip
        if missing := [kind for kind in recipe.sets if getattr(args, kind) is None]:
            print(f"the recipe's {' and '.join(missing)} pictures are left out: no folder given")
        log = TrainLog(trainer, data, args.out, args.save_every, args.validate_every,
                       process.world)  # fmt: skip
    steps = range(trainer.step, config.total_steps)
    network = config.network
    train(trainer, training_batches(data, network.encoding, steps, process.rank, process.world,
                                    Skeleton(network.joint_names)), log)  # fmt: skip


if __name__ == "__main__":
    main()
