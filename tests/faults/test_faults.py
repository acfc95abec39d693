"""A few of every trial, with fixed seeds."""

import logging
import random
import sys

import pytest
from processes import can_mount, lose_disk
from trials import TRIALS

NEEDS_POSIX = (
    "kill_capture",
    "signal_capture",
    "signal_starting_capture",
    "signal_starting_window",
    "signal_window",
    "lose_folder",
    "fill_disk",
)


@pytest.mark.parametrize("trial", TRIALS, ids=[t.run.__name__ for t in TRIALS])
def test_nothing_but_what_is_documented_happens(tmp_path, trial):
    if sys.platform == "win32" and trial.run.__name__ in NEEDS_POSIX:
        pytest.skip("signals and folders of POSIX")
    if trial.run is lose_disk and not can_mount():
        pytest.skip("no mounts of our own here")
    logging.disable(logging.WARNING)
    try:
        for number in range(trial.few):
            folder = tmp_path / str(number)
            folder.mkdir()
            trial.run(random.Random(f"{trial.run.__name__} {number}"), folder)
    finally:
        logging.disable(logging.NOTSET)
