import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from das_model.inference.estimate import Device, EstimatorOptions
from das_model.inference.runtime import open_estimator

BUNDLED = Path(__file__).resolve().parents[3] / "assets/models/das-lite.onnx"
CPU = EstimatorOptions(Device.CPU)
KINDS = {"score": (), "root": (3,), "joint_offset": (22, 3), "joint_score": (22,)}
STRIDES = (8, 16, 32, 64)


@pytest.fixture(scope="module")
def metadata():
    model = onnx.load(str(BUNDLED))
    return {p.key: p.value for p in model.metadata_props if p.key != "lifting"}


def right_outputs(size=(320, 192)):
    """Names and shapes of the bundled network's maps."""
    shapes = {
        f"{kind}_{level}": (1, *channels, size[1] // stride, size[0] // stride)
        for level, stride in enumerate(STRIDES)
        for kind, channels in KINDS.items()
    }
    return shapes | {"joint_heat": (1, 22, size[1] // 4, size[0] // 4)}


def save_constant(file, metadata, outputs, image=("image", TensorProto.UINT8, 4), values=None):
    """A model that answers every picture with zeros, or with values by the outputs' names."""
    values = values or {}
    name, kind, rank = image
    nodes = [
        helper.make_node(
            "Constant",
            [],
            [o],
            value=numpy_helper.from_array(np.full(shape, values.get(o, 0.0), np.float32)),
        )
        for o, shape in outputs.items()
    ]
    told = [helper.make_tensor_value_info(o, TensorProto.FLOAT, s) for o, s in outputs.items()]
    picture = helper.make_tensor_value_info(name, kind, [None] * rank)
    graph = helper.make_graph(nodes, "constant", [picture], told)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    helper.set_model_props(model, metadata)
    onnx.save(model, str(file))
    return file


def test_a_model_with_the_right_maps_is_taken(tmp_path, metadata):
    estimator = open_estimator(save_constant(tmp_path / "m.onnx", metadata, right_outputs()), CPU)
    assert len(estimator.skeleton.joint_names) == 22


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("walk\x00 \u202efast\x1b[31m\n", "walk fast[31m"),
        ("x" * 3000, "x" * 80),
        ("\u2066\u2069", "m"),
        ("Größe 日本", "Größe 日本"),
    ],
)
def test_a_models_name_is_a_readable_line(tmp_path, metadata, name, shown):
    file = save_constant(tmp_path / "m.onnx", metadata | {"name": name}, right_outputs())
    assert open_estimator(file, CPU).model_name == shown


def test_a_model_that_tells_of_the_root_its_depth_alone_is_taken(tmp_path, metadata):
    outputs = right_outputs()
    outputs |= {name: (1, 1, *s[2:]) for name, s in outputs.items() if name.startswith("root_")}
    open_estimator(save_constant(tmp_path / "m.onnx", metadata, outputs), CPU)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda o: o | {"root_1": (1, 2, 12, 20)}, "root_1 of a picture"),
        (lambda o: {"x": (1, 2, 3, 4)}, "outputs score_0"),
        (lambda o: dict(list(o.items())[:4]), "outputs score_0"),
        (lambda o: {k: v for k, v in o.items() if k != "joint_heat"}, "outputs score_0"),
        (lambda o: dict(reversed(o.items())), "outputs score_0"),
        (lambda o: o | {"more": (1, 1, 2, 2)}, "outputs score_0"),
        (lambda o: o | {"score_2": ()}, "score_2 must be float of rank 3"),
        (lambda o: o | {"root_1": (1, 3, 12)}, "root_1 must be float of rank 4"),
        (lambda o: o | {"score_0": (1, 64, 64)}, r"score_0 of a picture of 320 x 192.*\(1, 24, 4"),
        (lambda o: o | {"joint_offset_3": (1, 17, 3, 3, 5)}, "joint_offset_3 of a picture"),
        (lambda o: o | {"joint_heat": (1, 22, 24, 40)}, "joint_heat of a picture"),
    ],
)
def test_other_outputs_are_refused_by_name(tmp_path, metadata, change, told):
    file = save_constant(tmp_path / "m.onnx", metadata, change(right_outputs()))
    with pytest.raises(ValueError, match=f"m.onnx: .*{told}"):
        open_estimator(file, CPU)


@pytest.mark.parametrize(
    ("output", "value", "told"),
    [
        ("score_0", np.nan, "not finite"),
        ("root_2", np.inf, "not finite"),
        ("joint_heat", -np.inf, "not finite"),
        ("score_1", 1e30, "score_1 must hold scores from 0 to 1, got 1e"),
        ("score_3", -0.5, "score_3 must hold scores from 0 to 1, got -0.5"),
    ],
)
def test_numbers_that_no_picture_has_are_refused(tmp_path, metadata, output, value, told):
    file = save_constant(tmp_path / "m.onnx", metadata, right_outputs(), values={output: value})
    with pytest.raises(ValueError, match=f"m.onnx: .*{told}"):
        open_estimator(file, CPU)


@pytest.mark.parametrize("key", ["network_config", "input_size", "score_calibration"])
def test_what_a_model_says_of_itself_is_told_in_a_readable_line(tmp_path, metadata, key):
    odd = json.dumps("\x1b[31m \u202egnp\n" + "x" * 100_000, ensure_ascii=False)
    file = save_constant(tmp_path / "m.onnx", metadata | {key: odd}, right_outputs())
    with pytest.raises(ValueError, match=key) as caught:
        open_estimator(file, CPU)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) <= 600


@pytest.mark.parametrize(
    "image",
    [
        ("foo", TensorProto.UINT8, 4),
        ("image", TensorProto.FLOAT, 4),
        ("image", TensorProto.UINT8, 3),
    ],
)
def test_another_input_is_refused(tmp_path, metadata, image):
    file = save_constant(tmp_path / "m.onnx", metadata, right_outputs(), image)
    with pytest.raises(ValueError, match=r"m.onnx: the one input must be image"):
        open_estimator(file, CPU)


@pytest.mark.parametrize(
    "size",
    [
        "[-5, -5]",
        "[0, 0]",
        "[100000, 100000]",
        '["a", "b"]',
        "[NaN, 1]",
        "[320]",
        "320",
        "[320.5, 192]",
        "[true, 192]",
        "[" * 100_000,
        "null",
    ],
    ids=lambda text: text[:20],
)
def test_an_input_size_out_of_range_is_refused(tmp_path, metadata, size):
    values = metadata | {"input_size": size}
    file = save_constant(tmp_path / "m.onnx", values, right_outputs())
    with pytest.raises(ValueError, match=r"m.onnx: input_size .* must be \[width, height\]") as e:
        open_estimator(file, CPU)
    assert len(str(e.value)) < 500


@pytest.mark.parametrize(
    "encoding",
    [
        {"strides": [0, 16, 32, 64]},
        {"strides": ["a", 16, 32, 64]},
        {"strides": []},
        {"root_depth_unit": 0.0},
        {"joint_depth_unit_mm": float("nan")},
    ],
    ids=str,
)
def test_an_impossible_encoding_is_refused(tmp_path, metadata, encoding):
    config = json.loads(metadata["network_config"])
    config["encoding"] |= encoding
    values = metadata | {"network_config": json.dumps(config)}
    file = save_constant(tmp_path / "m.onnx", values, right_outputs())
    with pytest.raises(ValueError, match=r"m.onnx: network_config: Encoding"):
        open_estimator(file, CPU)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"encoding": 5}', "null", '{"joint_names": 5}'])
def test_a_configuration_of_another_form_is_refused(tmp_path, metadata, text):
    values = metadata | {"network_config": text}
    file = save_constant(tmp_path / "m.onnx", values, right_outputs())
    with pytest.raises(ValueError, match=r"m.onnx: network_config: ") as caught:
        open_estimator(file, CPU)
    assert len(str(caught.value)) < 500


def test_a_model_that_fails_on_a_picture_is_refused(tmp_path, metadata):
    outputs = right_outputs()
    file = save_constant(tmp_path / "m.onnx", metadata, outputs)
    model = onnx.load(str(file))
    (first,) = (n for n in model.graph.node if n.output[0] == "score_0")
    first.output[0] = "zeros"
    shape = numpy_helper.from_array(np.array([1, 7, 7]), "shape")
    model.graph.initializer.append(shape)
    model.graph.node.append(helper.make_node("Reshape", ["zeros", "shape"], ["score_0"]))
    onnx.save(model, str(file))
    with pytest.raises(ValueError, match=r"m.onnx: "):
        open_estimator(file, CPU)


def test_metadata_that_is_no_text_is_refused(tmp_path, metadata):
    file = save_constant(tmp_path / "m.onnx", metadata | {"name": "A" * 40}, right_outputs())
    file.write_bytes(file.read_bytes().replace(b"A" * 40, b"\xb9" * 40))
    with pytest.raises(ValueError, match=r"m.onnx: "):
        open_estimator(file, CPU)


def test_joints_without_a_pelvis_are_refused(tmp_path, metadata):
    config = json.loads(metadata["network_config"]) | {"joint_names": ["nose", "neck"]}
    values = metadata | {"network_config": json.dumps(config)}
    file = save_constant(tmp_path / "m.onnx", values, right_outputs())
    with pytest.raises(ValueError, match=r"m.onnx: network_config: .*pelvis"):
        open_estimator(file, CPU)
