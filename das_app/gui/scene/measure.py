"""Measuring tool of the 3D view: distance between two joints that are clicked."""

import numpy as np
from vispy.scene.node import Node

from das_app.gui.scene.people_layer import PeopleLayer
from das_app.gui.scene.scene_labels import Words
from das_app.gui.scene.scene_visuals import Segments, rgb
from das_app.gui.style import theme
from das_app.gui.style.language import tr
from das_app.gui.style.person_names import joint_text

_REACH_PX = 24.0  # of a click, from the joint


class Measure:
    """A line between two joints, which follows them.

    Args:
        people: whose joints.
        parent: the scene.

    Attributes:
        is_on: whether clicks choose joints.
        nodes: of the scene, that it draws.
        ends: the joints chosen, as slot and name; the third click begins anew.
        distance_mm: between them; None while there are not two.
    """

    def __init__(self, people: PeopleLayer, parent: Node) -> None:
        self._people = people
        self._line = Segments(parent, 2.5)
        self._words = Words((0.5, 0.5), is_crowded=True, parent=parent)
        self.nodes = (self._line.node, self._words)
        self.is_on = False
        self.ends: list[tuple[int, str]] = []
        self.distance_mm: float | None = None

    def switch(self, is_on: bool) -> None:
        """Let clicks choose joints, or no more."""
        self.is_on, self.ends = is_on, []
        self.draw()

    def click(self, at_px: np.ndarray) -> bool:
        """Choose the joint nearest to (2,) px of the canvas; whether there was one."""
        joints_m = self._people.joints_m.reshape(-1, 3)
        if not self.is_on or not len(joints_m):
            return False
        places = self._people.bodies.get_transform("visual", "canvas").map(joints_m)
        away_px = np.linalg.norm(places[:, :2] / places[:, 3:] - at_px, axis=1)
        away_px[(places[:, 3] <= 0) | (self._people.solid.reshape(-1) <= 0)] = np.inf
        nearest = int(np.argmin(away_px))
        if away_px[nearest] > _REACH_PX:
            return False
        skeleton = self._people.people.skeleton
        person, joint = divmod(nearest, skeleton.num_joints)
        end = (int(self._people.slots[person]), skeleton.joint_names[joint])
        self.ends = [*self.ends, end] if len(self.ends) < 2 else [end]
        self.draw()
        return True

    def draw(self) -> None:
        """Draw between where the joints are now; nothing where one is not seen."""
        places = [place for end in self.ends if (place := self._place(end)) is not None]
        self.distance_mm = None
        if len(places) < len(self.ends) or not places:
            self._line.clear()
            self._words.set_words([], np.zeros((0, 3)), np.zeros((0, 3)))
            return
        colour = rgb(theme.stage().text)
        if len(places) == 1:
            self._line.clear()
            name = joint_text(self.ends[0][1])
            self._words.set_words(
                [tr("from {joint} to …", joint=name)], np.array(places), colour[None]
            )
            return
        ends = np.array(places)
        self.distance_mm = 1000 * float(np.linalg.norm(ends[1] - ends[0]))
        self._line.set_points(ends, np.append(colour, 1.0))
        words = f"{self.distance_mm:.0f} mm"
        self._words.set_words([words], ends.mean(axis=0, keepdims=True), colour[None])

    def _place(self, end: tuple[int, str]) -> np.ndarray | None:
        slot, name = end
        found = np.flatnonzero(self._people.slots == slot)
        names = self._people.people.skeleton.joint_names
        if not len(found) or name not in names:
            return None
        return self._people.joints_m[found[0], names.index(name)]
