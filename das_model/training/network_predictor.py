"""Predictor of a network in torch, for checkpoints without an ONNX file."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from das_model.camera import Camera
from das_model.evaluation.predictions import Prediction
from das_model.inference.decode import DecodeConfig
from das_model.inference.onnx_network import network_maps
from das_model.inference.refine import Refinement, find_people
from das_model.network.checkpoint import load_network
from das_model.network.exported_network import decoder_maps
from das_model.network.network import DasNetwork
from das_model.people import People
from das_model.preprocess import fitting_size, inscribed_size, letterbox
from das_model.skeleton import Skeleton
from das_model.training.recipes import RECIPES, live_input

SURE_PEOPLE = DecodeConfig(0.2)
# As the authors' configuration has it: poses are dropped only where they are nearly the same, and
# none is a mean of several.
PAPER_DECODE = DecodeConfig(min_score=0.07, oks_threshold=0.9, vote_threshold=2.0)


class NetworkPredictor:
    """A `Predictor` on a torch network; it moves the network to evaluation mode.

    Args:
        network: with its weights.
        input_size: (width, height) px. The live networks': nominal, the shape follows the picture
            and the area stays. The paper's: what the picture is scaled to fit into.
        rules: thresholds of the decoder.
    """

    def __init__(
        self, network: DasNetwork, input_size: tuple[int, int], rules: DecodeConfig = SURE_PEOPLE
    ) -> None:
        self._network = network.eval()
        self.input_size, self.rules = input_size, rules
        self.skeleton = Skeleton(network.config.joint_names)

    def __call__(
        self, names: tuple[str, ...], read: Callable[[], np.ndarray], camera: Camera
    ) -> Prediction:
        """Read the picture and find its people."""
        return Prediction.projected(self.people(read(), camera), camera)

    def people(self, image: np.ndarray, camera: Camera) -> People:
        """People of an (H, W, 3) uint8 RGB picture, in the camera's space, best first."""
        encoding = self._network.config.encoding
        picture_size = (image.shape[1], image.shape[0])
        if is_live(self._network):
            size = fitting_size(picture_size, self.input_size, encoding.side_multiple)
        else:
            size = inscribed_size(picture_size, self.input_size, encoding.strides[-1])
        boxed, boxed_camera = letterbox(image, camera, size)
        device = self._network.mean.device
        with torch.no_grad():
            batch = torch.from_numpy(boxed[None]).permute(0, 3, 1, 2).to(device)
            outputs = decoder_maps(self._network(batch), self._network.config.sigma_limit)
        maps, heat = network_maps([output.float().cpu().numpy() for output in outputs])
        return find_people(
            maps, boxed_camera, encoding, self.skeleton, self.rules, Refinement(heat)
        )


def is_live(network: DasNetwork) -> bool:
    """Whether it is one of the live networks, not one of the paper's."""
    return network.config.backbone.startswith(("movenet", "lite"))


def own_input(network: DasNetwork) -> tuple[int, int]:
    """(width, height) px: the live networks' or the paper's, which differ by the data."""
    if is_live(network):
        return live_input(network.config)
    return RECIPES["mupots" if network.config.backbone == "mspn3" else "panoptic"].canvas


def open_checkpoint(
    file: Path,
    decode: str | None,
    size: tuple[int, int] | None = None,
    threshold: float | None = None,
) -> NetworkPredictor:
    """A predictor on the network of a weights file or checkpoint, on the GPU if there is one.

    Args:
        file: weights, or a training checkpoint, of which the averaged network is taken.
        decode: the decoder's rules: authors, ours (the application's), or None for those that the
            network is for.
        size: of the input, see `NetworkPredictor`; the network's own if None.
        threshold: least score of a person, instead of the rules'.

    Raises:
        ValueError: if the size is not of the coarsest stride, or the file no network.
    """
    network = load_network(file)
    network = network.cuda() if torch.cuda.is_available() else network
    is_ours = is_live(network) if decode is None else decode == "ours"
    rules = SURE_PEOPLE if is_ours else PAPER_DECODE
    rules = rules if threshold is None else replace(rules, min_score=threshold)
    stride = network.config.encoding.strides[-1]
    if size and any(side % stride for side in size):
        raise ValueError(f"the input size must be multiples of {stride} px, got {size}")
    return NetworkPredictor(network, size or own_input(network), rules)
