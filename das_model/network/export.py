"""Export to ONNX: the network without flows and losses, proved equal to torch in numbers.

The graph takes uint8 RGB pixels of any size in multiples of `Encoding.side_multiple`, and gives
for each level the maps of `decode.LevelMaps`. What the decoder and the window must know
(joint names, encoding, input size, licence of the weights) travels in the file's metadata.
"""

import base64
import json
import os
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from io import BytesIO
from pathlib import Path
from types import MappingProxyType

import numpy as np
import onnx
import torch
from torch import Tensor

from das_model.inference.device.device_maps import DEVICE_GRAPHS
from das_model.inference.device.onnx_runtime import ort
from das_model.inference.joint_features import NUM_SEEN, num_features
from das_model.inference.network_config import network_metadata
from das_model.inference.refine import LIFTING, LOOKED_LIFTING, NUM_CUES
from das_model.inference.second_look import NUM_LOOK_FEATURES
from das_model.inference.targets import Encoding
from das_model.network.device_graphs import device_graphs_text
from das_model.network.exported_network import ExportedNetwork, told_maps
from das_model.network.lifting import PoseLifting
from das_model.network.network import DasNetwork
from das_model.network.tracing import trace_onnx


def output_names(encoding: Encoding) -> list[str]:
    """Names of the graph's outputs: four a level, and with a heat map its own and those of what
    lifting reads."""
    kinds = ("score", "root", "joint_offset", "joint_score")
    names = [f"{kind}_{level}" for level in range(len(encoding.strides)) for kind in kinds]
    seen = [f"seen_{number}" for number in range(NUM_SEEN)]
    return [*names, "joint_heat", *seen] if encoding.heat_stride else names


def export_onnx(
    network: DasNetwork,
    file: Path,
    input_size: tuple[int, int],
    about: dict[str, str],
    liftings: Mapping[str, PoseLifting] = MappingProxyType({}),
) -> None:
    """Write the ONNX file and check it against torch; a file that was there stays till then.

    Args:
        network: with its trained weights.
        file: to write.
        input_size: nominal (width, height) px, multiples of the coarsest stride; the runtime
            keeps its area.
        about: further metadata, e.g. name, licence, training data.
        liftings: of the network's people, by their kind in `refine.LIFTINGS`, to go into the same
            file's metadata.

    Raises:
        ValueError: if the size or a lifting does not fit the network, ONNX differs from torch
            by more than 1e-4, or a network without a heat map is to be lifted.
    """
    if liftings and not network.config.encoding.heat_stride:
        raise ValueError(
            f"{file}: only a network with a heat map can have a lifting, "
            f"got one on {network.config.backbone}"
        )
    stride = network.config.encoding.strides[-1]
    if any(side % stride for side in input_size):
        raise ValueError(
            f"{file}: width and height of its input must be multiples of {stride} px, the "
            f"network's coarsest stride, got {input_size[0]} x {input_size[1]}"
        )
    wrapper = ExportedNetwork(network.eval().cpu()).eval()
    file.parent.mkdir(parents=True, exist_ok=True)
    names = output_names(network.config.encoding)
    axes = {name: {-2: f"h_{name}", -1: f"w_{name}"} for name in names}
    axes |= {"image": {1: "height", 2: "width"}}
    part = file.with_suffix(".part")
    trace_onnx(wrapper, {"image": _noise(input_size)}, str(part), names, axes)
    model = _with_folded_pads(part)
    metadata = {
        **network_metadata(network.config),
        "input_size": json.dumps(list(input_size)),
        **about,
    }
    outputs = {o.name: o.type.tensor_type.shape.dim[1].dim_value for o in model.graph.output}
    channels = tuple(outputs[name] for name in names if name.startswith("seen_"))
    if network.config.encoding.heat_stride:
        metadata[DEVICE_GRAPHS] = device_graphs_text(network, channels)
    seen = num_features(channels)
    given = {LIFTING: seen, LOOKED_LIFTING: seen + NUM_LOOK_FEATURES}
    for kind, lifting in liftings.items():
        if given[kind] != len(lifting.feature_mean):
            part.unlink()
            raise ValueError(
                f"{file}: the {kind.replace('_', ' ')} reads {len(lifting.feature_mean)} features "
                f"of a joint, it is given {given[kind]}; train it with this network"
            )
        metadata[kind] = _lifting_text(lifting)
    onnx.helper.set_model_props(model, metadata)
    onnx.save(model, str(part), format="protobuf")
    width, height = input_size
    more = network.config.encoding.side_multiple
    for size in (input_size, (height, width), (width + more, height + more)):
        difference = largest_difference(network, part, size)
        if not difference <= 1e-4:
            part.unlink()
            raise ValueError(f"{file}: differs from torch by {difference:.2e} at {size}")
    os.replace(part, file)


def _with_folded_pads(file: Path) -> onnx.ModelProto:
    """The model with its constants worked out and every pad in front of a convolution taken into
    it: ONNX Runtime keeps fast memory layouts only from convolution to convolution."""
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(file)
    options.log_severity_level = 3  # else it warns that the file is made for this machine alone
    ort.InferenceSession(file.read_bytes(), options, providers=["CPUExecutionProvider"])
    model = onnx.load(str(file), format="protobuf")
    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    num_readers = Counter(name for node in model.graph.node for name in node.input)
    pad_of = {
        node.output[0]: node
        for node in model.graph.node
        if node.op_type == "Pad"
        and num_readers[node.output[0]] == 1
        and not any(node.input[2:])  # with zeros
        and all(a.s == b"constant" for a in node.attribute)
    }
    for node in list(model.graph.node):
        pad = pad_of.get(node.input[0]) if node.op_type == "Conv" else None
        if pad is None:
            continue
        _, _, top, left, _, _, bottom, right = onnx.numpy_helper.to_array(constants[pad.input[1]])
        own = next(a for a in node.attribute if a.name == "pads")
        own.ints[:] = np.add(own.ints, [top, left, bottom, right]).tolist()
        node.input[0] = pad.input[0]
        model.graph.node.remove(pad)
    used = {name for node in model.graph.node for name in node.input}
    for name in constants.keys() - used:
        model.graph.initializer.remove(constants[name])
    onnx.checker.check_model(model)
    return model


def largest_difference(network: DasNetwork, file: Path, size: tuple[int, int]) -> float:
    """Largest difference, relative to each output's magnitude where that is above 1, between ONNX
    Runtime and the whole network in torch on noise of the given (width, height)."""
    return _difference(partial(told_maps, network), file.read_bytes(), {"image": _noise(size)})


def _difference(
    module: Callable[..., Tensor | tuple[Tensor, ...]],
    model: bytes,
    inputs: dict[str, np.ndarray],
) -> float:
    """The same of any module and its ONNX model, on the values of its inputs."""
    with torch.no_grad():
        expected = module(*map(torch.from_numpy, inputs.values()))
    session = ort.InferenceSession(model, providers=["CPUExecutionProvider"])
    expected = expected if isinstance(expected, tuple) else (expected,)
    return max(
        float(np.abs(f - e.numpy()).max() / max(1.0, float(e.abs().max())))
        for f, e in zip(session.run(None, inputs), expected, strict=True)
    )


def _lifting_text(lifting: PoseLifting) -> str:
    """A lifting's own ONNX model in base64. Inside the network's graph it could not run alone:
    ONNX Runtime works through the whole graph, whichever outputs are asked for."""
    rng, people = np.random.default_rng(0), (2, lifting.num_joints)
    spread, middle = np.array([[500, 500, 500, 0.2, 0.2, 20, 20], [0, 0, 3000, 0.5, 0.5, 0, 0]])
    noise = rng.normal(size=(*people, NUM_CUES))
    found = (middle + spread * noise).astype(np.float32)
    features = rng.normal(size=(*people, len(lifting.feature_mean))).astype(np.float32)
    inputs = {"found": found, "features": features}
    buffer, axes = BytesIO(), {name: {0: "people"} for name in (*inputs, "lifted")}
    trace_onnx(lifting.eval().cpu(), inputs, buffer, ["lifted"], axes)
    difference = _difference(lifting, buffer.getvalue(), inputs)
    if not difference <= 1e-4:
        raise ValueError(f"the lifting differs from torch by {difference:.2e}")
    return base64.b64encode(buffer.getvalue()).decode()


def _noise(size: tuple[int, int]) -> np.ndarray:
    """A (1, H, W, 3) picture of noise of the given (width, height)."""
    return np.random.default_rng(0).integers(0, 256, (1, size[1], size[0], 3), np.uint8)
