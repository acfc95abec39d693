"""Lists of CMU Panoptic sequences: which train, which are tested under which activity.

The published works differ, so that the lists are plain files: `splits/das.toml` of the DAS
authors' code, the default, `splits/smap.toml` beside it, or one of your own.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parent / "splits"


@dataclass(frozen=True, slots=True)
class PanopticSplit:
    """One list.

    Args:
        cameras: names such as "00_16": panel 0, node 16.
        annotations: folders of body files; the first that holds files counts.
        train: sequences to train on.
        train_interval: every so many body files are trained on.
        test: sequences of each activity.
        skip: pictures to leave out, by their name relative to the root.
    """

    cameras: tuple[str, ...]
    annotations: tuple[str, ...]
    train: tuple[str, ...]
    train_interval: int
    test: dict[str, tuple[str, ...]]
    skip: tuple[str, ...] = ()

    @staticmethod
    def read(name: str = "das") -> "PanopticSplit":
        """A bundled list, das or smap, or that in a file.

        Raises:
            ValueError: if it is neither, or the file's fields are not those of this class.
        """
        file = _FOLDER / f"{name}.toml"
        file = file if file.is_file() else Path(name)
        if not file.is_file():
            bundled = ", ".join(sorted(f.stem for f in _FOLDER.glob("*.toml")))
            raise ValueError(f"split must be one of {bundled} or a file, got {name!r}")
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        try:
            return PanopticSplit(
                cameras=tuple(content["cameras"]),
                annotations=tuple(content["annotations"]),
                train=tuple(content["train"]),
                train_interval=int(content["train_interval"]),
                test={name: tuple(sequences) for name, sequences in content["test"].items()},
                skip=tuple(content.get("skip", ())),
            )
        except KeyError as error:
            raise ValueError(f"{file} must hold the field {error.args[0]!r}") from None

    @property
    def test_sequences(self) -> tuple[str, ...]:
        """The sequences of all activities."""
        return tuple(sequence for sequences in self.test.values() for sequence in sequences)

    def body_files(self, root: Path, sequence: str) -> list[Path]:
        """The body files of a sequence, sorted.

        Raises:
            FileNotFoundError: if none of the folders holds any.
        """
        for folder in self.annotations:
            if files := sorted((root / sequence / folder).glob("*.json")):
                return files
        raise FileNotFoundError(
            f"{root / sequence}: body files were expected in {' or '.join(self.annotations)}"
        )
