"""Tar shards of images, for disks that are slow to open files.

    pictures-000000.tar ...   the picture files as they were, under their names
    labels.npz                their labels, see `labels.LabelTable`
    shards.npz                which tar file and which bytes of it each picture is

Any reader of tar files, webdataset too, gets the pictures out. Training reads a picture by its
bytes: one request to one of a few files, instead of looking up one of a hundred thousand names.
So any picture can be asked for at any time, and which item of a run holds which picture depends on
the seed alone, whichever process reads it.
"""

import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import numpy as np

from das_model.datasets.labels import load_table
from das_model.datasets.pictures import PictureSet, Place

_INDEX, _LABELS, _NAME = "shards.npz", "labels.npz", "pictures-{:06d}.tar"
SHARD_BYTES = 512 * 1024 * 1024


def pack(
    pictures: PictureSet,
    folder: Path,
    shard_bytes: int = SHARD_BYTES,
    on_picture: Callable[[], object] = lambda: None,
) -> int:
    """Write the pictures of a set and their labels into a folder.

    Args:
        pictures: whose files lie on the disk one by one.
        folder: that the files go to; the index is written last, so a packing that was broken off
            is none.
        shard_bytes: from which a tar file is full.
        on_picture: called after each.

    Returns:
        Number of tar files.

    Raises:
        OSError: if a picture cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    places = np.zeros((len(pictures), 3), np.int64)  # shard, first byte, number of bytes
    shard, index = 0, 0
    while index < len(pictures):
        with tarfile.open(folder / _NAME.format(shard), "w") as tar:
            while index < len(pictures) and tar.offset < shard_bytes:
                name = pictures.file_name(index)
                start = tar.offset
                tar.add(pictures.root / name, name, recursive=False)
                size = (pictures.root / name).stat().st_size
                padded = -(-size // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE
                places[index] = shard, tar.offset - padded, size
                assert tar.offset - padded > start  # a header stands before the bytes
                index += 1
                on_picture()
        shard += 1
    pictures.table.save(folder / _LABELS, [])
    np.savez(folder / _INDEX, places=places, indices=pictures.indices)
    return shard


def is_packed(folder: Path) -> bool:
    """Whether `pack` has finished there."""
    return (folder / _INDEX).is_file()


def open_packed(folder: Path, left_out: tuple[str, ...] = ()) -> PictureSet:
    """The set that was packed; `left_out` as in `PictureSet`."""

    def unreadable() -> NoReturn:
        raise ValueError(f"{folder / _LABELS}: of an older version; pack the pictures again")

    table = load_table(folder / _LABELS, [], unreadable)
    with np.load(folder / _INDEX) as content:
        places, indices = content["places"], content["indices"]
    named = tuple(Place(_NAME.format(s), first, size) for s, first, size in places.tolist())
    return PictureSet(folder, table, indices, left_out, named)
