"""An export in a thread of its own, that can be watched and cancelled."""

import threading
from pathlib import Path

from das_app.exports.formats import ExportFormat, export_session
from das_app.exports.take import ExportCancelledError, ExportOptions, session_edits
from das_app.pipeline.background import BackgroundTask
from das_app.pipeline.session import Session


class ExportJob:
    """Begins at once. Any thread may ask how it goes.

    Args:
        folder: of the session.
        to: format.
        path: file to write; for BVH a folder.
        options: whom and how.

    Attributes:
        share: done so far, 0 to 1.
    """

    def __init__(self, folder: Path, to: ExportFormat, path: Path, options: ExportOptions) -> None:
        self.share, self._cancelling = 0.0, threading.Event()
        self._folder, self._to, self._path, self._options = folder, to, path, options
        self._task = BackgroundTask(self._run, "das-export")

    @property
    def is_over(self) -> bool:
        """Whether `result` returns at once."""
        return self._task.is_over

    def cancel(self) -> None:
        """End it before its time; nothing is left of it."""
        self._cancelling.set()

    def wait(self, timeout_s: float) -> bool:
        """Wait for the end at most so long; whether it came."""
        return self._task.wait(timeout_s)

    def result(self) -> str:
        """What was written, for people to read; waits for the end.

        Raises:
            ExportCancelledError: if it was cancelled.
            ExportError: if the format cannot hold what is asked for, or the disk refuses.
            SessionError: if the session is damaged.
        """
        return self._task.result()

    def _run(self) -> str:
        take = export_session(
            Session(self._folder), self._to, self._path, self._options, self._on_progress
        )
        return "the video" if take is None else take.summary()

    def _on_progress(self, share: float) -> None:
        self.share = share
        if self._cancelling.is_set():
            raise ExportCancelledError("the export was cancelled")


class PeopleSearch:
    """Finds out who is in a session, in a thread of its own.

    Args:
        folder: of the session.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._cancelling = folder, threading.Event()
        self._task = BackgroundTask(self._run, "das-export-people")

    @property
    def is_over(self) -> bool:
        """Whether `people` returns at once."""
        return self._task.is_over

    def cancel(self) -> None:
        """Search no more."""
        self._cancelling.set()

    def wait(self, timeout_s: float) -> bool:
        """Wait for the end at most so long; whether it came."""
        return self._task.wait(timeout_s)

    def people(self) -> dict[int, int]:
        """Track id -> frames in which the person is seen, by id, in the part that counts.

        Raises:
            SessionError: if the session is damaged.
        """
        return self._task.result()

    def _run(self) -> dict[int, int]:
        session, seen = Session(self._folder), {}
        edits = session_edits(session, ExportOptions())
        for poses in session.between(edits.start_s, edits.until_s):
            if self._cancelling.is_set():
                break
            for track_id in poses.people.track_ids.tolist():
                seen[track_id] = seen.get(track_id, 0) + 1
        return {track_id: seen[track_id] for track_id in sorted(seen) if track_id >= 0}
