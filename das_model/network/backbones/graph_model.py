"""Reader of TensorFlow.js graph models: nodes and constants, without TensorFlow."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

_DTYPES = ("float16", "float32", "int32", "bool")


def read_graph_model(file: Path) -> dict[str, np.ndarray]:
    """Constants by name of a TensorFlow.js graph model, as they are stored.

    Args:
        file: its .json; the .bin files that it names lie beside it.

    Raises:
        FileNotFoundError: if one of them is missing.
        ValueError: if `file` is no graph model, a constant is of a kind that is not read here, or
            the .bin files hold another number of bytes than the constants need.
    """
    values = {}
    for group in _part(file, "weightsManifest"):
        data = b"".join(_bytes(file.parent / path) for path in group["paths"])
        at = 0
        for entry in group["weights"]:
            kind = entry.get("quantization", entry)["dtype"]
            if kind not in _DTYPES:
                raise ValueError(f"{file}: {entry['name']} must be of {_DTYPES}, got {kind}")
            count = math.prod(entry["shape"])
            end = at + count * np.dtype(kind).itemsize
            if end <= len(data):
                array = np.frombuffer(data, kind, count, at)
                values[entry["name"]] = array.reshape(entry["shape"])
            at = end
        if at != len(data):
            raise ValueError(f"{file}: {group['paths']} must hold {at} bytes, got {len(data)}")
    return values


def read_graph_nodes(file: Path) -> dict[str, dict]:
    """Nodes by name of a TensorFlow.js graph model: `op`, `attr` and `input` of each.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if `file` is no graph model.
    """
    nodes = _part(file, "modelTopology")["node"]
    return {node["name"]: {"input": [], "attr": {}, **node} for node in nodes}


def _part(file: Path, name: str) -> Any:  # noqa: ANN401 - JSON
    """One entry of a graph model's .json."""
    expected = f"{file} must be a TensorFlow.js graph model: JSON with a {name}"
    try:
        model = json.loads(_bytes(file))
    except ValueError as error:
        raise ValueError(f"{expected}, got no JSON: {error}") from error
    part = model.get(name) if isinstance(model, dict) else None
    if not part:
        found = sorted(model) if isinstance(model, dict) else type(model).__name__
        raise ValueError(f"{expected}, got {found}")
    return part


def _bytes(file: Path) -> bytes:
    if not file.is_file():
        raise FileNotFoundError(f"{file}: a part of a TensorFlow.js model was expected there")
    return file.read_bytes()
