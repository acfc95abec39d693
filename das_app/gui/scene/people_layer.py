"""People in the 3D view: bodies or skeletons, their shadows, trails and labels."""

from dataclasses import dataclass, replace

import numpy as np
from vispy.scene.node import Node

from das_app.gui.bodies.body_mesh import body_mesh, can_wear, nearest_first, whole_joints
from das_app.gui.bodies.skeleton_mesh import NOBODY, skeleton_mesh
from das_app.gui.picture.trails import Trails
from das_app.gui.scene.body_visuals import Bodies, Shadows
from das_app.gui.scene.framing import person_places
from das_app.gui.scene.scene_geometry import (
    ground_heights,
    hand_tips,
    joint_solidity,
    label_places,
    scene_from_camera,
    shadow_spots,
)
from das_app.gui.scene.scene_labels import Words
from das_app.gui.scene.scene_visuals import Segments, rgb
from das_app.gui.style import theme
from das_app.gui.style.language import local
from das_app.gui.style.person_names import NO_NAMES, Names, person_text
from das_app.motion.floor import Floor as FloorPlane
from das_model.camera import Camera
from das_model.people import People

_SOLID = 0.95  # who is fainter shows no inside
_MIN_WORTH = 0.4  # of the most solid joint: who is fainter does not turn the view


@dataclass(frozen=True, eq=False, slots=True)
class PeopleOptions:
    """Display options of people.

    Args:
        has_bodies: as bodies; else as skeletons.
        has_labels: id and distance above each head.
        has_trails: where pelvis and wrists were in the last moments.
        has_shadows: where they touch the floor.
    """

    has_bodies: bool = True
    has_labels: bool = True
    has_trails: bool = True
    has_shadows: bool = True


class PeopleLayer:
    """The visuals of everybody; refilled with each result.

    Args:
        parent: the scene.

    Attributes:
        people: shown, as the room is turned.
        slots: (P,) theirs.
        names: what people are called.
    """

    def __init__(self, parent: Node) -> None:
        self.shadows, self.trails = Shadows(parent=parent), Segments(parent, 2.0)
        self.bodies = Bodies(parent=parent)
        self.labels = Words((0.5, 1.0), is_crowded=True, parent=parent)
        self.names: Names = NO_NAMES
        self._trails, self._options = Trails(), PeopleOptions()
        self.clear()

    def show(
        self, people: People, slots: np.ndarray, camera: Camera, level: FloorPlane | None
    ) -> None:
        """Take P people in the colours of their slots (P,); drawn by `draw`.

        Args:
            people: in camera space.
            slots: (P,) theirs.
            camera: that saw them.
            level: floor that the room is turned to; None for camera space.
        """
        self.solid = joint_solidity(people, camera)
        if level is not None:
            joints = people.joints_cam @ level.rotation.T.astype(np.float32)
            people = replace(people, joints_cam=joints)
        self.people, self.slots = people, slots
        self.joints_m = scene_from_camera(people.joints_cam)

    def draw(self, time_s: float, floor_m: float, has_level: bool, eye_m: np.ndarray) -> None:
        """Refill the visuals.

        Args:
            time_s: of the frame.
            floor_m: height of the floor in scene space.
            has_level: whether the floor is known; who is near a known one stands on it.
            eye_m: (3,) where the view is seen from.
        """
        self.ground_m = ground_heights(self.joints_m, self.ankles, floor_m, has_level)
        palette = np.array([rgb(colour) for colour in theme.stage().people])
        colours = palette[self.slots % len(palette)].reshape(-1, 3)
        self._draw_bodies(colours, eye_m)
        self._draw_shadows()
        self._draw_trails(palette, time_s)
        self._draw_labels(colours)

    def see_from(self, eye_m: np.ndarray, light: np.ndarray) -> None:
        """Prepare for being drawn: from (3,) m in scene space, under a light in a direction."""
        self.bodies.set_eye(eye_m, light)
        self.bodies.set_ambient(theme.stage().ambient)
        if self._is_faint.any():
            self.bodies.set_faces(nearest_first(self.bodies.mesh, self._is_faint, eye_m))

    def set_options(self, options: PeopleOptions) -> None:
        """Show them another way, from the next result on."""
        self._options = options
        self.shadows.visible = options.has_shadows
        if not options.has_trails:
            self._trails.clear()
            self.trails.clear()
        if not options.has_labels:
            self._clear_labels()

    def forget_trails(self) -> None:
        """Begin them anew."""
        self._trails.clear()

    def clear(self) -> None:
        """Remove everybody."""
        self.people, self.slots = People.empty(), np.zeros(0, np.int64)
        self.joints_m = scene_from_camera(self.people.joints_cam)
        self.solid = np.zeros(self.joints_m.shape[:2], np.float32)
        self.ground_m = np.zeros(0)
        self.bodies.set_mesh(NOBODY)
        self._is_faint = np.zeros(0, bool)
        self._draw_shadows()
        self._trails.clear()
        self.trails.clear()
        self._clear_labels()

    @property
    def marks(self) -> tuple[Node, ...]:
        """Marks of people: shadows, trails and labels."""
        return (self.shadows, self.trails.node, self.labels)

    @property
    def ankles(self) -> list[int]:
        """Numbers of these joints."""
        return self._ending("_ankle")

    def places(self, slot: int | None = None) -> np.ndarray:
        """(N, 3) m: what a view of everybody holds, or of one person; who is faint only where
        there is nobody else."""
        chosen = self.solid.max(axis=1, initial=0) >= _MIN_WORTH
        if not chosen.any():
            chosen = np.ones(len(self.slots), bool)
        if slot is not None:
            chosen = self.slots == slot
        joints_m, wrists = self.joints_m[chosen], self._ending("_wrist")
        parts = (
            person_places(joints_m, self.ground_m[chosen], self.people.skeleton.root),
            hand_tips(joints_m, self._ending("_elbow"), wrists).reshape(-1, 3),
            label_places(joints_m, wrists),
        )
        return np.concatenate(parts)

    def _ending(self, ending: str) -> list[int]:
        """Numbers of the joints whose names end so."""
        names = self.people.skeleton.joint_names
        return [number for number, name in enumerate(names) if name.endswith(ending)]

    def _draw_bodies(self, colours: np.ndarray, eye_m: np.ndarray) -> None:
        """The farthest first: who is faint lets those behind through."""
        away_m = np.linalg.norm(self.joints_m[:, self.people.skeleton.root] - eye_m, axis=-1)
        order = np.argsort(-away_m)
        joints, solid, skeleton = self.joints_m[order], self.solid[order], self.people.skeleton
        if self._options.has_bodies and can_wear(skeleton):
            joints, solid = whole_joints(joints, solid, skeleton)
            self.bodies.set_mesh(body_mesh(joints, colours[order], solid))
            self._is_faint = solid.max(axis=1, initial=0) < _SOLID
        else:
            self.bodies.set_mesh(skeleton_mesh(joints, colours[order], solid, skeleton))
            self._is_faint = np.zeros(0, bool)  # thin limbs hide little

    def _draw_shadows(self) -> None:
        root, solid = self.people.skeleton.root, theme.stage().shade * self.solid
        self.shadows.set_spots(
            *shadow_spots(self.joints_m, self.ankles, root, self.ground_m, solid)
        )

    def _draw_trails(self, palette: np.ndarray, time_s: float) -> None:
        if not self._options.has_trails:
            return
        self._trails.add(self.people, self.slots, time_s)
        pieces = self._trails.segments()
        rgb_of = np.repeat(palette[pieces.slots % len(palette)], 2, axis=0)
        colours = np.column_stack([rgb_of, 0.8 * pieces.freshness.reshape(-1)]).astype(np.float32)
        self.trails.set_points(scene_from_camera(pieces.points_cam).reshape(-1, 3), colours)

    def _draw_labels(self, colours: np.ndarray) -> None:
        if not self._options.has_labels:
            return
        distances_m = np.linalg.norm(self.people.root_cam, axis=-1) / 1000
        texts = [
            f"{person_text(int(track_id), self.names)}  {local(f'{distance_m:.1f} m')}".strip()
            for track_id, distance_m in zip(self.people.track_ids, distances_m, strict=True)
        ]
        self.labels.set_words(texts, label_places(self.joints_m, self._ending("_wrist")), colours)

    def _clear_labels(self) -> None:
        self.labels.set_words([], np.zeros((0, 3)), np.zeros((0, 3)))
