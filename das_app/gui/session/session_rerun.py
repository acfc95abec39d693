"""Dialog that runs another model over the images of a session, into a new session."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QFormLayout, QWidget

from das_app.gui.session.job_dialog import JobDialog, Load, load_for
from das_app.gui.style import theme
from das_app.gui.style.forms import centre_labels
from das_app.gui.style.language import tr
from das_app.gui.style.texts import Label, described
from das_app.pipeline.rerun import Rerun, RerunPlan, free_folder
from das_app.settings.app_settings import AppSettings
from das_app.settings.models import bundled_models
from das_app.words.said import marked

_OTHER = marked("Other file …")
_NOTE_LINES = 2


class RerunDialog(JobDialog):
    """Asks which model, runs it, and offers the new session; arguments as those of `JobDialog`."""

    def __init__(
        self,
        session: Path,
        settings: AppSettings,
        parent: QWidget | None = None,
        load: Load = load_for,
    ) -> None:
        super().__init__(session, settings, parent, load)
        self.setWindowTitle(tr("Run another model"))
        self._build()
        for file in bundled_models():
            self.model.addItem(file.stem, file)
        if settings.model.file is not None and settings.model.file not in bundled_models():
            self.model.addItem(settings.model.file.stem, settings.model.file)
        self.model.addItem(tr(_OTHER), None)
        self._show_choice()

    def choose_model(self, file: Path) -> None:
        """Choose a model file, whether it is listed or not."""
        if self.model.findData(file) < 0:
            self.model.insertItem(self.model.count() - 1, file.stem, file)
        self.model.setCurrentIndex(self.model.findData(file))
        self._show_choice()

    def start(self) -> None:
        """Run the chosen model."""
        file = self.model.currentData()
        settings = replace(self.settings, model=replace(self.settings.model, file=file))
        rerun = Rerun(
            RerunPlan(
                self.session,
                self.new_session,
                file,
                lambda: self.load(settings),
                settings.people.options(),
                self.video.isChecked(),
            )
        )
        choices = (self.model, self.video)
        self.begin(rerun, choices, tr("Loading the model …"), lambda: _report(rerun))

    def on_failed(self) -> None:
        """Let the user try again, into a folder that is not there yet."""
        super().on_failed()
        self._show_choice()

    def _build(self) -> None:
        words = Label(
            tr(
                "Finds the people of {name} anew, in its recorded pictures. "
                "The session itself stays as it is.",
                name=self.session.name,
            ),
            wordWrap=True,
        )
        self.model = described(QComboBox(), spoken=tr("Model"))
        self.model.activated.connect(self._on_model)
        self.video = QCheckBox(tr("Keep the pictures in the new session, too"))
        self.video.setChecked(True)
        self.target = Label(objectName="muted", wordWrap=True)
        form = QFormLayout()
        form.setVerticalSpacing(theme.SPACE_PX)
        form.addRow(tr("Model"), self.model)
        form.addRow(tr("New session"), self.target)
        form.addRow("", self.video)
        centre_labels(form)
        self.column.addWidget(words)
        self.column.addLayout(form)
        self.build_end(tr("Run"), tr("Open the new session"), _NOTE_LINES)
        self.run.clicked.connect(self.start)

    def _on_model(self) -> None:
        if self.model.currentData() is None:
            file, _ = QFileDialog.getOpenFileName(
                self, tr("Open a model"), "", tr("Models (*.onnx)")
            )
            if file:
                self.choose_model(Path(file))
            else:
                self.model.setCurrentIndex(0)
        self._show_choice()

    def _show_choice(self) -> None:
        file = self.model.currentData()
        self.run.setEnabled(file is not None)
        if file is not None:
            self.new_session = free_folder(self.session, file.stem)
            self.target.setText(str(self.new_session))


def _report(rerun: Rerun) -> str:
    summary = rerun.result()
    return tr(
        "Done: %Ln frame(s), {rate:.1f} a second.",
        "",
        summary.num_frames,
        rate=summary.inference_fps,
    )
