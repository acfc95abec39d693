"""How large a network is: parameters and multiply-accumulates, without running it in full."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from das_model.network import DasNetwork, NetworkConfig


@dataclass(frozen=True, slots=True)
class Complexity:
    """Size of a network and its work on one picture.

    Convolutions are counted; interpolation, sampling, norms and activations are not. One
    multiply-accumulate (MAC) is two floating-point operations.
    """

    num_parameters: int
    num_macs: int
    num_backbone_parameters: int
    num_backbone_macs: int


def measure(config: NetworkConfig, size: tuple[int, int]) -> Complexity:
    """Count a network's parameters and its multiply-accumulates on one picture.

    Args:
        config: of the network; the heat map that only training has is left out.
        size: (width, height) of the input, px. The work is counted on a small square and scaled
            by the area: exact for multiples of the coarsest stride.
    """
    network = DasNetwork(replace(config, has_heat=False)).eval()
    convolutions = [m for m in network.modules() if isinstance(m, nn.Conv2d)]
    in_backbone = {m for m in network.backbone.modules() if isinstance(m, nn.Conv2d)}
    macs = {"all": 0, "backbone": 0}

    def count(module: nn.Conv2d, _inputs: tuple[Tensor], output: Tensor) -> None:
        work = output.numel() * module.weight[0].numel()
        macs["all"] += work
        macs["backbone"] += work if module in in_backbone else 0

    handles = [m.register_forward_hook(count) for m in convolutions]
    side = 2 * config.encoding.strides[-1]  # one location is too few for a group norm
    with torch.no_grad():
        network(torch.zeros(1, 3, side, side))
    for handle in handles:
        handle.remove()
    area = size[0] * size[1] / side**2
    return Complexity(
        sum(p.numel() for p in network.parameters()),
        round(macs["all"] * area),
        sum(p.numel() for p in network.backbone.parameters()),
        round(macs["backbone"] * area),
    )
