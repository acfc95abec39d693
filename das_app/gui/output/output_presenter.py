"""Presenter of the clean output: panel, views, window and virtual camera."""

from PySide6.QtCore import QObject, Signal

from das_app.gui.control.controller import Controller
from das_app.gui.control.shown_result import ShownResult
from das_app.gui.output.output_panel import OutputPanel
from das_app.gui.output.output_picture import OutputPicture
from das_app.gui.output.output_window import OutputWindow
from das_app.gui.output.virtual_camera import VirtualCamera, VirtualCameraError
from das_app.settings.app_settings import AppSettings, OutputContent, OutputSettings


class OutputPresenter(QObject):
    """Makes a picture of each result for whoever wants it, and none for nobody.

    Args:
        control: keeps the settings.
        shown: what is on the screen.
        panel: of the output.
        picture: makes it.

    Attributes:
        window: of the output; None while there is none.
        refused: why there is no virtual camera.
    """

    refused = Signal(str)

    def __init__(
        self, control: Controller, shown: ShownResult, panel: OutputPanel, picture: OutputPicture
    ) -> None:
        super().__init__(control)
        self._control, self._panel, self._picture = control, panel, picture
        self._settings = control.settings.output
        self.window: OutputWindow | None = None
        self._camera: VirtualCamera | None = None
        panel.changed.connect(lambda output: control.change(output=output))
        panel.window_toggled.connect(self._toggle_window)
        panel.camera_toggled.connect(self._toggle_camera)
        control.settings_changed.connect(self._on_settings)
        shown.drawn.connect(self.send)
        shown.forgotten.connect(self.send)
        panel.set_settings(self._settings)

    def send(self) -> None:
        """Show the result of now."""
        if self.window is None and self._camera is None:
            return
        pixels = self._picture.make(self._settings)
        if self.window is not None:
            self.window.show_picture(pixels)
        if self._camera is not None:
            try:
                self._camera.send(pixels)
            except VirtualCameraError as error:
                self._close_camera()
                self.refused.emit(str(error))

    def close(self) -> None:
        """End both."""
        self._close_window()
        self._close_camera()

    def _on_settings(self, settings: AppSettings) -> None:
        if settings.output == self._settings:
            return
        former, self._settings = self._settings, settings.output
        self._panel.set_settings(self._settings)
        has_window, has_camera = self.window is not None, self._camera is not None
        is_same = (former.size, _is_clear(former)) == (
            self._settings.size,
            _is_clear(self._settings),
        )
        if has_window and not is_same:
            self._toggle_window(False)
            self._toggle_window(True)
        if has_camera and former.size != self._settings.size:
            self._toggle_camera(False)
            self._toggle_camera(True)
        self.send()

    def _toggle_window(self, is_on: bool) -> None:
        self._close_window()
        if is_on:
            self.window = OutputWindow(self._settings.size_px(), _is_clear(self._settings))
            self.window.closed.connect(self._close_window)
            self.window.show()
        self._show_state()
        self.send()

    def _toggle_camera(self, is_on: bool) -> None:
        self._close_camera()
        if is_on:
            try:
                self._camera = VirtualCamera(self._settings.size_px())
            except VirtualCameraError as error:
                self.refused.emit(str(error))
        self._show_state()
        self.send()

    def _close_window(self) -> None:
        window, self.window = self.window, None
        if window is not None:
            window.closed.disconnect()
            window.close()
            window.deleteLater()
            self._show_state()

    def _close_camera(self) -> None:
        camera, self._camera = self._camera, None
        if camera is not None:
            camera.close()
            self._show_state()

    def _show_state(self) -> None:
        name = "" if self._camera is None else self._camera.name
        self._panel.set_running(self.window is not None, name)


def _is_clear(settings: OutputSettings) -> bool:
    return settings.content is OutputContent.PEOPLE and not settings.ground
