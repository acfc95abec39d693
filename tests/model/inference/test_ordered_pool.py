"""Results of a pool are those of one worker, in order; errors and the end reach the caller."""

import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from das_model.camera import Camera
from das_model.inference.estimate import EstimatorOptions
from das_model.inference.ordered_pool import calls_at_once, in_order, one_thread
from das_model.inference.runtime import open_estimator

ASSETS = Path(__file__).resolve().parents[3] / "assets"
WAIT_S = 20


def test_the_slow_first_comes_first_all_the_same():
    second_is_done = threading.Event()

    def call(number):
        if number == 0:
            assert second_is_done.wait(WAIT_S)  # so two run at once
        second_is_done.set()
        return number * number

    assert list(in_order(call, range(9), 2)) == [(n, n * n) for n in range(9)]


@pytest.mark.parametrize("num_calls", [1, 2, 3])
def test_what_comes_before_an_error_of_a_call_is_told_first(num_calls):
    def call(number):
        if number == 4:
            raise ValueError("no four")
        return number

    told = []
    with pytest.raises(ValueError, match="no four"):
        for number, _ in in_order(call, range(9), num_calls):
            told.append(number)
    assert told == [0, 1, 2, 3]


@pytest.mark.parametrize("num_calls", [1, 2])
def test_an_error_of_the_items_comes_when_it_is_its_turn(num_calls):
    def items():
        yield from range(3)
        raise OSError("torn")

    told = []
    with pytest.raises(OSError, match="torn"):
        for number, _ in in_order(str, items(), num_calls):
            told.append(number)
    assert told == [0, 1, 2]


def test_closing_ends_the_threads_and_asks_for_little_more():
    asked = []

    def items():
        for number in range(1000):
            asked.append(number)
            yield number

    with closing(in_order(str, items(), 2)) as results:
        assert next(results) == (0, "0")
    assert len(asked) < 10
    assert not [t for t in threading.enumerate() if t.name.startswith("das-pool")]


def test_several_calls_only_where_each_takes_one_thread():
    assert calls_at_once(EstimatorOptions()) == 1
    assert calls_at_once(one_thread(EstimatorOptions())) >= 1
    assert one_thread(EstimatorOptions(min_score=0.3)) == EstimatorOptions(
        num_threads=1, min_score=0.3
    )


def test_a_model_finds_the_same_people_in_a_pool():
    options = one_thread(EstimatorOptions())
    estimator = open_estimator(ASSETS / "models/das-lite.onnx", options)
    rng, camera = np.random.default_rng(0), Camera.from_fov((320, 192))
    pictures = [rng.integers(0, 256, (192, 320, 3), np.uint8) for _ in range(6)]
    every = estimator.with_options(replace(options, min_score=0.0))

    def find(picture):
        return every(picture, camera).people

    one, two = (list(in_order(find, pictures, n)) for n in (1, 2))
    assert sum(len(people) for _, people in one) > 0
    for (_, people), (_, others) in zip(one, two, strict=True):
        assert np.array_equal(people.joints_cam, others.joints_cam)
        assert np.array_equal(people.scores, others.scores)
