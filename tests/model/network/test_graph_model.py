"""Reading TensorFlow.js graph models: values, and what is said of files that are none."""

import numpy as np
import pytest
from graph_models import write_model

from das_model.network.backbones.graph_model import read_graph_model


def test_constants_come_back_as_they_were_written(tmp_path):
    values = {
        "a": np.arange(24, dtype=np.float16).reshape(2, 3, 4),
        "b": np.array(7, np.int32),
        "c": np.array([0.1, -2.5], np.float32),
    }
    found = read_graph_model(write_model(tmp_path, values))
    assert list(found) == ["a", "b", "c"]
    for name, value in values.items():
        np.testing.assert_array_equal(found[name], value)


def test_constants_of_several_files_are_one_stream(tmp_path):
    values = {"a": np.arange(5, dtype=np.float32), "b": np.arange(3, dtype=np.float16)}
    file = write_model(tmp_path, values)
    data = (tmp_path / "pose.bin").read_bytes()
    (tmp_path / "1.bin").write_bytes(data[:7])  # in the midst of a value
    (tmp_path / "2.bin").write_bytes(data[7:])
    file.write_text(file.read_text().replace('["pose.bin"]', '["1.bin", "2.bin"]'))
    np.testing.assert_array_equal(read_graph_model(file)["b"], values["b"])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("PK\x03\x04", "got no JSON"),
        ("[1, 2]", "got list"),
        ('{"format": "layers-model"}', r"got \['format'\]"),
        ('{"weightsManifest": []}', "got"),
    ],
)
def test_what_is_no_graph_model_is_refused(tmp_path, text, told):
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(ValueError, match=f"x.json must be a TensorFlow.js graph model.*{told}"):
        read_graph_model(tmp_path / "x.json")


def test_missing_files_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"pose.json.*expected there"):
        read_graph_model(tmp_path / "pose.json")
    file = write_model(tmp_path, {"a": np.zeros(3, np.float16)})
    (tmp_path / "pose.bin").unlink()
    with pytest.raises(FileNotFoundError, match=r"pose.bin.*expected there"):
        read_graph_model(file)


@pytest.mark.parametrize("size", [0, 7, 9])
def test_bytes_that_are_missing_or_left_over_are_counted(tmp_path, size):
    file = write_model(tmp_path, {"a": np.zeros(3, np.float16), "b": np.zeros(1, np.float16)})
    (tmp_path / "pose.bin").write_bytes(bytes(size))
    with pytest.raises(ValueError, match=rf"\['pose.bin'\] must hold 8 bytes, got {size}"):
        read_graph_model(file)


def test_constants_stored_in_bytes_with_a_scale_are_refused(tmp_path):
    file = write_model(tmp_path, {"layer/weights": np.zeros(3, np.uint8)})
    with pytest.raises(ValueError, match=r"layer/weights must be of .*float16.*got uint8"):
        read_graph_model(file)
