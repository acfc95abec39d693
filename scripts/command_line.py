"""Values on the scripts' command lines that argparse and typer do not know."""

import argparse
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from das_model.inference.devices import require_device
from das_model.inference.estimate import Device

CLUSTER_HELP = "dask scheduler, such as tcp://10.0.0.1:8786, whose workers see the same files"


def picture_size(text: str) -> tuple[int, int]:
    """A size such as 448x256, for `type` of an argument.

    Returns:
        (width, height) px.

    Raises:
        ArgumentTypeError: if it is no such text; argparse tells it behind the argument's name.
    """
    match = re.fullmatch(r"([1-9]\d{0,4})x([1-9]\d{0,4})", text)
    if match is None:
        raise argparse.ArgumentTypeError(
            f"must be WIDTHxHEIGHT in px, such as 448x256, got {text!r}"
        )
    return int(match[1]), int(match[2])


def positive(text: str) -> int:
    """A whole number from 1 on, for `type` of an argument; ArgumentTypeError for another."""
    if re.fullmatch(r"0*[1-9]\d*", text) is None:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 on, got {text!r}")
    return int(text)


@contextmanager
def missing_is_told() -> Iterator[None]:
    """End the script with one line, and no traceback, where a file or folder is not there."""
    try:
        yield
    except FileNotFoundError as error:
        sys.exit(f"{Path(sys.argv[0]).name}: {error}")


def _here(device: Device) -> Device:
    """A device that can be had here; BadParameter for another."""
    try:
        require_device(device)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    return device


DeviceOption = Annotated[
    Device,
    typer.Option("--device", callback=_here, help="of ONNX models; auto is the fastest card here"),
]
