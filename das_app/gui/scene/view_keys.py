"""Keyboard control of the 3D view: orbit, zoom, and views kept under a digit."""

from collections.abc import Callable

import numpy as np

from das_app.gui.actions.actions import Actions
from das_app.gui.actions.view_commands import KEPT_VIEWS
from das_app.gui.scene.framing import ViewPose
from das_app.gui.scene.scene_view import SceneView

_STEP_DEG, _CLOSER = 15.0, 1.2
_TURNS = {
    "orbit-left": (-_STEP_DEG, 0.0, 1.0),
    "orbit-right": (_STEP_DEG, 0.0, 1.0),
    "orbit-up": (0.0, _STEP_DEG, 1.0),
    "orbit-down": (0.0, -_STEP_DEG, 1.0),
    "closer": (0.0, 0.0, _CLOSER),
    "farther": (0.0, 0.0, 1 / _CLOSER),
}


def pose_text(pose: ViewPose) -> str:
    """A view as the settings keep it: azimuth, elevation, centre and distance."""
    values = (pose.azimuth_deg, pose.elevation_deg, *pose.centre.tolist(), pose.distance_m)
    return " ".join(f"{value:.4g}" for value in values)


def pose_of(text: str) -> ViewPose | None:
    """The view that a text describes; None for one that does not."""
    try:
        azimuth_deg, elevation_deg, x, y, z, distance_m = map(float, text.split())
    except ValueError:
        return None
    values = np.array([azimuth_deg, elevation_deg, x, y, z, distance_m])
    if not np.isfinite(values).all() or distance_m <= 0:
        return None
    return ViewPose(azimuth_deg, elevation_deg, values[2:5], distance_m)


class ViewKeys:
    """Does what the keys of the 3D view ask.

    Args:
        view: that is turned.
        actions: the window's.
        kept: the views that are kept, as texts, by their digits.
        keep: called with them when one changed.
    """

    def __init__(
        self,
        view: SceneView,
        actions: Actions,
        kept: Callable[[], tuple[str, ...]],
        keep: Callable[[tuple[str, ...]], None],
    ) -> None:
        self._view, self._kept, self._keep = view, kept, keep
        for name, turn in _TURNS.items():
            actions[name].triggered.connect(lambda _=False, turn=turn: view.turn_by(*turn))
        for place, digit in enumerate(KEPT_VIEWS):
            for name, slot in (
                (f"keep-view-{digit}", self._store),
                (f"view-{digit}", self._show),
            ):
                actions[name].triggered.connect(lambda _=False, s=slot, place=place: s(place))

    def _store(self, place: int) -> None:
        pose = self._view.pose
        if pose is not None:
            kept = [*self._kept(), *[""] * len(KEPT_VIEWS)][: len(KEPT_VIEWS)]
            kept[place] = pose_text(pose)
            self._keep(tuple(kept))

    def _show(self, place: int) -> None:
        kept = self._kept()
        pose = pose_of(kept[place]) if place < len(kept) else None
        if pose is not None:
            self._view.go_to(pose)
