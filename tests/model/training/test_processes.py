"""How a run finds its processes."""

import pytest
import torch

from das_model.training.processes import join_processes


def test_alone_without_torchrun(monkeypatch):
    for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK"):
        monkeypatch.delenv(name, raising=False)
    process = join_processes()
    assert (process.rank, process.world) == (0, 1)
    assert not torch.distributed.is_initialized()


@pytest.mark.parametrize(("has_cuda", "backend"), [(True, "nccl"), (False, "gloo")])
def test_each_process_takes_the_gpu_of_its_place_on_the_machine(monkeypatch, has_cuda, backend):
    joined = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: has_cuda)
    monkeypatch.setattr(torch.distributed, "init_process_group", joined.append)
    for name, value in {"RANK": "5", "WORLD_SIZE": "8", "LOCAL_RANK": "1"}.items():
        monkeypatch.setenv(name, value)
    process = join_processes()
    assert joined == [backend]
    assert (process.rank, process.world) == (5, 8)
    assert process.device == (torch.device("cuda", 1) if has_cuda else torch.device("cpu"))
