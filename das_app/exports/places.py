"""Output paths of exports, and files that are never overwritten."""

import json
import re
from pathlib import Path

from das_app.exports.formats import FACTS
from das_app.exports.takes.files import ABOUT_FILE
from das_app.exports.takes.take import ExportError
from das_app.words.said import said

_LEFTOVER = re.compile(r"\..+\.writing(\..+)?")  # of an export that was killed
_SUFFIXES = {facts.suffix for facts in FACTS.values()} - {""}


def export_place(path: Path, suffix: str, session_name: str, is_forced: bool) -> Path:
    """Path of an export, completed and checked.

    Args:
        path: asked for; a folder that is there means a file in it, unless a folder is written.
            Its suffix may be left out.
        suffix: of the file, such as `.csv`; empty where a folder is written.
        session_name: of the file in a folder.
        is_forced: whether what is there may be replaced.

    Raises:
        ExportError: if something is there that must stay, or the suffix is another format's.
    """
    if not suffix:
        check_folder(path, is_forced)
        return path
    if path.is_dir():
        path = path / f"{session_name}{suffix}"
    elif path.suffix.lower() != suffix:
        if path.suffix.lower() in _SUFFIXES:
            raise ExportError(
                said(
                    "{path}: files of this format end in {suffix}, not {other}",
                    path=path,
                    suffix=suffix,
                    other=path.suffix,
                )
            )
        path = path.with_name(path.name + suffix)
    if path.exists() and not is_forced:
        raise ExportError(
            said("{path} is there already; choose another name, or --force", path=path)
        )
    return path


def check_folder(folder: Path, is_forced: bool) -> None:
    """Raises ExportError unless a folder can be written without losing what is not ours."""
    if folder.is_file():
        raise ExportError(said("{folder} is a file; this format is a folder", folder=folder))
    names = {each.name for each in folder.iterdir()} if folder.is_dir() else set()
    there = {name for name in names if not _LEFTOVER.fullmatch(name)}
    if there and not is_forced:
        raise ExportError(
            said("{folder} is not empty; choose another name, or --force", folder=folder)
        )
    foreign = there - _listed_in(folder / ABOUT_FILE) - {ABOUT_FILE}
    if foreign:
        raise ExportError(
            said(
                "{folder} holds files of others ({file}, ...); choose another name",
                folder=folder,
                file=sorted(foreign)[0],
            )
        )


def _listed_in(about: Path) -> set[str]:
    """Files that an export lists."""
    try:
        return set(json.loads(about.read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return set()
