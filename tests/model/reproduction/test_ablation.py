"""The small Table 1: it learns, it is repeatable, and its measure is right."""

import json

import numpy as np
import pytest
import torch
from people_scenes import NoisePictures, annotate, perfect_maps

from das_model.camera import Camera
from das_model.datasets.augmentation.placement import AugmentConfig
from das_model.inference.network_config import NetworkConfig
from das_model.inference.targets import Encoding
from das_model.network.network import DasNetwork
from das_model.reproduction.ablation import (
    FeatureSet,
    _errors_at_centres,
    collect_features,
    encode_all,
    run_rows,
    train_row,
)
from das_model.training.recipes import RECIPES, small

CAMERA = Camera.from_fov((160, 96), 60)
STILL = AugmentConfig(scale=(1.0, 1.0), rotation_deg=0, flip=0, colour=0)


@pytest.fixture(scope="module")
def trunk():
    torch.manual_seed(0)
    return DasNetwork(NetworkConfig())


@pytest.fixture(scope="module")
def features(trunk):
    return collect_features(trunk, NoisePictures(CAMERA), 8, (160, 96), STILL)


def test_features_are_those_of_the_backbone(features):
    assert len(features) == 3
    assert [tuple(m.shape) for m in features.maps] == [
        (3, 40, 12, 20),
        (3, 112, 6, 10),
        (3, 320, 3, 5),
    ]


def test_rows_learn_and_repeat(features):
    config = small(RECIPES["table1-recursive"], 6).train
    targets = encode_all(features, config.network.encoding)
    first, _, losses = train_row(config, features, targets, 2)
    again, _, same = train_row(config, features, targets, 2)
    assert losses == same
    assert losses[-1] < losses[0]
    torch.testing.assert_close(first.heads.score[-1].weight, again.heads.score[-1].weight)


def test_errors_at_centres_are_those_that_were_made():
    encoding = Encoding((8, 16, 32), (32, 64))
    annotation = annotate([[-600.0, 0, 4000], [700.0, 0, 5000]], CAMERA)
    maps = perfect_maps(annotation, encoding)
    perfect = _errors_at_centres(maps, annotation, encoding)
    assert perfect.shape == (2, 22)
    np.testing.assert_allclose(perfect, 0, atol=0.5)
    for level in maps:  # 100 mm too near, all joints but the root
        level.joint_offset[1:, 2] -= 100 / encoding.joint_depth_unit_mm
    errors = _errors_at_centres(maps, annotation, encoding)
    np.testing.assert_allclose(errors[:, 0], 0, atol=0.5)
    assert (errors[:, 1:] > 99).all()
    assert (errors[:, 1:] < 125).all()


def test_finished_rows_are_not_trained_again(trunk, features, tmp_path):
    tiny = FeatureSet(tuple(torch.cat([m] * 6) for m in features.maps), features.annotations * 6)
    results = run_rows(["table1-root"], trunk, tiny, features, 1, tmp_path)
    assert set(results["table1-root"]) == {
        "mpjpe_at_centres_mm",
        "mpjpe_mm",
        "recall",
        "root_error_mm",
    }
    assert (tmp_path / "table1-root.safetensors").is_file()
    told = json.dumps({"table1-root": {"mpjpe_at_centres_mm": 1.0}})
    (tmp_path / "results.json").write_text(told)
    kept = run_rows(["table1-root"], trunk, tiny, features, 1, tmp_path)
    assert kept["table1-root"] == {"mpjpe_at_centres_mm": 1.0}
