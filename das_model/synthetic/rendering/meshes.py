"""Meshes of composed scenes on the device: skin, clothes, normals, furniture."""

from dataclasses import dataclass

import numpy as np
import warp as wp

from das_model.synthetic.body.kit import REST_UNIT_M, BodyKit
from das_model.synthetic.body.wear import WearKit
from das_model.synthetic.people.person import Person
from das_model.synthetic.rendering import kernels_geometry
from das_model.synthetic.rendering.launching import Launcher
from das_model.synthetic.rendering.wearing import Wardrobe, Worn
from das_model.synthetic.scene.props import NUM_VERTICES, prop_faces
from das_model.synthetic.scene.scene import Scene


@dataclass(frozen=True, eq=False, slots=True)
class Meshes:
    """Device arrays of a batch: B bodies of V vertices, Q props of 84.

    Args:
        body_image: (B,) int32 picture of each body.
        look: (B, 58) look table.
        dressed: (B, V) vec3 world positions of skin or clothes.
        normals: (B, V) vec3.
        prop_image: (Q,) int32 picture of each prop.
        prop_vertices: (Q, 84) vec3.
        paint: (Q, 7) paint table.
        worn: meshes of clothes, shoes and hair.
        faces_per_body: triangle numbers that each body takes.
    """

    body_image: wp.array
    look: wp.array
    dressed: wp.array
    normals: wp.array
    prop_image: wp.array
    prop_vertices: wp.array
    paint: wp.array
    worn: Worn
    faces_per_body: int

    @property
    def num_bodies(self) -> int:
        """Number of bodies B."""
        return len(self.body_image)


class MeshMaker:
    """The kit on a device, and the kernels that pose and dress it.

    Args:
        kit: body kit.
        launcher: of the device.
        wear: pieces that people may wear, or None.
    """

    def __init__(self, kit: BodyKit, launcher: Launcher, wear: WearKit | None = None) -> None:
        array = launcher.array
        self._kit = kit
        self._launcher = launcher
        self._rest = array(kit.rest, wp.int16)
        self._weights = array(kit.skin_weights, float)
        self._bones = array(kit.skin_bones, wp.int32)
        self.vertex_part = array(kit.vertex_part, wp.int32)
        corners = kit.faces.reshape(-1)
        counts = np.bincount(corners, minlength=len(kit.canon))
        self._first = array(np.concatenate([[0], np.cumsum(counts)]), wp.int32)
        self._around = array(np.argsort(corners, kind="stable") // 3, wp.int32)
        self.faces = array(kit.faces, wp.int32)
        self.part = array(kit.face_part, wp.int32)
        self.face_height = array(kit.canon[kit.faces][:, :, 2].mean(1), float)
        self.canon = array(kit.canon, wp.vec3)
        self.attributes = array(kit.attributes, wp.vec4)
        self.lips = array(kit.lips, float)
        self.prop_faces = array(prop_faces(), wp.int32)
        self.wardrobe = Wardrobe(wear, len(kit.canon), len(kit.faces), launcher)

    def make(self, scenes: list[Scene]) -> Meshes:
        """Vertices of everybody and everything in the scenes."""
        launcher = self._launcher
        people = [person for scene in scenes for person in scene.people]
        images = np.repeat(np.arange(len(scenes)), [len(scene.people) for scene in scenes])
        look = launcher.array(np.stack([person.look for person in people]), float)
        pose = self._pose(people)
        skin = self._skin(pose)
        normals = launcher.empty(skin.shape, wp.vec3)
        dressed = launcher.empty(skin.shape, wp.vec3)
        around = [self.faces, self._first, self._around, normals]
        launcher.launch(kernels_geometry.vertex_normals, skin.shape, [skin, *around])
        launcher.launch(
            kernels_geometry.dress,
            skin.shape,
            [skin, normals, self.canon, self.attributes, self.vertex_part, look, dressed],
        )
        launcher.launch(kernels_geometry.vertex_normals, skin.shape, [dressed, *around])
        props = [prop for scene in scenes for prop in scene.props]
        prop_images = np.repeat(np.arange(len(scenes)), [len(scene.props) for scene in scenes])
        vertices = np.array([prop.vertices() for prop in props], np.float32)
        paint = np.array([prop.paint() for prop in props], np.float32)
        worn = self.wardrobe.wear(people, pose, self._rest)
        return Meshes(
            body_image=launcher.array(images, wp.int32),
            look=look,
            dressed=dressed,
            normals=normals,
            prop_image=launcher.array(prop_images, wp.int32),
            prop_vertices=launcher.array(vertices.reshape(-1, NUM_VERTICES, 3), wp.vec3),
            paint=launcher.array(paint.reshape(-1, 7), float),
            worn=worn,
            faces_per_body=len(self._kit.faces) + worn.most_faces,
        )

    def skin(self, people: list[Person]) -> wp.array:
        """(B, V) vec3 naked vertices in the world."""
        return self._skin(self._pose(people))

    def _pose(self, people: list[Person]) -> list[wp.array]:
        """(B,) shapes, scales and girths, (B, bones) rotations and shifts."""
        kit, array = self._kit, self._launcher.array
        bodies = [person.body for person in people]
        shapes = np.array([body.shape for body in bodies], np.int32)
        scales = np.array([body.scale for body in bodies], np.float32)
        turns = np.stack([body.rotations for body in bodies])
        rest = kit.rest_heads[shapes] * scales[:, None, None]
        heads = np.stack([body.heads for body in bodies])
        shifts = heads - np.einsum("bkij,bkj->bki", turns, rest)
        girths = np.array([body.girth for body in bodies])
        scalars = [array(shapes, wp.int32), array(scales, float), array(girths, float)]
        return [*scalars, array(turns, wp.mat33), array(shifts, wp.vec3)]

    def _skin(self, pose: list[wp.array]) -> wp.array:
        shapes, scales, _, turns, shifts = pose
        skin = self._launcher.empty((len(shapes), len(self._kit.canon)), wp.vec3)
        self._launcher.launch(
            kernels_geometry.skin_vertices,
            skin.shape,
            [self._rest, REST_UNIT_M, shapes, scales, self._weights, self._bones]
            + [turns, shifts, skin],
        )
        return skin
