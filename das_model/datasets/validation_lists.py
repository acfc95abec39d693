"""Lists of the photos that validation looks at and no run is ever trained on.

Plain files in `splits/validation`, a name a line, relative to the folder of the data set:
`coco_real` 70 of the hand-labelled photos in which everybody is labelled or in an ignore box,
drawn by number of people, small people and people cut off by the border; `coco_no_person` and
`backgrounds` every second of the photos without anybody. What is not listed may be trained on.
In some of those photos somebody is to be seen after all (`photos_with_somebody`): they serve
neither validation nor training as photos without anybody.
"""

from pathlib import Path
from typing import Literal, get_args

PhotoList = Literal["coco_real", "coco_no_person", "backgrounds"]
_FOLDER = Path(__file__).parent / "splits" / "validation"


def validation_names(kind: PhotoList) -> frozenset[str]:
    """Names of the validation photos of a data set, relative to its folder.

    Those of `backgrounds` are relative to the folder of the photos with labels, which holds it.

    Raises:
        ValueError: if there is no such list.
    """
    if kind not in get_args(PhotoList):
        raise ValueError(f"kind must be one of {', '.join(get_args(PhotoList))}, got {kind!r}")
    return frozenset((_FOLDER / f"{kind}.txt").read_text(encoding="utf-8").split())


def photos_with_somebody() -> frozenset[str]:
    """Names, as in both lists of photos without anybody, of those in which somebody was seen."""
    return frozenset((_FOLDER / "somebody.txt").read_text(encoding="utf-8").split())
