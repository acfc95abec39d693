"""Atomic writing of exported files and folders, with errors for users."""

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from das_app.exports.takes.take import ExportError
from das_app.files.whole_file import whole_file

ABOUT_FILE = "about.json"
_LEFTOVER = re.compile(r"\..+\.writing(\..+)?")  # of an export that was killed


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
        raise ExportError(f"{folder} cannot be written: {error}") from error


def export_place(path: Path, suffix: str, session_name: str, is_forced: bool) -> Path:
    """Where an export goes.

    Args:
        path: asked for; a folder that is there means a file in it, unless a folder is written.
        suffix: of the file, such as `.csv`; empty where a folder is written.
        session_name: of the file in a folder.
        is_forced: whether what is there may be replaced.

    Raises:
        ExportError: if something is there that must stay.
    """
    if not suffix:
        check_folder(path, is_forced)
        return path
    if path.is_dir():
        path = path / f"{session_name}{suffix}"
    elif not path.suffix:
        path = path.with_name(path.name + suffix)
    if path.exists() and not is_forced:
        raise ExportError(f"{path} is there already; choose another name, or --force")
    return path


def check_folder(folder: Path, is_forced: bool) -> None:
    """Raises ExportError unless a folder can be written without losing what is not ours."""
    if folder.is_file():
        raise ExportError(f"{folder} is a file; this format is a folder")
    names = {each.name for each in folder.iterdir()} if folder.is_dir() else set()
    there = {name for name in names if not _LEFTOVER.fullmatch(name)}
    if there and not is_forced:
        raise ExportError(f"{folder} is not empty; choose another name, or --force")
    foreign = there - _listed_in(folder / ABOUT_FILE) - {ABOUT_FILE}
    if foreign:
        raise ExportError(
            f"{folder} holds files of others ({sorted(foreign)[0]}, ...); choose another name"
        )


def _listed_in(about: Path) -> set[str]:
    """Files that an export lists."""
    try:
        return set(json.loads(about.read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def write_about(folder: Path, about: dict[str, str], files: Mapping[str, object]) -> None:
    """Write `about.json`: what a reader must know, and every file of the folder."""
    text = json.dumps({"about": about, "files": files}, indent=1, ensure_ascii=False)
    (folder / ABOUT_FILE).write_text(text + "\n", encoding="utf-8")
