"""Both forms of the root's depth side by side: what is measured, and what the table says of it."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from people_scenes import NoisePictures, annotate, perfect_maps

from das_model.camera import Camera
from das_model.datasets.augmentation.placement import AugmentConfig
from das_model.inference.network_config import NetworkConfig
from das_model.inference.targets import Encoding
from das_model.network.network import DasNetwork
from das_model.reproduction.ablation import collect_features
from das_model.reproduction.root_depth import FIGURES, _of_picture, compare, table
from das_model.training.recipes import RECIPES, small

CAMERA = Camera.from_fov((160, 96), 60)
STILL = AugmentConfig(scale=(1.0, 1.0), rotation_deg=0, flip=0, colour=0)


@pytest.mark.parametrize("form", ["linear", "log"])
def test_figures_are_the_errors_that_were_made(form):
    encoding = Encoding((8, 16, 32), (32, 64), root_depth=form)
    annotation = annotate([[-600.0, 0, 4000], [700.0, 0, 5000]], CAMERA)
    maps = perfect_maps(annotation, encoding)
    np.testing.assert_allclose(_of_picture(maps, annotation, encoding), np.zeros((2, 3)), atol=0.1)
    for level in maps:  # everybody a tenth too far, which moves the whole body
        depth_mm = encoding.root_depth_mm(level.root[2], 1.0)
        level.root[2] = encoding.encoded_root_depth(1.1 * depth_mm, 1.0)
    figures = np.array(_of_picture(maps, annotation, encoding))
    np.testing.assert_allclose(figures[:, 0], 10, rtol=1e-3)
    assert (figures[:, 1] > 5).all()
    assert (figures[:, 1] < 60).all()  # across the rays, by a tenth of the body
    np.testing.assert_allclose(figures[:, 2], 100)


def test_a_change_is_told_with_its_error():
    base = np.random.default_rng(0).uniform(5, 50, (3, 400, 3))
    better = base * np.array([0.9, 1.0, 1.1])
    lines = table({"linear": base, "log": better}).splitlines()[2:]
    assert [line.split(" | ")[0].strip("| ") for line in lines] == list(FIGURES)
    assert [line.split(" | ")[-1].strip(" |") for line in lines] == [
        "better",
        "no difference",
        "worse",
    ]


def test_both_forms_are_trained_with_every_seed():
    torch.manual_seed(0)
    features = collect_features(
        DasNetwork(NetworkConfig()), NoisePictures(CAMERA), 3, (160, 96), STILL
    )
    many = type(features)(
        tuple(torch.cat([maps] * 6) for maps in features.maps), features.annotations * 6
    )
    news = []
    lines = compare(small(RECIPES["table1-root"], 1), many, features, 2, news.append).splitlines()
    assert [line.split(":")[0] for line in news] == [
        f"seed {seed}, {form}" for form in ("linear", "log") for seed in (0, 1)
    ]
    assert len({line.split(":")[1] for line in news}) == 4
    assert len(lines) == 2 + len(FIGURES)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "root-depth is of rendered pictures: --data synthetic"),
        (["--data", "synthetic"], "root-depth needs --root and, with rendered pictures"),
    ],
)
def test_what_the_command_lacks_is_said(arguments, told):
    script = Path(__file__).parents[3] / "scripts" / "reproduce.py"
    command = [sys.executable, script, "root-depth", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2
    assert told in done.stderr
