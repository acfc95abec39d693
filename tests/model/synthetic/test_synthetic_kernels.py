import sys

import numpy as np
import pytest
import warp as wp

from das_model.synthetic.rendering import (
    kernels_backdrop,
    kernels_geometry,
    kernels_raster,
    kernels_shade,
)
from das_model.synthetic.rendering.launching import Launcher

MODULES = (kernels_geometry, kernels_raster, kernels_backdrop, kernels_shade)


@pytest.mark.skipif(sys.platform == "darwin", reason="Warp has no CUDA there")
@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rsplit(".", 1)[-1])
def test_kernels_compile_for_cuda_without_a_driver(module, tmp_path):
    wp.compile_aot_module(module, arch=90, module_dir=tmp_path)
    assert any(path.suffix in (".ptx", ".cubin") for path in tmp_path.iterdir())


def rasterised(corners, size=(16, 12), perspective=True):
    launcher = Launcher("cpu")
    zbuffer = launcher.empty((1, size[0] * size[1]), wp.int64)
    zbuffer.fill_(kernels_raster.EMPTY)
    faces = np.arange(3 * len(corners)).reshape(-1, 3)
    screen = launcher.array(np.array(corners, np.float32).reshape(1, -1, 3), wp.vec3)
    launcher.launch(
        kernels_raster.rasterise_props,
        (1, len(faces)),
        [screen, launcher.array(faces, wp.int32), launcher.array(np.zeros(1), wp.int32), 0]
        + [*size, perspective, zbuffer],
    )
    keys = zbuffer.numpy()[0].reshape(size[1], size[0])
    return keys, keys != np.iinfo(np.int64).max


def test_triangle_covers_the_sample_centres_inside_it():
    a, b, c = np.array([1.2, 0.7]), np.array([14.6, 3.1]), np.array([4.3, 11.2])
    _, covered = rasterised([[(*a, 2.0), (*b, 2.0), (*c, 2.0)]])
    y, x = np.mgrid[0:12, 0:16] + 0.5

    def side(p, q):
        return (q[0] - p[0]) * (y - p[1]) - (q[1] - p[1]) * (x - p[0])

    np.testing.assert_array_equal(covered, (side(a, b) > 0) & (side(b, c) > 0) & (side(c, a) > 0))


def test_neighbouring_triangles_leave_no_gap():
    corners = [(2.3, 1.1, 1.0), (13.7, 2.2, 1.0), (12.1, 10.9, 1.0), (1.4, 9.6, 1.0)]
    a, b, c, d = corners
    _, both = rasterised([[a, b, c], [a, c, d]])
    filled = [np.flatnonzero(row) for row in both if row.any()]
    assert all(len(row) == row[-1] - row[0] + 1 for row in filled)


def test_nearer_triangle_wins_and_depth_is_perspective():
    far = [(0.0, 0.0, 4.0), (32.0, 0.0, 4.0), (0.0, 24.0, 4.0)]
    near = [(0.0, 0.0, 1.0), (16.0, 0.0, 3.0), (0.0, 12.0, 1.0)]
    keys, _ = rasterised([far, near])
    assert keys[2, 2] & 0xFFFFFFFF == 1
    assert keys[11, 15] & 0xFFFFFFFF == 0
    share = 4.5 / 16
    want = 1 / ((1 - share) / 1.0 + share / 3.0)
    assert (keys[1, 4] >> 32) * 1e-5 == pytest.approx(want, rel=1e-3)


def test_triangle_behind_the_lens_is_left_out():
    _, covered = rasterised([[(0.0, 0.0, -1.0), (32.0, 0.0, 2.0), (0.0, 24.0, 2.0)]])
    assert not covered.any()
