"""Train a DAS network on rendered people and, if you have them, photos with 2D labels.

    python scripts/train.py --synthetic DIR --photos DIR --out runs/lite --steps 20000
    torchrun --nproc-per-node 2 scripts/train.py ...        # two processes, gradients averaged

A run whose --out holds a checkpoint goes on from it.
"""

import argparse
import dataclasses
import os
from pathlib import Path

import torch

from das_model.datasets.training import DataConfig, training_batches
from das_model.network import LITE, RESNET50
from das_model.train import TrainConfig, Trainer, train
from das_model.train_log import TrainLog

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--network", choices=["lite", "resnet50"], default="lite")
parser.add_argument("--backbone", default="lite0", help="of lite: lite0, lite1 or lite2")
parser.add_argument("--synthetic", type=Path, help="folder of render_synthetic.py")
parser.add_argument("--photos", type=Path, help="folder with annotations.json in COCO style")
parser.add_argument("--synthetic-val", type=Path, help="rendered pictures kept for validation")
parser.add_argument("--photo-share", type=float, default=0.4, help="of the samples")
parser.add_argument("--size", type=int, default=256, help="side of the square canvas, px")
parser.add_argument("--batch", type=int, default=8, help="pictures per process and step")
parser.add_argument("--steps", type=int, default=10_000)
parser.add_argument("--lr", type=float, default=1e-3, help="peak learning rate")
parser.add_argument("--workers", type=int, default=0, help="loader processes")
parser.add_argument("--threads", type=int, default=1, help="of torch, per process")
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--init", type=Path, help="checkpoint whose weights to start from")
parser.add_argument("--out", type=Path, required=True, help="folder of log and checkpoint")
parser.add_argument("--save-every", type=int, default=200, help="steps")
parser.add_argument("--validate-every", type=int, default=1000, help="steps")


def main() -> None:
    """Build the run from the arguments and train."""
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    if world > 1:
        torch.distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    device = torch.device("cuda", rank) if torch.cuda.is_available() else torch.device("cpu")
    network = RESNET50
    if args.network == "lite":
        network = dataclasses.replace(LITE, backbone=args.backbone)
    config = TrainConfig(network=network, total_steps=args.steps, learning_rate=args.lr)
    data = DataConfig(
        photos=args.photos, synthetic=args.synthetic, synthetic_val=args.synthetic_val,
        photo_share=args.photo_share, size=args.size, batch_size=args.batch,
        num_workers=args.workers, seed=args.seed,
    )  # fmt: skip
    trainer = Trainer(config, device, is_distributed=world > 1)
    checkpoint = args.out / "checkpoint.safetensors"
    if checkpoint.is_file():
        trainer.resume(checkpoint)
    elif args.init:
        trainer.load_weights(args.init)
    elif args.network == "lite":
        trainer.load_imagenet()
    steps = range(trainer.step, args.steps)
    batches = training_batches(data, network.encoding, steps, rank, world)
    log = None
    if rank == 0:
        log = TrainLog(trainer, data, args.out, args.save_every, args.validate_every)
    train(trainer, batches, log)


if __name__ == "__main__":
    main()
