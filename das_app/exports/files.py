"""Exported files and folders: there whole or not at all, errors for people to read."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from das_app.exports.take import ExportError
from das_app.files.whole_file import whole_file


@contextmanager
def export_file(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place at the end, if all went well.

    Raises:
        ExportError: if the file cannot be written.
    """
    try:
        with whole_file(path) as new:
            yield new
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error}") from error


@contextmanager
def export_folder(folder: Path) -> Iterator[Path]:
    """A temporary folder whose files move to `folder` at the end, if all went well.

    Raises:
        ExportError: if the folder cannot be written.
    """
    temporary = folder.with_name(f".{folder.name[:40]}.writing")
    try:
        temporary.mkdir(parents=True, exist_ok=True)
        try:
            yield temporary
            folder.mkdir(exist_ok=True)
            for file in sorted(temporary.iterdir()):
                os.replace(file, folder / file.name)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except OSError as error:
        raise ExportError(f"{folder} cannot be written: {error}") from error
