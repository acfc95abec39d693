"""Predictions: people of images, and the JSON file that exchanges them.

`scripts/predict.py` writes the file, `scripts/evaluate.py --predictions` reads it, and so may any
other program: {file_name: {"people": [{"joint_names", "joints_cam_mm", "joints_px", "score"}]}}.
File names are relative to the folder of pictures, joints go by name, so a model with another
joint set can be evaluated too. docs/evaluation.md defines the fields.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import numpy as np

from das_model.camera import Camera
from das_model.inference.ordered_pool import in_order
from das_model.people import People
from das_model.skeleton import BODY_22, Skeleton

K = TypeVar("K")


@dataclass(frozen=True, eq=False, slots=True)
class Prediction:
    """The people of one picture, in camera space and in the picture.

    Args:
        people: predicted; joints_cam is NaN where only pixels are known.
        joints_px: (P, J, 2) px of the picture, NaN where unknown.

    Raises:
        ValueError: if the pixels are not one point a joint.
    """

    people: People
    joints_px: np.ndarray

    def __post_init__(self) -> None:
        expected = (*self.people.joint_scores.shape, 2)
        if self.joints_px.shape != expected:
            raise ValueError(
                f"Prediction.joints_px must be {expected}, got {self.joints_px.shape}"
            )

    @staticmethod
    def projected(people: People, camera: Camera) -> "Prediction":
        """People whose pixels are their projection."""
        return Prediction(people, people.joints_px(camera))

    def at_least(self, score: float) -> "Prediction":
        """Those people whose score is no lower."""
        sure = self.people.scores >= score
        return Prediction(self.people.where(sure), self.joints_px[sure])


class Predictor(Protocol):
    """Predicts the people of images of a data set.

    Attributes:
        skeleton: joints of its people.
        calls_at_once: in threads; one where this is not said.
    """

    skeleton: Skeleton

    def __call__(
        self, names: tuple[str, ...], read: Callable[[], np.ndarray], camera: Camera
    ) -> Prediction:
        """Predict one picture.

        Args:
            names: of the picture's file, relative to the data set's folder; where the data set's
                own annotation file has it under another name, that one too.
            read: gives the (H, W, 3) uint8 RGB picture.
            camera: of the picture.
        """
        ...


@dataclass(frozen=True, eq=False, slots=True)
class Asked(Generic[K]):
    """A picture of which a predictor is asked; arguments as of `Predictor.__call__`.

    Args:
        known: what the data set knows of it.
    """

    known: K
    names: tuple[str, ...]
    read: Callable[[], np.ndarray]
    camera: Camera


def predicted(
    predictor: Predictor, pictures: Iterable[Asked[K]]
) -> Iterator[tuple[Asked[K], Prediction]]:
    """Predictions for images, in their order; several at once where the predictor allows that."""

    def ask(picture: Asked[K]) -> Prediction:
        return predictor(picture.names, picture.read, picture.camera)

    return in_order(ask, pictures, getattr(predictor, "calls_at_once", 1))


def in_memory(image: np.ndarray) -> Callable[[], np.ndarray]:
    """Reader of a picture that is there already, for a `Predictor`."""
    return lambda: image


class FilePredictor:
    """People as a predictions file says.

    Args:
        file: as `write_predictions` writes it.
        threshold: people with a lower score are left out.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the file is not such a file; it says which picture and field.
    """

    def __init__(self, file: Path, threshold: float = 0.0) -> None:
        self._entries = _read_entries(file)
        self._threshold = threshold
        self.skeleton = _skeleton(self._entries, file)
        self.num_missing = 0  # pictures asked for that the file does not name

    def __call__(
        self, names: tuple[str, ...], read: Callable[[], np.ndarray], camera: Camera
    ) -> Prediction:
        """The file's people of one picture; nobody, counted as missing, if it has no entry."""
        name = next((name for name in names if name in self._entries), None)
        if name is None:
            self.num_missing += 1
            return Prediction.projected(People.empty(self.skeleton), camera)
        people = [p for p in self._entries[name] if p.get("score", 1.0) >= self._threshold]
        return _prediction(people, name, self.skeleton, camera)


def write_predictions(file: Path, predictions: dict[str, Prediction]) -> None:
    """Write the predictions of pictures by file name.

    Args:
        file: JSON to write.
        predictions: by name relative to the folder of pictures, with / between folders.
    """
    content = {name: {"people": _people_to_json(p)} for name, p in predictions.items()}
    file.write_text(json.dumps(content, allow_nan=False), encoding="utf-8")


def people_in(people: People, skeleton: Skeleton) -> People:
    """The same people with the joints of another set; joints they lack are NaN with score 0."""
    order = skeleton.indices_in(people.skeleton)
    has = order >= 0
    return People(
        np.where(has[:, None], people.joints_cam[:, order], np.float32(np.nan)),
        np.where(has, people.joint_scores[:, order], np.float32(0)),
        people.scores,
        people.track_ids,
        skeleton,
    )


def require_joints(skeleton: Skeleton, names: tuple[str, ...], purpose: str) -> None:
    """Refuse predictions that lack joints.

    Raises:
        ValueError: with the missing names.
    """
    missing = [name for name in names if name not in skeleton.joint_names]
    if missing:
        raise ValueError(f"{purpose} needs predicted joints {missing}, which are missing")


def _people_to_json(prediction: Prediction) -> list[dict]:
    people = prediction.people
    return [
        {
            "joints_cam_mm": _without_nan(people.joints_cam[p]),
            "joints_px": _without_nan(prediction.joints_px[p]),
            "joint_names": list(people.skeleton.joint_names),
            "score": float(score),
        }
        for p, score in enumerate(people.scores)
    ]


def _without_nan(points: np.ndarray) -> list[list[float | None]]:
    """(J, D) as lists, None for what is not finite: JSON has no NaN."""
    return [[x if np.isfinite(x) else None for x in point] for point in points.tolist()]


def _read_entries(file: Path) -> dict[str, list[dict]]:
    """The people of each picture by its file name."""
    if not file.is_file():
        raise FileNotFoundError(f"{file}: a JSON file of predictions was expected there")
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{file}: not a readable JSON file: {error}") from error
    if not isinstance(content, dict):
        kind = type(content).__name__
        raise ValueError(f"{file}: expected {{file_name: {{'people': [...]}}}}, got a {kind}")
    for name, entry in content.items():
        if not isinstance(entry, dict) or not isinstance(entry.get("people"), list):
            raise ValueError(f"{file}: {name} must hold a list 'people', got {str(entry)[:60]}")
    return {name: entry["people"] for name, entry in content.items()}


def _skeleton(entries: dict[str, list[dict]], file: Path) -> Skeleton:
    """The joint set of a file's people, which must be one."""
    found: dict[tuple[str, ...], str] = {}
    for name, people in entries.items():
        for person in people:
            if not isinstance(person, dict) or "joint_names" not in person:
                raise ValueError(f"{file}: a person of {name} has no 'joint_names'")
            found.setdefault(tuple(person["joint_names"]), name)
    if len(found) > 1:
        raise ValueError(f"{file}: people of {list(found.values())[:2]} have different joints")
    return Skeleton(next(iter(found))) if found else BODY_22


def _prediction(people: list[dict], name: str, skeleton: Skeleton, camera: Camera) -> Prediction:
    """One picture's people; pixels that the file does not give are projected."""
    num_joints = skeleton.num_joints
    cam = np.full((len(people), num_joints, 3), np.nan, np.float32)
    px = np.full((len(people), num_joints, 2), np.nan)
    joint_scores = np.ones(cam.shape[:2], np.float32)
    for p, person in enumerate(people):
        if "joints_cam_mm" not in person and "joints_px" not in person:
            raise ValueError(f"a person of {name} needs 'joints_cam_mm' or 'joints_px'")
        if "joints_cam_mm" in person:
            cam[p] = _points(person["joints_cam_mm"], (num_joints, 3), name)
        if "joints_px" in person:
            px[p] = _points(person["joints_px"], (num_joints, 2), name)
        else:
            px[p] = camera.project(cam[p])
    scores = np.array([person.get("score", 1.0) for person in people], np.float32)
    ids = np.full(len(people), -1, np.int64)
    return Prediction(People(cam, joint_scores, scores, ids, skeleton), px)


def _points(values: list, shape: tuple[int, int], name: str) -> np.ndarray:
    """Lists of numbers or None to an array of this shape, None as NaN."""
    points = np.array(values, dtype=np.float64)  # None becomes NaN
    if points.shape != shape:
        raise ValueError(f"joints of a person of {name} must be {shape}, got {points.shape}")
    return points
