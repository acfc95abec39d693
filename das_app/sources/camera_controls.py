"""Controls of a camera: exposure, gain, focus and white balance, by hand or by itself.

A driver tells little of what it can, and may hang when it is asked. So a control counts as there
where the system lists it (Linux), or where the driver takes back the value that it told; and all
of it happens in the thread that reads the camera, between two pictures. `ControlPort` stands
between that thread and the window.
"""

import logging
import math
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

import cv2

_IS_LINUX = sys.platform.startswith("linux")
# what drivers understand as "by itself" and "by hand", tried in turn
_EXPOSURE_AUTO, _EXPOSURE_MANUAL = ((3, 0), (1,)) if _IS_LINUX else ((1, 0.75), (0, 0.25))
_SWITCHED_ON, _SWITCHED_OFF = (1,), (0,)
_log = logging.getLogger(__name__)


class Control(StrEnum):
    """Control of a camera."""

    EXPOSURE = "exposure"
    GAIN = "gain"
    FOCUS = "focus"
    WHITE_BALANCE = "white balance"


@dataclass(frozen=True, slots=True)
class _Properties:
    """OpenCV's numbers for a control, and the values of its switch."""

    value: int
    auto: int | None = None
    on: tuple[float, ...] = _SWITCHED_ON
    off: tuple[float, ...] = _SWITCHED_OFF


_PROPERTIES = {
    Control.EXPOSURE: _Properties(
        cv2.CAP_PROP_EXPOSURE, cv2.CAP_PROP_AUTO_EXPOSURE, _EXPOSURE_AUTO, _EXPOSURE_MANUAL
    ),
    Control.GAIN: _Properties(cv2.CAP_PROP_GAIN),
    Control.FOCUS: _Properties(cv2.CAP_PROP_FOCUS, cv2.CAP_PROP_AUTOFOCUS),
    Control.WHITE_BALANCE: _Properties(cv2.CAP_PROP_WB_TEMPERATURE, cv2.CAP_PROP_AUTO_WB),
}
_UNKNOWN = -1.0  # what drivers tell of a control that they lack


class Capture(Protocol):
    """Used part of OpenCV's capture."""

    def get(self, property_id: int) -> float: ...

    def set(self, property_id: int, value: float) -> bool: ...


@dataclass(frozen=True, slots=True)
class ControlState:
    """State of a control.

    Args:
        value: in the driver's own unit.
        is_auto: the camera sets it by itself; None where it has no such switch.
        limits: least and greatest value; None where the driver does not tell.
    """

    value: float
    is_auto: bool | None = None
    limits: tuple[float, float] | None = None


States = Mapping[Control, ControlState]
Wanted = Mapping[Control, float | None]  # None: by itself
NOTHING_WANTED: Wanted = MappingProxyType({})
LimitsOf = Callable[[Control], tuple[float, float] | None]  # raises LookupError: not there


def wanted_from(texts: tuple[str, ...]) -> dict[Control, float | None]:
    """Inverse of `wanted_texts`.

    Raises:
        ValueError: for a text that is none of these.
    """
    wanted: dict[Control, float | None] = {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            wanted[Control(name)] = None if value == "auto" else float(value)
        except ValueError:
            raise ValueError(
                f"a control must be as gain=10 or focus=auto, of {', '.join(Control)}; "
                f"got {text!r}"
            ) from None
    return wanted


def wanted_texts(wanted: Wanted) -> tuple[str, ...]:
    """Requested control values as text, for the settings."""
    return tuple(
        f"{control}={'auto' if value is None else f'{value:g}'}"
        for control, value in wanted.items()
    )


class CaptureControls:
    """The controls of an opened capture; used in the thread that reads it.

    Args:
        capture: of OpenCV.
        limits_of: what the system says of a control.
    """

    def __init__(self, capture: Capture, limits_of: LimitsOf | None = None) -> None:
        self._capture, self._limits_of = capture, limits_of
        self._limits: dict[Control, tuple[float, float] | None] = {}
        for control in Control:
            if self._has(control):
                self._limits[control] = None if limits_of is None else limits_of(control)

    def states(self) -> dict[Control, ControlState]:
        """States of the controls."""
        return {
            control: ControlState(
                self._capture.get(_PROPERTIES[control].value), self._is_auto(control), limits
            )
            for control, limits in self._limits.items()
        }

    def set(self, control: Control, value: float | None) -> bool:
        """Set a control, None lets the camera do it; whether the driver took it."""
        if control not in self._limits:
            return False
        properties, limits = _PROPERTIES[control], self._limits[control]
        if value is None:
            return self._switch(properties, properties.on)
        if properties.auto is not None and self._is_auto(control):
            self._switch(properties, properties.off)
        if limits is not None:
            value = min(max(value, limits[0]), limits[1])
        return bool(self._capture.set(properties.value, value))

    def _has(self, control: Control) -> bool:
        if self._limits_of is not None:
            try:
                self._limits_of(control)
            except LookupError:
                return False
        value = self._capture.get(_PROPERTIES[control].value)
        if not math.isfinite(value):
            return False
        if self._limits_of is not None:
            return True
        if value == _UNKNOWN:
            return False
        was_auto = self._is_auto(control)
        has_taken = bool(self._capture.set(_PROPERTIES[control].value, value))
        if was_auto:  # writing a value may have ended it
            self._switch(_PROPERTIES[control], _PROPERTIES[control].on)
        return has_taken

    def _is_auto(self, control: Control) -> bool | None:
        properties = _PROPERTIES[control]
        if properties.auto is None:
            return None
        value = self._capture.get(properties.auto)
        if value in properties.on:
            return True
        return False if value in properties.off else None

    def _switch(self, properties: _Properties, values: tuple[float, ...]) -> bool:
        if properties.auto is None:
            return False
        return any(self._capture.set(properties.auto, value) for value in values)


class ControlPort:
    """Between the window, which orders, and the camera's thread, which obeys.

    What is wanted is set again when the camera is opened anew. A camera whose driver hung when it
    was asked for its controls is not asked again.

    Args:
        wanted: from the beginning.
    """

    def __init__(self, wanted: Wanted = NOTHING_WANTED) -> None:
        self._lock = threading.Lock()
        self._wanted = dict(wanted)
        self._orders: dict[Control, float | None] = {}
        self._refusals: list[str] = []
        self._states: States = {}
        self._is_asking = False

    @property
    def states(self) -> States:
        """States of the controls; empty while unknown and where there are none."""
        return self._states

    def order(self, control: Control, value: float | None) -> None:
        """Have a control set soon; None lets the camera do it."""
        with self._lock:
            self._wanted[control] = self._orders[control] = value

    def take_refusals(self) -> list[str]:
        """Refused values since the last call, in words."""
        with self._lock:
            refusals, self._refusals = self._refusals, []
            return refusals

    def ask(self, make_controls: Callable[[], CaptureControls]) -> CaptureControls | None:
        """Of a camera that was just opened; None where its driver hung the last time."""
        with self._lock:
            if self._is_asking:
                return None
            self._is_asking = True
        try:
            controls = make_controls()
        except Exception:  # whatever a driver raises: the pictures matter more
            _log.warning("the camera's controls could not be read", exc_info=True)
            controls = None
        else:
            with self._lock:
                self._orders = dict(self._wanted)
        self._is_asking = False
        if controls is not None:
            self._states = controls.states()
        return controls

    def obey(self, controls: CaptureControls) -> None:
        """Carry out what is ordered, between two pictures."""
        with self._lock:
            orders, self._orders = self._orders, {}
        if not orders:
            return
        refused = [
            control for control, value in orders.items() if not controls.set(control, value)
        ]
        with self._lock:
            for control in refused:
                value = orders[control]
                words = "to set it by itself" if value is None else f"the value {value:g}"
                self._refusals.append(f"The camera refuses {words} for {control}.")
        self._states = controls.states()
