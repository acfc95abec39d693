"""OpenVINO's sessions on a processor; the only module that imports it, so that it reports nothing.

Its package tells its maker of every import through `openvino_telemetry`, without asking; it goes
on in silence where that package cannot be imported.
"""

import importlib.util
import logging
import sys
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from das_model.inference.device.onnx_runtime import CPU
from das_model.inference.device.same_maps import require_same

if TYPE_CHECKING:
    from openvino import CompiledModel, Core, InferRequest

OPENVINO = "OpenVINO"  # beside the names of ONNX Runtime's providers
_log = logging.getLogger(__name__)
_MAX_SIZES = 6  # networks kept, some 80 MB each: two a source, of photos in all formats six
_PROPERTIES = {
    "PERFORMANCE_HINT": "LATENCY",
    # else it computes in bfloat16 where the processor can, and people move by centimetres
    "INFERENCE_PRECISION_HINT": "f32",
    "ENABLE_CPU_PINNING": False,  # the window, the camera and other calls want cores, too
}


@lru_cache(maxsize=1)
def openvino_problem() -> str | None:
    """Why a model cannot run on OpenVINO here, or None when nothing speaks against it."""
    if importlib.util.find_spec("openvino") is None:
        return "OpenVINO is not installed"
    return None


class OpenVinoSession:
    """A network, compiled once for each size of the picture; as a session of ONNX Runtime, as far
    as it is used. Threads may call it at once.

    Args:
        model_file: an ONNX file with one input.
        num_threads: of a call; by default one a core.
        num_calls: that run beside each other; others wait in turn.

    Raises:
        Exception: of many kinds, if OpenVINO does not start, or cannot read the file.
    """

    def __init__(self, model_file: Path, num_threads: int = 0, num_calls: int = 1) -> None:
        self._core = _core()
        self._model = self._core.read_model(model_file)
        self._properties: dict[str, object] = dict(_PROPERTIES)
        if num_threads:
            self._properties["INFERENCE_NUM_THREADS"] = num_threads * num_calls
            self._properties["NUM_STREAMS"] = num_calls
        self._networks: OrderedDict[tuple[int, ...], _SizedNetwork] = OrderedDict()
        self._lock = threading.Lock()

    def get_providers(self) -> Sequence[str]:
        """The one in use, and ONNX Runtime's for other networks."""
        return (OPENVINO, *CPU)

    def run(self, names: None, inputs: Mapping[str, np.ndarray]) -> list[np.ndarray]:
        """All outputs, in the order of the file."""
        (image,) = inputs.values()
        with self._lock:
            network = self._networks.pop(image.shape, None) or self._compiled(image.shape)
            self._networks[image.shape] = network
            if len(self._networks) > _MAX_SIZES:
                self._networks.popitem(last=False)
        return network.run(image)

    def _compiled(self, shape: tuple[int, ...]) -> "_SizedNetwork":
        model = self._model.clone()
        model.reshape(list(shape))
        return _SizedNetwork(self._core.compile_model(model, "CPU", self._properties))


def session_on_openvino(
    model_file: Path,
    num_threads: int,
    num_calls: int,
    picture: np.ndarray,
    expected: Mapping[str, np.ndarray],
) -> OpenVinoSession | None:
    """A session that gives the expected maps; None where there is none, and the log tells why.

    Args:
        model_file: an exported ONNX file.
        num_threads: of a call; 0 for one a core.
        num_calls: that run beside each other.
        picture: (H, W, 3) uint8 to try it on.
        expected: maps of that picture by the names of the outputs, in their order.
    """
    try:
        session = OpenVinoSession(model_file, num_threads, num_calls)
        maps = session.run(None, {"image": picture[None]})
        require_same(dict(zip(expected, maps, strict=True)), expected, OPENVINO)
        return session
    except Exception as error:  # the bindings raise many kinds
        _log.warning("%s: not on %s: %s", model_file, OPENVINO, error)
        return None


class _SizedNetwork:
    """A compiled network with its requests, one for each call at once."""

    def __init__(self, network: "CompiledModel") -> None:
        self._network = network
        self._free: list[InferRequest] = []

    def run(self, image: np.ndarray) -> list[np.ndarray]:
        try:
            request = self._free.pop()
        except IndexError:
            request = self._network.create_infer_request()
        outputs = list(request.infer([image]).to_tuple())  # copies
        self._free.append(request)
        return outputs


@lru_cache(maxsize=1)
def _core() -> "Core":
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
    import openvino

    return openvino.Core()
