"""Rendered people from the folders that `scripts/render_synthetic.py` writes."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from das_model.annotation import Annotation
from das_model.synthetic.facts import PictureFacts
from das_model.synthetic.storage import Shard, image_path, read_shard


@dataclass(frozen=True, eq=False, slots=True)
class RenderedSet:
    """All pictures of a folder whose shard is finished."""

    root: Path
    shards: tuple[Shard, ...]
    offsets: np.ndarray  # (num_shards + 1,) first picture of each shard

    @staticmethod
    def open(root: Path) -> "RenderedSet":
        """Index the `labels_*.npz` of a folder.

        Raises:
            FileNotFoundError: if there are none.
        """
        files = sorted(root.glob("labels_*.npz"))
        if not files:
            raise FileNotFoundError(
                f"{root}: no labels_*.npz; scripts/render_synthetic.py --out {root} writes them"
            )
        shards = tuple(read_shard(file) for file in files)
        return RenderedSet(root, shards, np.cumsum([0, *map(len, shards)]))

    def __len__(self) -> int:
        return int(self.offsets[-1])

    def __getitem__(self, index: int) -> tuple[np.ndarray, Annotation]:
        """The (H, W, 3) uint8 RGB picture and its labels.

        Raises:
            OSError: if the picture cannot be read.
        """
        shard, within = self._place(index)
        file = self.root / self.file_name(index)
        image = cv2.imread(str(file), cv2.IMREAD_COLOR_RGB)
        if image is None:
            raise OSError(f"{file}: not a readable image")
        return image, shard.annotation(within)

    def facts(self, index: int) -> PictureFacts:
        """Facts of the image."""
        shard, within = self._place(index)
        return shard.facts(within)

    def file_name(self, index: int) -> str:
        """Name of the picture's file relative to `root`, with forward slashes."""
        shard, within = self._place(index)
        return image_path(Path(), int(shard.seeds[within])).as_posix()

    def _place(self, index: int) -> tuple[Shard, int]:
        """The shard of a picture and its number in it."""
        shard = int(np.searchsorted(self.offsets, index, side="right")) - 1
        return self.shards[shard], index - int(self.offsets[shard])
