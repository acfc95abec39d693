"""The training log: what is told of the loader and of sigma."""

import csv
import time

import pytest
import torch

from das_model.datasets.data_config import DataConfig
from das_model.inference.network_config import NetworkConfig
from das_model.network.network import HeadMaps
from das_model.training.config import TrainConfig
from das_model.training.epoch_figures import EpochFigures, goodness
from das_model.training.run_record import metadata_of
from das_model.training.train import Trainer
from das_model.training.train_log import (
    LoaderWatch,
    LogConfig,
    TrainLog,
    sigma_statistics,
    speed_line,
)


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
        {
            "initial_x": 0.1,
            "initial_y": 0.2,
            "initial_depth": 0.3,
            "last_x": 0.05,
            "last_y": 0.1,
            "last_depth": 0.15,
        }
    )


def test_epochs_leave_the_last_few_the_best_and_every_figure(tmp_path, monkeypatch):
    """PCK_rel rises to the second of four epochs."""
    shares = iter([0.2, 0.6, 0.4, 0.5])
    monkeypatch.setattr(
        EpochFigures, "measure", lambda self, network: {"mupots": {"pck_rel": next(shares)}}
    )
    config = TrainConfig(NetworkConfig(channels=32), total_steps=8)
    trainer = Trainer(config, torch.device("cpu"))
    data = DataConfig(photos=tmp_path)
    log = LogConfig(tmp_path, 1000, 1000, 2, steps_per_epoch=2, notes={"run": "{}"})
    log = TrainLog(trainer, data, log, EpochFigures(data, 4))
    for step in range(1, 9):
        trainer.step = step
        log.step({"total": 1.5}, (torch.zeros(0), []), 0.0)
    log.close()
    names = sorted(file.name for file in tmp_path.glob("*.safetensors"))
    assert names == [
        "best.safetensors",
        "checkpoint.safetensors",
        "epoch-0003.safetensors",
        "epoch-0004.safetensors",
    ]
    best = metadata_of(tmp_path / "best.safetensors")
    assert (best["epoch"], best["step"], best["run"]) == ("2", "4", "{}")
    with (tmp_path / "log.csv").open() as file:
        rows = list(csv.DictReader(file))
    figures = [(r["step"], r["value"]) for r in rows if r["name"] == "pck_rel"]
    assert figures == [("2", "0.2"), ("4", "0.6"), ("6", "0.4"), ("8", "0.5")]
    assert [r["value"] for r in rows if r["name"] == "total"] == ["1.5"]


def test_checkpoints_are_chosen_by_the_benchmarks_figure_and_never_by_nobody():
    found = {"mpjpe_mm": 60.0, "strict_recall": 0.5}
    assert goodness({"panoptic": found, "mupots": {"pck_rel": 0.9}}) == -60
    assert goodness({"panoptic": found | {"strict_recall": 0.0}}) != -60
    assert goodness({"synthetic": {"pck_rel": 0.3, "mpjpe_mm": 10.0}}) == 0.3
    assert str(goodness({})) == "nan"
