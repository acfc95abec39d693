"""Backdrop kernel: a room, open ground under a sky, or a photo, per pixel."""

import warp as wp

from das_model.synthetic.rendering.kernels_colour import CLOTH_LIKE, texture
from das_model.synthetic.rendering.kernels_geometry import hash1, smooth_step, value_noise
from das_model.synthetic.rendering.kernels_light import contact, in_shadow, lit, pixel_ray
from das_model.synthetic.scene.stage import OUTDOOR, PHOTO, Stage

wp.set_module_options({"enable_backward": False, "fast_math": True})

FAR_M = wp.constant(1.0e9)


@wp.func
def photo_pixel(
    colour: wp.vec3,
    origin: wp.vec3,
    ray: wp.vec3,
    stage: Stage,
    image: int,
    jitter: float,
    feet: wp.array2d(dtype=wp.vec3),
    sun_size: int,
    sun_map: wp.array2d(dtype=wp.int64),
) -> wp.vec3:
    """The photo, darkened where people would shade the floor."""
    if ray[2] > -1.0e-3:
        return colour
    pos = origin - ray * (origin[2] / ray[2])
    up = wp.vec3(0.0, 0.0, 1.0)
    shade = in_shadow(pos, up, stage, image, jitter, sun_size, sun_map) * stage.shadow * 0.5
    return colour * (1.0 - shade) * wp.lerp(0.4, 1.0, contact(pos, feet, image))


@wp.func
def sky_colour(ray: wp.vec3, stage: Stage) -> wp.vec3:
    """Sky with clouds above a skyline of hazy blocks."""
    azimuth = wp.atan2(ray[0], ray[1])
    rise = ray[2] / wp.length(wp.vec2(ray[0], ray[1]))
    cell = azimuth * (8.0 + 14.0 * stage.decor_share)
    k = int(wp.floor(cell))
    roof = 0.02 + 0.35 * stage.decor_share * hash1(k, 3, stage.seed)
    roof = roof + 0.03 * value_noise(wp.vec3(cell * 6.0, 0.0, 0.0), stage.seed)
    if rise < roof:
        shade = 0.35 + 0.5 * hash1(k, 7, stage.seed)
        leaves = 0.7 + 0.6 * value_noise(wp.vec3(cell * 14.0, rise * 60.0, 0.0), stage.seed)
        is_lit = hash1(int(wp.floor(cell * 7.0)), int(wp.floor(rise * 40.0)), stage.seed)
        block = stage.wall_colour * shade * wp.lerp(1.0, leaves, stage.decor_share)
        block = block * wp.where(is_lit > 0.75, 0.6, 1.0)
        return wp.lerp(block, stage.sky, 0.2)
    cloud = value_noise(wp.vec3(ray[0], ray[1], ray[2]) * (6.0 / (0.3 + rise)), stage.seed)
    deep = wp.cw_mul(stage.sky, wp.vec3(0.75, 0.9, 1.15))
    return wp.lerp(stage.sky * 1.5, deep, smooth_step(0.0, 0.6, rise)) * (0.9 + 0.35 * cloud)


@wp.func
def wall_colour(
    u: float, z: float, wall: int, stage: Stage, atlas: wp.array3d(dtype=wp.vec3)
) -> wp.vec4:
    """Wall with skirting board and pictures or windows in a row of cells; w: how much it glows."""
    colour = stage.wall_colour
    if stage.wall_texture >= 0:
        paper = texture(atlas, stage.wall_texture, u * stage.wall_scale, z * stage.wall_scale)
        colour = wp.cw_mul(colour * 1.3, paper)
    cell = int(wp.floor(u / stage.decor_width))
    h1 = hash1(cell, wall, stage.seed)
    h2 = hash1(cell + 91, wall, stage.seed)
    h3 = hash1(cell + 17, wall + 5, stage.seed)
    half_u = (0.15 + 0.3 * h1) * stage.decor_width
    half_z = 0.2 + 0.5 * h3
    du = u - (float(cell) + 0.5) * stage.decor_width
    dz = z - (1.2 + 0.6 * h2)
    if h3 < stage.decor_share and wp.abs(du) < half_u and wp.abs(dz) < half_z:
        if half_u - wp.abs(du) < 0.03 or half_z - wp.abs(dz) < 0.03:
            frame = wp.vec3(0.1, 0.1, 0.1) + wp.vec3(0.7, 0.65, 0.6) * h2
            return wp.vec4(frame[0], frame[1], frame[2], 0.0)
        k = int(h1 * 9973.0) % atlas.shape[0]
        picture = texture(atlas, k, 0.5 + 0.5 * du / half_u, 0.5 - 0.5 * dz / half_z)
        return wp.vec4(picture[0], picture[1], picture[2], wp.where(h2 > 0.7, 0.8, 0.0))
    if z < 0.09:
        colour = colour * 0.5 + wp.vec3(0.25, 0.25, 0.25)
    return wp.vec4(colour[0], colour[1], colour[2], 0.0)


@wp.func
def room_hit(origin: wp.vec3, ray: wp.vec3, stage: Stage) -> wp.vec2:
    """(distance, side) of the room's box: 1, 2 = +x, -x; 3, 4 = +y, -y; 5 floor; 6 ceiling."""
    cs = stage.room_axis[0]
    sn = stage.room_axis[1]
    px = origin[0] - stage.room_centre[0]
    py = origin[1] - stage.room_centre[1]
    ox = px * cs + py * sn
    oy = -px * sn + py * cs
    dx = ray[0] * cs + ray[1] * sn
    dy = -ray[0] * sn + ray[1] * cs
    best = wp.vec2(FAR_M, 1.0)
    if wp.abs(dx) > 1.0e-6:
        best = wp.vec2((wp.sign(dx) * stage.room_half[0] - ox) / dx, wp.where(dx > 0.0, 1.0, 2.0))
    if wp.abs(dy) > 1.0e-6:
        t = (wp.sign(dy) * stage.room_half[1] - oy) / dy
        if t < best[0]:
            best = wp.vec2(t, wp.where(dy > 0.0, 3.0, 4.0))
    if ray[2] < -1.0e-6 and -origin[2] / ray[2] < best[0]:
        best = wp.vec2(-origin[2] / ray[2], 5.0)
    if ray[2] > 1.0e-6 and (stage.room_half[2] - origin[2]) / ray[2] < best[0]:
        best = wp.vec2((stage.room_half[2] - origin[2]) / ray[2], 6.0)
    return best


@wp.func
def floor_albedo(px: float, py: float, stage: Stage, atlas: wp.array3d(dtype=wp.vec3)) -> wp.vec3:
    """Floor or ground."""
    colour = stage.floor_colour
    if stage.floor_texture >= 0:
        tile = texture(atlas, stage.floor_texture, px * stage.floor_scale, py * stage.floor_scale)
        colour = wp.cw_mul(colour * 1.3, tile)
    patches = value_noise(wp.vec3(px * 0.7, py * 0.7, 0.5), stage.seed)
    return colour * (0.85 + 0.3 * patches)


@wp.func
def surroundings(
    origin: wp.vec3,
    ray: wp.vec3,
    stage: Stage,
    image: int,
    jitter: float,
    feet: wp.array2d(dtype=wp.vec3),
    sun_size: int,
    sun_map: wp.array2d(dtype=wp.int64),
    atlas: wp.array3d(dtype=wp.vec3),
) -> wp.vec3:
    """What a ray sees of the room or the open ground."""
    hit = wp.vec2(FAR_M, 6.0)
    if stage.backdrop == OUTDOOR:
        if ray[2] > -0.008:
            return sky_colour(ray, stage)
        hit = wp.vec2(-origin[2] / ray[2], 5.0)
    else:
        hit = room_hit(origin, ray, stage)
    pos = origin + ray * hit[0]
    cs = stage.room_axis[0]
    sn = stage.room_axis[1]
    px = (pos[0] - stage.room_centre[0]) * cs + (pos[1] - stage.room_centre[1]) * sn
    py = -(pos[0] - stage.room_centre[0]) * sn + (pos[1] - stage.room_centre[1]) * cs
    side = int(hit[1])
    ambient = wp.float32(1.0)
    ceiling = stage.ceiling_colour
    albedo = wp.vec4(ceiling[0], ceiling[1], ceiling[2], 0.2)  # light bounced off the floor
    n = wp.vec3(0.0, 0.0, -1.0)
    if side == 5:
        ground = floor_albedo(px, py, stage, atlas)
        albedo = wp.vec4(ground[0], ground[1], ground[2], 0.0)
        n = wp.vec3(0.0, 0.0, 1.0)
        ambient = contact(pos, feet, image)
        if stage.backdrop != OUTDOOR:
            wall = wp.min(stage.room_half[0] - wp.abs(px), stage.room_half[1] - wp.abs(py))
            ambient = ambient * wp.min(1.0, 0.6 + 0.5 * wall)
    elif side < 5:
        out = wp.where(side % 2 == 1, -1.0, 1.0)
        n = wp.vec3(cs * out, sn * out, 0.0)
        if side >= 3:
            n = wp.vec3(-sn * out, cs * out, 0.0)
        albedo = wall_colour(wp.where(side >= 3, px, py), pos[2], side, stage, atlas)
        ambient = wp.min(1.0, 0.65 + 0.5 * wp.min(pos[2], stage.room_half[2] - pos[2]))
    sun = wp.float32(1.0)
    if wp.dot(n, stage.sun_direction) > 0.0:  # else it is dark anyway
        sun = 1.0 - stage.shadow * in_shadow(pos, n, stage, image, jitter, sun_size, sun_map)
    base = wp.vec3(albedo[0], albedo[1], albedo[2])
    colour = lit(n, ray, base, CLOTH_LIKE, ambient, sun, stage) + base * albedo[3]
    if stage.backdrop == OUTDOOR:  # haze towards the horizon
        colour = wp.lerp(colour, stage.sky * 1.3, 1.0 - wp.exp(-hit[0] * 0.007))
    return colour


@wp.kernel
def shade_background(
    weight: wp.array3d(dtype=float),
    stages: wp.array(dtype=Stage),
    feet: wp.array2d(dtype=wp.vec3),
    sun_size: int,
    sun_map: wp.array2d(dtype=wp.int64),
    photo: wp.array3d(dtype=wp.vec3),
    atlas: wp.array3d(dtype=wp.vec3),
    out: wp.array3d(dtype=wp.vec3),
) -> None:
    """One thread per pixel of (images, H, W)."""
    i, y, x = wp.tid()
    colour = wp.vec3(0.0, 0.0, 0.0)
    w = weight[i, y, x]
    if w > 0.0:
        stage = stages[i]
        ray = pixel_ray(stage, float(2 * x) + 1.0, float(2 * y) + 1.0)
        jitter = hash1(x, y, 0)
        if stage.backdrop == PHOTO:
            colour = photo[i, y, x]
            colour = photo_pixel(
                colour, stage.position, ray, stage, i, jitter, feet, sun_size, sun_map
            )
        else:
            colour = surroundings(
                stage.position, ray, stage, i, jitter, feet, sun_size, sun_map, atlas
            )
    out[i, y, x] = colour * w
