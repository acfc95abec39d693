"""What the 3D view is made of: vispy visuals that are made once and updated in place."""

import numpy as np
from vispy import gloo, scene
from vispy.scene.node import Node
from vispy.scene.visuals import create_visual_node
from vispy.visuals import Visual
from vispy.visuals.transforms import STTransform
from vispy.visuals.visual import VisualView

from das_app.gui.body_mesh import VERTEX, BodyMesh
from das_app.gui.scene_geometry import grid_segments

_VERTEX_SHADER = """
varying vec3 v_colour;
attribute vec3 a_position;
attribute vec3 a_normal;
attribute vec3 a_colour;
void main() {
    float facing = 0.5 + 0.5 * dot(a_normal, normalize(vec3(-0.4, -0.6, 0.8)));
    v_colour = a_colour * (0.38 + 0.72 * facing);
    gl_Position = $transform(vec4(a_position, 1.0));
}
"""
_FRAGMENT_SHADER = """
varying vec3 v_colour;
void main() {
    gl_FragColor = vec4(v_colour, 1.0);
}
"""
_LABELS_M = (1, 2, 3, 4, 6, 8)  # along the camera axis, sparser where they come together
_AXIS_LENGTH_M = 0.3
_AXES = {"x": (1, 0, 0), "y": (0, 0, -1), "z": (0, 1, 0)}  # camera axes in scene space
_AXIS_COLOURS = {"x": "#e06c75", "y": "#7fbf6a", "z": "#5aa7e0"}


class BodyVisual(Visual):
    """Softly lit triangles of all people; `set_mesh` refills the same buffers.

    Attributes:
        mesh: what is shown; None before the first.
    """

    def __init__(self) -> None:
        super().__init__(vcode=_VERTEX_SHADER, fcode=_FRAGMENT_SHADER)
        self._vertices = gloo.VertexBuffer(np.zeros(3, VERTEX))
        self._faces = gloo.IndexBuffer(np.zeros(3, np.uint32))
        self.mesh: BodyMesh | None = None
        self.shared_program.bind(self._vertices)
        self._draw_mode, self._index_buffer = "triangles", self._faces
        self.set_gl_state("opaque", depth_test=True, cull_face=False)
        self.freeze()

    def set_mesh(self, mesh: BodyMesh) -> None:
        """Show `mesh` instead of what was shown."""
        self.mesh = mesh
        if len(mesh.faces):
            self._vertices.set_data(mesh.vertices)
            self._faces.set_data(mesh.faces.reshape(-1))
        self.update()

    def _prepare_transforms(self, view: VisualView) -> None:
        view.view_program.vert["transform"] = view.get_transform()

    def _prepare_draw(self, view: VisualView) -> bool:
        return self.mesh is not None and len(self.mesh.faces) > 0


Bodies = create_visual_node(BodyVisual)


class Segments:
    """Separate line segments whose points change but whose visual stays."""

    def __init__(self, parent: Node, width_px: float = 1.5) -> None:
        self._line = scene.visuals.Line(
            pos=np.zeros((2, 3), np.float32), connect="segments", width=width_px,
            antialias=True, parent=parent,
        )  # fmt: skip
        self._line.visible = False

    def set_points(self, points: np.ndarray, colours: np.ndarray | tuple[float, ...]) -> None:
        """Show (N, 3) points, two per segment, in one colour or in (N, 4) RGBA."""
        self._line.visible = len(points) > 0
        if len(points):
            self._line.set_data(pos=points, color=colours)

    @property
    def points(self) -> np.ndarray:
        """(N, 3) points shown; (0, 3) when hidden."""
        return self._line.pos if self._line.visible else np.zeros((0, 3), np.float32)


class Floor:
    """Grid of one metre meshes with the distance from the camera written on it."""

    def __init__(self, parent: Node, grid_rgb: np.ndarray, text_colour: str) -> None:
        self.node = scene.Node(parent=parent)
        self.node.transform = STTransform()
        points, colours = grid_segments(grid_rgb)
        Segments(self.node, 1.0).set_points(points, colours)
        self.labels = scene.visuals.Text(
            [f"{metres} m" for metres in _LABELS_M],
            pos=[(0.06, metres + 0.06, 0) for metres in _LABELS_M],
            color=text_colour, font_size=8, anchor_x="left", anchor_y="bottom",
            parent=self.node,
        )  # fmt: skip

    def set_height(self, floor_m: float) -> None:
        """Move the floor to a height in scene space."""
        self.node.transform.translate = (0, 0, floor_m)


def add_axes(parent: Node) -> None:
    """Camera axes x, y (down) and z (forward) at the origin, with their names."""
    for name, direction in _AXES.items():
        tip = np.array(direction, np.float32) * _AXIS_LENGTH_M
        axis = Segments(parent, 2.5)
        axis.set_points(np.stack([np.zeros(3, np.float32), tip]), _AXIS_COLOURS[name])
        scene.visuals.Text(
            name, pos=tip * 1.25, color=_AXIS_COLOURS[name], font_size=9, parent=parent
        )
