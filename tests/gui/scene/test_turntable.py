import threading

import av
import numpy as np
import pytest
from PySide6.QtCore import QTimer

from das_app.exports.pictures.picture_film import SUFFIXES, PictureFilm, fitted
from das_app.gui.scene import turntable as module
from das_app.gui.scene.orbit_camera import PRESETS
from das_app.gui.scene.turntable import Turntable


class Camera:
    azimuth = PRESETS["reset"].azimuth_deg


class Canvas:
    """Renders pictures whose red tells the azimuth."""

    def __init__(self, camera, size=(91, 60)):
        self.camera, self.size = camera, size
        self.seen = []

    def render(self, alpha):
        self.seen.append(self.camera.azimuth)
        return np.full((self.size[1], self.size[0], 4), (200, 90, 30, 255), np.uint8)


class Content:
    def __init__(self):
        self.camera, self.is_held = Camera(), False
        self.canvas = Canvas(self.camera)


@pytest.fixture
def short_turn(monkeypatch):
    monkeypatch.setattr(module, "_TURN_S", 0.5)


def decoded(file):
    with av.open(str(file)) as film:
        return [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_one_turn_as_a_film(qtbot, tmp_path, short_turn, suffix):
    content, file = Content(), tmp_path / f"turn{suffix}"
    turntable = Turntable(content, file)
    told, beats = [], []
    turntable.progressed.connect(lambda done, of: told.append((done, of)))
    heart = QTimer(interval=0)
    heart.timeout.connect(lambda: beats.append(1))
    heart.start()
    with qtbot.waitSignal(turntable.finished) as finished:
        turntable.start()
        assert content.is_held
    heart.stop()
    assert finished.args == [str(file)]
    assert len(beats) >= turntable.num_steps - 1  # the event loop went on between the pictures
    assert told[-1] == (turntable.num_steps, turntable.num_steps)
    steps = np.diff(content.canvas.seen)
    assert steps == pytest.approx(np.full(turntable.num_steps - 1, 360 / turntable.num_steps))
    assert content.camera.azimuth == Camera.azimuth
    assert not content.is_held
    pictures = decoded(file)
    assert len(pictures) == turntable.num_steps
    assert pictures[3].shape == (60, 90, 3)  # even sides
    assert pictures[3].mean(axis=(0, 1)) == pytest.approx([200, 90, 30], abs=8)
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    assert not turntable.is_running


def test_wide_views_are_made_smaller():
    assert fitted(np.zeros((400, 1001, 3), np.uint8), 640).shape == (254, 640, 3)


def test_the_window_goes_on_while_a_picture_is_encoded(qtbot, tmp_path, short_turn, monkeypatch):
    gate, encode, beats = threading.Event(), PictureFilm.add, []

    def slow_add(film, picture):
        assert gate.wait(10)
        encode(film, picture)

    monkeypatch.setattr(PictureFilm, "add", slow_add)
    turntable = Turntable(Content(), tmp_path / "turn.mp4")
    heart = QTimer(interval=0)
    heart.timeout.connect(lambda: beats.append(gate.is_set()))
    turntable.start()
    heart.start()
    qtbot.waitUntil(lambda: len(beats) > 20)
    heart.stop()
    assert not any(beats)  # all of them while the encoder stood still
    gate.set()
    with qtbot.waitSignal(turntable.finished):
        pass
    assert len(decoded(tmp_path / "turn.mp4")) == turntable.num_steps


def test_a_cancelled_turn_leaves_nothing(qtbot, tmp_path, short_turn):
    content = Content()
    turntable = Turntable(content, tmp_path / "turn.mp4")
    turntable.start()
    with qtbot.waitSignal(turntable.progressed):
        pass
    turntable.cancel()
    assert list(tmp_path.iterdir()) == []
    assert not content.is_held
    turntable.cancel()


@pytest.mark.parametrize(
    ("name", "words"), [("turn.avi", ".mp4 or .gif"), ("no/such/folder/turn.mp4", "No such file")]
)
def test_what_cannot_be_written_is_told(qtbot, tmp_path, caplog, name, words):
    content = Content()
    turntable = Turntable(content, tmp_path / name)
    with qtbot.waitSignal(turntable.failed) as failed:
        turntable.start()
    assert words in failed.args[0]
    assert not turntable.is_running
    assert not content.is_held


def test_a_renderer_that_fails_is_told(qtbot, tmp_path, caplog):
    content = Content()
    turntable = Turntable(content, tmp_path / "turn.mp4")
    turntable.start()
    with qtbot.waitSignal(turntable.progressed):
        pass
    content.canvas.render = None
    with qtbot.waitSignal(turntable.failed):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_film_needs_a_known_suffix(tmp_path):
    with pytest.raises(ValueError, match=r".mp4 or .gif, got a.webm"):
        PictureFilm(tmp_path / "a.webm", (64, 48), 30)
