"""Application start: Qt application, window and pipelines from the settings."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import cv2  # noqa: F401  # first: importing it changes the environment Qt starts in
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from das_app.gui.control.bridge import Model, OpenedSource
from das_app.gui.control.uncaught import UncaughtErrors
from das_app.gui.style import theme
from das_app.gui.style.language import speak
from das_app.gui.window.closing import SignalListener, close_dialogs, listening
from das_app.gui.window.main_window import MainWindow
from das_app.gui.window.qt_environment import drop_cv2_qt_plugins
from das_app.gui.window.qt_start import display_problem, end_in_words, share_opengl
from das_app.gui.window.settings_keeper import SettingsKeeper
from das_app.messaging.freed_memory import no_collection
from das_app.motion.floor_estimate import NOTHING_TOLD, ToldFloor
from das_app.pipeline.live import LivePipeline
from das_app.pipeline.open_source import open_source, source_key
from das_app.pipeline.run import StateListener
from das_app.session.format import session_at
from das_app.settings.app_settings import AppSettings
from das_app.settings.early_model import EarlyModel
from das_app.settings.models import device_note
from das_app.settings.settings_file import settings_path
from das_app.settings.source_setups import NOTHING_SAID, KeptSetup, SaidSetup, SourceSetups

if TYPE_CHECKING:
    from das_app.streaming.streams import StreamPlan
    from das_model.inference.device.on_card import EngineListener
    from das_model.inference.runtime import PoseEstimator


class PipelineOpener:
    """Makes the pipeline of a source and keeps the model, which takes seconds to load.

    It imports what opens them when it is called, in the bridge's thread: the window need not wait.

    Args:
        said: by the command line of a source.
        source: that it names; None for every one.
        early: a model that loads already; None where none does.
    """

    def __init__(
        self,
        said: SaidSetup = NOTHING_SAID,
        source: str | None = None,
        early: EarlyModel | None = None,
    ) -> None:
        self.on_engine: EngineListener = lambda size: None
        self._model: Model | None = None
        self._setups = SourceSetups(said, source)
        self._early = early

    def __call__(self, settings: AppSettings, on_state: StateListener) -> OpenedSource:
        """Open the source and, at the first call, the model of `settings`.

        A session plays; it needs no model.

        Raises:
            SourceError: if the source cannot be opened.
            SessionError: if it is a session that cannot be read.
            FileNotFoundError: if the model is not there.
        """
        session = session_at(Path(settings.source.name).expanduser())
        if session is not None:
            from das_app.pipeline.player import SessionPlayer
            from das_app.session.frames import RecordedFrames

            frames = RecordedFrames(session)
            return OpenedSource(SessionPlayer(frames, on_state), frames, None)
        name = settings.source.name
        key = source_key(name)
        setup = self._setups.of(key, name)
        source = open_source(
            name,
            setup.lens.intrinsics(),
            settings.source.camera_mode(),
            turn=setup.camera.turn,
            controls=setup.camera.wanted(),
        )
        try:
            model = self.load_model(settings)
        except Exception:
            source.close()
            raise
        pipeline = LivePipeline(
            source,
            model.estimator,
            on_state,
            people_options=replace(settings, ignored=setup.ignored).people_options(),
        )
        return OpenedSource(pipeline, source, model, KeptSetup(self._setups, key, setup))

    def load_model(self, settings: AppSettings) -> Model:
        """The model of `settings`; the one in use if it is the same.

        Raises:
            FileNotFoundError: if the model is not there.
            ValueError: if it is not a model of this project.
        """
        wanted, model = settings.model, self._model
        file, device, precision = wanted.file, wanted.device, wanted.precision
        options = settings.estimator_options()
        was = None if model is None else (model.file, model.device, model.precision)
        if model is not None and was == (file, device, precision):
            model = replace(model, estimator=model.estimator.with_options(options))
        else:
            estimator = self._estimator(settings)
            provider = estimator.provider
            engine = f"{estimator.model_name} · {provider.removesuffix('ExecutionProvider')}"
            note = device_note(device, provider)
            model = Model(estimator, engine, file, device, note, precision)
        self._model = model
        return model

    def _estimator(self, settings: AppSettings) -> "PoseEstimator":
        early, self._early = self._early, None
        options = settings.estimator_options()
        if early is not None and early.model == settings.model:
            early.tell_engines(self._hear_of_engine)
            return early.result().with_options(options)
        from das_model.inference.runtime import open_estimator

        return open_estimator(settings.model.path(), options, on_engine=self._hear_of_engine)

    def _hear_of_engine(self, size: tuple[int, int] | None) -> None:
        self.on_engine(size)


def run_app(
    settings: AppSettings,
    streams: "StreamPlan",
    told_floor: ToldFloor = NOTHING_TOLD,
    said: SaidSetup = NOTHING_SAID,
    early_model: EarlyModel | None = None,
    recorded_name: str | None = None,
) -> int:
    """Open the window on the source of `settings` and run it until it is closed.

    Args:
        settings: of this run; kept afterwards as the user changed them.
        streams: that are on from the start.
        told_floor: what is known of the floor of that source.
        said: lens and turn of that source in this run.
        early_model: of the settings, where it loads already.
        recorded_name: record the source from its beginning, under this name, empty for none; None
            does not.

    Returns:
        Exit code of the process.
    """
    if problem := display_problem():
        sys.stderr.write(f"error: the window cannot open: {problem}\n")
        return 1
    drop_cv2_qt_plugins()
    end_in_words()
    share_opengl()
    app = QApplication(sys.argv[:1])
    app.setApplicationName("DAS Capture")
    app.setDesktopFileName("das-capture")  # whose icon and name desktops show
    with listening() as listener:
        opener = PipelineOpener(said, settings.source.name, early_model)

        def begin(window: MainWindow) -> None:
            window.panels.floor.tell(told_floor)
            window.panels.streaming.begin(streams)
            if recorded_name is not None:
                window.recording.begin_when_ready(recorded_name)

        return _run_window(app, listener, settings, opener, begin)


def _run_window(
    app: QApplication,
    listener: SignalListener,
    settings: AppSettings,
    opener: PipelineOpener,
    begin: Callable[[MainWindow], None],
) -> int:
    """Exit code of the window."""
    speak(app, settings.view.language)
    theme.apply_theme(app, settings.view.look)
    with no_collection():
        window = MainWindow(settings, opener, is_seen_at_once=True)
    keeper = SettingsKeeper(lambda: window.settings, settings_path())
    listener.asked.connect(close_dialogs)
    listener.asked.connect(window.close, Qt.ConnectionType.QueuedConnection)
    listener.begin()
    app.commitDataRequest.connect(keeper.keep)  # a logout may leave no time for more
    app.styleHints().colorSchemeChanged.connect(window.wear_look)
    errors = UncaughtErrors(window)
    errors.caught.connect(window.show_fault)
    errors.install()
    window.show()
    window.restore_windows()
    window.open(settings.source.name)
    begin(window)
    window.offer_repairs()
    window.help.offer_report()
    code = app.exec()
    errors.remove()
    keeper.close()
    return code
