"""Lifting network: a learned pose prior, a transformer over the joint tokens of each person.

The DAS heads predict every joint on its own, from one location of the image. How joints depend on
each other is learned better from the joints themselves (Martinez et al., ICCV 2017, "A simple yet
effective baseline for 3d human pose estimation"), and the backbone's features at a joint say more
of it. A transformer (Vaswani et al., NeurIPS 2017) takes both, one token a joint. This stage is
ours, not the paper's.
"""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from das_model.inference.refine import LIFTINGS, NUM_CUES
from das_model.network.checkpoint import load_tensors

_POSE_UNIT_MM = 500.0
_DEPTH_UNIT = 0.3  # of the logarithm of the root's depth
_TYPICAL_DEPTH_MM = 3000.0
NEAREST_MM = 100.0
# heat at a joint, up to which it may move freely across its ray, and from which on not at all
_UNSURE_HEAT, _SURE_HEAT = 0.2, 0.4
_HIDDEN_SHARE = 0.15  # fraction of training joints whose features are hidden (dropout)
_NUM_HEADS = 4
# layers by the names that weights files of before have for them
_FORMER_NAMES = {
    "enter": "pose_in",
    "see": "feature_in",
    "leave": "head",
    "attend": "qkv",
    "gather": "out_proj",
    "think": "mlp",
}
_SPREAD_UNIT_MM, _LOG_SPREADS = 100.0, (-4.0, 4.0)  # 2 mm to 5 m


class PoseLifting(nn.Module):
    """A transformer over the joints of one person.

    Args:
        num_joints: J.
        num_features: F of a joint, see `joint_features`.
        width: of a joint's token.
        num_layers: of the transformer.
    """

    feature_mean: Tensor  # (F,)
    feature_spread: Tensor

    def __init__(
        self, num_joints: int, num_features: int, width: int = 128, num_layers: int = 2
    ) -> None:
        super().__init__()
        self.num_joints = num_joints
        self.register_buffer("feature_mean", torch.zeros(num_features))
        self.register_buffer("feature_spread", torch.ones(num_features))
        self.pose_in = nn.Linear(NUM_CUES * num_joints + 3, width * num_joints)
        self.feature_in = nn.Linear(num_features, width)
        self.layers = nn.ModuleList(_Layer(width) for _ in range(num_layers))
        self.normalise = nn.LayerNorm(width)
        self.head = nn.Linear(width * num_joints, 3 * num_joints + 1)
        self.doubt = nn.Linear(width * num_joints, num_joints)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        nn.init.zeros_(self.doubt.weight)
        nn.init.zeros_(self.doubt.bias)

    def forward(self, found: Tensor, features: Tensor) -> Tensor:
        """Refine decoded joints.

        Args:
            found: (P, J, 7) x, y, z in camera space, mm; score; heat at the joint; x, y by which
                the heat map moved it, mm. The first joint is the root.
            features: (P, J, F) of `joint_features`.

        Returns:
            (P, J, 4) mm: x, y, z in camera space, and the expected distance to the true joint,
            root-aligned; of the root the expected error of its depth.
        """
        joints, sureness, drawn = found[..., :3], found[..., 3:5], found[..., 5:]
        root_depth = joints[:, :1, 2:].clamp(min=NEAREST_MM)  # (P, 1, 1)
        relative = (joints - joints[:, :1]) / _POSE_UNIT_MM
        ray = joints[:, 0, :2] / root_depth[:, 0]
        cues = torch.cat(
            [
                relative.flatten(1),
                (2 * sureness - 1).flatten(1),
                drawn.flatten(1) / _POSE_UNIT_MM,
                2 * ray,
                (root_depth[:, 0] / _TYPICAL_DEPTH_MM).log(),
            ],
            dim=1,
        )
        # a row a joint: in ONNX a product with its bias is one step of two axes, of more it is two
        width = self.feature_in.out_features
        x = self._seen(features) + self.pose_in(cues).reshape(-1, width)
        for layer in self.layers:
            x = layer(x, self.num_joints)
        x = self.normalise(x).reshape(-1, self.num_joints * width)
        out = self.head(x)
        moved = out[:, :-1].unflatten(1, (-1, 3)) * _POSE_UNIT_MM
        # what the heat map is sure of stays where it is in the image
        unsure = (_SURE_HEAT - found[..., 4:5]) / (_SURE_HEAT - _UNSURE_HEAT)
        across = moved[..., :2] * unsure.clamp(0, 1)
        farther = root_depth * (out[:, -1:, None] * _DEPTH_UNIT).exp()
        depth = farther + joints[..., 2:] - joints[:, :1, 2:] + moved[..., 2:]
        depth = depth.clamp(min=NEAREST_MM)
        # a new depth moves a joint along its ray
        placed = torch.cat([rays(joints) * depth + across, depth], dim=-1)
        # learns from where joints are put, and has no say in it
        log_spread = self.doubt(x.detach())[..., None].clamp(*_LOG_SPREADS)
        return torch.cat([placed, _SPREAD_UNIT_MM * log_spread.exp()], dim=-1)

    def _seen(self, features: Tensor) -> Tensor:
        """(P * J, width) of joints' features (P, J, F), some of them hidden in training."""
        if self.training:
            seen = (features - self.feature_mean) / self.feature_spread
            seen = seen * (torch.rand_like(seen[..., 0]) >= _HIDDEN_SHARE)[..., None]
            return self.feature_in(seen).flatten(0, 1)
        weight = self.feature_in.weight / self.feature_spread
        bias = self.feature_in.bias - weight @ self.feature_mean
        return functional.linear(features.flatten(0, 1), weight, bias)


def rays(joints: Tensor) -> Tensor:
    """(..., 2) x / z and y / z of points (..., 3) in camera space."""
    return joints[..., :2] / joints[..., 2:].clamp(min=NEAREST_MM)


class _Layer(nn.Module):
    """Pre-norm transformer layer: self-attention and an MLP, each with a residual connection."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.qkv = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 3 * width))
        self.out_proj = nn.Linear(width, width)
        self.mlp = nn.Sequential(
            nn.LayerNorm(width),
            nn.Linear(width, 2 * width),
            nn.ReLU(),
            nn.Linear(2 * width, width),
        )

    def forward(self, x: Tensor, num_joints: int) -> Tensor:
        """(P * J, width) to the same."""
        normalise, project = self.qkv
        assert isinstance(project, nn.Linear)
        normal, width = normalise(x), project.in_features
        # query, key and value, (P, heads, J, width / heads) each
        query, key, value = (
            functional.linear(normal, weight, bias)
            .reshape(-1, num_joints, _NUM_HEADS, width // _NUM_HEADS)
            .transpose(1, 2)
            for weight, bias in zip(project.weight.chunk(3), project.bias.chunk(3), strict=True)
        )
        attended = functional.scaled_dot_product_attention(query, key, value)
        x = x + self.out_proj(attended.transpose(1, 2).reshape(-1, width))
        return x + self.mlp(x)


def lifting_tensors(liftings: Mapping[str, PoseLifting]) -> dict[str, Tensor]:
    """Weights of liftings by their kind, by the names under which `load_liftings` finds them."""
    return {
        f"{kind}.{name}": value
        for kind, lifting in liftings.items()
        for name, value in lifting.state_dict().items()
    }


def load_liftings(file: Path) -> dict[str, PoseLifting]:
    """The liftings of a weights file by their kind in `refine.LIFTINGS`; of those it holds.

    Raises:
        ValueError: if one reads no features or tells no spread, as former ones did.
    """
    liftings = {kind: _lifting_of(load_tensors(file, f"{kind}.")[0], file) for kind in LIFTINGS}
    return {kind: lifting for kind, lifting in liftings.items() if lifting is not None}


def _lifting_of(tensors: Mapping[str, Tensor], file: Path) -> PoseLifting | None:
    """A lifting with these weights."""
    tensors = {_present(name): value for name, value in tensors.items()}
    if not tensors:
        return None
    if "feature_in.weight" not in tensors:
        raise ValueError(f"{file}: its lifting reads no features; train_lifting.py trains one")
    if "doubt.weight" not in tensors:
        raise ValueError(f"{file}: its lifting tells no spread; train_lifting.py trains one")
    width, num_features = tensors["feature_in.weight"].shape
    num_layers = sum(name.endswith("out_proj.bias") for name in tensors)
    num_joints = len(tensors["pose_in.bias"]) // width
    lifting = PoseLifting(num_joints, num_features, width, num_layers)
    lifting.load_state_dict(tensors)
    return lifting.eval()


def _present(name: str) -> str:
    """The name that a tensor has today."""
    return ".".join(_FORMER_NAMES.get(part, part) for part in name.split("."))
