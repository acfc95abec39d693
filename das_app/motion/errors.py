"""The error of motion: what joints cannot tell."""


class MotionError(ValueError):
    """Something cannot be computed from the joints there are; the message is for the user."""
