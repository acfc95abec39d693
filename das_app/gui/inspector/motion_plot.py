"""Motion curves of one person over time, with a cursor at the current frame.

GUI thread only.
"""

from collections.abc import Iterable
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from das_app.gui.inspector.motion_history import MotionHistory
from das_app.gui.style import theme
from das_app.gui.style.language import local, tr
from das_app.gui.style.person_names import joint_text
from das_app.gui.style.plots import LatePlot
from das_app.motion.kinematics import ANGLE_NAMES, bone_lengths, joint_angles, speeds
from das_app.words.said import marked
from das_model.skeleton import Skeleton

if TYPE_CHECKING:
    import pyqtgraph as pg
    from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent

BEFORE_S, AFTER_S = 10.0, 2.0  # of the cursor
_MIN_GAP_S, _GAP_MEDIANS = 0.5, 3.0  # sightings further apart than both are not joined
_STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)
_MIN_SPANS = {"m": 0.2, "m/s": 0.5, "°": 30.0, "mm": 60.0}  # noise is not blown up


class Quantity(Enum):
    """Quantity that is plotted over time."""

    POSITION = marked("Position")
    SPEED = marked("Speed")
    ANGLE = marked("Joint angle")
    BONE = marked("Bone length")


_UNITS = {
    Quantity.POSITION: "m",
    Quantity.SPEED: "m/s",
    Quantity.ANGLE: "°",
    Quantity.BONE: "mm",
}


def parts_of(quantity: Quantity, skeleton: Skeleton) -> tuple[str, ...]:
    """Parts that have the quantity, for `joint_text`: joints, or pairs of limbs."""
    names: Iterable[str]
    if quantity is Quantity.ANGLE:
        names = (name.partition("_")[2] for name in ANGLE_NAMES)
    elif quantity is Quantity.BONE:
        names = (_without_side(_bone_name(skeleton, bone)) for bone in skeleton.bones)
    else:
        names = skeleton.joint_names
    return tuple(dict.fromkeys(names))


def curves_of(
    quantity: Quantity, part: str, joints: np.ndarray, times_s: np.ndarray, skeleton: Skeleton
) -> dict[str, np.ndarray]:
    """The curves of a part by name, in the quantity's unit.

    Args:
        quantity: what to draw.
        part: one of `parts_of`.
        joints: (T, J, 3) mm.
        times_s: (T,) rising.
        skeleton: of the J joints.

    Returns:
        Up to three arrays (T,): x, y, z, or left and right, or the one there is.
    """
    if quantity is Quantity.POSITION:
        place = joints[:, skeleton.index(part)] / 1000
        return {axis: place[:, i] for i, axis in enumerate("xyz")}
    if quantity is Quantity.SPEED:
        return {"speed": speeds(joints[:, [skeleton.index(part)]], times_s)[:, 0] / 1000}
    if quantity is Quantity.ANGLE:
        angles = joint_angles(joints, skeleton)
        return {side: angles[:, ANGLE_NAMES.index(f"{side}_{part}")] for side in ("left", "right")}
    lengths = bone_lengths(joints, skeleton)
    names = [_bone_name(skeleton, bone) for bone in skeleton.bones]
    chosen = [i for i, bone in enumerate(names) if _without_side(bone) == part]
    return {
        names[i].partition("_")[0] if len(chosen) > 1 else "length": lengths[:, i] for i in chosen
    }


class MotionPlot(LatePlot):
    """Curves of the chosen person's quantity around the cursor's time.

    Attributes:
        time_chosen: frame time that was clicked on, in seconds.
        values: what each curve says at the cursor, for people to read.
    """

    time_chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(52, 3, parent)
        self.values = ""
        self._origin_s = 0.0
        self._quantity, self._part, self._slot = Quantity.ANGLE, "knee", -1
        self._names: tuple[str, ...] = ()
        self.setMinimumHeight(120)

    def choose(self, slot: int, quantity: Quantity, part: str) -> None:
        """Draw another person's quantity from the next `refresh` on."""
        self._slot, self._quantity, self._part = slot, quantity, part
        if self.chart is not None:
            self.chart.setLabel("left", _UNITS[quantity])

    def set_origin(self, time_s: float) -> None:
        """Frame time that the axis calls 0: the start of a camera, 0 for a film."""
        self._origin_s = time_s

    def refresh(self, history: MotionHistory, cursor_s: float) -> None:
        """Draw what the history has around the frame time `cursor_s`."""
        if self.chart is None:
            return
        begin_s, end_s = cursor_s - BEFORE_S, cursor_s + AFTER_S
        times_s, joints = history.of(self._slot, begin_s, end_s)
        has_part = self._part in parts_of(self._quantity, history.skeleton)
        curves = {}
        if len(times_s) and has_part:
            curves = curves_of(self._quantity, self._part, joints, times_s, history.skeleton)
        self._name(tuple(curves))
        shown_s = times_s - self._origin_s
        is_joined = np.append(np.diff(times_s) < _longest_gap_s(times_s), True)[: len(times_s)]
        for curve, values in zip(self._curves, [*curves.values(), None, None, None], strict=False):
            if values is None:
                curve.setData([], [])
            else:
                joined = is_joined & np.isfinite(values)
                curve.setData(shown_s, np.nan_to_num(values), connect=joined.astype(np.int32))
        self.chart.setXRange(begin_s - self._origin_s, end_s - self._origin_s, padding=0)
        self._fit(list(curves.values()))
        self._cursor.setValue(cursor_s - self._origin_s)
        self.values = self._at_cursor(curves, times_s, cursor_s)

    def _fill(self, chart: "pg.PlotWidget") -> None:
        import pyqtgraph as pg

        for side in ("left", "bottom"):
            chart.getAxis(side).enableAutoSIPrefix(False)
        chart.setLabel("bottom", "s")
        chart.setLabel("left", _UNITS[self._quantity])
        self._curves = [chart.plot() for _ in _STYLES]
        self._cursor = pg.InfiniteLine(0.0)
        chart.addItem(self._cursor)
        chart.scene().sigMouseClicked.connect(self._on_click)

    def _dress(self) -> None:
        stage = theme.stage()
        self._cursor.setPen(stage.text, width=1)
        for curve, colour, style in zip(self._curves, stage.curves, _STYLES, strict=True):
            curve.setPen(colour, width=1.8, style=style)

    def _name(self, names: tuple[str, ...]) -> None:
        if names == self._names:
            return
        self._names = names
        self.legend.clear()
        for curve, name in zip(self._curves, names, strict=False):
            self.legend.addItem(curve, joint_text(name))

    def _fit(self, curves: list[np.ndarray]) -> None:
        finite = np.concatenate([c[np.isfinite(c)] for c in curves] or [np.zeros(0)])
        if len(finite) == 0 or self.chart is None:
            return
        least = _MIN_SPANS[_UNITS[self._quantity]]
        low, high = float(finite.min()), float(finite.max())
        spare = max(least - (high - low), 0.25 * (high - low)) / 2
        self.chart.setYRange(low - spare, high + spare * 1.4, padding=0)  # room for the legend

    def _at_cursor(self, curves: dict[str, np.ndarray], times_s: np.ndarray, at_s: float) -> str:
        if len(times_s) == 0 or not curves:
            return tr("not seen")
        nearest = int(np.argmin(np.abs(times_s - at_s)))
        if abs(times_s[nearest] - at_s) > _longest_gap_s(times_s):
            return tr("not seen now")
        unit = _UNITS[self._quantity]
        digits = 2 if unit.startswith("m") and unit != "mm" else 0
        gap = "" if unit == "°" else " "
        return "   ".join(
            f"{joint_text(name)} {local(f'{values[nearest]:.{digits}f}')}{gap}{unit}"
            for name, values in curves.items()
        )

    def _on_click(self, event: "MouseClickEvent") -> None:
        if self.chart is None:
            return
        box = self.chart.getViewBox()
        if box.sceneBoundingRect().contains(event.scenePos()):
            place = box.mapSceneToView(event.scenePos())
            self.time_chosen.emit(place.x() + self._origin_s)


def _longest_gap_s(times_s: np.ndarray) -> float:
    """Sightings further apart than this are not joined; a slow model has few of them."""
    if len(times_s) < 2:
        return _MIN_GAP_S
    return max(_MIN_GAP_S, _GAP_MEDIANS * float(np.median(np.diff(times_s))))


def _bone_name(skeleton: Skeleton, bone: tuple[int, int]) -> str:
    """Side and ends of a bone, such as `left_hip_to_knee`."""
    parent, child = (skeleton.joint_names[joint] for joint in bone)
    for side in ("left_", "right_"):
        if child.startswith(side):
            return f"{side}{parent.removeprefix(side)}_to_{child.removeprefix(side)}"
    return f"{parent}_to_{child}"


def _without_side(name: str) -> str:
    return name.removeprefix("left_").removeprefix("right_")
