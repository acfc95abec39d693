"""Kernels that light and colour: the backdrop per pixel, people and props per sample."""

import warp as wp

from das_model.synthetic import materials as m
from das_model.synthetic.kernels_colour import (
    CLOTH_LIKE,
    HAIR_LIKE,
    SHINY,
    SKIN_LIKE,
    body_colour,
    texture,
)
from das_model.synthetic.kernels_geometry import hash1, smooth_step, value_noise
from das_model.synthetic.kernels_raster import EMPTY, key_depth, key_triangle
from das_model.synthetic.stage import OUTDOOR, PHOTO, Stage

wp.config.quiet = True
wp.set_module_options({"enable_backward": False, "fast_math": True})

FAR_M = wp.constant(1.0e9)


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
    """Ambient light left on the floor between feet and furniture; (x, y, radius) each."""
    left = wp.float32(1.0)
    for k in range(feet.shape[1]):
        radius = feet[image, k][2]
        if radius > 0.0:
            dx = (pos[0] - feet[image, k][0]) / radius
            dy = (pos[1] - feet[image, k][1]) / radius
            near = dx * dx + dy * dy
            if near < 6.0:
                left = left * (1.0 - 0.5 * wp.exp(-near))
    return left


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
        return wp.lerp(block, stage.sky, 0.35)
    cloud = value_noise(wp.vec3(ray[0], ray[1], ray[2]) * (6.0 / (0.3 + rise)), stage.seed)
    deep = wp.cw_mul(stage.sky, wp.vec3(0.75, 0.9, 1.15))
    return wp.lerp(stage.sky * 1.5, deep, smooth_step(0.0, 0.6, rise)) * (0.9 + 0.35 * cloud)


@wp.func
def wall_colour(
    u: float, z: float, wall: int, stage: Stage, atlas: wp.array4d(dtype=float)
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
def floor_albedo(px: float, py: float, stage: Stage, atlas: wp.array4d(dtype=float)) -> wp.vec3:
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
    atlas: wp.array4d(dtype=float),
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
    albedo = wp.vec4(ceiling[0], ceiling[1], ceiling[2], 0.0)
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
    sun = 1.0 - stage.shadow * in_shadow(pos, n, stage, image, jitter, sun_size, sun_map)
    base = wp.vec3(albedo[0], albedo[1], albedo[2])
    colour = lit(n, ray, base, CLOTH_LIKE, ambient, sun, stage) + base * albedo[3]
    if stage.backdrop == OUTDOOR:  # haze towards the horizon
        colour = wp.lerp(colour, stage.sky * 1.3, 1.0 - wp.exp(-hit[0] * 0.012))
    return colour


@wp.func
def pixel_ray(stage: Stage, u: float, v: float) -> wp.vec3:
    """World direction through a point of the supersampled picture; z of the camera is 1."""
    return wp.transpose(stage.turn) * wp.vec3(
        (u - stage.lens[1]) / stage.lens[0], (v - stage.lens[2]) / stage.lens[0], 1.0
    )


@wp.kernel
def shade_background(
    weight: wp.array3d(dtype=float),
    stages: wp.array(dtype=Stage),
    feet: wp.array2d(dtype=wp.vec3),
    sun_size: int,
    sun_map: wp.array2d(dtype=wp.int64),
    photo: wp.array4d(dtype=float),
    atlas: wp.array4d(dtype=float),
    out: wp.array4d(dtype=float),
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
            colour = wp.vec3(photo[i, y, x, 0], photo[i, y, x, 1], photo[i, y, x, 2])
            colour = photo_pixel(
                colour, stage.position, ray, stage, i, jitter, feet, sun_size, sun_map
            )
        else:
            colour = surroundings(
                stage.position, ray, stage, i, jitter, feet, sun_size, sun_map, atlas
            )
    for k in range(3):
        out[i, y, x, k] = colour[k] * w


@wp.func
def barycentric(v0: wp.vec3, v1: wp.vec3, v2: wp.vec3, origin: wp.vec3, ray: wp.vec3) -> wp.vec4:
    """Weights of three corners where a ray meets their plane, and the distance."""
    e1 = v1 - v0
    e2 = v2 - v0
    pv = wp.cross(ray, e2)
    det = wp.dot(e1, pv)
    if wp.abs(det) < 1.0e-12:
        det = 1.0e-12
    tv = origin - v0
    qv = wp.cross(tv, e1)
    b = wp.clamp(wp.dot(tv, pv) / det, 0.0, 1.0)
    c = wp.clamp(wp.dot(ray, qv) / det, 0.0, 1.0)
    return wp.vec4(1.0 - b - c, b, c, wp.dot(e2, qv) / det)


@wp.func
def creased(n: wp.vec3, c: wp.vec3, kind: float, wrinkle: float, seed: int) -> wp.vec3:
    """Normal disturbed by folds of cloth or strands of hair."""
    if kind == CLOTH_LIKE:
        p = wp.vec3(c[0] * 22.0 + c[2] * 10.0, c[1] * 22.0, c[2] * 26.0)
        q = wp.vec3(c[0] * 26.0, c[1] * 20.0 + 9.0, c[2] * 30.0 - c[0] * 14.0)
        a = value_noise(p, seed) - 0.5
        b = value_noise(q, seed + 3) - 0.5
        return wp.normalize(n + wp.vec3(a, b, a - b) * wrinkle)
    if kind == HAIR_LIKE:
        a = value_noise(wp.vec3(c[0] * 150.0, c[1] * 150.0, c[2] * 30.0), seed) - 0.5
        return wp.normalize(n + wp.vec3(a, -a, 0.3 * a))
    return n


@wp.kernel
def shade_bodies(
    num_body: int,
    pixel: wp.array(dtype=wp.int32),
    corner: wp.array(dtype=wp.int32),
    weight: wp.array(dtype=float),
    keys: wp.array(dtype=wp.int64),
    stages: wp.array(dtype=Stage),
    sun_size: int,
    sun_map: wp.array2d(dtype=wp.int64),
    verts: wp.array2d(dtype=wp.vec3),
    normals: wp.array2d(dtype=wp.vec3),
    faces: wp.array2d(dtype=wp.int32),
    part: wp.array(dtype=wp.int32),
    canon: wp.array(dtype=wp.vec3),
    attributes: wp.array(dtype=wp.vec4),
    lips: wp.array(dtype=float),
    look: wp.array2d(dtype=float),
    atlas: wp.array4d(dtype=float),
    out: wp.array4d(dtype=float),
) -> None:
    """One thread per sample; those of props are left to `shade_props`."""
    j = wp.tid()
    number = key_triangle(keys[j])
    if number >= num_body:
        return
    size = out.shape[1] * out.shape[2]
    i = pixel[j] // size
    y = (pixel[j] - i * size) // out.shape[2]
    x = pixel[j] - i * size - y * out.shape[2]
    stage = stages[i]
    s = corner[j]
    du = wp.where(s == 4, 1.0, float(s % 2) + 0.5)
    dv = wp.where(s == 4, 1.0, float(s // 2) + 0.5)
    ray = pixel_ray(stage, float(2 * x) + du, float(2 * y) + dv)
    b = number // faces.shape[0]
    f = number - b * faces.shape[0]
    j0 = faces[f, 0]
    j1 = faces[f, 1]
    j2 = faces[f, 2]
    at = barycentric(verts[b, j0], verts[b, j1], verts[b, j2], stage.position, ray)
    pos = stage.position + ray * at[3]
    n = wp.normalize(normals[b, j0] * at[0] + normals[b, j1] * at[1] + normals[b, j2] * at[2])
    if wp.dot(n, ray) > 0.0:
        n = -n
    c = canon[j0] * at[0] + canon[j1] * at[1] + canon[j2] * at[2]
    a = attributes[j0] * at[0] + attributes[j1] * at[1] + attributes[j2] * at[2]
    lip = lips[j0] * at[0] + lips[j1] * at[1] + lips[j2] * at[2]
    tone = body_colour(part[f], c, a, lip, look, b, atlas)
    n = creased(n, c, tone[3], look[b, m.WRINKLE], int(look[b, m.SEED]))
    sun = 1.0 - stage.shadow * in_shadow(pos, n, stage, i, hash1(x, y, s), sun_size, sun_map)
    albedo = wp.vec3(tone[0], tone[1], tone[2])
    colour = lit(n, ray, albedo, tone[3], 0.75 + 0.25 * n[2], sun, stage)
    for k in range(3):
        wp.atomic_add(out, i, y, x, k, colour[k] * weight[j])


@wp.kernel
def shade_props(
    num_body: int,
    pixel: wp.array(dtype=wp.int32),
    corner: wp.array(dtype=wp.int32),
    weight: wp.array(dtype=float),
    keys: wp.array(dtype=wp.int64),
    stages: wp.array(dtype=Stage),
    sun_size: int,
    sun_map: wp.array2d(dtype=wp.int64),
    verts: wp.array2d(dtype=wp.vec3),
    faces: wp.array2d(dtype=wp.int32),
    paint: wp.array2d(dtype=float),
    atlas: wp.array4d(dtype=float),
    out: wp.array4d(dtype=float),
) -> None:
    """One thread per sample. `paint` rows: r, g, b, texture or -1, texture scale, gloss, glow."""
    j = wp.tid()
    number = key_triangle(keys[j]) - num_body
    if number < 0:
        return
    size = out.shape[1] * out.shape[2]
    i = pixel[j] // size
    y = (pixel[j] - i * size) // out.shape[2]
    x = pixel[j] - i * size - y * out.shape[2]
    stage = stages[i]
    s = corner[j]
    du = wp.where(s == 4, 1.0, float(s % 2) + 0.5)
    dv = wp.where(s == 4, 1.0, float(s // 2) + 0.5)
    ray = pixel_ray(stage, float(2 * x) + du, float(2 * y) + dv)
    b = number // faces.shape[0]
    f = number - b * faces.shape[0]
    v0 = verts[b, faces[f, 0]]
    v1 = verts[b, faces[f, 1]]
    v2 = verts[b, faces[f, 2]]
    at = barycentric(v0, v1, v2, stage.position, ray)
    pos = stage.position + ray * at[3]
    n = wp.normalize(wp.cross(v1 - v0, v2 - v0))
    if wp.dot(n, ray) > 0.0:
        n = -n
    albedo = wp.vec3(paint[b, 0], paint[b, 1], paint[b, 2])
    k = int(paint[b, 3])
    if k >= 0:
        u = pos[0] + 0.5 * pos[1]
        v = pos[2]
        if wp.abs(n[2]) > 0.7:
            u = pos[0]
            v = pos[1]
        albedo = wp.cw_mul(texture(atlas, k, u * paint[b, 4], v * paint[b, 4]), albedo * 1.3)
    sun = 1.0 - stage.shadow * in_shadow(pos, n, stage, i, hash1(x, y, s), sun_size, sun_map)
    colour = lit(n, ray, albedo, paint[b, 5], 0.8 + 0.2 * n[2], sun, stage) + albedo * paint[b, 6]
    for q in range(3):
        wp.atomic_add(out, i, y, x, q, colour[q] * weight[j])
