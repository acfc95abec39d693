"""Checkpoints: safetensors with the configuration as JSON in the header, never a pickle.

A weights file holds the network alone, and its lifting under the prefix `lifting.`. A training
checkpoint holds the network, the averaged network, the flows and the optimiser too, under the
prefixes `network.`, `average.`, `loss.` and `optimizer.`, so that training goes on where it
stopped.
"""

import dataclasses
import json
import os
from pathlib import Path
from typing import TypeVar

from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor

from das_model.network import DasNetwork, NetworkConfig
from das_model.targets import Encoding

_Config = TypeVar("_Config", NetworkConfig, Encoding)


def network_config_to_json(config: NetworkConfig) -> str:
    """The configuration as JSON."""
    return json.dumps(dataclasses.asdict(config))


def network_config_from_json(text: str) -> NetworkConfig:
    """Inverse of `network_config_to_json`; lists become the tuples they were.

    Raises:
        ValueError: if it holds keys that this version does not know.
    """
    values = json.loads(text)
    values["encoding"] = _rebuilt(Encoding, values["encoding"])
    return _rebuilt(NetworkConfig, values)


def save_tensors(file: Path, tensors: dict[str, Tensor], metadata: dict[str, str]) -> None:
    """Write a safetensors file; a crash half-way leaves the old file whole."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    plain = {name: tensor.detach().contiguous().cpu() for name, tensor in tensors.items()}
    part.write_bytes(save(plain, metadata))
    os.replace(part, file)


def load_tensors(file: Path, prefix: str = "") -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors whose names begin with `prefix`, which is cut off, and the file's metadata.

    Raises:
        FileNotFoundError: if there is no such file.
    """
    if not file.is_file():
        raise FileNotFoundError(f"{file}: a .safetensors file was expected there")
    with safe_open(file, framework="pt") as opened:
        names = [n for n in opened.keys() if n.startswith(prefix)]  # noqa: SIM118
        tensors = {n.removeprefix(prefix): opened.get_tensor(n) for n in names}
        return tensors, opened.metadata() or {}


def load_network(file: Path) -> DasNetwork:
    """The network of a weights file, or the averaged network of a training checkpoint.

    Raises:
        ValueError: if the file carries no network configuration, or one of another version.
    """
    tensors, metadata = load_tensors(file, "average.")
    if not tensors:
        tensors, metadata = load_tensors(file)
        tensors = {n: t for n, t in tensors.items() if not n.startswith("lifting.")}
    if "network_config" not in metadata:
        raise ValueError(f"{file}: no network_config in its metadata; not written by this project")
    try:
        config = network_config_from_json(metadata["network_config"])
    except ValueError as error:
        raise ValueError(f"{file}: {error}") from error
    network = DasNetwork(config)
    network.load_state_dict(tensors)
    return network.eval()


def _rebuilt(kind: type[_Config], values: dict[str, object]) -> _Config:
    """A dataclass from its fields as JSON has them."""
    unknown = sorted(values.keys() - {field.name for field in dataclasses.fields(kind)})
    if unknown:
        raise ValueError(
            f"{kind.__name__} has no {', '.join(unknown)}: "
            "the file is of another version of this project"
        )
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})
