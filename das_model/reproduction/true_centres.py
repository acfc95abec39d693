"""Errors of a network's poses read where people truly are, of the same people for every centre.

What a network is told of a person stands at the locations around the centre, whichever that is;
reading the one of highest centerness leaves out how well people are found.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch

from das_model.annotation import Annotation
from das_model.camera import Camera
from das_model.inference.decode import LevelMaps, depth_mm
from das_model.inference.onnx_network import network_maps
from das_model.inference.targets import Encoding, Targets, encode
from das_model.network.exported_network import decoder_maps
from das_model.network.network import DasNetwork
from das_model.skeleton import Skeleton

_CHUNK = 32  # pictures at once


def measured(network: DasNetwork, pictures: Iterator[tuple[np.ndarray, Annotation]]) -> np.ndarray:
    """(P,) mm: root-aligned error of everybody whom root and box centres both answer for, read at
    the location that should know them best.

    Raises:
        ValueError: if there is nobody.
    """
    errors: list[np.ndarray] = []
    images, annotations = [], []
    for image, annotation in pictures:
        images.append(image)
        annotations.append(annotation)
        if len(images) == _CHUNK:
            errors += _errors_of(network, images, annotations)
            images, annotations = [], []
    if images:
        errors += _errors_of(network, images, annotations)
    people = np.concatenate([np.zeros(0), *errors])
    if not len(people):
        raise ValueError("nobody to measure: no one's root and box have their middle in a picture")
    return people.astype(np.float32)


@torch.no_grad()
def _errors_of(
    network: DasNetwork, images: list[np.ndarray], annotations: list[Annotation]
) -> list[np.ndarray]:
    """(P,) mm of each picture's people."""
    config = network.config
    batch = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2)
    outputs = [output.numpy() for output in decoder_maps(network(batch), config.sigma_limit)]
    errors = []
    for i, annotation in enumerate(annotations):
        levels, _heat = network_maps([output[i : i + 1] for output in outputs])
        told = annotation.in_skeleton(Skeleton(config.joint_names))
        errors.append(person_errors(levels, told, config.encoding))
    return errors


def person_errors(
    levels: list[LevelMaps], annotation: Annotation, encoding: Encoding
) -> np.ndarray:
    """(P,) mm, mean over labelled joints but the root, of those of a picture's people whom both
    kinds of centre have a location for, read at those of `encoding`."""
    other = "box" if encoding.centre == "root" else "root"
    places = best_locations(encode(annotation, encoding), annotation, encoding)
    others = best_locations(
        encode(annotation, replace(encoding, centre=other)), annotation, encoding
    )
    people = [p for p in places if p in others and annotation.valid_3d[p].all()]
    errors, root = [], annotation.skeleton.root
    for person in people:
        told = joints_told(levels, places[person], annotation.camera, encoding)
        wanted = annotation.joints_cam[person]
        distance = np.linalg.norm(told - told[root] - (wanted - wanted[root]), axis=-1)
        errors.append(np.delete(distance, root).mean())
    return np.array(errors)


def joints_told(
    levels: list[LevelMaps], place: tuple[int, int, int], camera: Camera, encoding: Encoding
) -> np.ndarray:
    """(J, 3) mm in camera space, the person of a location: its level, row and column."""
    level, y, x = place
    maps, stride = levels[level], encoding.strides[level]
    joints = maps.joint_offset[:, :, y, x].astype(np.float64)  # (J, 3)
    joints_px = (joints[:, :2] + np.array([x, y]) + 0.5) * stride - 0.5
    depth = depth_mm(joints[None, :, 2], maps.root[-1, y, x][None], camera, encoding)
    return camera.back_project(joints_px, depth[0])


def best_locations(
    targets: list[Targets], annotation: Annotation, encoding: Encoding
) -> dict[int, tuple[int, int, int]]:
    """Level, row and column of the location of highest centerness of each person who has one."""
    roots_px = annotation.joints_px[:, annotation.skeleton.root]
    best: dict[int, tuple[float, tuple[int, int, int]]] = {}
    for level, (target, stride) in enumerate(zip(targets, encoding.strides, strict=True)):
        ys, xs = np.nonzero(target.positive)
        at = (target.root[:2, ys, xs].T + np.stack([xs, ys], axis=1) + 0.5) * stride - 0.5
        owners = np.linalg.norm(at[:, None] - roots_px, axis=-1).argmin(axis=1) if len(ys) else []
        for owner, y, x in zip(
            np.asarray(owners, int).tolist(), ys.tolist(), xs.tolist(), strict=True
        ):
            found = (float(target.centerness[y, x]), (level, y, x))
            best[owner] = max(best.get(owner, found), found)
    return {person: place for person, (_, place) in best.items()}
