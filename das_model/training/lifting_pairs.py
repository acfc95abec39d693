"""Training pairs for the lifting network: predictions matched with ground truth.

Rendered people are known in space. Of people in photos only places in the picture are, and of some
the depths from the root on, by a guess; they show the lifting how people in photos are found.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from das_model.annotation import Annotation
from das_model.datasets.augmentation.augment import mirrored
from das_model.datasets.data_config import AnnotatedSet
from das_model.evaluation.metrics import match_one_to_one, mean_distances_px, person_sizes_px
from das_model.inference.estimate import Device, EstimatorOptions, Scoring
from das_model.inference.joint_features import num_features
from das_model.inference.mode import Mode
from das_model.inference.refine import NUM_CUES, JointCues
from das_model.inference.runtime import PoseEstimator, open_estimator
from das_model.inference.second_look import NUM_LOOK_FEATURES
from das_model.shared_work import all_of, shared_out
from das_model.training.lifting_training import LiftingPairs

_FOUND_SHARE = 0.25  # mean distance of the joints by a person's size, up to which they are a pair
_MIN_SCORE = 0.1  # of a location; unsure people are to be lifted, too
_CHUNK = 200  # pictures that a process works through at a time


def collect_pairs(
    model_file: Path,
    open_set: Callable[[], AnnotatedSet],
    pictures: Sequence[int],
    num_workers: int = 1,
    on_done: Callable[[int], object] = lambda _: None,
    thunder_file: Path | None = None,
    cluster: str | None = None,
) -> LiftingPairs:
    """Run a model over pictures and their mirror images and pair what it finds with the labels.

    With Thunder that is done in the precise mode; the pairs are of the people whom it has drawn,
    with the features of both looks.

    Args:
        model_file: an ONNX file of `network.export`; its own lifting, if any, is left out.
        open_set: opens the labelled pictures, in every process.
        pictures: numbers of those to look at.
        num_workers: processes, each with one thread; 1 works in this one.
        on_done: told the number of pictures finished since the last call.
        thunder_file: of the second look.
        cluster: address of a dask scheduler, whose workers look instead.

    Raises:
        ValueError: if the model has no heat map, without which nothing is lifted.
    """
    chunks = [pictures[i : i + _CHUNK] for i in range(0, len(pictures), _CHUNK)]

    def told() -> Iterator[tuple[int, LiftingPairs | Exception]]:
        look = partial(_pairs_of, model_file, thunder_file, open_set)
        for number, part in shared_out(look, chunks, num_workers, cluster):
            on_done(len(chunks[number]))
            yield number, part

    return join_pairs(all_of(told()))


def join_pairs(parts: Sequence[LiftingPairs]) -> LiftingPairs:
    """The pairs of all parts."""
    names = LiftingPairs.__slots__
    return LiftingPairs(*(np.concatenate([getattr(p, name) for p in parts]) for name in names))


def save_pairs(file: Path, pairs: LiftingPairs) -> None:
    """Write pairs as .npz."""
    file.parent.mkdir(parents=True, exist_ok=True)
    np.savez(file, **{name: getattr(pairs, name) for name in pairs.__slots__})


def load_pairs(file: Path) -> LiftingPairs:
    """Inverse of `save_pairs`.

    Raises:
        ValueError: if the file holds no pairs.
    """
    try:
        with file.open("rb") as opened, np.load(opened) as arrays:
            return LiftingPairs(*(arrays[name] for name in LiftingPairs.__slots__))
    except (ValueError, KeyError, TypeError, BadZipFile) as error:
        raise ValueError(f"{file} must be an .npz of train_lifting.py: {error}") from error


class _Listener:
    """Stands in for a model's lifting, notes what it is asked and leaves people as they are.

    Attributes:
        asked: cues and features of each time; the precise mode asks of the mirror image, too.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[JointCues, np.ndarray]] = []

    def __call__(self, cues: JointCues, features: np.ndarray) -> np.ndarray:
        self.asked.append((cues, features))
        unknown = np.full(cues.joint_scores.shape, np.nan)
        return np.concatenate([cues.joints_cam, unknown[..., None]], axis=-1)


def _pairs_of(
    model_file: Path,
    thunder_file: Path | None,
    open_set: Callable[[], AnnotatedSet],
    pictures: Sequence[int],
) -> LiftingPairs:
    """The pairs of some pictures."""
    listener, people = _Listener(), open_set()
    options = EstimatorOptions(
        Device.CPU,
        num_threads=1,
        min_score=_MIN_SCORE,
        scoring=Scoring.LOCATION,
        mode=Mode.PRECISE if thunder_file else Mode.FAST,
        thunder_file=thunder_file,
    )
    estimator = open_estimator(model_file, options, listener)
    parts = [_nobody(estimator)]
    for picture in pictures:
        labelled = people[picture]
        if not labelled[1].valid_2d.any():
            continue
        for image, annotation in (labelled, mirrored(*labelled)):
            listener.asked.clear()
            if len(lifted := estimator(image, annotation.camera).people) == 0:
                continue
            if not listener.asked:
                raise ValueError(f"{model_file} must be a model with a heat map, it has none")
            known = annotation.in_skeleton(estimator.skeleton)
            ours, theirs = _matched(lifted.joints_px(annotation.camera), known)
            cues, features = listener.asked[0]
            if estimator.options.mode is Mode.PRECISE:
                is_looked = cues.is_looked[ours]
                ours, theirs = ours[is_looked], theirs[is_looked]
                if len(ours) == 0:
                    continue
                features = np.concatenate([features, cues.look], axis=-1)
            parts.append(_paired(cues.stacked()[ours], features[ours], known, theirs))
    return join_pairs(parts)


def _nobody(estimator: PoseEstimator) -> LiftingPairs:
    """Pairs of no people."""
    num_joints, seen = estimator.skeleton.num_joints, num_features(estimator.network.seen_channels)
    if estimator.options.mode is Mode.PRECISE:
        seen += NUM_LOOK_FEATURES
    flags = np.zeros((0, num_joints), bool)
    found, features, wanted = (
        np.zeros((0, num_joints, size), kind)
        for size, kind in ((NUM_CUES, np.float32), (seen, np.float16), (3, np.float32))
    )
    return LiftingPairs(found, features, wanted, flags, flags, np.zeros(0, bool))


def _paired(
    found: np.ndarray, features: np.ndarray, known: Annotation, theirs: np.ndarray
) -> LiftingPairs:
    """Found people (P, J, 7), their features (P, J, F) and the labelled ones (P,) whom they
    show."""
    joints_px, joints_cam = known.joints_px[theirs], known.joints_cam[theirs]
    has_depth, root = known.valid_3d[theirs], known.skeleton.root
    is_relative = ~has_depth.any(axis=1)
    if known.is_relative is not None:
        is_relative |= known.is_relative[theirs]
    from_root = np.where(
        has_depth & has_depth[:, [root]], joints_cam[..., 2] - joints_cam[:, [root], 2], 0.0
    )
    # whose distance is not known stands where it was found
    depth = np.maximum(found[:, [root], 2] + from_root, 1.0)
    wanted = np.where(
        is_relative[:, None, None], known.camera.back_project(joints_px, depth), joints_cam
    )
    valid = np.where(is_relative[:, None], known.valid_2d[theirs], has_depth)
    return LiftingPairs(
        found.astype(np.float32),
        features.astype(np.float16),
        wanted.astype(np.float32),
        valid,
        has_depth,
        is_relative,
    )


def _matched(joints_px: np.ndarray, annotation: Annotation) -> tuple[np.ndarray, np.ndarray]:
    """(N,) indices of people found and (N,) of those in the picture whom they show."""
    known = annotation.valid_2d
    labelled_px = annotation.joints_px.astype(float)
    sizes = np.maximum(person_sizes_px(labelled_px, known), 1.0)
    distances = mean_distances_px(joints_px, labelled_px, known) / sizes
    return match_one_to_one(distances, distances <= _FOUND_SHARE)
