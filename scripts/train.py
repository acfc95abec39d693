"""Train a network by a named recipe; docs/training.md explains the recipes and options.

    python scripts/train.py lite --synthetic DIR --photos DIR --out runs/lite --steps 20000
    torchrun --nproc-per-node 4 scripts/train.py panoptic --panoptic DIR --coco DIR \\
        --backbone-weights 2xmspn50.pth --out runs/panoptic

A run whose --out holds a checkpoint goes on from it.
"""

import argparse
import dataclasses
import os
from pathlib import Path

import torch

from das_model.backbones.efficientnet_lite import imagenet_file
from das_model.datasets.data_config import DataConfig
from das_model.datasets.training import training_batches
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
add("--backbone-weights", type=Path, help="public weights; Lite ones come with the package")
add("--init", type=Path, help="checkpoint whose weights to start from")
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
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    local_rank = int(os.environ.get("LOCAL_RANK", 0))
    has_cuda = torch.cuda.is_available()
    if world > 1:
        torch.distributed.init_process_group("nccl" if has_cuda else "gloo")
    device = torch.device("cuda", local_rank) if has_cuda else torch.device("cpu")
    recipe = RECIPES[args.recipe]
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
    config = recipe.planned(num_pictures, data.batch_size * world, args.steps, args.lr)
    weights, checkpoint = args.backbone_weights, args.out / "checkpoint.safetensors"
    if weights is None and config.network.backbone.startswith("lite"):
        weights = imagenet_file(config.network.backbone)
    is_early_frozen = weights is not None or args.init is not None
    config = dataclasses.replace(
        config, accumulation=args.accumulate, is_early_frozen=is_early_frozen
    )
    trainer = Trainer(config, device, is_distributed=world > 1)
    if checkpoint.is_file():
        trainer.resume(checkpoint)
    elif args.init:
        trainer.load_weights(args.init)
    elif weights:
        trainer.load_backbone(weights)
    log = None
    if rank == 0:
        print(f"{args.recipe}: {recipe.summary}; {num_pictures} pictures, {config.total_steps} "
              f"steps of {data.batch_size * world}, "
              f"learning rate {config.optimiser.learning_rate:g}")  # fmt: skip
        if missing := [kind for kind in recipe.sets if getattr(args, kind) is None]:
            print(f"the recipe's {' and '.join(missing)} pictures are left out: no folder given")
        log = TrainLog(trainer, data, args.out, args.save_every, args.validate_every, world)
    steps = range(trainer.step, config.total_steps)
    joints = Skeleton(config.network.joint_names)
    train(
        trainer,
        training_batches(data, config.network.encoding, steps, rank, world, joints),
        log,
    )


if __name__ == "__main__":
    main()
