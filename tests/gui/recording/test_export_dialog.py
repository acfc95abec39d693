import json
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLabel
from recorded_sessions import write_session

from das_app.exports.choices import Choice, can, require_possible, why_not
from das_app.exports.export_job import ExportJob
from das_app.exports.formats import FACTS, ExportFormat
from das_app.exports.takes.take import MarkerNames, Space
from das_app.gui.recording.export_dialog import ExportDialog
from das_app.motion.body.rig import RigNames
from das_app.session.edits import SessionEdits, save_edits
from das_app.session.types import Layer


@pytest.fixture
def dialog(qtbot, themed, tmp_path):
    dialog = ExportDialog(tmp_path)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


@pytest.fixture
def offered(dialog, qtbot, tmp_path):
    """The dialog with a session whose people are found."""
    folder = write_session(tmp_path / "walk")
    save_edits(folder, SessionEdits({5: "Ada"}, start_s=0.1, end_s=0.2))
    dialog.open_session(folder)
    qtbot.waitUntil(lambda: dialog.choices.list.count() == 2)
    return dialog


def choose(dialog, to):
    dialog.format.setCurrentIndex(dialog.format.findData(to))


def finish(dialog, qtbot):
    dialog.export.click()
    assert dialog.export.text() == "Cancel"
    assert not dialog.format.isEnabled()
    qtbot.waitUntil(lambda: dialog.export.text() == "Export")


def test_its_buttons_are_in_reach_on_a_low_screen(dialog, qtbot):
    """1366x768 at 150 % leaves 512 rows; the choices then have a bar at their side."""
    bar = dialog._rows.verticalScrollBar()
    dialog.resize(dialog.width(), 760)
    qtbot.waitUntil(lambda: bar.maximum() == 0)
    dialog.resize(dialog.width(), 460)
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    assert dialog.height() == 460
    for button in (dialog.export, dialog.leave, dialog.reveal):
        assert button.geometry().bottom() < 460
    place = dialog.path.mapTo(dialog, dialog.path.rect().bottomLeft()).y()
    assert dialog._rows.geometry().bottom() < place < dialog.export.geometry().top()
    words = {label.text() for label in dialog.findChildren(QLabel)}
    assert {"Write to", "Pictures"} <= words
    assert "Pictures" in {label.text() for label in dialog._form.findChildren(QLabel)}
    last = dialog.choices.images
    bar.setValue(bar.maximum())
    bottom = last.mapTo(dialog, last.rect().bottomLeft()).y()
    assert bottom <= dialog._rows.geometry().bottom()


def test_nothing_can_be_exported_before_a_session_is_chosen(dialog, monkeypatch, tmp_path):
    assert not dialog.export.isEnabled()
    assert "Choose a session" in dialog.export.toolTip()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    dialog.choose.click()
    assert not dialog.export.isEnabled()  # it is no session
    folder = write_session(tmp_path / "walk")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    dialog.choose.click()
    assert dialog.export.isEnabled()


def test_no_row_is_squeezed(offered, qtbot):
    people = offered.choices.list
    qtbot.waitUntil(lambda: people.parentWidget().rect().contains(people.geometry()))


def test_every_format_is_offered_with_what_one_should_know(offered):
    formats = [offered.format.itemData(i) for i in range(offered.format.count())]
    assert sorted(formats) == sorted(ExportFormat)
    for to in ExportFormat:
        choose(offered, to)
        assert FACTS[to].units in offered.facts.text()
        assert FACTS[to].gaps in offered.facts.text()
    assert not offered.export.isEnabled()  # a video of a session without one
    assert "without its pictures" in offered.message.text()


def test_what_a_format_cannot_follow_is_grey_and_says_why(offered):
    choices = offered.choices
    widgets = {
        Choice.SPACE: choices.space,
        Choice.RATE: choices.rate,
        Choice.GAPS: choices.gaps,
        Choice.DURATION: choices.brief,
        Choice.RIG: choices.rig,
        Choice.MARKERS: choices.markers,
        Choice.TOGETHER: choices.together,
        Choice.IMAGES: choices.images,
    }
    for to in ExportFormat:
        choose(offered, to)
        for choice, widget in widgets.items():
            assert widget.isEnabled() == can(to, choice), (to, choice)
            assert widget.toolTip() == why_not(to, choice)
            if can(to, choice):  # ask for it, so that the next format must take it back
                if isinstance(widget, QCheckBox):
                    widget.setChecked(True)
                else:
                    widget.setCurrentIndex(1)
        require_possible(to, choices.options())


def test_choices_reach_the_export(offered, tmp_path, qtbot):
    choices = offered.choices
    texts = [choices.list.item(i).text() for i in range(2)]
    assert texts == ["#2 – 4 frames", "#5 Ada – 4 frames"]  # of the part that counts
    choices.people.setCurrentIndex(1)
    choices.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    for box in (choices.part, choices.poses, choices.space, choices.rate, choices.gaps):
        box.setCurrentIndex(1)
    choices.fps.setValue(12.0)
    choices.gap_s.setValue(0.75)
    options = choices.options()
    assert options.person_ids == (5,)
    assert options.fps == 12.0
    assert options.fill_gaps_s == 0.75
    assert options.layer is Layer.RAW
    assert options.is_untrimmed
    assert options.space is Space.FLOOR
    choices.brief.setCurrentIndex(1)
    choices.brief_s.setValue(1.5)
    choose(offered, ExportFormat.TRC)
    choices.markers.setCurrentIndex(1)
    choices.together.setChecked(True)
    options = choices.options()
    assert options.min_duration_s == 1.5
    assert (options.markers, options.is_together) == (MarkerNames.POSE2SIM, True)
    choose(offered, ExportFormat.BVH)
    choices.rig.setCurrentIndex(choices.rig.findData(RigNames.MIXAMO))
    assert choices.options().rig is RigNames.MIXAMO
    assert not choices.options().is_together
    choose(offered, ExportFormat.COCO)  # which has no rate and no floor
    assert choices.options().fps is None
    assert choices.options().space is Space.CAMERA
    choices.list.item(1).setCheckState(Qt.CheckState.Unchecked)
    offered.export.click()
    assert "Nobody is chosen" in offered.message.text()


def test_exports_and_says_so(offered, qtbot, tmp_path):
    choose(offered, ExportFormat.JSON)
    finish(offered, qtbot)
    path = tmp_path / "walk.json"
    assert offered.message.text().startswith(f"Written: {path}")
    assert offered.reveal.isEnabled()
    assert not offered.progress.isVisible()
    content = json.loads(path.read_text())
    assert len(content["frames"]) == 4
    assert content["about"]["names"] == "5 is Ada"
    assert content["about"]["part"] == "the session from 0.1 s to 0.2 s"
    choose(offered, ExportFormat.CSV)
    choose(offered, ExportFormat.JSON)
    assert "will be replaced" in offered.message.text()


def test_errors_are_told(offered, qtbot, tmp_path):
    (tmp_path / "file").touch()
    choose(offered, ExportFormat.CSV)
    offered.path.setText(str(tmp_path / "file" / "walk.csv"))
    finish(offered, qtbot)
    assert "Not exported" in offered.message.text()
    assert "written" in offered.message.text()


class Gate:
    """Holds an export where it reports its progress, until the test has done its part."""

    def __init__(self, monkeypatch):
        self.has_begun, self.may_go_on = threading.Event(), threading.Event()
        report = ExportJob._on_progress

        def gated(job, share):
            self.has_begun.set()
            self.may_go_on.wait(10)
            report(job, share)

        monkeypatch.setattr(ExportJob, "_on_progress", gated)


def test_cancelling_leaves_nothing(offered, qtbot, tmp_path, monkeypatch):
    gate = Gate(monkeypatch)
    before = sorted(tmp_path.iterdir())
    offered.export.click()
    assert gate.has_begun.wait(10)
    offered.export.click()
    gate.may_go_on.set()
    qtbot.waitUntil(lambda: offered.export.text() == "Export")
    assert offered.message.text() == "Cancelled; nothing was written."
    assert sorted(tmp_path.iterdir()) == before


def test_closing_cancels(offered, tmp_path, monkeypatch):
    gate = Gate(monkeypatch)
    before = sorted(tmp_path.iterdir())
    offered.export.click()
    assert gate.has_begun.wait(10)
    threading.Timer(0.1, gate.may_go_on.set).start()
    offered.leave.click()
    assert not offered.isVisible()
    assert sorted(tmp_path.iterdir()) == before
