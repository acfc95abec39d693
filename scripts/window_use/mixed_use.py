"""Mixed use of the window at random: sources, panels, switches, models, streams, recordings,
sessions and exports. Run by `scripts/tour.py --minutes`, which prints what a leak would change.
"""

import random
import shutil
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
from PySide6.QtWidgets import QApplication

from das_app.exports.formats import ExportFormat
from das_app.files.bundled import bundled_file
from das_app.gui.actions.help_sheet import HelpSheet
from das_app.gui.actions.panel_list import LIVE_PANELS
from das_app.gui.recording.export_dialog import ExportDialog
from das_app.gui.window.main_window import MainWindow
from das_app.motion.faces import FaceHiding
from das_app.settings.app_settings import Look
from das_app.settings.models import bundled_models
from das_app.sources.addresses import DEMO_SOURCE
from das_app.streaming.targets import StreamKind, StreamTarget
from das_model.inference.mode import Mode
from window_use.window_tour import turn_for, turn_until

_SWITCHES = ("labels", "trails", "offsets", "heat-map", "bodies", "shadows", "frustum", "image")
_VIEWS = ("view-reset", "view-front", "view-top", "view-side", "view-camera", "view-frame")
_PANES = ("panes-beside", "panes-scene", "panes-picture", "panes-inset")
_KEPT_SESSIONS, _PICTURES = 2, 12
_EXPORTS = tuple(
    map(ExportFormat, ("csv", "json", "npz", "trc", "c3d", "angles", "bvh", "glb", "mp4"))
)


class MixedUse:
    """Does one thing after another, chosen by a seed.

    Args:
        window: shown.
        folder: empty, for sessions, exports and pictures.
        seed: of the choices.

    Attributes:
        done: how often what was done.
        deeds: what may be done, by name.
    """

    def __init__(self, window: MainWindow, folder: Path, seed: int = 1) -> None:
        self._window, self._folder = window, folder
        self._random = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.deeds: dict[str, Callable[[], None]] = {
            deed.__name__.strip("_"): deed for deed in self._shares()
        }
        self._sources = [DEMO_SOURCE, *_sources(folder)]
        settings = window.settings
        window.control.change(recording=replace(settings.recording, folder=folder / "sessions"))
        window.open(DEMO_SOURCE)

    def go_on(self, duration_s: float) -> None:
        """Do things for so long. Raises TimeoutError where something does not come about."""
        shares = self._shares()
        end_s = time.monotonic() + duration_s
        while time.monotonic() < end_s:
            (deed,) = self._random.choices(list(shares), list(shares.values()))
            self.done[deed.__name__.strip("_")] += 1
            deed()
            turn_for(self._random.uniform(0.5, 2.0))

    def choices(self) -> Iterator[str]:
        """Uses pictures and a film with every model, at one look and at two; yields what is."""
        control = self._window.control
        for source in (self._sources[1], DEMO_SOURCE):
            self._window.open(source)
            self._wait_for_people()
            for file in bundled_models():
                control.set_mode(Mode.FAST)
                control.set_model(file)
                turn_until(partial(self._uses, file), "the model")
                for mode in (Mode.FAST, Mode.PRECISE):
                    control.set_mode(mode)
                    turn_for(10.0)
                    yield self.in_use()

    def _uses(self, file: Path) -> bool:
        model = self._window.control.model
        return model is not None and model.file == file

    def in_use(self) -> str:
        """What memory goes to: source, model, mode, sizes of its pictures and the window."""
        window, settings = self._window, self._window.settings
        model = window.control.model
        return ", ".join(
            (
                Path(settings.source.name).name,
                model.file.stem if model and model.file else "no model",
                settings.model.mode,
                f"{settings.model.input_scale:g}",
                f"{window.width()} x {window.height()} px",
            )
        )

    def _shares(self) -> dict[Callable[[], None], int]:
        """What may be done, with how often it is chosen among all."""
        return {
            self._open: 3,
            self._press_panel: 4,
            self._press_switch: 4,
            self._press_view: 3,
            self._present: 1,
            self._look: 1,
            self._hide_faces: 1,
            self._hold_and_step: 2,
            self._use_model: 1,
            self._stream: 1,
            self._read_keys: 1,
            self._record_play_export: 2,
            self._stop: 1,
        }

    def _press(self, name: str) -> None:
        self._window.actions_by_name[name].trigger()

    def _open(self) -> None:
        self._window.open(self._random.choice(self._sources))
        self._wait_for_people()

    def _wait_for_people(self) -> None:
        shown = self._window.shown
        turn_until(lambda: shown.result is not None and len(shown.people) > 0, "people")

    def _press_panel(self) -> None:
        self._press(self._random.choice(LIVE_PANELS))

    def _press_switch(self) -> None:
        self._press(self._random.choice(_SWITCHES))

    def _press_view(self) -> None:
        self._press(self._random.choice((*_VIEWS, *_PANES)))

    def _present(self) -> None:
        self._press("presentation")
        turn_for(2.0)
        self._press("leave")

    def _look(self) -> None:
        self._window.look_menu.choose(self._random.choice((Look.LIGHT, Look.DARK)))

    def _hide_faces(self) -> None:
        self._window.faces_menu.choose(self._random.choice(list(FaceHiding)))

    def _hold_and_step(self) -> None:
        self._press("play")
        for _ in range(5):
            self._press(self._random.choice(("step-forward", "step-back")))
            turn_for(0.3)
        self._press("play")

    def _use_model(self) -> None:
        control = self._window.control
        if control.model is None:  # a session plays
            return
        control.set_model(self._random.choice(bundled_models()))
        control.set_mode(self._random.choice(list(Mode)))
        control.set_input_scale(self._random.choice((0.75, 1.0)))
        turn_for(5.0)

    def _stream(self) -> None:
        streaming = self._window.panels.streaming
        with _free_port() as port:
            target = replace(StreamTarget.default(StreamKind.WEBSOCKET), port=port)
        streaming.start(target)
        turn_for(3.0)
        self._window.panels.stream_panel.cards[StreamKind.WEBSOCKET].switch.click()

    def _read_keys(self) -> None:
        sheet = HelpSheet(self._window.actions(), self._window)
        sheet.open()
        turn_for(1.0)
        sheet.close()
        sheet.deleteLater()

    def _record_play_export(self) -> None:
        window = self._window
        window.open(self._random.choice(self._sources[:-1]))  # a single picture is over at once
        self._wait_for_people()
        turn_until(window.actions_by_name["record"].isEnabled, "the button to record")
        self._press("record")
        turn_until(lambda: window.recording.is_recording, "the recording")
        turn_for(4.0)
        turn_until(lambda: self._has_recorded(3), "recorded frames")
        self._press("marker")
        self._press("record")
        turn_until(window.parts.notice.isVisible, "the end of the recording")
        folder = window.parts.notice.folder
        window.parts.notice.play.click()
        turn_until(lambda: window.panels.session.player is not None, "the session")
        turn_for(3.0)
        self._export()
        window.open(DEMO_SOURCE)
        self._wait_for_people()
        assert folder is not None
        sessions = sorted(folder.parent.iterdir(), key=lambda each: each.stat().st_mtime)
        for former in sessions[:-_KEPT_SESSIONS]:
            shutil.rmtree(former, ignore_errors=True)

    def _has_recorded(self, num_frames: int) -> bool:
        recording = self._window.recording
        return not recording.is_recording or recording.stats().num_frames >= num_frames

    def _export(self) -> None:
        self._press("export")
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, ExportDialog):
            raise TimeoutError("no dialog to export in")
        to = self._random.choice(_EXPORTS)
        dialog.format.setCurrentIndex(dialog.format.findData(to))
        dialog.path.setText(str(self._folder / "exports" / f"x.{to}"))
        if dialog.export.isEnabled():
            dialog.export.click()
            turn_until(
                lambda: dialog.message.text().startswith(("Written: ", "Not exported")), "export"
            )
        dialog.close()
        shutil.rmtree(self._folder / "exports", ignore_errors=True)

    def _stop(self) -> None:
        self._press("stop")
        turn_for(1.0)
        self._window.open(DEMO_SOURCE)
        self._wait_for_people()


@contextmanager
def _free_port() -> Iterator[int]:
    """A port of this computer that is free at the end of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        yield probe.getsockname()[1]


def _sources(folder: Path) -> list[str]:
    """Pictures of the demo as a folder and one of them alone."""
    pictures = folder / "pictures"
    pictures.mkdir()
    film = cv2.VideoCapture(str(bundled_file("clips", "demo.mp4")))
    for number in range(_PICTURES):
        cv2.imwrite(str(pictures / f"{number}.png"), film.read()[1])
    film.release()
    return [str(pictures), str(pictures / "0.png")]
