import threading

import numpy as np
import pytest
from window_fakes import FakeEstimator, people_at

from das_app.gui.session.session_rerun import RerunDialog
from das_app.messaging.messages import Frame, PoseResult
from das_app.session.recorder import Recorder
from das_app.session.session import Session
from das_app.session.types import SessionOrigin
from das_app.settings.app_settings import AppSettings
from das_model.camera import Camera
from das_model.skeleton import BODY_22

SIZE = (64, 48)
ORIGIN = SessionOrigin(
    "clip", 30.0, "FOV 60° (assumed)", BODY_22, "m", "ab" * 32, "0.1", "2026-11-22T12:00:00+00:00"
)


@pytest.fixture
def session(tmp_path):
    folder = tmp_path / "walk"
    recorder = Recorder(folder, ORIGIN, has_video=True, waits=True)
    people = people_at((0, 0, 3000), track_ids=(1,))
    for i in range(5):
        frame = Frame(i, i / 30, np.full((48, 64, 3), i, np.uint8), Camera.from_fov(SIZE))
        recorder.write(PoseResult(frame, people, 0.0, 0.0, people))
    recorder.close()
    (tmp_path / "other.onnx").write_bytes(b"weights")
    return folder


@pytest.fixture
def make_dialog(qtbot, themed, session):
    def make(load):
        dialog = RerunDialog(session, AppSettings(), load=load)
        qtbot.addWidget(dialog, before_close_func=lambda dialog: dialog.close_down())
        dialog.show()
        dialog.choose_model(session.parent / "other.onnx")
        return dialog

    return make


def test_the_chosen_model_makes_a_session_that_can_be_opened(make_dialog, qtbot, session):
    asked = []
    dialog = make_dialog(
        lambda settings: asked.append(settings) or FakeEstimator(people_at((0, 0, 5000)), "other")
    )
    assert dialog.target.text() == str(session.parent / "walk_other")
    dialog.video.setChecked(False)
    dialog.run.click()
    qtbot.waitUntil(dialog.open_new.isVisible)
    assert asked[0].model.file.name == "other.onnx"
    assert dialog.bar.value() == 1000
    assert dialog.note.text().startswith("Done: 5 frames")
    with qtbot.waitSignal(dialog.open_requested) as opened:
        dialog.open_new.click()
    new = Session(session.parent / "walk_other")
    assert opened.args == [str(new.folder)]
    assert new.origin.model_name == "other"
    assert new.video_path is None


def test_a_failure_is_told_and_another_model_can_be_chosen(make_dialog, qtbot, session):
    def refuse(settings):
        raise ValueError("other.onnx is no model of this project")

    dialog = make_dialog(refuse)
    dialog.run.click()
    qtbot.waitUntil(dialog.run.isEnabled)
    assert dialog.note.text() == "It failed: other.onnx is no model of this project"
    dialog.reject()
    assert not dialog.isVisible()
    assert not (session.parent / "walk_other").exists()


def test_cancelling_closes_when_nothing_is_left(make_dialog, qtbot, session):
    gate = threading.Event()

    class Slow(FakeEstimator):
        def __call__(self, image, camera):
            gate.wait()
            return super().__call__(image, camera)

    dialog = make_dialog(lambda _: Slow(people_at((0, 0, 5000)), "other"))
    dialog.run.click()
    new = session.parent / "walk_other"
    qtbot.waitUntil(new.exists)
    dialog.cancel.click()
    assert dialog.isVisible()
    assert dialog.note.text() == "Cancelling …"
    gate.set()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert not new.exists()
