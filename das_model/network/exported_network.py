"""Network for export, without outputs that nobody reads.

Training needs the root's place and the sigmas of every stage and axis; the decoder reads the
root's depth, the joints after the last update, and x and y of their last sigma.
"""

import copy

import torch
from torch import Tensor, nn

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
        self.joint_sigma_xy = _with_rows(network.heads.joint_sigma, rows)

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """(1, H, W, 3) uint8 RGB to score (1, h, w), root depth (1, 1, h, w), joint offset
        (1, J, 3, h, w) and joint score (1, J, h, w) of each level, finest first; then of a
        network that tells it the joints' heat (1, J, H / 4, W / 4), and `HeadMaps.seen`."""
        pyramid, heat, seen = self.network.features(image.permute(0, 3, 1, 2))
        outputs = [m for level, maps in enumerate(pyramid) for m in self._level(maps, level)]
        if heat is not None:
            outputs.append(heat.sigmoid())
        return *outputs, *seen

    def _level(self, features: Tensor, level: int) -> tuple[Tensor, ...]:
        heads = self.network.heads
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
