"""Clothes and appearance of people: rows of the look table (`materials`)."""

import colorsys

import numpy as np

from das_model.synthetic.body import materials as m

_SKINS = 0.82 * np.array(
    [
        [0.80, 0.58, 0.46],
        [0.72, 0.48, 0.36],
        [0.62, 0.40, 0.28],
        [0.50, 0.31, 0.20],
        [0.38, 0.22, 0.14],
        [0.24, 0.13, 0.08],
        [0.15, 0.08, 0.05],
        [0.86, 0.66, 0.56],
    ]
)
_SKIN_SHARES = (0.2, 0.17, 0.14, 0.12, 0.1, 0.09, 0.08, 0.1)
_HAIRS = np.array(
    [
        [0.02, 0.015, 0.012],
        [0.05, 0.03, 0.02],
        [0.10, 0.055, 0.03],
        [0.20, 0.11, 0.05],
        [0.42, 0.28, 0.13],
        [0.55, 0.42, 0.25],
        [0.30, 0.10, 0.04],
        [0.45, 0.45, 0.45],
        [0.7, 0.7, 0.7],
    ]
)
_HAIR_SHARES = (0.24, 0.2, 0.16, 0.1, 0.09, 0.07, 0.04, 0.06, 0.04)
_FIRST_GREY, _GREY_YEARS = 7, 35.0
_HAIR_THICK = ((0.0, 0.0), (0.006, 0.018), (0.018, 0.045), (0.008, 0.02))


def cloth_colour(rng: np.random.Generator) -> np.ndarray:
    """(3,) linear RGB of dyed things: many greys and blues, some vivid."""
    kind = rng.random()
    if kind < 0.38:
        grey = rng.uniform(0.02, 0.9) ** 1.5
        return np.clip(grey * (1 + rng.normal(0, 0.06, 3)), 0.015, 0.92)
    if kind < 0.62:
        return np.array([0.05, 0.09, 0.2]) * rng.uniform(0.3, 2.2) + rng.uniform(0, 0.03, 3)
    hue = colorsys.hsv_to_rgb(rng.random(), rng.uniform(0.2, 0.9), rng.uniform(0.1, 0.9))
    return np.array(hue) ** 1.6


def sample_look(
    rng: np.random.Generator, gender: float, years: float, num_textures: int
) -> np.ndarray:
    """(58,) float32 row of the look table for a person of this gender and age."""
    look = np.zeros(m.NUM_COLUMNS, np.float32)
    _set_head(rng, look, gender > 0.5, years)
    _set_shirt(rng, look, num_textures)
    _set_trousers(rng, look, gender > 0.5, num_textures)
    look[m.SEED] = rng.integers(0, 10000)
    look[m.WRINKLE] = rng.uniform(0.1, 0.6)
    look[m.WATCH] = rng.random() < 0.15
    return look


def _set_colour(look: np.ndarray, column: int, colour: np.ndarray | list[float]) -> None:
    look[column : column + 3] = colour


def _set_head(rng: np.random.Generator, look: np.ndarray, is_female: bool, years: float) -> None:
    skin = _SKINS[rng.choice(len(_SKINS), p=_SKIN_SHARES)] * rng.uniform(0.85, 1.12)
    skin = skin * (1 + rng.normal(0, 0.03, 3))
    _set_colour(look, m.SKIN, skin)
    shade = rng.choice(len(_HAIRS), p=_HAIR_SHARES)
    if years < _GREY_YEARS:
        shade %= _FIRST_GREY
    hair = _HAIRS[shade] * rng.uniform(0.7, 1.3)
    _set_colour(look, m.HAIR_COLOUR, hair)
    style = int(rng.choice(4, p=(0.02, 0.23, 0.2, 0.55) if is_female else (0.12, 0.62, 0.2, 0.06)))
    look[m.HAIR_STYLE] = style
    look[m.HAIR_THICK] = rng.uniform(*_HAIR_THICK[style])
    look[m.HAIR_CUT] = rng.uniform(0.3, 0.66)
    recedes = not is_female and rng.random() < 0.25
    look[m.HAIR_LIFT] = rng.normal(0, 0.006) + 0.012 * recedes
    if not is_female and years > 19 and rng.random() < 0.4:
        look[m.BEARD] = rng.uniform(0.2, 1)
    look[m.GLASSES] = rng.random() < 0.18
    iris = [0.12, 0.06, 0.03] if rng.random() < 0.6 else rng.uniform(0.05, 0.3, 3)
    _set_colour(look, m.IRIS, iris)
    bare = not is_female or rng.random() < 0.6
    _set_colour(look, m.LIP, skin * np.array([0.95, 0.55, 0.55]) if bare else [0.45, 0.04, 0.06])


def _pattern(rng: np.random.Generator, num_textures: int) -> int:
    kind = rng.random()
    if kind < 0.58:
        return m.PLAIN
    if kind < 0.82:
        return int(rng.integers(m.STRIPES_ACROSS, m.BLOTCHES + 1))
    return int(m.FIRST_FABRIC + rng.integers(num_textures))


def _set_shirt(rng: np.random.Generator, look: np.ndarray, num_textures: int) -> None:
    _set_colour(look, m.SHIRT, cloth_colour(rng))
    _set_colour(look, m.SHIRT_SECOND, cloth_colour(rng))
    pattern = _pattern(rng, num_textures)
    if pattern == m.PLAIN and rng.random() < 0.3:
        pattern = m.PRINT
    look[m.SHIRT_PATTERN] = pattern
    look[m.SHIRT_SCALE] = rng.uniform(0.5, 2.5)
    sleeves = ((-0.05, 0.1), (0.2, 0.42), (0.5, 0.8), (0.92, 1.0))
    look[m.SLEEVE] = rng.uniform(*sleeves[rng.choice(4, p=(0.1, 0.4, 0.1, 0.4))])
    look[m.NECKLINE] = max(0, rng.normal(0.015, 0.04))
    look[m.SHIRT_HEM] = rng.uniform(0.11, 0.17) if rng.random() < 0.4 else rng.uniform(0, 0.1)
    look[m.SHIRT_LOOSE] = (
        rng.uniform(0.003, 0.01) if rng.random() < 0.5 else rng.uniform(0.01, 0.03)
    )
    if rng.random() < 0.25:
        look[m.OPEN_FRONT] = rng.uniform(0.02, 0.1)
    _set_colour(look, m.INNER, cloth_colour(rng))


def _set_trousers(
    rng: np.random.Generator, look: np.ndarray, is_female: bool, num_textures: int
) -> None:
    _set_colour(look, m.TROUSERS, cloth_colour(rng) * 0.8)
    _set_colour(look, m.TROUSERS_SECOND, cloth_colour(rng))
    look[m.TROUSERS_PATTERN] = _pattern(rng, num_textures) if rng.random() < 0.25 else m.PLAIN
    look[m.TROUSERS_SCALE] = rng.uniform(0.5, 2.5)
    ends = ((0.25, 0.5), (0.6, 0.85), (0.93, 1.0))
    look[m.TROUSERS_END] = rng.uniform(*ends[rng.choice(3, p=(0.2, 0.08, 0.72))])
    if is_female and rng.random() < 0.25:
        look[m.SKIRT_ON] = 1
        look[m.SKIRT_CUT] = (
            rng.uniform(-0.3, -0.1) if rng.random() < 0.5 else rng.uniform(-0.7, -0.3)
        )
        look[m.TROUSERS_END] = 0.2 if rng.random() < 0.75 else 0.99
    _set_colour(look, m.SHOE, cloth_colour(rng) * 0.7)
    look[m.SHOE_ON] = rng.random() < 0.9
    _set_colour(look, m.SOLE, [float(rng.uniform(0.02, 0.8))] * 3)
    look[m.TROUSERS_LOOSE] = (
        rng.uniform(0.002, 0.008) if rng.random() < 0.5 else rng.uniform(0.008, 0.028)
    )
    look[m.SOCK] = rng.uniform(0.85, 1.2)
