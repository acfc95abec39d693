"""Public state dicts by name: the files that others published, read without running their code.

Our own model files are safetensors, never a pickle. Public weights mostly come as torch files;
these are read with `weights_only=True`, which admits tensors and containers of them, no code.
"""

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn


def read_tensors(file: Path) -> dict[str, Tensor]:
    """Tensors by name of a .safetensors or a torch file; what stands beside them is left out.

    Args:
        file: a state dict, or a training checkpoint that holds one under `state_dict`.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it holds no dict of tensors.
    """
    if not file.is_file():
        raise FileNotFoundError(f"{file}: a file of public weights was expected there")
    if file.suffix == ".safetensors":
        return load_file(file)
    state = torch.load(file, map_location="cpu", weights_only=True)
    if isinstance(state, dict):
        state = state.get("state_dict", state)
    if not isinstance(state, dict):
        raise ValueError(f"{file} must hold a dict of tensors, got {type(state).__name__}")
    return {name: tensor for name, tensor in state.items() if isinstance(tensor, Tensor)}


def load_by_name(module: nn.Module, state: dict[str, Tensor], complaint: str) -> None:
    """Load all of a module's tensors, or none.

    Files from before torch 0.4.1 do not count the batches that a batch norm has seen: these
    counts may be missing.

    Args:
        module: to be filled.
        state: tensors by the module's names.
        complaint: how an error begins.

    Raises:
        ValueError: listing every missing and unexpected name and every other shape.
    """
    own = module.state_dict()
    missing = [n for n in own if n not in state and not n.endswith("num_batches_tracked")]
    unexpected = [n for n in state if n not in own]
    reshaped = [n for n in state if n in own and state[n].shape != own[n].shape]
    if missing or unexpected or reshaped:
        raise ValueError(
            f"{complaint} weights: missing {missing}, unexpected {unexpected}, "
            f"of another shape {reshaped}"
        )
    module.load_state_dict(state, strict=False)
