"""Controller: owns `AppSettings` and turns user commands into requests to the bridge."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from das_app.gui.control.bridge import Model, OpenedSource, PipelineBridge, PipelineFactory
from das_app.gui.style.language import tr
from das_app.lens.intrinsics import Intrinsics, LensOrigin
from das_app.messaging.messages import PipelineState
from das_app.motion.ignored import Ignored
from das_app.motion.kinematics import MAX_SCALE, MIN_SCALE
from das_app.pipeline.live import LivePipeline
from das_app.pipeline.open_source import SourceKind, source_kind
from das_app.pipeline.run import Run
from das_app.session.format import session_at
from das_app.settings.app_settings import (
    AppSettings,
    IgnoredSettings,
    Look,
    ModelSettings,
    SettingsGroup,
)
from das_app.settings.source_setups import SourceSetup
from das_app.sources.addresses import short_name
from das_app.sources.turned_source import Turn, camera_of, turn_of
from das_app.sources.watchdog import WatchedSource
from das_model.inference.estimate import Device, Precision
from das_model.inference.mode import Mode

_OVER = (PipelineState.STOPPED, PipelineState.FAULTED)
_HELD = (PipelineState.PAUSED, PipelineState.FINISHED)


class Controller(QObject):
    """Keeps the settings and steers one pipeline at a time.

    Args:
        settings: what to open and how.
        opener: makes pipelines and models; called in the bridge's thread.

    Attributes:
        lens: in use.
        scales: sizes that the user gave to people of this source, by track id, against what the
            model sees.
        settings_changed: the settings after a change.
        begun: a source is being opened; its name.
        opened: the bridge's news of the same name.
        state_changed: state of what runs, and a message for people to read.
        model_changed: the running pipeline has another model or input size.
        refused: why a model was not changed.
        lens_changed: another lens is in use.
        ended: what was shown is to be put away.
        scaled: track id of somebody who was given another size.
    """

    settings_changed = Signal(object)
    begun = Signal(str)
    opened = Signal(object)
    state_changed = Signal(PipelineState, object)
    model_changed = Signal(object)
    refused = Signal(object)
    lens_changed = Signal()
    ended = Signal()
    scaled = Signal(int)

    def __init__(
        self, settings: AppSettings, opener: PipelineFactory, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.settings = settings
        self.lens = Intrinsics()
        self.scales: dict[int, float] = {}
        self._proven = settings.model  # of the model in use
        self.state = PipelineState.STOPPED
        self.bridge = PipelineBridge(opener, self)
        self.bridge.opened.connect(self._on_opened)
        self.bridge.state_changed.connect(self._on_state)
        self.bridge.model_changed.connect(self._on_model)
        self.bridge.model_refused.connect(self._on_refusal)

    @property
    def pipeline(self) -> Run | None:
        """The running pipeline, or the last one."""
        current = self.bridge.current
        return None if current is None else current.pipeline

    @property
    def live(self) -> LivePipeline | None:
        """The running or last pipeline with a model; None for a session that plays."""
        return self.pipeline if isinstance(self.pipeline, LivePipeline) else None

    @property
    def model(self) -> Model | None:
        """The model in use; None without one, and for a session that plays."""
        current = self.bridge.current
        return None if current is None else current.model

    @property
    def turn(self) -> Turn:
        """Rotation of the images of the current source."""
        current = self.bridge.current
        return Turn.NONE if current is None else turn_of(current.source)

    @property
    def camera(self) -> WatchedSource | None:
        """The camera of this computer that runs or ran last; None for another source."""
        current = self.bridge.current
        return None if current is None else camera_of(current.source)

    @property
    def is_webcam(self) -> bool:
        """Whether a camera of this computer runs or ran last."""
        current = self.bridge.current
        is_live = current is not None and current.source.is_live
        return is_live and source_kind(self.settings.source.name) is SourceKind.CAMERA

    @property
    def is_mirrored(self) -> bool:
        """Whether the picture is shown as in a mirror; a webcam's is, unless told otherwise."""
        wanted = self.settings.camera.is_mirrored
        return self.live is not None and (self.is_webcam if wanted is None else wanted)

    @property
    def _is_file(self) -> bool:
        current = self.bridge.current
        return current is not None and not current.source.is_live

    def open(self, source: str) -> None:
        """Open a source instead of the present one; a file of a session means the session."""
        source = str(session_at(Path(source)) or source)
        self.change(source=replace(self.settings.source, name=source))
        self.ended.emit()
        self.state = PipelineState.STOPPED  # no more news of the former one comes
        name = tr("camera {number}", number=source) if source.isdecimal() else short_name(source)
        self.begun.emit(name)
        self.bridge.open(self.settings)

    def stop(self) -> None:
        """Stop and close the source."""
        self.ended.emit()
        self.bridge.stop()

    def play_or_pause(self) -> None:
        """Pause, go on, or open again what is over; a file at its end plays from the beginning."""
        if self.pipeline is None or self.state in _OVER:
            self.open(self.settings.source.name)
        else:
            self.pipeline.set_paused(self.state is PipelineState.RUNNING)

    def seek(self, time_s: float) -> None:
        """Go to a place of a file."""
        if self.pipeline is not None:
            self.pipeline.seek(time_s)

    def step(self, num_frames: int) -> None:
        """Hold a file some frames on, or back."""
        if self.pipeline is not None:
            self.pipeline.step(num_frames)

    def set_speed(self, speed: float) -> None:
        """Play a file slower or faster, until another is opened."""
        if self.pipeline is not None:
            self.pipeline.set_speed(speed)

    def set_looping(self, is_looping: bool) -> None:
        """Whether files begin again at their end."""
        self.change(source=replace(self.settings.source, is_looping=is_looping))
        if self.pipeline is not None:
            self.pipeline.set_looping(is_looping)

    def set_fov(self, fov_deg: float, origin: LensOrigin) -> None:
        """Use another field of view, and no calibration."""
        self.change(
            lens=replace(self.settings.lens, fov_deg=fov_deg, origin=origin, file=None, camera="")
        )
        self.use_lens(self.settings.lens.intrinsics())

    def use_lens(self, lens: Intrinsics) -> None:
        """Use another lens until another source is opened."""
        self.lens = lens
        if self.live is not None:
            self.live.set_intrinsics(lens)
            self._look_again()
        self.lens_changed.emit()

    def set_turn(self, turn: Turn) -> None:
        """Turn the pictures of the source, which is opened anew; of a session nothing is."""
        if self.live is not None and turn is not self.settings.camera.turn:
            self.change(camera=replace(self.settings.camera, turn_deg=int(turn)))
            self.open(self.settings.source.name)

    def set_mirrored(self, is_mirrored: bool) -> None:
        """Show the picture of the source as in a mirror, or not."""
        if self.live is not None:
            wanted = None if is_mirrored is self.is_webcam else is_mirrored
            self.change(camera=replace(self.settings.camera, is_mirrored=wanted))

    def set_min_score(self, threshold: float) -> None:
        """Show people from this score on."""
        self.change(people=replace(self.settings.people, min_score=threshold))

    def set_ignored(self, ignored: Ignored) -> None:
        """Leave people of this source out elsewhere."""
        self.change(ignored=IgnoredSettings.of(ignored))

    def scale_person(self, track_id: int, scale: float) -> None:
        """Take somebody for so many times as large, and as far away, as the model sees them.

        Raises:
            ValueError: if they would be less than 0.3 or more than 3 times as large as it does.
        """
        if not MIN_SCALE <= scale <= MAX_SCALE:
            raise ValueError(
                f"person {track_id} can be {MIN_SCALE:g} to {MAX_SCALE:g} times as large as "
                f"the model takes them for, got {scale:.2f}"
            )
        self.scales[track_id] = scale
        self._use_people_options()
        self._look_again()
        self.scaled.emit(track_id)

    def set_model(self, file: Path | None) -> None:
        """Use another model, None for the bundled one; what runs goes on meanwhile."""
        self._use_model(replace(self.settings.model, file=file))

    def set_device(self, device: Device) -> None:
        """Run the model on another device; what runs goes on meanwhile."""
        self._use_model(replace(self.settings.model, device=device))

    def set_precision(self, precision: Precision) -> None:
        """Have the model compute with other numbers; what runs goes on meanwhile."""
        self._use_model(replace(self.settings.model, precision=precision))

    def set_input_scale(self, scale: float) -> None:
        """Give the model larger or smaller pictures."""
        self.change(model=replace(self.settings.model, input_scale=scale))
        if self.model is not None:
            self.model_changed.emit(self.model)

    def set_mode(self, mode: Mode) -> None:
        """Have the model look at people once, twice, or as there is time."""
        self.change(model=replace(self.settings.model, mode=mode))

    def switch(self, setting: str, is_on: bool) -> None:
        """Switch something in the view on or off."""
        self.change(view=replace(self.settings.view, **{setting: is_on}))  # type: ignore[arg-type]

    def set_look(self, look: Look) -> None:
        """Remember the look of the window."""
        self.change(view=replace(self.settings.view, look=look))

    def change(self, **groups: SettingsGroup) -> None:
        """Replace groups of the settings and tell of it; what runs works by them from the next
        frame on, but for another model or device. A file that is held is looked at again."""
        former, self.settings = self.settings, replace(self.settings, **groups)  # type: ignore[arg-type]
        if self.live is not None and former.people_options() != self.settings.people_options():
            self._use_people_options()
            self._look_again()
        if former.estimator_options() != self.settings.estimator_options():
            self.bridge.use_options(self.settings.estimator_options())
            self._look_again()
        current = self.bridge.current
        if current is not None and current.setup is not None:
            settings = self.settings
            current.setup.keep(SourceSetup(settings.lens, settings.camera, settings.ignored))
        self.settings_changed.emit(self.settings)

    def _use_people_options(self) -> None:
        if self.live is not None:
            options = self.settings.people_options()
            scales = tuple(sorted(self.scales.items()))
            self.live.set_people_options(replace(options, scales=scales))

    def _use_model(self, model: ModelSettings) -> None:
        self.change(model=model)
        self.bridge.switch_model(self.settings)

    def _on_opened(self, opened: OpenedSource) -> None:
        opened.pipeline.set_looping(self.settings.source.is_looping)
        is_session = self.live is None
        if opened.setup is not None:
            begin = opened.setup.begin
            self.change(lens=begin.lens, camera=begin.camera, ignored=begin.ignored)
        self.use_lens(opened.source.intrinsics if is_session else self.settings.lens.intrinsics())
        self.scales.clear()
        self._use_people_options()
        source = self.settings.source
        self.change(source=source.with_recent(source.name))
        self.opened.emit(opened)
        if opened.model is not None:
            self._on_model(opened.model)

    def _on_state(self, state: PipelineState, message: str) -> None:
        self.state = state
        self.state_changed.emit(state, message)

    def _on_model(self, model: Model) -> None:
        self._proven = replace(
            self.settings.model, file=model.file, device=model.device, precision=model.precision
        )
        self.bridge.use_options(self.settings.estimator_options())
        self._look_again()
        self.model_changed.emit(self.model)

    def _look_again(self) -> None:
        if self.live is not None and self.state in _HELD and self._is_file:
            self.live.step(0)

    def _on_refusal(self, message: str) -> None:
        was = self._proven
        self.change(
            model=replace(
                self.settings.model, file=was.file, device=was.device, precision=was.precision
            )
        )
        self.refused.emit(message)
