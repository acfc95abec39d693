"""Two processes, or a batch in parts: the same gradients as one process with the whole batch."""

import numpy as np
import pytest
import torch
from people_scenes import annotate
from torch import nn

from das_model.camera import Camera
from das_model.inference.network_config import NetworkConfig
from das_model.inference.targets import Encoding, encode
from das_model.training.mix import Sample, collate
from das_model.training.train import TrainConfig, Trainer

ENCODING = Encoding((8, 16, 32), (24, 48))
CONFIG = TrainConfig(NetworkConfig(channels=32, encoding=ENCODING), total_steps=10)


def whole_batch():
    """Four pictures of nobody, one and two people, so that the parts weigh differently."""
    camera = Camera.from_fov((64, 64), 60)
    roots = [[], [[-300.0, 0, 4000]], [[-500.0, 0, 3500], [500.0, 0, 5000]], [[0.0, 0, 3000]]]
    rng = np.random.default_rng(0)
    return collate(
        [
            Sample(
                rng.integers(0, 256, (3, 64, 64), np.uint8),
                encode(annotate(people, camera), ENCODING),
            )
            for people in roots
        ]
    )


def share_of_batch(rank, world):
    images, targets = whole_batch()
    return images[rank::world], [t.select(slice(rank, None, world)) for t in targets]


def trained_gradients(batch, accumulation=1, is_distributed=False):
    """Gradients and losses of one step; batch norms keep still, since they see parts."""
    torch.manual_seed(0)
    config = TrainConfig(CONFIG.network, total_steps=10, accumulation=accumulation)
    trainer = Trainer(config, torch.device("cpu"), is_distributed)
    for module in trainer.network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    table = trainer.train_step(batch)
    named = [*trainer.network.named_parameters(), *trainer.loss.named_parameters()]
    return {n: p.grad for n, p in named if p.grad is not None}, table


def run_process(rank, folder):
    """One of two processes; the first writes what it got."""
    torch.set_num_threads(1)
    meeting = (folder / "meeting").as_uri()
    torch.distributed.init_process_group("gloo", meeting, world_size=2, rank=rank)
    result = trained_gradients(share_of_batch(rank, 2), is_distributed=True)
    if rank == 0:
        torch.save(result, folder / "result.pt")
    torch.distributed.destroy_process_group()


@pytest.fixture(scope="module")
def whole():
    return trained_gradients(whole_batch())


def assert_same(result, whole):
    (gradients, table), (wanted, wanted_table) = result, whole
    assert gradients.keys() == wanted.keys()
    assert len(wanted) > 100
    for name, gradient in gradients.items():
        largest = wanted[name].abs().max().item()
        torch.testing.assert_close(
            gradient, wanted[name], rtol=1e-3, atol=1e-4 * largest + 1e-7, msg=name
        )
    assert table == pytest.approx(wanted_table, rel=1e-4)


@pytest.mark.parametrize("parts", [2, 3])
def test_a_batch_in_parts_gives_the_gradients_of_the_whole(whole, parts):
    assert_same(trained_gradients(whole_batch(), accumulation=parts), whole)


def test_two_processes_give_the_gradients_of_the_double_batch(whole, tmp_path):
    torch.multiprocessing.spawn(run_process, (tmp_path,), nprocs=2)
    assert_same(torch.load(tmp_path / "result.pt", weights_only=True), whole)
