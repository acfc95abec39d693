"""Display names of people: the name given to a track, or else its number."""

from collections.abc import Mapping
from types import MappingProxyType

Names = Mapping[int, str]  # by track id
NO_NAMES: Names = MappingProxyType({})


def person_text(track_id: int, names: Names = NO_NAMES) -> str:
    """A person's name, or #number; empty for somebody without a track."""
    return names.get(track_id) or (f"#{track_id}" if track_id >= 0 else "")
