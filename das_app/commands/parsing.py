"""Values of the command line: texts and numbers to settings, floors and streams, or an error."""

from enum import StrEnum
from typing import TYPE_CHECKING, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from das_app.commands.command_line import CommandLine
    from das_app.motion.floor_estimate import ToldFloor
    from das_app.session.types import Layer
    from das_app.settings.app_settings import AppSettings, IgnoredSettings
    from das_app.settings.source_setups import SaidSetup
    from das_app.streaming.streams import StreamPlan
    from das_model.inference.estimate import Device
    from das_model.inference.mode import Mode

_Choice = TypeVar("_Choice", bound=StrEnum)


def settings_of(line: "CommandLine") -> "AppSettings":
    try:
        return line.settings()
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def setup_of(line: "CommandLine") -> "SaidSetup":
    try:
        return line.setup()
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def ignored_of(
    zones: list[str] | None, min_distance_m: float | None, max_distance_m: float | None
) -> "IgnoredSettings | None":
    """Ignored places; None where no option is given."""
    from das_app.motion.ignored import Ignored, zone_of
    from das_app.settings.app_settings import IgnoredSettings

    if not zones and min_distance_m is None and max_distance_m is None:
        return None
    near_mm, far_mm = (None if m is None else 1e3 * m for m in (min_distance_m, max_distance_m))
    try:
        places = Ignored(tuple(map(zone_of, zones or ())), near_mm, far_mm)
        return IgnoredSettings.of(places)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def told_floor(height_m: float | None, tilt_deg: float | None) -> "ToldFloor":
    from das_app.motion.floor_estimate import ToldFloor

    try:
        return ToldFloor(None if height_m is None else 1e3 * height_m, tilt_deg)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def stream_plan(
    streams: list[str] | None,
    origins: list[str] | None,
    remote: str | None = None,
    token: str | None = None,
) -> "StreamPlan":
    """Streams of the command line. Raises BadParameter for what is no stream."""
    from das_app.streaming.streams import StreamPlan

    try:
        return StreamPlan.from_texts(streams or (), origins or (), remote, token)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def mode_of(text: str | None) -> "Mode | None":
    from das_model.inference.mode import Mode

    return None if text is None else one_of(Mode, text, "--mode")


def device_of(text: str | None) -> "Device | None":
    """The device that a text names. Raises BadParameter for one that cannot be had here."""
    if text is None:
        return None
    from das_model.inference.devices import require_device
    from das_model.inference.estimate import Device

    device = one_of(Device, text, "--device")
    try:
        require_device(device)
    except ValueError as error:
        raise typer.BadParameter(f"--device {error}") from error
    return device


def layer_of(text: str) -> "Layer | None":
    """The layer that a text names; None for the best there is."""
    from das_app.session.types import Layer

    return None if text == "best" else one_of(Layer, text, "--layer")


def one_of(kind: type[_Choice], text: str, option: str) -> _Choice:
    """The choice that a text names. Raises BadParameter with all there are."""
    try:
        return kind(text)
    except ValueError as error:
        raise typer.BadParameter(f"{option} is one of {', '.join(kind)}; got {text!r}") from error


def fail(message: str) -> NoReturn:
    typer.echo(f"error: {message}", err=True)
    raise typer.Exit(1)
