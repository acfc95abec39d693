"""TensorFlow.js graph models, written for the tests of those that read them."""

import json

import numpy as np


def write_model(folder, values):
    """A TensorFlow.js graph model with float16 and int32 constants; its .json."""
    weights = []
    for name, value in values.items():
        entry = {"name": name, "shape": list(value.shape), "dtype": str(value.dtype)}
        if value.dtype == np.float16:
            kind = {"dtype": "float16", "original_dtype": "float32"}
            entry |= {"dtype": "float32", "quantization": kind}
        weights.append(entry)
    (folder / "pose.bin").write_bytes(b"".join(v.tobytes() for v in values.values()))
    manifest = [{"paths": ["pose.bin"], "weights": weights}]
    (folder / "pose.json").write_text(json.dumps({"weightsManifest": manifest}))
    return folder / "pose.json"
