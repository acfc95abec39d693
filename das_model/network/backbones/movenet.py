"""MoveNet's backbone: a MobileNetV2 (1.5 wide) and its pyramid up to stride 4, taught by poses.

Google's MoveNet MultiPose Lightning (2021, Apache-2.0) is a CenterNet of 2D poses. Its trunk and
pyramid have seen many more people than any run of ours, as the paper's backbones are taught by
COCO's poses before they see depth. Batch norms are folded into the convolutions, as its public
file has them; stride-2 convolutions pad at the bottom and right ("SAME" on even sizes).
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from das_model.network.backbones.graph_model import read_graph_model
from das_model.network.backbones.public_weights import load_by_name
from das_model.network.backbones.same_conv import SameConv
from das_model.skeleton import COCO_17, Skeleton

# in, out, repeats, stride of each stage of inverted residuals; expansion 6 but for the first
_STAGES = (
    (48, 24, 1, 1),
    (24, 40, 2, 2),
    (40, 48, 3, 2),
    (48, 96, 4, 2),
    (96, 144, 3, 1),
    (144, 240, 3, 2),
    (240, 480, 1, 1),
)
_LAST = 1280  # channels at the trunk's end, stride 32
_LATERAL_BLOCKS = (9, 5, 2)  # whose maps the pyramid adds, at strides 16, 8 and 4
_TRUNK_BLOCKS = (5, 12)  # whose maps are given out, at strides 8 and 16
_NUM_EARLY = 3  # blocks at strides 2 and 4
_PYRAMID = (64, 32, 24)  # channels at strides 16, 8 and 4
FINE_CHANNELS, FOLDS = _PYRAMID[-1], (2, 4, 8)  # of the finest map into those of the trunk
_HEAT_HIDDEN = 96
_COLD_LOGIT = -4.6  # of heat where nothing is known: one place in a hundred


class MoveNetBackbone(nn.Module):
    """Feature maps at strides 8, 16 and 32, and a heat map of the joints at stride 4.

    Every feature map holds the trunk's features of its stride and, folded into channels, the
    pyramid's finest map, which knows where joints are.

    Args:
        joint_names: J names, whose heat is to be told.
    """

    channels = (48 + 4 * FINE_CHANNELS, 144 + 16 * FINE_CHANNELS, _LAST + 64 * FINE_CHANNELS)

    def __init__(self, joint_names: tuple[str, ...]) -> None:
        super().__init__()
        self._joint_names = joint_names
        # instead of `features`, where these weights are frozen and another runtime is faster
        self.frozen_features: Callable[[Tensor], tuple[Tensor, ...]] | None = None
        self.stem = SameConv(3, _STAGES[0][0], 3, stride=2)
        blocks: list[nn.Module] = []
        for stage, (inside, outside, repeats, stride) in enumerate(_STAGES):
            expand = 6 if stage else 1
            blocks.append(_InvertedResidual(inside, outside, expand, stride))
            blocks += [_InvertedResidual(outside, outside, expand, 1) for _ in range(repeats - 1)]
        self.blocks = nn.ModuleList(blocks)
        self.last = SameConv(_STAGES[-1][1], _LAST, 1)
        self.top = nn.Conv2d(_LAST, _PYRAMID[0], 1)
        self.laterals = nn.ModuleList(
            nn.Conv2d(inside, outside, 1)
            for inside, outside in zip((96, 48, 40), _PYRAMID, strict=True)
        )
        outs = (*_PYRAMID[1:], _PYRAMID[-1])
        self.merges = nn.ModuleList(
            _Separable(inside, outside) for inside, outside in zip(_PYRAMID, outs, strict=True)
        )
        self.heat_hidden = _Separable(_PYRAMID[-1], _HEAT_HIDDEN)
        self.heat = nn.Conv2d(_HEAT_HIDDEN, len(joint_names), 1)
        nn.init.normal_(self.heat.weight, std=0.01)
        nn.init.constant_(self.heat.get_parameter("bias"), _COLD_LOGIT)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Normalised images to features.

        Args:
            image: (B, 3, H, W), H and W multiples of 32, rgb / 127.5 - 1.

        Returns:
            Maps of `channels` channels at strides 8, 16 and 32, the pyramid's finest map
            (B, 24, H / 4, W / 4), and the logits of the joints' heat (B, J, H / 4, W / 4).
        """
        *features, fine = (self.frozen_features or self.features)(image)
        return *features, fine, self.heat(self.heat_hidden(fine))

    def features(self, image: Tensor) -> tuple[Tensor, ...]:
        """`forward` without the heat: trunk and pyramid."""
        *trunk, fine = self.parts(image)
        features = (
            torch.cat([own, functional.pixel_unshuffle(fine, fold)], dim=1)
            for own, fold in zip(trunk, FOLDS, strict=True)
        )
        return *features, fine

    def parts(self, image: Tensor) -> tuple[Tensor, ...]:
        """The trunk's maps alone, at strides 8, 16 and 32, and the pyramid's finest."""
        x = functional.relu6(self.stem(image), inplace=True)
        kept = {}
        for i, block in enumerate(self.blocks):
            x = block(x)
            if i in _LATERAL_BLOCKS + _TRUNK_BLOCKS:
                kept[i] = x
        last = functional.relu6(self.last(x), inplace=True)
        fine = self.top(last)
        for lateral, merge, i in zip(self.laterals, self.merges, _LATERAL_BLOCKS, strict=True):
            fine = functional.interpolate(fine, scale_factor=2, mode="bilinear")
            fine = merge(fine + lateral(kept[i]))
        return *(kept[i] for i in _TRUNK_BLOCKS), last, fine

    def freeze_early(self) -> None:
        """Keep stem and blocks of strides 2 and 4 as they are."""
        for module in (self.stem, *self.blocks[:_NUM_EARLY]):
            module.requires_grad_(False)

    def freeze_public(self) -> None:
        """Keep all that the public file knows as it is: trunk, pyramid and the heat map of its
        joints. The heat of other joints trains."""
        rows = self._heat_rows_known()
        for name, parameter in self.named_parameters():
            if name.startswith("heat."):
                own = (rows < 0).view(-1, *[1] * (parameter.ndim - 1))
                parameter.register_hook(lambda gradient, own=own: gradient * own)
            else:
                parameter.requires_grad_(False)

    def load_public_weights(self, file: Path) -> None:
        """Load MoveNet MultiPose Lightning from its TensorFlow.js graph model.

        Heat of the joints that it does not know stays as it is.

        Args:
            file: the .json, beside the .bin file that it names.

        Raises:
            FileNotFoundError: if `file` or the weights beside it are missing.
            ValueError: if names are missing or shapes differ.
        """
        values = read_graph_model(file)
        state = {
            ours: _as_torch(values[public], is_depthwise=".depthwise." in ours)
            for ours, public in _public_names(len(self.blocks)).items()
            if public in values
        }
        for name, own in self.heat.named_parameters(prefix="heat"):
            if name in state:
                state[name] = self._heat_rows(own.detach(), state[name], f"{file}: {name}")
        load_by_name(self, state, f"{file} does not hold MoveNet MultiPose")
        for merge in self.merges:
            assert isinstance(merge, _Separable)
            merge.balance()

    def _heat_rows_known(self) -> Tensor:
        """(J,) row of the public heat map for each joint, -1 where it has none."""
        return torch.from_numpy(Skeleton(self._joint_names).indices_in(COCO_17))

    def _heat_rows(self, own: Tensor, public: Tensor, name: str) -> Tensor:
        """(J, ...) `own`, with the rows of the public (17, ...) for the joints that it has."""
        wanted = (COCO_17.num_joints, *own.shape[1:])
        if public.shape != wanted:
            raise ValueError(f"{name} must be {wanted}, got {tuple(public.shape)}")
        rows = self._heat_rows_known()
        merged = own.clone()
        merged[rows >= 0] = public[rows[rows >= 0]]
        return merged


def _public_names(num_blocks: int) -> dict[str, str]:
    """Names of the public file's constants by those of our parameters."""
    net = "StatefulPartitionedCall/center_net_mobile_net_v2fpn_feature_extractor/model_1/"
    head = "StatefulPartitionedCall/kpt_heatmap_0/"
    names = {}
    folded = {"stem": "model/Conv1/Conv2D", "last": "model/Conv_1/Conv2D"}
    for i in range(num_blocks):
        layer = f"model/block_{i}" if i else "model/expanded_conv"
        folded[f"blocks.{i}.depthwise"] = f"{layer}_depthwise/depthwise"
        folded[f"blocks.{i}.project"] = f"{layer}_project/Conv2D"
        if i:
            folded[f"blocks.{i}.expand"] = f"{layer}_expand/Conv2D"
    for i, suffix in enumerate(("", "_1", "_2")):
        layer = f"separable_conv2d{suffix}/separable_conv2d"
        folded[f"merges.{i}.project"] = layer
        names[f"merges.{i}.depthwise.weight"] = f"{net}{layer}/ReadVariableOp"
    for ours, layer in folded.items():
        names[f"{ours}.weight"] = f"{net}{layer}_weights"
        names[f"{ours}.bias"] = f"{net}{layer}_bn_offset"
    plain = {
        "top": f"{net}conv2d",
        **{f"laterals.{i}": f"{net}conv2d_{i + 1}" for i in range(3)},
        "heat": f"{head}conv2d_7",
    }
    for ours, layer in plain.items():
        names[f"{ours}.weight"] = f"{layer}/Conv2D/ReadVariableOp"
        names[f"{ours}.bias"] = f"{layer}/BiasAdd/ReadVariableOp"
    layer = f"{head}separable_conv2d_6"
    names["heat_hidden.depthwise.weight"] = f"{layer}/separable_conv2d/ReadVariableOp"
    names["heat_hidden.project.weight"] = f"{layer}/separable_conv2d/ReadVariableOp_1"
    names["heat_hidden.project.bias"] = f"{layer}/BiasAdd/ReadVariableOp"
    return names


def _as_torch(value: np.ndarray, is_depthwise: bool) -> Tensor:
    """A (kh, kw, in, out) kernel, (kh, kw, in, 1) if depthwise, or a vector, as torch has it."""
    if value.ndim == 4:
        value = value.transpose((2, 3, 0, 1) if is_depthwise else (3, 2, 0, 1))
    return torch.from_numpy(value.astype(np.float32))


class _InvertedResidual(nn.Module):
    """Expand 1x1, depthwise 3x3, project 1x1; identity around it where shapes allow."""

    def __init__(self, in_channels: int, out_channels: int, expand: int, stride: int) -> None:
        super().__init__()
        hidden = in_channels * expand
        self.expand = None if expand == 1 else SameConv(in_channels, hidden, 1)
        self.depthwise = SameConv(hidden, hidden, 3, stride, groups=hidden)
        self.project = SameConv(hidden, out_channels, 1)
        self._is_residual = stride == 1 and in_channels == out_channels

    def forward(self, x: Tensor) -> Tensor:
        y = x if self.expand is None else functional.relu6(self.expand(x), inplace=True)
        y = self.project(functional.relu6(self.depthwise(y), inplace=True))
        return x + y if self._is_residual else y


class _Separable(nn.Module):
    """Depthwise 3x3, 1x1, ReLU."""

    def __init__(self, inside: int, outside: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(inside, inside, 3, padding=1, groups=inside, bias=False)
        self.project = nn.Conv2d(inside, outside, 1)

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(self.project(self.depthwise(x)))

    @torch.no_grad()
    def balance(self) -> None:
        """Share the factor of every channel between both convolutions, which changes nothing but
        that a step of training moves both by a like part of themselves."""
        first, second = self.depthwise.weight, self.project.weight
        norms = (second.flatten(1).norm(dim=0), first.flatten(1).norm(dim=1))
        above, below = (norm.clamp(min=1e-12) for norm in norms)  # a channel may be dead
        factor = (above / below).sqrt()
        first *= factor[:, None, None, None]
        second /= factor[:, None, None]
