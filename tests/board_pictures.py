"""Pictures of a ChArUco board through a camera that is known exactly."""

from functools import cache

import cv2
import numpy as np

from das_app.lens.charuco import BoardSpec
from das_model.camera import Camera

SIZE = (640, 480)
SPEC = BoardSpec()
CAMERA = Camera(
    np.array([[560.0, 0, 330.0], [0, 556.0, 233.0], [0, 0, 1]]),
    SIZE,
    np.array([-0.18, 0.06, 0.001, -0.0005, 0.0]),
)
_FINER = 2  # rays per pixel and axis
_PX_PER_MM = 3.0  # about as the rays show it, so that nothing is aliased
_PICTURE = cv2.copyMakeBorder(
    cv2.resize(
        SPEC.picture(8 * _PX_PER_MM), None, fx=1 / 8, fy=1 / 8, interpolation=cv2.INTER_AREA
    ),
    80,
    80,
    80,
    80,
    cv2.BORDER_CONSTANT,
    value=(235,),
)
# right mm, down mm, away mm, turn about the vertical, about the horizontal, in the picture, deg
POSES = [
    (0, 0, 420, 0, 0, 0),
    (-90, -60, 420, 0, 0, 0),
    (90, -60, 420, 0, 0, 4),
    (-90, 60, 420, 0, 0, 0),
    (90, 60, 420, 0, 0, -4),
    (0, 0, 500, 30, 0, 0),
    (0, 0, 500, -30, 0, 0),
    (0, 0, 500, 0, 30, 0),
    (0, 0, 500, 0, -30, 0),
    (-60, 30, 560, 25, 20, 8),
    (70, -40, 560, -25, 15, -8),
    (0, 0, 700, 15, -25, 20),
    (60, 30, 360, 10, -10, 0),
    (-60, -30, 360, -10, 10, 0),
]


@cache
def _rays(camera):
    fine = (np.arange(_FINER * side) / _FINER - 0.5 + 0.5 / _FINER for side in camera.size)
    xs, ys = np.meshgrid(*fine)
    return camera.back_project(np.stack([xs, ys], axis=-1), np.ones(xs.shape))


@cache
def board_picture(pose, camera=CAMERA):
    """(H, W, 3) uint8 RGB picture of the board at a pose, exact for any lens."""
    right, down, away, *turns = pose
    about = np.radians(turns)
    rotation = np.eye(3)
    for axis, angle in zip((1, 0, 2), about, strict=True):
        rotation = cv2.Rodrigues(np.eye(3)[axis] * angle)[0] @ rotation
    width, height = SPEC.size_mm
    origin = np.array([right, down, away]) - rotation @ [width / 2, height / 2, 0]
    rays = _rays(camera)
    normal = rotation[:, 2]
    points = rays * ((normal @ origin) / (rays @ normal))[..., None]
    on_board = (points - origin) @ rotation * _PX_PER_MM - 0.5 + 80
    grey = cv2.remap(
        _PICTURE,
        on_board[..., 0].astype(np.float32),
        on_board[..., 1].astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(90,),
    )
    seen = cv2.resize(grey, camera.size, interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(cv2.GaussianBlur(seen, (3, 3), 0.7), cv2.COLOR_GRAY2RGB)
