"""File names made from other names, such as a camera's."""

import hashlib
import re

_MAX_LETTERS = 40


def kept_name(name: str) -> str:
    """The stem of a file name that any system takes, different for different names."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:_MAX_LETTERS] or "camera"
    return f"{plain}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
