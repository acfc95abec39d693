import numpy as np
import pytest

from das_model.synthetic.people.separation import (
    box_clearance,
    capsule_clearance,
    segment_distances,
)


def brute_force(a, b, steps=200):
    t = np.linspace(0, 1, steps)[:, None]
    p, q = a[0] + t * (a[1] - a[0]), b[0] + t * (b[1] - b[0])
    return np.linalg.norm(p[:, None] - q[None], axis=-1).min()


def test_segment_distances_match_brute_force():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(40, 2, 3)), rng.normal(size=(30, 2, 3))
    got = segment_distances(a, b)
    for i, j in rng.integers(0, 30, (60, 2)):
        assert got[i, j] == pytest.approx(brute_force(a[i], b[j]), abs=0.01)


def test_parallel_and_degenerate_segments():
    line = np.array([[[0, 0, 0], [1, 0, 0]]], float)
    beside = np.array([[[0.2, 0.5, 0], [0.8, 0.5, 0]]], float)
    point = np.array([[[3, 0, 0], [3, 0, 0]]], float)
    assert segment_distances(line, beside)[0, 0] == pytest.approx(0.5)
    assert segment_distances(line, point)[0, 0] == pytest.approx(2.0)


def test_capsule_clearance_is_negative_inside():
    a = np.array([[[0, 0, 0], [0, 0, 1]]], float)
    b = a + [0.3, 0, 0]
    radii = np.array([0.1])
    assert capsule_clearance(a, radii, b, radii) == pytest.approx(0.1)
    assert capsule_clearance(a, radii, a + [0.15, 0, 0], radii) == pytest.approx(-0.05)


@pytest.mark.parametrize(("x", "gap"), [(2.0, 0.9), (1.3, 0.2), (1.0, -0.1), (0.5, -0.6)])
def test_box_clearance_of_an_upright_capsule(x, gap):
    ends = np.array([[[x, 0, 0], [x, 0, 1]]], float)
    half = np.array([0.5, 1.0, 2.0])
    got = box_clearance(ends, np.array([0.1]), np.array([0.5, 0, 0]), half, 0.0)
    assert got == pytest.approx(gap, abs=1e-9)


def test_box_clearance_turns_with_the_box():
    ends = np.array([[[0, 1.5, 0], [0, 1.5, 1]]], float)
    half, radius = np.array([1.0, 0.2, 1.0]), np.array([0.1])
    assert box_clearance(ends, radius, np.zeros(3), half, 0.0) == pytest.approx(1.2)
    assert box_clearance(ends, radius, np.zeros(3), half, np.pi / 2) == pytest.approx(0.4)
