"""Every named recipe makes steps and goes on, one of each kind in two processes of torchrun."""

import json
import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from benchmark_fixtures import write_coco, write_muco, write_panoptic, write_photos
from people_scenes import annotate
from recipe_runs import config_of

from das_model.camera import Camera
from das_model.inference.network_config import network_metadata
from das_model.network.checkpoint import save_tensors
from das_model.network.network import DasNetwork
from das_model.synthetic.storage import write_image, write_shard
from das_model.training import training_run
from das_model.training.recipes import RECIPES
from das_model.training.run_record import metadata_of
from das_model.training.train import Trainer

DRIVER = Path(__file__).with_name("recipe_runs.py")
SPLIT = """
cameras = ["00_16", "00_30"]
annotations = ["hdPose3d_stage1"]
train_interval = 1
train = ["a"]
[test]
one = ["a"]
"""
PAIRED = ("lite", "panoptic", "mupots", "synthetic")  # all kinds of data and of backbones' sizes


def write_data(root):
    """Small sets of every kind that recipes ask for, and weights for the live network."""
    write_panoptic(root / "panoptic", ["a"], 2, "joints15", size=(192, 108), pictures=True)
    (root / "split.toml").write_text(SPLIT)
    write_muco(root / "muco", num_pictures=2)
    write_coco(root / "coco", "train2017", pictures=True)
    write_photos(root / "photos")
    camera = Camera.from_fov((64, 48))
    roots = ([-500, 0, 4000], [500, 0, 4500])
    for seed in range(2):
        write_image(root / "synthetic", seed, np.full((48, 64, 3), 90, np.uint8))
    write_shard(root / "synthetic", [0, 1], [annotate(roots, camera)] * 2)
    torch.manual_seed(0)
    for name in ("lite", "lean"):
        network = DasNetwork(RECIPES[name].train.network)
        file = root / f"{name}.safetensors"
        save_tensors(file, network.state_dict(), network_metadata(network.config))


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    write_data(folder)
    return folder


@pytest.fixture(scope="module")
def group_of_one(tmp_path_factory):
    """A process group that this process is alone in."""
    meeting = (tmp_path_factory.mktemp("group") / "meeting").as_uri()
    torch.distributed.init_process_group("gloo", meeting, world_size=1, rank=0)
    yield
    torch.distributed.destroy_process_group()


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in RECIPES if name not in PAIRED])
def test_a_recipe_trains_and_goes_on(name, data, group_of_one, tmp_path, monkeypatch):
    """As one of several processes would, which stop at a weight that no gradient reaches."""
    monkeypatch.setattr(
        training_run, "Trainer", lambda plan, device, is_distributed: Trainer(plan, device, True)
    )
    told = []
    for steps, is_first in ((2, True), (3, False)):
        config = config_of(name, data, tmp_path, steps, is_first)
        config = replace(config, save_every=100, validate_every=100, num_kept=0)
        training_run.prepare(config, told.append).train()
    assert any(f"goes on from step 2 of {tmp_path}" in line for line in told), told
    assert json.loads(metadata_of(config.checkpoint)["step"]) == 3
    config.checkpoint.unlink()  # hundreds of megabytes
    starts = json.loads((tmp_path / "run.json").read_text())
    assert [start["total_steps"] for start in starts] == [2, 3]
    assert starts[0]["recipe"] == name


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_two_machines_train_together(tmp_path):
    """Two agents of torchrun, one process each, that meet at an address."""
    write_data(tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    agents = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "torch.distributed.run",
                "--nnodes",
                "2",
                "--nproc-per-node",
                "1",
                "--node-rank",
                str(rank),
                "--master-addr",
                "127.0.0.1",
                "--master-port",
                str(port),
                str(DRIVER),
                str(tmp_path),
                "synthetic",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
        for rank in range(2)
    ]
    errors = [agent.communicate()[1] for agent in agents]
    assert [agent.returncode for agent in agents] == [0, 0], errors
    starts = json.loads((tmp_path / "runs" / "synthetic" / "run.json").read_text())
    assert [start["processes"] for start in starts] == [2, 2]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_two_processes_train_and_go_on(tmp_path):
    write_data(tmp_path)
    command = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--standalone",
        "--nproc-per-node",
        "2",
        str(DRIVER),
        str(tmp_path),
        *PAIRED,
    ]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr[-4000:]
    for name in PAIRED:
        result = json.loads((tmp_path / f"{name}.json").read_text())
        assert result["step"] == 3
        assert any(f"goes on from step 2 of {tmp_path}" in line for line in result["told"]), result
        starts = json.loads((tmp_path / "runs" / name / "run.json").read_text())
        assert [start["total_steps"] for start in starts] == [2, 3]
        assert starts[0]["processes"] == 2
        assert starts[0]["recipe"] == name
