"""How long our own code holds the window's thread, without the drawing of the 3D view.

    xvfb-run -a python scripts/benchmark_window.py [--people N] [--seconds S]

The demo clip runs in the real window, whose 3D view is told that it could not start, so that a
software OpenGL does not count. With --people so many are shown instead of the clip's own. What is
told is how long the thread computed between two turns of its event loop, at the most and at all:
other programs hardly change it; how long after they were taken pictures are painted with their
people; and how long a call of the model takes beside the window, and the same calls again once it
is closed.
"""

import argparse
import itertools
import statistics
import sys
import time
from collections import deque
from typing import Any

import cv2  # noqa: F401  # first, as in the application: it changes Qt's environment

from das_app.gui.window.qt_environment import drop_cv2_qt_plugins

drop_cv2_qt_plugins()

from PySide6.QtGui import QPaintEvent  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from benchmark_view import crowd  # noqa: E402
from das_app.gui.picture.overlay_view import OverlayView  # noqa: E402
from das_app.gui.scene import scene_view  # noqa: E402
from das_app.gui.style import theme  # noqa: E402
from das_app.gui.window.app import PipelineOpener  # noqa: E402
from das_app.gui.window.main_window import MainWindow  # noqa: E402
from das_app.messaging.messages import PoseResult  # noqa: E402
from das_app.settings.app_settings import AppSettings, ModelSettings, ViewSettings  # noqa: E402
from das_app.sources.addresses import DEMO_SOURCE  # noqa: E402
from das_model.inference.estimate import Estimate  # noqa: E402
from das_model.inference.mode import Mode  # noqa: E402
from das_model.inference.runtime import PoseEstimator  # noqa: E402
from window_use.responsiveness import Responsiveness  # noqa: E402
from window_use.window_tour import turn_for, turn_until  # noqa: E402

_SETTLED_S = 2.0
_NUM_CALLS = 60


class EveryTurn(Responsiveness):
    """Keeps how long the thread computed between any two turns."""

    def __init__(self) -> None:
        super().__init__()
        self.busy_ms: list[float] = []

    def _tick(self) -> None:
        self.busy_ms.append(1e3 * (time.thread_time() - self._busy_s))
        super()._tick()


class Calls:
    """The last calls of the model, kept and timed.

    Args:
        num_people: have it find a crowd of so many that moves, whatever it sees; None for whom it
            finds.

    Attributes:
        last: model and arguments of each, and how long it took, seconds.
    """

    def __init__(self, num_people: int | None) -> None:
        self.last: deque[tuple[PoseEstimator, tuple, float]] = deque(maxlen=_NUM_CALLS)
        self._find = PoseEstimator.__call__
        moments = itertools.cycle(crowd(num_people, 40)) if num_people else None

        def found(model: PoseEstimator, *args: Any) -> Estimate:  # noqa: ANN401
            begin_s = time.monotonic()
            estimate = self._find(model, *args)
            self.last.append((model, args, time.monotonic() - begin_s))
            return Estimate(next(moments), estimate.stages) if moments else estimate

        PoseEstimator.__call__ = found  # type: ignore[method-assign, assignment]

    def medians_ms(self) -> tuple[float, float]:
        """Of the calls as they were, and of the same ones now."""
        again_s = []
        for model, args, _ in self.last:
            begin_s = time.monotonic()
            self._find(model, *args)
            again_s.append(time.monotonic() - begin_s)
        then_s = [duration_s for *_, duration_s in self.last]
        return 1e3 * statistics.median(then_s), 1e3 * statistics.median(again_s)


class Screen:
    """Notes when pictures are painted with their people for the first time; made before the
    window, as Qt remembers what paints a widget.

    Attributes:
        latencies_s: from when each was taken to when it was painted, its call of the model, and
            the time between two frames.
    """

    def __init__(self) -> None:
        self.latencies_s: list[tuple[float, float, float]] = []
        self._taken_s: dict[int, float] = {}
        self._last: PoseResult | None = None
        self._window: MainWindow | None = None
        self._frame_s = 0.0
        paint = OverlayView.paintEvent

        def paint_and_note(view: OverlayView, event: QPaintEvent) -> None:
            paint(view, event)
            if self._window is not None:
                self._note(self._window.shown.result)

        OverlayView.paintEvent = paint_and_note  # type: ignore[method-assign, assignment]

    def watch(self, window: MainWindow) -> None:
        """Note what a window that plays paints from now on."""
        opened = window.control.bridge.current
        assert opened is not None
        self._window, self._frame_s = window, 1 / opened.source.nominal_fps
        opened.pipeline.add_sink(self._on_result)

    def _on_result(self, result: PoseResult) -> None:
        self._taken_s[result.frame.index] = time.monotonic() - result.latency_s

    def _note(self, result: PoseResult | None) -> None:
        if result is None or result is self._last or result.frame.index not in self._taken_s:
            return
        self._last = result
        latency_s = time.monotonic() - self._taken_s[result.frame.index]
        self.latencies_s.append((latency_s, result.inference_s, self._frame_s))

    def text(self) -> str:
        """Medians, and the latency beside a call and one and a half frames."""
        latency_s, call_s, frame_s = map(statistics.median, zip(*self.latencies_s, strict=True))
        return (
            f"{len(self.latencies_s)} pictures painted {1e3 * latency_s:.1f} ms after they were "
            f"taken, a call took {1e3 * call_s:.1f} ms: "
            f"{latency_s / (call_s + 1.5 * frame_s):.2f} of a call and 1.5 frames, medians"
        )


def main() -> None:
    """Show the window, watch it, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, help="instead of the demo's three")
    parser.add_argument("--seconds", type=float, default=8.0)
    args = parser.parse_args()
    app = QApplication(sys.argv[:1])
    theme.apply_theme(app)
    scene_view.opengl_problem = lambda: "left out"
    calls, screen = Calls(args.people), Screen()
    # what auto has time for differs from call to call
    fast = ModelSettings(mode=Mode.FAST)
    settings = AppSettings(model=fast, view=ViewSettings(has_seen_welcome=True))
    window = MainWindow(settings, PipelineOpener())
    window.resize(1600, 1000)
    window.show()
    window.open(DEMO_SOURCE)
    shown, wanted = window.shown, args.people or 3
    turn_until(lambda: shown.result is not None and len(shown.people) >= wanted, "people")
    turn_for(_SETTLED_S)
    watch = EveryTurn()
    screen.watch(window)
    watch.start()
    turn_for(args.seconds)
    watch.stop()
    num_people = len(window.shown.people)
    window.close()
    often = statistics.quantiles(watch.busy_ms, n=100)[98]
    print(f"{num_people} people, {args.seconds:.0f} s, the window's thread computed at one go:")
    print(f"longest {watch.busiest.busy_s * 1e3:.1f} ms, 99 % below {often:.1f} ms")
    print(screen.text())
    beside_ms, alone_ms = calls.medians_ms()
    print(
        f"a call of the model, medians of {len(calls.last)}: {beside_ms:.1f} ms beside the window,"
        f" {alone_ms:.1f} ms without it, {beside_ms / alone_ms:.2f} times as long"
    )


if __name__ == "__main__":
    main()
