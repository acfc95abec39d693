"""Texts of rooms that know no Qt, kept so that the window can translate them.

Everybody else reads them as they are: English. lupdate finds what stands in calls of `marked` and
`said`; the window translates when it shows them.
"""

from typing import Any


class Said(str):
    """An English text with its numbers and names in place, which remembers how it was made.

    Attributes:
        template: with `{name:format}` for each field, as `str.format` reads it.
        fields: by name.
    """

    __slots__ = ("fields", "template")

    template: str
    fields: dict[str, object]

    def __str__(self) -> str:
        """Itself, so that an error's text stays what it was made of."""
        return self


def said(template: str, /, **fields: Any) -> Said:  # noqa: ANN401
    """A text to translate as a whole."""
    text = Said(template.format(**fields))
    text.template, text.fields = template, fields
    return text


def counted(number: int, one: str, many: str, /, **fields: Any) -> Said:  # noqa: ANN401
    """One of two `marked` texts, of one thing and of several; their field `number` is how many."""
    return said(one if number == 1 else many, number=number, **fields)


def marked(text: str) -> str:
    """A text of a table, as it is."""
    return text
