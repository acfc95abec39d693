"""Features of a frozen backbone by ONNX Runtime, which needs 0.6 of torch's time on a processor.

Measured with MoveNet's trunk, 16 images of 256x256, one thread of an AMD EPYC: 29 ms an image
against 48 ms.
"""

from io import BytesIO

import torch
from torch import Tensor, nn

from das_model.inference.device.onnx_runtime import open_session, ort
from das_model.network.backbones.movenet import MoveNetBackbone
from das_model.network.tracing import trace_onnx


class FrozenFeatures:
    """`MoveNetBackbone.features` of weights that do not train; built at the first call.

    Args:
        backbone: whose weights are those of the whole run by the first call.
    """

    def __init__(self, backbone: MoveNetBackbone) -> None:
        self._backbone = backbone
        self._session: ort.InferenceSession | None = None

    def __call__(self, image: Tensor) -> tuple[Tensor, ...]:
        """Feature maps of images (B, 3, H, W), without gradients."""
        if self._session is None:
            self._session = self._exported(image)
        outputs = self._session.run(None, {"image": image.numpy()})
        return tuple(
            torch.from_numpy(maps).contiguous(memory_format=torch.channels_last)
            for maps in outputs
        )

    def _exported(self, image: Tensor) -> ort.InferenceSession:
        model, axes = BytesIO(), {"image": {0: "batch", 2: "height", 3: "width"}}
        outputs = ["stride_8", "stride_16", "stride_32", "fine"]
        inputs = {"image": image[:1].numpy()}
        trace_onnx(_Features(self._backbone), inputs, model, outputs, axes)
        return open_session(model.getvalue(), torch.get_num_threads())


class _Features(nn.Module):
    def __init__(self, backbone: MoveNetBackbone) -> None:
        super().__init__()
        self.backbone = backbone

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """The backbone's features alone."""
        return self.backbone.features(image)
