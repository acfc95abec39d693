"""DAS Capture: multi-person 3D pose capture. `from das_app import Session` reads recordings."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from das_app.python_session import Session

__all__ = ["Session"]


def __getattr__(name: str) -> object:
    """`Session`, loaded when it is asked for, so that importing the package costs nothing."""
    if name == "Session":
        from das_app.python_session import Session

        return Session
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
