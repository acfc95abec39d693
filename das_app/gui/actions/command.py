"""`Command`, one thing to do in the window: its text, keys, icon and heading on the help sheet."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to do.

    Args:
        name: what the code calls it.
        section: heading on the help sheet.
        text: in menus, on buttons and on the help sheet.
        tip: more words, shown with the keys in tooltips; by default the text.
        keys: shortcuts as Qt writes them; the first stands in menus and tooltips.
        icon: name of the icon, or empty.
        is_checkable: whether it is on or off.
        setting: the setting that it switches, and shows; empty for none.
        button: short text for buttons; by default the text.
    """

    name: str
    section: str
    text: str
    tip: str = ""
    keys: tuple[str, ...] = ()
    icon: str = ""
    is_checkable: bool = False
    setting: str = ""
    button: str = ""
