"""The training log: what is told of the loader and of sigma."""

import time

import pytest
import torch

from das_model.network.network import HeadMaps
from das_model.training.train_log import LoaderWatch, sigma_statistics, speed_line


def test_a_loader_that_keeps_training_waiting_is_named():
    watch = LoaderWatch(8)
    watch.step(waited_s=1e6)
    assert "100% of the time waiting" in (told := speed_line(watch.figures(10)))
    assert told.endswith("the loader is the bottleneck: give it more --workers")
    time.sleep(0.01)
    watch.step(waited_s=0.0)
    figures = watch.figures(steps_left=3600)
    assert "0% of the time waiting for the loader" in (told := speed_line(figures))
    assert "bottleneck" not in told
    # a step of 8 pictures took 8 / rate seconds
    assert figures["remaining_h"] == pytest.approx(8 / figures["pictures_per_s"])
    assert speed_line({**figures, "remaining_h": 1.5}).endswith("1:30:00 left")


def test_sigma_is_told_by_axis_at_the_positives_alone():
    initial = torch.full((1, 2, 3, 2, 2), 9.0)
    initial[0, :, :, 0, 1] = torch.tensor([0.1, 0.2, 0.3])
    zeros = torch.zeros(1, 1, 2, 2)
    maps = HeadMaps(zeros, zeros, zeros, (initial, initial), (initial, initial / 2))
    positive = torch.zeros(1, 2, 2, dtype=torch.bool)
    assert sigma_statistics([maps], [positive]) == {}
    positive[0, 0, 1] = True
    table = sigma_statistics([maps], [positive])
    assert table == pytest.approx(
        {"initial_x": 0.1, "initial_y": 0.2, "initial_depth": 0.3,
         "last_x": 0.05, "last_y": 0.1, "last_depth": 0.15}
    )  # fmt: skip
