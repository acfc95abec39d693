"""`Person`: a placed person for renderer and furniture."""

from dataclasses import dataclass, replace

import numpy as np

from das_model.synthetic.body.bodies import PosedBody


@dataclass(frozen=True, eq=False, slots=True)
class Held:
    """A thing in somebody's hand.

    Args:
        kind: "phone", "cup", "camera" or "tablet".
        place: (3,) metres.
    """

    kind: str
    place: np.ndarray


@dataclass(frozen=True, eq=False, slots=True)
class Person:
    """Somebody placed in the world.

    Args:
        body: posed and placed body.
        category: one of `pose_categories.CATEGORIES`.
        yaw: heading, radians; 0 faces the camera (-y).
        look: (58,) row of the look table.
        is_seated: whether a seat belongs under the body.
        held: thing in the hand, or None.
        arrangement: "alone", or the kind of group that this person belongs to.
        wear: numbers of the pieces of the wear kit.
    """

    body: PosedBody
    category: str
    yaw: float
    look: np.ndarray
    is_seated: bool = False
    held: Held | None = None
    arrangement: str = "alone"
    wear: tuple[int, ...] = ()

    def turned(self, yaw: float) -> "Person":
        """The same person turned by `yaw` radians about the world's vertical axis."""
        held = self.held
        if held is not None:
            c, s = np.cos(yaw), np.sin(yaw)
            turn = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
            held = replace(held, place=turn @ held.place)
        return replace(self, body=self.body.turned(yaw), yaw=self.yaw + yaw, held=held)

    def moved(self, shift: np.ndarray) -> "Person":
        """The same person shifted by (3,) metres."""
        held = self.held
        if held is not None:
            held = replace(held, place=held.place + shift)
        return replace(self, body=self.body.moved(shift), held=held)
