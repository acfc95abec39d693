"""MSPN: the multi-stage backbone of the paper's Tables 2 to 4, feature maps at strides 8, 16, 32.

Li et al. 2019, "Rethinking on Multi-Stage Networks for Human Pose Estimation". Each stage is a
ResNet-50 encoder and a decoder that goes back up to stride 4; the next stage reads the decoder's
finest map and adds two skip connections at every resolution. The authors of DAS give the last
decoder's maps from stride 8 on to the FPN, so its finest unit is not built here.

Parameter names are those of MMPose's COCO weights (`multi_stage_mspn.0.upsample.up1.in_skip.conv
.weight`), which load by name; their heat map heads are left out.
"""

import re
from pathlib import Path

from torch import Tensor, nn
from torch.nn import functional

from das_model.network.backbones.public_weights import load_by_name, read_tensors
from das_model.network.backbones.resnet import kaiming_init, residual_stage

UNIT_CHANNELS = 256
_STEM_CHANNELS = 64
_NUM_UNITS = 4
_ENCODER_CHANNELS = (256, 512, 1024, 2048)  # at strides 4, 8, 16, 32


class Mspn(nn.Module):
    """Feature maps of the last of several encoder-decoder stages.

    Args:
        num_stages: 2 in the paper's Tables 2 and 4, 3 in its Table 3.

    Raises:
        ValueError: for fewer than one stage.
    """

    channels: tuple[int, ...] = (UNIT_CHANNELS,) * 3  # of the maps at strides 8, 16, 32

    def __init__(self, num_stages: int) -> None:
        super().__init__()
        if num_stages < 1:
            raise ValueError(f"Mspn.num_stages must be at least 1, got {num_stages}")
        self.top = _Stem()
        self.multi_stage_mspn = nn.ModuleList(
            _Stage(is_last=i == num_stages - 1) for i in range(num_stages)
        )
        kaiming_init(self)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Feature maps of a batch of pictures.

        Args:
            image: (B, 3, H, W) normalised; H and W multiples of 32.

        Returns:
            (B, 256, H/8, W/8), (B, 256, H/16, W/16) and (B, 256, H/32, W/32).
        """
        x, skips = self.top(image), None  # (B, 64, H/4, W/4)
        for stage in self.multi_stage_mspn:
            outputs, skips, x = stage(x, skips)
        return outputs[2], outputs[1], outputs[0]

    def freeze_early(self) -> None:
        """Keep the convolutions up to stride 4 of the first encoder; batch norms still train."""
        first = self.multi_stage_mspn.get_submodule("0.downsample.layer1")
        for module in (*self.top.modules(), *first.modules()):
            if isinstance(module, nn.Conv2d):
                module.requires_grad_(False)

    def load_public_weights(self, file: Path) -> None:
        """Load COCO weights by name, from .safetensors or from a torch file of tensors.

        Args:
            file: weights under MMPose's names, with or without `backbone.` in front; the heads
                `keypoint_head.*` and the last stage's finest decoder unit are ignored.

        Raises:
            ValueError: if names are missing or unexpected, or shapes differ.
        """
        unused = f"multi_stage_mspn.{len(self.multi_stage_mspn) - 1}.upsample.up{_NUM_UNITS}."
        state = {}
        for name, tensor in read_tensors(file).items():
            name = name.removeprefix("backbone.")
            if not name.startswith(("keypoint_head.", "head.", unused)):
                state[_own_name(name)] = tensor
        load_by_name(self, state, f"{file} does not hold {len(self.multi_stage_mspn)}-stage MSPN")


class _Stem(nn.Module):
    """7x7 convolution and max pool, both strided: to stride 4."""

    def __init__(self) -> None:
        super().__init__()
        self.top = nn.Sequential(
            _ConvNorm(3, _STEM_CHANNELS, 7, stride=2), nn.MaxPool2d(3, stride=2, padding=1)
        )

    def forward(self, image: Tensor) -> Tensor:
        """(B, 3, H, W) to (B, 64, H/4, W/4)."""
        return self.top(image)


class _Stage(nn.Module):
    """One encoder and decoder."""

    def __init__(self, is_last: bool) -> None:
        super().__init__()
        self.downsample = _Encoder()
        self.upsample = _Decoder(is_last)

    def forward(
        self, x: Tensor, skips: list[tuple[Tensor, Tensor]] | None
    ) -> tuple[list[Tensor], list[tuple[Tensor, Tensor]], Tensor | None]:
        """One pass.

        Args:
            x: (B, 64, h, w) at stride 4.
            skips: of the stage before, finest first, two maps for each resolution.

        Returns:
            The decoder's maps, coarsest first; the skips for the next stage; its input, None
            after the last stage.
        """
        return self.upsample(self.downsample(x, skips))


class _Encoder(nn.Module):
    """The four stages of a ResNet-50."""

    def __init__(self) -> None:
        super().__init__()
        self.layer1 = residual_stage(_STEM_CHANNELS, 0)
        self.layer2 = residual_stage(_ENCODER_CHANNELS[0], 1)
        self.layer3 = residual_stage(_ENCODER_CHANNELS[1], 2)
        self.layer4 = residual_stage(_ENCODER_CHANNELS[2], 3)

    def forward(self, x: Tensor, skips: list[tuple[Tensor, Tensor]] | None) -> list[Tensor]:
        """Maps at strides 4 to 32, finest first, with the former stage's skips added."""
        outputs = []
        for i, layer in enumerate((self.layer1, self.layer2, self.layer3, self.layer4)):
            x = layer(x)
            if skips is not None:
                x = x + skips[i][0] + skips[i][1]
            outputs.append(x)
        return outputs


class _Decoder(nn.Module):
    """Upsampling units, coarsest first; the last stage stops at stride 8."""

    def __init__(self, is_last: bool) -> None:
        super().__init__()
        for i in range(_NUM_UNITS - is_last):
            self.add_module(
                f"up{i + 1}",
                _UpUnit(
                    _ENCODER_CHANNELS[-1 - i],
                    has_coarser=i > 0,
                    has_skips=not is_last,
                    has_cross=not is_last and i == _NUM_UNITS - 1,
                ),
            )

    def forward(
        self, encoded: list[Tensor]
    ) -> tuple[list[Tensor], list[tuple[Tensor, Tensor]], Tensor | None]:
        """As `_Stage.forward`, from the encoder's maps, finest first."""
        outputs: list[Tensor] = []
        skips: list[tuple[Tensor, Tensor]] = []
        cross = None
        for unit, x in zip(self.children(), reversed(encoded), strict=False):
            coarser = outputs[-1] if outputs else None
            output, skip, cross = unit(x, coarser)
            outputs.append(output)
            skips.insert(0, skip)
        return outputs, skips, cross


class _UpUnit(nn.Module):
    """Adds the coarser map, upsampled, to the encoder's map of the same resolution."""

    def __init__(
        self, in_channels: int, has_coarser: bool, has_skips: bool, has_cross: bool
    ) -> None:
        super().__init__()
        self.in_skip = _ConvNorm(in_channels, UNIT_CHANNELS, has_relu=False)
        self.up_conv = (
            _ConvNorm(UNIT_CHANNELS, UNIT_CHANNELS, has_relu=False) if has_coarser else None
        )
        self.out_skip1 = _ConvNorm(in_channels, in_channels) if has_skips else None
        self.out_skip2 = _ConvNorm(UNIT_CHANNELS, in_channels) if has_skips else None
        self.cross_conv = _ConvNorm(UNIT_CHANNELS, _STEM_CHANNELS) if has_cross else None

    def forward(
        self, x: Tensor, coarser: Tensor | None
    ) -> tuple[Tensor, tuple[Tensor, Tensor] | None, Tensor | None]:
        """The unit's map, its skips and the next stage's input where it gives them."""
        output = self.in_skip(x)
        if self.up_conv is not None and coarser is not None:
            up = functional.interpolate(
                coarser, size=x.shape[2:], mode="bilinear", align_corners=True
            )
            output = output + self.up_conv(up)
        output = functional.relu(output)
        skips = None
        if self.out_skip1 is not None and self.out_skip2 is not None:
            skips = (self.out_skip1(x), self.out_skip2(output))
        return output, skips, None if self.cross_conv is None else self.cross_conv(output)


class _ConvNorm(nn.Module):
    """Convolution, batch norm and, where it has one, ReLU."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel: int = 1,
        stride: int = 1,
        has_relu: bool = True,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(
            in_channels, out_channels, kernel, stride, padding=kernel // 2, bias=False
        )
        self.bn = nn.BatchNorm2d(out_channels)
        self._has_relu = has_relu

    def forward(self, x: Tensor) -> Tensor:
        """(B, in_channels, H, W) to (B, out_channels, H / stride, W / stride)."""
        x = self.bn(self.conv(x))
        return functional.relu(x) if self._has_relu else x


def _own_name(name: str) -> str:
    """The public name of a bottleneck's shortcut to ours."""
    name = re.sub(r"(layer\d\.\d+\.downsample)\.conv\.", r"\1.0.", name)
    return re.sub(r"(layer\d\.\d+\.downsample)\.bn\.", r"\1.1.", name)
