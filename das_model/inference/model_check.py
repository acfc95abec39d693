"""Check of an ONNX file on loading: outputs by name, rank and size.

A file of another network may load and run and find nobody for ever; a wrong number in it shows
only in the first picture. So the outputs are looked at by name and rank, and after one run on a
grey picture by their sizes.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from das_model.inference.network_config import NetworkConfig

SIDE_RANGE = (32, 4096)  # px of the input
_MAX_SEEN = 8  # maps that lifting reads
_ROUNDING = 1e-3  # of half precision


class Port(Protocol):
    """An input or output of a model, as ONNX Runtime tells it."""

    name: str
    type: str
    shape: list[int | str | None]


def require_ports(
    inputs: Sequence[Port], outputs: Sequence[Port], config: NetworkConfig, file: Path
) -> None:
    """Refuse a model whose input and outputs are not those of its configuration.

    Args:
        inputs: of the model.
        outputs: of the model.
        config: in the model's metadata.
        file: for the error.

    Raises:
        ValueError: if a name, the order, the type or a rank is not as expected.
    """
    told = [(i.name, i.type, len(i.shape)) for i in inputs]
    if told != [("image", "tensor(uint8)", 4)]:
        raise ValueError(f"{file}: the one input must be image, uint8 of rank 4, got {told}")
    ranks = _ranks(config)
    seen = outputs[len(ranks) :]
    wanted = [*ranks, *(f"seen_{n}" for n in range(len(seen)))]
    found = [output.name for output in outputs]
    if found != wanted or len(seen) > (_MAX_SEEN if config.encoding.heat_stride else 0):
        raise ValueError(
            f"{file}: outputs {', '.join(ranks)} were expected, got {', '.join(found)[:200]}"
        )
    for output in outputs:
        rank = ranks.get(output.name, 4)
        if output.type != "tensor(float)" or len(output.shape) != rank:
            raise ValueError(
                f"{file}: output {output.name} must be float of rank {rank}, "
                f"got {output.type} of rank {len(output.shape)}"
            )
        if output.name.startswith("seen_") and not isinstance(output.shape[1], int):
            raise ValueError(f"{file}: output {output.name} must tell its channels")


def require_maps(
    outputs: Sequence[np.ndarray], config: NetworkConfig, size: tuple[int, int], file: Path
) -> None:
    """Refuse a model whose maps of one picture have other sizes than its configuration says, or
    values that no picture has.

    Args:
        outputs: of the picture, in the order that `require_ports` has seen.
        config: in the model's metadata.
        size: (width, height) px of the network's input.
        file: for the error.

    Raises:
        ValueError: if a shape is not as expected, a number is not finite, or a score is not from
            0 to 1.
    """
    joints, encoding = len(config.joint_names), config.encoding
    if not all(np.isfinite(output).all() for output in outputs):
        raise ValueError(f"{file}: its maps of a grey picture hold numbers that are not finite")
    for output, name in zip(outputs, _ranks(config), strict=False):
        kind, _, level = name.rpartition("_")
        is_heat = name == "joint_heat"
        stride = encoding.heat_stride if is_heat else encoding.strides[int(level)]
        channels = {"score": (), "root": (3,), "joint_offset": (joints, 3)}.get(kind, (joints,))
        wanted = (1, *channels, -(-size[1] // stride), -(-size[0] // stride))
        depth_alone = (1, 1, *wanted[2:])  # of the root, as the exporter writes it now
        if output.shape != wanted and not (kind == "root" and output.shape == depth_alone):
            raise ValueError(
                f"{file}: output {name} of a picture of {size[0]} x {size[1]} px must be "
                f"{wanted}, got {output.shape}"
            )
        if kind == "score" and not (output.min() >= 0 and output.max() <= 1 + _ROUNDING):
            raise ValueError(
                f"{file}: output {name} must hold scores from 0 to 1, got {output.min():g} to "
                f"{output.max():g}"
            )


def require_lifted(lifted: np.ndarray, shape: tuple[int, int], file: Path) -> None:
    """Refuse a lifting that gives something else than joints and how far off they likely are.

    Args:
        lifted: what it gave.
        shape: (P, J) of the people it was given.
        file: for the error.

    Raises:
        ValueError: unless it is (P, J, 4).
    """
    if lifted.shape != (*shape, 4):
        raise ValueError(
            f"{file}: its lifting must give {(*shape, 4)}, got {lifted.shape}; train_lifting.py "
            "trains one that does"
        )


def require_input_size(size: object, file: Path) -> tuple[int, int]:
    """(width, height) px of the network's input, if it is one.

    Raises:
        ValueError: unless it is a list of two whole numbers from 32 to 4096.
    """
    low, high = SIDE_RANGE
    sides = size if isinstance(size, list) else []
    if len(sides) != 2 or not all(type(side) is int and low <= side <= high for side in sides):
        raise ValueError(
            f"{file}: input_size in its metadata must be [width, height] of {low} to "
            f"{high} in px, got {str(size)[:80]}"
        )
    return sides[0], sides[1]


def _ranks(config: NetworkConfig) -> dict[str, int]:
    """Rank of each output that is decoded, in order."""
    kinds = {"score": 3, "root": 4, "joint_offset": 5, "joint_score": 4}
    levels = range(len(config.encoding.strides))
    ranks = {f"{kind}_{level}": rank for level in levels for kind, rank in kinds.items()}
    return ranks | ({"joint_heat": 4} if config.encoding.heat_stride else {})
