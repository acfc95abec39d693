"""Network for export, without outputs that nobody reads.

Training needs the root's place and the sigmas of every stage and axis; the decoder reads the
root's depth, the joints after the last update, and x and y of their last sigma.
"""

import copy

import torch
from torch import Tensor, nn

from das_model.network.backbones.movenet import FINE_CHANNELS, FOLDS, MoveNetBackbone
from das_model.network.network import DasNetwork, HeadMaps


class ExportedNetwork(nn.Module):
    """The network with the arithmetic that every level's maps need before decoding.

    Args:
        network: with its trained weights; not changed.
    """

    def __init__(self, network: DasNetwork) -> None:
        super().__init__()
        self.network = network
        num_joints = len(network.config.joint_names)
        first = 3 * num_joints * network.config.num_updates  # of the last stage
        rows = torch.arange(first, first + 3 * num_joints).view(-1, 3)[:, :2].flatten()
        self.heads = copy.deepcopy(network.heads)
        _part_norms(self.heads)
        self.joint_sigma_xy = _with_rows(self.heads.joint_sigma, rows)
        has_batch_norms = network.config.fpn_norm != "none"
        is_folded = isinstance(network.backbone, MoveNetBackbone) and not has_batch_norms
        plain = [conv for conv in network.fpn.lateral if isinstance(conv, nn.Conv2d)]
        convs = zip(plain, FOLDS, strict=True) if is_folded else ()
        self.laterals = nn.ModuleList(_Unfolded(conv, fold) for conv, fold in convs)

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """(1, H, W, 3) uint8 RGB to score (1, h, w), root depth (1, 1, h, w), joint offset
        (1, J, 3, h, w) and joint score (1, J, h, w) of each level, finest first; then of a
        network that tells it the joints' heat (1, J, H / 4, W / 4), and `HeadMaps.seen`."""
        pyramid, heat, seen = self._features(image.permute(0, 3, 1, 2))
        outputs = [m for level, maps in enumerate(pyramid) for m in self._level(maps, level)]
        if heat is not None:
            outputs.append(heat.sigmoid())
        return *outputs, *seen

    def _features(self, image: Tensor) -> tuple[list[Tensor], Tensor | None, tuple[Tensor, ...]]:
        """`DasNetwork.features`, without folding MoveNet's fine map into channels, which takes a
        thirtieth of the network's time."""
        network = self.network
        backbone, fpn = network.backbone, network.fpn
        if not isinstance(backbone, MoveNetBackbone) or not len(self.laterals):
            return network.features(image)
        *trunk, fine = backbone.parts((image.float() - network.mean) / network.std)
        laterals = [conv(own, fine) for conv, own in zip(self.laterals, trunk, strict=True)]
        pyramid = fpn.of_laterals(laterals)
        heat = backbone.heat(backbone.heat_hidden(fine))
        return pyramid, heat, (fine, *pyramid[: len(trunk)])

    def _level(self, features: Tensor, level: int) -> tuple[Tensor, ...]:
        heads = self.heads
        scales = heads.scales[level]
        root, pose = heads.root_tower(features), heads.pose_tower(features)
        presence, quality = heads.score(heads.score_tower(features)), heads.centerness(root)
        sigma = self.joint_sigma_xy(pose).sigmoid()
        batch, _, h, w = sigma.shape
        return (
            presence[:, 0].sigmoid() * quality[:, 0].sigmoid(),
            heads.told_root_depth(root, level),
            heads.offsets(pose, scales)[-1],
            1 - 1e-9 - sigma.view(batch, -1, 2, h, w).mean(dim=2),
        )


class _PartedNorm(nn.Module):
    """A group norm whose factors and shifts are a convolution: ONNX Runtime works that out with
    the ReLU behind it, in the memory layout of the next one."""

    def __init__(self, norm: nn.GroupNorm) -> None:
        super().__init__()
        channels = norm.num_channels
        self.norm = nn.GroupNorm(norm.num_groups, channels, norm.eps, affine=False)
        self.scale = nn.Conv2d(channels, channels, 1, groups=channels)
        self.scale.weight = nn.Parameter(norm.weight.detach().clone().view(-1, 1, 1, 1))
        self.scale.bias = nn.Parameter(norm.bias.detach().clone())

    def forward(self, x: Tensor) -> Tensor:
        return self.scale(self.norm(x))


def _part_norms(module: nn.Module) -> None:
    for name, child in module.named_children():
        if isinstance(child, nn.GroupNorm):
            setattr(module, name, _PartedNorm(child))
        else:
            _part_norms(child)


class _Unfolded(nn.Module):
    """A 1x1 convolution over a map of the trunk and the fine map folded into its channels, as two
    that read both as they are."""

    def __init__(self, conv: nn.Conv2d, fold: int) -> None:
        super().__init__()
        width = conv.in_channels - FINE_CHANNELS * fold**2
        self.own = nn.Conv2d(width, conv.out_channels, 1)
        self.own.weight = nn.Parameter(conv.weight[:, :width].detach().clone())
        self.own.bias = conv.bias
        self.fine = nn.Conv2d(FINE_CHANNELS, conv.out_channels, fold, fold, bias=False)
        folded = conv.weight[:, width:].reshape(self.fine.weight.shape)
        self.fine.weight = nn.Parameter(folded.detach().clone())

    def forward(self, own: Tensor, fine: Tensor) -> Tensor:
        return self.own(own) + self.fine(fine)


def decoder_maps(levels: list[HeadMaps], sigma_limit: float) -> tuple[Tensor, ...]:
    """Maps for the decoder, from raw maps of B images.

    Args:
        levels: raw maps, finest first.
        sigma_limit: the network's.

    Returns:
        score (B, h, w), root depth (B, 1, h, w), joint offset (B, J, 3, h, w) and joint score
        (B, J, h, w) of each level, then the joints' heat (B, J, H / 4, W / 4) of a network that
        tells it.
    """
    outputs: list[Tensor] = []
    for maps in levels:
        score = maps.score[:, 0].sigmoid() * maps.centerness[:, 0].sigmoid()
        joint_score = 1 - maps.joint_sigmas[-1][:, :, :2].mean(dim=2) / sigma_limit
        outputs += [score, maps.root[:, 2:], maps.joint_offsets[-1], joint_score]
    if levels[0].joint_heat is not None:
        outputs.append(levels[0].joint_heat.sigmoid())
    return tuple(outputs)


def told_maps(network: DasNetwork, image: Tensor) -> tuple[Tensor, ...]:
    """Maps that `ExportedNetwork` must give, by the whole network."""
    levels = network(image.permute(0, 3, 1, 2))
    return *decoder_maps(levels, network.config.sigma_limit), *levels[0].seen


def _with_rows(output: nn.Sequential, rows: Tensor) -> nn.Sequential:
    """A head that tells only some channels of another."""
    narrow = copy.deepcopy(output)
    last = narrow[-1]
    assert isinstance(last, nn.Conv2d)
    last.weight = nn.Parameter(last.weight[rows].detach().clone())
    assert last.bias is not None
    last.bias = nn.Parameter(last.bias[rows].detach().clone())
    last.out_channels = len(rows)
    return narrow
