"""Parts of work over processes here and over a dask cluster: failures and deaths end nothing."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from shared_parts import die_once, square

from das_model.shared_work import all_of, shared_out

TESTS = Path(__file__).resolve().parents[1]
SQUARES = {n: n**2 for n in range(12)} | {3: "three is not squared"}


@pytest.mark.parametrize("num_workers", [1, 2])
def test_a_part_that_fails_does_not_end_the_others(num_workers):
    outcomes = dict(shared_out(square, range(5), num_workers))
    assert isinstance(outcomes.pop(3), ValueError)
    assert outcomes == {0: 0, 1: 1, 2: 4, 4: 16}


def test_results_come_in_order_and_the_first_failure_last(tmp_path):
    assert all_of(iter([(1, "b"), (0, "a")])) == ["a", "b"]
    with pytest.raises(ValueError, match="three"):
        all_of(shared_out(square, [2, 3, 4], 1))


def test_the_parts_of_a_process_that_dies_are_done_again(tmp_path):
    marks = [str(tmp_path / name) for name in "abc"]
    Path(marks[1]).touch()
    Path(marks[2]).touch()
    outcomes = dict(shared_out(die_once, marks, 2))
    assert sorted(outcomes) == [0, 1, 2]
    assert all(isinstance(pid, int) and pid != os.getpid() for pid in outcomes.values())


def test_no_scheduler_is_told_in_words():
    pytest.importorskip("distributed")
    code = (
        "from das_model import shared_work as s; s._CONNECT_S = 1\n"
        "try: list(s.shared_out(abs, [1], 1, 'tcp://127.0.0.1:9'))\n"
        "except ValueError as error: print(error)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.startswith("no dask scheduler answers at tcp://127.0.0.1:9: ")


def test_a_worker_of_a_cluster_that_is_killed_changes_nothing(tmp_path):
    pytest.importorskip("distributed")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS.parent), str(TESTS)])}
    pipes = {"stdout": subprocess.PIPE, "text": True, "env": environment, "cwd": tmp_path}
    with subprocess.Popen(
        [sys.executable, TESTS / "dask_cluster.py"], stdin=subprocess.PIPE, **pipes
    ) as cluster:
        about = json.loads(cluster.stdout.readline())
        with subprocess.Popen(
            [sys.executable, TESTS / "shared_parts.py", about["address"]], **pipes
        ) as work:
            first = json.loads(work.stdout.readline())
            os.kill(about["pids"][0], signal.SIGKILL)
            outcomes = dict([first, *map(json.loads, work.stdout)])
        cluster.stdin.close()
    assert outcomes == SQUARES
    assert work.returncode == 0
