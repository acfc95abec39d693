"""What the tables need, and what is said when it is not there."""

import pytest
import torch

from das_model.checkpoint import save_tensors
from das_model.network import DasNetwork
from das_model.network_config import NetworkConfig, network_metadata
from das_model.network_predictor import NetworkPredictor
from das_model.reproduction import licensed_table_1, load_predictor, network_ms, other_table


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return DasNetwork(NetworkConfig(channels=32)).eval()


def test_rows_that_were_not_trained_are_named_with_their_command(tmp_path):
    table = licensed_table_1("table1b", tmp_path / "none", tmp_path)
    assert "| no update | 62.5 | +0.0 | - |" in table
    assert f"scripts/train.py table1-multi2 ... --out {tmp_path / 'table1-multi2'}" in table


def test_a_table_without_model_or_data_says_so(tmp_path):
    with pytest.raises(ValueError, match="table3 needs --model and --root, got None"):
        other_table("table3", tmp_path, None, False)


def test_a_network_is_timed(network):
    assert network_ms(network, (128, 128)) > 0


def test_checkpoints_are_predictors(network, tmp_path):
    file = tmp_path / "weights.safetensors"
    save_tensors(file, network.state_dict(), network_metadata(network.config))
    predictor = load_predictor(file)
    assert isinstance(predictor, NetworkPredictor)
    assert predictor.skeleton.joint_names == network.config.joint_names
