"""What was opened, recorded and chosen before is let go of: memory does not grow with use."""

import gc
import weakref
from dataclasses import replace

import pytest
from window_fakes import Opener

from das_app.gui.control import bridge
from das_app.gui.scene import scene_view
from das_app.gui.window.main_window import MainWindow
from das_app.messaging.messages import PipelineState
from das_app.settings.app_settings import AppSettings, SourceSettings

ROUNDS = 4


class WatchedOpener(Opener):
    """Remembers what it opened only as long as somebody else does."""

    def __init__(self):
        super().__init__()
        self.opened = weakref.WeakSet()

    def __call__(self, settings, on_state):
        opened = super().__call__(settings, on_state)
        self.sources.clear()
        self.opened.update((opened.pipeline, opened.source))
        return opened

    def load_model(self, settings):
        model = super().load_model(settings)
        self.opened.add(model.estimator)
        return model

    def kinds(self):
        """Names of the classes of what is still there."""
        gc.collect()
        return sorted(type(each).__name__ for each in self.opened)


@pytest.fixture
def opener():
    return WatchedOpener()


@pytest.fixture
def window(qtbot, themed, opener, monkeypatch, tmp_path):
    monkeypatch.setattr(scene_view, "opengl_problem", lambda: "not in this test")
    window = MainWindow(AppSettings(source=SourceSettings("grey")), opener)
    qtbot.addWidget(window, before_close_func=lambda _: opener.gate.set())
    recording = window.settings.recording
    window.control.change(recording=replace(recording, folder=tmp_path, has_video=True))
    window.show()
    return window


def open_and_see(window, qtbot, name):
    window.open(name)
    qtbot.waitUntil(
        lambda: (
            window.control.state is PipelineState.RUNNING
            and window.shown.result is not None
            and window.control.bridge.current is not None
            and window.control.bridge.current.source.name == name
        )
    )


def test_of_what_was_opened_only_the_newest_is_there(window, opener, qtbot, tmp_path):
    for number in range(ROUNDS):
        open_and_see(window, qtbot, f"grey {number}")
        window.actions_by_name["record"].trigger()
        qtbot.waitUntil(lambda: window.recording.is_recording)
        window.actions_by_name["record"].trigger()
        qtbot.waitUntil(lambda number=number: len(list(tmp_path.glob("*/*.json"))) == number + 1)
        model = tmp_path / f"{number}.onnx"
        model.touch()
        window.control.set_model(model)
        qtbot.waitUntil(lambda model=model: window.control.bridge.current.model.file == model)
    open_and_see(window, qtbot, "last")
    # the estimator of the settings is a copy of the one that was loaded
    qtbot.waitUntil(lambda: opener.kinds() == ["GreySource", "LivePipeline"])
    window.actions_by_name["stop"].trigger()
    qtbot.waitUntil(lambda: window.control.state is PipelineState.STOPPED)
    qtbot.waitUntil(lambda: opener.kinds() == [])


def test_freed_memory_is_given_back_when_a_source_closes(window, qtbot, monkeypatch):
    asked = []
    monkeypatch.setattr(bridge, "give_back_memory", lambda: asked.append(True))
    open_and_see(window, qtbot, "first")
    assert not asked
    open_and_see(window, qtbot, "second")
    assert asked == [True]
