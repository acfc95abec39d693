"""A walk through the window's states: a picture of each, and a list of everything that went wrong.

Run by `scripts/tour.py` on a virtual screen. What counts as wrong: an uncaught error in any
thread, a warning of Qt, and a warning or error in the log.
"""

import logging
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QWidget

from das_app.gui.actions.help_sheet import HelpSheet
from das_app.gui.streaming.stream_panel import StreamCard
from das_app.gui.window.main_window import MainWindow
from das_app.messaging.messages import PipelineState
from das_app.settings.app_settings import Look
from das_app.sources.addresses import DEMO_SOURCE
from das_app.sources.turned_source import Turn
from das_app.streaming.targets import StreamKind, StreamTarget
from window_use.responsiveness import Responsiveness

_PATIENCE_S = 120.0
_MISSING_FILM = "/no/such/film.mp4"
_QUALITY = 88  # of JPEG
_STREAMS = tuple(map(StreamTarget.default, (StreamKind.WEBSOCKET, StreamKind.OSC)))


class Troubles(logging.Handler):
    """Collects what goes wrong, from all threads."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: list[str] = []

    def listen(self) -> None:
        """Hear of everything from now on."""
        logging.getLogger().addHandler(self)
        qInstallMessageHandler(self._on_qt)
        sys.excepthook = self._on_error
        threading.excepthook = lambda args: self._on_error(args.exc_type, args.exc_value, None)

    def emit(self, record: logging.LogRecord) -> None:
        """Logging: note a warning or an error, but not of the film that is missing on purpose."""
        text = self.format(record)
        if _MISSING_FILM not in text:
            self.found.append(f"log: {text}")

    def _on_qt(self, kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        if kind is not QtMsgType.QtDebugMsg and kind is not QtMsgType.QtInfoMsg:
            self.found.append(f"Qt: {message}")

    def _on_error(
        self, kind: type[BaseException], error: BaseException | None, _: TracebackType | None
    ) -> None:
        logging.getLogger(__name__).error("uncaught", exc_info=error)


@dataclass(frozen=True, slots=True)
class Stop:
    """One state on the way.

    Args:
        name: of the picture; empty for none.
        go: brings the window there.
        is_there: whether it has arrived.
    """

    name: str
    go: Callable[[], None]
    is_there: Callable[[], bool] = lambda: True


class Tour:
    """Walks the window through its states.

    Args:
        window: shown, nothing open.
        folder: for the pictures.
        watch: of the window's thread, which does not count the taking of pictures.
    """

    def __init__(
        self, window: MainWindow, folder: Path, watch: Responsiveness | None = None
    ) -> None:
        self._window, self._folder, self._watch = window, folder, watch
        folder.mkdir(parents=True, exist_ok=True)

    def walk(self) -> None:
        """Go to every stop and take its picture. Raises TimeoutError where one is not reached."""
        with TemporaryDirectory() as sessions:
            settings = self._window.settings
            self._window.control.change(
                recording=replace(settings.recording, folder=Path(sessions))
            )
            for stop in self._stops():
                stop.go()
                turn_until(stop.is_there, stop.name)
                turn_for(1.5)
                if stop.name:
                    self.take(stop.name, QApplication.activeModalWidget() or self._window)
        self._sheets()

    def take(self, name: str, widget: QWidget) -> None:
        """Save what a widget shows."""
        widget.grab().save(str(self._folder / f"{name}.jpg"), "JPG", _QUALITY)
        if self._watch is not None:
            self._watch.skip()

    def _stops(self) -> list[Stop]:
        window, action = self._window, self._press
        control = window.control

        def is_playing() -> bool:
            return window.shown.result is not None and len(window.shown.people) > 0

        def is_in(state: PipelineState) -> Callable[[], bool]:
            return lambda: control.state is state

        def has_shape(is_upright: bool) -> Callable[[], bool]:
            def has_it() -> bool:
                camera = window.shown.camera
                return camera is not None and (camera.size[1] > camera.size[0]) is is_upright

            return has_it

        return [
            Stop("tour_idle", lambda: None),
            Stop("tour_first_start", lambda: window.open(DEMO_SOURCE), is_playing),
            Stop("tour_main", window.parts.welcome.seen.click),
            Stop("tour_paused", action("play"), is_in(PipelineState.PAUSED)),
            Stop("", action("step-forward")),
            Stop("", action("play"), is_in(PipelineState.RUNNING)),
            Stop("", action("offsets")),
            Stop("tour_what_the_model_sees", action("heat-map")),
            Stop("", action("offsets")),
            Stop("", action("heat-map")),
            *(Stop(f"tour_view_{n}", action(f"view-{n}")) for n in ("top", "camera")),
            Stop("", action("view-reset")),
            Stop("tour_skeletons", action("bodies")),
            Stop("", action("bodies")),
            Stop("tour_depth", action("depth")),
            Stop("", action("depth")),
            Stop("", action("scene-window"), lambda: "scene" in window.parts.layouts.windows),
            Stop("", action("scene-window"), lambda: not window.parts.layouts.windows),
            Stop("tour_mirror", action("mirror")),
            Stop("", action("mirror")),
            Stop("tour_turned", lambda: window.control.set_turn(Turn.RIGHT), has_shape(True)),
            Stop("", lambda: window.control.set_turn(Turn.NONE), has_shape(False)),
            Stop("tour_inset", action("panes-inset")),
            Stop("", action("panes-beside")),
            Stop("tour_output", action("output")),
            Stop("", action("output")),
            *self._recording_stops(),
            Stop("tour_inspector", action("inspector")),
            Stop("tour_timing", action("timing")),
            Stop("tour_lens", action("lens")),
            Stop("tour_smoothing", action("people")),
            Stop("tour_model", action("model")),
            Stop("", self._start_streams),
            Stop("tour_streaming", action("streaming")),
            *(Stop("", card.switch.click) for card in self._cards()),
            Stop("", action("streaming")),
            *(Stop("", action(n)) for n in ("model", "people", "lens", "inspector", "timing")),
            Stop("", action("presentation"), window.isFullScreen),
            Stop("tour_presentation", lambda: None),
            Stop("", action("leave"), lambda: not window.isFullScreen()),
            Stop("tour_light", lambda: window.look_menu.choose(Look.LIGHT)),
            Stop("", action("inspector")),
            Stop("tour_light_inspector", lambda: None),
            Stop("", action("inspector")),
            Stop("", lambda: window.look_menu.choose(Look.DARK)),
            Stop("tour_fault", lambda: window.open(_MISSING_FILM), is_in(PipelineState.FAULTED)),
        ]

    def _recording_stops(self) -> list[Stop]:
        window, record = self._window, self._press("record")

        def has_recorded() -> bool:
            return window.recording.is_recording and window.recording.stats().time_s > 2

        panel, change = window.panels.recording_panel, window.control.change
        settings = window.settings.recording
        sessions = panel.sessions.list

        return [
            Stop("", self._press("recording")),
            Stop("", lambda: change(recording=replace(settings, countdown_s=5.0))),
            Stop("", lambda: panel.name.setText("first try")),
            Stop("tour_countdown", record),
            Stop("", record),
            Stop("", lambda: change(recording=settings)),
            Stop("", record, has_recorded),
            Stop("tour_recording", self._press("marker")),
            Stop("tour_recorded", record, window.parts.notice.isVisible),
            Stop("tour_recordings", lambda: None, lambda: "first try" in sessions.item(0).text()),
            Stop("", lambda: panel.name.clear()),
            Stop("", self._press("recording")),
            Stop("tour_export", window.parts.notice.export.click),
            Stop("", _close_dialog),
            *self._session_stops(),
        ]

    def _session_stops(self) -> list[Stop]:
        """What was just recorded plays, with a name and a trim; then the demo goes on."""
        window, action = self._window, self._press

        def has_people() -> bool:
            return window.shown.result is not None and len(window.shown.people) > 0

        def name_somebody() -> None:
            track_id = int(window.shown.people.track_ids[0])
            window.panels.session_panel.people.name_entered.emit(track_id, "Anna")

        return [
            Stop(
                "",
                window.parts.notice.play.click,
                lambda: window.panels.session.player is not None and has_people(),
            ),
            Stop("", name_somebody),
            Stop("", action("play"), lambda: window.control.state is PipelineState.PAUSED),
            Stop("", lambda: window.control.seek(0.4)),
            Stop("", action("trim-begin")),
            Stop("", lambda: window.control.seek(1.2)),
            Stop("tour_session", action("trim-end")),
            Stop("", lambda: window.open(DEMO_SOURCE), has_people),
        ]

    def _start_streams(self) -> None:
        for target in _STREAMS:
            self._window.panels.streaming.start(target)

    def _cards(self) -> list[StreamCard]:
        return [self._window.panels.stream_panel.cards[target.kind] for target in _STREAMS]

    def _sheets(self) -> None:
        """Windows of their own."""
        sheet = HelpSheet(self._window.actions(), self._window)
        for name, dialog in (("tour_keys", sheet), ("tour_picker", self._window.parts.picker)):
            dialog.open()
            turn_for(1.5)
            self.take(name, dialog)
            dialog.close()

    def _press(self, name: str) -> Callable[[], None]:
        return self._window.actions_by_name[name].trigger


def _close_dialog() -> None:
    dialog = QApplication.activeModalWidget()
    if dialog is None:
        raise RuntimeError("no dialog is open")
    dialog.close()


def turn_for(duration_s: float) -> None:
    """Let the event loop turn for so long."""
    end_s = time.monotonic() + duration_s
    turn_until(lambda: time.monotonic() > end_s, "the end of a pause")


def turn_until(is_there: Callable[[], bool], what: str) -> None:
    """Let the event loop turn until something is so. Raises TimeoutError if it never is."""
    end_s = time.monotonic() + _PATIENCE_S
    while not is_there():
        if time.monotonic() > end_s:
            raise TimeoutError(f"the tour waited {_PATIENCE_S:g} s for {what}")
        QCoreApplication.processEvents()
        time.sleep(0.002)
