"""Small ONNX graphs that read the network's maps on its device, as on a graphics card.

They do what `decode` and `refine` do in numpy, which is faster on a processor: each takes maps of
the network by name and what the host knows of people, so that a few kilobytes travel instead of
megabytes of maps. They go into the model's metadata.
"""

import base64
import json
from io import BytesIO

import torch
from torch import Tensor, nn
from torch.nn import functional

from das_model.inference.joint_features import JOINT_PLACES
from das_model.inference.joint_heat import RefineConfig
from das_model.network.network import DasNetwork
from das_model.network.tracing import trace_onnx

MAX_CANDIDATES = 256  # locations of a level
_KINDS = ("score", "root", "joint_offset", "joint_score")


class Candidates(nn.Module):
    """The best locations of each level, as `decode.candidates` has them; those that a level lacks
    have a score of 0.

    Args:
        strides: px of the levels.
    """

    def __init__(self, strides: tuple[int, ...]) -> None:
        super().__init__()
        self.strides = strides

    def forward(self, *maps: Tensor) -> tuple[Tensor, ...]:
        """Four maps a level, of one picture, to N scores, joints (N, J, 3), root depths (N,),
        joint scores (N, J) and strides (N,)."""
        levels = [
            self._best(stride, *maps[4 * level : 4 * level + 4])
            for level, stride in enumerate(self.strides)
        ]
        return tuple(torch.cat(parts) for parts in zip(*levels, strict=True))

    def _best(
        self, stride: int, score: Tensor, root: Tensor, offset: Tensor, joint_score: Tensor
    ) -> tuple[Tensor, ...]:
        num_joints, width = offset.shape[1], score.shape[-1]
        padded = functional.pad(score.reshape(-1), (0, MAX_CANDIDATES))
        scores, places = padded.topk(MAX_CANDIDATES)
        places = places.clamp(max=score.shape[-2] * width - 1)
        joints = offset.reshape(3 * num_joints, -1)[:, places]
        joints = joints.reshape(num_joints, 3, -1).permute(2, 0, 1)  # (N, J, 3)
        cells = torch.stack([places % width, places // width], dim=-1).float()
        at_px = (cells + 0.5) * stride - 0.5
        joints = torch.cat([joints[..., :2] * stride + at_px[:, None], joints[..., 2:]], dim=-1)
        depth = root[0, -1].reshape(-1)[places]
        seen = joint_score.reshape(num_joints, -1)[:, places].T
        return scores, joints, depth, seen, torch.full_like(scores, stride)


class HeatSteps(nn.Module):
    """`joint_heat.HostHeat.moved`.

    Args:
        stride: of the heat map, px.
    """

    window: Tensor
    prior: Tensor

    def __init__(self, stride: int) -> None:
        super().__init__()
        self.stride, self.config = stride, RefineConfig()
        self.register_buffer("window", torch.tensor(self.config.window, dtype=torch.float32))
        self.register_buffer("prior", torch.exp(-0.5 * self.window**2))

    def forward(self, heat: Tensor, joints_px: Tensor, doubt_px: Tensor) -> tuple[Tensor, ...]:
        """(1, J, h, w), (P, J, 2) and (P, J) to moved joints (P, J, 2), the heat there (P, J)."""
        heat = heat.transpose(0, 1)
        longer_px = (joints_px.amax(dim=1) - joints_px.amin(dim=1)).amax(dim=1)[:, None]
        low, high = (share * longer_px for share in self.config.sigma_range)
        for scale in self.config.sigma_scales:
            steps = torch.minimum(torch.maximum(scale * doubt_px, low), high)[..., None]
            steps = steps * self.window  # (P, J, M)
            x, y = (joints_px[..., axis, None] + steps for axis in (0, 1))
            num = steps.shape[-1]
            x, y = x[:, :, None].expand(-1, -1, num, -1), y[..., None].expand(-1, -1, -1, num)
            density = self._read(heat, x, y) ** 2
            across = (density * self.prior[:, None]).sum(dim=2) * self.prior
            down = (density * self.prior).sum(dim=3) * self.prior
            total = across.sum(dim=2) + self.config.damping
            moves = [(weights * steps).sum(dim=2) / total for weights in (across, down)]
            joints_px = joints_px + torch.stack(moves, dim=-1)
        places = joints_px[:, :, None, None]
        return joints_px, self._read(heat, places[..., 0], places[..., 1])[:, :, 0, 0]

    def _read(self, heat: Tensor, x: Tensor, y: Tensor) -> Tensor:
        """Heat (J, 1, h, w) of each joint at places (P, J, N, M) px of its own, 0 outside."""
        height, width = heat.shape[2:]
        shares = [
            (place + 0.5) * (2 / (self.stride * extent)) - 1
            for place, extent in ((x, width), (y, height))
        ]
        grid = torch.stack(shares, dim=-1).transpose(0, 1)  # (J, P, N, M, 2)
        people, rows = x.shape[0], x.shape[2]
        values = functional.grid_sample(heat, grid.flatten(1, 2), "bilinear", "zeros", False)
        return values[:, 0].unflatten(1, (people, rows)).transpose(0, 1)


class Features(nn.Module):
    """`joint_features.joint_features`.

    Args:
        strides: px of the maps.
    """

    places: Tensor

    def __init__(self, strides: tuple[int, ...]) -> None:
        super().__init__()
        self.strides = strides
        self.register_buffer("places", torch.tensor(JOINT_PLACES, dtype=torch.float32))

    def forward(self, joints_px: Tensor, *maps: Tensor) -> Tensor:
        """(P, J, 2) px and maps (1, C, h, w) to (P, J, features)."""
        side_px = (joints_px.amax(dim=1) - joints_px.amin(dim=1)).amax(dim=1)
        around = joints_px[:, :, None] + side_px[:, None, None, None] * self.places
        places = [around, *[joints_px[:, :, None]] * (len(maps) - 1)]
        read = map(self._read, maps, self.strides, places)
        return torch.cat(list(read), dim=-1)

    def _read(self, features: Tensor, stride: int, places_px: Tensor) -> Tensor:
        height, width = features.shape[2:]
        people, joints, num = places_px.shape[:3]
        x = (places_px[..., 0] + 0.5) * (2 / (stride * width)) - 1
        y = (places_px[..., 1] + 0.5) * (2 / (stride * height)) - 1
        grid = torch.stack([x, y], dim=-1).reshape(1, people * joints, num, 2)
        values = functional.grid_sample(features, grid, "bilinear", "border", False)[0]
        return values.permute(1, 2, 0).reshape(people, joints, -1)


def device_graphs_text(network: DasNetwork, seen_channels: tuple[int, ...]) -> str:
    """The graphs of a network with a heat map, as JSON of ONNX models in base64 by their name."""
    encoding, joints = network.config.encoding, len(network.config.joint_names)
    size, people = 2 * encoding.strides[-1], torch.rand(2, joints, 2) * 60
    maps: dict[str, Tensor] = {}
    for level, stride in enumerate(encoding.strides):
        cells = (size // stride, size // stride)
        shapes = ((1, *cells), (1, 1, *cells), (1, joints, 3, *cells), (1, joints, *cells))
        kinds = zip(_KINDS, shapes, strict=True)
        maps |= {f"{kind}_{level}": torch.rand(shape) for kind, shape in kinds}
    heat = torch.rand(1, joints, size // encoding.heat_stride, size // encoding.heat_stride)
    strides = (encoding.heat_stride, *encoding.strides)[: len(seen_channels)]
    seen = {
        f"seen_{number}": torch.rand(1, channels, size // stride, size // stride)
        for number, (channels, stride) in enumerate(zip(seen_channels, strides, strict=True))
    }
    doubt = torch.rand(2, joints) * 8
    at = {"joints_px": people}
    found = ["scores", "joints", "root_depth", "joint_scores", "strides_px"]
    graphs = {
        "candidates": (Candidates(encoding.strides), maps, found),
        "heat": (
            HeatSteps(encoding.heat_stride),
            {"joint_heat": heat, **at, "doubt_px": doubt},
            ["moved_px", "heat"],
        ),
        "features": (Features(strides), {**at, **seen}, ["features"]),
    }
    texts = {}
    for name, (module, inputs, outputs) in graphs.items():
        buffer = BytesIO()
        axes = {
            n: {0: "people"}
            if n in ("joints_px", "doubt_px")
            else {value.ndim - 2: f"h_{n}", value.ndim - 1: f"w_{n}"}
            for n, value in inputs.items()
        }
        arrays = {n: value.numpy() for n, value in inputs.items()}
        trace_onnx(module.eval(), arrays, buffer, outputs, axes)
        texts[name] = base64.b64encode(buffer.getvalue()).decode()
    return json.dumps(texts)
