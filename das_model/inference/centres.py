"""Centres: the reference point of a person; grid locations around it are positive samples.

- root: the root joint (the paper). Where it is unlabelled or outside the picture there is none.
- box: the middle of the box around the labelled joints (the paper's baseline, Table 1a).
- visible: the root, or a guess of it, drawn to the nearest point of the picture, so that people
  cut off above the hips are found too (ours). The maps still say where the root is.

People of whom no joint is seen have no centre of any kind, nor a size to choose a level by.
"""

import numpy as np

from das_model.annotation import Annotation

CENTRES = ("root", "box", "visible")
_MIN_VISIBLE_JOINTS = {"root": 1, "box": 1, "visible": 4}  # that a person needs for a centre


def person_centres(annotation: Annotation, centre: str) -> tuple[np.ndarray, np.ndarray]:
    """Reference points of people; locations around them are positive samples.

    Args:
        annotation: P people of a picture.
        centre: one of `CENTRES`.

    Returns:
        (P, 2) px, any value where there is none, and (P,) bool, whether there is one.
    """
    bounds = np.array(annotation.camera.size) - 0.5
    root = annotation.skeleton.root
    centre_px, is_known = annotation.joints_px[:, root], annotation.valid_2d[:, root]
    if centre == "box":
        boxes = annotation.boxes_px()
        centre_px = (boxes[:, :2] + boxes[:, 2:]) / 2
        is_known = np.asarray(annotation.valid_2d.any(axis=1))
    elif centre == "visible":
        if annotation.root_guess_px is not None:
            centre_px = np.where(is_known[:, None], centre_px, annotation.root_guess_px)
        else:
            centre_px = np.where(is_known[:, None], centre_px, np.nan)
        is_known = np.asarray(np.isfinite(centre_px).all(axis=1))
        centre_px = np.clip(np.nan_to_num(centre_px), 0.0, bounds - 0.5)
    is_seen = annotation.visible.sum(axis=1) >= _MIN_VISIBLE_JOINTS[centre]
    is_inside = ((centre_px > -0.5) & (centre_px < bounds)).all(axis=1)
    return centre_px, is_known & is_seen & is_inside
