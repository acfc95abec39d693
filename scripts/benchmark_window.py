"""How long our own code holds the window's thread, without the drawing of the 3D view.

    xvfb-run -a python scripts/benchmark_window.py [--people N] [--seconds S]

The demo clip runs in the real window, whose 3D view is told that it could not start, so that a
software OpenGL does not count. With --people so many are shown instead of the clip's own. What is
told is how long the thread computed between two turns of its event loop, at the most and at all:
other programs hardly change it.
"""

import argparse
import itertools
import statistics
import sys
import time
from typing import Any

import cv2  # noqa: F401  # first, as in the application: it changes Qt's environment

from das_app.gui.window.qt_environment import drop_cv2_qt_plugins

drop_cv2_qt_plugins()

from PySide6.QtWidgets import QApplication  # noqa: E402

from benchmark_view import crowd  # noqa: E402
from das_app.gui.scene import scene_view  # noqa: E402
from das_app.gui.style import theme  # noqa: E402
from das_app.gui.window.app import PipelineOpener  # noqa: E402
from das_app.gui.window.main_window import MainWindow  # noqa: E402
from das_app.settings.app_settings import AppSettings, ViewSettings  # noqa: E402
from das_app.sources.addresses import DEMO_SOURCE  # noqa: E402
from das_model.inference.estimate import Estimate  # noqa: E402
from das_model.inference.runtime import PoseEstimator  # noqa: E402
from window_use.responsiveness import Responsiveness  # noqa: E402
from window_use.window_tour import turn_for, turn_until  # noqa: E402

_SETTLED_S = 2.0


class EveryTurn(Responsiveness):
    """Keeps how long the thread computed between any two turns."""

    def __init__(self) -> None:
        super().__init__()
        self.busy_ms: list[float] = []

    def _tick(self) -> None:
        self.busy_ms.append(1e3 * (time.thread_time() - self._busy_s))
        super()._tick()


def _show_instead(num_people: int) -> None:
    """Have the model find a crowd that moves, whatever it sees."""
    moments = itertools.cycle(crowd(num_people, 40))
    find = PoseEstimator.__call__

    def found(self: PoseEstimator, *args: Any) -> Estimate:  # noqa: ANN401
        return Estimate(next(moments), find(self, *args).stages)

    PoseEstimator.__call__ = found  # type: ignore[method-assign, assignment]


def main() -> None:
    """Show the window, watch it, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, help="instead of the demo's three")
    parser.add_argument("--seconds", type=float, default=8.0)
    args = parser.parse_args()
    app = QApplication(sys.argv[:1])
    theme.apply_theme(app)
    scene_view.opengl_problem = lambda: "left out"
    if args.people:
        _show_instead(args.people)
    settings = AppSettings(view=ViewSettings(has_seen_welcome=True))
    window = MainWindow(settings, PipelineOpener())
    window.resize(1600, 1000)
    window.show()
    window.open(DEMO_SOURCE)
    shown, wanted = window.shown, args.people or 3
    turn_until(lambda: shown.result is not None and len(shown.people) >= wanted, "people")
    turn_for(_SETTLED_S)
    watch = EveryTurn()
    watch.start()
    turn_for(args.seconds)
    watch.stop()
    num_people = len(window.shown.people)
    window.close()
    often = statistics.quantiles(watch.busy_ms, n=100)[98]
    print(f"{num_people} people, {args.seconds:.0f} s, the window's thread computed at one go:")
    print(f"longest {watch.busiest.busy_s * 1e3:.1f} ms, 99 % below {often:.1f} ms")


if __name__ == "__main__":
    main()
