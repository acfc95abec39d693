"""Typed settings fields: validation, and conversion from and to TOML."""

from collections.abc import Mapping
from dataclasses import field, fields
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import TYPE_CHECKING, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_RANGE = "range"  # in the metadata of a field
_WORDS: dict[object, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    Path: "a path",
    NoneType: "nothing",
}


def between(default: float, low: float, high: float) -> float:
    """Field for a number from `low` to `high`."""
    return field(default=default, metadata={_RANGE: (low, high)})


def check_fields(values: "DataclassInstance") -> None:
    """Refuse a dataclass with a value of the wrong type or out of its range.

    Types are bool, int, float, str, Path, string enums, `X | None` and `tuple[X, ...]`.

    Raises:
        ValueError: with the field's name, what was expected, and the value.
    """
    kinds = field_types(type(values))
    for each in fields(values):
        value, limits = getattr(values, each.name), each.metadata.get(_RANGE)
        if not _fits(value, kinds[each.name]) or (limits and not limits[0] <= value <= limits[1]):
            words = _words(kinds[each.name])
            if limits:
                words += f" from {limits[0]:g} to {limits[1]:g}"
            raise ValueError(f"{each.name} must be {words}, got {value!r}")


@cache
def field_types(kind: type["DataclassInstance"]) -> Mapping[str, type]:
    """Types of a dataclass's fields by name; generic ones and unions are types here, too."""
    hints = get_type_hints(kind)
    return {each.name: hints[each.name] for each in fields(kind)}


def from_toml(kind: object, value: object) -> object:
    """The value of a field out of TOML; what does not fit stays as it is, for `check_fields`."""
    if get_origin(kind) is UnionType:
        return from_toml(next(k for k in get_args(kind) if k is not NoneType), value)
    if get_origin(kind) is tuple and isinstance(value, list):
        return tuple(from_toml(get_args(kind)[0], each) for each in value)
    if not isinstance(value, str) or not isinstance(kind, type):
        return value
    if issubclass(kind, Path):
        return Path(value)
    if issubclass(kind, StrEnum) and value in list(kind):
        return kind(value)
    return value


def to_toml(value: object) -> object:
    """TOML value of a field other than None."""
    if isinstance(value, tuple):
        return [to_toml(each) for each in value]
    return str(value) if isinstance(value, Path | StrEnum) else value


def _fits(value: object, kind: object) -> bool:
    if get_origin(kind) is UnionType:
        return any(_fits(value, each) for each in get_args(kind))
    if get_origin(kind) is tuple:
        return isinstance(value, tuple) and all(_fits(v, get_args(kind)[0]) for v in value)
    if kind in (int, float):
        return not isinstance(value, bool) and isinstance(
            value, int if kind is int else int | float
        )
    return isinstance(kind, type) and isinstance(value, kind)


def _words(kind: object) -> str:
    """Expectation of a type, in words."""
    if get_origin(kind) is UnionType:
        return " or ".join(map(_words, get_args(kind)))
    if get_origin(kind) is tuple:
        return f"a tuple, each of it {_words(get_args(kind)[0])}"
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return f"one of {', '.join(kind)}"
    return _WORDS.get(kind) or f"a {getattr(kind, '__name__', kind)}"
