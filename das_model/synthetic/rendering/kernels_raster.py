"""Visibility kernels: z-buffer, its sorting into samples, visibility of joints.

The z-buffer holds one int64 per sample: depth in units of 10 micrometres above, triangle number
below, so that one atomic minimum keeps the nearest surface and its owner. Triangles of bodies come
first (body * F + face), those of props after them.
"""

import warp as wp

from das_model.synthetic.body import materials as m
from das_model.synthetic.rendering.kernels_geometry import BODY, HAIR, NEAR_M, SKIRT, to_screen
from das_model.synthetic.scene.stage import Stage

wp.set_module_options({"enable_backward": False, "fast_math": True})

EMPTY = wp.constant(wp.int64(0x7FFFFFFFFFFFFFFF))
DEPTH_SCALE = wp.constant(1.0e5)  # z-buffer units per metre
SEEN_TOLERANCE_M = wp.constant(0.03)
LOW_BITS = wp.constant(wp.int64(0xFFFFFFFF))


@wp.func
def key_depth(key: wp.int64) -> float:
    """Depth of a z-buffer key, metres."""
    return float(key >> wp.int64(32)) / DEPTH_SCALE


@wp.func
def key_triangle(key: wp.int64) -> int:
    """Triangle number of a z-buffer key."""
    return int(key & LOW_BITS)


@wp.func
def is_worn(part: int, height: float, look: wp.array2d(dtype=float), b: int) -> bool:
    """Whether this person wears the hair or skirt strip that a triangle belongs to."""
    if part == HAIR:
        return look[b, m.HAIR_STYLE] > 2.5 and height > look[b, m.HAIR_CUT]
    if part == SKIRT:
        return look[b, m.SKIRT_ON] > 0.5 and height > look[b, m.SKIRT_CUT] and height < 0.115
    return True


@wp.func
def half_plane(lo_hi: wp.vec2, value: float, step: float) -> wp.vec2:
    """Narrow the span of x in which value + x * step stays positive."""
    lo = lo_hi[0]
    hi = lo_hi[1]
    if step > 1.0e-12:
        lo = wp.max(lo, -value / step)
    elif step < -1.0e-12:
        hi = wp.min(hi, -value / step)
    elif value < 0.0:
        hi = -1.0
    return wp.vec2(lo, hi)


@wp.func
def fill_triangle(
    p0: wp.vec3,
    p1: wp.vec3,
    p2: wp.vec3,
    area: float,
    image: int,
    number: wp.int64,
    width: int,
    height: int,
    perspective: bool,
    zbuffer: wp.array2d(dtype=wp.int64),
) -> None:
    """Scan-convert one triangle: rows by their spans, samples at pixel centres."""
    x0 = wp.max(int(wp.ceil(wp.min(p0[0], wp.min(p1[0], p2[0])) - 0.5)), 0)
    x1 = wp.min(int(wp.floor(wp.max(p0[0], wp.max(p1[0], p2[0])) - 0.5)), width - 1)
    y0 = wp.max(int(wp.ceil(wp.min(p0[1], wp.min(p1[1], p2[1])) - 0.5)), 0)
    y1 = wp.min(int(wp.floor(wp.max(p0[1], wp.max(p1[1], p2[1])) - 0.5)), height - 1)
    if x0 > x1 or y0 > y1:
        return
    inverse = 1.0 / area
    i0 = p0[2]
    i1 = p1[2]
    i2 = p2[2]
    if perspective:
        i0 = 1.0 / i0
        i1 = 1.0 / i1
        i2 = 1.0 / i2
    dx0 = -(p2[1] - p1[1]) * inverse
    dx1 = -(p0[1] - p2[1]) * inverse
    dx2 = -dx0 - dx1
    dxi = dx0 * (i0 - i2) + dx1 * (i1 - i2)
    for y in range(y0, y1 + 1):
        py = float(y) + 0.5
        px = float(x0) + 0.5
        w0 = ((p2[0] - p1[0]) * (py - p1[1]) - (p2[1] - p1[1]) * (px - p1[0])) * inverse
        w1 = ((p0[0] - p2[0]) * (py - p2[1]) - (p0[1] - p2[1]) * (px - p2[0])) * inverse
        w2 = 1.0 - w0 - w1
        span = wp.vec2(0.0, float(x1 - x0))
        span = half_plane(span, w0, dx0)
        span = half_plane(span, w1, dx1)
        span = half_plane(span, w2, dx2)
        xa = int(wp.ceil(span[0] - 1.0e-3))
        xb = int(wp.floor(span[1] + 1.0e-3))
        depth = w0 * i0 + w1 * i1 + w2 * i2 + float(xa) * dxi
        for x in range(x0 + xa, x0 + xb + 1):
            z = depth
            if perspective:
                z = 1.0 / depth
            key = (wp.int64(z * DEPTH_SCALE) << wp.int64(32)) | number
            wp.atomic_min(zbuffer, image, y * width + x, key)
            depth = depth + dxi


@wp.kernel
def rasterise_bodies(
    screen: wp.array2d(dtype=wp.vec3),
    faces: wp.array2d(dtype=wp.int32),
    part: wp.array(dtype=wp.int32),
    face_height: wp.array(dtype=float),
    look: wp.array2d(dtype=float),
    hidden: wp.array2d(dtype=wp.uint8),
    per_body: int,
    image: wp.array(dtype=wp.int32),
    width: int,
    height: int,
    perspective: bool,
    zbuffer: wp.array2d(dtype=wp.int64),
) -> None:
    """One thread per (body, triangle); triangles whose corners are `hidden` are not drawn."""
    b, f = wp.tid()
    if not is_worn(part[f], face_height[f], look, b):
        return
    covered = int(hidden[b, faces[f, 0]]) + int(hidden[b, faces[f, 1]])
    if covered + int(hidden[b, faces[f, 2]]) == 3:
        return
    p0 = screen[b, faces[f, 0]]
    p1 = screen[b, faces[f, 1]]
    p2 = screen[b, faces[f, 2]]
    if p0[2] < NEAR_M or p1[2] < NEAR_M or p2[2] < NEAR_M:
        return
    area = (p1[0] - p0[0]) * (p2[1] - p0[1]) - (p1[1] - p0[1]) * (p2[0] - p0[0])
    if wp.abs(area) < 1.0e-9:
        return
    if part[f] < HAIR and area > 0.0 and perspective:  # skin seen from inside
        return
    number = wp.int64(b * per_body + f)
    fill_triangle(p0, p1, p2, area, image[b], number, width, height, perspective, zbuffer)


@wp.kernel
def rasterise_props(
    screen: wp.array2d(dtype=wp.vec3),
    faces: wp.array2d(dtype=wp.int32),
    image: wp.array(dtype=wp.int32),
    first_number: int,
    width: int,
    height: int,
    perspective: bool,
    zbuffer: wp.array2d(dtype=wp.int64),
) -> None:
    """One thread per (prop, triangle); numbers start behind the bodies'."""
    b, f = wp.tid()
    p0 = screen[b, faces[f, 0]]
    p1 = screen[b, faces[f, 1]]
    p2 = screen[b, faces[f, 2]]
    if p0[2] < NEAR_M or p1[2] < NEAR_M or p2[2] < NEAR_M:
        return
    area = (p1[0] - p0[0]) * (p2[1] - p0[1]) - (p1[1] - p0[1]) * (p2[0] - p0[0])
    if wp.abs(area) < 1.0e-9:
        return
    number = wp.int64(first_number + b * faces.shape[0] + f)
    fill_triangle(p0, p1, p2, area, image[b], number, width, height, perspective, zbuffer)


@wp.func
def same_surface(a: wp.int64, b: wp.int64, num_body: int, per_body: int) -> int:
    """1 if two samples may share one shading sample: same body or triangle, no depth jump."""
    if a == b:
        return 1
    if a == EMPTY or b == EMPTY:
        return 0
    ta = key_triangle(a)
    tb = key_triangle(b)
    if ta >= num_body or tb >= num_body:
        return int(ta == tb)
    if ta // per_body != tb // per_body:
        return 0
    za = key_depth(a)
    return int(wp.abs(za - key_depth(b)) < 0.012 * za)


@wp.func
def split_pixel(
    k0: wp.int64,
    k1: wp.int64,
    k2: wp.int64,
    k3: wp.int64,
    place: int,
    num_body: int,
    per_body: int,
    count: wp.array(dtype=wp.int32),
    pixel: wp.array(dtype=wp.int32),
    corner: wp.array(dtype=wp.int32),
    weight: wp.array(dtype=float),
    keys: wp.array(dtype=wp.int64),
) -> float:
    """Write the samples of one pixel that is not all backdrop; returns the backdrop's share.

    A function of its own: a kernel pays for all its variables in every thread, even where it
    returns early, and most pixels are empty.
    """
    n01 = same_surface(k0, k1, num_body, per_body)
    n02 = same_surface(k0, k2, num_body, per_body)
    n03 = same_surface(k0, k3, num_body, per_body)
    n12 = same_surface(k1, k2, num_body, per_body)
    n13 = same_surface(k1, k3, num_body, per_body)
    n23 = same_surface(k2, k3, num_body, per_body)
    w0 = 1 + n01 + n02 + n03
    w1 = (1 - n01) * (1 + n12 + n13)
    w2 = (1 - n02) * (1 - n12) * (1 + n23)
    w3 = (1 - n03) * (1 - n13) * (1 - n23)
    shares = wp.vec4(float(w0), float(w1), float(w2), float(w3)) / float(w0 + w1 + w2 + w3)
    empty = wp.float32(0.0)
    for s in range(4):
        share = shares[s]
        key = wp.where(s < 2, wp.where(s == 0, k0, k1), wp.where(s == 2, k2, k3))
        if share > 0.0 and key == EMPTY:
            empty = empty + share
        elif share > 0.0:
            j = wp.atomic_add(count, 0, 1)
            pixel[j] = place
            corner[j] = wp.where(share > 0.99, 4, s)
            weight[j] = share
            keys[j] = key
    return empty


@wp.kernel
def collect_samples(
    zbuffer: wp.array2d(dtype=wp.int64),
    width: int,
    height: int,
    num_body: int,
    per_body: int,
    count: wp.array(dtype=wp.int32),
    pixel: wp.array(dtype=wp.int32),
    corner: wp.array(dtype=wp.int32),
    weight: wp.array(dtype=float),
    keys: wp.array(dtype=wp.int64),
    background: wp.array3d(dtype=float),
    owner: wp.array3d(dtype=wp.int32),
) -> None:
    """2x2 visibility samples to one shading sample per distinct surface, as MSAA does.

    `owner` is the body in the pixel's first sample, -2 for a prop, -1 for the background.
    """
    i, y, x = wp.tid()
    p = 4 * y * width + 2 * x
    k0 = zbuffer[i, p]
    k1 = zbuffer[i, p + 1]
    k2 = zbuffer[i, p + 2 * width]
    k3 = zbuffer[i, p + 2 * width + 1]
    owner[i, y, x] = -1
    if k0 == EMPTY and k1 == EMPTY and k2 == EMPTY and k3 == EMPTY:
        background[i, y, x] = 1.0
        return
    if k0 != EMPTY:
        owner[i, y, x] = -2
        if key_triangle(k0) < num_body:
            owner[i, y, x] = key_triangle(k0) // per_body
    place = (i * height + y) * width + x
    background[i, y, x] = split_pixel(
        k0, k1, k2, k3, place, num_body, per_body, count, pixel, corner, weight, keys
    )


@wp.kernel
def see_joints(
    joints: wp.array2d(dtype=wp.vec3),
    thickness: wp.array(dtype=float),
    image: wp.array(dtype=wp.int32),
    width: int,
    height: int,
    num_body: int,
    per_body: int,
    zbuffer: wp.array2d(dtype=wp.int64),
    visible: wp.array2d(dtype=wp.int32),
) -> None:
    """Is the surface over a joint its own person's, and not nearer than the flesh is thick?

    `joints` holds (u, v, z) of the supersampled picture (`width` x `height`); any of the 3x3
    samples round the joint may say yes.
    """
    b, j = wp.tid()
    p = joints[b, j]
    visible[b, j] = 0
    x = int(wp.floor(p[0]))
    y = int(wp.floor(p[1]))
    if p[2] < NEAR_M or x < 0 or y < 0 or x >= width or y >= height:
        return
    for k in range(9):
        xx = wp.clamp(x + k % 3 - 1, 0, width - 1)
        yy = wp.clamp(y + k // 3 - 1, 0, height - 1)
        key = zbuffer[image[b], yy * width + xx]
        is_own = key != EMPTY and key_triangle(key) < num_body
        if is_own and key_triangle(key) // per_body == b:
            if key_depth(key) > p[2] - thickness[j]:
                visible[b, j] = 1


@wp.kernel
def count_seen(
    verts: wp.array2d(dtype=wp.vec3),
    normals: wp.array2d(dtype=wp.vec3),
    part: wp.array(dtype=wp.int32),
    image: wp.array(dtype=wp.int32),
    stages: wp.array(dtype=Stage),
    step: int,
    width: int,
    height: int,
    num_body: int,
    per_body: int,
    zbuffer: wp.array2d(dtype=wp.int64),
    counts: wp.array2d(dtype=wp.int32),
) -> None:
    """Of every `step`-th skin vertex: how many face the lens, and how many of them are seen.

    `counts` (bodies, 2) must start at 0. A vertex is seen where one of the 3x3 samples round it
    shows its own body no more than `SEEN_TOLERANCE_M` nearer.
    """
    b, k = wp.tid()
    v = k * step
    stage = stages[image[b]]
    if part[v] != BODY or wp.dot(normals[b, v], verts[b, v] - stage.position) >= 0.0:
        return
    wp.atomic_add(counts, b, 0, 1)
    p = to_screen(verts[b, v], stage)
    x = int(wp.floor(p[0]))
    y = int(wp.floor(p[1]))
    if p[2] < NEAR_M or x < 0 or y < 0 or x >= width or y >= height:
        return
    is_seen = wp.int32(0)
    for n in range(9):
        xx = wp.clamp(x + n % 3 - 1, 0, width - 1)
        yy = wp.clamp(y + n // 3 - 1, 0, height - 1)
        key = zbuffer[image[b], yy * width + xx]
        is_own = key != EMPTY and key_triangle(key) < num_body
        if is_own and key_triangle(key) // per_body == b:
            if key_depth(key) > p[2] - SEEN_TOLERANCE_M:
                is_seen = 1
    wp.atomic_add(counts, b, 1, is_seen)
