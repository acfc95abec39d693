"""Shading kernels: colour and light of the samples of people and props."""

import warp as wp

from das_model.synthetic.body import materials as m
from das_model.synthetic.rendering.kernels_colour import (
    CLOTH_LIKE,
    HAIR_LIKE,
    body_colour,
    texture,
)
from das_model.synthetic.rendering.kernels_geometry import hash1, value_noise
from das_model.synthetic.rendering.kernels_light import in_shadow, lit, pixel_ray
from das_model.synthetic.rendering.kernels_raster import key_triangle
from das_model.synthetic.scene.stage import Stage

wp.set_module_options({"enable_backward": False, "fast_math": True})


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
    per_body: int,
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
    atlas: wp.array3d(dtype=wp.vec3),
    out: wp.array3d(dtype=wp.vec3),
) -> None:
    """One thread per sample of skin; props and what people wear have kernels of their own."""
    j = wp.tid()
    number = key_triangle(keys[j])
    if number >= num_body or number % per_body >= faces.shape[0]:
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
    b = number // per_body
    f = number - b * per_body
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
    wp.atomic_add(out, i, y, x, colour * weight[j])


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
    atlas: wp.array3d(dtype=wp.vec3),
    out: wp.array3d(dtype=wp.vec3),
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
    wp.atomic_add(out, i, y, x, colour * weight[j])
