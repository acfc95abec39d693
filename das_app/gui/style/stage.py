"""Colours of the stage, dark and light: what pictures, plots and the 3D view stand on.

People keep apart for colour-blind eyes: their colours follow Okabe and Ito's set, lightened where
one would sink into the dark stage, and deepened where it would into the light one.
"""

from dataclasses import dataclass

from das_model.person_colours import PERSON_COLOURS


@dataclass(frozen=True, slots=True)
class StageColours:
    """Colours of what is drawn rather than laid out."""

    ground: str
    raised: str  # cards, and what bars run on
    border: str
    text: str
    muted: str
    curves: tuple[str, str, str]
    grid: str  # on the floor
    shade: float  # strength of shadows
    ambient: tuple[float, float, float]  # light in the shade of bodies, RGB
    people: tuple[str, ...]  # by slot


DARK_STAGE = StageColours(
    ground="#14171c",
    raised="#262c35",
    border="#333b47",
    text="#e3e8ee",
    muted="#8d98a6",
    curves=("#4cb2e8", "#f2a541", "#2bd6a3"),
    grid="#3a4350",
    shade=1.0,
    ambient=(0.30, 0.33, 0.42),
    people=PERSON_COLOURS,
)
LIGHT_STAGE = StageColours(
    ground="#f3f5f8",
    raised="#e2e7ed",
    border="#c3cbd5",
    text="#1a2028",
    muted="#566373",
    curves=("#0a6fae", "#b45f00", "#0b7f5c"),
    grid="#c2cad4",
    shade=0.45,
    ambient=(0.55, 0.57, 0.62),
    people=(
        "#1f86cc",
        "#ce7700",
        "#0a9b73",
        "#856b00",
        "#b8549a",
        "#d64b22",
        "#5263dd",
        "#656f7e",
    ),
)
