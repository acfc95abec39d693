"""Display names: of a person the name given to a track, or else its number; of joints."""

from collections.abc import Mapping
from types import MappingProxyType

from das_app.gui.style.language import tr
from das_app.words.said import marked

Names = Mapping[int, str]  # by track id
NO_NAMES: Names = MappingProxyType({})
JOINTS = (
    marked("head"),
    marked("head top"),
    marked("neck"),
    marked("nose"),
    marked("pelvis"),
    marked("spine"),
    marked("left"),
    marked("right"),
    marked("length"),
    marked("speed"),
    marked("hip"),
    marked("knee"),
    marked("ankle"),
    marked("toe"),
    marked("shoulder"),
    marked("elbow"),
    marked("wrist"),
    marked("hand"),
    marked("eye"),
    marked("ear"),
    marked("left hip"),
    marked("left knee"),
    marked("left ankle"),
    marked("left toe"),
    marked("left shoulder"),
    marked("left elbow"),
    marked("left wrist"),
    marked("left hand"),
    marked("left eye"),
    marked("left ear"),
    marked("right hip"),
    marked("right knee"),
    marked("right ankle"),
    marked("right toe"),
    marked("right shoulder"),
    marked("right elbow"),
    marked("right wrist"),
    marked("right hand"),
    marked("right eye"),
    marked("right ear"),
)


def person_text(track_id: int, names: Names = NO_NAMES) -> str:
    """A person's name, or #number; empty for somebody without a track."""
    return names.get(track_id) or (f"#{track_id}" if track_id >= 0 else "")


def joint_text(name: str) -> str:
    """A joint such as `left_wrist`, or the bone between two such as `hip_to_knee`."""
    joint, _, other = name.partition("_to_")
    if other:
        return tr("{joint} to {other}", joint=joint_text(joint), other=joint_text(other))
    return tr(name.replace("_", " "))
