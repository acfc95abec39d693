"""Bodies and their shadows as vispy visuals: made once, refilled with each result."""

import numpy as np
from vispy import gloo
from vispy.scene.visuals import create_visual_node
from vispy.visuals import Visual
from vispy.visuals.visual import VisualView

from das_app.gui.bodies.skeleton_mesh import VERTEX, Mesh

_BODY_VERTEX = """
attribute vec3 a_position;
attribute vec3 a_normal;
attribute vec4 a_colour;
varying vec3 v_position;
varying vec3 v_normal;
varying vec4 v_colour;
void main() {
    v_position = a_position;
    v_normal = a_normal;
    v_colour = a_colour;
    gl_Position = PLACE;
}
"""
BODY_FRAGMENT = """
uniform vec3 u_eye;
uniform vec3 u_light;
uniform vec3 u_ambient;
varying vec3 v_position;
varying vec3 v_normal;
varying vec4 v_colour;
void main() {
    vec3 normal = normalize(v_normal);
    vec3 to_eye = normalize(u_eye - v_position);
    float wrapped = 0.5 + 0.5 * dot(normal, u_light);
    float facing = max(dot(normal, to_eye), 0.0);
    float rim = (1.0 - facing) * (1.0 - facing);
    vec3 cool = v_colour.rgb * u_ambient;
    vec3 lit = mix(cool, v_colour.rgb * 1.06, wrapped * (0.35 + 0.65 * wrapped));
    lit += 0.10 * wrapped * facing * facing + 0.16 * rim * (0.4 + 0.6 * normal.z) * v_colour.rgb;
    gl_FragColor = vec4(lit, v_colour.a);
}
"""
_SHADOW_VERTEX = """
attribute vec3 a_position;
attribute vec3 a_place;
varying vec3 v_place;
void main() {
    v_place = a_place;
    gl_Position = $transform(vec4(a_position, 1.0));
}
"""
_SHADOW_FRAGMENT = """
varying vec3 v_place;
void main() {
    float rest = max(1.0 - dot(v_place.xy, v_place.xy), 0.0);
    gl_FragColor = vec4(0.0, 0.0, 0.0, v_place.z * rest * rest);
}
"""
_OVER = ("src_alpha", "one_minus_src_alpha", "one", "one_minus_src_alpha")
GONE, _SOLID = 0.02, 0.99  # opacities
_CORNER = np.dtype([("a_position", "f4", 3), ("a_place", "f4", 3)])
_SQUARE = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32)
_TWO_TRIANGLES = np.array([0, 1, 2, 0, 2, 3], np.uint32)


def body_vertex(place: str) -> str:
    """Vertex shader of bodies.

    Args:
        place: of a corner in OpenGL's clip space, as GLSL computes it.
    """
    return _BODY_VERTEX.replace("PLACE", place)


_IN_SCENE = body_vertex("$transform(vec4(a_position, 1.0))")


class BodyVisual(Visual):
    """Softly lit triangles of all people; `set_mesh` refills the same buffers.

    Attributes:
        mesh: what is shown; None before the first.
    """

    def __init__(self) -> None:
        super().__init__(vcode=_IN_SCENE, fcode=BODY_FRAGMENT)
        self._vertices = gloo.VertexBuffer(np.zeros(3, VERTEX))
        self.mesh: Mesh | None = None
        self._faces: np.ndarray | None = None  # on the card
        self._is_gone = self._is_faint = np.zeros(0, bool)  # (V,)
        self._was_drawn = False  # the first time nothing is drawn, to make the program early
        self.shared_program.bind(self._vertices)
        self.set_ambient((0.3, 0.3, 0.3))
        self.set_eye(np.zeros(3), np.array([0.0, 0.0, 1.0]))
        self._draw_mode = "triangles"
        self._index_buffer = gloo.IndexBuffer(np.zeros(3, np.uint32))
        self.set_gl_state(depth_test=True, cull_face="back", blend=True, blend_func=_OVER)
        self.freeze()

    def set_mesh(self, mesh: Mesh) -> None:
        """Show `mesh` instead of what was shown; who is farther comes first in it."""
        self.mesh = mesh
        if len(mesh.faces):
            self._vertices.set_data(mesh.vertices)
            alpha = mesh.vertices["a_colour"][:, 3]
            self._is_gone, self._is_faint = alpha < GONE, alpha < _SOLID
            self.update_gl_state(blend=bool(alpha.min() < _SOLID))  # blending costs more
            self.set_faces(mesh.faces)
        self.update()

    def set_faces(self, faces: np.ndarray) -> None:
        """Draw the triangles (F, 3) of the mesh in this order, but what is faint last: one sees
        through it what lies behind, and not the ground."""
        if self._is_gone.any():  # what is not seen must hide nothing
            faces = faces[~self._is_gone[faces].all(axis=1)]
        if self._is_faint.any():
            is_faint = self._is_faint[faces].any(axis=1)
            faces = np.concatenate([faces[~is_faint], faces[is_faint]])
        if faces is not self._faces:
            self._faces = faces
            self._index_buffer.set_data(faces.reshape(-1))

    def set_eye(self, eye_m: np.ndarray, light: np.ndarray) -> None:
        """Say where the view is seen from, (3,) in scene space, and the direction to the light."""
        self.shared_program["u_eye"] = tuple(eye_m.tolist())
        self.shared_program["u_light"] = tuple(light.tolist())

    def set_ambient(self, light: tuple[float, float, float]) -> None:
        """Say how much light of each colour there is in the shade."""
        self.shared_program["u_ambient"] = light

    def _prepare_transforms(self, view: VisualView) -> None:
        view.view_program.vert["transform"] = view.get_transform()

    def _prepare_draw(self, view: VisualView) -> bool:
        is_first, self._was_drawn = not self._was_drawn, True
        return is_first or (self.mesh is not None and len(self.mesh.faces) > 0)


class ShadowVisual(Visual):
    """Soft dark spots on the floor.

    Attributes:
        num_spots: how many are shown.
    """

    def __init__(self) -> None:
        super().__init__(vcode=_SHADOW_VERTEX, fcode=_SHADOW_FRAGMENT)
        self.num_spots = 0
        self._was_drawn = False
        self._corners = gloo.VertexBuffer(np.zeros(4, _CORNER))
        self.shared_program.bind(self._corners)
        self._draw_mode, self._index_buffer = "triangles", gloo.IndexBuffer(_TWO_TRIANGLES)
        # drawn before everything that stands on the floor
        self.set_gl_state(depth_test=False, cull_face=False, blend=True, blend_func=_OVER)
        self.freeze()

    def set_spots(self, centres: np.ndarray, along: np.ndarray, strength: np.ndarray) -> None:
        """Show N spots.

        Args:
            centres: (N, 3) m in scene space.
            along: (N, 2, 2) m, half axes of the ellipses on the floor.
            strength: (N,) in the middle, in [0, 1].
        """
        if len(centres):
            corners = np.zeros((len(centres), 4), _CORNER)
            corners["a_position"] = centres[:, None]
            corners["a_position"][..., :2] += _SQUARE @ along
            corners["a_place"][..., :2] = _SQUARE
            corners["a_place"][..., 2] = strength[:, None]
            self._corners.set_data(corners.reshape(-1))
            if len(centres) != self.num_spots:
                first = 4 * np.arange(len(centres), dtype=np.uint32)[:, None]
                self._index_buffer.set_data((first + _TWO_TRIANGLES).reshape(-1))
        self.num_spots = len(centres)
        self.update()

    def _prepare_transforms(self, view: VisualView) -> None:
        view.view_program.vert["transform"] = view.get_transform()

    def _prepare_draw(self, view: VisualView) -> bool:
        is_first, self._was_drawn = not self._was_drawn, True
        return is_first or self.num_spots > 0


Bodies = create_visual_node(BodyVisual)
Shadows = create_visual_node(ShadowVisual)
