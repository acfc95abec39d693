"""Time of a whole call by the number of people, with and without what comes after the paper.

The paper's single stage costs the same whoever is there; reading the heat map and lifting, which
are ours, cost something for each person.
"""

import statistics
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from das_model.camera import Camera
from das_model.inference.decode import DecodeConfig
from das_model.inference.device.onnx_runtime import open_session
from das_model.inference.estimate import EstimatorOptions
from das_model.inference.onnx_network import network_maps
from das_model.inference.refine import Refinement, find_people
from das_model.inference.runtime import open_estimator
from das_model.inference.targets import Encoding
from das_model.people import People
from das_model.preprocess import letterbox
from das_model.reproduction.paper_tables import markdown
from das_model.reproduction.speed import crowded_maps

NUM_PEOPLE = (0, 1, 2, 5, 10, 20, 50)
WAYS = ("the paper's decoding", "with the heat map", "with heat map and lifting")
_PICTURE_PX = (1280, 720)
_TICKS = (0, 5, 10, 20, 50)
_COLOURS = ("#0072b2", "#e69f00", "#d55e00")
Times = Mapping[str, Mapping[int, float]]


def measure(model: Path, num_rounds: int) -> Times:
    """Median ms of computing of a call on one thread by way and number of people, in turns.

    A call is the picture's resizing, the network, and decoding. The network sees a picture of
    noise, in which it finds nobody, so the maps of scores and offsets that are decoded are made
    up; heat and features are read from its own.

    Args:
        model: ONNX file with a heat map and a lifting.
        num_rounds: how often each is timed.
    """
    calls = _calls(model)
    times: dict[tuple[str, int], list[float]] = {key: [] for key in calls}
    for _ in range(num_rounds + 1):
        for key, call in calls.items():
            begin_s = time.thread_time()
            call()
            times[key].append(1e3 * (time.thread_time() - begin_s))
    return {
        way: {n: statistics.median(times[way, n][1:]) for n in NUM_PEOPLE}  # but the warm-up
        for way in WAYS
    }


def report(model: Path, num_rounds: int, out: Path | None = None) -> str:
    """`measure` as Markdown, and as a picture where `out` says so."""
    times = measure(model, num_rounds)
    if out is not None:
        draw(times, out)
    alone = times[WAYS[0]][0]
    rows = [
        [way, *(f"{ms:.1f} ({ms / alone:.2f})" for ms in row.values())]
        for way, row in times.items()
    ]
    head = ["ms of computing a call (beside the first)", *map(str, NUM_PEOPLE)]
    return markdown(head, rows)


def draw(times: Times, out: Path) -> None:
    """Draw a line for each way."""
    figure = Figure(figsize=(7.0, 3.8), layout="constrained")
    axis = figure.subplots()
    for colour, (way, row) in zip(_COLOURS, times.items(), strict=True):
        axis.plot(list(row), list(row.values()), marker="o", color=colour, label=way)
    axis.set(
        xlabel="people in the picture", ylabel="ms of computing a call, one thread", xticks=_TICKS
    )
    axis.set_ylim(bottom=0)
    axis.spines[["top", "right"]].set_visible(False)
    axis.grid(alpha=0.25)
    axis.legend(frameon=False, loc="lower right")
    figure.savefig(out, dpi=140)


def _calls(model: Path) -> dict[tuple[str, int], Callable[[], People]]:
    """What is timed, by way and number of people."""
    estimator = open_estimator(model, EstimatorOptions(num_threads=1))
    session = open_session(model, 1)
    image = np.random.default_rng(0).integers(0, 256, (*_PICTURE_PX[::-1], 3), np.uint8)
    width, height = estimator.fitted_size(_PICTURE_PX)

    def call(way: str, num_people: int) -> People:
        boxed, camera = letterbox(image, Camera.from_fov(_PICTURE_PX), (width, height))
        outputs = session.run(None, {"image": boxed[None]})
        num_maps = len(outputs) - len(estimator.network.seen_channels)
        _levels, heat = network_maps(outputs[:num_maps])
        lift = partial(estimator.network.lifted, [seen[0] for seen in outputs[num_maps:]])
        refinement = {
            WAYS[0]: Refinement(),
            WAYS[1]: Refinement(heat),
            WAYS[2]: Refinement(heat, lift),
        }[way]
        return find_people(
            crowds[num_people],
            camera,
            Encoding(heat_stride=4),
            estimator.skeleton,
            DecodeConfig(),
            refinement,
        )

    crowds = {n: crowded_maps(n, width, height, 0) for n in NUM_PEOPLE}
    calls: dict[tuple[str, int], Callable[[], People]] = {
        (way, n): partial(call, way, n) for way in WAYS for n in NUM_PEOPLE
    }
    for (way, n), made in calls.items():
        assert len(made()) == n, way
    return calls
