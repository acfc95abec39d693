"""The processes of one training run, as `torchrun` starts them."""

import os
from dataclasses import dataclass

import torch


@dataclass(frozen=True, slots=True)
class Process:
    """This process among those of the run.

    Args:
        rank: its number, from 0 on.
        world: how many there are.
        device: that it computes on.
    """

    rank: int
    world: int
    device: torch.device


def join_processes() -> Process:
    """Meet the other processes, over NCCL on GPUs and gloo elsewhere; alone without `torchrun`.

    Raises:
        RuntimeError: if `torchrun` promised more processes than come.
    """
    rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    has_cuda = torch.cuda.is_available()
    if world > 1:
        torch.distributed.init_process_group("nccl" if has_cuda else "gloo")
    index = int(os.environ.get("LOCAL_RANK", 0))
    return Process(rank, world, torch.device("cuda", index) if has_cuda else torch.device("cpu"))
