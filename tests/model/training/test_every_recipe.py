"""Every named recipe under torchrun with two processes: three steps, and a resume."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from benchmark_fixtures import write_coco, write_muco, write_panoptic, write_picture
from people_scenes import annotate

from das_model.camera import Camera
from das_model.inference.network_config import network_metadata
from das_model.network.checkpoint import save_tensors
from das_model.network.network import DasNetwork
from das_model.skeleton import COCO_17
from das_model.synthetic.storage import write_image, write_shard
from das_model.training.recipes import RECIPES

DRIVER = Path(__file__).with_name("recipe_runs.py")
SPLIT = """
cameras = ["00_16", "00_30"]
annotations = ["hdPose3d_stage1"]
train_interval = 1
train = ["a"]
[test]
one = ["a"]
"""
GROUPS = {
    "live": [n for n in RECIPES if n.startswith(("lite", "lean"))],
    "paper": ["panoptic", "mupots", "synthetic"],
    "table 1, L1": ["table1-box", "table1-root", "table1-recursive", "table1-multi1"],
    "table 1, rest": [
        "table1-multi2",
        "table1-multi3",
        "table1-mle",
        "table1-full",
        "table1-larger",
    ],
}


def write_data(root):
    """Small sets of every kind that recipes ask for, and weights for the live network."""
    write_panoptic(root / "panoptic", ["a"], 2, "joints15", size=(192, 108), pictures=True)
    (root / "split.toml").write_text(SPLIT)
    write_muco(root / "muco", num_pictures=2)
    write_coco(root / "coco", "train2017", pictures=True)
    points = [[10.0 + 2 * j, 5.0 + 3 * j, 2] for j in range(COCO_17.num_joints)]
    person = {"image_id": 1, "bbox": [8, 3, 40, 52], "keypoints": np.ravel(points).tolist()}
    content = {"images": [{"id": 1, "file_name": "1.png"}], "annotations": [person]}
    write_picture(root / "photos" / "1.png", (64, 64))
    (root / "photos" / "annotations.json").write_text(json.dumps(content))
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


def test_every_recipe_is_in_a_group():
    assert sorted(name for names in GROUPS.values() for name in names) == sorted(RECIPES)


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
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("names", GROUPS.values(), ids=GROUPS.keys())
def test_two_processes_train_and_go_on(names, tmp_path):
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
        *names,
    ]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr[-4000:]
    for name in names:
        result = json.loads((tmp_path / f"{name}.json").read_text())
        assert result["step"] == 5
        assert any(f"goes on from step 3 of {tmp_path}" in line for line in result["told"]), result
        starts = json.loads((tmp_path / "runs" / name / "run.json").read_text())
        assert [start["total_steps"] for start in starts] == [3, 5]
        assert starts[0]["processes"] == 2
        assert starts[0]["recipe"] == name
