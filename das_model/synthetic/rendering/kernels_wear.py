"""Kernels for clothes, shoes and hair of `wear`: skinning, projection, z-buffer, colours.

Pieces of all people of a batch lie one behind the other in flat arrays. Their triangles are
numbered behind the skin's of their wearer, so that whoever asks who owns a sample need not know
of them.
"""

import warp as wp

from das_model.synthetic.body import materials as m
from das_model.synthetic.rendering.kernels_colour import (
    CLOTH_LIKE,
    HAIR_LIKE,
    SHINY,
    column3,
    gloss,
    shirt_colour,
    trousers_colour,
)
from das_model.synthetic.rendering.kernels_geometry import (
    NEAR_M,
    hash1,
    to_screen,
    to_sun,
    value_noise,
)
from das_model.synthetic.rendering.kernels_light import in_shadow, lit, pixel_ray
from das_model.synthetic.rendering.kernels_raster import fill_triangle, key_triangle
from das_model.synthetic.rendering.kernels_shade import barycentric, creased
from das_model.synthetic.scene.stage import Stage

wp.set_module_options({"enable_backward": False, "fast_math": True})

SHOES = wp.constant(2)
HAIR = wp.constant(3)
HAT = wp.constant(4)


@wp.kernel
def skin_wear(
    rest: wp.array3d(dtype=wp.int16),
    unit_m: float,
    shape: wp.array(dtype=wp.int32),
    scale: wp.array(dtype=float),
    girth: wp.array(dtype=float),
    corners: wp.array2d(dtype=wp.int32),
    shares: wp.array2d(dtype=float),
    offset: wp.array(dtype=wp.vec3),
    weights: wp.array2d(dtype=float),
    bones: wp.array2d(dtype=wp.int32),
    turns: wp.array2d(dtype=wp.mat33),
    shifts: wp.array2d(dtype=wp.vec3),
    vertex_body: wp.array(dtype=wp.int32),
    vertex_kit: wp.array(dtype=wp.int32),
    out: wp.array(dtype=wp.vec3),
) -> None:
    """Fit each vertex to its wearer's shape at rest, then linear blend skinning."""
    i = wp.tid()
    b = vertex_body[i]
    v = vertex_kit[i]
    s = shape[b]
    p = offset[v] * girth[b]
    for k in range(3):
        c = corners[v, k]
        place = wp.vec3(float(rest[s, c, 0]), float(rest[s, c, 1]), float(rest[s, c, 2]))
        p += place * (shares[v, k] * scale[b] * unit_m)
    total = wp.vec3(0.0, 0.0, 0.0)
    for j in range(weights.shape[1]):
        bone = bones[v, j]
        total += weights[v, j] * (turns[b, bone] * p + shifts[b, bone])
    out[i] = total


@wp.kernel
def add_normals(
    verts: wp.array(dtype=wp.vec3), faces: wp.array2d(dtype=wp.int32), out: wp.array(dtype=wp.vec3)
) -> None:
    """Add each triangle's area-weighted normal to its corners; `out` must start at 0."""
    f = wp.tid()
    p0 = verts[faces[f, 0]]
    n = wp.cross(verts[faces[f, 1]] - p0, verts[faces[f, 2]] - p0)
    for k in range(3):
        wp.atomic_add(out, faces[f, k], n)


@wp.kernel
def project_wear(
    verts: wp.array(dtype=wp.vec3),
    vertex_body: wp.array(dtype=wp.int32),
    image: wp.array(dtype=wp.int32),
    stages: wp.array(dtype=Stage),
    sun_size: int,
    out: wp.array(dtype=wp.vec3),
) -> None:
    """World to the supersampled picture, or to the shadow map if `sun_size` > 0."""
    i = wp.tid()
    stage = stages[image[vertex_body[i]]]
    if sun_size > 0:
        out[i] = to_sun(verts[i], stage, sun_size)
    else:
        out[i] = to_screen(verts[i], stage)


@wp.kernel
def rasterise_wear(
    screen: wp.array(dtype=wp.vec3),
    faces: wp.array2d(dtype=wp.int32),
    number: wp.array(dtype=wp.int32),
    face_body: wp.array(dtype=wp.int32),
    image: wp.array(dtype=wp.int32),
    width: int,
    height: int,
    perspective: bool,
    zbuffer: wp.array2d(dtype=wp.int64),
) -> None:
    """One thread per triangle, seen from both sides."""
    f = wp.tid()
    p0 = screen[faces[f, 0]]
    p1 = screen[faces[f, 1]]
    p2 = screen[faces[f, 2]]
    if p0[2] < NEAR_M or p1[2] < NEAR_M or p2[2] < NEAR_M:
        return
    area = (p1[0] - p0[0]) * (p2[1] - p0[1]) - (p1[1] - p0[1]) * (p2[0] - p0[0])
    if wp.abs(area) < 1.0e-9:
        return
    own = image[face_body[f]]
    fill_triangle(p0, p1, p2, area, own, wp.int64(number[f]), width, height, perspective, zbuffer)


@wp.func
def wear_colour(
    kind: int,
    c: wp.vec3,
    a: wp.vec4,
    look: wp.array2d(dtype=float),
    b: int,
    atlas: wp.array3d(dtype=wp.vec3),
) -> wp.vec4:
    """Colour and gloss of a place on a piece."""
    if kind == HAIR:
        strand = value_noise(
            wp.vec3(c[0] * 220.0, c[1] * 220.0, c[2] * 18.0), int(look[b, m.SEED])
        )
        return gloss(column3(look, b, m.HAIR_COLOUR) * (0.55 + 0.9 * strand), HAIR_LIKE)
    if kind == HAT:
        return gloss(column3(look, b, m.INNER), CLOTH_LIKE)
    if kind == SHOES or (a[1] >= 0.985 and c[2] < -0.74):
        if c[2] < -0.805:
            return gloss(column3(look, b, m.SOLE), SHINY)
        return gloss(column3(look, b, m.SHOE), SHINY)
    if a[0] < 0.0 and c[2] < look[b, m.WEAR_HEM]:
        return gloss(trousers_colour(c, look, b, atlas), CLOTH_LIKE)
    front = look[b, m.OPEN_FRONT]
    if front > 0.0 and c[1] < 0.0 and a[0] < 0.0 and wp.abs(c[0]) < front * (1.1 - c[2]):
        return gloss(column3(look, b, m.INNER), CLOTH_LIKE)
    return gloss(shirt_colour(c, look, b, atlas), CLOTH_LIKE)


@wp.kernel
def shade_wear(
    num_body: int,
    per_body: int,
    skin_faces: int,
    pixel: wp.array(dtype=wp.int32),
    corner: wp.array(dtype=wp.int32),
    weight: wp.array(dtype=float),
    keys: wp.array(dtype=wp.int64),
    stages: wp.array(dtype=Stage),
    sun_size: int,
    sun_map: wp.array2d(dtype=wp.int64),
    verts: wp.array(dtype=wp.vec3),
    normals: wp.array(dtype=wp.vec3),
    faces: wp.array2d(dtype=wp.int32),
    first: wp.array(dtype=wp.int32),
    kind: wp.array(dtype=wp.int32),
    vertex_kit: wp.array(dtype=wp.int32),
    canon: wp.array(dtype=wp.vec3),
    attributes: wp.array(dtype=wp.vec4),
    look: wp.array2d(dtype=float),
    atlas: wp.array3d(dtype=wp.vec3),
    out: wp.array3d(dtype=wp.vec3),
) -> None:
    """One thread per sample; those of skin and props are left to others.

    `first` (bodies,) is the first triangle of each wearer.
    """
    j = wp.tid()
    number = key_triangle(keys[j])
    if number >= num_body:
        return
    b = number // per_body
    f = number - b * per_body - skin_faces
    if f < 0:
        return
    f = f + first[b]
    size = out.shape[1] * out.shape[2]
    i = pixel[j] // size
    y = (pixel[j] - i * size) // out.shape[2]
    x = pixel[j] - i * size - y * out.shape[2]
    stage = stages[i]
    s = corner[j]
    du = wp.where(s == 4, 1.0, float(s % 2) + 0.5)
    dv = wp.where(s == 4, 1.0, float(s // 2) + 0.5)
    ray = pixel_ray(stage, float(2 * x) + du, float(2 * y) + dv)
    j0 = faces[f, 0]
    j1 = faces[f, 1]
    j2 = faces[f, 2]
    at = barycentric(verts[j0], verts[j1], verts[j2], stage.position, ray)
    pos = stage.position + ray * at[3]
    n = wp.normalize(
        wp.normalize(normals[j0]) * at[0]
        + wp.normalize(normals[j1]) * at[1]
        + wp.normalize(normals[j2]) * at[2]
    )
    if wp.dot(n, ray) > 0.0:
        n = -n
    k0 = vertex_kit[j0]
    k1 = vertex_kit[j1]
    k2 = vertex_kit[j2]
    c = canon[k0] * at[0] + canon[k1] * at[1] + canon[k2] * at[2]
    a = attributes[k0] * at[0] + attributes[k1] * at[1] + attributes[k2] * at[2]
    tone = wear_colour(kind[f], c, a, look, b, atlas)
    n = creased(n, c, tone[3], look[b, m.WRINKLE], int(look[b, m.SEED]))
    sun = 1.0 - stage.shadow * in_shadow(pos, n, stage, i, hash1(x, y, s), sun_size, sun_map)
    albedo = wp.vec3(tone[0], tone[1], tone[2])
    colour = lit(n, ray, albedo, tone[3], 0.75 + 0.25 * n[2], sun, stage)
    wp.atomic_add(out, i, y, x, colour * weight[j])
