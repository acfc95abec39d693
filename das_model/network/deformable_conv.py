"""Modulated deformable convolution (Zhu et al., "Deformable ConvNets v2", CVPR 2019, eq. 1).

Every one of the nine taps reads the map where a small convolution says, times a weight in [0, 1]
that it says too. The authors' heads end in it. In plain torch: it exports to ONNX as GridSample,
and it needs no torchvision, whose `deform_conv2d` it equals.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from das_model.network.sampling import sampled

_TAPS = 9  # of a 3x3 kernel, row by row


class DeformableConv(nn.Module):
    """A 3x3 convolution whose taps move; at first it is a plain one of half the weight.

    Args:
        channels: of the input and of the output.
        bias: whether there is one.
    """

    def __init__(self, channels: int, bias: bool) -> None:
        super().__init__()
        plain = nn.Conv2d(channels, channels, 3, bias=bias)
        self.weight, self.bias = plain.weight, plain.bias
        self.conv_offset = nn.Conv2d(channels, 3 * _TAPS, 3, padding=1)
        nn.init.zeros_(self.conv_offset.weight)
        nn.init.zeros_(self.conv_offset.get_parameter("bias"))
        rows, columns = torch.meshgrid(torch.arange(-1.0, 2), torch.arange(-1.0, 2), indexing="ij")
        taps = torch.stack([rows.flatten(), columns.flatten()], dim=1)
        self.register_buffer("taps", taps.view(1, _TAPS, 2, 1, 1), persistent=False)

    taps: Tensor  # (1, 9, 2, 1, 1) y, x from the location

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, h, w) to the same."""
        moves, modulation = self.conv_offset(x).split([2 * _TAPS, _TAPS], dim=1)
        steps = moves.unflatten(1, (_TAPS, 2)) + self.taps
        read = sampled(x, steps.flip(2)) * modulation.sigmoid()[:, None]  # (B, C, 9, h, w)
        # taps times channels as the channels of a 1x1 convolution
        return functional.conv2d(
            read.flatten(1, 2), self.weight.flatten(1)[..., None, None], self.bias
        )
