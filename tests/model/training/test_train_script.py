"""scripts/train.py: what a run starts from, and what is said when that is missing."""

import importlib.util
import json
import re
import sys
from pathlib import Path

import pytest
import torch
from benchmark_fixtures import write_picture

from das_model.inference.network_config import LITE, NetworkConfig, network_metadata
from das_model.network.checkpoint import load_network, save_tensors
from das_model.network.network import DasNetwork
from das_model.skeleton import COCO_17

SCRIPT = Path(__file__).parents[3] / "scripts" / "train.py"


@pytest.fixture
def run(monkeypatch):
    """Runs the script with arguments."""
    spec = importlib.util.spec_from_file_location("train_script", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["train.py", *map(str, arguments)])
        script.main()

    return call


@pytest.fixture
def photos(tmp_path):
    """A folder with a photo of somebody."""
    points = [[10.0 + 2 * j, 5.0 + 3 * j, 2] for j in range(COCO_17.num_joints)]
    person = {
        "image_id": 1, "bbox": [8, 3, 40, 52], "keypoints": [v for p in points for v in p],
    }  # fmt: skip
    content = {"images": [{"id": 1, "file_name": "1.png"}], "annotations": [person]}
    write_picture(tmp_path / "photos" / "1.png", (64, 64))
    (tmp_path / "photos" / "annotations.json").write_text(json.dumps(content))
    return tmp_path / "photos"


def test_a_fresh_live_run_asks_for_movenets_file(run, tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        run("--photos", tmp_path / "photos", "--out", tmp_path / "run")
    assert stopped.value.code == 2
    error = capsys.readouterr().err
    assert "--backbone-weights must name MoveNet's .json" in error
    assert "docs/training.md" in error and "--init" in error
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--size", "100"], "must be multiples of 32 px, .* got 100 x 100"),
        (["--size", "128", "72"], "must be multiples of 32 px, .* got 128 x 72"),
        (["--size", "0"], "argument --size: must be a whole number from 1 on, got '0'"),
        (["--size", "64", "64", "64"], "--size must be one or two numbers, got 3"),
        (["--photo-share", "1.5"], r"Shares.photos must be in \[0, 1\], got 1.5"),
        (["--accumulate", "-1"], "--accumulate: must be a whole number from 1 on, got '-1'"),
    ],
)
def test_arguments_that_cannot_be_are_refused_before_anything_is_read(
    run, tmp_path, capsys, arguments, told
):
    with pytest.raises(SystemExit) as stopped:
        run("lite0", "--photos", tmp_path / "photos", "--out", tmp_path / "run", *arguments)
    assert stopped.value.code == 2
    assert re.search(told, capsys.readouterr().err)
    assert not (tmp_path / "run").exists()


def test_a_run_needs_data(run, tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        run("lite0", "--out", tmp_path / "run")
    assert stopped.value.code == 2
    error = capsys.readouterr().err
    assert "needs one of photos, synthetic, panoptic, muco, coco or coco_real, got none" in error


def test_a_file_that_is_not_there_is_named(run, photos, tmp_path):
    with pytest.raises(FileNotFoundError, match="movenet-multipose.json.*expected there"):
        run("--photos", photos, "--size", 64, "--out", tmp_path / "run",
            "--backbone-weights", tmp_path / "movenet-multipose.json")  # fmt: skip


def test_a_run_from_weights_trains_all_but_what_is_public_and_goes_on(run, photos, tmp_path):
    torch.manual_seed(0)
    network = DasNetwork(LITE)
    init, checkpoint = tmp_path / "weights.safetensors", tmp_path / "run/checkpoint.safetensors"
    metadata = network_metadata(network.config)
    save_tensors(init, network.state_dict(), metadata)
    command = ("lite", "--photos", photos, "--size", 64, "--batch", 1, "--out", tmp_path / "run")
    run(*command, "--steps", 1, "--init", init)
    trained = load_network(checkpoint)
    assert trained.config == LITE
    before = network.state_dict()
    same = {n for n, value in trained.state_dict().items() if torch.equal(value, before[n])}
    backbone = {n for n in before if n.startswith("backbone.")}
    assert backbone - same == {"backbone.heat.weight", "backbone.heat.bias"}
    rows = trained.state_dict()["backbone.heat.bias"] != before["backbone.heat.bias"]
    own = [n for n, moved in zip(LITE.joint_names, rows, strict=True) if moved]
    assert set(own) == set(LITE.joint_names) - set(COCO_17.joint_names)
    later = {n for n in before if n.startswith(("heads.pose_tower.", "fpn.lateral."))}
    assert len(later) > 10 and not same & later
    run(*command, "--steps", 2)  # the checkpoint is enough to go on
    again = load_network(checkpoint).state_dict()
    assert not torch.equal(again["backbone.heat.bias"], trained.state_dict()["backbone.heat.bias"])
    assert torch.equal(again["backbone.stem.weight"], before["backbone.stem.weight"])


def test_a_run_does_not_go_on_from_another_networks_checkpoint(run, photos, tmp_path):
    config = NetworkConfig(channels=32)
    save_tensors(tmp_path / "run/checkpoint.safetensors", {}, network_metadata(config))
    wanted = "checkpoint.safetensors: expected a network with backbone movenet, got lite0; "
    with pytest.raises(ValueError, match=wanted):
        run("lite", "--photos", photos, "--size", 64, "--out", tmp_path / "run")
