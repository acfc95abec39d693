"""Device functions for colour: textures, fabrics, skin, faces, hair, clothes.

Every colour is a function of the place on the template body, so it is crisp at any mesh density
and needs no texture coordinates. The fourth component of a result is its gloss: one of
`SKIN_LIKE`, `CLOTH_LIKE`, `HAIR_LIKE`, `SHINY`.
"""

import warp as wp

from das_model.synthetic.body import materials as m
from das_model.synthetic.rendering.kernels_geometry import (
    HAIR,
    SKIRT,
    above_hairline,
    smooth_step,
    value_noise,
)

wp.set_module_options({"enable_backward": False, "fast_math": True})

SKIN_LIKE = wp.constant(0.0)
CLOTH_LIKE = wp.constant(1.0)
HAIR_LIKE = wp.constant(2.0)
SHINY = wp.constant(3.0)
EYE = wp.constant(1)


@wp.func
def texture(atlas: wp.array3d(dtype=wp.vec3), k: int, u: float, v: float) -> wp.vec3:
    """Bilinear, repeating lookup."""
    size = atlas.shape[1]
    fx = (u - wp.floor(u)) * float(size)
    fy = (v - wp.floor(v)) * float(size)
    x0 = int(fx)
    y0 = int(fy)
    ax = fx - float(x0)
    ay = fy - float(y0)
    x0 = wp.where(x0 < size, x0, 0)  # a share just below 1 may be rounded up
    y0 = wp.where(y0 < size, y0, 0)
    x1 = wp.where(x0 + 1 < size, x0 + 1, 0)
    y1 = wp.where(y0 + 1 < size, y0 + 1, 0)
    a = atlas[k, y0, x0]
    b = atlas[k, y0, x1]
    c = atlas[k, y1, x0]
    d = atlas[k, y1, x1]
    return wp.lerp(wp.lerp(a, b, ax), wp.lerp(c, d, ax), ay)


@wp.func
def column3(look: wp.array2d(dtype=float), b: int, k: int) -> wp.vec3:
    """Three neighbouring columns as a colour."""
    return wp.vec3(look[b, k], look[b, k + 1], look[b, k + 2])


@wp.func
def gloss(colour: wp.vec3, kind: float) -> wp.vec4:
    """Colour with its gloss."""
    return wp.vec4(colour[0], colour[1], colour[2], kind)


@wp.func
def fabric(
    atlas: wp.array3d(dtype=wp.vec3),
    kind: int,
    scale: float,
    first: wp.vec3,
    second: wp.vec3,
    c: wp.vec3,
    seed: int,
) -> wp.vec3:
    """Colour of a cloth at a canonical place."""
    u = c[0]
    v = c[2]
    if wp.abs(c[0]) > 0.17 and c[2] > 0.1:  # sleeves: roll round the arm
        u = c[1] + c[0] * 0.3
        v = c[2] + wp.abs(c[0]) * 0.5
    across = smooth_step(0.42, 0.58, wp.abs(wp.frac(v * scale * 12.0) - 0.5) * 2.0)
    down = smooth_step(0.42, 0.58, wp.abs(wp.frac(u * scale * 14.0) - 0.5) * 2.0)
    if kind == 1:
        return wp.lerp(first, second, across)
    if kind == 2:
        return wp.lerp(first, second, down)
    if kind == 3:
        return wp.lerp(first, second, 0.5 * across + 0.5 * down)
    if kind == 4:
        return wp.lerp(first, second, smooth_step(0.42, 0.6, value_noise(c * 20.0 * scale, seed)))
    if kind == 5:  # print on the chest
        if c[1] < 0.0 and wp.abs(c[0]) < 0.09 and c[2] > 0.27 and c[2] < 0.45:
            return texture(
                atlas, seed % atlas.shape[0], (c[0] + 0.09) / 0.18, (0.45 - c[2]) / 0.18
            )
        return first
    if kind >= 10:
        woven = texture(atlas, kind - 10, u * scale * 3.0, v * scale * 3.0)
        return wp.cw_mul(woven, first * 1.4)
    return first


@wp.func
def eye_colour(c: wp.vec3, look: wp.array2d(dtype=float), b: int) -> wp.vec4:
    """White, iris and pupil."""
    side = wp.where(c[0] < 0.0, -0.031, 0.031)
    r = wp.length(wp.vec2(c[0] - side, c[2] - 0.728))
    if c[1] < -0.125 and r < 0.0028:
        return wp.vec4(0.01, 0.01, 0.01, SHINY)
    if c[1] < -0.125 and r < 0.0065:
        return gloss(column3(look, b, m.IRIS), SHINY)
    return wp.vec4(0.75, 0.72, 0.7, SHINY)


@wp.func
def front_of_face(
    c: wp.vec3, skin: wp.vec3, lips: float, look: wp.array2d(dtype=float), b: int
) -> wp.vec4:
    """Brows, eye sockets, cheeks, lips and glasses; SKIN_LIKE where the beard may still come."""
    ax = wp.abs(c[0])
    ex = (ax - 0.033) / 0.021
    ez = (c[2] - (0.7495 - 0.006 * ex * ex)) / 0.0038
    if ex * ex + ez * ez < 1.0:
        return gloss(wp.lerp(skin, column3(look, b, m.HAIR_COLOUR) * 0.7, 0.75), HAIR_LIKE)
    sx = (ax - 0.031) / 0.02
    sz = (c[2] - 0.729) / 0.011
    socket = sx * sx + sz * sz
    if socket < 1.0:
        skin = skin * wp.lerp(0.55, 1.0, socket)
    cx = (ax - 0.042) / 0.018
    cz = (c[2] - 0.69) / 0.018
    cheek = wp.exp(-cx * cx - cz * cz)
    skin = wp.cw_mul(skin, wp.vec3(1.0 + 0.08 * cheek, 1.0 - 0.05 * cheek, 1.0 - 0.04 * cheek))
    if lips > 0.35:
        return gloss(wp.lerp(skin, column3(look, b, m.LIP), 0.8), SHINY)
    if look[b, m.GLASSES] > 0.5:
        rim = wp.sqrt((ax - 0.032) * (ax - 0.032) / 1.3 + (c[2] - 0.727) * (c[2] - 0.727))
        is_bridge = wp.abs(c[2] - 0.732) < 0.002 and ax < 0.012
        if (rim > 0.0185 and rim < 0.0225) or is_bridge:
            return wp.vec4(0.02, 0.02, 0.02, SHINY)
    return gloss(skin, SKIN_LIKE)


@wp.func
def head_colour(
    c: wp.vec3, headness: float, skin: wp.vec3, lips: float, look: wp.array2d(dtype=float), b: int
) -> wp.vec4:
    """Scalp, face, beard and neck."""
    seed = int(look[b, m.SEED])
    hair = column3(look, b, m.HAIR_COLOUR)
    jag = 0.012 * (value_noise(wp.vec3(c[0] * 180.0, c[1] * 180.0, 3.0), seed) - 0.5)
    is_ear = wp.abs(c[0]) > 0.0745 and c[2] < 0.75 and c[1] > -0.065 and c[1] < 0.03
    over = above_hairline(c, look[b, m.HAIR_LIFT]) + jag
    if look[b, m.HAIR_STYLE] > 0.5 and over > 0.0 and not is_ear:
        strand = value_noise(wp.vec3(c[0] * 200.0, c[1] * 60.0, c[2] * 60.0), seed)
        return gloss(hair * (0.5 + strand), HAIR_LIKE)
    face = gloss(skin, SKIN_LIKE)
    if c[1] < -0.09:
        face = front_of_face(c, skin, lips, look, b)
    if face[3] != SKIN_LIKE:
        return face
    skin = wp.vec3(face[0], face[1], face[2])
    has_beard = look[b, m.BEARD] > 0.05 and headness > 0.55
    is_philtrum = c[1] < -0.12 and c[2] > 0.672 and wp.abs(c[0]) < 0.012
    if has_beard and not is_philtrum and c[2] > 0.615 and c[2] < 0.69:
        thick = look[b, m.BEARD] * smooth_step(0.69, 0.67, c[2])
        thick = thick * smooth_step(-0.03, -0.05, c[1])
        thick = thick * (0.5 + 0.5 * value_noise(c * 300.0, seed))
        skin = wp.lerp(skin, hair * 0.6, thick)
    return gloss(skin, SKIN_LIKE)


@wp.func
def shirt_colour(
    c: wp.vec3, look: wp.array2d(dtype=float), b: int, atlas: wp.array3d(dtype=wp.vec3)
) -> wp.vec3:
    """The shirt's fabric."""
    return fabric(
        atlas,
        int(look[b, m.SHIRT_PATTERN]),
        look[b, m.SHIRT_SCALE],
        column3(look, b, m.SHIRT),
        column3(look, b, m.SHIRT_SECOND),
        c,
        int(look[b, m.SEED]),
    )


@wp.func
def trousers_colour(
    c: wp.vec3, look: wp.array2d(dtype=float), b: int, atlas: wp.array3d(dtype=wp.vec3)
) -> wp.vec3:
    """The fabric of trousers and skirts."""
    return fabric(
        atlas,
        int(look[b, m.TROUSERS_PATTERN]),
        look[b, m.TROUSERS_SCALE],
        column3(look, b, m.TROUSERS),
        column3(look, b, m.TROUSERS_SECOND),
        c,
        int(look[b, m.SEED]) + 7,
    )


@wp.func
def arm_colour(
    c: wp.vec3,
    arm: float,
    skin: wp.vec3,
    look: wp.array2d(dtype=float),
    b: int,
    atlas: wp.array3d(dtype=wp.vec3),
) -> wp.vec4:
    """Sleeve with its cuff, bare arm, watch."""
    sleeve = look[b, m.SLEEVE]
    if arm < sleeve:
        shade = wp.where(arm > sleeve - 0.02, 0.8, 1.0)
        return gloss(shirt_colour(c, look, b, atlas) * shade, CLOTH_LIKE)
    if arm > 0.93 and look[b, m.WATCH] > 0.5:
        return wp.vec4(0.03, 0.03, 0.035, SHINY)
    return gloss(skin, SKIN_LIKE)


@wp.func
def torso_colour(
    c: wp.vec3,
    skin: wp.vec3,
    look: wp.array2d(dtype=float),
    b: int,
    atlas: wp.array3d(dtype=wp.vec3),
) -> wp.vec4:
    """Shirt with neckline, hem and open front."""
    limit = wp.float32(0.585)
    if c[1] < 0.0:
        limit = wp.min(limit, 0.575 - look[b, m.NECKLINE] + wp.abs(c[0]) * 1.1)
    if c[2] >= limit:
        return gloss(skin, SKIN_LIKE)
    front = look[b, m.OPEN_FRONT]
    if front > 0.0 and c[1] < 0.0 and wp.abs(c[0]) < front * (1.1 - c[2]):
        return gloss(column3(look, b, m.INNER), CLOTH_LIKE)
    is_seam = c[2] > limit - 0.012 or c[2] < look[b, m.SHIRT_HEM] + 0.01
    return gloss(shirt_colour(c, look, b, atlas) * wp.where(is_seam, 0.8, 1.0), CLOTH_LIKE)


@wp.func
def leg_colour(
    c: wp.vec3,
    leg: float,
    skin: wp.vec3,
    look: wp.array2d(dtype=float),
    b: int,
    atlas: wp.array3d(dtype=wp.vec3),
) -> wp.vec4:
    """Trousers with their waistband, bare leg, sock."""
    if leg < look[b, m.TROUSERS_END]:
        is_waist = c[2] > look[b, m.SHIRT_HEM] - 0.02
        return gloss(trousers_colour(c, look, b, atlas) * wp.where(is_waist, 0.6, 1.0), CLOTH_LIKE)
    if leg > look[b, m.SOCK]:
        return wp.vec4(0.7, 0.7, 0.7, CLOTH_LIKE)
    return gloss(skin, SKIN_LIKE)


@wp.func
def body_colour(
    part: int,
    c: wp.vec3,
    a: wp.vec4,
    lips: float,
    look: wp.array2d(dtype=float),
    b: int,
    atlas: wp.array3d(dtype=wp.vec3),
) -> wp.vec4:
    """Colour and gloss of a place on a person: part, canonical place, attributes, lip share."""
    seed = int(look[b, m.SEED])
    if part == HAIR:
        strand = value_noise(wp.vec3(c[0] * 220.0, c[1] * 220.0, c[2] * 18.0), seed)
        return gloss(column3(look, b, m.HAIR_COLOUR) * (0.55 + 0.9 * strand), HAIR_LIKE)
    if part == SKIRT:
        return gloss(trousers_colour(c, look, b, atlas), CLOTH_LIKE)
    if part == EYE:
        return eye_colour(c, look, b)
    skin = column3(look, b, m.SKIN) * (0.9 + 0.2 * value_noise(c * 40.0, seed))
    if a[2] > 0.55 or c[2] > 0.66:
        return head_colour(c, a[2], skin, lips, look, b)
    if a[3] > 0.45:
        return gloss(skin, SKIN_LIKE)
    if a[0] >= 0.0:
        return arm_colour(c, a[0], skin, look, b, atlas)
    if a[1] >= 0.985 and c[2] < -0.70:
        if look[b, m.SHOE_ON] < 0.5:
            return gloss(skin, SKIN_LIKE)
        if c[2] < -0.795:
            return gloss(column3(look, b, m.SOLE), SHINY)
        return gloss(column3(look, b, m.SHOE), SHINY)
    if c[2] > look[b, m.SHIRT_HEM]:
        return torso_colour(c, skin, look, b, atlas)
    return leg_colour(c, a[1], skin, look, b, atlas)
