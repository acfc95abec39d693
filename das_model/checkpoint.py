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

from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor

from das_model.network import DasNetwork, NetworkConfig
from das_model.targets import Encoding


def network_config_to_json(config: NetworkConfig) -> str:
    """The configuration as JSON."""
    return json.dumps(dataclasses.asdict(config))


def network_config_from_json(text: str) -> NetworkConfig:
    """Inverse of `network_config_to_json`; lists become the tuples they were."""
    values = {k: _tupled(v) for k, v in json.loads(text).items()}
    encoding = Encoding(**{k: _tupled(v) for k, v in values.pop("encoding").items()})
    return NetworkConfig(encoding=encoding, **values)


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
        ValueError: if the file carries no network configuration.
    """
    tensors, metadata = load_tensors(file, "average.")
    if not tensors:
        tensors, metadata = load_tensors(file)
        tensors = {n: t for n, t in tensors.items() if not n.startswith("lifting.")}
    if "network_config" not in metadata:
        raise ValueError(f"{file}: no network_config in its metadata; not written by this project")
    network = DasNetwork(network_config_from_json(metadata["network_config"]))
    network.load_state_dict(tensors)
    return network.eval()


def _tupled(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
