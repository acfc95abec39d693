"""The three people of the demo clip: who they are and what they do, as keyframes.

One walks in, waves, joins the talk and walks out; one talks with her hands on a chair; one chats,
stretches and squats. Angles are in degrees, in the order of the dataclasses of `poses`.
"""

import numpy as np

from das_model.synthetic.body import materials as m
from das_model.synthetic.body.clothes import sample_look
from das_model.synthetic.body.kit import BodyKit
from das_model.synthetic.people.animation import Actor, Track, still

_RGB = tuple[float, float, float]
_HANG = (78.0, -80.0, 14.0, 0.0)  # an arm at rest
_SEATED = (88.0, 6.0, 88.0, 4.0, 0.0)
_STANDING = (1.0, 4.0, 3.0, 6.0, -2.0)


def demo_actors(kit: BodyKit, num_textures: int) -> list[Actor]:
    """The three people and what they do; `num_textures` is the size of the atlas."""
    is_adult = (kit.years > 22) & (kit.years < 55)
    men = np.flatnonzero(is_adult & (kit.gender < 0.1))
    women = np.flatnonzero(is_adult & (kit.gender > 0.9))
    return [
        _walker(int(men[2]), _look(kit, int(men[2]), 11, num_textures)),
        _talker(int(women[11]), _look(kit, int(women[11]), 4, num_textures)),
        _gymnast(int(women[4]), _look(kit, int(women[4]), 8, num_textures)),
    ]


def _look(kit: BodyKit, shape: int, seed: int, num_textures: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    look = sample_look(rng, kit.gender[shape], kit.years[shape], num_textures)
    look[[m.SHIRT_PATTERN, m.TROUSERS_PATTERN]] = m.PLAIN
    look[m.OPEN_FRONT] = 0
    look[m.SKIRT_ON] = 0
    look[m.TROUSERS_END] = 0.97
    look[m.SHOE_ON] = 1
    look[m.WRINKLE] = 0.35
    return look


def _dyed(look: np.ndarray, shirt: _RGB, trousers: _RGB, shoes: _RGB, hair: _RGB) -> np.ndarray:
    """The look in these linear RGB colours."""
    columns = {m.SHIRT: shirt, m.TROUSERS: trousers, m.SHOE: shoes, m.HAIR_COLOUR: hair}
    for column, colour in columns.items():
        look[column : column + 3] = colour
    return look


def _walker(shape: int, look: np.ndarray) -> Actor:
    """Walks in from the left behind the others, waves, joins the talk, walks out on the right."""
    look[m.SLEEVE] = 0.97
    waves = tuple((3.9 + 0.28 * k, (84.0, 22.0, 78.0 + 26 * (k % 2), -88.0)) for k in range(9))
    point, shrug = (24.0, -22.0, 40.0, -20.0), (56.0, -48.0, 86.0, -50.0)
    talk = ((8.2, _HANG), (9.2, shrug), (9.9, point), (10.6, shrug), (11.8, _HANG))
    still_turn = ((2.7, (88.0,)), (3.7, (4.0,)), (7.4, (4.0,)), (8.4, (36.0,)), (11.6, (36.0,)))
    return Actor(
        shape,
        _dyed(
            look,
            shirt=(0.5, 0.12, 0.08),
            trousers=(0.06, 0.08, 0.13),
            shoes=(0.1, 0.06, 0.04),
            hair=(0.05, 0.03, 0.02),
        ),
        "walk",
        (-3.2, 4.3),
        Track(((0.0, (88.0,)), *still_turn, (12.5, (92.0,)))),
        Track(
            (
                (0.0, (3.0, 0.0, 0.0, 4.0, 0.0, -25.0)),
                (2.6, (3.0, 0.0, 0.0, 4.0, 0.0, -40.0)),
                (3.8, (0.0, 0.0, 0.0, 4.0, 0.0, 0.0)),
                (5.0, (0.0, 2.0, 0.0, 2.0, 6.0, 4.0)),
                (7.4, (0.0, 0.0, 0.0, 4.0, 0.0, 0.0)),
                (8.6, (4.0, 0.0, 4.0, 8.0, 4.0, 10.0)),
                (10.2, (2.0, 0.0, 2.0, 2.0, -4.0, 16.0)),
                (12.4, (3.0, 0.0, 0.0, 4.0, 0.0, 0.0)),
            )
        ),
        Track(((0.0, _HANG), *talk)),
        Track(((2.9, _HANG), *waves, (7.2, _HANG), (9.4, _HANG), (10.3, shrug), (11.5, _HANG))),
        still(*_STANDING),
        walk=Track(((0.0, (1.0,)), (2.3, (1.0,)), (3.5, (0.0,)), (11.6, (0.0,)), (12.5, (1.0,)))),
    )


def _talker(shape: int, look: np.ndarray) -> Actor:
    """Sits on a chair and talks with both hands."""
    look[m.SLEEVE] = 0.3
    look[[m.HAIR_STYLE, m.HAIR_THICK]] = (2, 0.025)
    lap = (38.0, -62.0, 62.0, -10.0)
    open_hand = (48.0, -48.0, 82.0, -35.0)
    raised = (40.0, -25.0, 98.0, -40.0)
    return Actor(
        shape,
        _dyed(look, (0.08, 0.3, 0.32), (0.05, 0.05, 0.06), (0.28, 0.3, 0.34), (0.1, 0.055, 0.03)),
        "sit",
        (1.05, 3.25),
        still(-34.0),
        Track(
            (
                (0.0, (4.0, 0.0, 0.0, 4.0, 0.0, -12.0)),
                (2.5, (8.0, 2.0, -4.0, 6.0, 4.0, -16.0)),
                (5.0, (3.0, 0.0, 4.0, 0.0, -4.0, 12.0)),
                (7.5, (6.0, -2.0, 10.0, 2.0, 0.0, 38.0)),
                (10.0, (2.0, 0.0, 8.0, 0.0, 4.0, 30.0)),
                (12.5, (8.0, 2.0, -6.0, 6.0, 0.0, -18.0)),
                (16.0, (4.0, 0.0, 0.0, 4.0, 0.0, -10.0)),
            )
        ),
        _gestures(lap, open_hand, raised, (0, 1, 1, 0, 2, 1, 0, 0, 2, 1, 2, 0, 1, 0), 0.0),
        _gestures(lap, open_hand, raised, (0, 1, 2, 1, 0, 2, 1, 0, 0, 2, 1, 1, 0, 0), 0.15),
        still(*_SEATED),
        (4.0, 3.0, -14.0, 0.0, 10.0),
    )


def _gymnast(shape: int, look: np.ndarray) -> Actor:
    """Stands and chats, stretches both arms up, squats twice."""
    look[m.SLEEVE] = 0.28
    look[[m.HAIR_STYLE, m.HAIR_CUT, m.HAIR_THICK]] = (3, 0.5, 0.012)
    hip = (112.0, -52.0, 98.0, 38.0)
    forward = (10.0, -4.0, 6.0, 0.0)
    up = (62.0, 76.0, 12.0, 0.0)
    talk = (42.0, -50.0, 88.0, -30.0)
    squat = (82.0, 14.0, 96.0, 10.0, -14.0)
    half = (40.0, 10.0, 50.0, 8.0, -10.0)
    return Actor(
        shape,
        _dyed(
            look,
            shirt=(0.72, 0.52, 0.16),
            trousers=(0.16, 0.18, 0.26),
            shoes=(0.3, 0.05, 0.07),
            hair=(0.2, 0.1, 0.05),
        ),
        "stand",
        (-1.12, 3.25),
        Track(((0.0, (32.0,)), (4.6, (32.0,)), (5.8, (10.0,)), (16.0, (14.0,)))),
        Track(
            (
                (0.0, (0.0, 0.0, 6.0, 2.0, 0.0, 22.0)),
                (2.0, (0.0, 2.0, 8.0, 6.0, 4.0, 26.0)),
                (4.6, (0.0, 0.0, 4.0, 0.0, 0.0, 18.0)),
                (6.2, (-6.0, 0.0, 0.0, -14.0, 0.0, 0.0)),
                (7.6, (-4.0, 12.0, 0.0, -6.0, 8.0, 0.0)),
                (9.0, (-4.0, -12.0, 0.0, -6.0, -8.0, 0.0)),
                (10.2, (0.0, 0.0, 0.0, 2.0, 0.0, 0.0)),
                (11.5, (26.0, 0.0, 0.0, -14.0, 0.0, 0.0)),
                (12.6, (0.0, 0.0, 0.0, 2.0, 0.0, 0.0)),
                (13.8, (24.0, 0.0, 0.0, -12.0, 0.0, 0.0)),
                (15.0, (0.0, 0.0, 4.0, 2.0, 0.0, 14.0)),
            )
        ),
        Track(
            ((0.0, hip), (4.6, hip), (6.4, up), (9.2, up), (10.2, _HANG), (11.4, forward))
            + ((12.6, _HANG), (13.7, forward), (15.0, _HANG))
        ),
        Track(
            ((0.0, talk), (1.2, _HANG), (2.2, talk), (3.0, (60.0, -40.0, 70.0, -40.0)))
            + ((4.6, _HANG), (6.4, up), (9.2, up), (10.2, _HANG), (11.4, forward))
            + ((12.6, _HANG), (13.7, forward), (15.0, _HANG))
        ),
        Track(
            ((0.0, _STANDING), (10.2, _STANDING), (11.5, squat), (12.6, _STANDING))
            + ((13.8, half), (15.0, _STANDING))
        ),
    )


def _gestures(
    lap: tuple[float, ...],
    open_hand: tuple[float, ...],
    raised: tuple[float, ...],
    order: tuple[int, ...],
    delay_s: float,
) -> Track:
    """Moves between three places of a hand, about every 1.2 seconds."""
    places = (lap, open_hand, raised)
    return Track(tuple((1.2 * k + delay_s, places[p]) for k, p in enumerate(order)))
