"""Comparison of a device's maps with the processor's: a driver or a library that computes
nonsense is not used."""

from collections.abc import Mapping

import numpy as np

# of an output's largest value: float16 is off by less than 0.01 (tests), what is wrong by far more
_TOLERANCE = 0.05


def require_same(
    maps: Mapping[str, np.ndarray], expected: Mapping[str, np.ndarray], provider: str
) -> None:
    """Raises ValueError where maps of a provider are not those that are expected, by name."""
    for name, wanted in expected.items():
        off = float(np.abs(maps[name] - wanted).max())
        most = _TOLERANCE * max(1e-3, float(np.abs(wanted).max()))
        if not off <= most:
            raise ValueError(
                f"{name} on {provider} must be the processor's within {most:.2g}, "
                f"it is {off:.2g} off"
            )
