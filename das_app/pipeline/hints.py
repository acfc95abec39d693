"""Hints for the user from the results of the last seconds.

Pure functions.

`summarise` keeps of a result what hints need, so that no picture is held on to; `find_hints` reads
the summaries of the last seconds. The window decides how a hint is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from das_app.messaging.messages import PipelineStats, PoseResult
from das_app.motion.floor import Floor, off_floor_mm
from das_app.motion.kinematics import body_heights_mm
from das_app.words.said import counted, marked, said
from das_model.people import People

SPAN_S = 4.0  # summaries older than this say nothing any more
_MIN_SUMMARIES = 5
_MOSTLY = 0.6  # share of the summaries that must agree
_DARK_LUMA = 40.0  # of 255, mean of the picture
_FAR_SHARE = 0.12  # of the picture's height that a person should at least fill
_RIM_SHARE = 0.01  # of the picture: joints so near the rim count as outside
_MIN_CUT_JOINTS = 2
_SURE_SCORE = 0.6  # who is less sure may be nobody, and is not talked to
_SLOW_SHARE = 0.7  # of the camera's rate
_MIN_CAMERA_FPS = 5.0
_HEIGHTS_MM = (1000.0, 2200.0)  # of everybody together: children to giants
ADULTS_MM = (1300.0, 2100.0)  # of one person: others are hard to tell from afar
_ON_FLOOR_MM, OFF_FLOOR_MM = 120.0, 250.0  # feet of who stands on the floor, and does not
_LUMA = np.array([0.299, 0.587, 0.114])
_SIDES = ("left", "right", "top", "bottom")
_CUT_OFF = {
    "left": marked("Person #{number} is cut off at the left: move to the middle."),
    "right": marked("Person #{number} is cut off at the right: move to the middle."),
    "top": marked("Person #{number} is cut off at the top: step back or tilt the camera up."),
    "bottom": marked(
        "Person #{number} is cut off at the bottom: step back or tilt the camera down."
    ),
}

_ONE_UNSURE = marked("1 person is below the confidence: lower it to see them.")
_SOME_UNSURE = marked("{number} people are below the confidence: lower it to see them.")
_FLOATS = marked(
    "Person #{number} floats above the floor that others stand on, by {by_m:.1f} m: "
    "if they stand on it, accept or set their height."
)
_SINKS = marked(
    "Person #{number} sinks into the floor that others stand on, by {by_m:.1f} m: "
    "if they stand on it, accept or set their height."
)


class HintKind(Enum):
    """Kind of a hint, most urgent first."""

    DARK = "dark"
    NOBODY = "nobody"
    CUT_OFF = "cut off"
    FAR = "far"
    HEIGHT = "height"
    FLOATS = "floats"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class Hint:
    """A trouble and what to do about it.

    Args:
        kind: what it is about.
        message: one sentence for people to read.
        track_id: of the person it is about, -1 for everybody.
    """

    kind: HintKind
    message: str
    track_id: int = -1


@dataclass(frozen=True, eq=False, slots=True)
class FrameSummary:
    """Summary of one result, the input of hints.

    Args:
        time_s: of the frame.
        luma: mean brightness of the picture, 0 to 255.
        track_ids: (P,) of the people.
        is_cut: (P, 4) bool, whether joints are beyond the left, right, top and bottom rim.
        extent_share: (P,) height of the person in the picture as a share of its height.
        distances_m: (P,) from the lens.
        heights_mm: (P,) standing heights; NaN where they cannot be told.
        above_mm: (P,) lower feet above the known floor; NaN without one.
        is_sure: (P,) bool, whether the model is sure of the person.
        num_unsure: people who are not shown.
    """

    time_s: float
    luma: float
    track_ids: np.ndarray
    is_cut: np.ndarray
    extent_share: np.ndarray
    distances_m: np.ndarray
    heights_mm: np.ndarray
    above_mm: np.ndarray
    is_sure: np.ndarray
    num_unsure: int


def summarise(result: PoseResult, people: People, floor: Floor | None = None) -> FrameSummary:
    """Summary of a result, of its people that are shown; `floor` is known."""
    width, height = result.frame.camera.size
    joints_px = people.joints_px(result.frame.camera)  # (P, J, 2)
    margin = _RIM_SHARE * max(width, height)
    x, y = joints_px[..., 0], joints_px[..., 1]
    beyond = (x < margin, x > width - 1 - margin, y < margin, y > height - 1 - margin)
    num_beyond = np.stack([side.sum(axis=1) for side in beyond], axis=1)  # (P, 4)
    y_within = np.clip(np.nan_to_num(y, nan=0.0), 0, height)
    return FrameSummary(
        result.frame.time_s,
        float(result.frame.image[::16, ::16].reshape(-1, 3).mean(axis=0) @ _LUMA),
        people.track_ids,
        num_beyond >= _MIN_CUT_JOINTS,
        (y_within.max(axis=1, initial=0) - y_within.min(axis=1, initial=height)) / height,
        np.linalg.norm(people.root_cam, axis=-1) / 1000,
        body_heights_mm(people),
        np.full(len(people), np.nan)
        if floor is None
        else off_floor_mm(people.joints_cam, people.skeleton, floor),
        people.scores >= _SURE_SCORE,
        result.num_unsure + len(result.people) - len(people),
    )


def last_seconds(summaries: Sequence[FrameSummary]) -> list[FrameSummary]:
    """The summaries of the last seconds before the newest; a step back in time begins anew."""
    kept: list[FrameSummary] = []
    for one in reversed(summaries):
        if kept and (one.time_s > kept[-1].time_s or kept[0].time_s - one.time_s > SPAN_S):
            break
        kept.append(one)
    return kept[::-1]


def find_hints(
    summaries: Sequence[FrameSummary], stats: PipelineStats, is_live: bool = True
) -> tuple[Hint, ...]:
    """Hints on current problems, the most urgent first.

    Args:
        summaries: of the results so far, oldest first; those of the last seconds count.
        stats: figures of the running pipeline.
        is_live: a camera's pictures are lost where the model is slow, a file's are not.
    """
    last = last_seconds(summaries)
    if len(last) < _MIN_SUMMARIES:
        return ()
    found = [
        *_dark(last),
        *_nobody(last),
        *_cut_off(last),
        *_far(last),
        *_implausible(last),
        *_floating(last),
        *(_slow(stats) if is_live else ()),
    ]
    order = list(HintKind)
    return tuple(sorted(found, key=lambda hint: order.index(hint.kind)))


def _dark(last: list[FrameSummary]) -> list[Hint]:
    luma = float(np.median([one.luma for one in last]))
    if luma >= _DARK_LUMA:
        return []
    text = said("The picture is very dark: switch on a light or open the camera's exposure.")
    return [Hint(HintKind.DARK, text)]


def _nobody(last: list[FrameSummary]) -> list[Hint]:
    span_s = last[-1].time_s - last[0].time_s
    if any(len(one.track_ids) for one in last) or span_s < 0.75 * SPAN_S:
        return []
    num_unsure = round(float(np.median([one.num_unsure for one in last])))
    if num_unsure:
        text = counted(num_unsure, _ONE_UNSURE, _SOME_UNSURE)
    else:
        text = said("Nobody found for a while: step into the picture.")
    return [Hint(HintKind.NOBODY, text)]


def _cut_off(last: list[FrameSummary]) -> list[Hint]:
    hints = []
    for track_id, rows in _by_person(last).items():
        share = np.mean([one.is_cut[i] for one, i in rows], axis=0)
        sides = [side for side, part in zip(_SIDES, share, strict=True) if part >= _MOSTLY]
        if sides:
            side = sides[-1]  # feet before head before hands
            text = said(_CUT_OFF[side], number=track_id)
            hints.append(Hint(HintKind.CUT_OFF, text, track_id))
    return hints


def _far(last: list[FrameSummary]) -> list[Hint]:
    hints = []
    for track_id, rows in _by_person(last).items():
        is_cut = np.mean([one.is_cut[i].any() for one, i in rows]) >= 0.5
        share = float(np.median([one.extent_share[i] for one, i in rows]))
        distance_m = float(np.median([one.distances_m[i] for one, i in rows]))
        if share < _FAR_SHARE and not is_cut:
            text = said(
                "Person #{number} is far away ({distance_m:.1f} m) and small in the picture: "
                "come closer, or give the model more detail.",
                number=track_id,
                distance_m=distance_m,
            )
            hints.append(Hint(HintKind.FAR, text, track_id))
    return hints


def _implausible(last: list[FrameSummary]) -> list[Hint]:
    """Heights that nobody has. They do not depend on the focal length, since the model tells
    distance over focal length: the model misjudges the view, and distances as much."""
    heights = [
        height
        for one in last
        for height, is_cut, is_sure in zip(
            one.heights_mm, np.any(one.is_cut, axis=1), one.is_sure, strict=True
        )
        if np.isfinite(height) and not is_cut and is_sure
    ]
    if len(heights) < _MIN_SUMMARIES:
        return []
    height = float(np.median(heights))
    if _HEIGHTS_MM[0] <= height <= _HEIGHTS_MM[1]:
        return _unusual(last)
    text = said(
        "People come out {height_m:.1f} m tall, which is hard to believe; distances are off "
        "as much. Film from about chest height, with whole people in the picture.",
        height_m=height / 1000,
    )
    return [Hint(HintKind.HEIGHT, text)]


def _unusual(last: list[FrameSummary]) -> list[Hint]:
    """People who come out so small or so tall that their distance may be wrong: a child looks
    like an adult further away."""
    hints = []
    for track_id, seen in _by_person(last).items():
        heights = [one.heights_mm[i] for one, i in seen if not one.is_cut[i].any()]
        if np.isfinite(heights).sum() < _MIN_SUMMARIES:
            continue
        height = float(np.nanmedian(heights))
        if not ADULTS_MM[0] <= height <= ADULTS_MM[1]:
            text = said(
                "Person #{number} comes out {height_m:.2f} m tall. If that is wrong, so "
                "is their distance: choose them in the inspector and set their height.",
                number=track_id,
                height_m=height / 1000,
            )
            hints.append(Hint(HintKind.HEIGHT, text, track_id))
    return hints


def _floating(last: list[FrameSummary]) -> list[Hint]:
    """People who are off the floor that others stand on: they are larger or smaller than they are
    taken for, or stand on something else."""
    above_mm = {
        track_id: float(np.median([one.above_mm[i] for one, i in seen]))
        for track_id, seen in _by_person(last).items()
    }
    if not any(abs(height) < _ON_FLOOR_MM for height in above_mm.values()):
        return []
    hints = []
    for track_id, height in above_mm.items():
        if abs(height) > OFF_FLOOR_MM:
            text = said(
                _FLOATS if height > 0 else _SINKS, number=track_id, by_m=abs(height) / 1000
            )
            hints.append(Hint(HintKind.FLOATS, text, track_id))
    return hints


def _slow(stats: PipelineStats) -> list[Hint]:
    camera, model = stats.capture_fps, stats.inference_fps
    if camera < _MIN_CAMERA_FPS or model <= 0 or model >= _SLOW_SHARE * camera:
        return []
    text = said(
        "The model manages {model:.0f} of {camera:.0f} pictures a second: choose less detail or "
        "a faster device for the model.",
        model=model,
        camera=camera,
    )
    return [Hint(HintKind.SLOW, text)]


def _by_person(last: list[FrameSummary]) -> dict[int, list[tuple[FrameSummary, int]]]:
    """Summaries of the tracked people that are sure in enough of them, with their rows there."""
    rows: dict[int, list[tuple[FrameSummary, int]]] = {}
    for one in last:
        for i, track_id in enumerate(one.track_ids.tolist()):
            if track_id >= 0 and one.is_sure[i]:
                rows.setdefault(track_id, []).append((one, i))
    newest = set(last[-1].track_ids.tolist())
    least = max(_MIN_SUMMARIES, 0.3 * len(last))
    return {who: seen for who, seen in rows.items() if who in newest and len(seen) >= least}
