"""Figure 5: joint offset fields over an image."""

from pathlib import Path

import matplotlib
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from das_model.camera import Camera
from das_model.inference.decode import DecodeConfig
from das_model.inference.onnx_network import network_maps
from das_model.inference.refine import Refinement, find_people
from das_model.network.checkpoint import load_network
from das_model.network.exported_network import decoder_maps
from das_model.network.network import DasNetwork, HeadMaps
from das_model.preprocess import fitting_size, letterbox
from das_model.reproduction.pictures import read_pictures
from das_model.skeleton import Skeleton

JOINTS = ("right_elbow", "left_knee", "left_ankle")
_NOMINAL_AREA = (768, 448)
_STRIDES = (16, 32)
_MIN_SCORE = 0.15  # of locations that stand for people


def draw(model: Path, picture: Path, out: Path) -> None:
    """Draw Figure 5: two strides down, three joints across.

    Args:
        model: weights file or checkpoint.
        picture: picture, or film whose middle frame is taken.
        out: PNG to write.
    """
    network = load_network(model)
    image = read_pictures(picture, 1)[0]
    size = fitting_size(image.shape[1::-1], _NOMINAL_AREA, network.config.encoding.side_multiple)
    boxed, camera = letterbox(image, Camera.from_fov(image.shape[1::-1]), size)
    with torch.no_grad():
        levels = network(torch.from_numpy(boxed[None]).permute(0, 3, 1, 2))
    figure = Figure(figsize=(13.5, 5.4), layout="constrained")
    axes = figure.subplots(len(_STRIDES), len(JOINTS))
    skeleton, encoding = Skeleton(network.config.joint_names), network.config.encoding
    found = _joints_px(network, levels, camera, skeleton)
    for row, stride in zip(axes, _STRIDES, strict=True):
        level = encoding.strides.index(stride)
        locations = encoding.locations_px(level, size[1] // stride, size[0] // stride)
        for axis, joint in zip(row, JOINTS, strict=True):
            index = skeleton.index(joint)
            field = levels[level].joint_offsets[-1][0, index, :2].numpy() * stride
            axis.imshow(boxed, alpha=0.65)
            _draw_field(axis, locations, field, found[:, index])
            axis.set(xlim=(0, size[0]), ylim=(size[1], 0), xticks=[], yticks=[])
            axis.set_title(f"{joint.replace('_', ' ')}, stride {stride}", fontsize=10)
    figure.savefig(out, dpi=140)


def _draw_field(
    axis: Axes, locations: np.ndarray, field: np.ndarray, joints_px: np.ndarray
) -> None:
    """Lines from locations to where they point, coloured by direction; the people's joints."""
    start, step = locations.reshape(-1, 2), field.reshape(2, -1).T
    colours = matplotlib.colormaps["hsv"]((np.arctan2(step[:, 1], step[:, 0]) / (2 * np.pi)) % 1.0)
    axis.quiver(
        start[:, 0],
        start[:, 1],
        step[:, 0],
        step[:, 1],
        color=colours,
        angles="xy",
        scale_units="xy",
        scale=1,
        width=0.0018,
        headwidth=4,
        headlength=5,
        alpha=0.8,
    )
    axis.scatter(joints_px[:, 0], joints_px[:, 1], s=46, c="white", edgecolors="black", zorder=3)


def _joints_px(
    network: DasNetwork, levels: list[HeadMaps], camera: Camera, skeleton: Skeleton
) -> np.ndarray:
    """(P, J, 2) px of the people found."""
    outputs = decoder_maps(levels, network.config.sigma_limit)
    maps, heat = network_maps([output.numpy() for output in outputs])
    people = find_people(
        maps,
        camera,
        network.config.encoding,
        skeleton,
        DecodeConfig(_MIN_SCORE),
        Refinement(heat),
    )
    return people.joints_px(camera)
