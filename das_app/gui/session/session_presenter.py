"""Presenter of a played session: player, edits and widgets.

What makes no sense while recorded people are shown is forbidden, and says why.
"""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QLocale, QObject, Signal
from PySide6.QtWidgets import QWidget

from das_app.gui.actions.actions import Actions
from das_app.gui.control.bridge import OpenedSource
from das_app.gui.control.controller import Controller
from das_app.gui.control.shown_result import ShownResult
from das_app.gui.session.people_editor import Doubts
from das_app.gui.session.player_bar import PlayerBar, clock_text
from das_app.gui.session.session_marks import marks_of, on_bar
from das_app.gui.session.session_panel import SessionPanel
from das_app.gui.style.language import tr
from das_app.lens.intrinsics import kept_label
from das_app.messaging.messages import PipelineState
from das_app.pipeline.player import SessionPlayer
from das_app.session.edits import PersonSpan, SessionEdits, free_track_id, people_spans, save_edits
from das_app.session.format import session_at
from das_app.session.frames import RecordedFrames
from das_app.session.session import Session
from das_app.session.types import EventKind, Layer, SessionError, perhaps_same_ids
from das_app.words.said import marked
from das_model.people import TrackId

if TYPE_CHECKING:
    from das_app.gui.session.job_dialog import JobDialog

if TYPE_CHECKING:
    pass

_LIVE_ACTIONS = ("heat-map", "timing")
_SESSION_ACTIONS = ("raw", "trim-begin", "trim-end", "trim-whole", "refine", "rerun")


class SessionPresenter(QObject):
    """Shows the session that plays, and carries out what is asked of it.

    Args:
        window: under the dialogs.
        control: of what runs.
        shown: what is on the screen.
        panel: of the session.
        player: the bar below the picture.
        actions: the window's.

    Attributes:
        refused: why something could not be done.
        open_requested: another session is to be opened; its path.
        model_known: which model found the session's people.
        hinted: a hint for the line above the picture.
        repair_wanted: a folder in which sessions were left open.
        locked: whether a session plays, and panels of what runs live are forbidden.
        poses_switched: other poses are shown.
        names_changed: names of the session's people by track id.
    """

    refused = Signal(str)
    open_requested = Signal(str)
    model_known = Signal(str)
    hinted = Signal(str)
    repair_wanted = Signal(object)
    locked = Signal(bool)
    poses_switched = Signal()
    names_changed = Signal(object)

    def __init__(
        self,
        window: QWidget,
        control: Controller,
        shown: ShownResult,
        panel: SessionPanel,
        player: PlayerBar,
        actions: Actions,
    ) -> None:
        super().__init__(window)
        self._window, self._control, self._shown = window, control, shown
        self._panel, self._bar, self._actions = panel, player, actions
        self._frames: RecordedFrames | None = None
        self._edits = SessionEdits()
        self._seen: set[int] = set()
        self._spans: dict[TrackId, PersonSpan] = {}
        self._heights_m: dict[int, float] = {}  # that were given
        self._layer = Layer.LIVE  # that is shown, or comes back when raw ones are switched off
        self.dialog: JobDialog | None = None
        control.ended.connect(self._leave)
        control.opened.connect(self._on_opened)
        control.state_changed.connect(self._offer_repair)
        shown.taken.connect(self._note_people)
        player.layer_chosen.connect(self._set_layer)
        for signal, edit in (
            (panel.people.name_entered, self._name),
            (panel.people.height_entered, self.set_height),
            (panel.people.merge_asked, self._merge),
            (panel.people.split_asked, self._split),
            (panel.people.swap_asked, self._swap),
            (panel.people.drop_asked, self._drop),
            (panel.people.undo_asked, lambda: self._edit(self._edits.undone())),
        ):
            signal.connect(edit)
        panel.time_chosen.connect(control.seek)
        for name, slot in (
            ("raw", self._set_raw),
            ("refine", self._ask_refine),
            ("rerun", self._ask_rerun),
            ("trim-begin", self._begin_here),
            ("trim-end", self._end_here),
            ("trim-whole", lambda: self._edit(self._edits.untrimmed())),
        ):
            actions[name].triggered.connect(slot)
        self._allow()

    @property
    def player(self) -> SessionPlayer | None:
        """The running player; None without one."""
        pipeline = self._control.pipeline
        return pipeline if isinstance(pipeline, SessionPlayer) else None

    def close(self) -> None:
        """End what still runs."""
        if self.dialog is not None:
            self.dialog.close_down()

    def _on_opened(self, opened: OpenedSource) -> None:
        if not isinstance(opened.source, RecordedFrames):
            return
        self._frames = frames = opened.source
        self._heights_m = _heights_of(frames)
        marks = marks_of(frames.events)
        self._bar.show_session(on_bar(marks), frames.session.layers)
        self._panel.show_session(frames.name, _facts(frames), marks)
        self._panel.people.set_doubts(_doubts(frames))
        self.model_known.emit(frames.session.origin.model_name)
        if frames.picture_problem:
            problem = tr(frames.picture_problem)
            self.hinted.emit(
                tr("{problem}: people stand on a plain picture.", problem=tr(problem))
            )
        self._actions["session"].setChecked(True)
        self._allow()
        self._show_edits(frames, frames.edits)
        self._set_layer(frames.session.best_layer)

    def _offer_repair(self, state: PipelineState, _message: str) -> None:
        """Of a session that could not be opened because it was never closed."""
        if state is PipelineState.FAULTED:
            folder = session_at(Path(self._control.settings.source.name))
            if folder is not None:
                self.repair_wanted.emit(folder.parent)

    def _leave(self) -> None:
        """Another source comes, or none."""
        self._frames, self._edits = None, SessionEdits()
        self._heights_m = {}
        self._seen.clear()
        self.close()
        self._panel.clear()
        self._actions["session"].setChecked(False)
        self._actions["raw"].setChecked(False)
        self._show_names()
        self._allow()

    def _allow(self) -> None:
        """Forbid what needs a model while a session plays, and what needs a session else."""
        plays = self._frames is not None
        self.locked.emit(plays)
        no_model = tr("A recorded session plays: no model runs.")
        recorded = tr("A recorded session plays: it is recorded already.")
        self._actions.forbid(_LIVE_ACTIONS, no_model if plays else "")
        self._actions.explain(("record",), recorded if plays else "")
        self._actions.forbid(_SESSION_ACTIONS, "" if plays else tr("Only while a session plays"))
        if self._frames is not None and self._frames.session.video_path is None:
            self._actions.forbid(("rerun",), tr("This session was recorded without its pictures"))

    def _note_people(self) -> None:
        if self._frames is None:
            return
        new = set(self._shown.people.track_ids.tolist()) - self._seen - {-1}
        if new:
            self._seen |= new
            self._show_people()

    def _show_people(self) -> None:
        ids = tuple(sorted(self._seen | self._spans.keys()))
        self._panel.people.set_people(ids, self._edits.names, self._spans)
        self._panel.people.set_heights(self._heights_m)

    def _set_raw(self, is_raw: bool) -> None:
        self._set_layer(Layer.RAW if is_raw else self._layer)

    def _set_layer(self, layer: Layer) -> None:
        if self.player is None:
            return
        if layer is not Layer.RAW:
            self._layer = layer
        self._bar.set_layer(layer)
        self._actions["raw"].setChecked(layer is Layer.RAW)
        self.poses_switched.emit()
        self.player.set_layer(layer)

    def _name(self, track_id: int, name: str) -> None:
        self._edit(self._edits.named(track_id, name))

    def _merge(self, track_ids: tuple[int, ...]) -> None:
        edits, (kept, *others) = self._edits, track_ids
        for other in others:
            edits = edits.merged(kept, other)
        self._edit(edits)

    def _split(self, track_id: int) -> None:
        if self._frames is not None and self._shown.result is not None:
            new_id = free_track_id(self._frames.sightings, self._edits)
            new_id = TrackId(max(new_id, 1 + max(self._seen, default=0)))
            self._edit(self._edits.split(track_id, new_id, self._shown.result.frame.time_s))

    def _swap(self, track_ids: tuple[int, int]) -> None:
        if self._shown.result is not None:
            self._edit(self._edits.swapped(*track_ids, self._shown.result.frame.time_s))

    def _drop(self, track_ids: tuple[int, ...]) -> None:
        edits = self._edits
        for track_id in track_ids:
            edits = edits.dropped(track_id)
        self._edit(edits)

    def set_height(self, track_id: int, text: str) -> None:
        """Somebody is so many metres tall; empty is as the model says."""
        if self._frames is None:
            return
        try:
            height_m = float(text.replace(",", ".")) if text.strip() else None
            session = Session(self._frames.session.folder)
            session.set_height(track_id, height_m)
            if height_m is not None:
                self._heights_m[track_id] = height_m
            else:
                self._heights_m.pop(track_id, None)
            self._show_edits(self._frames, session.edits)
        except (ValueError, SessionError) as error:
            self.refused.emit(tr("Not kept: {error}", error=error))
            self._show_people()

    def _begin_here(self) -> None:
        if self._shown.result is not None:
            self._edit(self._edits.begun_at(self._shown.result.frame.time_s))

    def _end_here(self) -> None:
        if self._shown.result is not None:
            self._edit(self._edits.ended_at(self._shown.result.frame.time_s))

    def _edit(self, edits: SessionEdits) -> None:
        """Keep other names, people and another trim, in the file first."""
        if self._frames is None:
            return
        try:
            save_edits(self._frames.session.folder, edits)
        except SessionError as error:
            self.refused.emit(tr("Not kept: {error}", error=error))
            edits = self._edits
        self._show_edits(self._frames, edits)

    def _show_edits(self, frames: RecordedFrames, edits: SessionEdits) -> None:
        has_other_people, self._edits = edits.people != self._edits.people, edits
        if has_other_people:
            self._seen.clear()  # of before
        self._spans = people_spans(frames.sightings, edits)
        if self.player is not None:
            self.player.set_edits(edits)
        self._bar.slider.set_part(edits.start_s, edits.end_s)
        self._panel.set_edits(edits, frames.duration_s)
        self._show_people()
        self._show_names()

    def _show_names(self) -> None:
        self.names_changed.emit(self._edits.names)
        self._shown.show_again()

    def _ask_rerun(self) -> None:
        if self._frames is None or self.dialog is not None:
            return
        from das_app.gui.session.session_rerun import RerunDialog

        folder = self._frames.session.folder
        self._open(RerunDialog(folder, self._control.settings, self._window))

    def _ask_refine(self) -> None:
        if self._frames is not None:
            self.refine(self._frames.session.folder)

    def refine(self, folder: Path) -> None:
        """Ask whether a session is to be refined, and do it."""
        if self.dialog is None:
            from das_app.gui.session.session_refine import RefineDialog  # brings SciPy

            self._open(RefineDialog(folder, self._control.settings, self._window))

    def _open(self, dialog: "JobDialog") -> None:
        self.dialog = dialog
        dialog.open_requested.connect(self.open_requested)
        dialog.finished.connect(self._forget_dialog)
        dialog.open()

    def _forget_dialog(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = None


def _doubts(frames: RecordedFrames) -> Doubts:
    """Possible returns: people who may be somebody who left before, with times."""
    told = [event for event in frames.events if event.kind is EventKind.PERHAPS_SAME]
    ids = [perhaps_same_ids(event.text) for event in told]
    return {both: event.time_s for both, event in zip(ids, told, strict=True) if both is not None}


def _heights_of(frames: RecordedFrames) -> dict[int, float]:
    """Heights that were given, in metres by track id."""
    session = Session(frames.session.folder)
    return {track_id: session.height_m(track_id) for track_id in session.edits.scales}


def _facts(frames: RecordedFrames) -> str:
    """Facts about the session, one a line."""
    origin, counts = frames.session.origin, frames.session.counts
    started = datetime.fromisoformat(origin.started_utc).astimezone()
    pictures = tr(frames.picture_problem or marked("with pictures"))
    if counts.num_dropped_pictures:
        pictures += tr(
            ", but for %Ln picture(s): the one before stands in", "", counts.num_dropped_pictures
        )
    return "\n".join(
        (
            _date_text(started) + (" · " + tr("repaired") if counts.is_repaired else ""),
            f"{clock_text(frames.duration_s)} · {tr('%Ln frame(s)', '', len(frames.session))}",
            pictures[:1].upper() + pictures[1:],
            tr("From {source} by {model}", source=origin.source, model=origin.model_name),
            tr("Lens: {lens}", lens=kept_label(origin.intrinsics)) + _turn_text(origin.turn_deg),
            *([tr("Ignored: {places}", places=origin.ignored)] if origin.ignored else []),
        )
    )


def _date_text(when: datetime) -> str:
    return QLocale().toString(
        QDateTime.fromSecsSinceEpoch(int(when.timestamp())),
        tr("dd MMMM yyyy, HH:mm", "date and time"),
    )


def _turn_text(turn_deg: int) -> str:
    return tr(", turned by {angle}°", angle=turn_deg) if turn_deg else ""
