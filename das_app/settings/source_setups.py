"""Settings of each source: lens, camera and who is ignored; a TOML file for each.

A lens that was given for one source must not count for the next one. What a command line says
counts in that run alone and is never written.
"""

import logging
import threading
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import tomli_w

from das_app.files.foreign_text import printable
from das_app.files.kept_name import kept_name
from das_app.files.small_file import read_small_toml
from das_app.files.whole_file import write_whole
from das_app.settings import settings_file
from das_app.settings.app_settings import CameraSettings, IgnoredSettings, LensSettings
from das_app.settings.checked_fields import field_types, from_toml, to_toml
from das_app.settings.settings_file import OF_A_SOURCE

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SourceSetup:
    """Of one source; the fields are the groups of the settings with these names."""

    lens: LensSettings = field(default_factory=LensSettings)
    camera: CameraSettings = field(default_factory=CameraSettings)
    ignored: IgnoredSettings = field(default_factory=IgnoredSettings)


@dataclass(frozen=True, slots=True)
class SaidSetup:
    """Settings of a source from the command line; None for those not given.

    Args:
        lens: of it.
        turn_deg: degrees by which its pictures are turned clockwise.
        ignored: where people are left out.
    """

    lens: LensSettings | None = None
    turn_deg: int | None = None
    ignored: IgnoredSettings | None = None

    def over(self, setup: SourceSetup) -> SourceSetup:
        """A setup with what is said in its place."""
        camera = setup.camera
        if self.turn_deg is not None:
            camera = replace(camera, turn_deg=self.turn_deg)
        return SourceSetup(self.lens or setup.lens, camera, self.ignored or setup.ignored)


NOTHING_SAID = SaidSetup()


class SourceSetups:
    """The setups of all sources; threads may use it together.

    Args:
        said: by the command line.
        source: that the command line names, as it names it; None for every one.
        folder: of the files; by default in that of the settings.
    """

    def __init__(
        self,
        said: SaidSetup = NOTHING_SAID,
        source: str | None = None,
        folder: Path | None = None,
    ) -> None:
        self._said, self._source = said, source
        self._folder = folder or settings_file.settings_path().parent / "sources"
        self._now: dict[str, SourceSetup] = {}  # in use in this run
        self._lock = threading.Lock()

    def of(self, key: str, source: str) -> SourceSetup:
        """The setup of a source to begin with.

        Args:
            key: that its file is found by; empty where nothing is kept of it.
            source: as the user names it.
        """
        with self._lock:
            if key in self._now:
                return self._now[key]
            setup = _read(self._path(key)) if key else SourceSetup()
            if self._source in (None, source):
                setup = self._said.over(setup)
            if key:
                self._now[key] = setup
            return setup

    def keep(self, key: str, setup: SourceSetup) -> None:
        """Use another setup for a source, and write what is another than the one in use."""
        with self._lock:
            former = self._now.get(key, SourceSetup())
            if not key or setup == former:
                return
            self._now[key] = setup
            kept = _read(self._path(key))
            groups = {
                group: replace(getattr(kept, group), **_changes(former, setup, group))
                for group in OF_A_SOURCE
            }
            try:
                _write(SourceSetup(**groups), key, self._path(key))
            except OSError:
                _log.warning("the setup of %s could not be kept", key, exc_info=True)

    def _path(self, key: str) -> Path:
        return self._folder / f"{kept_name(key)}.toml"


@dataclass(frozen=True, eq=False, slots=True)
class KeptSetup:
    """The setup of the source that is open, and where it is kept.

    Args:
        setups: of all sources.
        key: of this one.
        begin: to begin with.
    """

    setups: SourceSetups
    key: str
    begin: SourceSetup

    def keep(self, setup: SourceSetup) -> None:
        """Use and keep another one."""
        self.setups.keep(self.key, setup)


def _changes(former: SourceSetup, now: SourceSetup, group: str) -> dict[str, object]:
    """Fields of a group that are others now. A lens is one thing: all of it or nothing."""
    before, after = getattr(former, group), getattr(now, group)
    values = {each.name: getattr(after, each.name) for each in fields(after)}
    if group == "lens":
        return values if before != after else {}
    return {name: value for name, value in values.items() if value != getattr(before, name)}


def _read(path: Path) -> SourceSetup:
    try:
        document = read_small_toml(path)
        groups = {}
        for group, kind in field_types(SourceSetup).items():
            table, kinds = document.get(group, {}), field_types(kind)
            groups[group] = kind(
                **{n: from_toml(kinds[n], table[n]) for n in kinds.keys() & table.keys()}
            )
        return SourceSetup(**groups)
    except FileNotFoundError:
        return SourceSetup()
    except Exception as error:  # whatever reading a foreign file raises
        _log.warning("%s is unusable (%s); it is passed over", path, printable(str(error)))
        return SourceSetup()


def _write(setup: SourceSetup, key: str, path: Path) -> None:
    """Write what differs from the defaults; nothing is left of a setup that is all default."""
    usual, tables = SourceSetup(), {}
    for group, kind in field_types(SourceSetup).items():
        values = {name: getattr(getattr(setup, group), name) for name in field_types(kind)}
        tables[group] = {
            name: to_toml(value)
            for name, value in values.items()
            if value is not None and value != getattr(getattr(usual, group), name)
        }
    if any(tables.values()):
        write_whole(path, tomli_w.dumps({"source": key} | tables))
    else:
        path.unlink(missing_ok=True)
