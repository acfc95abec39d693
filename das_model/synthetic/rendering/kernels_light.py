"""Device functions for light: shadow, shading, contact with the floor, and the rays of pixels."""

import warp as wp

from das_model.synthetic.rendering.kernels_colour import HAIR_LIKE, SHINY, SKIN_LIKE
from das_model.synthetic.rendering.kernels_raster import EMPTY, key_depth
from das_model.synthetic.scene.stage import Stage

wp.set_module_options({"enable_backward": False, "fast_math": True})


@wp.func
def in_shadow(
    pos: wp.vec3,
    n: wp.vec3,
    stage: Stage,
    image: int,
    jitter: float,
    sun_size: int,
    sun_map: wp.array2d(dtype=wp.int64),
) -> float:
    """1 if something stands between the place and the light."""
    slope = 1.0 - wp.abs(wp.dot(n, stage.sun_direction))
    c = stage.sun_turn * (pos + n * (0.015 + 0.045 * slope) - stage.sun_centre)
    half = 0.5 * float(sun_size)
    scale = stage.sun_scale * half
    x = int(scale * c[0] + half + jitter * 2.4 - 1.2)
    y = int(scale * c[1] + half + wp.frac(jitter * 57.0) * 2.4 - 1.2)
    if x < 0 or y < 0 or x >= sun_size or y >= sun_size:
        return 0.0
    key = sun_map[image, y * sun_size + x]
    if key == EMPTY:
        return 0.0
    return wp.where(key_depth(key) - 20.0 < c[2] - 0.04 - 0.04 * slope, 1.0, 0.0)


@wp.func
def lit(
    n: wp.vec3,
    ray: wp.vec3,
    albedo: wp.vec3,
    kind: float,
    ambient_share: float,
    sun_share: float,
    stage: Stage,
) -> wp.vec3:
    """Colour of a lit surface: sun, sky and ground light, fill light, highlight."""
    facing = wp.dot(n, stage.sun_direction)
    wrap = wp.float32(0.0)
    shine = wp.float32(0.0)
    power = wp.float32(30.0)
    tint = wp.vec3(1.0, 1.0, 1.0)
    if kind == SKIN_LIKE:
        wrap = 0.25
        shine = 0.10
        power = 24.0
        edge = wp.exp(-facing * facing * 8.0)
        tint = wp.vec3(1.0 + 0.12 * edge, 1.0, 1.0 - 0.05 * edge)
    elif kind == HAIR_LIKE:
        wrap = 0.15
        shine = 0.10
    elif kind == SHINY:
        shine = 0.35
        power = 50.0
    diffuse = wp.max(0.0, (facing + wrap) / (1.0 + wrap)) * sun_share
    upward = 0.5 + 0.5 * n[2]
    ambient = (stage.sky * upward + stage.ground * (1.0 - upward)) * ambient_share
    fill = stage.fill_colour * wp.max(0.0, wp.dot(n, stage.fill_direction))
    colour = wp.cw_mul(albedo, wp.cw_mul(stage.sun_colour, tint) * diffuse + ambient + fill)
    if shine > 0.0:
        middle = wp.normalize(stage.sun_direction - wp.normalize(ray))
        shine = shine * sun_share * wp.pow(wp.max(0.0, wp.dot(n, middle)), power)
        colour = colour + stage.sun_colour * shine
    return colour


@wp.func
def contact(pos: wp.vec3, feet: wp.array2d(dtype=wp.vec3), image: int) -> float:
    """Ambient light left on the floor between feet and furniture; (x, y, radius) each, till a
    radius of 0."""
    left = wp.float32(1.0)
    for k in range(feet.shape[1]):
        spot = feet[image, k]
        if spot[2] == 0.0:
            break
        dx = pos[0] - spot[0]
        dy = pos[1] - spot[1]
        apart = dx * dx + dy * dy
        reach = spot[2] * spot[2]
        if apart < 6.0 * reach:
            left = left * (1.0 - 0.5 * wp.exp(-apart / reach))
    return left


@wp.func
def pixel_ray(stage: Stage, u: float, v: float) -> wp.vec3:
    """World direction through a point of the supersampled picture; z of the camera is 1."""
    return wp.transpose(stage.turn) * wp.vec3(
        (u - stage.lens[1]) / stage.lens[0], (v - stage.lens[2]) / stage.lens[0], 1.0
    )
