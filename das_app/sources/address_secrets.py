"""Secrets in addresses: kept in the key ring of the system, never in files.

Files hold an address as it is shown. The whole of it is kept by `keyring`, where that package and
a key ring of the system are there; where they are not, the user is asked to enter it again.
"""

import importlib
import logging

from das_app.sources.addresses import is_shown_only, shown_address
from das_app.sources.frame_source import SourceError
from das_app.words.said import said

_SERVICE = "das-capture"
_log = logging.getLogger(__name__)


def keep_address(address: str) -> str:
    """The address as a file may hold it; the whole of it goes into the key ring, if it can."""
    shown = shown_address(address)
    if shown != address and is_shown_only(shown):
        try:
            keyring = importlib.import_module("keyring")
            if keyring.get_password(_SERVICE, shown) != address:
                keyring.set_password(_SERVICE, shown, address)
        except Exception as error:  # no such package, no key ring, a locked one, ...
            _log.info("%s is kept without its secrets: %s", shown, type(error).__name__)
    return shown


def full_address(address: str) -> str:
    """The address that a shown one stands for; another as it is.

    Raises:
        SourceError: if it is not in the key ring.
    """
    if not is_shown_only(address):
        return address
    try:
        kept = importlib.import_module("keyring").get_password(_SERVICE, address)
    except Exception as error:  # as in `keep_address`
        _log.info("no key ring: %s", type(error).__name__)
        kept = None
    if not kept:
        raise SourceError(
            said(
                "the whole of {address} is not kept, as it may hold a password; enter it "
                "again. With the package `keyring` the system's key ring keeps it",
                address=address,
            )
        )
    return kept
