"""Presenter of the streams panel."""

import logging
from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QAction, QDesktopServices

from das_app.gui.control.bridge import OpenedSource
from das_app.gui.control.controller import Controller
from das_app.gui.control.shown_result import ShownResult
from das_app.gui.streaming.remote_presenter import RemotePresenter
from das_app.gui.streaming.stream_panel import StreamPanel
from das_app.gui.style import theme
from das_app.gui.style.language import tr
from das_app.gui.style.person_slots import ColourSlot, track_in_slot
from das_app.settings.app_settings import AppSettings
from das_app.streaming.streamer import StreamState
from das_app.streaming.streams import StreamPlan, Streams
from das_app.streaming.targets import StreamKind, StreamTarget

_CLOSE_TIMEOUT_S = 3.0
_ANY_HOSTS = ("0.0.0.0", "[::]")
_log = logging.getLogger(__name__)


class StreamingPresenter(QObject):
    """Starts and stops streams as the panel asks, and hands them every run's results.

    Addresses are kept in the settings; that a stream was on is not.

    Args:
        control: of what runs.
        shown: people, one of whom may be chosen.
        panel: of the streams.
        action: shows the panel; its icon tells whether anything is streamed.

    Attributes:
        refused: why a stream could not begin.
        remote: orders of other programs.
    """

    refused = Signal(str)

    def __init__(
        self, control: Controller, shown: ShownResult, panel: StreamPanel, action: QAction
    ) -> None:
        super().__init__(control)
        self._control, self._shown = control, shown
        self._panel, self._action = panel, action
        self._streams = Streams()
        self.remote = RemotePresenter(control, self._streams.remote, panel.remote)
        self._has_failed: set[StreamKind] = set()
        self._shows_running = False
        self._shown_targets: tuple[str, ...] = ()
        control.opened.connect(self._attach)
        control.ended.connect(lambda: self._streams.choose_person(None))
        control.settings_changed.connect(self._show_settings)
        for kind, card in self._panel.cards.items():
            card.started.connect(self.start)
            card.stopped.connect(lambda kind=kind: self._stop(kind))
            card.target_changed.connect(self._keep)
            card.page_requested.connect(self._open_page)
        self._show_settings(control.settings)

    def begin(self, plan: StreamPlan) -> None:
        """Begin what the command line asked for."""
        self._streams.allowed_origins = plan.allowed_origins
        for target in plan.targets:
            self._streams.start(target)
        if plan.remote is not None:
            self.remote.start(plan.remote, plan.token)
        self.refresh()

    @property
    def names(self) -> Mapping[int, str]:
        """Names of people in streams, by track id."""
        return self._streams.names

    def set_names(self, names: Mapping[int, str]) -> None:
        """Set the names of people, by track id."""
        self._streams.set_names(names)

    def start(self, target: StreamTarget) -> None:
        """Begin a stream."""
        self._keep(target)
        self._has_failed.discard(target.kind)
        self._streams.replace(target)
        self.refresh()

    def choose_person(self, slot: ColourSlot) -> None:
        """Send the person in this slot where a protocol sends only one."""
        people, slots = self._shown.people, self._shown.slots
        self._streams.choose_person(track_in_slot(people, slots, slot))

    def mark(self, text: str) -> None:
        """Send a mark by the protocols that know marks."""
        self._streams.mark(text)

    def refresh(self) -> None:
        """Bring panel and icon up to date."""
        self.remote.refresh()
        for kind, figures in self._streams.figures().items():
            self._panel.cards[kind].set_figures(figures)
            if figures.state is StreamState.FAILED and kind not in self._has_failed:
                self._has_failed.add(kind)
                self.refused.emit(tr("Streaming: {error}", error=tr(figures.error)))
        is_running = self._streams.is_running()
        if is_running != self._shows_running:
            self._shows_running = is_running
            self._action.setIcon(theme.icon("stream-on" if is_running else "stream"))

    def close(self) -> None:
        """End all streams and wait for it."""
        self.remote.stop()
        if not self._streams.close(_CLOSE_TIMEOUT_S):
            _log.error("a stream has not ended within %g s", _CLOSE_TIMEOUT_S)

    def _attach(self, opened: OpenedSource) -> None:
        opened.pipeline.add_sink(self._streams)

    def _stop(self, kind: StreamKind) -> None:
        self._streams.stop(kind)
        self.refresh()

    def _keep(self, target: StreamTarget) -> None:
        former = self._control.settings.streaming.targets
        others = tuple(text for text in former if not text.startswith(f"{target.kind}:"))
        if former != (*others, target.text):
            streaming = self._control.settings.streaming
            self._control.change(streaming=replace(streaming, targets=(*others, target.text)))

    def _show_settings(self, settings: AppSettings) -> None:
        if settings.streaming.targets == self._shown_targets:
            return  # somebody may be typing
        self._shown_targets = settings.streaming.targets
        for text in settings.streaming.targets:
            try:
                target = StreamTarget.from_text(text)
            except ValueError as error:  # somebody edited the file
                _log.warning("settings: %s", str(error))
            else:
                self._panel.cards[target.kind].set_target(target)

    def _open_page(self) -> None:
        address = self._streams.figures()[StreamKind.WEBSOCKET].address
        for host in _ANY_HOSTS:
            address = address.replace(host, "127.0.0.1")
        QDesktopServices.openUrl(QUrl(address))
