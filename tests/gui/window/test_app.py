import copy
import os
import signal
import subprocess
import sys
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QTabBar
from window_fakes import GreySource, people_at

from das_app.gui.inspector.inspector import Inspector
from das_app.gui.scene import scene_view
from das_app.gui.window import app as module
from das_app.gui.window.app import PipelineOpener, run_app
from das_app.gui.window.main_window import MainWindow
from das_app.messaging.ending import ENDING_SIGNALS
from das_app.settings import settings_file
from das_app.settings.app_settings import AppSettings, LensSettings, ModelSettings, SourceSettings
from das_app.settings.early_model import EarlyModel
from das_app.settings.settings_file import load_settings
from das_app.settings.source_setups import SourceSetups
from das_app.streaming.streams import StreamPlan
from das_model.inference.estimate import Device, Estimate, Precision


class Model:
    model_name = "fake-lite"
    provider = "CPUExecutionProvider"
    made = []

    def __init__(self, file, options, on_engine=None):
        if file.name == "broken.onnx":
            raise ValueError("not a model")
        self.file, self.options, self.on_engine = file, options, on_engine
        Model.made.append(self)

    def with_options(self, options):
        other = copy.copy(self)
        other.options = options
        return other

    def fitted_size(self, picture_size):
        return picture_size

    def __call__(self, image, camera, frame_interval_s=None):
        return Estimate(people_at((0, 0, 3000)))


@pytest.fixture
def sources(monkeypatch, tmp_path):
    opened = []

    def open_source(spec, intrinsics, mode, turn, controls):
        opened.append(GreySource(intrinsics, name=f"source {spec}"))
        return opened[-1]

    monkeypatch.setattr(module, "open_source", open_source)
    monkeypatch.setattr("das_model.inference.runtime.open_estimator", Model)
    monkeypatch.setattr(scene_view, "opengl_problem", lambda: "not in this test")
    for where in (module, settings_file):
        monkeypatch.setattr(where, "settings_path", lambda: tmp_path / "settings.toml")
    Model.made = []
    return opened


def settings(tmp_path, name="model.onnx", source="demo", **changes):
    (tmp_path / name).touch()
    model = ModelSettings(file=tmp_path / name, **changes)
    return AppSettings(source=SourceSettings(source), model=model)


def test_the_model_is_loaded_once_and_reports_everybody(sources, tmp_path):
    opener = PipelineOpener()
    first = opener(settings(tmp_path, source="a"), lambda *_: None)
    second = opener(settings(tmp_path, source="b"), lambda *_: None)
    assert len(Model.made) == 1
    assert Model.made[0].options.has_candidates
    assert first.model.engine == second.model.engine == "fake-lite · CPU"
    assert (first.source.name, second.source.name) == ("source a", "source b")
    for opened in (first, second):
        opened.pipeline.stop()


def test_another_device_or_file_is_another_model(sources, tmp_path):
    opener = PipelineOpener()
    chosen = settings(tmp_path, device=Device.CPU, input_scale=1.25)
    first = opener.load_model(chosen)
    assert first.estimator.options == chosen.estimator_options()
    assert first.estimator.options.input_scale == 1.25
    assert first.device is Device.CPU
    assert not first.note
    second = opener.load_model(replace(chosen, model=replace(chosen.model, device=Device.CUDA)))
    assert second is not first
    assert second.note.startswith("The model runs on the CPU:")
    same = replace(chosen.model, file=tmp_path / "model.onnx")
    third = opener.load_model(replace(chosen, model=same))
    assert third is not second
    assert third.file == tmp_path / "model.onnx"
    halved = replace(chosen.model, precision=Precision.FLOAT16)
    fourth = opener.load_model(replace(chosen, model=halved))
    assert len(Model.made) == 4
    assert fourth.precision is Precision.FLOAT16
    assert fourth.estimator.options.precision is Precision.FLOAT16


def test_an_engine_that_is_built_is_told_also_by_a_model_that_loads_already(sources, tmp_path):
    heard = []
    opener = PipelineOpener()
    opener.load_model(settings(tmp_path))
    opener.on_engine = heard.append  # of whoever opens the window
    Model.made[0].on_engine((320, 192))
    assert heard == [(320, 192)]
    chosen = settings(tmp_path, input_scale=1.25)
    early = EarlyModel(chosen)
    early.wait(10)
    Model.made[-1].on_engine((400, 240))  # before anybody hears
    opener = PipelineOpener(early=early)
    opener.on_engine = heard.append
    opener.load_model(chosen)
    Model.made[-1].on_engine(None)
    assert heard == [(320, 192), (400, 240), None]


class Early:
    """A model that loads already; its estimator is what a test says."""

    def __init__(self, model, estimator):
        self.model, self.estimator, self.num_asked = model, estimator, 0

    def tell_engines(self, on_engine):
        pass

    def result(self):
        self.num_asked += 1
        if isinstance(self.estimator, Exception):
            raise self.estimator
        return self.estimator


def test_a_model_that_loads_already_is_not_loaded_again(sources, tmp_path):
    chosen = settings(tmp_path, input_scale=1.25)
    early = Early(chosen.model, Model(tmp_path / "model.onnx", None))
    Model.made.clear()
    opened = PipelineOpener(early=early).load_model(chosen)
    assert not Model.made
    assert opened.estimator.options == chosen.estimator_options()


def test_a_model_that_loads_already_is_of_no_use_for_other_settings(sources, tmp_path):
    early = Early(settings(tmp_path, "another.onnx").model, None)
    PipelineOpener(early=early).load_model(settings(tmp_path))
    assert len(Model.made) == 1
    assert not early.num_asked


def test_a_model_that_did_not_load_early_is_tried_again(sources, tmp_path):
    chosen = settings(tmp_path)
    opener = PipelineOpener(early=Early(chosen.model, ValueError("not a model")))
    with pytest.raises(ValueError, match="not a model"):
        opener.load_model(chosen)
    opener.load_model(chosen)
    assert len(Model.made) == 1


def test_a_model_that_does_not_load_releases_the_source(sources, tmp_path):
    opener = PipelineOpener()
    with pytest.raises(ValueError, match="not a model"):
        opener(settings(tmp_path, "broken.onnx"), lambda *_: None)
    assert sources[0].is_closed
    opened = opener(settings(tmp_path), lambda *_: None)  # another try may succeed
    opened.pipeline.stop()


def test_a_missing_model_is_named(sources, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"absent\.onnx"):
        PipelineOpener()(
            AppSettings(model=ModelSettings(file=tmp_path / "absent.onnx")), lambda *_: None
        )


def test_the_window_opens_without_what_takes_long_to_import():
    code = (
        "import sys\nimport das_app.gui.window.app\n"
        "print(*{'scipy', 'pyqtgraph', 'vispy', 'av', 'mcap'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not done.stdout.split()


@pytest.fixture
def run(qapp, sources, tmp_path, monkeypatch):
    """Runs the application and calls back with the window once it shows people."""
    monkeypatch.setattr(module, "QApplication", lambda arguments: qapp)

    def run(then):
        def when_playing():
            window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))
            if window.parts.status.people.text() == "–":
                QTimer.singleShot(20, when_playing)
                return
            window.destroyed.connect(qapp.quit)
            window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            then(window)

        QTimer.singleShot(0, when_playing)
        return run_app(settings(tmp_path, source="a"), StreamPlan())

    return run


def test_the_application_runs_until_closed_and_keeps_the_settings(run, sources, tmp_path):
    def close(window):
        window.panels.camera_panel.fov.setValue(77.0)
        window.close()

    assert run(close) == 0
    assert sources[0].is_closed
    kept = load_settings(tmp_path / "settings.toml")
    assert kept.model.file is None  # the command line said it
    assert SourceSetups().of("a", "a").lens.fov_deg == 77.0
    assert SourceSetups().of("b", "b").lens == LensSettings()  # of another source


@pytest.mark.parametrize("number", ENDING_SIGNALS)
def test_signals_close_the_window(run, sources, number):
    usual = signal.getsignal(number)
    assert run(lambda window: signal.raise_signal(number)) == 0
    assert sources[0].is_closed
    assert signal.getsignal(number) is usual


def test_a_window_closed_while_it_is_made_closes(qapp, sources, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "QApplication", lambda arguments: qapp)
    closed, texts, tabs = [], [], []

    def close():
        window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))
        closed.append((window.isVisible(), window.findChildren(Inspector)))
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        window.destroyed.connect(qapp.quit)
        style = window.parts.controls.lens.toolButtonStyle()
        texts.append(style is not Qt.ToolButtonStyle.ToolButtonIconOnly)
        rows = window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
        tabs.extend(bar for bar in rows if window.rect().intersects(bar.geometry()))
        window.windowHandle().close()

    QTimer.singleShot(0, close)  # in the turn of the event loop in which it is first painted
    assert run_app(settings(tmp_path, source="a"), StreamPlan()) == 0
    assert closed == [(True, [])]  # of which the panels were not there
    assert texts == [False]  # nor a lens
    assert not tabs  # of panels that nobody sees


def test_a_file_that_is_missing_is_a_line_at_the_terminal(tmp_path):
    """The real window, in a process of its own."""
    code = (
        "import sys\n"
        "from PySide6.QtCore import QTimer\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from das_app.gui.window import main_window\n"
        "from das_app.__main__ import main\n"
        "def watch():\n"
        "    window = next(w for w in QApplication.topLevelWidgets()\n"
        "                  if isinstance(w, main_window.MainWindow))\n"
        "    if window.parts.banner.isVisible():\n"
        "        window.close()\n"
        "    else:\n"
        "        QTimer.singleShot(20, watch)\n"
        "def then(window):\n"
        "    QTimer.singleShot(0, watch)\n"
        "main_window.MainWindow.offer_repairs = then\n"
        "sys.argv = ['das-app', '--source', 'nosuch.mp4']\n"
        "main()\n"
    )
    homes = ("CONFIG", "STATE", "DATA", "CACHE")
    environment = {**os.environ, **{f"XDG_{name}_HOME": str(tmp_path) for name in homes}}
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, cwd=tmp_path, check=True
    )
    lines = [line for line in done.stderr.splitlines() if "nosuch.mp4" in line]
    assert len(lines) == 1
    assert lines[0].startswith("ERROR: nosuch.mp4 could not be opened: source nosuch.mp4 is")
    assert "Traceback" not in done.stderr
    log = next(tmp_path.rglob("das-app.log")).read_text()
    assert "Traceback" in log
