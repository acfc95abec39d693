"""Maps that stay on the network's device, and the small graphs that read them there.

On a graphics card only what is known of people travels to the host. The graphs are those of
`das_model.network.device_graphs`, out of the model's metadata. A processor runs the same path, for
tests; in numpy it is faster there.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from das_model.inference.device.onnx_runtime import CUDA, TENSORRT

DEVICE_GRAPHS = "device_graphs"  # key of a model's metadata
GRAPHS = ("candidates", "heat", "features")
_DEVICES = {CUDA: "cuda", TENSORRT: "cuda"}


class Held(Protocol):
    """An array on the device: ONNX Runtime's `OrtValue`."""

    def numpy(self) -> np.ndarray: ...


class Binding(Protocol):
    """Inputs and outputs of a run on the device."""

    def bind_cpu_input(self, name: str, value: np.ndarray) -> None: ...
    def bind_ortvalue_input(self, name: str, value: Held) -> None: ...
    def bind_output(self, name: str, device: str) -> None: ...
    def bind_ortvalue_output(self, name: str, value: Held) -> None: ...
    def get_outputs(self) -> list[Held]: ...


class Port(Protocol):
    """An input or output."""

    name: str


class Session(Protocol):
    """ONNX Runtime's, as far as it is used here."""

    def get_inputs(self) -> Sequence[Port]: ...
    def get_outputs(self) -> Sequence[Port]: ...
    def get_providers(self) -> Sequence[str]: ...
    def io_binding(self) -> Binding: ...
    def run_with_iobinding(self, binding: Binding, options: object = None) -> None: ...


def run_there(session: Session, inputs: Mapping[str, np.ndarray | Held]) -> dict[str, Held]:
    """Outputs of a session by name, left on its device.

    Args:
        session: to run.
        inputs: by name, arrays of the host or what another run left; more than it takes may be
            given.
    """
    binding = session.io_binding()
    for port in session.get_inputs():
        value = inputs[port.name]
        if isinstance(value, np.ndarray):
            binding.bind_cpu_input(port.name, np.ascontiguousarray(value))
        else:
            binding.bind_ortvalue_input(port.name, value)
    names = [port.name for port in session.get_outputs()]
    for name in names:
        binding.bind_output(name, device_of(session))
    session.run_with_iobinding(binding)
    return dict(zip(names, binding.get_outputs(), strict=True))


def device_of(session: Session) -> str:
    """Where a session's maps are, by ONNX Runtime's name."""
    return _DEVICES.get(session.get_providers()[0], "cpu")


class DeviceMaps:
    """The maps of one picture.

    Args:
        maps: by the names of the network's outputs.
        graphs: by `GRAPHS`, and `lift` where the model has a lifting of its own.
    """

    def __init__(self, maps: Mapping[str, Held], graphs: Mapping[str, Session]) -> None:
        self._maps, self._graphs = maps, graphs

    def candidates(self) -> tuple[np.ndarray, ...]:
        """Best locations of all levels as `decode.select` takes them."""
        found = run_there(self._graphs["candidates"], self._maps)
        return tuple(value.numpy() for value in found.values())

    def scores(self) -> list[np.ndarray]:
        """(h, w) location scores of each level, finest first."""
        names = [name for name in self._maps if name.startswith("score_")]
        # copied: on a processor they lie in buffers that are used again
        return [self._maps[name].numpy()[0].copy() for name in names]

    def moved(self, joints_px: np.ndarray, doubt_px: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As `refine.HeatReader.moved`."""
        inputs = {"joints_px": _float(joints_px), "doubt_px": _float(doubt_px)}
        found = run_there(self._graphs["heat"], {**self._maps, **inputs})
        return found["moved_px"].numpy(), found["heat"].numpy()

    def features(self, joints_px: np.ndarray) -> np.ndarray:
        """(P, J, F) as `joint_features.joint_features`."""
        return self._features(joints_px).numpy()

    def lifted(self, cues: np.ndarray, joints_px: np.ndarray) -> np.ndarray:
        """(P, J, 4) mm by the model's own lifting, of cues (P, J, C) as `JointCues.stacked`."""
        inputs: dict[str, np.ndarray | Held] = {
            "found": cues,
            "features": self._features(joints_px),
        }
        return run_there(self._graphs["lift"], inputs)["lifted"].numpy()

    def _features(self, joints_px: np.ndarray) -> Held:
        inputs: dict[str, np.ndarray | Held] = {**self._maps, "joints_px": _float(joints_px)}
        return run_there(self._graphs["features"], inputs)["features"]


def _float(values: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(values, np.float32)
