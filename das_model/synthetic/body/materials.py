"""Columns of the look table: what a person wears, one row of floats per body.

Shared by `clothes`, which fills the rows, and the kernels, which read them. Colours take three
columns and are linear RGB. Lengths along arms and legs are 0 at shoulder or hip and 1 at wrist or
ankle; heights are canonical (template) metres.
"""

import warp as wp

SKIN = wp.constant(0)
HAIR_COLOUR = wp.constant(3)
HAIR_STYLE = wp.constant(6)  # 0 bald, 1 short, 2 full, 3 long
HAIR_CUT = wp.constant(7)  # height at which long hair ends
SHIRT = wp.constant(8)
SHIRT_SECOND = wp.constant(11)
SHIRT_PATTERN = wp.constant(14)
SHIRT_SCALE = wp.constant(15)
SLEEVE = wp.constant(16)
NECKLINE = wp.constant(17)
SHIRT_HEM = wp.constant(18)
TROUSERS = wp.constant(19)
TROUSERS_SECOND = wp.constant(22)
TROUSERS_PATTERN = wp.constant(25)
TROUSERS_SCALE = wp.constant(26)
TROUSERS_END = wp.constant(27)
SKIRT_ON = wp.constant(28)
SKIRT_CUT = wp.constant(29)
SHOE = wp.constant(30)
SHOE_ON = wp.constant(33)
SHIRT_LOOSE = wp.constant(34)
TROUSERS_LOOSE = wp.constant(35)
OPEN_FRONT = wp.constant(36)
INNER = wp.constant(37)
SEED = wp.constant(40)
WRINKLE = wp.constant(41)
HAIR_LIFT = wp.constant(42)
HAIR_THICK = wp.constant(43)
BEARD = wp.constant(44)
GLASSES = wp.constant(45)
IRIS = wp.constant(46)
LIP = wp.constant(49)
SOLE = wp.constant(52)
SOCK = wp.constant(55)
WATCH = wp.constant(56)
WEAR_HEM = wp.constant(57)  # height at which the cloth of a suit changes
NUM_COLUMNS = 58

PLAIN, STRIPES_ACROSS, STRIPES_DOWN, CHECKS, BLOTCHES, PRINT = range(6)
FIRST_FABRIC = 10  # pattern FIRST_FABRIC + k is texture k of the atlas
