"""People over the picture as they stand in the room: who is nearer hides who is behind.

Drawn by the 3D view's OpenGL into a picture of its own, through the lens that filmed, with its
distortion. As bodies, every point hides what lies behind it. As skeletons, a person's bones are
sorted by depth, and lie before the person's own flesh and behind everybody nearer.
"""

import cv2
import numpy as np
from vispy import gloo
from vispy.scene import SceneCanvas

from das_app.gui.bodies.body_mesh import body_mesh, can_wear, whole_joints
from das_app.gui.bodies.skeleton_mesh import NOBODY, Mesh, limb_owners, skeleton_mesh
from das_app.gui.picture.letterbox import Letterbox
from das_app.gui.picture.overlay_layer import Shown
from das_app.gui.scene.body_visuals import BODY_FRAGMENT, GONE, body_vertex
from das_app.gui.scene.orbit_camera import light_from
from das_app.gui.scene.scene_geometry import joint_solidity, scene_from_camera
from das_app.gui.scene.scene_visuals import rgb
from das_app.gui.style import theme
from das_app.gui.style.stage import DARK_STAGE
from das_model.camera import Camera

_VERTEX = f"attribute vec3 a_place;{body_vertex('vec4(a_place, 1.0)')}"
_KEPT = ("src_alpha", "zero", "one", "zero")  # what is nearest, its alpha multiplied in
_DEPTH_24_BITS = 0x81A6  # GL_DEPTH_COMPONENT24
_NEAREST_M, _MIN_RANGE = 0.1, 1e-6
_FINER, _FINER_UP_TO_PX = 2, 2_100_000  # drawn so much larger up to this size, for smooth rims
_DEEPEST = 0.98  # of the depths that OpenGL has, from -1 to 1


class DepthPainter:
    """Draws everybody with true depth.

    Args:
        canvas: of the 3D view, whose OpenGL draws.
    """

    def __init__(self, canvas: SceneCanvas) -> None:
        self._canvas = canvas
        self._program: gloo.Program | None = None

    def __call__(
        self, shown: Shown, box: Letterbox, size: tuple[int, int], ratio: float, has_bodies: bool
    ) -> np.ndarray | None:
        """(H, W, 4) uint8 RGBA, premultiplied, in device pixels; None where OpenGL does not run.

        Args:
            shown: people, and the camera that saw them.
            box: where the picture lies in the view.
            size: width and height of the view in its units.
            ratio: device pixels of a unit.
            has_bodies: as bodies; else as skeletons.
        """
        if not self._is_ready():
            return None
        layers = [
            (mesh, _places(mesh, depth, shown.frame.camera, box, size))
            for mesh, depth in _meshes(shown, has_bodies)
        ]
        width, height = (round(ratio * side) for side in size)
        finer = _FINER if width * height <= _FINER_UP_TO_PX else 1
        pixels = self._drawn(layers, (finer * width, finer * height))
        if finer > 1:
            pixels = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
        return pixels

    def _is_ready(self) -> bool:
        """Whether OpenGL runs; it is started where the 3D view was not seen yet."""
        native = self._canvas.native
        if not native.isValid():
            native.grabFramebuffer()
        return bool(native.isValid())

    def _drawn(self, layers: list[tuple[Mesh, np.ndarray]], size: tuple[int, int]) -> np.ndarray:
        """(H, W, 4) of the last mesh at its places (V, 3), hidden by itself and the others."""
        self._canvas.set_current()
        program = self._program = self._program or _program()
        colour = gloo.RenderBuffer(size[::-1], "color")
        depth = gloo.RenderBuffer(size[::-1], _DEPTH_24_BITS)
        with gloo.FrameBuffer(colour, depth) as buffer:
            gloo.set_viewport(0, 0, *size)
            gloo.set_state(depth_test=True, cull_face=False, blend=True, blend_func=_KEPT)
            gloo.clear(color=(0.0, 0.0, 0.0, 0.0), depth=True)
            for mesh, places in layers:
                faces = _drawable(mesh, places)
                if not len(faces):
                    continue
                is_seen = mesh is layers[-1][0]
                gloo.set_color_mask(is_seen, is_seen, is_seen, is_seen)
                program["a_place"] = np.nan_to_num(places).astype(np.float32)
                for name in ("a_position", "a_normal", "a_colour"):
                    program[name] = np.ascontiguousarray(mesh.vertices[name])
                program.draw("triangles", gloo.IndexBuffer(faces.reshape(-1)))
            gloo.set_color_mask(True, True, True, True)
            pixels = buffer.read()
        for thing in (buffer, colour, depth):
            thing.delete()
        return pixels


def _program() -> gloo.Program:
    program = gloo.Program(_VERTEX, BODY_FRAGMENT)
    program["u_eye"] = (0.0, 0.0, 0.0)
    program["u_light"] = tuple(light_from(0.0, 0.0).tolist())
    program["u_ambient"] = DARK_STAGE.ambient  # over the picture, the same under both looks
    return program


def _meshes(shown: Shown, has_bodies: bool) -> list[tuple[Mesh, np.ndarray]]:
    """What only hides others, and last what is seen; with depths (V,) from 0, nearest, to 1."""
    people = shown.people
    order = np.argsort(people.root_cam[:, 2])  # the nearest first
    joints_m = scene_from_camera(people.joints_cam)[order]
    solid = joint_solidity(people, shown.frame.camera)[order]
    palette = np.array([rgb(colour) for colour in theme.PERSON_COLOURS])
    colours = palette[shown.slots % len(palette)][order]
    bodies = NOBODY
    if len(people) and can_wear(people.skeleton):
        whole_m, whole_solid = whole_joints(joints_m, solid, people.skeleton)
        bodies = body_mesh(whole_m, colours, whole_solid)
        if has_bodies:
            return [(bodies, _depths(bodies))]
    limbs = skeleton_mesh(joints_m, colours, solid, people.skeleton)
    rank_of_limbs = limb_owners(len(people), people.skeleton)
    rank_of_flesh = np.repeat(np.arange(len(people)), len(bodies.vertices) // max(len(people), 1))
    step = 1 / max(len(people), 1)
    return [
        (bodies, step * (rank_of_flesh + 0.5 + 0.5 * _depths(bodies))),
        (limbs, step * (rank_of_limbs + 0.5 * _depths(limbs))),
    ]


def _depths(mesh: Mesh) -> np.ndarray:
    """(V,) from 0, the nearest vertex, to 1; NaN behind the lens. As OpenGL's own, these go
    evenly over the screen, so that triangles cut each other where they do in the room."""
    forward = mesh.vertices["a_position"][:, 1].astype(np.float64)
    closeness = 1 / np.where(forward > _NEAREST_M, forward, np.nan)
    if not np.isfinite(closeness).any():
        return closeness
    low, high = np.nanmin(closeness), np.nanmax(closeness)
    return (high - closeness) / max(high - low, _MIN_RANGE)


def _places(
    mesh: Mesh, depth: np.ndarray, camera: Camera, box: Letterbox, size: tuple[int, int]
) -> np.ndarray:
    """(V, 3) of a mesh on the card: x and y of the view from -1 to 1, y up, and depth."""
    right, forward, up = np.moveaxis(mesh.vertices["a_position"].astype(np.float64), -1, 0)
    at = box.to_view(camera.project(np.stack([right, -up, forward], axis=-1)))
    flat = (2 * at / size - 1) * (1, -1)
    return np.column_stack([flat, _DEEPEST * (2 * depth - 1)])


def _drawable(mesh: Mesh, places: np.ndarray) -> np.ndarray:
    """(F, 3) triangles before the lens of which something is seen."""
    is_gone = mesh.vertices["a_colour"][:, 3] < GONE
    is_before = np.isfinite(places).all(axis=1)
    keep = is_before[mesh.faces].all(axis=1) & ~is_gone[mesh.faces].all(axis=1)
    return mesh.faces[keep]
