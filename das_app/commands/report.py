"""Report of a problem: log, diagnosis and settings in one archive, without secrets.

It is written where the user says and sent nowhere. Names of sessions and videos stay in it, as a
problem can be about them; users, passwords, tokens, whole addresses and the home folder do not.
"""

import importlib.metadata
import os
import platform
import re
import socket
import zipfile
from collections.abc import Iterable
from pathlib import Path

from das_app.files.crash_log import CRASH_FILE, FORMER_FILE
from das_app.files.whole_file import PRIVATE_FILE, whole_file
from das_app.sources.addresses import shown_address

_MAX_BYTES = 1_000_000  # of each file: its end
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s\"'<>]+", re.IGNORECASE)
_NAMED_SECRET = re.compile(
    r"(?P<name>(?:token|password|passwd|pwd|secret|api[_-]?key|authorization|bearer)\b[\"']?"
    r"\s*(?:[=:]|\s)\s*(?:bearer\s+)?)(?P<value>[^\s,;&]+)",
    re.IGNORECASE,
)
_HIDDEN = "…"


def without_secrets(text: str) -> str:
    """A text without what should not leave this computer."""
    text = _ADDRESS.sub(lambda found: _shown(found[0]), text)
    text = _NAMED_SECRET.sub(rf"\g<name>{_HIDDEN}", text)
    home = str(Path.home())
    if len(home) > 1:
        text = text.replace(home, "~")
    for name in (socket.gethostname(), os.environ.get("USER", ""), Path.home().name):
        if len(name) > 3:  # shorter ones stand in other words
            text = re.sub(rf"\b{re.escape(name)}\b", _HIDDEN, text)
    return text


def write_report(
    target: Path, log_folder: Path, settings_file: Path, lines: Iterable[str]
) -> Path:
    """Write the archive, whole or not at all.

    Args:
        target: a ZIP file.
        log_folder: of the application.
        settings_file: of the application.
        lines: of the diagnosis, as `das-app doctor` prints them.

    Returns:
        The file.

    Raises:
        OSError: if it cannot be written.
    """
    parts = {"versions.txt": _versions(), "doctor.txt": "\n".join(lines) + "\n"}
    logs = sorted(log_folder.glob("das-app.log*"))
    for file in (settings_file, *logs, log_folder / CRASH_FILE, log_folder / FORMER_FILE):
        if file.is_file():
            parts[file.name] = _end_of(file)

    with whole_file(target) as new:
        new.touch(mode=PRIVATE_FILE)
        with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in parts.items():
                archive.writestr(name, without_secrets(text))
    return target


def _shown(address: str) -> str:
    """An address as it may be told: of a scheme and a host."""
    shown = shown_address(address)
    if shown != address or not ("@" in address or "?" in address):
        return shown
    scheme, _, rest = address.partition("://")
    host = re.split(r"[/?#]", rest.rpartition("@")[2], maxsplit=1)[0]
    return f"{scheme}://{host}/{_HIDDEN}"


def _end_of(file: Path) -> str:
    with file.open("rb") as opened:
        opened.seek(max(0, file.stat().st_size - _MAX_BYTES))
        return opened.read().decode("utf-8", "replace")


def _versions() -> str:
    names = sorted({d.metadata["Name"] for d in importlib.metadata.distributions()}, key=str.lower)
    packages = "\n".join(f"{name} {importlib.metadata.version(name)}" for name in names if name)
    return f"{platform.platform()}\nPython {platform.python_version()}\n\n{packages}\n"
