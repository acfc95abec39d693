"""Checkpoints: safetensors with the configuration as JSON in the header, never a pickle.

A weights file holds the network alone, and its liftings under the prefixes `lifting.` and
`looked_lifting.`. A training checkpoint holds the network, the averaged network, the flows and the
optimiser too, under the prefixes `network.`, `average.`, `loss.` and `optimizer.`, so that
training goes on where it stopped.
"""

import os
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from das_model.inference.network_config import network_config_of
from das_model.inference.refine import LIFTINGS
from das_model.network.network import DasNetwork


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
        ValueError: if it is of another kind, or cut off.
    """
    if not file.is_file():
        raise FileNotFoundError(f"{file}: a .safetensors file was expected there")
    try:
        with safe_open(file, framework="pt") as opened:
            names = [n for n in opened.keys() if n.startswith(prefix)]
            tensors = {n.removeprefix(prefix): opened.get_tensor(n) for n in names}
            return tensors, opened.metadata() or {}
    except SafetensorError as error:
        raise ValueError(f"{file}: expected a .safetensors file, got another: {error}") from error


def fill(module: nn.Module, tensors: dict[str, Tensor], file: Path) -> None:
    """Load all of a module's tensors.

    Raises:
        ValueError: naming the file, if names or shapes are other than the module's.
    """
    try:
        module.load_state_dict(tensors)
    except RuntimeError as error:  # torch lists the names
        raise ValueError(f"{file} does not fit: {error}") from error


def load_network(file: Path) -> DasNetwork:
    """The network of a weights file, or the averaged network of a training checkpoint.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the file carries no network configuration, or one of another version, or
            not this network's weights.
    """
    tensors, metadata = load_tensors(file, "average.")
    if not tensors:
        tensors, metadata = load_tensors(file)
        tensors = {n: t for n, t in tensors.items() if n.split(".")[0] not in LIFTINGS}
    network = DasNetwork(network_config_of(metadata, file))
    fill(network, tensors, file)
    return network.eval()
