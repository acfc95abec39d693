"""Model complexity: parameters and multiply-accumulates."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from das_model.inference.network_config import NetworkConfig
from das_model.network.network import DasNetwork
from das_model.training.recipes import RECIPES, live_input

COMMON_SIZE = (832, 512)  # (width, height) px at which networks are compared
# Recipes whose networks are told of, and the input that each is made for.
_LIVE = ("lite", "lean", "lite0", "lite1", "lite2")
_VARIANTS = {name: live_input(RECIPES[name].train.network) for name in _LIVE} | {
    "table1-root": (1152, 640),
    "table1-recursive": (1152, 640),
    "table1-multi1": (1152, 640),
    "table1-multi3": (1152, 640),
    "panoptic": (1152, 640),
    "mupots": (1280, 768),
}
# Published, or counted on published definitions: parameters in millions, GMACs, input.
LITERATURE = (
    (
        "EfficientNet-Lite0 / 1 / 2 with classifier (TensorFlow TPU models)",
        "4.7 / 5.4 / 6.1",
        "0.41 / 0.63 / 0.90",
        "224, 240, 260 squared",
    ),
    ("ResNet-50 with classifier (torchvision)", "25.6", "4.1", "224x224"),
    ("2-stage MSPN-50 with heat map heads (MMPose)", "56.8", "11.4", "192x256"),
    ("3-stage MSPN-50 with heat map heads (MMPose)", "88.5", "17.6", "192x256"),
    ("SMAP, 3 stages", "91.3", "175.2", "832x512"),
    ("ROMP, HRNet-32", "29.1", "42.9", "512x512"),
    ("BEV, HRNet-32", "35.9", "48.4", "512x512"),
    ("3DMPPE with Faster R-CNN, 3 people", "110", "278", "1440x800 and crops"),
)


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
        config: of the network.
        size: (width, height) of the input, px. The work is counted on a small square and scaled
            by the area: exact for multiples of the coarsest stride.
    """
    network = DasNetwork(config).eval()
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


def report() -> str:
    """Table of our variants at their own input and at a common one, then the literature's."""
    width, height = COMMON_SIZE
    head = ("GMACs at its input", f"at {width}x{height}", "backbone")
    lines = [
        f"{'recipe':18s}{'backbone':>10s}{'Mparams':>9s}{'backbone':>9s}"
        f"{head[0]:>28s}{head[1]:>12s}{head[2]:>10s}"
    ]
    for name, size in _VARIANTS.items():
        config = RECIPES[name].train.network
        counted = measure(config, COMMON_SIZE)
        own_macs = counted.num_macs * size[0] * size[1] / (width * height)
        at_input = f"{own_macs / 1e9:.1f} at {size[0]}x{size[1]}"
        lines.append(
            f"{name:18s}{config.backbone:>10s}{counted.num_parameters / 1e6:9.2f}"
            f"{counted.num_backbone_parameters / 1e6:9.2f}{at_input:>28s}"
            f"{counted.num_macs / 1e9:12.1f}{counted.num_backbone_macs / 1e9:10.1f}"
        )
    lines += ["", f"{'literature':70s}{'Mparams':>18s}{'GMACs':>20s}  input"]
    lines += [f"{name:70s}{mp:>18s}{macs:>20s}  {size}" for name, mp, macs, size in LITERATURE]
    return "\n".join(lines)
