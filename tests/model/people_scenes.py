"""Made-up people and their perfect maps, for the tests of the model."""

import numpy as np

from das_model.annotation import Annotation
from das_model.camera import Camera
from das_model.inference.decode import LevelMaps
from das_model.inference.targets import Encoding, encode
from das_model.skeleton import BODY_22

# A standing person, mm, relative to the pelvis, in the order of BODY_22.
STANDING = np.array(
    [
        [0, 0, 0],
        [0, -250, 20],
        [0, -500, 10],
        [0, -620, -20],
        [0, -760, 10],
        [0, -640, -110],
        [35, -670, -95],
        [-35, -670, -95],
        [75, -650, -10],
        [-75, -650, -10],
        [180, -480, 10],
        [-180, -480, 10],
        [230, -220, 40],
        [-230, -220, 30],
        [240, 20, -60],
        [-250, 10, -40],
        [95, 5, 0],
        [-95, 5, 0],
        [110, 420, -20],
        [-110, 420, 10],
        [115, 840, 30],
        [-120, 840, 40],
    ],
    np.float64,
)


def annotate(roots_mm, camera: Camera, turn_deg=0.0) -> Annotation:
    """Standing people at the given roots (P, 3), turned about the vertical."""
    angle = np.radians(turn_deg)
    turn = np.array(
        [[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]]
    )
    joints = np.asarray(roots_mm, float).reshape(-1, 1, 3) + STANDING @ turn.T
    px = camera.project(joints)
    inside = ((px > -0.5) & (px < np.array(camera.size) - 0.5)).all(-1)
    labelled = np.ones(joints.shape[:2], bool)
    return Annotation(
        joints.astype(np.float32),
        px.astype(np.float32),
        labelled,
        labelled,
        inside,
        np.zeros((0, 4), np.float32),
        camera,
        BODY_22,
    )


class NoisePictures:
    """Three noise pictures with a standing person each."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera

    def __len__(self):
        return 3

    def __getitem__(self, index):
        width, height = self._camera.size
        image = np.random.default_rng(index).integers(0, 256, (height, width, 3), np.uint8)
        return image, annotate([[200.0 * index, 0, 4000]], self._camera)


def perfect_maps(annotation: Annotation, encoding: Encoding) -> list[LevelMaps]:
    """What a network without error would say."""
    return [
        LevelMaps(
            np.where(t.positive, t.centerness, 0).astype(np.float32),
            t.root,
            t.joint_offset,
            np.ones(t.joint_offset[:, 0].shape, np.float32),
        )
        for t in encode(annotation, encoding)
    ]


def perfect_heat(annotation: Annotation, encoding: Encoding) -> np.ndarray:
    """The (J, H / s, W / s) heat map of a network without error."""
    return encode(annotation, encoding)[0].heat
