"""Modulated deformable convolution (Zhu et al., "Deformable ConvNets v2", CVPR 2019, eq. 1).

Every one of the nine taps reads the map where a small convolution says, times a weight in [0, 1]
that it says too. The authors' heads end in it. In plain torch: it exports to ONNX as GridSample,
and it needs no torchvision, whose `deform_conv2d` it equals.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

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
        sampled = _sampled(x, moves.unflatten(1, (_TAPS, 2)) + self.taps)  # (B, C, 9, h, w)
        sampled = sampled * modulation.sigmoid()[:, None]
        # taps times channels as the channels of a 1x1 convolution
        return functional.conv2d(
            sampled.flatten(1, 2), self.weight.flatten(1)[..., None, None], self.bias
        )


def _sampled(x: Tensor, steps: Tensor) -> Tensor:
    """Read a map bilinearly, as 0 outside of it.

    Args:
        x: (B, C, h, w).
        steps: (B, T, 2, h, w) y and x from each location, px of the map.

    Returns:
        (B, C, T, h, w).
    """
    h, w = x.shape[-2:]
    num_steps = steps.shape[1]
    ys = torch.arange(h, device=x.device, dtype=steps.dtype) + 0.5
    xs = torch.arange(w, device=x.device, dtype=steps.dtype) + 0.5
    grid_y = (steps[:, :, 0] + ys[:, None]) * (2 / h) - 1
    grid_x = (steps[:, :, 1] + xs) * (2 / w) - 1
    grid = torch.stack([grid_x, grid_y], dim=-1).flatten(1, 2)  # (B, T h, w, 2)
    values = functional.grid_sample(x, grid.to(x.dtype), "bilinear", "zeros", align_corners=False)
    return values.unflatten(2, (num_steps, h))
