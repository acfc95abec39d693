"""How a run finds its processes, and what it asks of their machine."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from das_model.training import processes
from das_model.training.processes import (
    Process,
    fastest_threads,
    join_processes,
    leave_processes,
    told_by_the_first,
)

# without huge pages, which some machines have always, and of which a map takes but a few
SETUP = """
import ctypes, resource, torch
from das_model.training.processes import keep_freed_memory
assert ctypes.CDLL(None).prctl(41, 1, 0, 0, 0) == 0  # PR_SET_THP_DISABLE
"""
MAPS = """
for number in range(30):
    if number == 20:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    torch.empty(100 * 2**20, dtype=torch.uint8).fill_(1)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.parametrize(("slow", "fast"), [(4, 1), (1, 4)])
def test_the_number_of_threads_that_takes_less_time_is_picked(monkeypatch, slow, fast):
    """Work that takes ten times as long with some number of threads, by a clock of its own."""
    now_s, threads, runs = [0.0], [0], []

    def work():
        runs.append(threads[0])
        now_s[0] += 1.0 if threads[0] == slow else 0.1

    monkeypatch.setattr(processes.time, "perf_counter", lambda: now_s[0])
    monkeypatch.setattr(torch, "set_num_threads", lambda count: threads.__setitem__(0, count))
    assert fastest_threads(work, 4) == fast
    assert runs.count(1) == runs.count(4) == 3


def test_alone_without_torchrun(monkeypatch):
    for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE"):
        monkeypatch.delenv(name, raising=False)
    process = join_processes()
    assert (process.rank, process.world) == (0, 1)
    assert not torch.distributed.is_initialized()


@pytest.mark.parametrize(("has_cuda", "backend"), [(True, "nccl"), (False, "gloo")])
def test_each_process_takes_the_gpu_of_its_place_on_the_machine(monkeypatch, has_cuda, backend):
    joined = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: has_cuda)
    monkeypatch.setattr(torch.distributed, "init_process_group", joined.append)
    for name, value in {
        "RANK": "5",
        "WORLD_SIZE": "8",
        "LOCAL_RANK": "1",
        "LOCAL_WORLD_SIZE": "2",
    }.items():
        monkeypatch.setenv(name, value)
    process = join_processes()
    assert joined == [backend]
    assert (process.rank, process.world, process.num_local) == (5, 8, 2)
    assert process.device == (torch.device("cuda", 1) if has_cuda else torch.device("cpu"))


@pytest.mark.parametrize("has_met", [True, False])
def test_a_process_that_has_met_others_parts_from_them(monkeypatch, has_met):
    parted = []
    monkeypatch.setattr(torch.distributed, "is_initialized", lambda: has_met)
    monkeypatch.setattr(torch.distributed, "destroy_process_group", lambda: parted.append(True))
    leave_processes()
    assert parted == [True] * has_met


def test_what_the_first_process_of_a_machine_has_checked_holds_for_all_of_it(monkeypatch):
    """Two machines of two processes; only the first of each looks."""
    files = {0: ["/a"], 1: [], 2: ["/b", "/c"], 3: []}

    def gather(told, mine):
        told[:] = [files[rank] for rank in range(4)]

    monkeypatch.setattr(torch.distributed, "all_gather_object", gather)
    for rank, expected in ((0, {"/a"}), (1, {"/a"}), (2, {"/b", "/c"}), (3, {"/b", "/c"})):
        process = Process(rank, 4, torch.device("cpu"), rank % 2)
        assert told_by_the_first(process, set()) == {Path(name) for name in expected}
    assert told_by_the_first(Process(0, 1, torch.device("cpu")), {Path("/x")}) == {Path("/x")}


@pytest.mark.skipif(sys.platform != "linux", reason="an allocator of glibc")
def test_memory_that_was_freed_is_used_again():
    """Ten maps of 100 MB: without it the pages of each are cleared, with it those of none, but for
    the first few, since room that was freed is a little too small for the next aligned map."""

    def faults(call):
        told = subprocess.run(
            [sys.executable, "-c", f"{SETUP}\n{call}\n{MAPS}"],
            capture_output=True,
            text=True,
            check=True,
        )
        return int(told.stdout)

    num_pages = 100 * 2**20 // 4096
    assert faults("keep_freed_memory()") < num_pages
    assert faults("") >= 10 * num_pages
