"""Batch of videos: sources and the session folder of each."""

import re
from collections.abc import Sequence
from pathlib import Path

from das_app.files.foreign_text import printable
from das_app.pipeline.open_source import SourceKind, list_videos, source_kind
from das_app.sources.addresses import is_address, shown_address


def plan_sessions(sources: Sequence[str], output: Path) -> list[tuple[str, Path]]:
    """Each source with the folder of its session.

    Args:
        sources: what the user named; a folder of videos stands for all of them.
        output: the session's folder if there is one source; else they lie in it, by their names.
    """
    named: list[str] = []
    is_batch = len(sources) > 1
    for source in sources:
        if source_kind(source) is SourceKind.VIDEOS:
            is_batch = True
            named += map(str, list_videos(Path(source).expanduser()))
        else:
            named.append(source)
    if not is_batch:
        return [(named[0], output)]
    taken: set[str] = set()
    return [(source, output / _folder_name(source, taken)) for source in named]


def _folder_name(source: str, taken: set[str]) -> str:
    """A name that tells the source, but no secrets of an address, other than those taken.

    Two that differ in the case of letters alone are the same to some file systems.
    """
    shown = shown_address(source)
    is_secret = is_address(source) or shown != source
    told = shown.partition("://")[2] if is_secret else Path(source).stem
    unfit = r'[<>:"/\\|?*… #]+' if is_secret else r'[<>:"/\\|?*]+'
    stem = re.sub(unfit, "_", printable(told, 60)).strip(" ._") or "session"
    name, number = stem, 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem}_{number}"
    taken.add(name.casefold())
    return name
