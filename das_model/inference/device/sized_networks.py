"""A network on a card: a session for each size of the picture, in buffers that stay.

With the size known, shapes are worked out once and every step runs on the card. So its kernels can
be recorded as a CUDA graph, which starts them all at once; that wants the same buffers each time.
A processor runs the same path, for tests.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from itertools import count
from weakref import ReferenceType, ref

import numpy as np

from das_model.inference.device.device_maps import Held, Session, device_of
from das_model.inference.device.onnx_runtime import ort

Size = tuple[int, int]  # (width, height) px
_MAX_SIZES = 4  # sessions kept: a source has two at most, one more for small people
_NO_GRAPH = "-1"


class LentMaps(dict[str, Held]):
    """Maps of a picture by name; their buffers are used again when nobody holds this."""


class SizedNetworks:
    """The network at the sizes that pictures have. Threads take turns.

    Args:
        open_session: for a size, with what is to happen before and after its first run.
        is_recorded: whether sessions record CUDA graphs.
    """

    def __init__(
        self, open_session: Callable[[Size], AbstractContextManager[Session]], is_recorded: bool
    ) -> None:
        self._open_session, self.is_recorded = open_session, is_recorded
        self._networks: OrderedDict[Size, _SizedNetwork] = OrderedDict()
        self._lock = threading.Lock()

    def providers(self) -> Sequence[str]:
        """Execution providers of the newest session; the first is in use."""
        return next(reversed(self._networks.values())).session.get_providers()

    def __call__(self, boxed: np.ndarray) -> LentMaps:
        """Run on an (H, W, 3) uint8 image; the maps stay on the device."""
        size = (boxed.shape[1], boxed.shape[0])
        with self._lock:
            network = self._networks.pop(size, None)
            if network is None:
                with self._open_session(size) as session:
                    network = _SizedNetwork(session, self.is_recorded)
                    network.run(boxed[None])
            self._networks[size] = network
            if len(self._networks) > _MAX_SIZES:
                self._networks.popitem(last=False)
            return network.run(boxed[None])


class _SizedNetwork:
    """A session with its sets of buffers."""

    def __init__(self, session: Session, is_recorded: bool) -> None:
        self.session, self._is_recorded = session, is_recorded
        self._numbers = count()
        self._buffers: list[_Buffers] = []

    def run(self, image: np.ndarray) -> LentMaps:
        buffers = next((b for b in self._buffers if b.is_free), None)
        if buffers is None:
            graph = str(next(self._numbers)) if self._is_recorded else _NO_GRAPH
            buffers = _Buffers(self.session, image, graph)
            self._buffers.append(buffers)
        return buffers.run(image)


class _Buffers:
    """Input and outputs of a session on its device, with the graph that was recorded with them.

    Args:
        session: of one size.
        image: (1, H, W, 3) uint8 to begin with.
        graph: number of the recorded graph.
    """

    def __init__(self, session: Session, image: np.ndarray, graph: str) -> None:
        self._session, device = session, device_of(session)
        (port,) = session.get_inputs()
        self._names = [port.name for port in session.get_outputs()]
        self._image = ort.OrtValue.ortvalue_from_numpy(image, device, 0)
        self._binding = session.io_binding()
        self._binding.bind_ortvalue_input(port.name, self._image)
        for name in self._names:
            self._binding.bind_output(name, device)
        session.run_with_iobinding(self._binding, _graph_options(_NO_GRAPH))
        self._maps = list(self._binding.get_outputs())
        for name, value in zip(self._names, self._maps, strict=True):
            self._binding.bind_ortvalue_output(name, value)
        self._options = _graph_options(graph)
        self._lent: ReferenceType[LentMaps] | None = None

    @property
    def is_free(self) -> bool:
        return self._lent is None or self._lent() is None

    def run(self, image: np.ndarray) -> LentMaps:
        self._image.update_inplace(np.ascontiguousarray(image))
        self._session.run_with_iobinding(self._binding, self._options)
        lent = LentMaps(zip(self._names, self._maps, strict=True))
        self._lent = ref(lent)
        return lent


def _graph_options(graph: str) -> ort.RunOptions:
    options = ort.RunOptions()
    options.add_run_config_entry("gpu_graph_id", graph)
    return options
