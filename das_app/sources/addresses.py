"""Source names: the demo, and network addresses, shown without passwords."""

import hashlib
import re
from pathlib import Path
from urllib.parse import urlsplit

DEMO_SOURCE = "demo"  # the bundled clip
_SHOWN = re.compile(r"[a-z]+://[^\s/]+/… #[0-9a-f]{4}")
_ADDRESS = re.compile(r"(rtsps?|https?|rtmps?|udp|tcp|srt)://[^\s/]+", re.IGNORECASE)


def is_address(spec: str) -> bool:
    """Whether `spec` is an address such as rtsp://host/path."""
    return _ADDRESS.match(spec) is not None


def shown_address(source: str) -> str:
    """A source as it may be shown, logged and written: of an address scheme and host alone.

    User, password, path and query may all be secret. What is left out is stood for by a few
    digits that tell two addresses of one host apart; a shown address is its own shown form.
    """
    if not is_address(source) or is_shown_only(source):
        return source
    scheme = source.partition("://")[0].lower()
    try:
        parts = urlsplit(source)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:  # such as a broken IPv6 address, which may hold a password all the same
        return f"{scheme}://…"
    if (parts.path in ("", "/")) and not parts.query and not parts.fragment and "@" not in source:
        return f"{scheme}://{host}"
    digits = hashlib.sha256(source.encode("utf-8", "replace")).hexdigest()[:4]
    return f"{scheme}://{host}/… #{digits}"


def is_shown_only(source: str) -> bool:
    """Whether it is the shown form of an address whose rest is not in it."""
    return _SHOWN.fullmatch(source) is not None


def short_name(source: str) -> str:
    """A source as lists and titles call it: a path by its last part, an address as it is shown."""
    if is_address(source):
        return shown_address(source)
    return Path(source).name or source
