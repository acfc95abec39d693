"""Processes of distributed training under `torchrun`, and what each needs of its machine."""

import ctypes
import math
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import torch

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of `mallopt`, in malloc.h
_NEVER = 2**30  # bytes


@dataclass(frozen=True, slots=True)
class Process:
    """This process among those of the run.

    Args:
        rank: its number, from 0 on.
        world: how many there are.
        device: that it computes on.
        local_rank: its number on its machine; the processes of a machine have ranks in a row.
        num_local: how many there are on its machine.
    """

    rank: int
    world: int
    device: torch.device
    local_rank: int = 0
    num_local: int = 1


def join_processes() -> Process:
    """Meet the other processes, over NCCL on GPUs and gloo elsewhere; alone without `torchrun`.

    Raises:
        RuntimeError: if `torchrun` promised more processes than come.
    """
    rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    local_rank = int(os.environ.get("LOCAL_RANK", 0))
    has_cuda = torch.cuda.is_available()
    device = torch.device("cuda", local_rank) if has_cuda else torch.device("cpu")
    if world > 1 and not torch.distributed.is_initialized():
        torch.distributed.init_process_group("nccl" if has_cuda else "gloo")
    return Process(rank, world, device, local_rank, int(os.environ.get("LOCAL_WORLD_SIZE", 1)))


def leave_processes() -> None:
    """Part from the other processes, at the end of the program: they cannot be met again."""
    if torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()


def told_by_the_first(process: Process, files: set[Path]) -> set[Path]:
    """The files that the first process of each machine names, for all processes of it.

    Every process of the run must call this once; what the others name plays no part.
    """
    if process.world == 1:
        return files
    told: list[list[str]] = [[] for _ in range(process.world)]
    torch.distributed.all_gather_object(told, sorted(str(file) for file in files))
    return {Path(name) for name in told[process.rank - process.local_rank]}


def keep_freed_memory() -> None:
    """Keep what was freed in this process; does nothing without glibc.

    Every step of training on a processor asks for the same maps again. Those above 32 MB would
    come from the system each time, and it clears every page first: a step of 16 pictures of
    160x96 takes 0.92 of the time without that (two cores of an Intel Xeon).
    """
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # another C library
            library = ctypes.CDLL(None)
            library.mallopt(_TRIM_THRESHOLD, _NEVER)
            library.mallopt(_MMAP_THRESHOLD, _NEVER)


def fastest_threads(work: Callable[[], object], most: int) -> int:
    """Number of torch's threads, 1 or `most`, with which `work` took less time: the best of three
    runs each, in turns, after one to warm up."""
    counts, taken = (1, most), {1: math.inf, most: math.inf}
    work()
    for _ in range(3):
        for count in counts:
            torch.set_num_threads(count)
            begin_s = time.perf_counter()
            work()
            taken[count] = min(taken[count], time.perf_counter() - begin_s)
    return min(counts, key=taken.__getitem__)


def default_precision(device: torch.device) -> str:
    """bf16 where the GPU computes in it, fp16 on older GPUs (V100, 2080 Ti), off elsewhere."""
    if device.type != "cuda":
        return "off"
    return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp16"
