"""Options that each export format supports, with a reason where it does not.

Command line, dialog and Python ask this one table, so that no option is passed over in silence.
"""

from enum import StrEnum

from das_app.exports.formats import FACTS, ExportFormat
from das_app.exports.takes.take import ExportError, ExportOptions
from das_app.words.said import marked

_F = ExportFormat
_PIXELS = (_F.COCO, _F.COCO_RESULTS, _F.OPENPOSE, _F.MMPOSE, _F.MOTCHALLENGE)
_ALL = frozenset(ExportFormat)


class Choice(StrEnum):
    """Export option; the value is the option of the command line.

    Whom, which layer and which part every format can follow; they are not here.
    """

    SPACE = "--space"
    RATE = "--fps"
    GAPS = "--fill-gaps"
    DURATION = "--min-duration"
    RIG = "--rig"
    MARKERS = "--names"
    TOGETHER = "--together"
    IMAGES = "--with-images"
    FACES = "--faces"


_FORMATS = {
    Choice.SPACE: _ALL - {*_PIXELS, _F.MP4, _F.ANGLES},
    Choice.RATE: _ALL - {*_PIXELS, _F.MP4},
    Choice.GAPS: _ALL - {_F.MP4},
    Choice.DURATION: _ALL - {_F.MP4},
    Choice.RIG: frozenset({_F.BVH, _F.GLB, _F.USD}),
    Choice.MARKERS: frozenset({_F.TRC, _F.C3D}),
    Choice.TOGETHER: frozenset({_F.TRC, _F.C3D}),
    Choice.IMAGES: frozenset({_F.COCO}),
    Choice.FACES: frozenset({_F.MP4}),
}
_PLAIN = ExportOptions()


def can(to: ExportFormat, choice: Choice) -> bool:
    """Whether a format can follow an option."""
    return to in _FORMATS[choice]


def why_not(to: ExportFormat, choice: Choice) -> str:
    """Why a format cannot follow an option, in a few words; empty where it can."""
    if can(to, choice):
        return ""
    match choice:
        case Choice.SPACE:
            is_angles = to is _F.ANGLES
            return (
                marked("angles are the same in any")
                if is_angles
                else marked("pixels belong to the picture")
            )
        case Choice.RATE:
            return marked("it belongs to the recorded frames")
        case Choice.GAPS:
            return marked("only what was seen is drawn")
        case Choice.DURATION:
            return marked("whoever was seen is drawn")
        case Choice.RIG:
            return {
                _F.VRMA: marked("its bones have VRM's names"),
                _F.MOT: marked("its angles have OpenSim's names"),
            }.get(to, marked("it has no bones"))
        case Choice.MARKERS:
            return marked("it has no markers")
        case Choice.TOGETHER:
            return _why_not_together(to)
        case Choice.IMAGES:
            holds_video = to in (_F.RERUN, _F.FOXGLOVE, _F.MP4)
            return (
                marked("it holds the video") if holds_video else marked("it goes without pictures")
            )
        case Choice.FACES:
            return marked("only films hide faces (record with --faces for all formats)")


def _why_not_together(to: ExportFormat) -> str:
    if to is _F.OPENPOSE:
        return marked("its files are frames, with everybody")
    return (
        marked("it is always a file a person")
        if FACTS[to].is_folder
        else marked("everybody is in it anyway")
    )


def require_possible(to: ExportFormat, options: ExportOptions) -> None:
    """Raises ExportError where options ask for what a format cannot follow."""
    refused = [choice for choice in asked_for(options) if not can(to, choice)]
    if refused:
        words = "; ".join(f"{choice}: {why_not(to, choice)}" for choice in refused)
        raise ExportError(f"{to} cannot follow {words}")
    if options.told_floor != _PLAIN.told_floor and options.space is _PLAIN.space:
        raise ExportError("--camera-height and --camera-tilt go with --space floor")


def asked_for(options: ExportOptions) -> list[Choice]:
    """Options that differ from their defaults."""
    values = {
        Choice.SPACE: (options.space, _PLAIN.space),
        Choice.RATE: (options.fps, _PLAIN.fps),
        Choice.GAPS: (options.fill_gaps_s, _PLAIN.fill_gaps_s),
        Choice.DURATION: (options.min_duration_s, _PLAIN.min_duration_s),
        Choice.RIG: (options.rig, _PLAIN.rig),
        Choice.MARKERS: (options.markers, _PLAIN.markers),
        Choice.TOGETHER: (options.is_together, _PLAIN.is_together),
        Choice.IMAGES: (options.has_images, _PLAIN.has_images),
        Choice.FACES: (options.faces, _PLAIN.faces),
    }
    return [choice for choice, (value, usual) in values.items() if value != usual]
