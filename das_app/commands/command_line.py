"""Settings of one command: the saved ones, overridden by the command line."""

from dataclasses import dataclass, replace
from pathlib import Path

from das_app.lens.intrinsics import LensOrigin
from das_app.settings.app_settings import AppSettings, IgnoredSettings, LensSettings
from das_app.settings.models import model_file
from das_app.settings.settings_file import load_settings, settings_path
from das_app.settings.source_setups import SaidSetup
from das_app.sources.addresses import DEMO_SOURCE
from das_app.sources.turned_source import Turn
from das_model.inference.estimate import Device
from das_model.inference.mode import Mode


@dataclass(frozen=True, slots=True)
class CommandLine:
    """Command-line values that override settings; None for those not given.

    Args:
        source: what to open.
        fov_deg: field of view of the longer side; excludes `intrinsics`.
        intrinsics: calibration file.
        intrinsics_camera: name of the camera in it.
        model: ONNX file, or name of a bundled one.
        mode: of the second look.
        device: that the model runs on.
        resolution: requested of a camera, WIDTHxHEIGHT.
        camera_fps: requested of a camera.
        turn_deg: degrees by which pictures are turned clockwise.
        ignored: where people are left out.
    """

    source: str | None = None
    fov_deg: float | None = None
    intrinsics: Path | None = None
    intrinsics_camera: str = ""
    model: str | None = None
    mode: Mode | None = None
    device: Device | None = None
    resolution: str | None = None
    camera_fps: float | None = None
    turn_deg: int | None = None
    ignored: IgnoredSettings | None = None

    def setup(self) -> SaidSetup:
        """Settings of the source. Raises ValueError for values that do not go together."""
        if self.fov_deg is not None and self.intrinsics is not None:
            raise ValueError("--fov and --intrinsics exclude each other")
        if self.intrinsics_camera and self.intrinsics is None:
            raise ValueError("--intrinsics-camera is of a file that --intrinsics names")
        lens = None
        if self.fov_deg is not None:
            lens = LensSettings(self.fov_deg, LensOrigin.FOV)
        if self.intrinsics is not None:
            lens = LensSettings(file=self.intrinsics, camera=self.intrinsics_camera)
        if self.turn_deg not in (None, *Turn):
            raise ValueError(f"--turn is 0, 90, 180 or 270, got {self.turn_deg}")
        return SaidSetup(lens, self.turn_deg, self.ignored)

    def settings(self) -> AppSettings:
        """The kept settings with these instead, but for `setup`. Raises ValueError for what does
        not go."""
        kept = load_settings(settings_path())
        source = replace(
            kept.source,
            name=self.source or DEMO_SOURCE,
            resolution=self.resolution or kept.source.resolution,
            camera_fps=self.camera_fps or kept.source.camera_fps,
        )
        model = kept.model
        if self.mode is not None:
            model = replace(model, mode=self.mode)
        if self.device is not None:
            model = replace(model, device=self.device)
        if self.model is not None:
            model = replace(model, file=model_file(self.model))
        return replace(kept, source=source, model=model)
