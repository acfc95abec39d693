"""GLB and VRM Animation: people as animated humanoids, metres, y up, z towards the camera.

In a GLB everybody is a skinned mannequin with a skin, an armature and an animation of their own.
While somebody is not seen, they are scaled to nothing. A `.vrma` is one person's humanoid without
a skin, as VRMC_vrm_animation 1.0 has it. Nodes stand in the rest pose; `motion.body.rig` has it.
"""

from pathlib import Path

import numpy as np
import pygltflib as gltf

from das_app.exports.bodies.mannequin import mannequin
from das_app.exports.bodies.moving_bodies import M, MovingBody, about_bodies, moving_bodies
from das_app.exports.takes.files import export_file, export_folder, write_about
from das_app.exports.takes.take import Progress, Take
from das_app.motion.body.rig import Y_UP_AXES, Freedom, RigNames
from das_app.motion.body.rotations import steady_quaternions
from das_model.person_colours import person_rgb

_VRMA = "VRMC_vrm_animation"


def write_glb(take: Take, path: Path, on_progress: Progress) -> None:
    """Write everybody of a take.

    Raises:
        ExportError: if the file cannot be written, or the model lacks joints that a body needs.
    """
    bodies = moving_bodies(take, take.options.rig, lambda share: on_progress(0.9 * share))
    file = _File(about_bodies(take, bodies, "metres", Y_UP_AXES))
    for body in bodies:
        file.add_person(body, take.times_s)
    with export_file(path) as new:
        file.save(new)
    on_progress(1.0)


def write_vrma(take: Take, folder: Path, on_progress: Progress) -> None:
    """Write a file for each person of a take. Raises ExportError as `write_glb` does."""
    bodies = moving_bodies(take, RigNames.VRM, lambda share: on_progress(0.9 * share))
    about, files = about_bodies(take, bodies, "metres", Y_UP_AXES), {}
    with export_folder(folder) as new:
        for body in bodies:
            file = _File(about)
            file.add_humanoid(body)
            file.save(new / f"{body.label}.vrma")
            files[f"{body.label}.vrma"] = {
                "person": body.track.track_id,
                "begins_s": round(float(body.times_s[0]), 6),
            }
        write_about(new, about, files)
    on_progress(1.0)


class _File:
    """The glTF document and its one buffer while they grow."""

    def __init__(self, about: dict[str, str]) -> None:
        self._document = gltf.GLTF2(
            asset=gltf.Asset(version="2.0", generator=about["application"], extras=about),
            scene=0,
            scenes=[gltf.Scene(nodes=[])],
        )
        self._blob = bytearray()

    def add_person(self, body: MovingBody, all_times_s: np.ndarray) -> None:
        """Append nodes, skin, mesh and animation of one person."""
        person = self._node(gltf.Node(name=body.label, children=[]), None)
        nodes = self._add_bones(body, person)
        self._add_skin(body, nodes, person)
        animation = self._animate(body, nodes, body.track.is_posed, 0.0)
        self._show(animation, person, body, all_times_s)

    def add_humanoid(self, body: MovingBody) -> None:
        """Append one person as a VRM animation, which begins at 0."""
        nodes = self._add_bones(body, None)
        self._animate(body, nodes, np.ones(len(body.track), bool), float(body.times_s[0]))
        humans = {name: {"node": nodes[n]} for n, name in enumerate(body.names)}
        self._document.extensionsUsed = [_VRMA]
        self._document.extensions = {
            _VRMA: {"specVersion": "1.0", "humanoid": {"humanBones": humans}}
        }

    def save(self, path: Path) -> None:
        """Write the file."""
        for node in self._document.nodes:
            node.children = node.children or None  # an empty list is not allowed
        if self._blob:
            self._document.buffers = [gltf.Buffer(byteLength=len(self._blob))]
            self._document.set_binary_blob(bytes(self._blob))
        self._document.scenes[0].nodes = self._document.scenes[0].nodes or None
        self._document.save_binary(str(path))

    def _add_bones(self, body: MovingBody, person: int | None) -> list[int]:
        """Nodes of all bones in the rest pose."""
        rest = body.rest_places() * M
        numbers: list[int] = []
        for number, bone in enumerate(body.fit.body.bones):
            parent = person if bone.parent < 0 else numbers[bone.parent]
            place = rest[number] - (rest[bone.parent] if bone.parent >= 0 else 0)
            node = gltf.Node(name=body.names[number], children=[], translation=place.tolist())
            numbers.append(self._node(node, parent))
        return numbers

    def _add_skin(self, body: MovingBody, nodes: list[int], person: int) -> None:
        document, skin = self._document, mannequin(body)
        inverse = np.tile(np.eye(4), (len(nodes), 1, 1))
        inverse[:, 3, :3] = -body.rest_places() * M  # column-major
        document.skins.append(
            gltf.Skin(
                name=body.label,
                joints=nodes,
                skeleton=nodes[0],
                inverseBindMatrices=self._accessor(inverse.reshape(-1, 16), "MAT4"),
            )
        )
        linear = [(part / 255) ** 2.2 for part in person_rgb(body.track.track_id)]
        document.materials.append(
            gltf.Material(
                name=body.label,
                pbrMetallicRoughness=gltf.PbrMetallicRoughness(
                    baseColorFactor=[*linear, 1.0], metallicFactor=0.0, roughnessFactor=0.6
                ),
            )
        )
        attributes = gltf.Attributes(
            POSITION=self._accessor(
                skin.places, "VEC3", has_bounds=True, target=gltf.ARRAY_BUFFER
            ),
            NORMAL=self._accessor(skin.normals, "VEC3", target=gltf.ARRAY_BUFFER),
            JOINTS_0=self._accessor(skin.joints, "VEC4", target=gltf.ARRAY_BUFFER),
            WEIGHTS_0=self._accessor(skin.weights, "VEC4", target=gltf.ARRAY_BUFFER),
        )
        triangles = self._accessor(
            skin.triangles.astype(np.uint32).reshape(-1),
            "SCALAR",
            target=gltf.ELEMENT_ARRAY_BUFFER,
        )
        material = len(document.materials) - 1
        primitive = gltf.Primitive(attributes=attributes, indices=triangles, material=material)
        document.meshes.append(gltf.Mesh(name=f"{body.label}_skin", primitives=[primitive]))
        node = gltf.Node(
            name=f"{body.label}_skin",
            mesh=len(document.meshes) - 1,
            skin=len(document.skins) - 1,
            children=[],
        )
        # a skinned mesh stands at the root: its node's own place does not count
        self._document.scenes[0].nodes.append(self._append(node))

    def _animate(
        self, body: MovingBody, nodes: list[int], shown: np.ndarray, begin_s: float
    ) -> gltf.Animation:
        """Append an animation of the frames shown."""
        animation = gltf.Animation(name=body.label, channels=[], samplers=[])
        self._document.animations.append(animation)
        pose = body.fit.pose.part(shown)
        times = self._accessor(body.times_s[shown] - begin_s, "SCALAR", has_bounds=True)
        turns = steady_quaternions(pose.rotations)
        for number, bone in enumerate(body.fit.body.bones):
            if bone.freedom is not Freedom.FIXED:
                self._channel(animation, nodes[number], "rotation", times, turns[:, number])
        self._channel(animation, nodes[0], "translation", times, pose.root * M)
        return animation

    def _show(
        self, animation: gltf.Animation, person: int, body: MovingBody, all_times_s: np.ndarray
    ) -> None:
        """Scale the person to 1 while they are seen, else to 0."""
        keys = {0.0: 0.0}
        for span in body.track.posed_spans():
            keys[float(all_times_s[body.track.first + span.start])] = 1.0
            after = body.track.first + span.stop
            if after < len(all_times_s):
                keys[float(all_times_s[after])] = 0.0
        times = self._accessor(np.array(list(keys)), "SCALAR", has_bounds=True)
        scales = np.repeat(np.array(list(keys.values()))[:, None], 3, axis=1)
        self._channel(animation, person, "scale", times, scales, "STEP")

    def _node(self, node: gltf.Node, parent: int | None) -> int:
        """Append a node below a parent, or to the scene."""
        number = self._append(node)
        siblings = (
            self._document.scenes[0].nodes
            if parent is None
            else self._document.nodes[parent].children
        )
        siblings.append(number)
        return number

    def _append(self, node: gltf.Node) -> int:
        self._document.nodes.append(node)
        return len(self._document.nodes) - 1

    def _channel(
        self,
        animation: gltf.Animation,
        node: int,
        path: str,
        times: int,
        values: np.ndarray,
        way: str = "LINEAR",
    ) -> None:
        output = self._accessor(values, f"VEC{values.shape[1]}")
        animation.samplers.append(
            gltf.AnimationSampler(input=times, output=output, interpolation=way)
        )
        target = gltf.AnimationChannelTarget(node=node, path=path)
        sampler = len(animation.samplers) - 1
        animation.channels.append(gltf.AnimationChannel(sampler=sampler, target=target))

    def _accessor(
        self, values: np.ndarray, kind: str, has_bounds: bool = False, target: int | None = None
    ) -> int:
        """Append values (n,) or (n, k): uint8 and uint32 as they are, others as float32."""
        types = {np.dtype(np.uint8): gltf.UNSIGNED_BYTE, np.dtype(np.uint32): gltf.UNSIGNED_INT}
        component = types.get(values.dtype, gltf.FLOAT)
        if component == gltf.FLOAT:
            values = values.astype(np.float32)
        values = np.ascontiguousarray(values)
        self._blob += bytes(-len(self._blob) % 4)
        self._document.bufferViews.append(
            gltf.BufferView(
                buffer=0, byteOffset=len(self._blob), byteLength=values.nbytes, target=target
            )
        )
        self._blob += values.tobytes()
        table = values.reshape(len(values), -1)
        self._document.accessors.append(
            gltf.Accessor(
                bufferView=len(self._document.bufferViews) - 1,
                componentType=component,
                count=len(values),
                type=kind,
                min=table.min(axis=0).tolist() if has_bounds else None,
                max=table.max(axis=0).tolist() if has_bounds else None,
            )
        )
        return len(self._document.accessors) - 1
