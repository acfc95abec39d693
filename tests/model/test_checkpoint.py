"""Files of weights that another version of the project wrote."""

import json

import pytest
import torch

from das_model.checkpoint import (
    load_network,
    network_config_from_json,
    network_config_to_json,
    save_tensors,
)
from das_model.network import LITE, RESNET50


@pytest.mark.parametrize("config", [LITE, RESNET50])
def test_configurations_come_back(config):
    assert network_config_from_json(network_config_to_json(config)) == config


@pytest.mark.parametrize(
    ("change", "told"),
    [({"has_heat": True, "age": 3}, "NetworkConfig has no age, has_heat"),
     ({"encoding": {"strides": [8, 16], "spots": 1}}, "Encoding has no spots")],
)  # fmt: skip
def test_keys_of_another_version_are_named_with_their_file(tmp_path, change, told):
    file = tmp_path / "old.safetensors"
    config = json.loads(network_config_to_json(LITE)) | change
    save_tensors(file, {"x": torch.zeros(1)}, {"network_config": json.dumps(config)})
    with pytest.raises(ValueError, match=f"old.safetensors: {told}: .*another version"):
        load_network(file)
