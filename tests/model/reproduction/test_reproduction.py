"""What the tables need, and what is said when it is not there."""

import numpy as np
import pytest
import torch
from people_scenes import annotate, perfect_maps

from das_model.camera import Camera
from das_model.inference.decode import DecodeConfig, decode
from das_model.inference.network_config import NetworkConfig, network_metadata
from das_model.inference.targets import Encoding
from das_model.network.checkpoint import save_tensors
from das_model.network.network import DasNetwork
from das_model.reproduction import reproduce
from das_model.reproduction.reproduce import (
    PAPER_DECODE,
    licensed_table_1,
    load_predictor,
    other_table,
    own_input,
)
from das_model.skeleton import BODY_22
from das_model.training.network_predictor import NetworkPredictor
from das_model.training.recipes import RECIPES, live_input


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return DasNetwork(NetworkConfig(channels=32)).eval()


def test_rows_that_were_not_trained_are_named_with_their_command(tmp_path):
    table = licensed_table_1("table1b", tmp_path / "none", tmp_path)
    assert "| no update | 62.5 | +0.0 | - |" in table
    assert f"scripts/train.py table1-multi2 ... --out {tmp_path / 'table1-multi2'}" in table


def test_a_row_that_finds_nobody_has_no_error(tmp_path, monkeypatch):
    """One row finds half of the people, another nobody, whose mean pose would be 157 mm off."""
    found = {
        "mean/mpjpe_mm": 70.0,
        "mean/strict_recall": 0.5,
        "mean/num_stand_ins": 2.0,
        "mean/num_people": 8.0,
    }
    nobody = found | {"mean/mpjpe_mm": 157.0, "mean/strict_recall": 0.0, "mean/num_stand_ins": 8.0}
    tables = {"table1-root": found, "table1-multi1": nobody}
    for name in tables:
        (tmp_path / name).mkdir()
        (tmp_path / name / "checkpoint.safetensors").write_bytes(b"")
    monkeypatch.setattr(reproduce, "load_predictor", lambda file: file.parent.name)
    monkeypatch.setattr(reproduce, "_panoptic", lambda root, predictor: tables[predictor])
    lines = licensed_table_1("table1b", tmp_path, tmp_path).splitlines()
    assert "| no update | 62.5 | +0.0 | 70 | 0.5 | 0.25 | +0.0 | - |" in lines
    assert "| multi-source update, 1 layer | 58.2 | -4.3 | - | 0 | 1 | - | - |" in lines


def test_a_table_without_model_or_data_says_so(tmp_path):
    with pytest.raises(ValueError, match="table3 needs --model and --root, got None"):
        other_table("table3", tmp_path, None, False)


def test_people_beside_each_other_stay_apart_as_in_the_paper():
    """Where the application takes two poses for one person, the authors keep both."""
    camera, encoding = Camera.from_fov((448, 256)), Encoding()
    both = annotate([[0, 0, 3000], [90, 0, 3000]], camera)
    levels = perfect_maps(both, encoding)
    found = [
        decode(levels, camera, encoding, BODY_22, rules)
        for rules in (PAPER_DECODE, DecodeConfig())
    ]
    assert [len(people) for people in found] == [2, 1]
    wanted = both.joints_cam[np.argsort(both.joints_cam[:, 0, 0])]
    nearest = found[0].joints_cam[np.argsort(found[0].root_cam[:, 0])]
    np.testing.assert_allclose(nearest, wanted, atol=1.0)


@pytest.mark.parametrize(("recipe", "size"), [("panoptic", (1152, 640)), ("mupots", (1280, 768))])
def test_the_papers_networks_see_pictures_of_the_papers_size(recipe, size):
    with torch.device("meta"):
        network = DasNetwork(RECIPES[recipe].train.network)
    assert own_input(network) == size


def test_all_networks_are_timed_in_one_run(network, tmp_path, monkeypatch):
    """Ours at its own input and at SMAP's, then those of the other rows."""
    file = tmp_path / "weights.safetensors"
    save_tensors(file, network.state_dict(), network_metadata(network.config))
    monkeypatch.setattr(reproduce, "SMAP_INPUT", (128, 64))
    monkeypatch.setattr(reproduce, "peer_calls", lambda device: {"SMAP": lambda: torch.zeros(1)})
    table = other_table("table4", None, file, False, 1)
    below = table.partition("in turns:")[2]
    assert "| ours (lite0, 320 x 192) |" in below
    assert "| 1.00 |" in below
    assert "| ours at SMAP's input, 128 x 64 |" in below
    assert "| SMAP |" in below
    assert "DAS, paper (2-stage MSPN)" in table


def test_checkpoints_are_predictors(network, tmp_path):
    file = tmp_path / "weights.safetensors"
    save_tensors(file, network.state_dict(), network_metadata(network.config))
    predictor = load_predictor(file)
    assert isinstance(predictor, NetworkPredictor)
    assert predictor.rules == PAPER_DECODE
    assert predictor.input_size == live_input(network.config)
    assert predictor.skeleton.joint_names == network.config.joint_names
