"""The time of a call by its people: what is timed finds them, and only lifting tells spreads."""

import cv2
import pytest

from das_app.files.bundled import bundled_file
from das_model.reproduction import crowd_cost
from das_model.reproduction.crowd_cost import NUM_PEOPLE, WAYS


@pytest.fixture(scope="module")
def calls():
    return crowd_cost._calls(bundled_file("models", "das-lite.onnx"))


def test_every_way_finds_everybody(calls):
    assert {len(calls[way, n]()) - n for way in WAYS for n in NUM_PEOPLE} == {0}


def test_only_lifting_tells_how_far_off_joints_are(calls):
    spreads = [calls[way, 2]().joint_spread_mm for way in WAYS]
    assert [spread is not None for spread in spreads] == [False, False, True]


def test_the_report_has_a_row_for_each_way_and_the_picture_opens(tmp_path, monkeypatch):
    monkeypatch.setattr(
        crowd_cost, "_calls", lambda _: {(way, n): list for way in WAYS for n in NUM_PEOPLE}
    )
    told = crowd_cost.report(tmp_path / "no.onnx", 1, tmp_path / "people.png")
    assert [line.split(" | ")[0] for line in told.splitlines()[2:]] == [f"| {w}" for w in WAYS]
    assert cv2.imread(str(tmp_path / "people.png")).std() > 1
