"""Figure 6: images with predicted people, and the same people in 3D."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from mpl_toolkits.mplot3d import Axes3D

from das_model.camera import Camera
from das_model.evaluation.drawing import PALETTE, draw_skeletons
from das_model.network.checkpoint import load_network
from das_model.people import People
from das_model.reproduction.pictures import read_pictures
from das_model.training.network_predictor import NetworkPredictor

_NUM_PICTURES = 4
_INPUT_SIZE = (448, 256)


def draw(model: Path, picture: Path, out: Path) -> None:
    """Draw Figure 6: overlays above, 3D views from the side and above below.

    Args:
        model: weights file or checkpoint.
        picture: picture, or film whose frames are taken.
        out: PNG to write.
    """
    predictor = NetworkPredictor(load_network(model), _INPUT_SIZE)
    images = read_pictures(picture, _NUM_PICTURES)
    figure = Figure(figsize=(3.6 * len(images), 5.4), layout="constrained")
    for column, image in enumerate(images):
        camera = Camera.from_fov(image.shape[1::-1])
        people = predictor.people(image, camera)
        axis = figure.add_subplot(2, len(images), column + 1)
        axis.imshow(draw_skeletons(image, people.joints_px(camera), people.skeleton, width_px=3))
        axis.axis("off")
        place = len(images) + column + 1
        scene = figure.add_subplot(2, len(images), place, projection="3d")
        assert isinstance(scene, Axes3D)
        draw_scene(scene, people)
    figure.savefig(out, dpi=140)


def draw_scene(axis: Axes3D, people: People) -> None:
    """People in metres, x right, depth into the picture, up is up, seen from above the camera."""
    joints = people.joints_cam / 1000
    scene = np.stack([joints[..., 0], joints[..., 2], -joints[..., 1]], axis=-1)
    for person, points in enumerate(scene):
        colour = np.array(PALETTE[person % len(PALETTE)]) / 255
        for bone in people.skeleton.bones:
            axis.plot(*points[list(bone)].T, color=colour, linewidth=2)
    low, high = np.array([-2.0, 2.0, -1.0]), np.array([2.0, 6.0, 1.0])
    if len(scene):
        flat = scene.reshape(-1, 3)
        low, high = flat.min(axis=0) - 0.3, flat.max(axis=0) + 0.3
        middle = (low[1] + high[1]) / 2
        low[1], high[1] = min(low[1], middle - 1), max(high[1], middle + 1)
    axis.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), zlim=(low[2], high[2]))
    axis.set_box_aspect(high - low, zoom=0.95)
    for part in (axis.xaxis, axis.yaxis, axis.zaxis):
        part.set_major_locator(MaxNLocator(3))
    axis.view_init(elev=18, azim=-60)
    axis.set_xlabel("x, m", fontsize=8, labelpad=-6)
    axis.set_ylabel("depth, m", fontsize=8, labelpad=-6)
    axis.tick_params(labelsize=6, pad=-2)
