"""Counted sizes against sums by hand and published ones."""

import dataclasses

import pytest

from das_model.inference.network_config import LITE, NetworkConfig
from das_model.reproduction.complexity import measure


def test_counts_are_those_of_the_published_backbone():
    """EfficientNet-Lite0 at 224 x 224 is published with 407 million, classifier included."""
    counted = measure(NetworkConfig(update="none"), (224, 224))
    head = 7 * 7 * 320 * 1280 + 1280 * 1000
    assert counted.num_backbone_macs + head == pytest.approx(407e6, rel=0.06)
    assert counted.num_backbone_parameters < counted.num_parameters


@pytest.mark.parametrize("plain", [NetworkConfig(), LITE], ids=["lite0", "movenet"])
def test_work_grows_with_the_area(plain):
    small, large = measure(plain, (64, 64)), measure(plain, (128, 64))
    assert large.num_macs == 2 * small.num_macs
    assert large.num_backbone_macs == 2 * small.num_backbone_macs
    assert large.num_parameters == small.num_parameters


def test_work_grows_with_the_update():
    plain = NetworkConfig(update="none")
    small = measure(plain, (64, 64))
    updated = measure(dataclasses.replace(plain, update="multi_source"), (64, 64))
    # reduce 96 -> 32, refine 3 x 3, gate, confidence and vectors to 22 joints, at 85 locations;
    # and the sigmas of one more prediction
    layer = 96 * 32 + 9 * 32 * 32 + 32 * (66 + 66 + 22 * 16) + 96 * 66
    assert updated.num_macs - small.num_macs == layer * (64 + 16 + 4 + 1)
