"""Clothes of a batch of people as flat arrays on the device."""

from dataclasses import dataclass

import numpy as np
import warp as wp

from das_model.synthetic.body.kit import REST_UNIT_M
from das_model.synthetic.body.wear import WearKit
from das_model.synthetic.people.person import Person
from das_model.synthetic.rendering import kernels_wear
from das_model.synthetic.rendering.launching import Launcher


@dataclass(frozen=True, eq=False, slots=True)
class Worn:
    """N vertices and M triangles that B people wear.

    Args:
        most_faces: triangles of who wears most.
        hidden: (B, V) uint8 skin vertices that are covered.
        vertices: (N,) vec3 world positions.
        normals: (N,) vec3, not of unit length.
        vertex_body: (N,) int32 wearer.
        vertex_kit: (N,) int32 vertex of the kit.
        faces: (M, 3) int32.
        number: (M,) int32 triangle number in the z-buffer.
        face_body: (M,) int32 wearer.
        kind: (M,) int32 kind of piece.
        first: (B,) int32 first triangle of each wearer.
    """

    most_faces: int
    hidden: wp.array
    vertices: wp.array
    normals: wp.array
    vertex_body: wp.array
    vertex_kit: wp.array
    faces: wp.array
    number: wp.array
    face_body: wp.array
    kind: wp.array
    first: wp.array

    @property
    def num_faces(self) -> int:
        """Number of triangles M."""
        return len(self.number)


class Wardrobe:
    """A wear kit on a device; without one nobody wears anything.

    Args:
        wear: the pieces, or None.
        num_vertices: V of the body kit.
        num_faces: triangles of the body kit.
        launcher: of the device.
    """

    def __init__(
        self, wear: WearKit | None, num_vertices: int, num_faces: int, launcher: Launcher
    ) -> None:
        self._wear = wear
        self._num_vertices, self._num_faces = num_vertices, num_faces
        self._launcher = launcher
        if wear is not None:
            array = launcher.array
            self._bindings = [array(wear.corners, wp.int32), array(wear.shares, float)]
            self._bindings += [array(wear.offset, wp.vec3), array(wear.skin_weights, float)]
            self._bindings += [array(wear.skin_bones, wp.int32)]
            self.canon = array(wear.canon, wp.vec3)
            self.attributes = array(wear.attributes, wp.vec4)

    def wear(self, people: list[Person], pose: list[wp.array], rest: wp.array) -> Worn:
        """What people wear, in their poses.

        Args:
            people: B people.
            pose: (B,) shapes, scales and girths, (B, bones) turns and shifts as in `skin_wear`.
            rest: the body kit's rest shapes.
        """
        launcher = self._launcher
        flat = self._flat(people)
        hidden = np.zeros((len(people), self._num_vertices), np.uint8)
        for body, person in enumerate(people):
            for piece in person.wear:
                assert self._wear is not None
                hidden[body] |= self._wear.hides[piece]
        on_device = {name: launcher.array(values, wp.int32) for name, values in flat.items()}
        count = len(flat["vertex_kit"])
        vertices = launcher.empty(count, wp.vec3)
        normals = wp.zeros(count, dtype=wp.vec3, device=launcher.device)
        if count:
            inputs = [rest, REST_UNIT_M, *pose[:3], *self._bindings, *pose[3:]]
            inputs += [on_device["vertex_body"], on_device["vertex_kit"], vertices]
            launcher.launch(kernels_wear.skin_wear, count, inputs)
            launcher.launch(
                kernels_wear.add_normals,
                len(flat["faces"]),
                [vertices, on_device["faces"], normals],
            )
        counts = np.bincount(flat["face_body"], minlength=len(people))
        return Worn(
            most_faces=int(counts.max()),
            hidden=launcher.array(hidden, wp.uint8),
            vertices=vertices,
            normals=normals,
            first=launcher.array(np.cumsum(counts) - counts, wp.int32),
            **on_device,
        )

    def _flat(self, people: list[Person]) -> dict[str, np.ndarray]:
        """The integer arrays of `Worn`."""
        vertex_kit, vertex_body, faces, face_body, kind = [], [], [], [], []
        wear, num_vertices = self._wear, 0
        for body, person in enumerate(people):
            for piece in person.wear:
                assert wear is not None
                first, last = wear.vertex_first[piece : piece + 2]
                own = wear.faces[slice(*wear.face_first[piece : piece + 2])]
                vertex_kit.append(np.arange(first, last))
                vertex_body.append(np.full(last - first, body))
                faces.append(own - first + num_vertices)
                face_body.append(np.full(len(own), body))
                kind.append(np.full(len(own), wear.kind[piece]))
                num_vertices += int(last - first)
        bodies = _joined(face_body)
        counts = np.bincount(bodies, minlength=len(people))
        local = np.arange(len(bodies)) - (np.cumsum(counts) - counts)[bodies]
        per_body = self._num_faces + int(counts.max())
        return {
            "vertex_kit": _joined(vertex_kit),
            "vertex_body": _joined(vertex_body),
            "faces": _joined(faces).reshape(-1, 3),
            "face_body": bodies,
            "kind": _joined(kind),
            "number": bodies * per_body + self._num_faces + local,
        }


def _joined(parts: list[np.ndarray]) -> np.ndarray:
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)
