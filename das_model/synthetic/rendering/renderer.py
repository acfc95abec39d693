"""Renderer: linear images and visibility of a batch of scenes.

The pictures of a batch share the launches and nothing else; the device is a name. Everything is
rasterised at twice the size and shaded once per distinct surface of a pixel.
"""

from dataclasses import dataclass

import numpy as np
import warp as wp

from das_model.skeleton import BODY_22
from das_model.synthetic.body.kit import BodyKit
from das_model.synthetic.body.wear import WearKit
from das_model.synthetic.rendering import (
    kernels_backdrop,
    kernels_geometry,
    kernels_raster,
    kernels_shade,
    kernels_wear,
)
from das_model.synthetic.rendering.launching import Launcher
from das_model.synthetic.rendering.meshes import Meshes, MeshMaker
from das_model.synthetic.scene.scene import Scene
from das_model.synthetic.scene.stage import Stage

_THICKNESS_M = {
    "pelvis": 0.22,
    "spine": 0.22,
    "neck": 0.13,
    "head": 0.16,
    "head_top": 0.10,
    "nose": 0.05,
    "eye": 0.05,
    "ear": 0.07,
    "shoulder": 0.13,
    "elbow": 0.10,
    "wrist": 0.08,
    "hip": 0.20,
    "knee": 0.13,
    "ankle": 0.12,
}
_SHARE_STEP = 7  # every how many vertices are asked whether they are seen


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
        visible_share: (P,) float32 seen share of the surface that faces the lens.
    """

    linear: np.ndarray
    owner: np.ndarray
    visible: np.ndarray
    visible_share: np.ndarray


@dataclass(frozen=True, eq=False, slots=True)
class _Samples:
    """Result of `collect_samples`: one entry per distinct surface of a pixel."""

    count: int
    arrays: list[wp.array]  # pixel, corner, weight, key
    background: wp.array  # (N, H, W) share of the backdrop
    owner: wp.array  # (N, H, W)


class Renderer:
    """Holds the kit and the textures on a device.

    Args:
        kit: body kit.
        size: (width, height) px of the pictures.
        atlas: (T, S, S, 3) float32 textures.
        device: Warp's name of it, "cpu" or "cuda:0".
        wear: pieces that people may wear, or None.
        sun_size: side of the shadow map in px.
    """

    def __init__(
        self,
        kit: BodyKit,
        size: tuple[int, int],
        atlas: np.ndarray,
        device: str,
        wear: WearKit | None = None,
        sun_size: int = 256,
    ) -> None:
        self.size = size
        self._sun_size = sun_size
        self._launcher = Launcher(device)
        self._maker = MeshMaker(kit, self._launcher, wear)
        self._num_faces = len(kit.faces)
        self._thickness = self._launcher.array(joint_thickness(), float)
        self._atlas = self._launcher.array(atlas, wp.vec3)

    def render(self, scenes: list[Scene], backdrops: np.ndarray | None) -> list[Rendering]:
        """All pictures of a batch.

        Args:
            scenes: N compositions, each with somebody in it.
            backdrops: (N, H, W, 3) float32 linear photos, or None if no scene shows one.
        """
        width, height = self.size
        meshes = self._maker.make(scenes)
        stages = self._launcher.structs([scene.stage for scene in scenes], Stage)
        zbuffer = self._rasterise(meshes, stages, (2 * width, 2 * height), True)
        sun_map = self._rasterise(meshes, stages, (self._sun_size, self._sun_size), False)
        visible = self._see_joints(scenes, meshes, zbuffer)
        shares = self._visible_shares(meshes, stages, zbuffer)
        samples = self._collect(zbuffer, meshes)
        out = self._shade_backdrop(scenes, stages, sun_map, samples, backdrops)
        self._shade_samples(meshes, stages, sun_map, samples, out)
        linear, owners = out.numpy(), samples.owner.numpy()
        results, first = [], 0
        for i, scene in enumerate(scenes):
            last = first + len(scene.people)
            own = np.where(owners[i] >= 0, owners[i] - first, owners[i])
            seen = visible[first:last], shares[first:last]
            results.append(Rendering(linear[i], own, *seen))
            first = last
        return results

    def _rasterise(
        self, meshes: Meshes, stages: wp.array, size: tuple[int, int], perspective: bool
    ) -> wp.array:
        """(N, size) z-buffer of the camera, or of the light if not `perspective`."""
        launcher, maker = self._launcher, self._maker
        shape = (len(stages), size[0] * size[1])
        zbuffer = launcher.scratch("eye" if perspective else "sun", shape, wp.int64)
        zbuffer.fill_(kernels_raster.EMPTY)
        screens = []
        for verts, image in (
            (meshes.dressed, meshes.body_image),
            (meshes.prop_vertices, meshes.prop_image),
        ):
            screen = launcher.empty(verts.shape, wp.vec3)
            kernel, extra = kernels_geometry.project_sun, [size[0]]
            if perspective:
                kernel, extra = kernels_geometry.project, []
            launcher.launch(kernel, verts.shape, [verts, image, stages, *extra, screen])
            screens.append(screen)
        target = [*size, perspective, zbuffer]
        launcher.launch(
            kernels_raster.rasterise_bodies,
            (meshes.num_bodies, self._num_faces),
            [screens[0], maker.faces, maker.part, maker.face_height, meshes.look]
            + [meshes.worn.hidden, meshes.faces_per_body, meshes.body_image, *target],
        )
        if meshes.worn.num_faces:
            self._rasterise_worn(meshes, stages, size, target)
        launcher.launch(
            kernels_raster.rasterise_props,
            (len(meshes.prop_image), len(maker.prop_faces)),
            [screens[1], maker.prop_faces, meshes.prop_image]
            + [meshes.num_bodies * meshes.faces_per_body, *target],
        )
        return zbuffer

    def _rasterise_worn(
        self, meshes: Meshes, stages: wp.array, size: tuple[int, int], target: list
    ) -> None:
        """Add what people wear to a z-buffer; `target` as for the other kernels."""
        launcher, worn = self._launcher, meshes.worn
        screen = launcher.empty(worn.vertices.shape, wp.vec3)
        sun_size = 0 if target[2] else size[0]
        launcher.launch(
            kernels_wear.project_wear,
            screen.shape,
            [worn.vertices, worn.vertex_body, meshes.body_image, stages, sun_size, screen],
        )
        launcher.launch(
            kernels_wear.rasterise_wear,
            worn.num_faces,
            [screen, worn.faces, worn.number, worn.face_body, meshes.body_image, *target],
        )

    def _see_joints(self, scenes: list[Scene], meshes: Meshes, zbuffer: wp.array) -> np.ndarray:
        """(B, 22) bool visibility of everybody's joints."""
        points = []
        for scene in scenes:
            cam = scene.to_camera(np.stack([person.body.joints for person in scene.people]))
            px = np.nan_to_num(scene.camera.project(cam), nan=-1e6) * 2 + 1
            points.append(np.concatenate([px, cam[..., 2:] / 1000], -1))
        joints = self._launcher.array(np.concatenate(points), wp.vec3)
        visible = self._launcher.empty(joints.shape, wp.int32)
        width, height = self.size
        self._launcher.launch(
            kernels_raster.see_joints,
            joints.shape,
            [joints, self._thickness, meshes.body_image, 2 * width, 2 * height]
            + [meshes.num_bodies * meshes.faces_per_body, meshes.faces_per_body]
            + [zbuffer, visible],
        )
        return visible.numpy() > 0

    def _visible_shares(self, meshes: Meshes, stages: wp.array, zbuffer: wp.array) -> np.ndarray:
        """(B,) float32 share of everybody's surface towards the lens that is seen."""
        width, height = self.size
        counts = self._launcher.array(np.zeros((meshes.num_bodies, 2), np.int32), wp.int32)
        self._launcher.launch(
            kernels_raster.count_seen,
            (meshes.num_bodies, meshes.dressed.shape[1] // _SHARE_STEP),
            [meshes.dressed, meshes.normals, self._maker.vertex_part, meshes.body_image, stages]
            + [_SHARE_STEP, 2 * width, 2 * height, meshes.num_bodies * meshes.faces_per_body]
            + [meshes.faces_per_body, zbuffer, counts],
        )
        facing, seen = counts.numpy().T
        return (seen / np.maximum(facing, 1)).astype(np.float32)

    def _collect(self, zbuffer: wp.array, meshes: Meshes) -> _Samples:
        """The samples that must be shaded."""
        launcher = self._launcher
        width, height = self.size
        shape = (len(zbuffer), height, width)
        capacity = 2 * len(zbuffer) * height * width
        counter = launcher.array(np.zeros(1, np.int32), wp.int32)
        kinds = {"pixel": wp.int32, "corner": wp.int32, "weight": float, "key": wp.int64}
        arrays = [launcher.scratch(name, capacity, kind) for name, kind in kinds.items()]
        background = launcher.scratch("background", shape, float)
        owner = launcher.empty(shape, wp.int32)
        launcher.launch(
            kernels_raster.collect_samples,
            shape,
            [zbuffer, width, height, meshes.num_bodies * meshes.faces_per_body]
            + [meshes.faces_per_body, counter, *arrays, background, owner],
        )
        return _Samples(int(counter.numpy()[0]), arrays, background, owner)

    def _shade_backdrop(
        self,
        scenes: list[Scene],
        stages: wp.array,
        sun_map: wp.array,
        samples: _Samples,
        backdrops: np.ndarray | None,
    ) -> wp.array:
        """(N, H, W) vec3 picture with the backdrop's share of each pixel."""
        launcher = self._launcher
        most = max(len(scene.feet) for scene in scenes) + 1
        feet = np.zeros((len(scenes), most, 3), np.float32)
        for row, scene in zip(feet, scenes, strict=True):
            row[: len(scene.feet)] = scene.feet
        if backdrops is None:
            backdrops = np.zeros((1, 1, 1, 3), np.float32)
        out = launcher.empty(samples.background.shape, wp.vec3)
        launcher.launch(
            kernels_backdrop.shade_background,
            samples.background.shape,
            [samples.background, stages, launcher.array(feet, wp.vec3), self._sun_size, sun_map]
            + [launcher.array(backdrops, wp.vec3), self._atlas, out],
        )
        return out

    def _shade_samples(
        self, meshes: Meshes, stages: wp.array, sun_map: wp.array, samples: _Samples, out: wp.array
    ) -> None:
        """Add people and props to the picture."""
        maker = self._maker
        per_body, worn = meshes.faces_per_body, meshes.worn
        num_body = meshes.num_bodies * per_body
        common = [*samples.arrays, stages, self._sun_size, sun_map]
        self._launcher.launch(
            kernels_shade.shade_bodies,
            samples.count,
            [num_body, per_body, *common, meshes.dressed, meshes.normals, maker.faces]
            + [maker.part, maker.canon, maker.attributes, maker.lips, meshes.look]
            + [self._atlas, out],
        )
        if worn.num_faces:
            self._launcher.launch(
                kernels_wear.shade_wear,
                samples.count,
                [num_body, per_body, self._num_faces, *common, worn.vertices, worn.normals]
                + [worn.faces, worn.first, worn.kind, worn.vertex_kit, maker.wardrobe.canon]
                + [maker.wardrobe.attributes, meshes.look, self._atlas, out],
            )
        self._launcher.launch(
            kernels_shade.shade_props,
            samples.count,
            [num_body, *common, meshes.prop_vertices, maker.prop_faces, meshes.paint]
            + [self._atlas, out],
        )
