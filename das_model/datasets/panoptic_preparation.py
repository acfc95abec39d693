"""Preparation of CMU Panoptic: unpacking, short labels, and frames from the videos."""

import tarfile
from collections.abc import Callable
from pathlib import Path

from das_model.datasets.downloads import Missing
from das_model.datasets.labels import LabelTable
from das_model.datasets.panoptic import FRAMES_PER_ACTIVITY, LABELS_FILE, wanted_rows
from das_model.datasets.panoptic_files import read_sequence
from das_model.datasets.panoptic_split import PanopticSplit
from das_model.datasets.video_frames import extract_frames

_SOURCE = "http://domedb.perception.cs.cmu.edu/webdata/dataset/"
_OLD_BODIES = "hdPose3d_stage1"
_HAS_OLD_BODIES_ONLY = (
    "160224_mafia1",
    "160224_mafia2",
    "160224_ultimatum1",
    "160224_ultimatum2",
    "160226_mafia1",
    "160226_mafia2",
    "160226_ultimatum1",
    "160422_mafia2",
)


def prepare_panoptic(
    root: Path,
    split: PanopticSplit,
    say: Callable[[str], None],
    ffmpeg: Path | None = None,
    has_all_frames: bool = False,
    num_frames: int = FRAMES_PER_ACTIVITY,
) -> list[Missing]:
    """Make ready what was downloaded, sequence by sequence; what is done already is left alone.

    Args:
        root: folder of the sequences.
        split: the lists; says which sequences, cameras and frames are wanted.
        say: told of each step.
        ffmpeg: program to decode videos with, instead of PyAV.
        has_all_frames: take out every frame with a body file, not only those the lists ask for.
        num_frames: pictures that each activity is tested on.

    Returns:
        What is missing in the end, file by file.
    """
    missing = []
    for sequence in dict.fromkeys((*split.train, *split.test_sequences)):
        _unpack(root / sequence, split, say)
        lacking = _missing_labels(root, sequence, split)
        missing += lacking
        if lacking:
            missing += _missing_videos(root, sequence, split)
            continue
        table = _index(root, sequence, split)
        rows = range(len(table))
        if not has_all_frames:
            rows = wanted_rows(table, split, sequence, num_frames).tolist()
        names = [str(table.file_names[row]) for row in rows]
        say(f"{sequence}: {len(names)} pictures wanted of {len(table)} labelled")
        for camera in split.cameras:
            mine = [name for name in names if f"/{camera}/" in name]
            missing += _pictures(root, sequence, camera, mine, ffmpeg, say)
    return missing


def _unpack(folder: Path, split: PanopticSplit, say: Callable[[str], None]) -> None:
    """Unpack the archives of body files, where they lie beside a folder that is not there.

    Links, and files that would lie elsewhere, are left out. Python 3.11.2 of Debian 12 has no
    filters of tarfile for that.
    """
    for name in split.annotations:
        archive = folder / f"{name}.tar"
        if archive.is_file() and not (folder / name).is_dir():
            say(f"unpacking {archive}")
            inside = folder.resolve()
            with tarfile.open(archive) as content:
                for member in content:
                    file = folder / member.name
                    is_inside = file.resolve().is_relative_to(inside)
                    if member.isfile() and is_inside and (source := content.extractfile(member)):
                        file.parent.mkdir(parents=True, exist_ok=True)
                        file.write_bytes(source.read())


def _missing_labels(root: Path, sequence: str, split: PanopticSplit) -> list[Missing]:
    calibration = f"calibration_{sequence}.json"
    missing = []
    if not (root / sequence / calibration).is_file():
        missing.append(Missing(f"{sequence}/{calibration}", f"{_SOURCE}{sequence}/{calibration}"))
    try:
        split.body_files(root, sequence)
    except FileNotFoundError:
        name = _OLD_BODIES if sequence in _HAS_OLD_BODIES_ONLY else split.annotations[0]
        missing.append(Missing(f"{sequence}/{name}/", f"{_SOURCE}{sequence}/{name}.tar"))
    return missing


def _missing_videos(root: Path, sequence: str, split: PanopticSplit) -> list[Missing]:
    """Videos of cameras that have no pictures either."""
    return [
        _video(sequence, camera)
        for camera in split.cameras
        if not (root / sequence / "hdImgs" / camera).is_dir()
        and not (root / _video(sequence, camera).file_name).is_file()
    ]


def _video(sequence: str, camera: str) -> Missing:
    """Name of a camera's video, and where it comes from."""
    bare = f"hd_{camera}.mp4"
    return Missing(
        f"{sequence}/hdVideos/{bare}", f"{_SOURCE}{sequence}/videos/hd_shared_crf20/{bare}"
    )


def _index(root: Path, sequence: str, split: PanopticSplit) -> LabelTable:
    """Read and save the labels of a sequence."""
    body_files = split.body_files(root, sequence)
    table = read_sequence(root, sequence, split.cameras, body_files)
    calibration = root / sequence / f"calibration_{sequence}.json"
    table.save(root / sequence / LABELS_FILE, [calibration, *body_files])
    return table


def _pictures(
    root: Path,
    sequence: str,
    camera: str,
    names: list[str],
    ffmpeg: Path | None,
    say: Callable[[str], None],
) -> list[Missing]:
    """Take pictures of one camera out of its video.

    Returns:
        The video if it is missing and needed, or else the frames that it does not have.
    """
    wanted = {int(Path(name).stem.rsplit("_", 1)[1]): root / name for name in names}
    if all(file.is_file() for file in wanted.values()):
        return []
    video = _video(sequence, camera)
    if not (root / video.file_name).is_file():
        return [video]
    num_written = extract_frames(root / video.file_name, wanted, ffmpeg)
    say(f"{video.file_name}: {num_written} pictures written")
    return [
        Missing(name, f"{video.file_name}, which ends before this frame")
        for name in names
        if not (root / name).is_file()
    ]
