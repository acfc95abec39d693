"""Settings file: TOML, a table for each group of the settings, written whole.

What a newer version wrote into the file stays there. Files of versions before 0.3 hold their keys
without tables; they are read, and written with tables.
"""

import logging
import os
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import tomli_w

from das_app.files.file_lock import try_lock
from das_app.files.foreign_text import printable
from das_app.files.small_file import read_small_toml
from das_app.files.user_folders import settings_folder
from das_app.files.whole_file import write_whole
from das_app.settings.app_settings import AppSettings
from das_app.settings.checked_fields import field_types, from_toml, to_toml
from das_app.sources.address_secrets import keep_address

_LOCK_TRIES, _LOCK_PAUSE_S = 40, 0.05
_Document = dict[str, Any]
_FORMER_KEYS = {
    "source": "source.name",
    "is_looping": "source.is_looping",
    "resolution": "source.resolution",
    "camera_fps": "source.camera_fps",
    "recent_sources": "source.recent",
    "model_file": "model.file",
    "device": "model.device",
    "mode": "model.mode",
    "input_scale": "model.input_scale",
    "score_threshold": "people.min_score",
    "is_smoothing": "people.is_smoothing",
    "distance_smoothing": "people.distance_smoothing",
    "limb_smoothing": "people.limb_smoothing",
    "has_steady_bones": "people.has_steady_bones",
    "look": "view.look",
    "layout": "view.layout",
    "has_seen_welcome": "view.has_seen_welcome",
    "has_labels": "view.has_labels",
    "has_trails": "view.has_trails",
    "has_offsets": "view.has_offsets",
    "has_heat_map": "view.has_heat_map",
    "has_shadows": "view.has_shadows",
    "has_frustum": "view.has_frustum",
    "sessions_folder": "recording.folder",
    "is_recording_video": "recording.has_video",
    "stream_targets": "streaming.targets",
}
OF_A_SOURCE = ("lens", "camera", "ignored")  # groups that stand in the file of a source
_FORMER_LENS = ("lens", "fov_deg", "lens_origin", "intrinsics_file", "intrinsics_camera")
_log = logging.getLogger(__name__)


def settings_path() -> Path:
    """File the settings are kept in."""
    return settings_folder() / "settings.toml"


def load_settings(path: Path) -> AppSettings:
    """Settings of a former run; defaults when there are none.

    A file that cannot be used is kept aside as `.broken` with a warning; keys this version does
    not know are skipped with a warning.
    """
    settings, document = _read(path)
    for name in _unknown_keys(document):
        _log.warning("settings %s: skipped unknown key %s", path, name)
    return settings


def save_settings(settings: AppSettings, path: Path) -> None:
    """Write the settings whole or not at all; keys of the file that this version does not know
    stay in it. Raises OSError when the folder is not writable."""
    _write(settings, _read(path)[1], path)


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
        theirs, document = _read(path)
        _write(_merged(before, now, theirs), document, path)


def _kept_groups() -> dict[str, type]:
    """Groups of the settings that stand in the file."""
    kinds = field_types(AppSettings)
    return {group: kind for group, kind in kinds.items() if group not in OF_A_SOURCE}


def _wait_for(lock: BinaryIO) -> None:
    """Lock a file; after two seconds, or where there are no locks, go on without."""
    with suppress(OSError):
        for _ in range(_LOCK_TRIES):
            if try_lock(lock):
                return
            time.sleep(_LOCK_PAUSE_S)
    _log.warning("the settings are written without a lock")


def _merged(before: AppSettings, now: AppSettings, theirs: AppSettings) -> AppSettings:
    """Of every field `now` where it changed, else `theirs`."""
    groups = {}
    for group, kind in _kept_groups().items():
        former, present = getattr(before, group), getattr(now, group)
        changed = {
            name: getattr(present, name)
            for name in field_types(kind)
            if getattr(present, name) != getattr(former, name)
        }
        groups[group] = replace(getattr(theirs, group), **changed)
    return AppSettings(**groups)


def _read(path: Path) -> tuple[AppSettings, _Document]:
    """Settings of a file and all that stands in it, in tables; a broken file is kept aside."""
    try:
        document = _in_tables(read_small_toml(path))
        return _settings_from(document), document
    except FileNotFoundError:
        return AppSettings(), {}
    except Exception as error:  # whatever reading a foreign file raises
        aside = path.with_suffix(".broken")
        _log.warning("settings %s are unusable (%s); using defaults", path, printable(str(error)))
        try:
            os.replace(path, aside)
            _log.warning("the former settings are kept as %s", aside)
        except OSError:
            _log.warning("the former settings could not be kept aside", exc_info=True)
        return AppSettings(), {}


def _in_tables(document: _Document) -> _Document:
    """A document with the keys of former versions in their tables, without the one lens that
    they had for all sources."""
    document = {key: value for key, value in document.items() if key not in _FORMER_LENS}
    former = {
        key: value
        for key, value in document.items()
        if key in _FORMER_KEYS and not isinstance(value, dict)
    }
    tables = {key: value for key, value in document.items() if key not in former}
    for key, value in former.items():
        group, _, name = _FORMER_KEYS[key].partition(".")
        tables[group] = {name: value} | _table(tables, group)
    return tables


def _table(document: _Document, group: str) -> _Document:
    table = document.get(group, {})
    if not isinstance(table, dict):
        raise ValueError(f"{group} must be a table, got {table!r}")
    return table


def _settings_from(document: _Document) -> AppSettings:
    groups = {}
    for group, kind in _kept_groups().items():
        table, kinds = _table(document, group), field_types(kind)
        groups[group] = kind(
            **{name: from_toml(kinds[name], table[name]) for name in kinds.keys() & table.keys()}
        )
    return AppSettings(**groups)


def _unknown_keys(document: _Document) -> list[str]:
    groups = _kept_groups()
    unknown = [name for name in document if name not in groups]
    for group, kind in groups.items():
        unknown += [
            f"{group}.{name}" for name in document.get(group, {}).keys() - field_types(kind)
        ]
    return sorted(unknown)


def _write(settings: AppSettings, document: _Document, path: Path) -> None:
    """Write settings over what stands in a document."""
    tables = dict(document)
    for group, kind in _kept_groups().items():
        values = {name: getattr(getattr(settings, group), name) for name in field_types(kind)}
        kept = {
            name: value for name, value in _table(document, group).items() if name not in values
        }
        shown = {n: to_toml(_without_secrets(v)) for n, v in values.items() if v is not None}
        tables[group] = shown | kept
    write_whole(path, tomli_w.dumps(tables))


def _without_secrets(value: object) -> object:
    """The value of a field with what may be kept of addresses."""
    if isinstance(value, tuple):
        return tuple(_without_secrets(each) for each in value)
    return keep_address(value) if isinstance(value, str) else value
