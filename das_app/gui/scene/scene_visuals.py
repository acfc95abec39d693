"""Visuals of the 3D view (vispy), made once and updated in place."""

import cv2
import numpy as np
from PySide6.QtGui import QColor
from vispy import gloo, scene
from vispy.color import ColorArray
from vispy.scene.node import Node
from vispy.scene.visuals import create_visual_node
from vispy.visuals import Visual
from vispy.visuals.transforms import STTransform
from vispy.visuals.visual import VisualView

from das_app.gui.scene.scene_geometry import grid_segments
from das_app.gui.scene.scene_labels import Words
from das_app.gui.style import theme

_PICTURE_VERTEX = """
attribute vec3 a_position;
attribute vec2 a_place;
varying vec2 v_place;
void main() {
    v_place = a_place;
    gl_Position = $transform(vec4(a_position, 1.0));
}
"""
_PICTURE_FRAGMENT = """
uniform sampler2D u_picture;
varying vec2 v_place;
void main() {
    gl_FragColor = vec4(texture2D(u_picture, v_place).rgb, 1.0);
}
"""
_GUESSED_OPACITY = 0.45
_PICTURE_WIDTH_PX = 320  # on the card: it is small on the screen
_LABELS_M = (
    1,
    2,
    3,
    4,
    6,
    8,
    10,
    12,
    15,
    20,
    25,
    30,
    40,
)  # along the camera axis, sparser where they come together
_AXIS_LENGTH_M = 0.3
_AXES = {"x": (1, 0, 0), "y": (0, 0, -1), "z": (0, 1, 0)}  # camera axes in scene space
_AXIS_COLOURS = {"x": "#e06c75", "y": "#7fbf6a", "z": "#5aa7e0"}
_NOWHERE_M = np.full((2, 3), -1e4, np.float32)  # too far away to be seen
_QUAD = np.array([0, 1, 2, 0, 2, 3], np.uint32)


class PictureVisual(Visual):
    """The live picture on four corners in the scene."""

    def __init__(self) -> None:
        super().__init__(vcode=_PICTURE_VERTEX, fcode=_PICTURE_FRAGMENT)
        self._corners = gloo.VertexBuffer(np.zeros((4, 3), np.float32))
        self._texture = gloo.Texture2D(
            np.zeros((2, 2, 3), np.uint8), interpolation="linear", resizable=True
        )
        self.shared_program["a_position"] = self._corners
        self.shared_program["a_place"] = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
        self.shared_program["u_picture"] = self._texture
        self._draw_mode, self._index_buffer = "triangles", gloo.IndexBuffer(_QUAD)
        self.set_gl_state("opaque", depth_test=True, cull_face=False)
        self.freeze()

    def set_corners(self, corners_m: np.ndarray) -> None:
        """Put the picture on (4, 3) corners of scene space, top left first, clockwise."""
        self._corners.set_data(np.asarray(corners_m, np.float32))
        self.update()

    def set_picture(self, image: np.ndarray) -> None:
        """Show (H, W, 3) uint8 RGB."""
        height = max(2, round(image.shape[0] * _PICTURE_WIDTH_PX / image.shape[1]))
        size, finer = (_PICTURE_WIDTH_PX, height), (2 * _PICTURE_WIDTH_PX, 2 * height)
        # in two steps: means over all pixels of a large picture take four times as long
        finer_image = cv2.resize(image, finer, interpolation=cv2.INTER_LINEAR)
        self._texture.set_data(cv2.resize(finer_image, size, interpolation=cv2.INTER_AREA))
        self.update()

    def _prepare_transforms(self, view: VisualView) -> None:
        view.view_program.vert["transform"] = view.get_transform()

    def _prepare_draw(self, view: VisualView) -> bool:
        return True


Picture = create_visual_node(PictureVisual)


class Segments:
    """Separate line segments whose points change but whose visual stays."""

    def __init__(self, parent: Node, width_px: float = 1.5) -> None:
        self.node = scene.visuals.Line(
            pos=_NOWHERE_M, connect="segments", width=width_px, antialias=True, parent=parent
        )

    def set_points(self, points: np.ndarray, colours: np.ndarray) -> None:
        """Show (N, 3) points, two per segment, in one colour (4,) or in (N, 4) RGBA.

        Colours by name would make vispy import matplotlib, which takes half a second.
        """
        if len(points):
            self.node.set_data(pos=points, color=colours)
        else:
            self.clear()

    def clear(self) -> None:
        """Show nothing. The line is drawn all the same, so that its program is made early."""
        self.node.set_data(pos=_NOWHERE_M, color=np.ones(4, np.float32))

    @property
    def points(self) -> np.ndarray:
        """(N, 3) points shown; (0, 3) when hidden."""
        is_shown = self.node.pos is not _NOWHERE_M
        return self.node.pos if is_shown else np.zeros((0, 3), np.float32)


class Floor:
    """Grid of one metre meshes with the distance from the camera written on it."""

    def __init__(self, parent: Node) -> None:
        self.node = scene.Node(parent=parent)
        self.node.transform = STTransform()
        self._lines = Segments(self.node, 1.0)
        # the first to be drawn: no line lies across who stands below a floor that is guessed
        self._lines.node.set_gl_state("translucent", depth_test=False)
        self._labels = Words((0.0, 1.0), parent=self.node)
        self._drawn: object = None

    def set_height(self, floor_m: float) -> None:
        """Move the floor to a height in scene space."""
        self.node.transform.translate = (0, 0, floor_m)

    def set_reach(self, half_m: int, depth_m: int, is_guessed: bool) -> None:
        """Make it so wide and deep, in the colours of the stage, faint where it is guessed;
        nothing is done for the same."""
        stage = theme.stage()
        if self._drawn == (half_m, depth_m, is_guessed, stage):
            return
        self._drawn = (half_m, depth_m, is_guessed, stage)
        points, colours = grid_segments(rgb(stage.grid), half_m, depth_m)
        colours[:, 3] *= _GUESSED_OPACITY if is_guessed else 1
        self._lines.set_points(points, colours)
        metres = [distance for distance in _LABELS_M if distance < depth_m]
        places_m = np.array([(0.06, distance + 0.06, 0) for distance in metres])
        colours = np.tile(rgb(stage.muted), (len(metres), 1))
        self._labels.set_words([f"{distance} m" for distance in metres], places_m, colours)


def rgb(colour: str) -> np.ndarray:
    """(3,) RGB in [0, 1] of a colour's name."""
    named = QColor(colour)
    return np.array([named.redF(), named.greenF(), named.blueF()])


def add_axes(parent: Node) -> None:
    """Camera axes x, y (down) and z (forward) at the origin, with their names."""
    tips = np.array(list(_AXES.values()), np.float32) * _AXIS_LENGTH_M
    colours = ColorArray(list(_AXIS_COLOURS.values())).rgba
    ends = np.stack([np.zeros_like(tips), tips], axis=1).reshape(-1, 3)
    Segments(parent, 2.0).set_points(ends, np.repeat(colours, 2, axis=0))
    Words((0.5, 0.5), parent=parent).set_words(list(_AXES), tips * 1.25, colours[:, :3])
