"""The atlas: small square textures for floors, walls, pictures, furniture and fabrics."""

import cv2
import numpy as np

SIZE = 128
KINDS = ("planks", "tiles", "bricks", "clouds", "poster", "shelf", "plaid", "landscape")
FLOORS = ("planks", "tiles", "clouds")
WALLS = ("tiles", "bricks", "clouds", "planks")


def make_atlas(seed: int, count: int, photos: list[np.ndarray]) -> np.ndarray:
    """(count, 128, 128, 3) float32 linear RGB; texture i is of kind `KINDS[i % 8]`.

    Args:
        seed: the same seed makes the same atlas.
        count: number of textures.
        photos: (H, W, 3) uint8 sRGB; posters and landscapes are cut out of them if there are any.
    """
    rng = np.random.default_rng([seed, 77])
    return np.stack([_texture(rng, KINDS[i % len(KINDS)], photos) for i in range(count)])


def textures_of(kinds: tuple[str, ...], count: int) -> np.ndarray:
    """Numbers of the textures of these kinds in an atlas of `count`."""
    return np.flatnonzero([KINDS[i % len(KINDS)] in kinds for i in range(count)])


def _texture(rng: np.random.Generator, kind: str, photos: list[np.ndarray]) -> np.ndarray:
    if photos and kind in ("poster", "landscape"):
        return _from_photo(rng, photos[rng.integers(len(photos))])
    draw = {
        "planks": _planks,
        "tiles": _tiles,
        "bricks": _bricks,
        "clouds": _clouds,
        "poster": _poster,
        "shelf": _shelf,
        "plaid": _plaid,
        "landscape": _landscape,
    }[kind]
    picture = np.clip(draw(rng), 0, 1).astype(np.float32)
    return cv2.GaussianBlur(picture, (3, 3), 0.6)


def _from_photo(rng: np.random.Generator, photo: np.ndarray) -> np.ndarray:
    height, width = photo.shape[:2]
    side = int(min(height, width) * rng.uniform(0.3, 0.95))
    top, left = rng.integers(0, height - side + 1), rng.integers(0, width - side + 1)
    crop = photo[top : top + side, left : left + side]
    small = cv2.resize(crop, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    return (small.astype(np.float32) / 255) ** 2.2


def _grid() -> tuple[np.ndarray, np.ndarray]:
    y, x = np.mgrid[0:SIZE, 0:SIZE] / SIZE
    return y, x


def _two_tones(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two muted colours near a common grey."""
    tones = rng.uniform(0.1, 0.9, (2, 1)) * (1 + rng.normal(0, 0.12, (2, 3)))
    return tones[0], tones[1]


def _planks(rng: np.random.Generator) -> np.ndarray:
    y, _ = _grid()
    count = int(rng.integers(3, 8))
    shade = rng.uniform(0.75, 1.1, count)[(y * count).astype(int)]
    grain = cv2.resize(rng.random((SIZE, 6)).astype(np.float32), (SIZE, SIZE))
    wood = np.array([0.45, 0.28, 0.15]) * rng.uniform(0.4, 1.6)
    picture = wood * (shade * (0.75 + 0.4 * grain))[..., None]
    picture[(y * count) % 1 < 0.04] *= 0.4
    return picture


def _tiles(rng: np.random.Generator) -> np.ndarray:
    y, x = _grid()
    count = int(rng.integers(2, 6))
    tile, joint = _two_tones(rng)
    picture = np.tile(tile * 0.5 + 0.4, (SIZE, SIZE, 1)) + rng.normal(0, 0.03, (SIZE, SIZE, 1))
    picture[((y * count) % 1 < 0.05) | ((x * count) % 1 < 0.05)] = joint * 0.6
    return picture


def _bricks(rng: np.random.Generator) -> np.ndarray:
    y, x = _grid()
    rows = 8
    row = (y * rows).astype(int)
    brick = np.array([0.45, 0.2, 0.13]) * rng.uniform(0.5, 1.8) * (1 + rng.normal(0, 0.15, 3))
    along = x * 4 + 0.5 * (row % 2)
    shade = 0.6 + 0.4 * rng.random((rows, 8))[row, (along % 8).astype(int)]
    picture = brick * shade[..., None]
    picture[((y * rows) % 1 < 0.1) | (along % 1 < 0.06)] = 0.6
    return picture


def _clouds(rng: np.random.Generator) -> np.ndarray:
    total = np.zeros((SIZE, SIZE), np.float32)
    for octave in range(1, 7):
        coarse = rng.random((2**octave, 2**octave)).astype(np.float32)
        total += cv2.resize(coarse, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC) / octave
    share = ((total - total.min()) / np.ptp(total))[..., None]
    first, second = _two_tones(rng)
    return first * (1 - share) + second * share


def _poster(rng: np.random.Generator) -> np.ndarray:
    picture = np.full((SIZE, SIZE, 3), 255 * rng.uniform(0.05, 0.95, 3)).astype(np.uint8)
    for _ in range(rng.integers(4, 22)):
        colour = tuple(255 * rng.uniform(0.03, 0.95, 3))
        at = rng.integers(0, SIZE, 2).tolist()
        size = int(rng.integers(3, 40))
        corner = (at[0] + size, at[1] + int(rng.integers(3, 50)))
        kind = rng.random()
        if kind < 0.4:
            cv2.circle(picture, at, size, colour, -1)
        elif kind < 0.75:
            cv2.rectangle(picture, at, corner, colour, -1)
        else:
            cv2.line(picture, at, corner, colour, int(rng.integers(1, 6)))
    for _ in range(rng.integers(0, 4)):
        word = "".join(chr(c) for c in rng.integers(65, 91, rng.integers(2, 7)))
        at = rng.integers(0, SIZE, 2).tolist()
        colour = tuple(255 * rng.uniform(0, 1, 3))
        cv2.putText(picture, word, at, 0, float(rng.uniform(0.4, 1.4)), colour, 2)
    return (picture / 255.0) ** 1.6


def _shelf(rng: np.random.Generator) -> np.ndarray:
    picture = np.full((SIZE, SIZE, 3), rng.uniform(0.02, 0.2))
    wood = np.array([0.4, 0.28, 0.18]) * rng.uniform(0.4, 1.6)
    for board in range(1, 4):
        x, bottom = 0, board * SIZE // 3
        while x < SIZE:
            width, height = int(rng.integers(3, 10)), int(rng.integers(24, 38))
            book = rng.uniform(0.05, 0.6) * (1 + rng.normal(0, 0.35, 3))
            picture[bottom - height : bottom - 2, x : x + width] = book
            x += width + int(rng.integers(0, 4))
        picture[bottom - 3 : bottom] = wood
    return picture


def _plaid(rng: np.random.Generator) -> np.ndarray:
    y, x = _grid()
    picture = np.tile(rng.uniform(0.05, 0.9, 3), (SIZE, SIZE, 1))
    for _ in range(5):
        width, offset = rng.uniform(0.02, 0.2), rng.random()
        for axis in (x, y):
            band = (axis + offset) % 1 < width
            picture[band] = picture[band] * 0.5 + rng.uniform(0.05, 0.9, 3) * 0.5
    weave = ((x * 64).astype(int) + (y * 64).astype(int)) % 2
    return picture * (0.9 + 0.1 * weave[..., None])


def _landscape(rng: np.random.Generator) -> np.ndarray:
    y, _ = _grid()
    horizon = rng.uniform(0.3, 0.8)
    sky = np.array([0.5, 0.7, 1.0]) * rng.uniform(0.5, 1.2)
    land = rng.uniform(0.05, 0.5, 3)
    above = (y < horizon)[..., None]
    picture = np.where(above, sky * (1 - 0.4 * y[..., None]), land).astype(np.float32)
    for _ in range(rng.integers(3, 15)):
        at = (int(rng.integers(SIZE)), int(horizon * SIZE + rng.integers(-15, 25)))
        green = np.array([0.1, 0.35, 0.1]) * rng.uniform(0.3, 2)
        cv2.circle(picture, at, int(rng.integers(4, 18)), green.tolist(), -1)
    if rng.random() < 0.5:
        picture[:, SIZE // 2 - 2 : SIZE // 2 + 2] = 0.7
    return picture
