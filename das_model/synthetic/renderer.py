"""Runs the kernels: a batch of scenes in, linear pictures and what is visible out.

The pictures of a batch share the launches and nothing else; the device is a name. Everything is
rasterised at twice the size and shaded once per distinct surface of a pixel.
"""

from dataclasses import dataclass

import numpy as np
import warp as wp

from das_model.skeleton import BODY_22
from das_model.synthetic import (
    kernels_geometry,
    kernels_raster,
    kernels_shade,
)
from das_model.synthetic.kit import REST_UNIT_M, BodyKit
from das_model.synthetic.props import NUM_VERTICES, Prop, prop_faces
from das_model.synthetic.scene import Scene
from das_model.synthetic.stage import Stage

wp.config.quiet = True

_THICKNESS_M = {
    "pelvis": 0.22, "spine": 0.22, "neck": 0.13, "head": 0.16, "head_top": 0.10,
    "nose": 0.05, "eye": 0.05, "ear": 0.07, "shoulder": 0.13, "elbow": 0.10, "wrist": 0.08,
    "hip": 0.20, "knee": 0.13, "ankle": 0.12,
}  # fmt: skip


def joint_thickness() -> np.ndarray:
    """(22,) metres of own flesh and clothes that may lie before a joint without hiding it."""
    kinds = [name.removeprefix("left_").removeprefix("right_") for name in BODY_22.joint_names]
    return np.array([_THICKNESS_M[kind] for kind in kinds], np.float32)


@dataclass(frozen=True, eq=False, slots=True)
class Rendering:
    """One picture's worth of results.

    Args:
        linear: (H, W, 3) float32 linear RGB.
        owner: (H, W) int32 index of the person in a pixel, -1 background, -2 prop.
        visible: (P, 22) bool per joint.
    """

    linear: np.ndarray
    owner: np.ndarray
    visible: np.ndarray


class Renderer:
    """Holds the kit and the textures on a device.

    Args:
        kit: body kit.
        size: (width, height) px of the pictures.
        atlas: (T, S, S, 3) float32 textures.
        device: Warp's name of it, "cpu" or "cuda:0".
        sun_size: side of the shadow map in px.
    """

    def __init__(
        self,
        kit: BodyKit,
        size: tuple[int, int],
        atlas: np.ndarray,
        device: str,
        sun_size: int = 256,
    ) -> None:
        self.size = size
        self._sun_size = sun_size
        self._device = device
        self._kit = kit
        self._num_faces = len(kit.faces)
        self._rest = self._array(kit.rest, wp.int16)
        self._weights = self._array(kit.skin_weights, float)
        self._bones = self._array(kit.skin_bones, wp.int32)
        self._faces = self._array(kit.faces, wp.int32)
        self._part = self._array(kit.face_part, wp.int32)
        self._vertex_part = self._array(kit.vertex_part, wp.int32)
        self._canon = self._array(kit.canon, wp.vec3)
        self._attributes = self._array(kit.attributes, wp.vec4)
        self._lips = self._array(kit.lips, float)
        self._face_height = self._array(kit.canon[kit.faces][:, :, 2].mean(1), float)
        corners = kit.faces.reshape(-1)
        counts = np.bincount(corners, minlength=len(kit.canon))
        self._first = self._array(np.concatenate([[0], np.cumsum(counts)]), wp.int32)
        self._around = self._array(np.argsort(corners, kind="stable") // 3, wp.int32)
        self._prop_faces = self._array(prop_faces(), wp.int32)
        self._thickness = self._array(joint_thickness(), float)
        self._atlas = self._array(atlas, float)

    def render(self, scenes: list[Scene], backdrops: np.ndarray | None) -> list[Rendering]:
        """All pictures of a batch.

        Args:
            scenes: N compositions, each with somebody in it.
            backdrops: (N, H, W, 3) float32 linear photos, or None if no scene shows one.
        """
        width, height = self.size
        count = len(scenes)
        meshes = _Meshes(self, scenes)
        stages = wp.array([scene.stage for scene in scenes], dtype=Stage, device=self._device)
        zbuffer = self._rasterise(meshes, stages, (2 * width, 2 * height), count, True)
        sun_map = self._rasterise(meshes, stages, (self._sun_size, self._sun_size), count, False)
        visible = self._see_joints(scenes, meshes, zbuffer)
        shape = (count, height, width)
        capacity = 2 * count * height * width
        counter = wp.zeros(1, dtype=wp.int32, device=self._device)
        pixel, corner = self._empty(capacity, wp.int32), self._empty(capacity, wp.int32)
        weight, keys = self._empty(capacity, float), self._empty(capacity, wp.int64)
        samples = [pixel, corner, weight, keys]
        background, owner = self._empty(shape, float), self._empty(shape, wp.int32)
        num_body = meshes.num_bodies * self._num_faces
        self._launch(
            kernels_raster.collect_samples,
            shape,
            [zbuffer, width, height, num_body, self._num_faces, counter, *samples]
            + [background, owner],
        )
        feet = np.zeros((count, max(len(s.feet) for s in scenes) + 1, 3), np.float32)
        for i, scene in enumerate(scenes):
            feet[i, : len(scene.feet)] = scene.feet
        if backdrops is None:
            backdrops = np.zeros((1, 1, 1, 3), np.float32)
        out = self._empty((*shape, 3), float)
        sun = [self._sun_size, sun_map]
        self._launch(
            kernels_shade.shade_background,
            shape,
            [background, stages, self._array(feet, wp.vec3), *sun]
            + [self._array(backdrops, float), self._atlas, out],
        )
        num_samples = int(counter.numpy()[0])
        self._launch(
            kernels_shade.shade_bodies,
            num_samples,
            [num_body, *samples, stages, *sun, meshes.dressed, meshes.normals, self._faces]
            + [self._part, self._canon, self._attributes, self._lips, meshes.look, self._atlas]
            + [out],
        )
        self._launch(
            kernels_shade.shade_props,
            num_samples,
            [num_body, *samples, stages, *sun, meshes.prop_vertices, self._prop_faces]
            + [meshes.paint, self._atlas, out],
        )
        linear, owners = out.numpy(), owner.numpy()
        results, first = [], 0
        for i, scene in enumerate(scenes):
            last = first + len(scene.people)
            own = np.where(owners[i] >= 0, owners[i] - first, owners[i])
            results.append(Rendering(linear[i], own, visible[first:last]))
            first = last
        return results

    def _rasterise(
        self,
        meshes: "_Meshes",
        stages: wp.array,
        size: tuple[int, int],
        count: int,
        perspective: bool,
    ) -> wp.array:
        """The z-buffer of camera or light."""
        zbuffer = wp.full(
            (count, size[0] * size[1]), kernels_raster.EMPTY, dtype=wp.int64, device=self._device
        )
        for verts, image, is_body in (
            (meshes.dressed, meshes.body_image, True),
            (meshes.prop_vertices, meshes.prop_image, False),
        ):
            screen = self._empty(verts.shape, wp.vec3)
            if perspective:
                self._launch(kernels_geometry.project, verts.shape, [verts, image, stages, screen])
            else:
                self._launch(
                    kernels_geometry.project_sun,
                    verts.shape,
                    [verts, image, stages, size[0], screen],
                )
            if is_body:
                self._launch(
                    kernels_raster.rasterise_bodies,
                    (meshes.num_bodies, self._num_faces),
                    [screen, self._faces, self._part, self._face_height, meshes.look, image]
                    + [*size, perspective, zbuffer],
                )
            else:
                self._launch(
                    kernels_raster.rasterise_props,
                    (len(verts), len(self._prop_faces)),
                    [screen, self._prop_faces, image, meshes.num_bodies * self._num_faces]
                    + [*size, perspective, zbuffer],
                )
        return zbuffer

    def _see_joints(self, scenes: list[Scene], meshes: "_Meshes", zbuffer: wp.array) -> np.ndarray:
        """(all people, 22) bool visibility."""
        points = []
        for scene in scenes:
            joints = np.stack([person.body.joints for person in scene.people])
            cam = scene.to_camera(joints)
            px = np.nan_to_num(scene.camera.project(cam), nan=-1e6) * 2 + 1
            points.append(np.concatenate([px, cam[..., 2:] / 1000], -1))
        joints = self._array(np.concatenate(points), wp.vec3)
        visible = self._empty(joints.shape, wp.int32)
        width, height = self.size
        self._launch(
            kernels_raster.see_joints,
            joints.shape,
            [joints, self._thickness, meshes.body_image, 2 * width, 2 * height]
            + [meshes.num_bodies * self._num_faces, self._num_faces, zbuffer, visible],
        )
        return visible.numpy() > 0

    def _launch(self, kernel: wp.Kernel, dim: int | tuple[int, ...], inputs: list) -> None:
        wp.launch(kernel, dim=dim, inputs=inputs, device=self._device)

    def _array(self, values: np.ndarray, dtype: type) -> wp.array:
        if dtype in (float, wp.vec3, wp.vec4, wp.mat33):
            values = np.asarray(values, np.float32)
        return wp.array(np.ascontiguousarray(values), dtype=dtype, device=self._device)

    def _empty(self, shape: int | tuple[int, ...], dtype: type) -> wp.array:
        return wp.empty(shape, dtype=dtype, device=self._device)


class _Meshes:
    """The vertices of a batch on the device: dressed bodies and props."""

    def __init__(self, renderer: Renderer, scenes: list[Scene]) -> None:
        kit = renderer._kit
        people = [person for scene in scenes for person in scene.people]
        images = [i for i, scene in enumerate(scenes) for _ in scene.people]
        self.num_bodies = len(people)
        self.body_image = renderer._array(np.array(images, np.int32), wp.int32)
        self.look = renderer._array(np.stack([person.look for person in people]), float)
        bodies = [person.body for person in people]
        shapes = np.array([body.shape for body in bodies], np.int32)
        scales = np.array([body.scale for body in bodies], np.float32)
        turns = np.stack([body.rotations for body in bodies])
        rest = kit.rest_heads[shapes] * scales[:, None, None]
        heads = np.stack([body.heads for body in bodies])
        shifts = heads - np.einsum("bkij,bkj->bki", turns, rest)
        shape = (self.num_bodies, len(kit.canon))
        skin = renderer._empty(shape, wp.vec3)
        renderer._launch(
            kernels_geometry.skin_vertices,
            shape,
            [renderer._rest, REST_UNIT_M, renderer._array(shapes, wp.int32)]
            + [renderer._array(scales, float), renderer._weights, renderer._bones]
            + [renderer._array(turns, wp.mat33), renderer._array(shifts, wp.vec3), skin],
        )
        self.normals = renderer._empty(shape, wp.vec3)
        self.dressed = renderer._empty(shape, wp.vec3)
        neighbours = [renderer._faces, renderer._first, renderer._around, self.normals]
        renderer._launch(kernels_geometry.vertex_normals, shape, [skin, *neighbours])
        renderer._launch(
            kernels_geometry.dress,
            shape,
            [skin, self.normals, renderer._canon, renderer._attributes, renderer._vertex_part]
            + [self.look, self.dressed],
        )
        renderer._launch(kernels_geometry.vertex_normals, shape, [self.dressed, *neighbours])
        props: list[tuple[int, Prop]] = [
            (i, prop) for i, scene in enumerate(scenes) for prop in scene.props
        ]
        vertices = np.array([prop.vertices() for _, prop in props], np.float32)
        paint = np.array([prop.paint() for _, prop in props], np.float32)
        owners = np.array([i for i, _ in props], np.int32)
        self.prop_vertices = renderer._array(vertices.reshape(-1, NUM_VERTICES, 3), wp.vec3)
        self.paint = renderer._array(paint.reshape(-1, 7), float)
        self.prop_image = renderer._array(owners, wp.int32)
