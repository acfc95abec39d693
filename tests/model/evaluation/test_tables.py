"""Tables as text and as JSON."""

import math

from das_model.evaluation.tables import format_tables, to_json

BY_GROUP = {"a/x": 0.5, "a/y": 12345.678, "mean/x": math.nan}


def test_figures_go_down_and_groups_across():
    lines = format_tables({"m": {"x": 1.0, "y": 2.0, "z": 3.0, "g/x": 0.25}}).splitlines()
    assert lines[0].split() == ["all", "g"]
    assert [line.split() for line in lines[1:]] == [
        ["x", "1", "0.25"],
        ["y", "2", "-"],
        ["z", "3", "-"],
    ]


def test_many_groups_go_down():
    table = {f"TS{i}/x": i / 10 for i in range(1, 4)}
    lines = format_tables({"m": table}).splitlines()
    assert lines[0].split() == ["x"]
    assert lines[3].split() == ["TS3", "0.3"]


def test_models_stand_side_by_side():
    lines = format_tables({"one": BY_GROUP, "two": {"a/x": 1.0}}).splitlines()
    assert lines[0].split() == ["one", "two"]
    assert lines[1].split() == ["a/x", "0.5", "1"]
    assert lines[2].split() == ["a/y", "1.235e+04", "-"]


def test_json_holds_figures_by_group_and_null_for_nan():
    assert to_json({"m": BY_GROUP}) == {"x": {"a": 0.5, "mean": None}, "y": {"a": 12345.678}}
    whole = {"x": 1.0, "g/x": math.nan}
    assert to_json({"m": whole}) == {"x": 1.0, "g/x": None}
    both = to_json({"m": BY_GROUP, "n": whole})
    assert both["n"] == {"x": 1.0, "g/x": None}
    assert both["m"]["x"]["a"] == 0.5
