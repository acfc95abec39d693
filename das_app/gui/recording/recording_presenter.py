"""Presenter of the recording: actions, recorder, indicator and notice.

A recording belongs to one source. It is ended cleanly when the source is closed, is over or fails,
when another is opened, and with the window. Whatever goes wrong with it is said; what is shown
goes on. Everything that waits for the disk happens in threads of the recording, which are polled.
"""

import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from das_app.gui.actions.actions import Actions, set_recording
from das_app.gui.control.controller import Controller
from das_app.gui.recording.auto_stop import why_it_is_over
from das_app.gui.recording.countdown import Countdown
from das_app.gui.recording.recording_indicator import RecordingIndicator
from das_app.gui.recording.recording_notice import Recorded, RecordingNotice, open_folder
from das_app.gui.style.language import tr
from das_app.gui.style.texts import plain
from das_app.messaging.background import BackgroundTask
from das_app.messaging.messages import PipelineState
from das_app.pipeline.live import LivePipeline
from das_app.session.format import LOG_FILE
from das_app.session.recorder_stats import RecorderState, RecorderStats
from das_app.session.types import EventKind, SessionError
from das_app.settings.app_settings import AppSettings, SettingsGroup
from das_app.streaming.remote import RemoteAction, RemoteOrder
from das_app.words.said import marked

if TYPE_CHECKING:
    from das_app.pipeline.live_recording import LiveRecording, Started

_POLL_MS = 50
_CLOSING_S = 10.0  # the window waits at most so long for the files; a repair has the rest
_OPEN = (PipelineState.RUNNING, PipelineState.PAUSED, PipelineState.RECONNECTING)
_REASONS = {
    PipelineState.FINISHED: marked("the source is over"),
    PipelineState.FAULTED: marked("the source failed"),
    PipelineState.STOPPED: marked("the source was closed"),
}
_log = logging.getLogger(__name__)


class RecordingPresenter(QObject):
    """Starts, follows and ends recordings, one at a time.

    Args:
        window: under the dialogs.
        control: whose pipeline is recorded, with whose settings.
        indicator: shows what is being recorded.
        notice: tells what was recorded.
        actions: the window's.

    Attributes:
        left_open: a recording failed; its session waits for repair.
        refused: what went wrong with a recording.
        marked: a recording began or ended, or was marked, in a word for streams.
        ended: a recording is closed, or failed.
        take_name: of the next session, behind its time.
        countdown: before a recording.
    """

    left_open = Signal()
    refused = Signal(str)
    marked = Signal(str)
    ended = Signal()

    def __init__(
        self,
        window: QWidget,
        control: Controller,
        indicator: RecordingIndicator,
        notice: RecordingNotice,
        actions: Actions,
    ) -> None:
        super().__init__(window)
        self._window, self._control, self._actions = window, control, actions
        self._indicator, self._notice = indicator, notice
        self._starting: tuple[LivePipeline, BackgroundTask[Started]] | None = None
        self._current: LiveRecording | None = None
        self._ending: list[tuple[LiveRecording, str]] = []  # with the reason
        self._is_wanted, self._reason = False, ""  # of a recording that is just being started
        self._start_order: RemoteOrder | None = None  # that is answered once it is on
        self._noted = self._seen = self._circumstances()
        self._warning = ""
        self.take_name = ""  # of the next session
        self._awaits_source = False
        self.countdown = Countdown(self)
        self.countdown.changed.connect(self._show)
        self._timer = QTimer(self, interval=_POLL_MS)
        self._timer.timeout.connect(self._poll)
        control.ended.connect(lambda: self.end(tr("the source was closed")))
        control.state_changed.connect(self._on_state)
        control.settings_changed.connect(self._show_settings)
        for name, slot in (
            ("record", self._begin_or_end),
            ("marker", lambda: self._mark()),
            ("record-video", self._set_video),
            ("sessions-folder", self._choose_folder),
            ("show-sessions", self._show_folder),
            ("export", self._export),
        ):
            actions[name].triggered.connect(slot)
        actions["record-video"].setIconVisibleInMenu(False)  # it would hide the check mark
        notice.export_requested.connect(self._export_folder)
        self._show_settings(control.settings)
        self._show()

    @property
    def is_recording(self) -> bool:
        """Whether frames are recorded now."""
        return self._current is not None

    def stats(self) -> RecorderStats:
        """Of the recording that is on. Raises ValueError when there is none."""
        if self._current is None:
            raise ValueError("nothing is recorded now")
        return self._current.recorder.stats()

    def end(self, reason: str = "") -> None:
        """End the recording, if there is one, or the countdown to it; its files are closed soon
        after."""
        self.countdown.give_up()
        self._is_wanted, self._reason = False, reason
        if self._current is not None:
            self.marked.emit("stop")
            self._current.stop(reason)
            self._ending.append((self._current, reason))
            self._current = None
            self._show()

    def begin_when_ready(self, name: str) -> None:
        """Begin, without countdown, as soon as the source runs."""
        self.take_name, self._awaits_source = name, True
        self._show()

    def follow(self, order: RemoteOrder) -> None:
        """Do what another program asks for, and answer it."""
        is_on = self._current is not None or self._starting is not None
        if order.action is RemoteAction.START:
            if is_on:
                order.refuse("a recording is on already")
            elif not self._actions["record"].isEnabled():
                order.refuse("nothing can be recorded now; open a camera or a video first")
            else:
                self._start_order = order
                self._begin()
        elif not is_on:
            order.refuse("nothing is being recorded")
        elif order.action is RemoteAction.STOP:
            self.end(marked("stopped by remote control"))
            order.answer.set_result("recording ended")
        elif self._current is None:
            order.refuse("the recording is just beginning")
        else:
            order.answer.set_result(self._mark(order.text))

    def close(self) -> None:
        """End everything and wait until its files are closed, at most ten seconds."""
        self.end(marked("the window was closed"))
        if self._starting is not None and self._starting[1].wait(_CLOSING_S):
            self._finish_start()
        self._timer.stop()
        from das_app.gui.recording.export_dialog import ExportDialog

        for dialog in self._window.findChildren(ExportDialog):
            dialog.close()
        for recording, _ in self._ending:
            if not recording.recorder.wait(_CLOSING_S):
                _log.error("%s is not closed yet", recording.recorder.stats().folder)

    def _begin_or_end(self, is_on: bool) -> None:
        current = self._control.bridge.current
        if not is_on or self.countdown.is_on or current is None or current.model is None:
            self.end()
        elif self._starting is None and self._current is None:
            self.countdown.begin(self._control.settings.recording.countdown_s, self._begin)
        self._show()

    def _begin(self) -> None:
        from das_app.pipeline.live_recording import RecordingPlan, start_recorder

        current, settings = self._control.bridge.current, self._control.settings
        if current is not None and current.model is not None:
            pipeline = current.pipeline
            assert isinstance(pipeline, LivePipeline)  # since it has a model
            model = replace(settings.model, file=current.model.file)
            estimator = current.model.estimator
            plan = RecordingPlan(
                settings.recording.sessions_path(),
                settings.recording.has_video,
                current.source,
                estimator.skeleton,
                estimator.model_name,
                model.path,
                settings.model.mode,
                settings.view.faces,
                settings.ignored.places(),
                self.take_name,
                settings.recording.microphone,
                settings.recording.camera_video,
            )
            task = BackgroundTask(lambda: start_recorder(plan), "das-recording-start")
            self._is_wanted, self._warning = True, ""
            self._noted = self._seen = self._circumstances()
            self._starting = (pipeline, task)
            self._notice.hide()
            self._timer.start()
        self._show()

    def _poll(self) -> None:
        if self._starting is not None and self._starting[1].is_over:
            self._finish_start()
        if self._current is not None:
            self._note_changes(self._current)
            if not self._current.recorder.is_recording:  # it ended by itself
                if problem := self._current.problem:
                    self.refused.emit(tr("Recording ended, it failed: {problem}", problem=problem))
                self.end(marked("it failed") if problem else marked("the disk is full"))
            elif reason := why_it_is_over(self._control.settings.recording, self._current):
                self.end(reason)
        self._finish_ends()
        self._show()
        if self._starting is None and self._current is None and not self._ending:
            self._timer.stop()

    def _finish_start(self) -> None:
        starting, self._starting = self._starting, None
        if starting is None:
            return
        pipeline, task = starting
        try:
            recorder, microphone = task.result()
        except Exception as error:  # a folder, a disk, a model: the live view goes on
            self._is_wanted = False
            _log.error("nothing is recorded: %s", str(error))
            self.refused.emit(tr("Nothing is recorded: {error}", error=error))
            if self._start_order is not None:
                self._start_order.refuse(f"nothing is recorded: {error}")
                self._start_order = None
            return
        if self._start_order is not None:
            self._start_order.answer.set_result("recording")
            self._start_order = None
        recorder.hide_faces(self._control.settings.view.faces)
        from das_app.pipeline.live_recording import LiveRecording

        self._current = LiveRecording(pipeline, recorder, microphone)
        self.marked.emit("start")
        if not self._is_wanted:  # it was ended before it began
            self.end(self._reason)

    def _finish_ends(self) -> None:
        states = {recording: recording.recorder.stats().state for recording, _ in self._ending}
        over = (RecorderState.CLOSED, RecorderState.FAILED)
        done = [(r, reason) for r, reason in self._ending if states[r] in over]
        self._ending = [(r, reason) for r, reason in self._ending if states[r] not in over]
        for recording, reason in done:
            self._tell(recording, reason)
            self.ended.emit()

    def _tell(self, recording: "LiveRecording", reason: str) -> None:
        """Show the result of a recording."""
        recorder = recording.recorder
        stats = recorder.stats()
        try:
            recorder.close()
        except SessionError as error:
            self.refused.emit(tr(str(error)))
        if stats.state is RecorderState.FAILED:
            self.left_open.emit()
            return
        self._notice.show_recorded(
            Recorded(
                stats.folder,
                stats.time_s,
                stats.num_frames,
                len(recording.track_ids),
                stats.num_bytes,
                recorder.has_video,
                stats.num_dropped_pictures,
                reason,
            )
        )

    def _show(self) -> None:
        """Bring the widgets up to date."""
        is_on = self._current is not None or self._is_wanted or self.countdown.is_on
        set_recording(self._actions["record"], is_on)
        if self.countdown.is_on:
            self._actions["record"].setText(tr("Give up"))
        can_begin = self._control.state in _OPEN and self._starting is None
        can_begin = can_begin and self._control.model is not None  # a session is recorded already
        self._actions["record"].setEnabled(is_on or can_begin)
        self._actions["marker"].setEnabled(self._current is not None)
        if self._awaits_source and can_begin and not is_on:
            self._awaits_source = False
            self._begin()
        shown = self._current or (self._ending[-1][0] if self._ending else None)
        if shown is None:
            self._indicator.hide()
            return
        stats = shown.recorder.stats()
        self._indicator.show_stats(stats)
        is_news = stats.message not in ("", self._warning)
        if is_news and stats.state is RecorderState.RECORDING:
            self.refused.emit(tr("While recording: {problem}.", problem=tr(stats.message)))
        self._warning = stats.message

    def _note_changes(self, recording: "LiveRecording") -> None:
        """Record what was changed, once it stands still."""
        former, self._seen = self._seen, self._circumstances()
        if self._seen != former or self._seen == self._noted:
            return
        changes = (
            f"{name}: {self._noted.get(name, '')} -> {value}"
            for name, value in self._seen.items()
            if self._noted.get(name) != value
        )
        recording.recorder.note_event(EventKind.SETTINGS_CHANGED, "; ".join(changes))
        self._noted = self._seen

    def _circumstances(self) -> dict[str, str]:
        """Conditions that poses depend on, in words."""
        settings, model = self._control.settings, self._control.model
        return {
            "confidence": f"{settings.people.min_score:.2f}",
            "faces": settings.view.faces,
            "smoothing": "on" if settings.people.is_smoothing else "off",
            "smoothing of distance": f"{settings.people.distance_smoothing:.2f}",
            "smoothing of limbs": f"{settings.people.limb_smoothing:.2f}",
            "steady bones": "on" if settings.people.has_steady_bones else "off",
            "ignored": settings.ignored.places().text or "nothing",
            "lens": self._control.lens.label,
            "camera": ", ".join(settings.camera.controls),
            "detail": f"{settings.model.input_scale:.2f}",
            "mode": settings.model.mode,
            "model": "" if model is None else model.engine,
        }

    def _mark(self, text: str = "") -> str:
        """Mark the moment; the mark's text, by default its number."""
        if self._current is not None:
            self._current.num_marks += 1
            text = text or f"marker {self._current.num_marks}"
            self._current.recorder.note_event(EventKind.MARKER, text)
            self.marked.emit(text)
        return text

    def _on_state(self, state: PipelineState, message: str) -> None:
        if self._current is not None:
            self._current.events.note(state, message)
        if state in _REASONS:
            self.end(_REASONS[state])
        self._show()

    def _set_video(self, is_on: bool) -> None:
        self._change(recording=replace(self._control.settings.recording, has_video=is_on))

    def _choose_folder(self) -> None:
        present = self._control.settings.recording.sessions_path()
        chosen = QFileDialog.getExistingDirectory(
            self._window, tr("Sessions folder"), str(_nearest(present))
        )
        if chosen:
            self._change(recording=replace(self._control.settings.recording, folder=Path(chosen)))

    def _show_folder(self) -> None:
        open_folder(_nearest(self._control.settings.recording.sessions_path()))

    def _export(self) -> None:
        """Export the session that is open, or else the last one recorded."""
        source = Path(self._control.settings.source.name)
        is_session = (source / LOG_FILE).is_file()
        self._export_folder(source if is_session else self._notice.folder)

    def _export_folder(self, folder: Path | None) -> None:
        from das_app.gui.recording.export_dialog import open_export_dialog

        settings = self._control.settings
        open_export_dialog(
            self._window, settings.recording.sessions_path(), folder, settings.view.faces
        )

    def _change(self, **groups: SettingsGroup) -> None:
        self._control.change(**groups)

    def _show_settings(self, settings: AppSettings) -> None:
        if self._current is not None:
            self._current.recorder.hide_faces(settings.view.faces)
        self._actions["record-video"].setChecked(settings.recording.has_video)
        folder = settings.recording.sessions_path()
        self._actions["sessions-folder"].setToolTip(
            plain(tr("Sessions go to {folder}", folder=folder))
        )


def _nearest(folder: Path) -> Path:
    """The folder, or its nearest parent that exists."""
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    return folder
