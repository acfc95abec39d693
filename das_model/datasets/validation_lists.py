"""Lists of validation and calibration photos, which no run is trained on.

Plain files in `splits`, a name a line, relative to the folder of the data set. In `validation`:
`coco_real` 70 of the hand-labelled photos in which everybody is labelled or in an ignore box,
drawn by number of people, small people and people cut off by the border; `coco_no_person` and
`backgrounds` every second of the photos without anybody. In `calibration`, of whose photos no
figure is told: every third other photo of `coco_real` in which everybody is labelled, and every
fourth other of `coco_no_person`. What is in neither folder may be trained on.
In some of those photos somebody is to be seen after all (`photos_with_somebody`): they serve
neither validation nor training as photos without anybody.
"""

from pathlib import Path
from typing import Literal, get_args

PhotoList = Literal["coco_real", "coco_no_person", "backgrounds"]
_FOLDER = Path(__file__).parent / "splits"


def validation_names(kind: PhotoList) -> frozenset[str]:
    """Names of the validation photos of a data set, relative to its folder.

    Those of `backgrounds` are relative to the folder of the photos with labels, which holds it.

    Raises:
        ValueError: if there is no such list.
    """
    return _names("validation", kind)


def calibration_names(kind: PhotoList) -> frozenset[str]:
    """Names of the calibration photos of a data set, as those of `validation_names`; of
    `backgrounds` there are none."""
    return frozenset() if kind == "backgrounds" else _names("calibration", kind)


def held_out_names(kind: PhotoList) -> frozenset[str]:
    """Names of a data set's photos that training must not see."""
    return validation_names(kind) | calibration_names(kind)


def _names(part: str, kind: str) -> frozenset[str]:
    if kind not in get_args(PhotoList):
        raise ValueError(f"kind must be one of {', '.join(get_args(PhotoList))}, got {kind!r}")
    return frozenset((_FOLDER / part / f"{kind}.txt").read_text(encoding="utf-8").split())


def photos_with_somebody() -> frozenset[str]:
    """Names, as in both lists of photos without anybody, of those in which somebody was seen."""
    return frozenset((_FOLDER / "validation" / "somebody.txt").read_text(encoding="utf-8").split())
