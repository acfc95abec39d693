"""CMU Panoptic for training and for the activities of its benchmark: which frames count.

Follows the public code of the DAS authors; `panoptic_files` reads what was downloaded, and
`panoptic_split` says which sequence is for what.
"""

from pathlib import Path

import numpy as np

from das_model.datasets.labels import LabelTable, PictureSet, load_table
from das_model.datasets.panoptic_files import read_sequence
from das_model.datasets.panoptic_split import PanopticSplit

FRAMES_PER_ACTIVITY = 2400  # pictures that the protocol takes of each activity
LABELS_FILE = "labels.npz"  # in the folder of a sequence, by scripts/prepare_data.py

def training_set(root: Path, split: PanopticSplit) -> PictureSet:
    """The pictures to train on: every n-th frame, none with an unusable body.

    Args:
        root: folder of the sequences.
        split: the lists.

    Raises:
        FileNotFoundError: if a sequence has no calibration or no bodies.
    """
    tables, chosen, start = [], [], 0
    for sequence in split.train:
        table = sequence_table(root, sequence, split)
        tables.append(table)
        for frames in _by_camera(table, split):
            kept = frames[:: split.train_interval]
            kept = kept[(table.num_rejected[kept] == 0) & (table.num_people[kept] > 0)]
            chosen.append(start + _existing(root, table, kept, split))
        start += len(table)
    return PictureSet(root, LabelTable.concatenate(tables), np.concatenate(chosen))


def activity_set(
    root: Path,
    split: PanopticSplit,
    activity: str,
    num_frames: int = FRAMES_PER_ACTIVITY,
    must_exist: bool = True,
) -> PictureSet:
    """The pictures that an activity is scored on, evenly over its sequences and cameras.

    Frames without a usable body are left out first; so are those without a picture, unless
    there are no pictures of that camera at all.

    Args:
        root: folder of the sequences.
        split: the lists.
        activity: one of `split.test`.
        num_frames: pictures wanted over all sequences and cameras; fewer where there are fewer.
        must_exist: leave out frames without a picture.

    Raises:
        ValueError: if the split has no such activity.
        FileNotFoundError: if a sequence has no calibration or no bodies.
    """
    if activity not in split.test:
        raise ValueError(f"activity must be one of {', '.join(split.test)}, got {activity!r}")
    sequences = split.test[activity]
    share = num_frames // len(sequences) // len(split.cameras)
    tables, chosen, start = [], [], 0
    for sequence in sequences:
        table = sequence_table(root, sequence, split)
        tables.append(table)
        for frames in _by_camera(table, split):
            kept = frames[table.num_people[frames] > 0]
            kept = _existing(root, table, kept, split) if must_exist else kept
            even = np.unique(np.linspace(0, len(kept) - 1, share).astype(int))
            chosen.append(start + (kept[even] if len(kept) else kept))
        start += len(table)
    return PictureSet(root, LabelTable.concatenate(tables), np.concatenate(chosen))


def sequence_table(root: Path, sequence: str, split: PanopticSplit) -> LabelTable:
    """Labels of all frames of a sequence, camera by camera, each in the order of the body files.

    A frame whose file is broken or empty has nobody. `num_rejected` counts the bodies whose
    labels the protocol cannot use.

    Raises:
        FileNotFoundError: if the calibration or the bodies are not there.
    """
    sources = [root / sequence / f"calibration_{sequence}.json"]
    if not sources[0].is_file():
        raise FileNotFoundError(f"{sources[0]}: the calibration was expected there")
    body_files = split.body_files(root, sequence)
    sources += body_files
    return load_table(
        root / sequence / LABELS_FILE,
        sources,
        lambda: read_sequence(root, sequence, split.cameras, body_files),
    )


def _by_camera(table: LabelTable, split: PanopticSplit) -> np.ndarray:
    """(num_cameras, num_frames) rows of a sequence's table."""
    return np.arange(len(table)).reshape(len(split.cameras), -1)


def _existing(
    root: Path, table: LabelTable, rows: np.ndarray, split: PanopticSplit
) -> np.ndarray:
    """The rows whose picture is there and not in the skip list; all if there are no pictures."""
    names = table.file_names[rows]
    kept = ~np.isin(names, split.skip)
    folder = (root / str(names[0])).parent if len(names) else None
    if folder is not None and folder.is_dir():
        there = {file.name for file in folder.iterdir()}
        kept &= np.array([name.rsplit("/", 1)[1] in there for name in names.tolist()])
    return rows[kept]
