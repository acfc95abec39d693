import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from window_fakes import GreySource, people_at

from das_app.gui import app as module
from das_app.gui import scene_view
from das_app.gui.app import PipelineOpener, run_app
from das_app.gui.controls import LEAST_SCORE
from das_app.gui.main_window import MainWindow
from das_app.settings import AppSettings, load_settings


class Model:
    model_name = "fake-lite"
    provider = "CPUExecutionProvider"
    made = []

    def __init__(self, file):
        if file.name == "broken.onnx":
            raise ValueError("not a model")
        self.file, self.score_threshold = file, 0.25
        Model.made.append(self)

    def __call__(self, image, camera):
        return people_at((0, 0, 3000))


@pytest.fixture
def sources(monkeypatch, tmp_path):
    opened = []

    def open_source(spec, intrinsics):
        opened.append(GreySource(intrinsics, name=f"source {spec}"))
        return opened[-1]

    monkeypatch.setattr(module, "open_source", open_source)
    monkeypatch.setattr(module, "PoseEstimator", Model)
    monkeypatch.setattr(scene_view, "opengl_problem", lambda: "not in this test")
    monkeypatch.setattr(module, "settings_path", lambda: tmp_path / "settings.toml")
    Model.made = []
    return opened


def settings(tmp_path, name="model.onnx", **changes):
    (tmp_path / name).touch()
    return AppSettings(model_file=tmp_path / name, **changes)


def test_the_model_is_loaded_once_and_reports_everybody(sources, tmp_path):
    opener = PipelineOpener()
    first = opener(settings(tmp_path, source="a"), lambda *_: None)
    second = opener(settings(tmp_path, source="b"), lambda *_: None)
    assert len(Model.made) == 1 and Model.made[0].score_threshold == LEAST_SCORE
    assert first.engine == second.engine == "fake-lite · CPU"
    assert (first.source.name, second.source.name) == ("source a", "source b")
    for opened in (first, second):
        opened.pipeline.stop()


def test_a_model_that_does_not_load_releases_the_source(sources, tmp_path):
    opener = PipelineOpener()
    with pytest.raises(ValueError, match="not a model"):
        opener(settings(tmp_path, "broken.onnx"), lambda *_: None)
    assert sources[0].is_closed
    opened = opener(settings(tmp_path), lambda *_: None)  # another try may succeed
    opened.pipeline.stop()


def test_a_missing_model_is_named(sources, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"absent\.onnx"):
        PipelineOpener()(AppSettings(model_file=tmp_path / "absent.onnx"), lambda *_: None)


def test_the_application_runs_until_closed_and_keeps_the_settings(
    qapp, sources, tmp_path, monkeypatch
):
    monkeypatch.setattr(module, "QApplication", lambda arguments: qapp)

    def close_when_playing():
        window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))
        if window.status.people.text() == "–":
            QTimer.singleShot(20, close_when_playing)
            return
        window.controls.fov.setValue(77.0)
        window.close()
        window.deleteLater()

    QTimer.singleShot(0, close_when_playing)
    assert run_app(settings(tmp_path, source="a")) == 0
    assert sources[0].is_closed
    kept = load_settings(tmp_path / "settings.toml")
    assert kept.fov_deg == 77.0 and kept.source == "a"
