"""A plain network of as many multiply-accumulates as a model's: what the machine could do.

Convolutions of 3 x 3 and 64 channels at stride 4 with ReLU between, nothing else; the model's time
beside it tells what its many small steps cost.
"""

import statistics
import time
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from das_model.inference.device.onnx_runtime import open_session
from das_model.inference.network_config import network_config_of
from das_model.reproduction.complexity import measure

_SIZE, _STRIDE, _CHANNELS = (320, 192), 4, 64  # width, height px
_NUM_THREADS = 2


def ratio(model: Path, num_rounds: int = 30) -> float:
    """Median time of a model at 320x192 beside the plain network's, on two threads, in turns.

    Args:
        model: ONNX file; its configuration tells its multiply-accumulates.
        num_rounds: how often both are timed.
    """
    metadata = {p.key: p.value for p in onnx.load(model, load_external_data=False).metadata_props}
    config = network_config_of(metadata, model)
    plain = plain_model(measure(config, _SIZE).num_macs)
    width, height = _SIZE
    rng = np.random.default_rng(0)
    runs = [
        (open_session(model, _NUM_THREADS), rng.integers(0, 256, (1, height, width, 3), np.uint8)),
        (open_session(plain.SerializeToString(), _NUM_THREADS), _input(rng)),
    ]
    times: list[list[float]] = [[], []]
    for _ in range(num_rounds):
        for (session, image), row in zip(runs, times, strict=True):
            begin_s = time.perf_counter()
            session.run(None, {session.get_inputs()[0].name: image})
            row.append(time.perf_counter() - begin_s)
    ours, theirs = (statistics.median(row) for row in times)
    return ours / theirs


def plain_model(num_macs: int) -> onnx.ModelProto:
    """The plain network, of the whole number of convolutions that comes nearest, or one."""
    width, height = (side // _STRIDE for side in _SIZE)
    kernel = np.random.default_rng(0).normal(0, 0.05, (_CHANNELS, _CHANNELS, 3, 3))
    count = max(1, round(num_macs / (kernel.size * width * height)))
    nodes = []
    for i in range(count):
        nodes += [
            helper.make_node("Conv", [f"x{i}", "kernel"], [f"y{i}"], pads=[1, 1, 1, 1]),
            helper.make_node("Relu", [f"y{i}"], [f"x{i + 1}"]),
        ]
    shape = (1, _CHANNELS, height, width)
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name in ("x0", f"x{count}")
    ]
    weights = [numpy_helper.from_array(kernel.astype(np.float32), "kernel")]
    graph = helper.make_graph(nodes, "plain", ends[:1], ends[1:], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def _input(rng: np.random.Generator) -> np.ndarray:
    width, height = (side // _STRIDE for side in _SIZE)
    return rng.normal(size=(1, _CHANNELS, height, width)).astype(np.float32)
