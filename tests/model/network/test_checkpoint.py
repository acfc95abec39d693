"""Files of weights that are not what they should be."""

import pytest
import torch
from torch import nn

from das_model.inference.network_config import NetworkConfig, network_metadata
from das_model.network.checkpoint import fill, load_network, load_tensors, save_tensors


def test_files_of_another_kind_are_refused(tmp_path):
    (tmp_path / "text.safetensors").write_text("no weights at all")
    with pytest.raises(ValueError, match=r"text.safetensors: expected a .safetensors file"):
        load_tensors(tmp_path / "text.safetensors")
    whole, half = tmp_path / "whole.safetensors", tmp_path / "half.safetensors"
    save_tensors(whole, {"x": torch.zeros(100)}, {})
    half.write_bytes(whole.read_bytes()[:200])
    with pytest.raises(ValueError, match=r"half.safetensors: expected a .safetensors file"):
        load_tensors(half)


def test_files_of_another_project_are_refused(tmp_path):
    file = tmp_path / "foreign.safetensors"
    save_tensors(file, {"x": torch.zeros(1)}, {"format": "pt"})
    with pytest.raises(ValueError, match=r"foreign.safetensors: no network_config.*got format"):
        load_network(file)


def test_weights_that_do_not_fit_are_named_with_their_file(tmp_path):
    file, layer = tmp_path / "other.safetensors", nn.Linear(2, 1)
    before = layer.weight.clone()
    with pytest.raises(ValueError, match=r"other.safetensors does not fit: (?s:.*)Missing.*bias"):
        fill(layer, {"weight": torch.ones(1, 2)}, file)
    with pytest.raises(ValueError, match=r"other.safetensors does not fit: (?s:.*)size mismatch"):
        fill(layer, {"weight": torch.ones(1, 3), "bias": torch.ones(1)}, file)
    fill(layer, {"weight": before + 1, "bias": torch.ones(1)}, file)
    assert torch.equal(layer.weight, before + 1)
    save_tensors(file, {"x": torch.zeros(1)}, network_metadata(NetworkConfig(channels=32)))
    with pytest.raises(ValueError, match=r"other.safetensors does not fit"):
        load_network(file)
