"""`MotionError`: joints do not suffice for a result."""


class MotionError(ValueError):
    """Something cannot be computed from the joints there are; the message is for the user."""
