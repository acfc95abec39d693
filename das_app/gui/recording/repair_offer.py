"""Offer to repair sessions that a crash left open.

Searched and repaired in threads.

Whoever says "Later" is asked again at the next start.
"""

import logging
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from das_app.gui.style.amounts import short_time
from das_app.gui.style.language import tr
from das_app.gui.style.notices import warning_row
from das_app.gui.style.texts import plain
from das_app.messaging.background import BackgroundTask
from das_app.session.folder import QUIET_S, find_unclosed

if TYPE_CHECKING:
    from das_app.session.repair import RepairReport

_POLL_MS = 50
_AGAIN_MS = 1000  # after that time, when what was written at the crash is quiet
_MAX_NAMES = 3
_END_S = 3.0
_log = logging.getLogger(__name__)

Repaired = dict[Path, "RepairReport | str"]  # or why not


class RepairOffer(QFrame):
    """A bar that says what was found, repairs it when asked to, and says what came of it.

    Args:
        quiet_s: sessions written within so many seconds may still be recorded.
    """

    def __init__(self, quiet_s: float = QUIET_S, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._quiet_s = quiet_s
        row = warning_row(self)
        self._text = QLabel(wordWrap=True, textFormat=Qt.TextFormat.RichText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addWidget(self._text, 1)
        self.repair = QPushButton(tr("Repair"))
        self.repair.clicked.connect(self._repair)
        self.later = QPushButton(tr("Later"))
        self.later.clicked.connect(self.hide)
        row.addWidget(self.repair)
        row.addWidget(self.later)
        self._found: list[Path] = []
        self._search: BackgroundTask[list[Path]] | None = None
        self._work: BackgroundTask[Repaired] | None = None
        self._sessions_folder = Path()
        self._poll_timer = QTimer(self, interval=_POLL_MS)
        self._poll_timer.timeout.connect(self._poll)
        again_ms = round(1000 * quiet_s) + _AGAIN_MS
        self._again = QTimer(self, interval=again_ms, singleShot=True)
        self._again.timeout.connect(self._look)
        self.hide()

    @property
    def text(self) -> str:
        """Text of the offer."""
        return self._text.text()

    @property
    def is_searching(self) -> bool:
        """Whether a search is on."""
        return self._search is not None

    def look(self, sessions_folder: Path) -> None:
        """Search a folder for sessions left open; now, and again when all is quiet there."""
        self._sessions_folder = sessions_folder
        self._look()
        self._again.start()

    def close_down(self) -> None:
        """Stop asking; a repair that is on ends with the process, and harms nothing."""
        self._again.stop()
        self._poll_timer.stop()
        for task in (self._search, self._work):
            if task is not None:
                task.wait(_END_S)

    def _look(self) -> None:
        folder, quiet_s = self._sessions_folder, self._quiet_s
        if self._search is None and self._work is None:
            self._search = BackgroundTask(
                lambda: find_unclosed(folder, quiet_s), "das-repair-search"
            )
            self._poll_timer.start()

    def _repair(self) -> None:
        folders = self._found
        self._found = []
        self.repair.setEnabled(False)
        self.later.hide()
        self._text.setText(tr("Repairing %Ln session(s) …", "", len(folders)))
        self._work = BackgroundTask(_repairing(folders, self._quiet_s), "das-repair")
        self._poll_timer.start()

    def _poll(self) -> None:
        if self._search is not None and self._search.is_over:
            search, self._search = self._search, None
            self._offer(_found_by(search))
        if self._work is not None and self._work.is_over:
            work, self._work = self._work, None
            self._tell(work.result())
        if self._search is None and self._work is None:
            self._poll_timer.stop()

    def _offer(self, found: list[Path]) -> None:
        if not found or found == self._found:
            return
        self._found = found
        names = [f"<b>{escape(folder.name)}</b>" for folder in found[-_MAX_NAMES:]]
        more = len(found) - _MAX_NAMES
        if more > 0:
            names.append(tr("%Ln more", "", more))
        self._text.setText(
            tr(
                "%Ln recording(s) not closed, perhaps by a crash: {names}. "
                "A repair keeps everything that was written.",
                "",
                len(found),
                names=", ".join(names),
            )
        )
        self._text.setToolTip(plain("\n".join(str(folder) for folder in found)))
        self.repair.setEnabled(True)
        self.repair.show()
        self.later.setText(tr("Later"))
        self.later.show()
        self.show()

    def _tell(self, repaired: Repaired) -> None:
        self._text.setText("<br>".join(_told(folder, r) for folder, r in repaired.items()))
        self.repair.hide()
        self.later.setText("OK")
        self.later.show()


def _found_by(search: BackgroundTask[list[Path]]) -> list[Path]:
    try:
        return search.result()
    except OSError as error:  # a folder that cannot be read holds nothing to offer
        _log.warning("recordings left open could not be looked for: %s", error)
        return []


def _repairing(folders: list[Path], quiet_s: float) -> Callable[[], Repaired]:
    def repair_all() -> Repaired:
        from das_app.session.repair import repair_session

        repaired: Repaired = {}
        for folder in folders:
            try:
                repaired[folder] = repair_session(folder, quiet_s)
            except Exception as error:  # one that is beyond repair does not keep the others
                _log.exception("%s is not repaired", folder)
                repaired[folder] = str(error) or type(error).__name__
        return repaired

    return repair_all


def _told(folder: Path, outcome: "RepairReport | str") -> str:
    name = f"<b>{escape(folder.name)}</b>"
    if isinstance(outcome, str):
        return tr(
            "{name} could not be repaired: {problem}", name=name, problem=escape(tr(outcome))
        )
    damage = ""
    if outcome.num_damaged_chunks:
        damage = tr(", %Ln part(s) of it unreadable", "", outcome.num_damaged_chunks)
    video = tr("with video") if outcome.has_video else tr("without video")
    return tr(
        "{name} is repaired: {time}, {frames}, {video}{damage}.",
        name=name,
        time=short_time(outcome.duration_s),
        frames=tr("%Ln frame(s)", "", outcome.num_frames),
        video=video,
        damage=damage,
    )
