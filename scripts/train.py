"""Train a network by a named recipe; docs/training.md explains the recipes and options.

    python scripts/train.py lite --synthetic DIR --photos DIR --steps 20000 \\
        --backbone-weights movenet-multipose.json --out runs/lite
    torchrun --nproc-per-node 4 scripts/train.py panoptic --panoptic DIR --coco DIR \\
        --backbone-weights 2xmspn50.pth --out runs/panoptic

A run whose --out holds a checkpoint goes on from it.
"""

import argparse
from dataclasses import replace
from pathlib import Path

from command_line import positive
from das_model.datasets.data_config import DataConfig, Shares
from das_model.inference.centres import CENTRES
from das_model.inference.targets import ROOT_DEPTHS
from das_model.training.config import PRECISIONS
from das_model.training.recipes import RECIPES, Recipe
from das_model.training.run_config import RunConfig

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
add = parser.add_argument
add("recipe", nargs="?", choices=sorted(RECIPES), default="lite", help="lite by default")
add("--synthetic", type=Path, help="folder of render_synthetic.py")
add("--photos", type=Path, help="folder with annotations.json in COCO style")
add("--photo-labels", type=Path, metavar="FILE", help="labels of the photos instead of these")
add("--coco-real", type=Path, help="folder of photos labelled by hand, drawn by its own share")
add("--coco-real-labels", type=Path, metavar="FILE", help="likewise")
add("--negatives", type=Path, nargs="+", default=[], metavar="DIR", help="photos without anybody")
add("--panoptic", type=Path, help="folder of the CMU Panoptic sequences")
add("--panoptic-split", default="das", help="sequences to train on: das, smap or a file")
add("--muco", type=Path, help="folder with MuCo-3DHP.json")
add("--coco", type=Path, help="folder of COCO 2017")
add("--synthetic-val", type=Path, help="rendered pictures kept for validation")
add("--panoptic-val", type=Path, help="CMU Panoptic to measure on, if --panoptic is of tar files")
add("--mupots", type=Path, help="folder of MuPoTS-3D, a part of which every epoch is measured on")
add(
    "--backbone-weights",
    type=Path,
    help="public weights; MoveNet's .json for lite; EfficientNet's come with the package",
)
add(
    "--backbone-share",
    type=float,
    default=1.0,
    metavar="0..1",
    help="how far the backbone of --init moves to --backbone-weights, if both are given",
)
add("--init", type=Path, help="weights file or checkpoint of ours to start from")
add("--out", type=Path, required=True, help="folder of log and checkpoint")
add("--photo-share", type=float, help="of the samples, from sets with 2D labels")
add("--coco-real-share", type=float, help="of the samples, from --coco-real")
add("--negative-share", type=float, help="of the samples, from --negatives")
add("--pasted-share", type=float, help="of the pictures, with cut-out people pasted in")
add(
    "--size",
    type=positive,
    nargs="+",
    metavar="PX",
    help="canvas: the side of a square, or width and height",
)
add("--batch", type=positive, help="pictures per process and step")
add(
    "--accumulate",
    type=positive,
    default=1,
    help="micro-batches of an optimiser step (gradient accumulation), to need less memory",
)
add("--steps", type=positive, help="length of the run, instead of the recipe's")
add("--lr", type=float, help="peak learning rate as it is, instead of the recipe's")
add("--workers", type=int, default=0, help="loader processes")
add("--threads", type=positive, help="of torch, per process; by default what is fastest here")
add("--seed", type=int, default=0)
add("--save-every", type=positive, default=200, help="steps")
add("--validate-every", type=positive, default=1000, help="steps")
add("--keep", type=int, default=5, metavar="N", help="epochs whose checkpoints are kept")
add("--measured", type=positive, default=200, help="pictures that every epoch is measured on")
add("--amp", choices=PRECISIONS, help="mixed precision; what the GPU is best at by default")
switches = parser.add_argument_group("instead of the recipe's")
for name, choices in {
    "centre": CENTRES,
    "root-depth": ROOT_DEPTHS,
    "pose-loss": ("l1", "mle", "rle"),
    "prior": ("laplace", "gaussian"),
    "loss-terms": ("paper", "code"),
    "loss-stages": ("all", "ends"),
    "root-axes": ("all", "depth"),
    "update": ("none", "recursive", "multi_source"),
    "fpn-norm": ("none", "batch"),
    "tower-end": ("plain", "deformable"),
}.items():
    switches.add_argument(f"--{name}", choices=choices)
switches.add_argument("--layers", type=int, choices=(1, 2, 3), help="of the update")
switches.add_argument("--root-depth-unit", type=float, metavar="MM/PX")
switches.add_argument("--joint-depth-unit", type=float, metavar="MM")


def _shares(shares: Shares, args: argparse.Namespace) -> Shares:
    """The recipe's shares with those that were given."""
    given = {
        "photos": args.photo_share,
        "coco_real": args.coco_real_share,
        "negatives": args.negative_share,
        "pasted": args.pasted_share,
    }
    return replace(shares, **{k: v for k, v in given.items() if v is not None})


def _recipe(args: argparse.Namespace) -> Recipe:
    """The named recipe with the switches that were given."""

    def given(**values: object) -> dict[str, object]:
        return {name: value for name, value in values.items() if value is not None}

    return RECIPES[args.recipe].varied(
        network=given(
            update=args.update,
            update_layers=args.layers,
            fpn_norm=args.fpn_norm,
            tower_end=args.tower_end,
        ),
        encoding=given(
            centre=args.centre,
            root_depth=args.root_depth,
            root_depth_unit=args.root_depth_unit,
            joint_depth_unit_mm=args.joint_depth_unit,
        ),
        loss=given(
            pose_loss=args.pose_loss,
            prior=args.prior,
            terms=args.loss_terms,
            stages=args.loss_stages,
            root_axes=args.root_axes,
        ),
    )


def _config(args: argparse.Namespace) -> RunConfig:
    """The run that the arguments describe."""
    recipe = _recipe(args)
    canvas = args.size or recipe.canvas
    data = DataConfig(
        photos=args.photos,
        synthetic=args.synthetic,
        synthetic_val=args.synthetic_val,
        panoptic=args.panoptic,
        panoptic_split=args.panoptic_split,
        muco=args.muco,
        coco=args.coco,
        coco_real=args.coco_real,
        negatives=tuple(args.negatives),
        photo_labels=args.photo_labels,
        coco_real_labels=args.coco_real_labels,
        mupots=args.mupots,
        panoptic_val=args.panoptic_val,
        augment=recipe.augment,
        augment_flat=recipe.augment_flat,
        is_whole=recipe.is_whole,
        coco_left_out=recipe.coco_left_out,
        shares=_shares(recipe.shares, args),
        size=canvas[0],
        height=canvas[-1],
        batch_size=args.batch or recipe.batch_size,
        num_workers=args.workers,
        seed=args.seed,
    )
    return RunConfig(
        recipe,
        data,
        args.out,
        args.init,
        args.backbone_weights,
        args.steps,
        args.lr,
        args.accumulate,
        args.save_every,
        args.validate_every,
        args.amp,
        args.keep,
        args.measured,
        args.recipe,
        args.threads,
        args.backbone_share,
    )


def main() -> None:
    """Build the run from its recipe and the arguments, and train."""
    args = parser.parse_args()
    if args.size and len(args.size) > 2:
        parser.error(f"--size must be one or two numbers, got {len(args.size)}")
    try:
        config = _config(args)
        done = config.nothing_to_do()
    except (FileNotFoundError, ValueError) as error:
        parser.error(str(error))
    if done:
        print(f"{args.recipe}: {done}")
        return
    # torch takes long to import
    from das_model.training.processes import leave_processes
    from das_model.training.training_run import prepare

    try:
        run = prepare(config, lambda news: print(f"{args.recipe}: {news}", flush=True))
    except (FileNotFoundError, ValueError) as error:
        parser.error(str(error))
    run.train()
    leave_processes()


if __name__ == "__main__":
    main()
