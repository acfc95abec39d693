"""The table of goals: what commands tell is read, and compared the right way round."""

import math
import re

import onnx
import pytest
from onnx.reference import ReferenceEvaluator

from das_model.reproduction.plain_network import plain_model
from timing import goals


def test_every_goal_is_told_by_somebody_and_nothing_else_is():
    told = {name for command in goals._COMMANDS for name in command.patterns}
    for way in ("copied", "encoded"):
        told = told - {way} | {f"video {way} meanwhile, beside none"}
    by_itself = {goal.what for goal in goals.GOALS} - told
    assert len(told) + len(by_itself) == len(goals.GOALS)
    assert all(text.count("(") == 1 for c in goals._COMMANDS for text in c.patterns.values())


@pytest.mark.parametrize(
    ("line", "what", "value"),
    [
        ("decode 20 people          12.34 ms   min    11.00   ratio  0.3", "20 people, ms", 12.34),
        ("picture, labels  30.1 ms   CPU   8.25 ms", "labels painted", 8.25),
        ("longest 21.9 ms, 99 % below 17.9 ms", "3 people, 99 %", 17.9),
        ("ordered pool      30.0 frames/s,   58 CPU ms   ratio  1.41", "through the pool", 1.41),
        (
            "90 pictures painted 60.0 ms after they were taken, a call took 25.0 ms: "
            "0.71 of a call and 1.5 frames, medians",
            "on the screen",
            0.71,
        ),
        (
            "25.4 ms beside the window, 22.0 ms without it, 1.16 times as long",
            "beside the w",
            1.16,
        ),
        ("17.2 images/s at 512x320, 2 processes", "rendered pictures", 17.2),
    ],
)
def test_figures_are_read_out_of_the_commands_lines(line, what, value):
    texts = [t for c in goals._COMMANDS for name, t in c.patterns.items() if what in name]
    assert float(re.search(texts[0], line)[1]) == value


def test_a_goal_is_met_from_its_own_side():
    most, least = goals.GOALS[0].what, goals.GOALS[-2].what
    told = goals._table({most: 2.0, least: 20.0}, {most: 1.0, least: 50.0}).splitlines()
    assert told[2] == f"| {most} | 2 | 1 | 0.5 | ≤ 1.2 | yes |"
    assert told[-2] == f"| {least} | 20 | 50 | 2.5 | ≥ 45 | yes |"
    missed = goals._table({}, {most: 1.3, least: 44.0}).splitlines()
    assert missed[2] == f"| {most} | - | 1.3 | - | ≤ 1.2 | no |"
    assert missed[-2].endswith("| ≥ 45 | no |")
    assert missed[3].endswith("| - |")


def test_videos_are_told_beside_the_pool_without():
    found = {"file through the pool, beside frame by frame": 1.4, "copied": 1.4, "encoded": 0.7}
    goals._beside_none(found)
    assert found["video copied meanwhile, beside none"] == 1
    assert math.isclose(found["video encoded meanwhile, beside none"], 0.5)


def test_the_plain_network_has_as_many_macs():
    model = plain_model(5 * 64 * 64 * 9 * 80 * 48 + 1000)
    onnx.checker.check_model(model)
    assert [node.op_type for node in model.graph.node] == ["Conv", "Relu"] * 5
    assert ReferenceEvaluator(model).input_names == ["x0"]
