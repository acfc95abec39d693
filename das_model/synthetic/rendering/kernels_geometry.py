"""Geometry kernels: skinning, normals, volume of clothes, projection.

All kernels of the renderer run on the CPU and on CUDA alike; the device is chosen at the launch.
World units are metres, z up; screens are in pixels of the supersampled picture.
"""

import warp as wp

from das_model.synthetic.body import materials as m
from das_model.synthetic.scene.stage import Stage

wp.set_module_options({"enable_backward": False, "fast_math": True})

BODY = wp.constant(0)
HAIR = wp.constant(2)
SKIRT = wp.constant(3)
NEAR_M = wp.constant(0.05)


@wp.func
def hash1(x: wp.int32, y: wp.int32, z: wp.int32) -> float:
    """Pseudo-random number in [0, 1] of three integers."""
    h = (
        wp.uint32(x) * wp.uint32(374761393)
        + wp.uint32(y) * wp.uint32(668265263)
        + wp.uint32(z) * wp.uint32(2147483647)
    )
    h = (h ^ (h >> wp.uint32(13))) * wp.uint32(1274126177)
    h = h ^ (h >> wp.uint32(16))
    return float(h & wp.uint32(65535)) / 65535.0


@wp.func
def value_noise(p: wp.vec3, seed: int) -> float:
    """Smooth noise in [0, 1] with a unit grid."""
    fx = wp.floor(p[0])
    fy = wp.floor(p[1])
    fz = wp.floor(p[2])
    ix = int(fx) + seed * 17
    iy = int(fy)
    iz = int(fz)
    u = p[0] - fx
    v = p[1] - fy
    w = p[2] - fz
    u = u * u * (3.0 - 2.0 * u)
    v = v * v * (3.0 - 2.0 * v)
    w = w * w * (3.0 - 2.0 * w)
    a = wp.lerp(hash1(ix, iy, iz), hash1(ix + 1, iy, iz), u)
    b = wp.lerp(hash1(ix, iy + 1, iz), hash1(ix + 1, iy + 1, iz), u)
    c = wp.lerp(hash1(ix, iy, iz + 1), hash1(ix + 1, iy, iz + 1), u)
    d = wp.lerp(hash1(ix, iy + 1, iz + 1), hash1(ix + 1, iy + 1, iz + 1), u)
    return wp.lerp(wp.lerp(a, b, v), wp.lerp(c, d, v), w)


@wp.func
def smooth_step(a: float, b: float, x: float) -> float:
    """0 at a, 1 at b, smooth between; b may be below a."""
    t = wp.clamp((x - a) / (b - a), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


@wp.func
def above_hairline(c: wp.vec3, lift: float) -> float:
    """Height of a canonical head position above the hairline, metres; > 0 is scalp."""
    y = c[1]
    z0 = wp.float32(0.0)
    if y < -0.06:
        z0 = wp.lerp(0.802, 0.765, wp.clamp((y + 0.15) / 0.09, 0.0, 1.0))
        z0 = z0 - 0.035 * smooth_step(0.045, 0.075, wp.abs(c[0]))
    elif y < -0.02:
        z0 = wp.lerp(0.735, 0.72, (y + 0.06) / 0.04)
    else:
        z0 = wp.lerp(0.72, 0.655, wp.clamp((y + 0.02) / 0.06, 0.0, 1.0))
    return c[2] - z0 - lift


@wp.kernel
def skin_vertices(
    rest: wp.array3d(dtype=wp.int16),
    unit_m: float,
    shape: wp.array(dtype=wp.int32),
    scale: wp.array(dtype=float),
    weights: wp.array2d(dtype=float),
    bones: wp.array2d(dtype=wp.int32),
    turns: wp.array2d(dtype=wp.mat33),
    shifts: wp.array2d(dtype=wp.vec3),
    out: wp.array2d(dtype=wp.vec3),
) -> None:
    """Linear blend skinning of (bodies, V) vertices into the world."""
    b, v = wp.tid()
    s = shape[b]
    k = scale[b] * unit_m
    p = wp.vec3(float(rest[s, v, 0]) * k, float(rest[s, v, 1]) * k, float(rest[s, v, 2]) * k)
    total = wp.vec3(0.0, 0.0, 0.0)
    for j in range(weights.shape[1]):
        bone = bones[v, j]
        total += weights[v, j] * (turns[b, bone] * p + shifts[b, bone])
    out[b, v] = total


@wp.kernel
def vertex_normals(
    verts: wp.array2d(dtype=wp.vec3),
    faces: wp.array2d(dtype=wp.int32),
    first: wp.array(dtype=wp.int32),
    around: wp.array(dtype=wp.int32),
    out: wp.array2d(dtype=wp.vec3),
) -> None:
    """Area-weighted normals from each vertex's own list of triangles."""
    b, v = wp.tid()
    n = wp.vec3(0.0, 0.0, 0.0)
    for k in range(first[v], first[v + 1]):
        f = around[k]
        p0 = verts[b, faces[f, 0]]
        p1 = verts[b, faces[f, 1]]
        p2 = verts[b, faces[f, 2]]
        n = n + wp.cross(p1 - p0, p2 - p0)
    out[b, v] = wp.normalize(n)


@wp.func
def head_volume(c: wp.vec3, look: wp.array2d(dtype=float), b: int) -> float:
    """How far short hair lifts the scalp, metres."""
    if look[b, m.HAIR_STYLE] < 0.5:
        return 0.0
    noise = value_noise(c * 60.0, int(look[b, m.SEED])) - 0.3
    on_scalp = smooth_step(-0.004, 0.03, above_hairline(c, look[b, m.HAIR_LIFT]))
    return on_scalp * look[b, m.HAIR_THICK] * (0.8 + 0.5 * noise)


@wp.func
def cloth_volume(
    c: wp.vec3, arm: float, leg: float, look: wp.array2d(dtype=float), b: int
) -> float:
    """How far shirt, trousers and shoes stand off the skin, metres."""
    fold = (value_noise(c * 14.0, int(look[b, m.SEED])) - 0.5) * 2.0
    shirt = look[b, m.SHIRT_LOOSE]
    trousers = look[b, m.TROUSERS_LOOSE]
    if arm >= 0.0:
        sleeve = look[b, m.SLEEVE]
        covered = 1.0 - smooth_step(sleeve - 0.03, sleeve + 0.01, arm)
        return covered * shirt * (0.75 + 0.5 * fold)
    if leg >= 0.99:
        return look[b, m.SHOE_ON] * 0.006
    hem = look[b, m.SHIRT_HEM]
    if leg > 0.02:
        end = look[b, m.TROUSERS_END]
        covered = 1.0 - smooth_step(end - 0.03, end + 0.01, leg)
        d = covered * trousers * (0.6 + 0.8 * leg + 0.5 * fold)
        if c[2] > hem:
            d = wp.max(d, shirt * (0.9 + 0.4 * fold))
        return d
    if c[2] > hem:
        below_neck = 1.0 - smooth_step(0.50, 0.56, c[2])
        return (0.35 + 0.65 * below_neck) * shirt * (0.9 + 0.4 * fold)
    return trousers * 0.6


@wp.kernel
def dress(
    verts: wp.array2d(dtype=wp.vec3),
    normals: wp.array2d(dtype=wp.vec3),
    canon: wp.array(dtype=wp.vec3),
    attributes: wp.array(dtype=wp.vec4),
    part: wp.array(dtype=wp.int32),
    look: wp.array2d(dtype=float),
    out: wp.array2d(dtype=wp.vec3),
) -> None:
    """Push the skin outwards where clothes and hair cover it."""
    b, v = wp.tid()
    c = canon[v]
    a = attributes[v]
    seed = int(look[b, m.SEED])
    d = wp.float32(0.0)
    if part[v] == BODY:
        if a[2] > 0.5:
            d = head_volume(c, look, b)
        elif a[3] < 0.4:
            d = cloth_volume(c, a[0], a[1], look, b)
    elif part[v] == HAIR:
        d = 0.004 + 0.01 * (value_noise(c * 25.0, seed) - 0.5)
    elif part[v] == SKIRT:
        folds = value_noise(wp.vec3(c[0] * 18.0, c[1] * 18.0, c[2] * 2.0), seed) - 0.5
        d = 0.006 + 0.03 * folds * smooth_step(0.1, -0.3, c[2])
    out[b, v] = verts[b, v] + normals[b, v] * d


@wp.func
def to_screen(point: wp.vec3, stage: Stage) -> wp.vec3:
    """World to (u, v, z) of the supersampled picture; z = -1 behind the lens."""
    c = stage.turn * (point - stage.position)
    if c[2] > NEAR_M:
        k = stage.lens[0] / c[2]
        return wp.vec3(k * c[0] + stage.lens[1], k * c[1] + stage.lens[2], c[2])
    return wp.vec3(0.0, 0.0, -1.0)


@wp.func
def to_sun(point: wp.vec3, stage: Stage, size: int) -> wp.vec3:
    """World to a shadow map of `size` px, orthographic along the light; depth shifted by 20 m."""
    c = stage.sun_turn * (point - stage.sun_centre)
    half = 0.5 * float(size)
    scale = stage.sun_scale * half
    return wp.vec3(scale * c[0] + half, scale * c[1] + half, c[2] + 20.0)


@wp.kernel
def project(
    verts: wp.array2d(dtype=wp.vec3),
    image: wp.array(dtype=wp.int32),
    stages: wp.array(dtype=Stage),
    out: wp.array2d(dtype=wp.vec3),
) -> None:
    """World to (u, v, z) of the supersampled picture; z = -1 behind the lens."""
    b, v = wp.tid()
    out[b, v] = to_screen(verts[b, v], stages[image[b]])


@wp.kernel
def project_sun(
    verts: wp.array2d(dtype=wp.vec3),
    image: wp.array(dtype=wp.int32),
    stages: wp.array(dtype=Stage),
    size: int,
    out: wp.array2d(dtype=wp.vec3),
) -> None:
    """World to the shadow map."""
    b, v = wp.tid()
    out[b, v] = to_sun(verts[b, v], stages[image[b]], size)
