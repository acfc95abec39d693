"""The network's configuration on its way through the metadata of files."""

import dataclasses
import json
from pathlib import Path

import pytest

from das_model.inference.network_config import (
    LITE,
    RESNET50,
    NetworkConfig,
    network_config_of,
    network_metadata,
    require_network,
)

FILE = Path("folder/old.onnx")
VALUES = json.loads(network_metadata(LITE)["network_config"])


@pytest.mark.parametrize("config", [LITE, RESNET50])
def test_configurations_come_back(config):
    assert network_config_of(network_metadata(config), FILE) == config


def test_what_an_older_file_does_not_say_is_as_it_was():
    encoding = {"strides": [8], "range_bounds_px": []}
    values = {"joint_names": ["neck", "pelvis"], "encoding": encoding}
    config = network_config_of({"network_config": json.dumps(values)}, FILE)
    assert config.joint_names == ("neck", "pelvis")
    assert config.root_joint == 1
    assert config.encoding.strides == (8,)
    assert config.channels == NetworkConfig().channels


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            {"has_heat": True, "age": 3},
            "NetworkConfig has no age, has_heat, only backbone, .*"
            "encoding: the file is of another version",
        ),
        ({"encoding": {"strides": [8, 16], "spots": 1}}, "Encoding has no spots, only strides, "),
        ({"encoding": None}, "Encoding must be a JSON object, got None"),
        ({"channels": "many"}, "NetworkConfig.channels must be int, got 'many'"),
        ({"joint_names": "pelvis"}, "NetworkConfig.joint_names must be tuple, got 'pelvis'"),
        ({"update": "twice"}, "update must be none, recursive or multi_source, got 'twice'"),
    ],
)
def test_what_is_not_understood_is_named_with_its_file(change, told):
    text = json.dumps(VALUES | change)
    with pytest.raises(ValueError, match=f"^folder/old.onnx: network_config: {told}"):
        network_config_of({"network_config": text}, FILE)


def test_an_exported_network_may_be_of_another_version_inside():
    """As the bundled das-lite-synthetic is, which was trained with a heat map beside it."""
    values = VALUES | {"has_heat": True, "update": "newest", "channels": 7}
    config = network_config_of({"network_config": json.dumps(values)}, FILE, is_exported=True)
    assert (config.joint_names, config.encoding) == (LITE.joint_names, LITE.encoding)
    values["encoding"] = VALUES["encoding"] | {"spots": 1}  # this one changes what maps mean
    with pytest.raises(ValueError, match=r"old.onnx: network_config: Encoding has no spots"):
        network_config_of({"network_config": json.dumps(values)}, FILE, is_exported=True)


@pytest.mark.parametrize(
    ("metadata", "told"),
    [
        ({}, "no network_config in its metadata, which .*; got none"),
        ({"b": "x", "a": "y"}, "no network_config in its metadata.*; got a, b"),
        ({"network_config": "{"}, "network_config: Expecting property name"),
        ({"network_config": "[1]"}, r"network_config: NetworkConfig must be .*, got \[1\]"),
    ],
)
def test_files_without_a_configuration_are_refused(metadata, told):
    with pytest.raises(ValueError, match=f"^folder/old.onnx: {told}"):
        network_config_of(metadata, FILE)


def test_another_network_is_told_by_what_differs():
    other = dataclasses.replace(LITE, channels=32, update="none", sigma_limit=2.0)
    require_network(LITE, LITE, FILE)
    require_network(LITE, other, FILE, free=("channels", "update", "sigma_limit"))
    wanted = "old.onnx: expected a network with channels 128, got 32; update recursive, got none$"
    with pytest.raises(ValueError, match=wanted):
        require_network(LITE, other, FILE, free=("sigma_limit",))
    encoding = dataclasses.replace(LITE.encoding, root_depth="log", root_depth_unit=2.0)
    wanted = (
        "expected a network with encoding.root_depth linear, got log; "
        "encoding.root_depth_unit 10.0, got 2.0$"
    )
    with pytest.raises(ValueError, match=wanted):
        require_network(LITE, dataclasses.replace(LITE, encoding=encoding), FILE)
