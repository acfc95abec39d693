"""Atomic writing of exported files and folders, with errors for users."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from das_app.exports.takes.take import ExportError
from das_app.files.whole_file import whole_file
from das_app.words.said import said

ABOUT_FILE = "about.json"


@contextmanager
def export_file(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place at the end, if all went well.

    Raises:
        ExportError: if the file cannot be written.
    """
    try:
        with whole_file(path) as new:
            new.touch()  # some libraries say little of why they cannot write
            new.unlink()
            yield new
    except OSError as error:
        raise ExportError(
            said("{path} cannot be written: {reason}", path=path, reason=error.strerror or error)
        ) from error


@contextmanager
def export_folder(folder: Path) -> Iterator[Path]:
    """A temporary folder that takes the place of `folder` at the end, if all went well.

    What a killed export left in it before is thrown away first. Of a former export in `folder`
    nothing stays.

    Raises:
        ExportError: if the folder cannot be written.
    """
    temporary = folder.with_name(f".{folder.name[:40]}.writing")
    try:
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        try:
            yield temporary
            if folder.is_dir():
                shutil.rmtree(folder)
            os.replace(temporary, folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except OSError as error:
        raise ExportError(
            said(
                "{folder} cannot be written: {reason}",
                folder=folder,
                reason=error.strerror or error,
            )
        ) from error


def write_about(folder: Path, about: dict[str, str], files: Mapping[str, object]) -> None:
    """Write `about.json`: what a reader must know, and every file of the folder."""
    text = json.dumps({"about": about, "files": files}, indent=1, ensure_ascii=False)
    (folder / ABOUT_FILE).write_text(text + "\n", encoding="utf-8")
