"""ResNet-50: the backbone of the paper's ablations (Table 1), feature maps at strides 8, 16, 32.

Parameter names are those of the public ImageNet weights (`conv1.weight`, `layer1.0.bn1.bias`),
so that such a file loads by name; its classifier `fc.*` is left out. As in the paper's set-up the
stem and the first stage can be frozen while their batch norms go on training.
"""

from pathlib import Path

from torch import Tensor, nn

from das_model.network.backbones.public_weights import load_by_name, read_tensors

_NUM_BLOCKS = (3, 4, 6, 3)
_STAGE_WIDTHS = (64, 128, 256, 512)
_EXPANSION = 4


class Bottleneck(nn.Module):
    """1x1, 3x3 (strided), 1x1 convolutions beside a shortcut.

    Args:
        in_channels: channels of the input.
        width: channels of the 3x3 convolution; the output has four times as many.
        stride: of the 3x3 convolution.
    """

    def __init__(self, in_channels: int, width: int, stride: int) -> None:
        super().__init__()
        out_channels = width * _EXPANSION
        self.conv1 = nn.Conv2d(in_channels, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, out_channels, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(out_channels)
        self.relu = nn.ReLU(inplace=True)
        self.downsample: nn.Sequential | None = None
        if stride != 1 or in_channels != out_channels:
            self.downsample = nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, stride, bias=False),
                nn.BatchNorm2d(out_channels),
            )

    def forward(self, x: Tensor) -> Tensor:
        """(B, in_channels, H, W) to (B, 4 * width, H / stride, W / stride)."""
        shortcut = x if self.downsample is None else self.downsample(x)
        x = self.relu(self.bn1(self.conv1(x)))
        x = self.relu(self.bn2(self.conv2(x)))
        return self.relu(self.bn3(self.conv3(x)) + shortcut)


class ResNet50(nn.Module):
    """ResNet-50 without its classifier."""

    channels: tuple[int, ...] = (512, 1024, 2048)  # of the maps at strides 8, 16, 32

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = residual_stage(64, 0)
        self.layer2 = residual_stage(256, 1)
        self.layer3 = residual_stage(512, 2)
        self.layer4 = residual_stage(1024, 3)
        kaiming_init(self)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Feature maps of a batch of pictures.

        Args:
            image: (B, 3, H, W) normalised; H and W multiples of 32.

        Returns:
            (B, 512, H/8, W/8), (B, 1024, H/16, W/16) and (B, 2048, H/32, W/32).
        """
        x = self.maxpool(self.relu(self.bn1(self.conv1(image))))  # (B, 64, H/4, W/4)
        stride8 = self.layer2(self.layer1(x))
        stride16 = self.layer3(stride8)
        return stride8, stride16, self.layer4(stride16)

    def load_public_weights(self, file: Path) -> None:
        """Load ImageNet weights by name, from .safetensors or from a torch file of tensors.

        Args:
            file: weights under the public names; a classifier `fc.*` in it is ignored.

        Raises:
            ValueError: if names are missing or unexpected, or shapes differ.
        """
        state = {n: t for n, t in read_tensors(Path(file)).items() if not n.startswith("fc.")}
        load_by_name(self, state, f"{file} does not hold ResNet-50")

    def freeze_early(self) -> None:
        """Keep the convolutions of the stem and of `layer1`; their batch norms still train."""
        for module in (self.conv1, *self.layer1.modules()):
            if isinstance(module, nn.Conv2d):
                module.requires_grad_(False)


def residual_stage(in_channels: int, index: int) -> nn.Sequential:
    """Bottlenecks of stage `index` (0 to 3); all but the first stage halve the resolution."""
    width = _STAGE_WIDTHS[index]
    first = Bottleneck(in_channels, width, stride=1 if index == 0 else 2)
    rest = [Bottleneck(width * _EXPANSION, width, 1) for _ in range(_NUM_BLOCKS[index] - 1)]
    return nn.Sequential(first, *rest)


def kaiming_init(module: nn.Module) -> None:
    """Kaiming for all convolutions; batch norms start as the identity (torch's default)."""
    for part in module.modules():
        if isinstance(part, nn.Conv2d):
            nn.init.kaiming_normal_(part.weight, mode="fan_out", nonlinearity="relu")
