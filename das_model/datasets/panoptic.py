"""CMU Panoptic for training and evaluation: frame selection.

Follows the public code of the DAS authors; `panoptic_files` reads what was downloaded, and
`panoptic_split` says which sequence is for what.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from das_model.datasets.labels import LabelTable, load_table
from das_model.datasets.panoptic_files import read_sequence
from das_model.datasets.panoptic_split import PanopticSplit
from das_model.datasets.pictures import PictureSet

FRAMES_PER_ACTIVITY = 2400  # pictures that the protocol takes of each activity
LABELS_FILE = "labels.npz"  # in the folder of a sequence, by scripts/prepare_data.py


def training_set(root: Path, split: PanopticSplit, checked: set[Path] | None = None) -> PictureSet:
    """The pictures to train on: every n-th frame, none with an unusable body.

    Args:
        root: folder of the sequences.
        split: the lists.
        checked: see `labels.load_table`.

    Raises:
        FileNotFoundError: if a sequence has no calibration or no bodies.
    """
    return _joined(
        root, split, split.train, lambda table: training_rows(table, split), True, checked
    )


def activity_set(
    root: Path, split: PanopticSplit, activity: str, num_frames: int = FRAMES_PER_ACTIVITY
) -> PictureSet:
    """The pictures that an activity is scored on, evenly over its sequences and cameras.

    Frames without a usable body are left out first; so are those without a picture, unless
    there are no pictures of that camera at all.

    Args:
        root: folder of the sequences.
        split: the lists.
        activity: one of `split.test`.
        num_frames: pictures wanted over all sequences and cameras; fewer where there are fewer.

    Raises:
        ValueError: if the split has no such activity.
        FileNotFoundError: if a sequence has no calibration or no bodies.
    """
    if activity not in split.test:
        raise ValueError(f"activity must be one of {', '.join(split.test)}, got {activity!r}")
    sequences = split.test[activity]
    share = num_frames // len(sequences) // len(split.cameras)
    return _joined(root, split, sequences, lambda table: tested_rows(root, table, split, share))


def training_rows(table: LabelTable, split: PanopticSplit) -> np.ndarray:
    """Rows of a sequence's table to train on, whether their pictures are there or not."""
    rows = _by_camera(table, split)[:, :: split.train_interval].ravel()
    return rows[(table.num_rejected[rows] == 0) & (table.num_people[rows] > 0)]


def tested_rows(
    root: Path | None, table: LabelTable, split: PanopticSplit, share: int
) -> np.ndarray:
    """Rows of a sequence's table that are scored.

    Args:
        root: where pictures must be; None if they need not be.
        table: of the sequence.
        split: the lists.
        share: frames wanted of each camera.
    """
    chosen = []
    for rows in _by_camera(table, split):
        rows = rows[table.num_people[rows] > 0]
        rows = rows if root is None else _existing(root, table, rows, split)
        even = np.unique(np.linspace(0, len(rows) - 1, share).astype(int))
        chosen.append(rows[even] if len(rows) else rows)
    return np.concatenate(chosen)


def wanted_rows(
    table: LabelTable, split: PanopticSplit, sequence: str, num_frames: int = FRAMES_PER_ACTIVITY
) -> np.ndarray:
    """Rows of a sequence's table whose pictures the split asks for, there or not."""
    chosen = [training_rows(table, split)] if sequence in split.train else []
    for sequences in split.test.values():
        if sequence in sequences:
            share = num_frames // len(sequences) // len(split.cameras)
            chosen.append(tested_rows(None, table, split, share))
    return np.unique(np.concatenate([np.zeros(0, np.int64), *chosen]))


def _joined(
    root: Path,
    split: PanopticSplit,
    sequences: tuple[str, ...],
    choose: Callable[[LabelTable], np.ndarray],
    must_exist: bool = False,
    checked: set[Path] | None = None,
) -> PictureSet:
    """The chosen rows of each sequence as one set."""
    tables = [sequence_table(root, sequence, split, checked) for sequence in sequences]
    chosen, start = [], 0
    for table in tables:
        rows = choose(table)
        chosen.append(start + (_existing(root, table, rows, split) if must_exist else rows))
        start += len(table)
    return PictureSet(root, LabelTable.concatenate(tables), np.concatenate(chosen))


def sequence_table(
    root: Path, sequence: str, split: PanopticSplit, checked: set[Path] | None = None
) -> LabelTable:
    """Labels of all frames of a sequence, camera by camera, each in the order of the body files.

    A frame whose file is broken or empty has nobody. `num_rejected` counts the bodies whose
    labels the protocol cannot use.

    Raises:
        FileNotFoundError: if the calibration or the bodies are not there.
    """
    sources = [calibration_file(root, sequence)]
    body_files = split.body_files(root, sequence)
    sources += body_files
    return load_table(
        root / sequence / LABELS_FILE,
        sources,
        lambda: read_sequence(root, sequence, split.cameras, body_files),
        checked,
    )


def calibration_file(root: Path, sequence: str) -> Path:
    """The calibration of a sequence; FileNotFoundError if it is not there."""
    file = root / sequence / f"calibration_{sequence}.json"
    if not file.is_file():
        raise FileNotFoundError(f"{file}: the calibration was expected there")
    return file


def _by_camera(table: LabelTable, split: PanopticSplit) -> np.ndarray:
    """(num_cameras, num_frames) rows of a sequence's table."""
    return np.arange(len(table)).reshape(len(split.cameras), -1)


def _existing(root: Path, table: LabelTable, rows: np.ndarray, split: PanopticSplit) -> np.ndarray:
    """The rows whose picture is there and not in the skip list; a camera without any keeps all."""
    names = [name.rpartition("/") for name in table.file_names[rows].tolist()]
    folders = {folder for folder, _, _ in names}
    there = {f: {p.name for p in (root / f).iterdir()} for f in folders if (root / f).is_dir()}
    skipped = set(split.skip)
    is_kept = [
        f"{folder}/{name}" not in skipped and (not there.get(folder) or name in there[folder])
        for folder, _, name in names
    ]
    return rows[np.array(is_kept, bool)]
