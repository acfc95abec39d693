"""Film of a live demo in the real window: people walk in, are recorded, refined and exported.

    xvfb-run -a -s "-screen 0 1280x720x24" python scripts/demo_film.py docs/images/demo.mp4

The window is driven by its own actions and buttons, with the bundled clip of rendered people. Its
picture is taken after every second frame of the clip, however long the model took, so that the
film runs at the clip's own pace. Waiting is left out.
"""

import argparse
import itertools
import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import cv2  # noqa: F401  # first, as in the application: it changes Qt's environment
import numpy as np
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from das_app.exports.formats import ExportFormat
from das_app.exports.pictures.picture_film import PictureFilm, fitted
from das_app.gui.recording.export_dialog import ExportDialog
from das_app.gui.session.job_dialog import JobDialog
from das_app.gui.style import theme
from das_app.gui.style.language import speak
from das_app.gui.window.app import PipelineOpener
from das_app.gui.window.main_window import MainWindow
from das_app.gui.window.qt_environment import drop_cv2_qt_plugins
from das_app.gui.window.qt_start import share_opengl
from das_app.messaging.messages import PipelineState
from das_app.settings.app_settings import AppSettings, Language, Look, ModelSettings, ViewSettings
from das_app.sources.addresses import DEMO_SOURCE
from das_model.inference.mode import Mode
from window_use.window_tour import turn_for, turn_until

_Dialog = TypeVar("_Dialog", bound=QDialog)
WINDOW_PX, CAPTION_PX, FILM_PX = (1280, 676), 44, (960, 540)
FPS, STEP = 12, 2  # the clip has 25 pictures a second
_SWING_DEG, _SWING_PICTURES = 55.0, 100  # of the 3D view, where it orbits
_RING_PX, _RING_PICTURES = 7, 8  # round a button, before it is pressed


class DemoFilm:
    """Plays the demo and films it.

    Args:
        window: shown, nothing open.
        film: of pictures of `FILM_PX`.
    """

    def __init__(self, window: MainWindow, film: PictureFilm) -> None:
        self._window, self._film = window, film
        self._caption = ""
        self._before_picture: Callable[[], None] = _nothing
        self.num_pictures = 0

    def run(self) -> None:
        """From the first frame to the exported file."""
        window, press = self._window, self._press
        self._open_demo()
        self._say("Everybody in front of one ordinary camera, in metres, in 3D")
        self._step_until(4.4)
        self._say("Record (Ctrl+R)")
        self._point_at(self._button("record"))
        press("record")
        turn_until(lambda: window.recording.is_recording, "the recording")
        with self._orbiting():
            self._step_until(8.6)
        press("record")
        turn_until(window.parts.notice.isVisible, "the end of the recording")
        self._say("True depth in the picture: who is nearer hides who is behind (Shift+J)")
        press("depth")
        self._go_to(11.8)
        self._step_until(14.4)
        press("depth")
        self._say("Play what was recorded")
        self._point_at(window.parts.notice.play)
        window.parts.notice.play.click()
        self._await_session()
        self._play_session(24)
        self._refine()
        self._export()
        self._say("DAS Capture")
        press("panes-scene")
        press("view-reset")
        self._go_to(0.0)
        with self._orbiting():
            self._play_session(48)

    def _open_demo(self) -> None:
        window = self._window
        window.open(DEMO_SOURCE)
        turn_until(lambda: len(window.shown.people) > 0, "people")
        self._press("play")
        turn_until(lambda: window.control.state is PipelineState.PAUSED, "the pause")
        self._go_to(0.0)

    def _go_to(self, time_s: float) -> None:
        former = self._index()
        self._window.control.seek(time_s)
        turn_until(lambda: self._index() != former, f"the picture at {time_s:g} s")
        turn_for(2.0)

    def _refine(self) -> None:
        """Solve the motion over the whole recording."""
        self._say("Refine: steady bones, standing feet, no gaps")
        self._press("refine")
        dialog = self._dialog(JobDialog)
        self._take(FPS)
        self._point_at(dialog.run)
        dialog.run.click()
        turn_for(0.5)
        self._take(FPS // 2)
        turn_until(dialog.open_new.isVisible, "the refined motion")
        self._take(3 * FPS)
        self._point_at(dialog.open_new)
        dialog.open_new.click()
        self._await_session()
        self._play_session(24)

    def _export(self) -> None:
        """Write a file for Blender and the browser."""
        self._say("Export: bodies, skeletons, joint angles, tables, films")
        self._press("export")
        dialog = self._dialog(ExportDialog)
        self._take(FPS)
        dialog.format.setCurrentIndex(dialog.format.findData(ExportFormat.GLB))
        self._take(FPS)
        self._point_at(dialog.export)
        dialog.export.click()
        turn_until(lambda: "Written" in dialog.message.text(), "the exported file")
        self._take(2 * FPS)
        dialog.close()
        turn_for(0.5)

    def _step_until(self, time_s: float) -> None:
        window = self._window
        while window.shown.frame is not None and window.shown.frame.time_s < time_s:
            self._step(STEP)

    def _play_session(self, num_pictures: int) -> None:
        for _ in range(num_pictures):
            self._step(1)

    def _step(self, num_frames: int) -> None:
        former = self._index()
        self._window.control.step(num_frames)
        turn_until(lambda: self._index() != former, f"the frame after {former}")
        turn_for(0.05)
        self._take()

    def _await_session(self) -> None:
        """Wait until a session plays, and hold it."""
        window = self._window
        turn_for(1.0)
        turn_until(
            lambda: window.panels.session.player is not None and len(window.shown.people) > 0,
            "the session",
        )
        if window.control.state is PipelineState.RUNNING:
            self._press("play")
        turn_until(lambda: window.control.state is PipelineState.PAUSED, "the pause")
        window.control.seek(0.0)
        turn_for(1.0)

    @contextmanager
    def _orbiting(self) -> Iterator[None]:
        """Swing the 3D view about people with every picture that is taken meanwhile."""
        content = self._window.parts.scene.view.content
        if content is None:
            raise SystemExit("the film needs a 3D view")
        start, num_turns = content.camera.pose, itertools.count(1)
        content.framing.give_up()

        def turn() -> None:
            swing_deg = _SWING_DEG * math.sin(2 * math.pi * next(num_turns) / _SWING_PICTURES)
            azimuth_deg = start.azimuth_deg + swing_deg
            content.camera.take(replace(start, azimuth_deg=azimuth_deg))
            content.canvas.update()

        self._before_picture = turn
        try:
            yield
        finally:
            self._before_picture = _nothing
            self._press("view-reset")

    def _index(self) -> int:
        frame = self._window.shown.frame
        return -1 if frame is None else frame.index

    def _press(self, name: str) -> None:
        self._window.actions_by_name[name].trigger()

    def _button(self, name: str) -> QWidget:
        action = self._window.actions_by_name[name]
        found = [w for w in action.associatedObjects() if isinstance(w, QWidget) and w.isVisible()]
        return next(w for w in found if w is not self._window)

    def _dialog(self, kind: type[_Dialog]) -> _Dialog:
        turn_until(lambda: isinstance(QApplication.activeModalWidget(), kind), "a dialog")
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, kind)
        middle = self._window.geometry().center() - dialog.rect().center()
        dialog.move(middle)
        turn_for(0.5)
        return dialog

    def _say(self, caption: str) -> None:
        self._caption = caption

    def _point_at(self, button: QWidget) -> None:
        """Pictures with a ring round what is pressed next."""
        self._take(_RING_PICTURES, button)

    def _take(self, num_pictures: int = 1, ringed: QWidget | None = None) -> None:
        """Take the window as it is now, for so many pictures of the film."""
        self._before_picture()
        picture = self._picture(ringed)
        for _ in range(num_pictures):
            self._film.add(picture)
        self.num_pictures += num_pictures

    def _picture(self, ringed: QWidget | None) -> np.ndarray:
        """(H, W, 3) uint8 of the window, a dialog over it, and the caption below."""
        width, height = WINDOW_PX
        image = QImage(width, height + CAPTION_PX, QImage.Format.Format_RGB888)
        image.fill(QColor(theme.stage().ground))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(0, 0, self._window.grab())
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog):
            at = dialog.pos() - self._window.pos()
            painter.fillRect(0, 0, width, height, QColor(0, 0, 0, 110))
            painter.drawPixmap(at, dialog.grab())
            painter.setPen(QColor(theme.stage().border))
            painter.drawRect(QRect(at, dialog.size()))
        if ringed is not None:
            corner = ringed.mapToGlobal(QPoint()) - self._window.mapToGlobal(QPoint())
            ring = QRect(corner, ringed.size()).adjusted(*[-_RING_PX] * 2, *[_RING_PX] * 2)
            painter.setPen(QPen(QColor("#f2a541"), 3))
            painter.drawRoundedRect(ring, 9, 9)
        font = QFont(painter.font())
        font.setPointSizeF(1.5 * font.pointSizeF())
        painter.setFont(font)
        painter.setPen(QColor(theme.stage().text))
        low = QRect(0, height, width, CAPTION_PX)
        painter.fillRect(low, QColor(theme.stage().ground))
        painter.drawText(low, Qt.AlignmentFlag.AlignCenter, self._caption)
        painter.end()
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
        pixels = rows[:, : 3 * width].reshape(image.height(), width, 3)
        return fitted(pixels, FILM_PX[0])


def _nothing() -> None:
    """What is done before a picture that is only taken."""


def main() -> int:
    """Parse the command line and film."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("film", type=Path, help=".mp4")
    args = parser.parse_args()
    drop_cv2_qt_plugins()
    share_opengl()
    app = QApplication(sys.argv[:1])
    theme.apply_theme(app, Look.DARK)
    speak(app, Language.ENGLISH)
    settings = AppSettings(
        view=ViewSettings(has_seen_welcome=True, look=Look.DARK),
        model=ModelSettings(mode=Mode.FAST),  # as it would follow a camera
    )
    with TemporaryDirectory() as sessions:
        recording = replace(settings.recording, folder=Path(sessions))
        window = MainWindow(replace(settings, recording=recording), PipelineOpener())
        window.setGeometry(0, 0, *WINDOW_PX)
        window.show()
        film = PictureFilm(args.film, FILM_PX, FPS)
        try:
            demo = DemoFilm(window, film)
            demo.run()
        except BaseException:
            film.discard()
            raise
        finally:
            window.close()
    film.finish()
    print(f"{demo.num_pictures / FPS:.0f} s, {args.film.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
