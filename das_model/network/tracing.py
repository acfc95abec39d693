"""Tracing of torch modules to ONNX."""

import warnings
from io import BytesIO

import numpy as np
import torch
from torch import nn


def trace_onnx(
    module: nn.Module,
    inputs: dict[str, np.ndarray],
    file: str | BytesIO,
    outputs: list[str],
    axes: dict[str, dict[int, str]],
) -> None:
    """Write a module's ONNX model, with the names of its inputs, outputs and axes that vary."""
    with warnings.catch_warnings():
        # The tracing exporter is deprecated, but takes seconds where the new one takes minutes.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            tuple(map(torch.from_numpy, inputs.values())),
            file,  # type: ignore[arg-type] # PyTorch's annotations lack file objects
            dynamo=False,
            opset_version=18,
            input_names=list(inputs),
            output_names=outputs,
            dynamic_axes=axes,
        )
