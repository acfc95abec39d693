"""The settings' file: TOML, read leniently and written whole."""

import json
import logging
import os
import time
import tomllib
from contextlib import suppress
from dataclasses import asdict, fields, is_dataclass, replace
from pathlib import Path
from typing import BinaryIO, TypeVar

import platformdirs

from das_app.files.file_lock import try_lock
from das_app.files.foreign_text import printable
from das_app.files.small_file import read_small_text
from das_app.files.whole_file import write_whole
from das_app.lens.intrinsics import LensOrigin
from das_app.settings.app_settings import AppSettings, Device, Look
from das_app.sources.address_secrets import keep_address
from das_app.sources.addresses import is_address
from das_model.inference.mode import Mode

APP_NAME = "das-capture"
_LOCK_TRIES, _LOCK_PAUSE_S = 40, 0.05
_Value = TypeVar("_Value")
_log = logging.getLogger(__name__)


def settings_path() -> Path:
    """File the settings are kept in."""
    return platformdirs.user_config_path(APP_NAME, appauthor=False) / "settings.toml"


def load_settings(path: Path) -> AppSettings:
    """Settings of a former run; defaults when there are none.

    A file that cannot be used is kept aside as `.broken` with a warning; keys this version does
    not know are skipped with a warning.
    """
    try:
        return _settings_from(tomllib.loads(read_small_text(path)), path)
    except FileNotFoundError:
        return AppSettings()
    except Exception as error:  # whatever reading a foreign file raises
        aside = path.with_suffix(".broken")
        _log.warning("settings %s are unusable (%s); using defaults", path, printable(str(error)))
        try:
            os.replace(path, aside)
            _log.warning("the former settings are kept as %s", aside)
        except OSError:
            _log.warning("the former settings could not be kept aside", exc_info=True)
        return AppSettings()


def save_settings(settings: AppSettings, path: Path) -> None:
    """Write the settings whole or not at all. Raises OSError when the folder is not writable."""
    lines = [
        f"{name} = {_toml(value)}\n"
        for name, value in asdict(settings).items()
        if value is not None
    ]
    write_whole(path, "".join(lines))


def merge_into_file(before: AppSettings, now: AppSettings, path: Path) -> None:
    """Write what changed between two settings into the file, whole or not at all.

    What the file holds else stays, such as what another window wrote meanwhile; where both
    changed the same, the later one stays. A lock lets one write at a time.

    Raises:
        OSError: if the folder is not writable.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("ab") as lock:
        _wait_for(lock)
        save_settings(_merged(before, now, load_settings(path)), path)


def _wait_for(lock: BinaryIO) -> None:
    """Lock a file; after two seconds, or where there are no locks, go on without."""
    with suppress(OSError):
        for _ in range(_LOCK_TRIES):
            if try_lock(lock):
                return
            time.sleep(_LOCK_PAUSE_S)
    _log.warning("the settings are written without a lock")


def _merged(before: _Value, now: _Value, theirs: _Value) -> _Value:
    """Of every field `now` where it changed, else `theirs`; groups of fields likewise."""
    if not is_dataclass(now):
        return theirs if now == before else now
    changed = {
        field.name: _merged(*(getattr(value, field.name) for value in (before, now, theirs)))
        for field in fields(now)
    }
    return replace(theirs, **changed)


def _settings_from(values: dict[str, object], path: Path) -> AppSettings:
    known = {field.name for field in fields(AppSettings)}
    for name in sorted(values.keys() - known):
        _log.warning("settings %s: skipped unknown key %s", path, name)
    chosen = {name: value for name, value in values.items() if name in known}
    readers = {
        "intrinsics_file": _path,
        "model_file": _path,
        "sessions_folder": _path,
        "lens_origin": LensOrigin,
        "device": Device,
        "mode": Mode,
        "look": Look,
        "recent_sources": _texts,
        "stream_targets": _texts,
    }
    for name in readers.keys() & chosen.keys():
        chosen[name] = readers[name](chosen[name])
    return AppSettings(**chosen)


def _path(value: object) -> Path:
    return Path(str(value))


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(text) for text in value) if isinstance(value, list) else ()


def _toml(value: bool | str | float | Path | tuple[str, ...]) -> str:
    """A TOML value, of an address what may be shown; JSON's basic strings are one of TOML's."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float | int):
        return repr(value)
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, str) and is_address(value):
        value = keep_address(value)
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
