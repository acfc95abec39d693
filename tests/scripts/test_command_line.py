"""Values on the scripts' command lines."""

import argparse
import runpy
import sys
from pathlib import Path

import pytest

from command_line import picture_size, positive

SCRIPTS = Path(__file__).parents[2] / "scripts"


def test_values_are_read():
    assert picture_size("448x256") == (448, 256)
    assert positive("7") == 7
    assert positive("010") == 10


@pytest.mark.parametrize("text", ["448", "448x", "x256", "448x0", "448X256", "448 x 256", "-4x4"])
def test_sizes_say_what_they_must_be(text):
    with pytest.raises(argparse.ArgumentTypeError, match=f"must be WIDTHxHEIGHT .* '{text}'$"):
        picture_size(text)


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "", "many"])
def test_numbers_say_what_they_must_be(text):
    with pytest.raises(argparse.ArgumentTypeError, match=f"must be a whole number .* '{text}'$"):
        positive(text)


@pytest.mark.parametrize(
    "arguments",
    [
        ("evaluate.py", "synthetic", "--root", "nowhere"),
        ("reproduce.py", "table1", "--data", "synthetic", "--root", "nowhere",
         "--validation", "nowhere", "--runs", "runs"),
        ("train_lifting.py", "model.onnx", "--synthetic", "nowhere", "--out", "out"),
        ("export.py", "nowhere.safetensors", "-o", "net.onnx"),
        ("calibrate_scores.py", "nowhere.onnx", "--root", ".", "--rendered", "."),
        ("label_photos.py", "nowhere", "--out", "labels"),
    ],
    ids=lambda arguments: arguments[0],
)  # fmt: skip
def test_what_is_missing_is_told_in_a_line(tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    name, *rest = arguments
    monkeypatch.setattr(sys, "argv", [name, *rest])
    with pytest.raises(SystemExit) as stopped:
        runpy.run_path(str(SCRIPTS / name), run_name="__main__")
    told = str(stopped.value.code)
    assert told.startswith(f"{name}: ")
    assert "nowhere" in told
    assert "\n" not in told
