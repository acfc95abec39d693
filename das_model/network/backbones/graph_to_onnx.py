"""Converter of a convolutional TensorFlow.js graph model to ONNX with float16 weights.

Reads the graph that the file holds, from its picture to the outputs that are asked for. ONNX
Runtime turns the weights to float32 as it loads them, which is faster on a CPU and never
overflows. Pictures are (B, H, W, 3) as in the source; maps become (B, C, h, w), as ONNX has them.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from das_model.network.backbones.graph_model import read_graph_model, read_graph_nodes

_OPSET = 18
_ACTIVATIONS = {"Relu": (), "Relu6": (0.0, 6.0)}


def convert_graph(
    file: Path, picture: str, outputs: Mapping[str, str], size: tuple[int, int]
) -> onnx.ModelProto:
    """The part of a graph model between its normalised picture and some of its nodes.

    Args:
        file: the .json; its .bin files lie beside it.
        picture: the node that gives rgb / 127.5 - 1; the ONNX model takes uint8 RGB (B, H, W, 3).
        outputs: names of the ONNX model's outputs, (B, C, h, w), to the nodes that give them.
        size: (width, height) px of the picture, both even at every convolution of stride 2.

    Raises:
        ValueError: if a node on the way is of a kind that is not converted here.
    """
    graph = _Graph(file, read_graph_nodes(file), read_graph_model(file))
    width, height = size
    scale, one = np.array(1 / 127.5, np.float32), np.array(1, np.float32)
    graph.add("Cast", ["image"], "float", to=TensorProto.FLOAT)
    graph.add("Transpose", ["float"], "planes", perm=[0, 3, 1, 2])
    graph.add("Mul", ["planes", graph.constant("scale", scale)], "scaled")
    graph.add("Sub", ["scaled", graph.constant("one", one)], picture)
    graph.done.add(picture)
    for name, node in outputs.items():
        graph.convert(node)
        graph.add("Identity", [node], name)
    model = helper.make_model(
        helper.make_graph(
            graph.converted,
            file.stem,
            [helper.make_tensor_value_info("image", TensorProto.UINT8, ["b", height, width, 3])],
            [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in outputs],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=10,
    )
    model = onnx.shape_inference.infer_shapes(model)
    onnx.checker.check_model(model)
    return model


@dataclass(slots=True)
class _Graph:
    """A graph on its way from TensorFlow's nodes to ONNX's."""

    file: Path
    nodes: dict[str, dict]
    values: dict[str, np.ndarray]
    converted: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)
    done: set[str] = field(default_factory=set)

    def add(self, kind: str, inputs: list[str], output: str, **attributes: object) -> None:
        """Append one ONNX node."""
        values: dict[str, Any] = attributes
        self.converted.append(helper.make_node(kind, inputs, [output], **values))

    def constant(self, name: str, value: np.ndarray) -> str:
        """Name of a float32 constant; float16 values are stored as such."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        if value.dtype != np.float16:
            return name
        self.add("Cast", [name], f"{name}_float", to=TensorProto.FLOAT)
        return f"{name}_float"

    def convert(self, name: str) -> None:
        """Append a node and all that it needs, those first."""
        if name in self.done:
            return
        self.done.add(name)
        node = self.nodes[name]
        # a resizing doubles, whatever size its second input works out
        for needed in node["input"][: 1 if node["op"] == "ResizeBilinear" else None]:
            if needed not in self.values:
                self.convert(needed)
        inputs, kind = node["input"], node["op"]
        if kind in ("_FusedConv2D", "FusedDepthwiseConv2dNative", "DepthwiseConv2dNative"):
            self._convolution(node)
        elif kind == "AddV2":
            self.add("Add", inputs, name)
        elif kind == "Sigmoid":
            self.add("Sigmoid", inputs, name)
        elif kind == "ResizeBilinear" and node["attr"]["half_pixel_centers"].get("b"):
            self._doubled(name, inputs[0])
        else:
            raise ValueError(
                f"{self.file}: {name} must be a convolution, a sum, a sigmoid or a "
                f"bilinear resizing with half-pixel centres, got {kind}"
            )

    def _doubled(self, name: str, source: str) -> None:
        scales = self.constant(f"{name}/scales", np.array([1, 1, 2, 2], np.float32))
        mode = {"mode": "linear", "coordinate_transformation_mode": "half_pixel"}
        self.add("Resize", [source, "", scales], name, **mode)

    def _convolution(self, node: dict) -> None:
        """A convolution padded as "SAME", its bias and activation."""
        name, (source, kernel, *bias) = node["name"], node["input"]
        is_depthwise = "Depthwise" in node["op"]
        weights = self.values[kernel].transpose((2, 3, 0, 1) if is_depthwise else (3, 2, 0, 1))
        side, stride = weights.shape[-1], int(node["attr"]["strides"]["list"]["i"][1])
        total = side - stride if stride > 1 else side - 1  # of even pictures where it strides
        pads = [total // 2] * 2 + [total - total // 2] * 2
        inputs = [source, self.constant(kernel, weights)]
        inputs += [self.constant(b, self.values[b]) for b in bias]
        fused = node["attr"].get("fused_ops", {}).get("list", {}).get("s", [])
        activation = [a for a in map(_text, fused) if a != "BiasAdd"]
        self.add(
            "Conv",
            inputs,
            f"{name}/plain" if activation else name,
            pads=pads,
            strides=[stride] * 2,
            group=len(weights) if is_depthwise else 1,
        )
        for kind in activation:
            if kind not in _ACTIVATIONS:
                raise ValueError(
                    f"{self.file}: {name} must end in {set(_ACTIVATIONS)}, not {kind}"
                )
            limits = [
                self.constant(f"{name}/{i}", np.array(v, np.float32))
                for i, v in enumerate(_ACTIVATIONS[kind])
            ]
            self.add("Clip" if limits else "Relu", [f"{name}/plain", *limits], name)


def _text(value: str) -> str:
    """A string of a TensorFlow.js attribute."""
    return base64.b64decode(value).decode()
