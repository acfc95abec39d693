"""Warp device: arrays, kernel launches, and a quiet start."""

import numpy as np
import warp as wp

wp.config.quiet = True  # type: ignore[attr-defined] # of older versions
wp.config.log_level = 30  # newer ones: warnings and errors

_FLOATS = (float, wp.vec3, wp.vec4, wp.mat33)


def default_device() -> str:
    """CUDA where there is a device, else the CPU."""
    return "cuda:0" if wp.is_cuda_available() else "cpu"


class Launcher:
    """Makes arrays and launches kernels on one device.

    Args:
        device: Warp's name of it, "cpu" or "cuda:0".
    """

    def __init__(self, device: str) -> None:
        self.device = device
        self._scratch: dict[tuple, wp.array] = {}

    def launch(self, kernel: wp.Kernel, dim: int | tuple[int, ...], inputs: list) -> None:
        """Run a kernel over `dim` threads."""
        wp.launch(kernel, dim=dim, inputs=inputs, device=self.device)

    def array(self, values: np.ndarray, dtype: type) -> wp.array:
        """The values on the device; on the CPU they may share their memory."""
        if dtype in _FLOATS:
            values = np.asarray(values, np.float32)
        values = np.ascontiguousarray(values)
        return wp.array(values, dtype=dtype, device=self.device, copy=False)

    def structs(self, values: list, dtype: type) -> wp.array:
        """A list of Warp structs on the device."""
        return wp.array(values, dtype=dtype, device=self.device)

    def empty(self, shape: int | tuple[int, ...], dtype: type) -> wp.array:
        """Memory that the next kernel fills."""
        return wp.empty(shape, dtype=dtype, device=self.device)

    def scratch(self, name: str, shape: int | tuple[int, ...], dtype: type) -> wp.array:
        """Memory kept from call to call under a name, with whatever it held before.

        Large buffers are worth it: fresh ones cost more in page faults than in filling.
        """
        key = (name, shape, dtype)
        if key not in self._scratch:
            self._scratch[key] = self.empty(shape, dtype)
        return self._scratch[key]
