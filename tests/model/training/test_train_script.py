"""scripts/train.py: what a run starts from, and what is said when that is missing."""

import importlib.util
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from benchmark_fixtures import write_photos

from das_model.datasets.data_config import DataConfig
from das_model.inference.network_config import LITE, NetworkConfig, network_metadata
from das_model.network.backbones.resnet import ResNet50
from das_model.network.checkpoint import load_network, load_tensors, save_tensors
from das_model.network.network import DasNetwork
from das_model.skeleton import COCO_17
from das_model.training import training_run
from das_model.training.recipes import RECIPES
from das_model.training.run_config import RunConfig

SCRIPT = Path(__file__).parents[3] / "scripts" / "train.py"


@pytest.fixture
def script():
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("train_script", SCRIPT)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture
def run(script, monkeypatch):
    """Runs the script with arguments."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["train.py", *map(str, arguments)])
        script.main()

    return call


def test_the_logarithm_of_the_distance_is_asked_for_by_name(script):
    for arguments, form in (([], "linear"), (["--root-depth", "log"], "log")):
        args = script.parser.parse_args(["lite", "--out", "run", *arguments])
        encoding = script._recipe(args).train.network.encoding
        assert encoding == replace(RECIPES["lite"].train.network.encoding, root_depth=form)


@pytest.fixture
def photos(tmp_path):
    """A folder with a photo of somebody."""
    write_photos(tmp_path / "photos")
    return tmp_path / "photos"


def test_a_fresh_live_run_asks_for_movenets_file(run, tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        run("--photos", tmp_path / "photos", "--out", tmp_path / "run")
    assert stopped.value.code == 2
    error = capsys.readouterr().err
    assert "--backbone-weights must name MoveNet's .json" in error
    assert "docs/training.md" in error
    assert "--init" in error
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
    run, photos, tmp_path, capsys, arguments, told
):
    with pytest.raises(SystemExit) as stopped:
        run("lite0", "--photos", photos, "--out", tmp_path / "run", *arguments)
    assert stopped.value.code == 2
    assert re.search(told, capsys.readouterr().err)
    assert not (tmp_path / "run").exists()


def test_a_run_needs_data(run, tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        run("lite0", "--out", tmp_path / "run")
    assert stopped.value.code == 2
    error = capsys.readouterr().err
    assert "needs one of photos, synthetic, panoptic, muco, coco or coco_real, got none" in error


def refused(run, capsys, *arguments):
    """The one line with which the script refuses, without its usage."""
    with pytest.raises(SystemExit) as stopped:
        run(*arguments)
    assert stopped.value.code == 2
    return capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--photos", "nowhere"], "nowhere: a folder of pictures was expected there"),
        (["--photos", "empty"], "annotations.json: the labels were expected there"),
        (["--panoptic", "empty"], "calibration_160224_haggling1.json: the calibration was"),
        (["--coco", "empty"], "person_keypoints_train2017.json: the labels were expected there"),
        (["--muco", "empty"], "the labels were expected there, in MuCo-3DHP.json or annotations/"),
        (["--photos", "photos", "--mupots", "empty"], "in MuPoTS-3D.json or annotations/"),
        (["--photos", "photos", "--panoptic", "empty", "--panoptic-split", "x"], "got 'x'"),
        (
            ["--photos", "photos", "--backbone-weights", "empty/movenet-multipose.json"],
            "movenet-multipose.json: weights were expected there",
        ),
        (["--photos", "photos", "--init", "empty/w.safetensors"], "w.safetensors: weights were"),
        (["--photos", "photos", "--pose-loss", "l3"], "invalid choice: 'l3'"),
        (["--photos", "photos", "--root-depth-unit", "-1"], "units of depth must be positive"),
    ],
)
def test_what_is_missing_is_named_in_a_line(
    run, photos, tmp_path, monkeypatch, capsys, arguments, told
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    line = refused(run, capsys, "lite0", *arguments, "--size", 64, "--out", "run")
    assert told in line
    assert not (tmp_path / "run").exists()


def test_nothing_slow_is_imported_before_a_run_is_looked_at():
    """Without torch at all the script still says what is wrong with its arguments."""
    code = (
        "import runpy, sys; sys.modules['torch'] = None; "
        "sys.argv = ['train.py', 'table1-root', '--coco', 'nowhere', '--out', 'run']; "
        f"runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=SCRIPT.parent,
    )
    assert done.returncode == 2, done.stderr
    told = "nowhere: a folder of pictures was expected there"
    assert done.stderr.splitlines()[-1].endswith(told)


def checkpoint_at(file, step, **record):
    """A checkpoint's header alone."""
    metadata = {"step": json.dumps(step), "run": json.dumps(record)}
    save_tensors(file, {}, network_metadata(NetworkConfig()) | metadata)


def test_a_run_that_has_its_steps_behind_it_says_so_before_it_opens_anything(
    run, photos, tmp_path, capsys
):
    command = ("lite0", "--photos", photos, "--size", 64, "--out", tmp_path / "run")
    checkpoint_at(tmp_path / "run" / "checkpoint.safetensors", 6)
    run(*command, "--steps", 6)
    told = "checkpoint.safetensors has all its 6 steps behind it: nothing to do"
    assert told in capsys.readouterr().out
    line = refused(run, capsys, *command, "--steps", 3)
    assert "has 6 steps behind it, more than the 3 that are asked for" in line
    (tmp_path / "run" / "checkpoint.safetensors").write_bytes(b"no")
    assert "expected a .safetensors file" in refused(run, capsys, *command)


def test_weights_whose_maps_mean_something_else_are_told(photos, tmp_path):
    wanted, logarithm = RECIPES["lite"], {"root_depth": "log"}
    told = []
    for encoding in ({}, logarithm):
        init = tmp_path / "weights.safetensors"
        save_tensors(init, {}, network_metadata(wanted.varied({}, encoding, {}).train.network))
        data = DataConfig(photos=photos, size=64, height=64)
        told.append(" ".join(RunConfig(wanted, data, tmp_path / "run", init).remarks()))
    assert "mean something else" not in told[0]
    assert told[1].startswith(
        "the maps of --init mean something else at first: wanted root_depth linear, got log"
    )


def test_a_run_from_weights_trains_all_but_what_is_public_and_goes_on(
    run, photos, tmp_path, capsys
):
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
    assert len(later) > 10
    assert not same & later
    capsys.readouterr()
    run(*command, "--steps", 2, "--seed", 4)  # the checkpoint is enough to go on
    told = capsys.readouterr().out
    assert "goes on from step 1 of" in told
    assert "changed since the last start: total_steps 1 -> 2; seed 0 -> 4" in told
    starts = json.loads((tmp_path / "run" / "run.json").read_text())
    assert [s["seed"] for s in starts] == [0, 4]
    assert starts[0]["frozen"] == "public"
    assert starts[0]["data"]["photos"] == str(photos)
    assert "--init" in starts[0]["command"]
    rows = (tmp_path / "run" / "log.csv").read_text().splitlines()
    assert rows[0] == "step,group,name,value"
    assert {r.split(",")[0] for r in rows[1:]} == {"1", "2"}
    assert refused(run, capsys, *command, "--steps", 3, "--pose-loss", "l1").endswith(
        "was begun with loss.pose_loss rle -> l1: a run cannot change these half-way; "
        "give another --out"
    )
    again = load_network(checkpoint).state_dict()
    assert not torch.equal(again["backbone.heat.bias"], trained.state_dict()["backbone.heat.bias"])
    assert torch.equal(again["backbone.stem.weight"], before["backbone.stem.weight"])


@pytest.mark.parametrize("has_checkpoint", [True, False])
def test_public_weights_are_read_for_a_fresh_run_alone(
    photos, tmp_path, monkeypatch, has_checkpoint
):
    """They come from a package that a computer may lack on which a run goes on."""
    read, loaded, resumed = [], [], []
    monkeypatch.setattr(training_run, "imagenet_file", lambda name: read.append(name) or name)
    recipe = RECIPES["lite0"]
    config = RunConfig(recipe, DataConfig(photos=photos, size=64), tmp_path / "run")
    if has_checkpoint:
        checkpoint_at(config.checkpoint, 3)
    trainer = SimpleNamespace(resume=resumed.append, load_backbone=loaded.append)
    training_run._start(trainer, config)
    assert resumed == [config.checkpoint] * has_checkpoint
    assert read == loaded == ["lite0"] * (not has_checkpoint)


def test_a_run_does_not_go_on_from_another_networks_checkpoint(run, photos, tmp_path, capsys):
    config = NetworkConfig(channels=32)
    save_tensors(tmp_path / "run/checkpoint.safetensors", {}, network_metadata(config))
    wanted = "checkpoint.safetensors: expected a network with backbone movenet, got lite0; "
    command = ("lite", "--photos", photos, "--size", 64, "--out", tmp_path / "run")
    assert wanted in refused(run, capsys, *command)


@pytest.mark.slow
def test_a_run_keeps_frozen_what_was_with_and_without_its_weights(run, photos, tmp_path, capsys):
    """A backbone from public weights, then the same run without naming them again."""
    torch.manual_seed(0)
    weights = tmp_path / "resnet50.safetensors"
    save_tensors(weights, ResNet50().state_dict(), {})
    command = ("table1-root", "--photos", photos, "--size", 128, "--batch", 1, "--threads", 1)
    states = []
    for name, again in (("one", ("--backbone-weights", weights)), ("two", ())):
        out = ("--out", tmp_path / name)
        run(*command, *out, "--backbone-weights", weights, "--steps", 1)
        run(*command, *out, *again, "--steps", 2)
        states.append(load_network(tmp_path / name / "checkpoint.safetensors").state_dict())
    assert all(torch.equal(states[0][n], states[1][n]) for n in states[0])
    fixed = states[0]["backbone.conv1.weight"]
    assert torch.equal(fixed, load_tensors(weights)[0]["conv1.weight"])
    assert "random weights" not in capsys.readouterr().out
    run(*command, "--out", tmp_path / "three", "--steps", 1)
    told = capsys.readouterr().out
    assert "the resnet50 backbone starts from random weights" in told
    assert "the recipe's panoptic and coco pictures are left out" in told
