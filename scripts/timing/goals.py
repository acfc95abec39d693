"""What was to be reached in speed, and what is: the table of docs/performance.md.

Each figure is told by one of the repository's own commands in a process of its own, whose output
is read. Another checkout is asked the same, right before this one, where it has the command.
Windows want a screen: `xvfb-run -a -s "-screen 0 1600x1000x24"` in front, where there is none.
"""

import math
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from das_app.files.bundled import bundled_file
from das_model.reproduction import crowd_cost, plain_network
from das_model.reproduction.paper_tables import markdown
from timing import startup

_HERE = Path(__file__).resolve().parents[2]
_TIMEOUT_S = 240
_PEOPLE_RUNS, _START_RUNS = 8, 2
Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Goal:
    """A line of the table.

    Args:
        what: is measured, with its unit.
        goal: to be reached.
        is_most: the goal is the least value instead of the largest.
    """

    what: str
    goal: float
    is_most: bool = False

    def is_met(self, value: float) -> bool:
        """Whether a value reaches it."""
        return value >= self.goal if self.is_most else value <= self.goal


@dataclass(frozen=True, slots=True)
class Told:
    """A command of a checkout, and what of its output is wanted.

    Args:
        command: behind `python`.
        patterns: by the goal's `what`, an expression with one group, a number.
    """

    command: tuple[str, ...]
    patterns: dict[str, str]


GOALS = (
    Goal("first window, s after the start", 1.2),
    Goal("first person, s after the start", 2.2),
    Goal("`--version`, s of computing", 0.25),
    Goal("`--help`, s of computing", 0.25),
    Goal("network with two threads, beside a plain one of as many MACs", 1.25),
    Goal("maps to people, 1 person, ms", math.nan),
    Goal("maps to people, 20 people, ms", 5.0),
    Goal("maps to people, 50 people, ms", 8.0),
    Goal("whole call with 50 people, beside one with 1", 1.35),
    Goal("picture with 20 people and labels painted, ms of computing", 4.0),
    Goal("window's thread at one go without 3D, 3 people, 99 %, ms", 16.0),
    Goal("window's thread at one go without 3D, 20 people, 99 %, ms", 30.0),
    Goal("picture on the screen, beside a call of the model and 1.5 frames", 1.0),
    Goal("call of the model beside the window, beside the same without it", 1.3),
    Goal("file through the pool, beside frame by frame", 1.45, is_most=True),
    Goal("video copied meanwhile, beside none", 0.85, is_most=True),
    Goal("video encoded meanwhile, beside none", 0.85, is_most=True),
    Goal("rendered pictures a second, two processes", 45.0, is_most=True),
    Goal("rendering, s to the first picture", 4.0),
)
_COMMANDS = (
    Told(
        ("scripts/benchmark.py", "speed", "--runs", "20"),
        {
            "maps to people, 1 person, ms": r"decode 1 people +([\d.]+) ms",
            "maps to people, 20 people, ms": r"decode 20 people +([\d.]+) ms",
        },
    ),
    Told(
        ("scripts/benchmark_view.py", "--people", "20", "--frames", "30"),
        {
            "picture with 20 people and labels painted, ms of computing": (
                r"picture, labels .*CPU +([\d.]+) ms"
            )
        },
    ),
    Told(
        ("scripts/benchmark_window.py",),
        {
            "window's thread at one go without 3D, 3 people, 99 %, ms": r"99 % below ([\d.]+) ms",
            "picture on the screen, beside a call of the model and 1.5 frames": (
                r"([\d.]+) of a call and 1.5 frames"
            ),
            "call of the model beside the window, beside the same without it": (
                r"([\d.]+) times as long"
            ),
        },
    ),
    Told(
        ("scripts/benchmark_window.py", "--people", "20"),
        {"window's thread at one go without 3D, 20 people, 99 %, ms": r"99 % below ([\d.]+) ms"},
    ),
    Told(
        ("scripts/benchmark_files.py", "--frames", "60", "--rounds", "3"),
        {
            "file through the pool, beside frame by frame": r"ordered pool .*ratio +([\d.]+)",
            "encoded": r"video encoded .*ratio +([\d.]+)",
            "copied": r"video copied .*ratio +([\d.]+)",
        },
    ),
    Told(
        ("scripts/render_synthetic.py", "--benchmark", "-n", "32", "--workers", "2"),
        {"rendered pictures a second, two processes": r"([\d.]+) images/s"},
    ),
)


def report(against: Path | None, say: Callable[[str], None]) -> str:
    """Markdown: each goal, before, now, their ratio.

    Args:
        against: another checkout, of before.
        say: takes what is being measured.
    """
    roots = [root for root in (against, _HERE) if root is not None]
    figures: dict[Path, Figures] = {root: {} for root in roots}
    for told in _COMMANDS:
        say(" ".join(told.command))
        for root in roots:
            figures[root] |= _asked(partial(_told_by, told), root, say)
    say("starts of das-app")
    for root in roots:
        figures[root] |= _asked(_starts, root, say)
    say("network, whole calls, rendering's start")
    for root in roots:
        figures[root] |= _asked(_network, root, say) | _asked(_first_picture, root, say)
    figures[_HERE] |= _calls()
    for found in figures.values():
        _beside_none(found)
    return _table(figures.get(against, {}) if against else {}, figures[_HERE])


def _table(before: Figures, now: Figures) -> str:
    rows = []
    for goal in GOALS:
        was, value = (found.get(goal.what, math.nan) for found in (before, now))
        said = "-" if math.isnan(goal.goal) else f"{'≥' if goal.is_most else '≤'} {goal.goal:g}"
        met = "-" if math.isnan(goal.goal + value) else "yes" if goal.is_met(value) else "no"
        rows.append([goal.what, *map(_figure, (was, value, value / was)), said, met])
    return markdown(["what", "before", "now", "ratio", "goal", "met"], rows)


def _asked(measure: Callable[[Path], Figures], root: Path, say: Callable[[str], None]) -> Figures:
    """What is measured of a checkout; nothing, and a word, where that goes wrong."""
    try:
        return measure(root)
    except (OSError, RuntimeError, ValueError, subprocess.SubprocessError) as error:
        say(f"{root} tells nothing of it: {str(error)[-300:]}")
        return {}


def _figure(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3g}"


def _told_by(told: Told, root: Path) -> Figures:
    """What a command of a checkout prints; nothing where it has no such command."""
    script, *arguments = told.command
    if not (root / script).is_file():
        return {}
    done = subprocess.run(
        [sys.executable, script, *arguments],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
    )
    found = {name: re.search(text, done.stdout) for name, text in told.patterns.items()}
    return {name: float(match[1]) for name, match in found.items() if match}


def _beside_none(found: Figures) -> None:
    """Rates with a video, which are told beside frame by frame, beside the pool's without."""
    pool = found.get("file through the pool, beside frame by frame", math.nan)
    for way in ("copied", "encoded"):
        if way in found:
            found[f"video {way} meanwhile, beside none"] = found.pop(way) / pool


def _starts(root: Path) -> Figures:
    times = startup.medians(_START_RUNS, [root])[root]
    return {
        "first window, s after the start": times["first window"][0],
        "first person, s after the start": times["first person"][0],
        "`--version`, s of computing": times["--version"][1],
        "`--help`, s of computing": times["--help"][1],
    }


def _network(root: Path) -> Figures:
    model = root / "assets/models/das-lite.onnx"
    return {
        "network with two threads, beside a plain one of as many MACs": plain_network.ratio(model)
    }


def _first_picture(root: Path) -> Figures:
    """Seconds of the command that renders one picture, once what it keeps is there."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "scripts/render_synthetic.py", "-n", "1", "--workers", "1"]
        seconds = []
        for name in ("first", "second"):
            begin_s = time.monotonic()
            subprocess.run(
                [*command, "--out", f"{folder}/{name}"],
                cwd=root,
                env=os.environ | {"PYTHONPATH": str(root)},
                capture_output=True,
                check=True,
                timeout=_TIMEOUT_S,
            )
            seconds.append(time.monotonic() - begin_s)
        return {"rendering, s to the first picture": seconds[-1]}


def _calls() -> Figures:
    """What is told of this checkout alone, by `benchmark.py people`."""
    times = crowd_cost.measure(bundled_file("models", "das-lite.onnx"), _PEOPLE_RUNS)
    whole = times[crowd_cost.WAYS[-1]]
    return {
        "whole call with 50 people, beside one with 1": whole[50] / whole[1],
        "maps to people, 50 people, ms": whole[50] - whole[0],
    }
