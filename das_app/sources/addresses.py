"""Names of sources: the demo, and network addresses, which are never shown with a password."""

import re
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

DEMO_SOURCE = "demo"  # the bundled clip
_ADDRESS = re.compile(r"(rtsps?|https?|rtmps?|udp|tcp|srt)://[^\s/]+", re.IGNORECASE)


def is_address(spec: str) -> bool:
    """Whether `spec` is an address such as rtsp://host/path."""
    return _ADDRESS.match(spec) is not None


def without_password(source: str) -> str:
    """A source as it may be shown and logged: an address without user and password."""
    if not is_address(source):
        return source
    try:
        parts = urlsplit(source)
    except ValueError:  # such as a broken IPv6 address, which may hold a password all the same
        return f"{source.partition('://')[0]}://…"
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def short_name(source: str) -> str:
    """A source as lists and titles call it: a path by its last part, an address whole."""
    if is_address(source):
        return without_password(source)
    return Path(source).name or source
