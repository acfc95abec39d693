"""Session player: recorded poses at their times, with the video if there is one.

To the window it is a run like a live pipeline, so the same views show it. No model is needed.
"""

import logging
import threading
import time
from collections.abc import Callable

from das_app.messaging.mailbox import Mailbox
from das_app.messaging.messages import Frame, PipelineState, PipelineStats, PoseResult
from das_app.pipeline.figures import Figures
from das_app.pipeline.playback import Playback
from das_app.pipeline.run import ResultSink, RunState, Sinks, StateListener
from das_app.session.edits import SessionEdits
from das_app.session.frames import RecordedFrames
from das_app.session.types import Layer

STOP_TIMEOUT_S = 3.0
_log = logging.getLogger(__name__)


class SessionPlayer:
    """Plays the frames of a session in a thread of its own; a `Run`.

    It begins at the beginning of the trim, which it comes back to when it loops.

    Args:
        frames: of the session; closed by the player.
        on_state: hears of every change of state with a message for people. Called from the thread
            that made the change: it must return at once and must not call `stop`.
        loop: begin again at the end.
        layer: which poses are shown.
        is_paced: by the recorded times; otherwise as fast as it can be read.
        clock: monotonic seconds.

    Attributes:
        results: the newest frame with its people; its own times are 0, as nothing is computed.
    """

    def __init__(
        self,
        frames: RecordedFrames,
        on_state: StateListener,
        loop: bool = False,
        layer: Layer = Layer.LIVE,
        is_paced: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.results: Mailbox[PoseResult] = Mailbox()
        self._frames, self._state = frames, RunState(on_state)
        self._sinks: Sinks[PoseResult] = Sinks()
        self._playback = Playback(frames, loop, is_paced, clock)
        frames.layer = layer
        self._figures = Figures()
        self._shown: Frame | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="das-player", daemon=True)
        self._has_started = False
        if frames.edits.start_s > 0:
            self.set_trim(frames.edits.start_s, frames.edits.end_s)
            self._playback.seek(frames.edits.start_s)

    @property
    def state(self) -> PipelineState:
        """State of the player."""
        return self._state.now

    def start(self) -> None:
        """Begin to play. Raises RuntimeError when called twice."""
        if self._has_started or self._stopping.is_set():
            raise RuntimeError("SessionPlayer runs once; make a new one for another run")
        self._has_started = True
        self._state.begin(self._frames.name)
        self._thread.start()

    def stop(self) -> None:
        """End the thread and release the session; harmless when it has ended already.

        Raises:
            TimeoutError: if reading still blocks after 3 s.
        """
        self._end()
        if not self._has_started:
            self._frames.close()
            return
        self._thread.join(STOP_TIMEOUT_S)
        self._state.change(PipelineState.STOPPED, self._frames.name)
        if self._thread.is_alive():
            raise TimeoutError(f"{self._thread.name} still busy {STOP_TIMEOUT_S:g} s after stop")

    def set_paused(self, is_paused: bool) -> None:
        """Hold or go on; a session at its end plays again from its beginning."""
        if self._state.is_over:
            return
        if is_paused:
            self._playback.set_paused(True)
            self._follow(PipelineState.RUNNING, PipelineState.PAUSED)
        else:
            self._follow(PipelineState.PAUSED, PipelineState.RUNNING)
            self._playback.set_paused(False)

    def seek(self, time_s: float) -> None:
        """Go to the newest frame at or before `time_s`, and play or hold there."""
        self._playback.seek(time_s)

    def step(self, num_frames: int) -> None:
        """Hold so many frames after the one shown, or before it when negative."""
        self._playback.step(num_frames)
        self._follow(PipelineState.RUNNING, PipelineState.PAUSED)

    def set_speed(self, speed: float) -> None:
        """Play so many times as fast. Raises ValueError outside 0.1 to 4."""
        self._playback.set_speed(speed)

    def set_looping(self, is_looping: bool) -> None:
        """Whether it begins again at its end; holds from its next end on."""
        self._playback.set_looping(is_looping)

    def set_layer(self, layer: Layer) -> None:
        """Show other poses, the present frame's at once."""
        self._frames.layer = layer
        if self._shown is not None:
            self._playback.read_again(self._shown.time_s)

    def set_edits(self, edits: SessionEdits) -> None:
        """Show people by other edits, those of the present frame at once; and its trim."""
        has_other_people = self._frames.use(edits)
        self.set_trim(edits.start_s, edits.end_s)
        if self._shown is not None and has_other_people:
            self._playback.seek(self._shown.time_s)

    def set_trim(self, start_s: float, end_s: float) -> None:
        """Play from the frame at `start_s` to that at `end_s`, from the next end on."""
        self._playback.set_beginning(start_s)
        self._frames.end_s = end_s

    def add_sink(self, sink: ResultSink) -> None:
        """Call another sink, after those that are there, with every result from now on."""
        self._sinks.add(sink)

    def remove_sink(self, sink: ResultSink) -> None:
        """Call a sink no more. Raises ValueError if it was not called before."""
        self._sinks.remove(sink)

    def stats(self) -> PipelineStats:
        """Frames per second as they are played; what a model would take is 0."""
        return self._figures.stats(num_dropped=0)

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._play_on()
        except Exception as error:
            _log.exception("playing %s failed", self._frames.name)
            text = str(error) or type(error).__name__
            self._state.change(PipelineState.FAULTED, f"{self._frames.name}: {text}")
            self._end()
        finally:
            self.results.close()
            self._frames.close()

    def _play_on(self) -> None:
        frame = self._playback.next_frame()
        if self._stopping.is_set():
            return
        if frame is None:
            self._figures.interrupt()
            self._state.change(PipelineState.FINISHED, f"{self._frames.name}: end")
            return
        is_paused = self._playback.is_paused
        now = PipelineState.PAUSED if is_paused else PipelineState.RUNNING
        self._follow(PipelineState.FINISHED, now)
        if self._shown is None or is_paused or frame.index != self._shown.index + 1:
            self._figures.interrupt()
        self._shown = frame
        shown, raw = self._frames.people_of(frame)
        result = PoseResult(frame, shown, 0.0, 0.0, raw)
        self._figures.note_capture(time.monotonic(), self._playback.decode_s)
        self._sinks(result)
        self.results.put(result)

    def _end(self) -> None:
        self._stopping.set()
        self._playback.close()
        self.results.close()

    def _follow(self, former: PipelineState, state: PipelineState) -> None:
        self._state.follow(former, state, self._frames.name)
