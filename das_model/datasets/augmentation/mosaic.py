"""Mosaic augmentation: several images on one canvas, for more and smaller people.

The network says a root depth as z / f, and everything else relative to a location or to the
root. So people of pictures with different lenses can share a canvas: each is moved along the
optical axis to where the common lens shows it in the size that it has.
"""

import numpy as np

from das_model.annotation import Annotation, merge
from das_model.camera import Camera


def join(
    pieces: list[tuple[np.ndarray, Annotation]], columns: int
) -> tuple[np.ndarray, Annotation]:
    """One picture out of several.

    Args:
        pieces: N pictures (h, w, 3) uint8 RGB with their labels, all with one skeleton; row by
            row, N a multiple of `columns`; of one height in a row, of one width in a column.
        columns: pictures beside each other.

    Returns:
        The (H, W, 3) picture and its labels, whose camera has the focal length
        of the first piece. Distances in the picture and the ratio of root depth to focal length
        stay those of each piece; so do the depths relative to the root. A root outside its piece
        is no label any more, but a guess at the piece's edge, as if the picture ended there.
    """
    rows = [
        np.concatenate([image for image, _ in pieces[i : i + columns]], axis=1)
        for i in range(0, len(pieces), columns)
    ]
    picture = np.concatenate(rows, axis=0)
    focal = pieces[0][1].camera.focal_px
    size = (picture.shape[1], picture.shape[0])
    camera = Camera.from_intrinsics(focal, focal, size[0] / 2, size[1] / 2, size)
    lefts = np.cumsum([0, *(image.shape[1] for image, _ in pieces[: columns - 1])])
    tops = np.cumsum([0, *(row.shape[0] for row in rows[:-1])])
    offsets = [np.array([left, top], np.float32) for top in tops for left in lefts]
    labels = [
        _moved(annotation, offset, camera)
        for (_, annotation), offset in zip(pieces, offsets, strict=True)
    ]
    return picture, merge(labels, camera)


def _moved(annotation: Annotation, offset: np.ndarray, camera: Camera) -> Annotation:
    """The labels `offset` px further right and down, seen through `camera`."""
    root = annotation.skeleton.root
    last_px = np.array(annotation.camera.size) - 1.0
    joints_px = annotation.joints_px + offset
    root_z = annotation.joints_cam[:, root, 2]
    shift = root_z * (camera.focal_px / annotation.camera.focal_px - 1)
    z = annotation.joints_cam[..., 2] + shift[:, None]
    guess_px = np.nan if annotation.root_guess_px is None else annotation.root_guess_px
    is_labelled = annotation.valid_2d[:, [root]]
    root_px = np.where(is_labelled, annotation.joints_px[:, root], guess_px)
    valid_2d = annotation.valid_2d.copy()
    valid_2d[:, root] &= ((root_px > -0.5) & (root_px < last_px + 0.5)).all(axis=1)
    ignore_px = np.clip(annotation.ignore_px, -0.5, np.tile(last_px + 0.5, 2))
    return Annotation(
        camera.back_project(joints_px, z).astype(np.float32),
        joints_px.astype(np.float32),
        valid_2d,
        annotation.valid_3d,
        annotation.visible,
        (ignore_px + np.tile(offset, 2)).astype(np.float32),
        camera,
        annotation.skeleton,
        (np.clip(root_px, 0, last_px) + offset).astype(np.float32),
        annotation.is_relative,
    )
