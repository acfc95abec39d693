"""People as a network in torch finds them: for checkpoints, before there is an ONNX file."""

from collections.abc import Callable

import numpy as np
import torch

from das_model.camera import Camera
from das_model.evaluation.predictions import Prediction
from das_model.inference.decode import DecodeConfig
from das_model.inference.refine import Refinement, find_people
from das_model.inference.runtime import network_maps
from das_model.network.export import decoder_maps
from das_model.network.network import DasNetwork
from das_model.people import People
from das_model.preprocess import fitting_size, letterbox
from das_model.skeleton import Skeleton

SURE_PEOPLE = DecodeConfig(0.2)


class NetworkPredictor:
    """A `Predictor` on a torch network; it moves the network to evaluation mode.

    Args:
        network: with its weights.
        input_size: nominal (width, height) px; the shape follows the picture, the area stays.
        rules: thresholds of the decoder.
    """

    def __init__(
        self,
        network: DasNetwork,
        input_size: tuple[int, int],
        rules: DecodeConfig = SURE_PEOPLE,
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
        size = fitting_size(
            (image.shape[1], image.shape[0]), self.input_size, encoding.strides[-1]
        )
        boxed, boxed_camera = letterbox(image, camera, size)
        device = self._network.mean.device
        with torch.no_grad():
            batch = torch.from_numpy(boxed[None]).permute(0, 3, 1, 2).to(device)
            outputs = decoder_maps(self._network(batch), self._network.config.sigma_limit)
        maps, heat = network_maps([output.float().cpu().numpy() for output in outputs])
        return find_people(
            maps, boxed_camera, encoding, self.skeleton, self.rules, Refinement(heat)
        )
