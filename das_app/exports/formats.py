"""Names and properties of the export formats."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class ExportFormat(StrEnum):
    """Export format of a session."""

    CSV = "csv"
    JSON = "json"
    NPZ = "npz"
    TRC = "trc"
    C3D = "c3d"
    ANGLES = "angles"
    MOT = "mot"
    BVH = "bvh"
    GLB = "glb"
    VRMA = "vrma"
    USD = "usd"
    COCO = "coco"
    COCO_RESULTS = "coco-results"
    OPENPOSE = "openpose"
    MMPOSE = "mmpose"
    MOTCHALLENGE = "motchallenge"
    RERUN = "rrd"
    FOXGLOVE = "foxglove"
    MP4 = "mp4"


_PIXELS = "x right, y down"
_Y_UP = "x right, y up, z towards the camera, right-handed"
_Y_DOWN = "x right, y down, z forward, right-handed"
_STEADY, _RECORDED = "a steady rate", "the recorded times"


@dataclass(frozen=True, slots=True)
class FormatFacts:
    """Facts about a format, for users who choose one.

    Args:
        title: the format and who reads it.
        units: length and axes.
        frames: which frames it holds.
        gaps: how it tells that somebody is not seen.
        suffix: of the file; empty for a folder of files.
        is_motion: people seen only shortly are of no use in it.
        needs_video: the session must have one.
    """

    title: str
    units: str
    frames: str
    gaps: str
    suffix: str
    is_motion: bool = False
    needs_video: bool = False

    @property
    def is_folder(self) -> bool:
        """Whether it is several files."""
        return not self.suffix

    @property
    def is_steady(self) -> bool:
        """Whether it needs a steady rate."""
        return self.frames == _STEADY


def _motion(title: str, units: str, frames: str, gaps: str, suffix: str = "") -> FormatFacts:
    return FormatFacts(title, units, frames, gaps, suffix, is_motion=True)


def _in_pixels(title: str, gaps: str, suffix: str) -> FormatFacts:
    return FormatFacts(title, f"Pixels; {_PIXELS}", _RECORDED, gaps, suffix)


FACTS = {
    ExportFormat.GLB: _motion(
        "glTF binary: a skinned mannequin of everybody",
        f"Metres; {_Y_UP}",
        _RECORDED,
        "scaled to nothing",
        ".glb",
    ),
    ExportFormat.BVH: _motion(
        "BVH, animation: a file for each person",
        f"Centimetres; {_Y_UP}",
        _STEADY,
        "the file ends, another begins",
    ),
    ExportFormat.VRMA: _motion(
        "VRM Animation: a file for each person",
        f"Metres; {_Y_UP}",
        _RECORDED,
        "the pose is bridged",
    ),
    ExportFormat.USD: _motion(
        "USD: a UsdSkel skeleton for each person",
        f"Metres; {_Y_UP}",
        _STEADY,
        "invisible",
        ".usdc",
    ),
    ExportFormat.TRC: _motion(
        "TRC: markers for OpenSim, a file for each person",
        f"Millimetres; {_Y_UP}",
        _STEADY,
        "NaN",
    ),
    ExportFormat.MOT: _motion(
        "MOT: joint angles for OpenSim, a file for each person",
        "Degrees, metres",
        _STEADY,
        "NaN",
    ),
    ExportFormat.C3D: _motion(
        "C3D: markers for motion laboratories, a file for each person",
        f"Millimetres; {_Y_UP}",
        _STEADY,
        "invalid points",
    ),
    ExportFormat.ANGLES: FormatFacts(
        "CSV of joint angles: a table for spreadsheets and pandas",
        "Degrees",
        _RECORDED,
        "no rows",
        ".csv",
    ),
    ExportFormat.CSV: FormatFacts(
        "CSV: a table for spreadsheets and pandas",
        f"Millimetres; {_Y_DOWN}",
        _RECORDED,
        "no rows",
        ".csv",
    ),
    ExportFormat.NPZ: FormatFacts(
        "NPZ: arrays for NumPy",
        f"Millimetres; {_Y_DOWN}",
        _RECORDED,
        "NaN",
        ".npz",
    ),
    ExportFormat.JSON: FormatFacts(
        "JSON: everything as text",
        f"Millimetres; {_Y_DOWN}",
        _RECORDED,
        "not in the frame's list",
        ".json",
    ),
    ExportFormat.RERUN: FormatFacts(
        "Rerun recording: people, camera and video for its viewer",
        f"Metres; {_Y_DOWN}",
        _RECORDED,
        "cleared",
        ".rrd",
    ),
    ExportFormat.FOXGLOVE: FormatFacts(
        "MCAP for Foxglove's 3D and image panels",
        f"Metres; {_Y_DOWN}",
        _RECORDED,
        "not in the scene",
        ".mcap",
    ),
    ExportFormat.COCO: _in_pixels(
        "COCO keypoints: 17 joints in the picture", "no annotation", ".json"
    ),
    ExportFormat.COCO_RESULTS: _in_pixels(
        "COCO results: what loadRes of pycocotools reads", "no result", ".json"
    ),
    ExportFormat.OPENPOSE: _in_pixels(
        "OpenPose JSON: BODY_25, a file for each frame", "not in the frame's list", ""
    ),
    ExportFormat.MMPOSE: _in_pixels(
        "MMPose JSON: predictions of a video", "not in the frame's list", ".json"
    ),
    ExportFormat.MOTCHALLENGE: _in_pixels("MOTChallenge text: boxes with ids", "no row", ".txt"),
    ExportFormat.MP4: FormatFacts(
        "MP4: the video with skeletons, beside a side view",
        f"Pixels; {_PIXELS}",
        "the recorded pictures",
        "nothing is drawn",
        ".mp4",
        needs_video=True,
    ),
}


def default_path(folder: Path, to: ExportFormat) -> Path:
    """A place for an export beside its session."""
    suffix = FACTS[to].suffix
    is_own = suffix == f".{to}"
    return folder.with_name(f"{folder.name}{'' if is_own else f'_{to}'}{suffix}")
