"""Benchmark runs: the predictions of a data set evaluated by its protocol.

Each function goes through the pictures of a data set, asks a `Predictor` (a model, or a file of
predictions) who is in them, and returns the protocol's table.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from das_model.annotation import Annotation
from das_model.camera import Camera
from das_model.datasets import coco, mupots, panoptic
from das_model.datasets.panoptic_split import PanopticSplit
from das_model.datasets.rendered import RenderedSet
from das_model.evaluation.photos.photo_sheet import NUM_PHOTOS, write_photo_sheet
from das_model.evaluation.photos.photo_validation import PhotoValidation
from das_model.evaluation.predictions import (
    Asked,
    FilePredictor,
    Prediction,
    Predictor,
    in_memory,
    predicted,
)
from das_model.evaluation.protocols.coco import CocoProtocol
from das_model.evaluation.protocols.jitter import JitterProtocol, noisy_copy
from das_model.evaluation.protocols.mupots import MupotsProtocol
from das_model.evaluation.protocols.mupots_export import write_mat_files
from das_model.evaluation.protocols.panoptic import PanopticProtocol
from das_model.evaluation.protocols.synthetic import SyntheticProtocol
from das_model.evaluation.tables import Table
from das_model.inference.estimate import DEFAULT_MIN_SCORE, Device, EstimatorOptions, Scoring
from das_model.inference.mode import Mode
from das_model.inference.ordered_pool import calls_at_once, one_thread
from das_model.inference.runtime import open_estimator

Evaluate = Callable[[Predictor], Table]  # one of these functions with its data set
OpenCheckpoint = Callable[[Path, float | None], Predictor]  # by its file and the least score


class ModelPredictor:
    """People as a model finds them.

    Args:
        file: ONNX model.
        threshold: people with a lower score are left out.
        mode: how often it looks; auto is precise here.
        thunder_file: movenet-thunder.onnx; only fast goes without.
        scoring: what people's scores are.
        device: what the network runs on.
    """

    def __init__(
        self,
        file: Path,
        threshold: float,
        mode: Mode = Mode.FAST,
        thunder_file: Path | None = None,
        scoring: Scoring = Scoring.PERSON,
        device: Device = Device.AUTO,
    ) -> None:
        options = EstimatorOptions(
            device,
            min_score=threshold,
            mode=mode,
            thunder_file=thunder_file,
            scoring=scoring,
        )
        self._estimator = open_estimator(file, one_thread(options))
        self.calls_at_once = calls_at_once(self._estimator.options)
        self.skeleton = self._estimator.skeleton
        self.provider = self._estimator.provider

    def __call__(
        self, names: tuple[str, ...], read: Callable[[], np.ndarray], camera: Camera
    ) -> Prediction:
        """Read the picture and find its people."""
        return Prediction.projected(self._estimator(read(), camera).people, camera)


def evaluate_each(
    evaluate: Evaluate,
    source: Path | Sequence[Path],
    threshold: float | None,
    say: Callable[[str], None],
    modes: Sequence[Mode] = (Mode.FAST,),
    thunder_file: Path | None = None,
    open_checkpoint: OpenCheckpoint | None = None,
    device: Device = Device.AUTO,
) -> dict[str, Table]:
    """Evaluate a file of predictions, or models one by one.

    Args:
        evaluate: one of the functions of this module.
        source: a file of predictions, or ONNX models and, with `open_checkpoint`, checkpoints.
        threshold: people with a lower score are left out; by default those of the application of a
            model, and none of a file.
        say: takes news for the user.
        modes: each model is evaluated in each of them.
        thunder_file: movenet-thunder.onnx; only fast goes without.
        open_checkpoint: makes predictors of .safetensors files; None to refuse them.
        device: what ONNX models run on.

    Returns:
        A table by the name of each file, by its path where names are not unique, with the mode
        behind it where there are several.
    """
    if isinstance(source, Path):
        known = FilePredictor(source, threshold or 0.0)
        table = evaluate(known)
        if known.num_missing:
            say(f"{source} has no entry for {known.num_missing} pictures: counted as nobody")
        return {source.name: table}
    lowest = DEFAULT_MIN_SCORE if threshold is None else threshold
    is_unique = len({file.name for file in source}) == len(source)
    tables = {}
    for file in source:
        title = file.name if is_unique else str(file)
        if file.suffix == ".safetensors" and open_checkpoint is not None:
            say(f"{file}, a checkpoint")
            tables[title] = evaluate(open_checkpoint(file, threshold))
            continue
        for mode in modes:
            model = ModelPredictor(file, lowest, mode, thunder_file, device=device)
            say(f"{file}, {mode}, on {model.provider}, people from score {lowest:g}")
            tables[f"{title} {mode}" if len(modes) > 1 else title] = evaluate(model)
    return tables


def evaluate_synthetic(root: Path, predictor: Predictor, limit: int | None) -> Table:
    """Rendered people in `root`; the first `limit` pictures."""
    pictures = RenderedSet.open(root)
    protocol = SyntheticProtocol(predictor.skeleton)
    indices = range(len(pictures))[:limit]

    def asked() -> Iterator[Asked[tuple[int, Annotation]]]:
        for index in indices:
            image, annotation = pictures[index]
            names = (pictures.file_name(index),)
            yield Asked((index, annotation), names, in_memory(image), annotation.camera)

    for picture, found in tqdm(predicted(predictor, asked()), total=len(indices), unit="image"):
        index, annotation = picture.known
        known = annotation.in_skeleton(predictor.skeleton)
        protocol.add(found.people, known, pictures.facts(index))
    return protocol.table()


def evaluate_photos(
    root: Path,
    predictor: Predictor,
    sure_score: float,
    limit: int | None = None,
    sheet: Path | None = None,
) -> Table:
    """The hand-labelled validation photos; the worst ones are drawn into the file `sheet`.

    Args:
        root: folder with the folders coco_real, coco_no_person and real.
        predictor: down to a score of `photo_validation.MIN_SCORE`.
        sure_score: of people who count for all figures but the average precision.
        limit: the first so many photos of each list only.
        sheet: JPEG to write.
    """
    validation = PhotoValidation(root, predictor, sure_score, limit)
    table = validation.table()
    if sheet:
        write_photo_sheet(sheet, validation.worst(NUM_PHOTOS))
    return table


def evaluate_panoptic(
    root: Path,
    predictor: Predictor,
    split: PanopticSplit,
    activities: tuple[str, ...],
    frames_per_activity: int,
) -> Table:
    """CMU Panoptic in `root`, the pictures that the protocol takes of each activity.

    Raises:
        ValueError: if so few frames leave none for each sequence and camera, or nobody is there.
    """
    protocol = PanopticProtocol()
    for activity in activities:
        pictures = panoptic.activity_set(root, split, activity, frames_per_activity)
        if len(pictures) == 0:
            raise ValueError(
                f"{activity} must have pictures with people in {root}, got none of "
                f"{frames_per_activity} for {len(split.test[activity])} sequences"
            )
        names = map(pictures.file_name, range(len(pictures)))
        annotations = map(pictures.annotation, range(len(pictures)))
        asked = (
            Asked(annotation, (name,), _reader(root / name), annotation.camera)
            for name, annotation in zip(names, annotations, strict=True)
        )
        answers = predicted(predictor, asked)
        for picture, found in tqdm(answers, total=len(pictures), unit="image"):
            protocol.add(found.people, picture.known, activity)
    return protocol.table()


def evaluate_mupots(
    root: Path, predictor: Predictor, kind: str, mat_folder: Path | None, limit: int | None = None
) -> Table:
    """MuPoTS-3D in `root` by the protocol `kind`.

    Args:
        root: folder of the data set.
        predictor: to be measured.
        kind: one of `mupots.PROTOCOLS`.
        mat_folder: gets files for the toolbox.
        limit: about so many frames, evenly taken from the sequences, instead of all.
    """
    pictures = mupots.test_set(root)
    cameras = {pictures.file_name(i): pictures.camera(i) for i in range(len(pictures))}
    of_sequence = {name.split("/")[-2]: camera for name, camera in reversed(cameras.items())}
    folder = mupots.pictures_folder(root)
    protocol, predictions = MupotsProtocol(kind), {}
    step = 1 if limit is None else max(1, len(cameras) // limit)
    for sequence in sorted(of_sequence, key=lambda name: (len(name), name)):
        frames = [f for f in mupots.read_sequence(root, sequence) if len(f.joints_px)][::step]
        asked = (
            Asked(
                frame,
                (f"{folder}{frame.file_name}", frame.file_name),
                _reader(root / folder / frame.file_name),
                cameras.get(frame.file_name, of_sequence[sequence]),
            )
            for frame in frames
        )
        for picture, found in tqdm(predicted(predictor, asked), total=len(frames), unit="image"):
            frame = picture.known
            predictions[frame.file_name] = found
            protocol.add(
                found,
                sequence,
                frame.joints_px,
                frame.joints_cam,
                frame.univ_joints_cam,
                frame.is_occluded,
            )
    if mat_folder:
        write_mat_files(mat_folder, predictions)
    return protocol.table()


def evaluate_coco(root: Path, predictor: Predictor, split: str, limit: int | None) -> Table:
    """COCO person keypoints in `root`, all pictures of a split or the first `limit`."""
    content = json.loads(coco.label_file(root, split).read_text(encoding="utf-8"))
    protocol = CocoProtocol(content)
    entries = content["images"][:limit]
    asked = (
        Asked(
            entry["id"],
            (f"{split}/{entry['file_name']}", entry["file_name"]),
            _reader(root / split / entry["file_name"]),
            Camera.from_fov((entry["width"], entry["height"])),
        )
        for entry in entries
    )
    for picture, found in tqdm(predicted(predictor, asked), total=len(entries), unit="image"):
        protocol.add(found, picture.known)
    return protocol.table()


def evaluate_jitter(root: Path, predictor: Predictor, num_pictures: int, num_copies: int) -> Table:
    """Noise on still rendered pictures in `root`, evenly taken; the same noise every time."""
    pictures = RenderedSet.open(root)
    protocol, rng = JitterProtocol(), np.random.default_rng(0)
    chosen = np.unique(np.linspace(0, len(pictures) - 1, num_pictures).astype(int))
    for index in tqdm(chosen.tolist(), unit="image"):
        image, annotation = pictures[index]
        copies = [image, *(noisy_copy(image, rng) for _ in range(num_copies))]
        names = (pictures.file_name(index),)
        asked = (Asked(None, names, in_memory(copy), annotation.camera) for copy in copies)
        clean, *noisy = [found for _, found in predicted(predictor, asked)]
        protocol.add(clean, noisy)
    return protocol.table()


def _reader(file: Path) -> Callable[[], np.ndarray]:
    """Reads the (H, W, 3) uint8 RGB picture; OSError if it cannot be read."""

    def read() -> np.ndarray:
        image = cv2.imread(str(file), cv2.IMREAD_COLOR_RGB)
        if image is None:
            raise OSError(f"{file}: not a readable image")
        return image

    return read
