"""Sanitising of texts of foreign origin, such as names of files, people, models and cameras.

Control characters could end a line of a log or colour a terminal, and direction characters show
`exe.jpg` for `gpj.exe`; neither has a use in a name.
"""

import unicodedata

_UNFIT = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")  # control, direction, half characters, line ends
_JOINERS = "\u200c\u200d"  # letters of Persian and Indian scripts, and emoji, need them


def printable(text: str, max_length: int = 300) -> str:
    """The text in one line without control and direction characters, cut to a length."""
    fit = "".join(
        character
        if character in _JOINERS or unicodedata.category(character) not in _UNFIT
        else " "
        for character in text[: 4 * max_length]
    )
    fit = " ".join(fit.split())
    return fit if len(fit) <= max_length else fit[: max_length - 1] + "…"
