import numpy as np
import pytest
from test_session_rerun import ORIGIN, SIZE
from window_fakes import FakeEstimator, people_at

from das_app.gui.session.session_refine import RefineDialog
from das_app.messaging.messages import Frame, PoseResult
from das_app.session.recorder import Recorder
from das_app.session.session import Session
from das_app.session.types import Layer
from das_app.settings.app_settings import AppSettings
from das_model.camera import Camera
from das_model.inference.mode import Mode


@pytest.fixture
def make_dialog(qtbot, themed, tmp_path):
    """A dialog over a session of five frames, with a video or without."""

    def make(load, has_video=True):
        folder = record_walk(tmp_path / "walk", has_video)
        dialog = RefineDialog(folder, AppSettings(), load=load)
        qtbot.addWidget(dialog, before_close_func=lambda dialog: dialog.close_down())
        dialog.show()
        return dialog, folder

    return make


def record_walk(folder, has_video):
    recorder = Recorder(folder, ORIGIN, has_video=has_video, waits=True)
    people = people_at((0, 0, 3000), track_ids=(1,))
    for i in range(5):
        image = np.full((SIZE[1], SIZE[0], 3), i, np.uint8)
        frame = Frame(i, i / 30, image, Camera.from_fov(SIZE))
        recorder.write(PoseResult(frame, people, 0.0, 0.0, people))
    recorder.close()
    return folder


def no_model(_settings):
    raise AssertionError("no picture needs a model")


def test_refining_tells_what_was_gained_and_shows_it(make_dialog, qtbot):
    dialog, folder = make_dialog(no_model)
    dialog.run.click()
    qtbot.waitUntil(dialog.open_new.isVisible)
    assert dialog.bar.value() == 1000
    assert "Frames: 5" in dialog.note.text()
    assert "Bones' spread" in dialog.note.text()
    with qtbot.waitSignal(dialog.open_requested) as opened:
        dialog.open_new.click()
    assert opened.args == [str(folder)]
    assert Session(folder).best_layer is Layer.REFINED


def test_precise_looks_at_every_picture_again(make_dialog, qtbot):
    asked = []

    def load(settings):
        asked.append(settings.model.mode)
        return FakeEstimator(people_at((0, 0, 5000)), "other")

    dialog, folder = make_dialog(load)
    dialog.precise.click()
    dialog.run.click()
    qtbot.waitUntil(dialog.open_new.isVisible)
    assert asked == [Mode.PRECISE]
    depth = Session(folder).to_numpy(layer=Layer.REFINED).joints_cam[..., 0, 2]
    assert depth == pytest.approx(5000, rel=0.02)


def test_what_fails_is_told_and_can_be_tried_again(make_dialog, qtbot):
    def refuse(_settings):
        raise ValueError("other.onnx is no model of this project")

    dialog, folder = make_dialog(refuse)
    dialog.precise.click()
    dialog.run.click()
    qtbot.waitUntil(dialog.run.isEnabled)
    assert dialog.note.text() == "It failed: other.onnx is no model of this project"
    assert Session(folder).layers == (Layer.RAW, Layer.LIVE)


def test_without_pictures_there_is_nothing_to_look_at_again(make_dialog):
    dialog, _ = make_dialog(no_model, has_video=False)
    assert not dialog.precise.isEnabled()
    assert "without its pictures" in dialog.precise.toolTip()
