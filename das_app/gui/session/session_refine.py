"""Dialog that refines a recorded session, with progress and a report before and after."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QWidget

from das_app.gui.session.job_dialog import JobDialog, Load, load_for
from das_app.gui.style.language import tr
from das_app.gui.style.texts import Label
from das_app.pipeline.refine import RefinePlan, Refining
from das_app.session.format import VIDEO_FILE
from das_app.settings.app_settings import AppSettings
from das_app.words.said import marked
from das_model.inference.mode import Mode

_WORDS = marked(
    "Solves the motion of everybody over the whole recording: skipped pictures are looked at "
    "now, gaps of up to two seconds are bridged, bones keep one length, standing feet stay put. "
    "The result is kept beside the raw and the live poses, which stay as they are."
)
_PRECISE = marked("Look at every picture again, precisely (slower)")
_NOTE_LINES = 8  # of the report


class RefineDialog(JobDialog):
    """Refines a session and offers to show it; arguments as those of `JobDialog`."""

    def __init__(
        self,
        session: Path,
        settings: AppSettings,
        parent: QWidget | None = None,
        load: Load = load_for,
    ) -> None:
        super().__init__(session, settings, parent, load)
        self.setWindowTitle(tr("Refine"))
        self.precise = QCheckBox(tr(_PRECISE))
        self.precise.setEnabled((session / VIDEO_FILE).is_file())
        if not self.precise.isEnabled():
            self.precise.setToolTip(tr("This session was recorded without its pictures"))
        self.column.addWidget(Label(tr(_WORDS), wordWrap=True))
        self.column.addWidget(self.precise)
        self.build_end(tr("Refine"), tr("Show it"), _NOTE_LINES)
        self.run.clicked.connect(self.start)

    def start(self) -> None:
        """Begin."""
        settings = self.settings
        if self.precise.isChecked():
            settings = replace(settings, model=replace(settings.model, mode=Mode.PRECISE))
        refining = Refining(
            RefinePlan(
                self.session,
                lambda: self.load(settings),
                self.precise.isChecked(),
                settings.people.min_score,
            )
        )
        self.begin(refining, (self.precise,), tr("Working …"), lambda: _report(refining))


def _report(refining: Refining) -> str:
    return "\n".join(tr(sentence) for sentence in refining.result().sentences())
