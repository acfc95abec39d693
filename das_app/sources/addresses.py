"""Source names: the demo, and network addresses, shown without passwords."""

import hashlib
import re
from pathlib import Path
from urllib.parse import urlsplit

DEMO_SOURCE = "demo"  # the bundled clip
_ADDRESS = re.compile(r"(rtsps?|https?|rtmps?|udp|tcp|srt)://[^\s/]+", re.IGNORECASE)
# of other protocols, or mistyped with other slashes
_LIKE_ADDRESS = re.compile(r"\s*([a-z][a-z0-9+.-]+):[/\\]+\S", re.IGNORECASE)
# two slashes behind something, a login, or a value of a query: quoted, pasted with more around it,
# or mistyped in another way
_HINTS_OF_ADDRESS = re.compile(r"\S\s*[/\\]{2}|:(?![/\\]).*@|[?&;][^=\s]*=", re.DOTALL)
_LOCAL = re.compile(r"\s*file:", re.IGNORECASE)
_HOST = re.compile(r"([\w.-]+|\[[0-9a-f:.]+(%[\w.-]+)?\])(:\d{1,5})?", re.IGNORECASE)
_SPLITS_HOSTS = re.compile(r"[\s\\\x00-\x1f]")  # readers differ on where the host ends there
_SHOWN = re.compile(r"([a-z][a-z0-9+.-]+://)?([^\s/]+/)?… #[0-9a-f]{4}")


def is_address(spec: str) -> bool:
    """Whether `spec` is an address such as rtsp://host/path."""
    return _ADDRESS.match(spec) is not None


def shown_address(source: str) -> str:
    """A source as it may be shown, logged and written: of an address scheme and host alone.

    User, password, path and query may all be secret. What is left out is stood for by a few
    digits that tell two addresses of one host apart; a shown address is its own shown form. Where
    it is not sure what the host is, as a password may hold any character, it is left out, too.
    """
    if is_shown_only(source) or not (is_address(source) or _is_like_address(source)):
        return source
    found = _LIKE_ADDRESS.match(source)
    scheme = f"{found[1].lower()}://" if found else ""
    host, is_all = _host(source.strip()) if scheme else ("", False)
    if is_all:
        return scheme + host
    digits = hashlib.sha256(source.encode("utf-8", "replace")).hexdigest()[:4]
    return f"{scheme}{host and host + '/'}… #{digits}"


def _is_like_address(source: str) -> bool:
    """Whether a text that is no address may hold the secrets of one all the same."""
    is_like = _LIKE_ADDRESS.match(source) or _HINTS_OF_ADDRESS.search(source)
    return is_like is not None and not _LOCAL.match(source) and not _exists(source)


def _exists(source: str) -> bool:
    try:
        return Path(source).exists()
    except (OSError, ValueError):
        return False


def _host(address: str) -> tuple[str, bool]:
    """Host and port, empty where they are not sure; and whether the address holds nothing else."""
    try:
        parts = urlsplit(address)
    except ValueError:  # such as a broken IPv6 address
        return "", False
    behind = address.partition("://")[2].removeprefix(parts.netloc)
    host = parts.netloc.rpartition("@")[2]
    is_odd = _SPLITS_HOSTS.search(address) is not None
    if is_odd or "@" in behind or _HOST.fullmatch(host) is None:
        return "", False
    return host, parts.netloc == host and behind in ("", "/")


def is_shown_only(source: str) -> bool:
    """Whether it is the shown form of an address whose rest is not in it."""
    return _SHOWN.fullmatch(source) is not None


def short_name(source: str) -> str:
    """A source as lists and titles call it: a path by its last part, an address as it is shown."""
    shown = shown_address(source)
    return shown if is_address(source) or shown != source else Path(source).name or source
