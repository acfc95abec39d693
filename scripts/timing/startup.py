"""How long `das-app` takes to its window, its first picture and its first person.

A start in a process of its own is watched from inside: this file is both the watcher and what
`benchmark.py startup` calls.
"""

import builtins
import importlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

STAGES = ("window", "picture", "person")
_BEGUN = "DAS_BENCHMARK_BEGUN"  # when the parent started the process, on the monotonic clock
# the window's module and that of its picture, here and in older checkouts
_WINDOWS = {
    "das_app.gui.window.app": "das_app.gui.picture.overlay_view",
    "das_app.gui.app": "das_app.gui.overlay_view",
}
_TIMEOUT_S = 120
Times = dict[str, tuple[float, float]]  # wall and computing seconds


def report(num_runs: int, against: Path | None) -> str:
    """Table of medians; with another checkout, taken in turns with it, of ratios too.

    Args:
        num_runs: starts of each.
        against: a checkout of the repository.
    """
    here = Path(__file__).resolve().parents[2]
    roots = [here] if against is None else [against, here]
    found = medians(num_runs, roots)
    names = ["" if against is None else str(against), "here"][-len(roots) :]
    lines = [f"median of {num_runs}: seconds after the start, seconds of computing"]
    for stage in found[here]:
        words = [
            f"{name} {found[root][stage][0]:.2f} ({found[root][stage][1]:.2f})"
            for name, root in zip(names, roots, strict=True)
        ]
        if against is not None:
            both = zip(found[against][stage], found[here][stage], strict=True)
            words.append("ratio {:.2f} ({:.2f})".format(*(after / was for was, after in both)))
        lines.append(f"{stage:10} " + "   ".join(words))
    return "\n".join(lines)


def medians(num_runs: int, roots: list[Path]) -> dict[Path, Times]:
    """Median wall and computing seconds of each stage, by checkout.

    Args:
        num_runs: starts of each, in turns.
        roots: checkouts of the repository.
    """
    runs: dict[Path, list[Times]] = {root: [] for root in roots}
    # of compiled modules, as an installation has them
    with tempfile.TemporaryDirectory() as cache:
        for round_number in range(num_runs + 1):
            for root in roots:
                environment = _environment(root, cache)
                times = _start_of(environment) | _calls_of(environment)
                if round_number:  # the first one compiles
                    runs[root].append(times)
    return {
        root: {
            stage: (
                statistics.median(times[stage][0] for times in all_times),
                statistics.median(times[stage][1] for times in all_times),
            )
            for stage in all_times[0]
        }
        for root, all_times in runs.items()
    }


def _environment(root: Path, cache: str) -> dict[str, str]:
    """That of a first start: without settings."""
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    folders = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"), f"{cache}/home")
    return {
        **inherited,
        **folders,
        "PYTHONPATH": str(root),
        "PYTHONPYCACHEPREFIX": cache,
    }


def _start_of(environment: dict[str, str]) -> Times:
    done = subprocess.run(
        [sys.executable, __file__],
        cwd=environment["PYTHONPYCACHEPREFIX"],
        env={**environment, _BEGUN: str(time.monotonic())},
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
    )
    if done.returncode:
        raise RuntimeError(f"das-app ended before its first person:\n{done.stderr}")
    times: Times = json.loads(done.stdout.splitlines()[-1])
    return {f"first {stage}": times[stage] for stage in STAGES}


def _calls_of(environment: dict[str, str]) -> Times:
    """What a call takes that shows no window."""
    times = {}
    for option in ("--version", "--help"):
        before, begin_s = os.times(), time.monotonic()
        command = [sys.executable, "-m", "das_app", option]
        folder = environment["PYTHONPYCACHEPREFIX"]  # `-m` would look in this one first
        subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)
        after = os.times()
        busy_s = after.children_user - before.children_user
        busy_s += after.children_system - before.children_system
        times[option] = (time.monotonic() - begin_s, busy_s)
    return times


def _watch_paintings(window_module: str, picture_module: str) -> None:
    """Have the first paintings of the window and of the picture in it noted, each when it is on
    the screen; after the last, tell and end."""
    from PySide6.QtCore import QObject, Qt, Signal

    MainWindow = importlib.import_module(window_module).MainWindow
    OverlayView = importlib.import_module(picture_module).OverlayView
    paint_window, paint_picture = MainWindow.paintEvent, OverlayView.paintEvent
    times: Times = {}
    begun_s = float(os.environ[_BEGUN])

    class Painted(QObject):
        on_screen = Signal(str)

    def note(stage: str) -> None:
        times.setdefault(stage, (time.monotonic() - begun_s, time.process_time()))
        if len(times) == len(STAGES):
            sys.stdout.write(json.dumps(times) + "\n")
            sys.stdout.flush()
            os._exit(0)

    # what is queued while it is painted comes when all of it is on the screen
    painted = Painted()
    painted.on_screen.connect(note, Qt.ConnectionType.QueuedConnection)

    def of_window(window: Any, event: Any) -> None:  # noqa: ANN401
        paint_window(window, event)
        painted.on_screen.emit("window")

    def of_picture(view: Any, event: Any) -> None:  # noqa: ANN401
        paint_picture(view, event)
        if view._shown is not None:
            painted.on_screen.emit("picture")
            if len(view._shown.people):
                painted.on_screen.emit("person")

    MainWindow.paintEvent = of_window  # type: ignore[method-assign, assignment]
    OverlayView.paintEvent = of_picture  # type: ignore[method-assign, assignment]


def _watched_start() -> None:
    """The command `das-app`, watched from the moment its window is imported."""
    from das_app.cli import main

    real = builtins.__import__

    def importing(name: str, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        module = real(name, *args, **kwargs)
        if name in _WINDOWS:
            builtins.__import__ = real
            _watch_paintings(name, _WINDOWS[name])
        return module

    builtins.__import__ = importing  # type: ignore[assignment]
    main()


if __name__ == "__main__":
    _watched_start()
