"""GLB: animated skeletons of everybody in one file, with a bone drawn between joints.

Metres, y up, z towards the camera, as glTF has it. Each person is a tree of joints whose rotations
are solved (see `bone_rotations`) at the recorded times. While somebody is not seen whole, their
tree is scaled to nothing.
"""

from pathlib import Path

import numpy as np
import pygltflib as gltf
from scipy.spatial.transform import Rotation

from das_app.exports.files import export_file
from das_app.exports.take import ExportError, Progress, Take
from das_app.exports.tracks import Track
from das_app.motion.rotations import Y_UP_AXES, Motion, solve, to_y_up

_M = 1e-3
_BONE_WIDTH_M = 0.035
_COLOURS = (
    (0.90, 0.30, 0.24), (0.20, 0.55, 0.90), (0.25, 0.70, 0.40), (0.95, 0.70, 0.15),
    (0.62, 0.40, 0.85), (0.20, 0.75, 0.75), (0.93, 0.45, 0.70), (0.60, 0.60, 0.62),
)  # fmt: skip
# a bone along +y, one metre long and wide, thickest near its beginning
_CORNERS = np.array(
    [(0, 0, 0), (0.5, 0.15, 0.5), (-0.5, 0.15, 0.5), (-0.5, 0.15, -0.5), (0.5, 0.15, -0.5),
     (0, 1, 0)], np.float32,
)  # fmt: skip
_FACES = [
    (0, 1, 2), (0, 2, 3), (0, 3, 4), (0, 4, 1), (5, 2, 1), (5, 3, 2), (5, 4, 3), (5, 1, 4),
]  # fmt: skip


def write_glb(take: Take, path: Path, on_progress: Progress) -> None:
    """Write a take.

    Raises:
        ExportError: if the file cannot be written, or nobody is ever seen whole.
    """
    tracks = [track for track in take.tracks if track.is_whole.any()]
    if not tracks:
        raise ExportError("nobody is seen with all joints")
    file = _File(take)
    for number, track in enumerate(tracks):
        file.add_person(track, take)
        on_progress((number + 1) / len(tracks))
    with export_file(path) as new:
        file.save(new)


class _File:
    """The glTF document and its one buffer while they grow."""

    def __init__(self, take: Take) -> None:
        about = take.about() | {"space": take.space_text("metres", Y_UP_AXES)}
        self._document = gltf.GLTF2(
            asset=gltf.Asset(version="2.0", generator=about["application"], extras=about),
            scene=0,
            scenes=[gltf.Scene(nodes=[])],
            animations=[gltf.Animation(name="capture", channels=[], samplers=[])],
        )
        self._blob = bytearray()
        triangles = _CORNERS[np.array(_FACES)]  # (8, 3, 3): corners apart, so that edges are sharp
        normals = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
        normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
        self._corners = self._accessor(triangles.reshape(-1, 3), "VEC3", has_bounds=True)
        self._normals = self._accessor(np.repeat(normals, 3, axis=0), "VEC3")

    def add_person(self, track: Track, take: Take) -> None:
        """Append the nodes and the animation of one person."""
        motion = solve(to_y_up(track.joints[track.is_whole]), take.origin.skeleton)
        times = self._accessor(self._times(track, take)[track.is_whole], "SCALAR", has_bounds=True)
        person = self._node(gltf.Node(name=take.label_of(track, "person_"), children=[]))
        self._document.scenes[0].nodes.append(person)
        self._show(person, track, take)
        mesh = self._mesh(track.track_id)
        numbers = []
        for joint in motion.joints:
            parent = person if joint.parent < 0 else numbers[joint.parent]
            if np.any(joint.offset):
                self._child(parent, self._bone(joint.offset * _M, mesh))
            numbers.append(self._child(parent, gltf.Node(name=joint.name, children=[])))
        self._animate(motion, numbers, times)

    def save(self, path: Path) -> None:
        """Write the file."""
        for node in self._document.nodes:
            node.children = node.children or None  # an empty list is not allowed
        self._document.buffers = [gltf.Buffer(byteLength=len(self._blob))]
        self._document.set_binary_blob(bytes(self._blob))
        self._document.save_binary(str(path))

    def _times(self, track: Track, take: Take) -> np.ndarray:
        return take.times_s[track.first : track.first + len(track)]

    def _show(self, person: int, track: Track, take: Take) -> None:
        """Scale the person to 1 while they are seen whole, else to 0."""
        keys = {0.0: 0.0}
        for span in track.whole_spans():
            keys[float(take.times_s[track.first + span.start])] = 1.0
            after = track.first + span.stop
            if after < len(take.times_s):
                keys[float(take.times_s[after])] = 0.0
        times = self._accessor(np.array(list(keys)), "SCALAR", has_bounds=True)
        scales = np.repeat(np.array(list(keys.values()))[:, None], 3, axis=1)
        self._channel(person, "scale", times, scales, "STEP")

    def _animate(self, motion: Motion, numbers: list[int], times: int) -> None:
        for place, (joint, number) in enumerate(zip(motion.joints, numbers, strict=True)):
            node = self._document.nodes[number]
            turns = _quaternions(motion.rotations[:, place])
            node.rotation = turns[0].tolist()
            self._channel(number, "rotation", times, turns)
            if joint.parent < 0:
                node.translation = (motion.root[0] * _M).tolist()
                self._channel(number, "translation", times, motion.root * _M)
            else:
                node.translation = (joint.offset * _M).tolist()

    def _bone(self, offset_m: np.ndarray, mesh: int) -> gltf.Node:
        length = float(np.linalg.norm(offset_m))
        width = min(_BONE_WIDTH_M, length / 3)
        turn, _ = Rotation.align_vectors([offset_m / length], [[0.0, 1.0, 0.0]])
        return gltf.Node(mesh=mesh, rotation=turn.as_quat().tolist(), scale=[width, length, width])

    def _mesh(self, track_id: int) -> int:
        colour = [*_COLOURS[track_id % len(_COLOURS)], 1.0]
        surface = gltf.PbrMetallicRoughness(
            baseColorFactor=colour, metallicFactor=0.0, roughnessFactor=0.8
        )
        self._document.materials.append(gltf.Material(pbrMetallicRoughness=surface))
        shape = gltf.Primitive(
            attributes=gltf.Attributes(POSITION=self._corners, NORMAL=self._normals),
            material=len(self._document.materials) - 1,
        )
        self._document.meshes.append(gltf.Mesh(primitives=[shape]))
        return len(self._document.meshes) - 1

    def _node(self, node: gltf.Node) -> int:
        self._document.nodes.append(node)
        return len(self._document.nodes) - 1

    def _child(self, parent: int, node: gltf.Node) -> int:
        number = self._node(node)
        self._document.nodes[parent].children.append(number)
        return number

    def _channel(
        self, node: int, path: str, times: int, values: np.ndarray, way: str = "LINEAR"
    ) -> None:
        animation = self._document.animations[0]
        output = self._accessor(values, f"VEC{values.shape[1]}")
        animation.samplers.append(
            gltf.AnimationSampler(input=times, output=output, interpolation=way)
        )
        target = gltf.AnimationChannelTarget(node=node, path=path)
        sampler = len(animation.samplers) - 1
        animation.channels.append(gltf.AnimationChannel(sampler=sampler, target=target))

    def _accessor(self, values: np.ndarray, kind: str, has_bounds: bool = False) -> int:
        """Append float32 values (n,) or (n, k) to the buffer."""
        values = np.ascontiguousarray(values, np.float32)
        self._document.bufferViews.append(
            gltf.BufferView(buffer=0, byteOffset=len(self._blob), byteLength=values.nbytes)
        )
        self._blob += values.tobytes()
        table = values.reshape(len(values), -1)
        self._document.accessors.append(
            gltf.Accessor(
                bufferView=len(self._document.bufferViews) - 1,
                componentType=gltf.FLOAT, count=len(values), type=kind,
                min=table.min(axis=0).tolist() if has_bounds else None,
                max=table.max(axis=0).tolist() if has_bounds else None,
            )
        )  # fmt: skip
        return len(self._document.accessors) - 1


def _quaternions(rotations: np.ndarray) -> np.ndarray:
    """(n, 4) x, y, z, w of (n, 3, 3); neighbours on the same side, so that they interpolate."""
    turns = Rotation.from_matrix(rotations).as_quat()
    flips = np.where((turns[1:] * turns[:-1]).sum(axis=-1) < 0, -1.0, 1.0)
    turns[1:] *= np.cumprod(flips)[:, None]
    return turns
