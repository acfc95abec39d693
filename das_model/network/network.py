"""The DAS network: backbone, FPN, heads shared over the levels, recursive update of the joints.

Choices of the paper (Wang et al., CVPR 2022), with its symbols:
  score         C_H, person present here           centerness    quality of a location
  root          U_root, location to root (x, y in strides) and normalised root depth d / f
  joint_offset  U_k, location to joint k (x, y in strides), depth relative to the root
  joint_sigma   sigma_k, scale of the residual's density (section 3.3), with u_bar = joint_offset
Following the authors' code, x and y of the joints are offsets from the location, not from the
root, so that root and joint errors do not add up, and one learnable factor per level scales each
kind of regression. The deformable convolution that ends their towers is a switch,
`NetworkConfig.tower_end`: plain ones are faster and export everywhere.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional

from das_model.inference.network_config import NetworkConfig
from das_model.network.backbones.efficientnet_lite import EfficientNetLite
from das_model.network.backbones.movenet import MoveNetBackbone
from das_model.network.backbones.mspn import Mspn
from das_model.network.backbones.resnet import ResNet50
from das_model.network.deformable_conv import DeformableConv
from das_model.network.sampling import sampled

_PRIOR = 0.01  # of a location being positive: bias of the score logits (focal loss paper, 4.1)


@dataclass(frozen=True, eq=False, slots=True)
class HeadMaps:
    """Raw outputs of one level, h x w locations at stride s.

    `score` and `centerness` (B, 1, h, w) are logits. `root` (B, 3, h, w) is x, y in strides and
    z / f as `Encoding.encoded_root_depth` has it. `joint_offsets` and `joint_sigmas` hold the
    initial prediction and then the one after each update, (B, J, 3, h, w) each: x, y in strides,
    depth in units of `Encoding.joint_depth_unit_mm`; sigma in the same units, between 0 and
    `NetworkConfig.sigma_limit`; for the root's depth 0 and a sigma of 1. `joint_heat`
    (B, J, H / 4, W / 4) are the logits of the heat map at `Encoding.heat_stride`, and `seen` the
    features that lifting reads: (B, C, h, w) at the heat's stride and those of the backbone's
    maps. Both come with the finest level's maps; None and nothing elsewhere.
    """

    score: Tensor
    centerness: Tensor
    root: Tensor
    joint_offsets: tuple[Tensor, ...]
    joint_sigmas: tuple[Tensor, ...]
    joint_heat: Tensor | None = None
    seen: tuple[Tensor, ...] = ()


class DasNetwork(nn.Module):
    """Images to `HeadMaps` of each level, finest first."""

    mean: Tensor  # (3, 1, 1), of the pictures the backbone was trained with
    std: Tensor

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.backbone = _backbone(config)
        mean, std = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)
        if isinstance(self.backbone, EfficientNetLite):
            mean, std = (127.0,) * 3, (128.0,) * 3
        elif isinstance(self.backbone, MoveNetBackbone):
            mean, std = (127.5,) * 3, (127.5,) * 3
        self.register_buffer("mean", torch.tensor(mean).view(3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std).view(3, 1, 1), persistent=False)
        self.fpn = FeaturePyramid(
            self.backbone.channels,
            config.channels,
            len(config.encoding.strides),
            config.neck_blocks,
            config.fpn_norm,
        )
        self.heads = DasHeads(config)

    def forward(self, image: Tensor) -> list[HeadMaps]:
        """Run the network.

        Args:
            image: (B, 3, H, W) RGB, uint8 or float in 0..255; H and W multiples of
                `Encoding.side_multiple`.

        Returns:
            One `HeadMaps` per level, finest first.
        """
        pyramid, heat, seen = self.features(image)
        finest, *others = (self.heads(maps, level) for level, maps in enumerate(pyramid))
        return [replace(finest, joint_heat=heat, seen=seen), *others]

    def features(self, image: Tensor) -> tuple[list[Tensor], Tensor | None, tuple[Tensor, ...]]:
        """Inputs of the heads, (B, C, h, w) of each level, finest first, and `joint_heat` and
        `seen` of `HeadMaps`; of an image as of `forward`."""
        features = self.backbone((image.float() - self.mean) / self.std)
        if not self.config.encoding.heat_stride:
            return self.fpn(features), None, ()
        *features, fine, heat = features
        pyramid = self.fpn(features)
        return pyramid, heat, (fine, *pyramid[: len(features)])


class FeaturePyramid(nn.Module):
    """FPN (Lin et al. 2017): strides 8, 16, 32 from the backbone, coarser ones by convolution.

    Args:
        in_channels: of the backbone's maps, finest first.
        channels: of every level.
        num_levels: of the pyramid.
        neck_blocks: residual blocks on each lateral map: what learns over a frozen backbone.
        norm: none, or batch for a batch norm after every convolution.
    """

    def __init__(
        self,
        in_channels: tuple[int, ...],
        channels: int,
        num_levels: int,
        neck_blocks: int = 0,
        norm: str = "none",
    ) -> None:
        super().__init__()

        def conv(width: int, kernel: int, stride: int = 1) -> nn.Module:
            has_norm = norm == "batch"
            plain = nn.Conv2d(width, channels, kernel, stride, kernel // 2, bias=not has_norm)
            return nn.Sequential(plain, nn.BatchNorm2d(channels)) if has_norm else plain

        self.necks = nn.ModuleList(
            nn.Sequential(*[_ResidualBlock(channels) for _ in range(neck_blocks)])
            for _ in in_channels
        )
        self.lateral = nn.ModuleList(conv(width, 1) for width in in_channels)
        self.smooth = nn.ModuleList(conv(channels, 3) for _ in in_channels)
        num_extra = num_levels - len(in_channels)
        self.extra = nn.ModuleList(conv(channels, 3, 2) for _ in range(num_extra))

    def forward(self, features: Sequence[Tensor]) -> list[Tensor]:
        """Backbone maps, finest first, to maps of equal depth at every level's stride."""
        return self.of_laterals([conv(f) for conv, f in zip(self.lateral, features, strict=True)])

    def of_laterals(self, laterals: Sequence[Tensor]) -> list[Tensor]:
        """`forward` from the outputs of the lateral convolutions on."""
        laterals = [neck(maps) for neck, maps in zip(self.necks, laterals, strict=True)]
        for i in range(len(laterals) - 1, 0, -1):
            up = functional.interpolate(laterals[i], scale_factor=2.0, mode="nearest")
            laterals[i - 1] = laterals[i - 1] + up
        levels = [conv(x) for conv, x in zip(self.smooth, laterals, strict=True)]
        for conv in self.extra:
            levels.append(conv(functional.relu(levels[-1])))
        return levels


class _ResidualBlock(nn.Module):
    """Depthwise 5x5, 1x1 to twice the channels and back, added (ConvNeXt, Liu et al. 2022)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, 5, 1, 2, groups=channels)
        self.expand = nn.Conv2d(channels, 2 * channels, 1)
        self.project = nn.Conv2d(2 * channels, channels, 1)
        nn.init.normal_(self.project.weight, std=0.01)
        nn.init.zeros_(self.project.get_parameter("bias"))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.project(functional.relu(self.expand(self.depthwise(x))))


class DasHeads(nn.Module):
    """The three branches (presence, root, joints), shared over the levels."""

    is_root_depth: Tensor  # (J, 3) bool

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        num_levels, num_joints = len(config.encoding.strides), len(config.joint_names)
        num_stages = 1 + config.num_updates
        self.score_tower = _tower(config)
        self.root_tower = _tower(config)
        self.pose_tower = _tower(config)
        self.score = _output(config, 1)
        self.centerness = _output(config, 1)
        self.root_xy = _output(config, 2)
        self.root_depth = _output(config, 1)
        self.joint_offset = _output(config, 3 * num_joints)
        self.joint_sigma = _output(config, 3 * num_joints * num_stages)
        nn.init.constant_(self.score[-1].get_parameter("bias"), math.log(_PRIOR / (1 - _PRIOR)))
        # per level: root x y, root depth, joint x y, joint depth
        self.scales = nn.Parameter(torch.ones(num_levels, 4))
        layers: dict[str, Callable[[NetworkConfig], nn.Module]] = {
            "recursive": RecursiveUpdate,
            "multi_source": MultiSourceUpdate,
        }
        self.updates = nn.ModuleList(
            layers[config.update](config) for _ in range(config.num_updates)
        )
        is_root_depth = torch.zeros(num_joints, 3, dtype=torch.bool)
        is_root_depth[config.root_joint, 2] = True
        self.register_buffer("is_root_depth", is_root_depth, persistent=False)

    def forward(self, features: Tensor, level: int) -> HeadMaps:
        """Maps of one level from its features (B, C, h, w)."""
        batch, _, h, w = features.shape
        scales = self.scales[level]
        score_features = self.score_tower(features)
        root_features = self.root_tower(features)
        pose_features = self.pose_tower(features)
        root = torch.cat(
            [
                self.root_xy(root_features) * scales[0],
                self.told_root_depth(root_features, level),
            ],
            dim=1,
        )
        offsets = self.offsets(pose_features, scales)
        sigma = self.config.sigma_limit * (self.joint_sigma(pose_features).sigmoid() + 1e-9)
        sigma = sigma.view(batch, len(offsets), -1, 3, h, w)
        sigmas = [self._with_root_depth(1.0, s) for s in sigma.unbind(1)]  # (B, J, 3, h, w) each
        return HeadMaps(
            self.score(score_features),
            self.centerness(root_features),
            root,
            tuple(offsets),
            tuple(sigmas),
        )

    def told_root_depth(self, root_features: Tensor, level: int) -> Tensor:
        """(B, 1, h, w) encoded root depth from (B, C, h, w) features of the root's branch."""
        told = self.root_depth(root_features) * self.scales[level, 1]
        usual = self.config.encoding.usual_root_depth(level)
        return told + usual if usual else told

    def offsets(self, pose_features: Tensor, scales: Tensor) -> list[Tensor]:
        """(B, J, 3, h, w) joint offsets, first and after each update, from (B, C, h, w) features
        of the pose branch and the level's (4,) scales."""
        batch, _, h, w = pose_features.shape
        joint_scales = torch.stack([scales[2], scales[2], scales[3]]).view(3, 1, 1)
        offset = self.joint_offset(pose_features).view(batch, -1, 3, h, w) * joint_scales
        offsets = [self._with_root_depth(0.0, offset)]
        for update in self.updates:
            offsets.append(self._with_root_depth(0.0, update(offsets[-1], pose_features)))
        return offsets

    def _with_root_depth(self, value: float, maps: Tensor) -> Tensor:
        """(B, J, 3, h, w) maps with one value for the root's depth relative to itself.

        The depth is 0, whatever the features say. Its sigma is 1: the likelihood of an error that
        is always 0 would grow without end as sigma falls.
        """
        return maps.masked_fill(self.is_root_depth[..., None, None], value)


class RecursiveUpdate(nn.Module):
    """Equation 6: ask again where the joint was thought to be, and add up the two steps.

    Only x and y add up along the path. A joint's depth is relative to the person, not to the
    path, so the depth found at the target replaces the old one. Where the target lies outside
    the map nothing is known, and the old prediction stands.
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()

    def forward(self, offset: Tensor, features: Tensor) -> Tensor:
        """One update of (B, J, 3, h, w) offsets in strides; `features` are not used."""
        read = _sample_local(offset, offset[:, :, None, :2])[:, :, 0]
        return _updated(offset, read[:, :, :3], read[:, :, 3:])


class MultiSourceUpdate(nn.Module):
    """Equations 5 and 7: the local prediction is a mean over M sources around the target.

    Half of the sampling vectors come from the location, half from the features at the target;
    the weights are a softmax over confidences read at the sources. A sigmoid gate, from features
    refined by a residual 3x3 convolution, says how much of the update is taken.
    """

    NUM_SOURCES = 4  # at the location, and as many at the target

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        num_joints = len(config.joint_names)
        reduced = 32 * max(1, config.channels // 64)
        self.reduce = nn.Sequential(
            nn.Conv2d(config.channels, reduced, 1), nn.GroupNorm(32, reduced), nn.ReLU()
        )
        self.refine = nn.Sequential(
            nn.Conv2d(reduced, reduced, 3, 1, 1), nn.GroupNorm(32, reduced), nn.ReLU()
        )
        self.gate = nn.Conv2d(reduced, num_joints * 3, 1)
        self.confidence = nn.Conv2d(reduced, num_joints * 3, 1)
        self.vectors = nn.Conv2d(reduced, num_joints * 2 * self.NUM_SOURCES * 2, 1)
        for conv in (self.gate, self.confidence, self.vectors):
            nn.init.normal_(conv.weight, std=0.01)
            nn.init.zeros_(conv.get_parameter("bias"))
        grid = torch.tensor([[-0.5, -0.5], [0.5, -0.5], [-0.5, 0.5], [0.5, 0.5]])
        self.vectors.get_parameter("bias").data.copy_(grid.repeat(2 * num_joints, 1).flatten())

    def forward(self, offset: Tensor, features: Tensor) -> Tensor:
        """One update of (B, J, 3, h, w) offsets in strides, with the pose branch's features."""
        batch, joints, _, h, w = offset.shape
        reduced = self.reduce(features)
        reduced = reduced + self.refine(reduced)
        vectors = self.vectors(reduced).view(batch, joints, 2, -1, 2, h, w)
        target = offset[:, :, None, :2]  # (B, J, 1, 2, h, w)
        here = vectors[:, :, 0]  # (B, J, M, 2, h, w)
        at_target = _sample_local(vectors[:, :, 1].flatten(2, 3), target)
        there = at_target[:, :, 0, :-1].view(batch, joints, -1, 2, h, w)
        steps = torch.cat([here, there], dim=2)  # d_m
        confidence = self.confidence(reduced).view(batch, joints, 3, h, w)
        read = _sample_local(torch.cat([offset, confidence], dim=2), target + steps)
        xy, depth, logits, inside = read.split((2, 1, 3, 1), dim=3)
        weights = logits.masked_fill(inside < 0.5, -1e4).softmax(dim=2)
        across, along = weights.split((2, 1), dim=3)
        parts = across * (xy + steps * inside), along * depth
        local = torch.cat([part.sum(dim=2) for part in parts], dim=2)
        inside = inside.amax(dim=2)
        gate = self.gate(reduced).view(batch, joints, 3, h, w).sigmoid()
        return offset + gate * (_updated(offset, local, inside) - offset)


def _sample_local(maps: Tensor, steps: Tensor) -> Tensor:
    """Read each joint's map where `steps` lead from every location, bilinearly.

    Args:
        maps: (B, J, C, h, w).
        steps: (B, J, M, 2, h, w) in strides.

    Returns:
        (B, J, M, C + 1, h, w), faded to 0 outside the map; the last channel is the share of the
        sample that lies in the map, in [0, 1].
    """
    batch, joints = maps.shape[:2]
    padded = functional.pad(maps, (0, 0, 0, 0, 0, 1), value=1.0)  # a last channel of ones
    values = sampled(padded.flatten(0, 1), steps.flatten(0, 1))
    return values.unflatten(0, (batch, joints)).transpose(2, 3)


def _updated(offset: Tensor, local: Tensor, inside: Tensor) -> Tensor:
    """x and y add up, depth is replaced where the sample lies in the map."""
    xy = offset[:, :, :2] + local[:, :, :2]
    depth = local[:, :, 2:] + (1 - inside) * offset[:, :, 2:]
    return torch.cat([xy, depth], dim=2)


def _backbone(config: NetworkConfig) -> MoveNetBackbone | EfficientNetLite | ResNet50 | Mspn:
    name = config.backbone
    if name == "movenet":
        return MoveNetBackbone(config.joint_names)
    if name == "resnet50":
        return ResNet50()
    if name in ("mspn2", "mspn3"):
        return Mspn(int(name[-1]))
    return EfficientNetLite(name)


def _conv(config: NetworkConfig, is_deformable: bool = False) -> list[nn.Module]:
    channels, has_norm = config.channels, config.norm == "group"
    last: nn.Conv2d | DeformableConv
    if is_deformable:
        last = DeformableConv(channels, bias=not has_norm)
        convs: list[nn.Module] = [last]
    elif config.is_separable:
        last = nn.Conv2d(channels, channels, 1, bias=not has_norm)
        depthwise = nn.Conv2d(channels, channels, 5, 1, 2, groups=channels, bias=False)
        convs = [depthwise, last]
    else:
        last = nn.Conv2d(channels, channels, 3, 1, 1, bias=not has_norm)
        convs = [last]
    if has_norm:
        return [*convs, nn.GroupNorm(32, channels), nn.ReLU(inplace=True)]
    nn.init.kaiming_normal_(last.weight, nonlinearity="relu")
    return [*convs, nn.ReLU(inplace=True)]


def _tower(config: NetworkConfig) -> nn.Sequential:
    """The convolutions of a branch in front of its outputs."""
    last, is_deformable = config.head_convs - 1, config.tower_end == "deformable"
    convs = (_conv(config, is_deformable and i == last) for i in range(config.head_convs))
    return nn.Sequential(*[layer for conv in convs for layer in conv])


def _output(config: NetworkConfig, channels: int) -> nn.Sequential:
    last = nn.Conv2d(config.channels, channels, 1)
    nn.init.normal_(last.weight, std=0.01)
    nn.init.zeros_(last.get_parameter("bias"))
    return nn.Sequential(*(_conv(config) if config.has_output_convs else []), last)
