"""Settings of one command: the saved ones, overridden by the command line."""

from dataclasses import dataclass, replace
from pathlib import Path

from das_app.lens.intrinsics import LensOrigin
from das_app.settings.app_settings import AppSettings
from das_app.settings.models import model_file
from das_app.settings.settings_file import load_settings, settings_path
from das_app.sources.addresses import DEMO_SOURCE
from das_model.inference.mode import Mode


@dataclass(frozen=True, slots=True)
class CommandLine:
    """What a command line says in place of settings; None for what it does not.

    Args:
        source: what to open.
        fov_deg: field of view of the longer side; excludes `intrinsics`.
        intrinsics: calibration file.
        intrinsics_camera: name of the camera in it.
        model: ONNX file, or name of a bundled one.
        mode: of the second look.
        resolution: requested of a camera, WIDTHxHEIGHT.
        camera_fps: requested of a camera.
    """

    source: str | None = None
    fov_deg: float | None = None
    intrinsics: Path | None = None
    intrinsics_camera: str = ""
    model: str | None = None
    mode: Mode | None = None
    resolution: str | None = None
    camera_fps: float | None = None

    def settings(self) -> AppSettings:
        """The kept settings with these instead. Raises ValueError for what does not go."""
        if self.fov_deg is not None and self.intrinsics is not None:
            raise ValueError("--fov and --intrinsics exclude each other")
        kept = load_settings(settings_path())
        source = replace(
            kept.source,
            name=self.source or DEMO_SOURCE,
            resolution=self.resolution or kept.source.resolution,
            camera_fps=self.camera_fps or kept.source.camera_fps,
        )
        lens, model = kept.lens, kept.model
        if self.fov_deg is not None:
            lens = replace(lens, fov_deg=self.fov_deg, origin=LensOrigin.FOV, file=None, camera="")
        if self.intrinsics is not None:
            lens = replace(lens, file=self.intrinsics, camera=self.intrinsics_camera)
        if self.mode is not None:
            model = replace(model, mode=self.mode)
        if self.model is not None:
            model = replace(model, file=model_file(self.model))
        return replace(kept, source=source, lens=lens, model=model)
