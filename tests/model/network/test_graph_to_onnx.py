"""TensorFlow.js graphs as ONNX: the numbers of every kind of node, against torch."""

import base64
import json

import numpy as np
import pytest
import torch
from graph_models import write_model
from onnx import TensorProto
from torch.nn import functional

from das_model.inference.device.onnx_runtime import ort
from das_model.network.backbones.graph_to_onnx import convert_graph

SIZE = (12, 8)


def node(kind, name, inputs, stride=0, fused=(), **attributes):
    if stride:
        attributes["strides"] = {"list": {"i": ["1", str(stride), str(stride), "1"]}}
    if fused:
        names = [base64.b64encode(f.encode()).decode() for f in fused]
        attributes["fused_ops"] = {"list": {"s": names}}
    return {"name": name, "op": kind, "input": list(inputs), "attr": attributes}


def write_graph(folder, values, nodes):
    file = write_model(folder, values)
    model = json.loads(file.read_text())
    nodes = [{"name": n, "op": "Const"} for n in values] + nodes
    file.write_text(json.dumps(model | {"modelTopology": {"node": nodes}}))
    return file


@pytest.fixture(scope="module")
def values():
    rng = np.random.default_rng(0)
    shapes = {
        "stem/w": (3, 3, 3, 8),
        "stem/b": (8,),
        "deep/w": (3, 3, 8, 1),
        "deep/b": (8,),
        "thin/w": (3, 3, 8, 1),
        "end/w": (1, 1, 8, 8),
        "end/b": (8,),
    }
    return {n: rng.normal(size=s).astype(np.float16) for n, s in shapes.items()}


NODES = [
    node("Placeholder", "input", []),
    node("_FusedConv2D", "stem", ["picture", "stem/w", "stem/b"], 2, ["BiasAdd", "Relu6"]),
    node(
        "FusedDepthwiseConv2dNative", "deep", ["stem", "deep/w", "deep/b"], 2, ["BiasAdd", "Relu"]
    ),
    node("DepthwiseConv2dNative", "thin", ["stem", "thin/w"], 1),
    node("ResizeBilinear", "up", ["deep", "unread"], half_pixel_centers={"b": True}),
    node("AddV2", "sum", ["up", "thin"]),
    node("_FusedConv2D", "end", ["sum", "end/w", "end/b"], 1, ["BiasAdd"]),
    node("Sigmoid", "sure", ["end"]),
]


def as_torch(values, name):
    value = values[name].astype(np.float32)
    if value.ndim == 4:
        value = value.transpose((2, 3, 0, 1) if value.shape[3] == 1 else (3, 2, 0, 1))
    return torch.from_numpy(value.copy())


def wanted(values, pictures):
    """The same graph in torch; "SAME" pads even pictures at the end where it strides."""
    w = {name: as_torch(values, name) for name in values}
    x = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1
    padded = functional.pad(x, (0, 1, 0, 1))
    stem = functional.conv2d(padded, w["stem/w"], w["stem/b"], 2).clamp(0, 6)
    padded = functional.pad(stem, (0, 1, 0, 1))
    deep = functional.conv2d(padded, w["deep/w"], w["deep/b"], 2, groups=8).relu()
    thin = functional.conv2d(stem, w["thin/w"], padding=1, groups=8)
    up = functional.interpolate(deep, scale_factor=2, mode="bilinear")
    end = functional.conv2d(up + thin, w["end/w"], w["end/b"])
    return end.sigmoid(), deep


def test_a_graph_gives_the_same_numbers_for_any_number_of_pictures(tmp_path, values):
    file = write_graph(tmp_path, values | {"unread": np.array([4, 6], np.int32)}, NODES)
    model = convert_graph(file, "picture", {"heat": "sure", "raw": "deep"}, SIZE)
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    pictures = np.random.default_rng(1).integers(0, 256, (3, SIZE[1], SIZE[0], 3), np.uint8)
    for batch in (pictures, pictures[:1]):
        found = session.run(["heat", "raw"], {"image": batch})
        for own, expected in zip(found, wanted(values, batch), strict=True):
            np.testing.assert_allclose(own, expected.numpy(), rtol=2e-4, atol=2e-5)


def test_weights_stay_as_they_were_stored(tmp_path, values):
    file = write_graph(tmp_path, values | {"unread": np.array([4, 6], np.int32)}, NODES)
    model = convert_graph(file, "picture", {"raw": "deep"}, SIZE)
    stored = {t.name: t.data_type for t in model.graph.initializer}
    assert stored["deep/w"] == TensorProto.FLOAT16
    assert "end/w" not in stored


def test_unknown_nodes_are_named(tmp_path, values):
    nodes = [
        node("_FusedConv2D", "stem", ["picture", "stem/w", "stem/b"], 2, ["BiasAdd", "Elu"]),
        node("Softmax", "soft", ["stem"]),
    ]
    file = write_graph(tmp_path, values, nodes)
    with pytest.raises(ValueError, match=r"stem must end in .*, not Elu"):
        convert_graph(file, "picture", {"out": "stem"}, SIZE)
    nodes[0] = node("ResizeBilinear", "stem", ["picture"], half_pixel_centers={"b": False})
    file = write_graph(tmp_path, values, nodes)
    with pytest.raises(ValueError, match=r"stem must be a convolution.*got ResizeBilinear"):
        convert_graph(file, "picture", {"out": "stem"}, SIZE)
