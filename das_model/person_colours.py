"""Palette of people in window, page, exports and training pictures, also for the colour-blind."""

PERSON_COLOURS = (
    "#56b4e9",
    "#f5a623",
    "#2bd6a3",
    "#f0e442",
    "#d774b4",
    "#ff7a4d",
    "#8c9eff",
    "#d9dee5",
)  # sRGB


def person_rgb(number: int) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255, of a track id or slot."""
    red, green, blue = bytes.fromhex(PERSON_COLOURS[number % len(PERSON_COLOURS)][1:])
    return red, green, blue
