"""The networks that Table 4 compares with, as plain layers, to be timed on the machine at hand.

Weights are of chance, which takes as long as any. SMAP (Zhen et al., ECCV 2020) is the network of
three stages of its public definition, with all its heads; 3DMPPE (Moon et al., ICCV 2019) a Faster
R-CNN, then RootNet and PoseNet on a crop of each person. What stands between networks is left out,
to their advantage: SMAP's grouping of joints and RefineNet, the detector's choice of boxes and its
RoIAlign.
"""

import time
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from das_model.network.backbones.resnet import residual_stage

SMAP_INPUT, DETECTOR_INPUT, CROP_INPUT = (832, 512), (1440, 800), (256, 256)  # (width, height) px
_ENCODER = (256, 512, 1024, 2048)
_SMAP_HEADS = (15 + 2 * 14, 14, 1)  # joints and parts in 2D, relative depths, root depth
_NUM_PROPOSALS = 1000


def _conv(inputs: int, outputs: int, kernel: int = 1, stride: int = 1) -> nn.Sequential:
    plain = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2)
    return nn.Sequential(plain, nn.BatchNorm2d(outputs), nn.ReLU())


def _trunk() -> nn.ModuleList:
    """The four stages of a ResNet-50 from 64 channels at stride 4 on."""
    return nn.ModuleList(residual_stage(c, i) for i, c in enumerate((64, *_ENCODER[:3])))


def _stem() -> nn.Sequential:
    return nn.Sequential(_conv(3, 64, 7, 2), nn.MaxPool2d(3, 2, 1))


class _SmapStage(nn.Module):
    """Encoder, decoder and the heads of every resolution."""

    def __init__(self, is_last: bool) -> None:
        super().__init__()
        self.encoder = _trunk()
        self.lateral = nn.ModuleList(_conv(c, 256) for c in _ENCODER)
        self.up = nn.ModuleList(_conv(256, 256) for _ in _ENCODER[:3])
        self.heads = nn.ModuleList(
            nn.Sequential(_conv(256, 256), _conv(256, n, 3)) for _ in _ENCODER for n in _SMAP_HEADS
        )
        channels = () if is_last else _ENCODER
        self.encoder_skips = nn.ModuleList(_conv(c, c) for c in channels)
        self.decoder_skips = nn.ModuleList(_conv(256, c) for c in channels)
        self.cross = None if is_last else _conv(256, 64)

    def forward(
        self, x: Tensor, skips: list[Tensor] | None
    ) -> tuple[Tensor | None, list[Tensor] | None, list[Tensor]]:
        """Input and skips of the next stage, and the heads' maps at stride 4."""
        encoded = []
        for i, stage in enumerate(self.encoder):
            x = stage(x) if skips is None else stage(x) + skips[i]
            encoded.append(x)
        size, out, maps = encoded[0].shape[2:], None, []
        next_skips: list[Tensor] = []
        for i in (3, 2, 1, 0):
            lateral = self.lateral[i](encoded[i])
            if out is not None:
                up = functional.interpolate(out, size=lateral.shape[2:], mode="bilinear")
                lateral = lateral + self.up[i](up)
            out = lateral
            for head in self.heads[3 * i : 3 * i + 3]:
                maps.append(functional.interpolate(head(out), size=size, mode="bilinear"))
            if self.cross is not None:
                next_skips.insert(
                    0, self.encoder_skips[i](encoded[i]) + self.decoder_skips[i](out)
                )
        if self.cross is None:
            return None, None, maps
        return self.cross(out), next_skips, maps


class Smap(nn.Module):
    """Three stages; maps of the last."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = _stem()
        self.stages = nn.ModuleList(_SmapStage(is_last=i == 2) for i in range(3))

    def forward(self, image: Tensor) -> list[Tensor]:
        """(B, 3, H, W) to the heads' maps at stride 4."""
        x, skips, maps = self.stem(image), None, []
        for stage in self.stages:
            x, skips, maps = stage(x, skips)
        return maps


class CropNetwork(nn.Module):
    """RootNet or PoseNet: ResNet-50, three deconvolutions, a map an output.

    Args:
        num_maps: 1 of RootNet, 18 joints times 64 depths of PoseNet.
        has_depth: RootNet's branch for the root's distance.
    """

    def __init__(self, num_maps: int, has_depth: bool) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for inputs in (2048, 256, 256):
            deconv = nn.ConvTranspose2d(inputs, 256, 4, 2, 1, bias=False)
            layers += [deconv, nn.BatchNorm2d(256), nn.ReLU()]
        self.trunk = nn.Sequential(_stem(), *_trunk())
        self.maps = nn.Sequential(*layers, nn.Conv2d(256, num_maps, 1))
        self.depth = nn.Conv2d(2048, 1, 1) if has_depth else None

    def forward(self, crop: Tensor) -> tuple[Tensor, Tensor | None]:
        """(P, 3, 256, 256) crops to maps and, of RootNet, a depth each."""
        x = self.trunk(crop)
        depth = None if self.depth is None else self.depth(x.mean(dim=(2, 3), keepdim=True))
        return self.maps(x), depth


class Detector(nn.Module):
    """Faster R-CNN on a ResNet-50 with FPN: the network of proposals and the boxes' two layers."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.encoder = _stem(), _trunk()
        self.lateral = nn.ModuleList(nn.Conv2d(c, 256, 1) for c in _ENCODER)
        self.smooth = nn.ModuleList(nn.Conv2d(256, 256, 3, 1, 1) for _ in _ENCODER)
        self.proposals = nn.Sequential(
            nn.Conv2d(256, 256, 3, 1, 1), nn.ReLU(), nn.Conv2d(256, 15, 1)
        )
        self.boxes = nn.Sequential(
            nn.Linear(256 * 49, 1024),
            nn.ReLU(),
            nn.Linear(1024, 1024),
            nn.ReLU(),
            nn.Linear(1024, 10),
        )

    def forward(self, image: Tensor) -> Tensor:
        """(1, 3, H, W) to scores and boxes of a thousand proposals."""
        x, laterals = self.stem(image), []
        for stage, lateral in zip(self.encoder, self.lateral, strict=True):
            x = stage(x)
            laterals.append(lateral(x))
        for i in (2, 1, 0):
            size = laterals[i].shape[2:]
            laterals[i] = laterals[i] + functional.interpolate(laterals[i + 1], size=size)
        for conv, lateral in zip(self.smooth, laterals, strict=True):
            self.proposals(conv(lateral))
        return self.boxes(image.new_zeros(_NUM_PROPOSALS, 256 * 49))


def picture(size: tuple[int, int], device: torch.device, number: int = 1) -> Tensor:
    """Pictures of (width, height) px with nothing in them."""
    return torch.zeros(number, 3, size[1], size[0], device=device)


def peer_calls(device: torch.device, people: tuple[int, ...] = (1, 3, 10)) -> dict[str, Callable]:
    """Calls to time, by title."""
    smap, detector = Smap().eval().to(device), Detector().eval().to(device)
    root, pose = CropNetwork(1, True).eval().to(device), CropNetwork(18 * 64, False).eval()
    pose = pose.to(device)

    def three_steps(number: int) -> Tensor:
        crops = picture(CROP_INPUT, device, number)
        root(crops)
        pose(crops)
        return detector(picture(DETECTOR_INPUT, device))

    calls: dict[str, Callable] = {
        f"SMAP, 3 stages, {SMAP_INPUT[0]} x {SMAP_INPUT[1]}": lambda: smap(
            picture(SMAP_INPUT, device)
        )[0],
    }
    for number in people:
        calls[f"3DMPPE, {number} people"] = lambda number=number: three_steps(number)
    return calls


def median_ms(calls: dict[str, Callable[[], Tensor]], num_runs: int) -> dict[str, float]:
    """Median time of each call, in turns, so that a noisy machine is noisy for all of them."""
    times: dict[str, list[float]] = {title: [] for title in calls}
    with torch.no_grad():
        for _ in range(num_runs):
            for title, call in calls.items():
                start = time.perf_counter()
                call().sum().item()  # waits for the device
                times[title].append((time.perf_counter() - start) * 1e3)
    return {title: sorted(values)[len(values) // 2] for title, values in times.items()}
