"""Background export with progress and cancellation."""

from pathlib import Path

from das_app.exports.export import export_session
from das_app.exports.formats import ExportFormat
from das_app.exports.takes.take import ExportCancelledError, ExportOptions, session_edits
from das_app.messaging.background import BackgroundJob
from das_app.session.session import Session


class ExportJob(BackgroundJob[str]):
    """Begins at once; the result says what was written. Nothing is left of one cancelled.

    What is there is replaced: whoever asks for the job has asked the user before.

    The result raises ExportCancelledError if it was cancelled, ExportError if the format cannot
    hold what is asked for or the disk refuses, SessionError if the session is damaged.

    Args:
        folder: of the session.
        to: format.
        path: file to write; for some formats a folder.
        options: whom and how.

    Attributes:
        share: done so far, 0 to 1.
    """

    def __init__(self, folder: Path, to: ExportFormat, path: Path, options: ExportOptions) -> None:
        self.share = 0.0
        self._folder, self._to, self._path, self._options = folder, to, path, options
        super().__init__("das-export")

    def _work(self) -> str:
        return export_session(
            Session(self._folder),
            self._to,
            self._path,
            self._options,
            self._on_progress,
            is_forced=True,
        )

    def _on_progress(self, share: float) -> None:
        self.share = share
        if self._cancelling.is_set():
            raise ExportCancelledError("the export was cancelled")


class PeopleSearch(BackgroundJob[dict[int, int]]):
    """Finds the people of a session, in its trimmed range.

    The result is track id -> frames in which the person is seen, by id; it raises SessionError if
    the session is damaged.

    Args:
        folder: of the session.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        super().__init__("das-export-people")

    def _work(self) -> dict[int, int]:
        session = Session(self._folder)
        seen: dict[int, int] = {}
        edits = session_edits(session, ExportOptions())
        for poses in session.between(edits.start_s, edits.until_s):
            if self._cancelling.is_set():
                break
            for track_id in poses.people.track_ids.tolist():
                seen[track_id] = seen.get(track_id, 0) + 1
        return {track_id: seen[track_id] for track_id in sorted(seen) if track_id >= 0}
