"""Inference time of a model and its parts on this machine."""

import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from das_model.camera import Camera
from das_model.inference.decode import DecodeConfig, LevelMaps, decode
from das_model.inference.looks.crops import crop_matrix, cut
from das_model.inference.looks.thunder import INPUT_PX, Thunder
from das_model.inference.refine import Refinement, find_people
from das_model.inference.runtime import PoseEstimator, open_estimator
from das_model.inference.targets import Encoding
from das_model.preprocess import letterbox
from das_model.skeleton import BODY_22

PICTURE_SIZES = ((1280, 720), (640, 480), (1920, 1080))


def report(model: Path, thunder_file: Path, num_runs: int) -> str:
    """Table of medians, minima and ratios to the whole call on the first picture size.

    Args:
        model: ONNX file.
        thunder_file: movenet-thunder.onnx, of the second look.
        num_runs: how often every row is timed, in turns.
    """
    estimator = open_estimator(model)
    rows = _rows(estimator) | _second_look_rows(Thunder(thunder_file))
    times: dict[str, list[float]] = {name: [] for name in rows}
    for _ in range(num_runs):
        for name, call in rows.items():
            start = time.perf_counter()
            call()
            times[name].append((time.perf_counter() - start) * 1e3)
    lines = [f"{estimator.model_name} on {estimator.provider}, median of {num_runs}"]
    whole = statistics.median(next(iter(times.values())))
    for name, values in times.items():
        median = statistics.median(values)
        lines.append(
            f"{name:45s} {median:8.2f} ms   min {min(values):8.2f}   ratio {median / whole:6.3f}"
        )
    return "\n".join(lines)


def crowded_maps(num_people: int, width: int, height: int, crowded: int = 1) -> list[LevelMaps]:
    """Maps in which `num_people` people, 9 locations each, stand apart on one level, the second
    or another `crowded` one."""
    rng = np.random.default_rng(0)
    levels = []
    for level, stride in enumerate(Encoding().strides):
        h, w = height // stride, width // stride
        score = np.zeros((h, w), np.float32)
        offset = rng.normal(0, 0.02, (22, 3, h, w)).astype(np.float32)
        for person in range(num_people if level == crowded else 0):
            row, column = divmod(person, w // 3)
            top, left = 1 + 3 * row, 3 * column
            rows, columns = np.mgrid[top : top + 3, left : left + 3]
            score[rows, columns] = 0.9
            offset[:, 0, rows, columns] += left + 1 - columns
            offset[:, 1, rows, columns] += top + 1 - rows + np.linspace(-2, 2, 22)[:, None, None]
        levels.append(LevelMaps(score, np.ones((3, h, w), np.float32), offset, offset[:, 0]))
    return levels


def _second_look_rows(thunder: Thunder) -> dict[str, Callable[[], object]]:
    """The second look at one person: his crop, and Thunder on it."""
    image = np.random.default_rng(0).integers(0, 256, (720, 1280, 3), np.uint8)
    matrix = crop_matrix(np.array([640.0, 360.0]), 480.0, INPUT_PX)
    return {
        "second look at a person of 400 px": lambda: thunder(cut(image, matrix, INPUT_PX)[None])
    }


def _rows(estimator: PoseEstimator) -> dict[str, Callable[[], object]]:
    """Calls to time, by name; the whole call on the first image size first."""
    rng = np.random.default_rng(0)
    rows: dict[str, Callable[[], object]] = {}
    for size in PICTURE_SIZES:
        image = rng.integers(0, 256, (size[1], size[0], 3), np.uint8)
        camera, net_size = Camera.from_fov(size), estimator.fitted_size(size)
        name = f"{size[0]}x{size[1]} at {net_size[0]}x{net_size[1]}"
        rows[f"whole call, {name}"] = partial(estimator, image, camera)
        rows[f"letterbox, {name}"] = partial(letterbox, image, camera, net_size)
    camera, encoding = Camera.from_fov((448, 256)), Encoding(heat_stride=4)
    network = estimator.network
    heat = np.full((BODY_22.num_joints, 64, 112), 0.5, np.float32)
    seen = [
        rng.normal(size=(channels, 256 // stride, 448 // stride)).astype(np.float32)
        for channels, stride in zip(
            network.seen_channels, (encoding.heat_stride, *encoding.strides), strict=False
        )
    ]
    lift = network.lift and partial(network.lifted, seen)
    for num_people in (1, 20):
        maps = crowded_maps(num_people, 448, 256)
        assert len(decode(maps, camera, encoding, BODY_22, DecodeConfig())) == num_people
        rows[f"decode {num_people} people"] = partial(
            find_people, maps, camera, encoding, BODY_22, DecodeConfig(), Refinement(heat, lift)
        )
    return rows
