"""Values on the scripts' command lines."""

import argparse

import pytest

from command_line import picture_size, positive


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
