"""Modes: the time that an image may take."""

from enum import StrEnum


class Mode(StrEnum):
    """Fast looks once; precise looks again at everybody; auto does so where nobody waits for the
    picture, and live at as many people as the time between two frames leaves."""

    AUTO = "auto"
    FAST = "fast"
    PRECISE = "precise"
