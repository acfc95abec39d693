"""Presenter of the recording panel: its settings, microphones and the list of sessions.

Looking through folders, decoding pictures and asking for microphones go on in threads.
"""

import queue
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QFile, QObject, QTimer, Signal
from PySide6.QtWidgets import QInputDialog, QLineEdit, QWidget

from das_app.gui.control.controller import Controller
from das_app.gui.recording.recording_notice import open_folder
from das_app.gui.recording.recording_panel import RecordingPanel
from das_app.gui.recording.recording_presenter import RecordingPresenter
from das_app.gui.recording.sessions_list import THUMBNAIL_PX
from das_app.gui.style.language import tr
from das_app.gui.style.texts import confirm, sentence
from das_app.messaging.background import BackgroundTask
from das_app.pipeline.kept_sessions import (
    KeptSession,
    delete_session,
    list_sessions,
    name_of,
    rename_session,
    thumbnail,
)
from das_app.pipeline.microphone import list_microphones
from das_app.session.types import SessionError
from das_app.settings.app_settings import AppSettings
from das_app.sources.frame_source import SourceError
from das_app.words.said import marked

_POLL_MS = 100
_MAX_SESSIONS = 200
_DELETE = marked("Delete a session")


class RecordingPanelPresenter(QObject):
    """Carries out what the panel asks for.

    Args:
        window: under the dialogs.
        control: whose settings it changes.
        panel: of the recording.
        recording: takes the name, and tells when there is another session.

    Attributes:
        refused: what could not be done.
        open_requested: folder of a session.
    """

    refused = Signal(str)
    open_requested = Signal(str)

    def __init__(
        self,
        window: QWidget,
        control: Controller,
        panel: RecordingPanel,
        recording: RecordingPresenter,
    ) -> None:
        super().__init__(window)
        self._window, self._control, self._panel = window, control, panel
        self._recording = recording
        self._listing: BackgroundTask[list[KeptSession]] | None = None
        self._microphones: BackgroundTask[tuple[str, ...]] | None = None
        self._pictures: queue.SimpleQueue[tuple[Path, np.ndarray]] = queue.SimpleQueue()
        self._is_over = threading.Event()
        self._known: dict[Path, np.ndarray] = {}
        self._timer = QTimer(self, interval=_POLL_MS)
        self._timer.timeout.connect(self._poll)
        panel.shown.connect(self.look)
        panel.name_changed.connect(self._name)
        panel.countdown_chosen.connect(lambda value: self._change(countdown_s=value))
        panel.lengths_changed.connect(
            lambda after, empty: self._change(stop_after_s=after, stop_empty_s=empty)
        )
        panel.microphone_chosen.connect(lambda name: self._change(microphone=name))
        sessions = panel.sessions
        sessions.open_requested.connect(lambda folder: self.open_requested.emit(str(folder)))
        sessions.rename_requested.connect(self._ask_name)
        sessions.delete_requested.connect(self._ask_delete)
        sessions.reveal_requested.connect(open_folder)
        recording.ended.connect(self._list)
        control.settings_changed.connect(self._show_settings)
        self._folder = control.settings.recording.sessions_path()
        self._show_settings(control.settings)

    def look(self) -> None:
        """Ask anew for sessions and microphones; what comes is shown when it comes."""
        if self._microphones is None:
            self._microphones = BackgroundTask(list_microphones, "das-microphones")
        self._list()

    def close(self) -> None:
        """End what still runs."""
        self._is_over.set()
        self._timer.stop()

    def rename(self, folder: Path, name: str) -> None:
        """Give a session another name."""
        self._carry_out(folder, lambda: rename_session(folder, name))

    def delete(self, folder: Path, is_sure: bool = False) -> None:
        """Move a session to the trash; where there is none, delete it if the user is sure."""
        if self._is_open(folder):
            self.refused.emit(tr("{name} is open; close it first.", name=folder.name))
            return
        if not is_sure and QFile.moveToTrash(str(folder)):
            self._list()
        elif is_sure or self._is_sure(folder):
            self._carry_out(folder, lambda: delete_session(folder))

    def _is_sure(self, folder: Path) -> bool:
        question = tr("There is no trash for {name}. Delete it for ever?", name=folder.name)
        return confirm(self._window, tr(_DELETE), question)

    def _ask_name(self, folder: Path) -> None:
        name, is_given = QInputDialog.getText(
            self._window,
            tr("Rename a session"),
            tr("Name, behind its time:"),
            QLineEdit.EchoMode.Normal,
            name_of(folder),
        )
        if is_given:
            self.rename(folder, name)

    def _ask_delete(self, folder: Path) -> None:
        if confirm(self._window, tr(_DELETE), tr("Move {name} to the trash?", name=folder.name)):
            self.delete(folder)

    def _carry_out(self, folder: Path, act: Callable[[], object]) -> None:
        if self._is_open(folder):
            self.refused.emit(tr("{name} is open; close it first.", name=folder.name))
            return
        try:
            act()
        except SessionError as error:
            self.refused.emit(tr("{error}.", error=error))
        self._list()

    def _is_open(self, folder: Path) -> bool:
        current = self._control.bridge.current
        return current is not None and Path(self._control.settings.source.name) == folder

    def _list(self) -> None:
        if self._panel.isVisible() and self._listing is None:
            folder = self._folder
            self._listing = BackgroundTask(lambda: list_sessions(folder), "das-sessions")
            self._timer.start()

    def _poll(self) -> None:
        if self._microphones is not None and self._microphones.is_over:
            asking, self._microphones = self._microphones, None
            self._show_microphones(asking)
        if self._listing is not None and self._listing.is_over:
            task, self._listing = self._listing, None
            self._show_sessions(tuple(task.result()[:_MAX_SESSIONS]))
        while not self._pictures.empty():
            folder, image = self._pictures.get()
            self._known[folder] = image
            self._panel.sessions.show_thumbnail(folder, image)
        if not self._panel.isVisible() and self._listing is None:
            self._timer.stop()

    def _show_sessions(self, sessions: tuple[KeptSession, ...]) -> None:
        self._panel.sessions.show_sessions(sessions)
        listed = {session.folder for session in sessions}
        self._known = {folder: image for folder, image in self._known.items() if folder in listed}
        for folder, image in self._known.items():
            self._panel.sessions.show_thumbnail(folder, image)
        new = [session for session in sessions if session.folder not in self._known]
        pictures, is_over = self._pictures, self._is_over

        def load() -> None:
            for session in new:
                image = None if is_over.is_set() else thumbnail(session, _twice(THUMBNAIL_PX))
                if image is not None:
                    pictures.put((session.folder, image))

        threading.Thread(target=load, name="das-thumbnails", daemon=True).start()

    def _show_microphones(self, task: BackgroundTask[tuple[str, ...]]) -> None:
        names: tuple[str, ...] = ()
        problem = ""
        try:
            names = task.result()
        except SourceError as error:
            problem = sentence(tr("{error}.", error=error))
        self._panel.set_microphones(names, self._control.settings.recording.microphone, problem)

    def _name(self, name: str) -> None:
        self._recording.take_name = name

    def _change(self, **fields: object) -> None:
        values: dict[str, Any] = fields
        settings = self._control.settings
        self._control.change(recording=replace(settings.recording, **values))

    def _show_settings(self, settings: AppSettings) -> None:
        self._panel.set_settings(settings.recording)
        if settings.recording.sessions_path() != self._folder:
            self._folder = settings.recording.sessions_path()
            self._list()


def _twice(size: tuple[int, int]) -> tuple[int, int]:
    return 2 * size[0], 2 * size[1]
