"""Names and properties of the export formats."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from das_app.words.said import marked


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


_PIXELS = marked("Pixels; x right, y down")
_METRES_Y_UP = marked("Metres; x right, y up, z towards the camera, right-handed")
_CENTIMETRES_Y_UP = marked("Centimetres; x right, y up, z towards the camera, right-handed")
_MILLIMETRES_Y_UP = marked("Millimetres; x right, y up, z towards the camera, right-handed")
_METRES_Y_DOWN = marked("Metres; x right, y down, z forward, right-handed")
_MILLIMETRES_Y_DOWN = marked("Millimetres; x right, y down, z forward, right-handed")
_STEADY, _RECORDED = marked("a steady rate"), marked("the recorded times")


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
    return FormatFacts(title, _PIXELS, _RECORDED, gaps, suffix)


FACTS = {
    ExportFormat.GLB: _motion(
        marked("glTF binary: a skinned mannequin of everybody"),
        _METRES_Y_UP,
        _RECORDED,
        marked("scaled to nothing"),
        ".glb",
    ),
    ExportFormat.BVH: _motion(
        marked("BVH, animation: a file for each person"),
        _CENTIMETRES_Y_UP,
        _STEADY,
        marked("the file ends, another begins"),
    ),
    ExportFormat.VRMA: _motion(
        marked("VRM Animation: a file for each person"),
        _METRES_Y_UP,
        _RECORDED,
        marked("the pose is bridged"),
    ),
    ExportFormat.USD: _motion(
        marked("USD: a UsdSkel skeleton for each person"),
        _METRES_Y_UP,
        _STEADY,
        marked("invisible"),
        ".usdc",
    ),
    ExportFormat.TRC: _motion(
        marked("TRC: markers for OpenSim, a file for each person"),
        _MILLIMETRES_Y_UP,
        _STEADY,
        marked("NaN"),
    ),
    ExportFormat.MOT: _motion(
        marked("MOT: joint angles for OpenSim, a file for each person"),
        marked("Degrees, metres"),
        _STEADY,
        marked("NaN"),
    ),
    ExportFormat.C3D: _motion(
        marked("C3D: markers for motion laboratories, a file for each person"),
        _MILLIMETRES_Y_UP,
        _STEADY,
        marked("invalid points"),
    ),
    ExportFormat.ANGLES: FormatFacts(
        marked("CSV of joint angles: a table for spreadsheets and pandas"),
        marked("Degrees"),
        _RECORDED,
        marked("no rows"),
        ".csv",
    ),
    ExportFormat.CSV: FormatFacts(
        marked("CSV: a table for spreadsheets and pandas"),
        _MILLIMETRES_Y_DOWN,
        _RECORDED,
        marked("no rows"),
        ".csv",
    ),
    ExportFormat.NPZ: FormatFacts(
        marked("NPZ: arrays for NumPy"),
        _MILLIMETRES_Y_DOWN,
        _RECORDED,
        marked("NaN"),
        ".npz",
    ),
    ExportFormat.JSON: FormatFacts(
        marked("JSON: everything as text"),
        _MILLIMETRES_Y_DOWN,
        _RECORDED,
        marked("not in the frame's list"),
        ".json",
    ),
    ExportFormat.RERUN: FormatFacts(
        marked("Rerun recording: people, camera and video for its viewer"),
        _METRES_Y_DOWN,
        _RECORDED,
        marked("cleared"),
        ".rrd",
    ),
    ExportFormat.FOXGLOVE: FormatFacts(
        marked("MCAP for Foxglove's 3D and image panels"),
        _METRES_Y_DOWN,
        _RECORDED,
        marked("not in the scene"),
        ".mcap",
    ),
    ExportFormat.COCO: _in_pixels(
        marked("COCO keypoints: 17 joints in the picture"), marked("no annotation"), ".json"
    ),
    ExportFormat.COCO_RESULTS: _in_pixels(
        marked("COCO results: what loadRes of pycocotools reads"), marked("no result"), ".json"
    ),
    ExportFormat.OPENPOSE: _in_pixels(
        marked("OpenPose JSON: BODY_25, a file for each frame"),
        marked("not in the frame's list"),
        "",
    ),
    ExportFormat.MMPOSE: _in_pixels(
        marked("MMPose JSON: predictions of a video"), marked("not in the frame's list"), ".json"
    ),
    ExportFormat.MOTCHALLENGE: _in_pixels(
        marked("MOTChallenge text: boxes with ids"), marked("no row"), ".txt"
    ),
    ExportFormat.MP4: FormatFacts(
        marked("MP4: the video with skeletons, beside a side view"),
        _PIXELS,
        marked("the recorded pictures"),
        marked("nothing is drawn"),
        ".mp4",
        needs_video=True,
    ),
}


def default_path(folder: Path, to: ExportFormat) -> Path:
    """A place for an export beside its session."""
    suffix = FACTS[to].suffix
    is_own = suffix == f".{to}"
    return folder.with_name(f"{folder.name}{'' if is_own else f'_{to}'}{suffix}")
