"""Convolutions with SAME padding of TensorFlow, for the mobile backbones."""

from torch import Tensor, nn
from torch.nn import functional


class SameConv(nn.Conv2d):
    """Convolution whose output has ceil(size / stride), padded at the end first.

    Args:
        in_channels: of the input.
        out_channels: of the output.
        kernel: side of the kernel, odd.
        stride: 1 or 2; with 2 the input's sides must be even.
        groups: of channels.
        has_bias: False in front of a batch norm.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel: int,
        stride: int = 1,
        groups: int = 1,
        has_bias: bool = True,
    ) -> None:
        pad = kernel // 2 if stride == 1 else 0
        super().__init__(
            in_channels, out_channels, kernel, stride, pad, groups=groups, bias=has_bias
        )

    def forward(self, x: Tensor) -> Tensor:
        """(B, in, H, W) to (B, out, H / stride, W / stride)."""
        if self.stride[0] == 2:
            total = self.kernel_size[0] - 2  # for even sizes
            before = total // 2
            x = functional.pad(x, (before, total - before, before, total - before))
        return super().forward(x)
