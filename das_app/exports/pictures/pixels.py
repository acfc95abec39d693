"""Image-space joints, boxes and visibility in pixels, by the conventions of datasets.

Datasets put (0, 0) at the corner of the top-left pixel, half a pixel before its centre.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from das_app.exports.takes.take import ExportError, Take
from das_app.exports.takes.tracks import Track
from das_model.camera import Camera
from das_model.skeleton import COCO_17, Skeleton

SPACE = "pixels; x right, y down; (0, 0) is the corner of the top-left pixel"
_CORNER = 0.5  # from a pixel's corner to its centre
_SEEN_SHARE = 0.3  # of the session's usual best score, from which a joint counts as seen
_UNSEEN, _HIDDEN, _SEEN = 0, 1, 2


@dataclass(frozen=True, eq=False, slots=True)
class PersonInPicture:
    """One person in one frame.

    Args:
        track: whose.
        score: of the person.
        points: (K, 2) px, 0 where visibility is 0.
        scores: (K,), 0 where visibility is 0.
        visibility: (K,) 0 not seen or outside the picture, 1 hidden, 2 seen.
        box: (4,) x, y, width, height of the points in the picture.
    """

    track: Track
    score: float
    points: np.ndarray
    scores: np.ndarray
    visibility: np.ndarray
    box: np.ndarray


class Pictures:
    """The people of a take of recorded frames, frame by frame.

    Args:
        take: to read.
        names: of the K joints wanted; of one that the model lacks the visibility is 0.

    Raises:
        ExportError: if the take is resampled or not in camera space.
    """

    def __init__(self, take: Take, names: tuple[str, ...]) -> None:
        if take.is_steady:
            raise ExportError("pixels belong to recorded frames; leave the frame rate out")
        if take.floor is not None:
            raise ExportError("pixels belong to camera space; leave the floor out")
        there = take.origin.skeleton.joint_names
        self._order = np.array([there.index(n) if n in there else -1 for n in names])
        self._take = take
        scores = [track.joint_scores[np.isfinite(track.joint_scores)] for track in take.tracks]
        all_scores = np.concatenate([*scores, np.ones(0)])
        self._least = _SEEN_SHARE * np.quantile(all_scores, 0.9) if len(all_scores) else 0.0

    def at(self, frame: int) -> Iterator[PersonInPicture]:
        """Everybody of whom a joint is in the picture."""
        camera = self._take.cameras[frame]
        for track, place in self._take.seen_at(frame):
            person = self._person(track, place, camera)
            if person.visibility.any():
                yield person

    def _person(self, track: Track, place: int, camera: Camera) -> PersonInPicture:
        joints = np.where(
            self._order[:, None] < 0, np.nan, track.joints[place, self._order]
        )  # (K, 3)
        points = camera.project(joints) + _CORNER
        is_inside = np.all(np.isfinite(points), axis=-1)
        is_inside &= np.all((points >= 0) & (points <= np.array(camera.size)), axis=-1)
        scores = np.nan_to_num(track.joint_scores[place, self._order])
        visibility = np.where(scores >= self._least, _SEEN, _HIDDEN)
        visibility[~is_inside] = _UNSEEN
        points = np.where(is_inside[:, None], points, 0.0)
        inside = points[is_inside] if is_inside.any() else np.zeros((1, 2))
        low = inside.min(axis=0)
        return PersonInPicture(
            track,
            float(np.nan_to_num(track.scores[place])),
            points,
            np.where(is_inside, scores, 0.0),
            visibility,
            np.concatenate([low, inside.max(axis=0) - low]),
        )


def coco_skeleton(take: Take) -> Skeleton:
    """The 17 joints of COCO. Raises ExportError if the model lacks one."""
    if (COCO_17.indices_in(take.origin.skeleton) < 0).any():
        raise ExportError("the model's skeleton lacks joints of COCO")
    return COCO_17
