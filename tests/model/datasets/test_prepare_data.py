"""Preparing data sets: what is missing and from where, frames out of videos, saved labels."""

import importlib.util
import shutil
import tarfile
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import typer
from benchmark_fixtures import write_coco, write_muco, write_mupots, write_panoptic
from typer.testing import CliRunner

from das_model.datasets import muco
from das_model.datasets.panoptic import activity_set, training_set
from das_model.datasets.panoptic_split import PanopticSplit
from das_model.datasets.video_frames import extract_frames

SCRIPT = Path(__file__).parents[3] / "scripts" / "prepare_data.py"
SIZE = (96, 54)
SPLIT = """
cameras = ["00_16", "00_30"]
annotations = ["hdPose3d_stage1_coco19", "hdPose3d_stage1"]
train_interval = 2
train = ["a"]
[test]
one = ["b"]
"""


@pytest.fixture(scope="module")
def run():
    """Runs the script; returns its exit code and its lines."""
    spec = importlib.util.spec_from_file_location("prepare_data_script", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    command = typer.Typer()
    command.command()(script.main)

    def call(*arguments):
        done = CliRunner().invoke(command, [str(a) for a in arguments])
        return done.exit_code, done.output.splitlines()

    return call


def write_video(file, num_frames, size=SIZE):
    """Frame i is grey of the value 10 + 12 i."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(file), "w") as container:
        stream = container.add_stream("mpeg4", rate=30)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for i in range(num_frames):
            image = np.full((size[1], size[0], 3), 10 + 12 * i, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())


def frame_number(file):
    return round((float(cv2.imread(str(file)).mean()) - 10) / 12)


@pytest.mark.parametrize("program", [None, "ffmpeg"])
def test_frames_are_those_of_their_number(tmp_path, program):
    ffmpeg = program and shutil.which(program)
    if program and not ffmpeg:
        pytest.skip("no ffmpeg here")
    write_video(tmp_path / "v.mp4", 12)
    wanted = {i: tmp_path / "out" / f"{i}.jpg" for i in (0, 3, 4, 11, 40)}
    assert extract_frames(tmp_path / "v.mp4", wanted, ffmpeg and Path(ffmpeg)) == 4
    assert {i for i, file in wanted.items() if file.is_file()} == {0, 3, 4, 11}
    assert all(frame_number(wanted[i]) == i for i in (0, 3, 4, 11))
    assert not list(tmp_path.rglob("*.part"))


def test_pictures_that_are_there_are_left_alone(tmp_path):
    write_video(tmp_path / "v.mp4", 3)
    (tmp_path / "0.jpg").write_bytes(b"mine")
    wanted = {0: tmp_path / "0.jpg", 2: tmp_path / "2.jpg"}
    assert extract_frames(tmp_path / "v.mp4", wanted) == 1
    assert (tmp_path / "0.jpg").read_bytes() == b"mine"
    (tmp_path / "v.mp4").unlink()
    assert extract_frames(tmp_path / "v.mp4", wanted) == 0  # nothing to do, no video needed


def test_a_file_that_is_no_video_is_named(tmp_path):
    (tmp_path / "v.mp4").write_bytes(b"no video")
    with pytest.raises(OSError, match=r"v\.mp4: not a video"):
        extract_frames(tmp_path / "v.mp4", {0: tmp_path / "0.jpg"})


def test_panoptic_from_download_to_pictures(tmp_path, run):
    root, lists = tmp_path / "panoptic", tmp_path / "mine.toml"
    lists.write_text(SPLIT)
    write_panoptic(root, ["a"], num_frames=5, first_frame=2, size=SIZE)
    write_panoptic(root, ["b"], num_frames=6, first_frame=0, size=SIZE, key="joints15")
    with tarfile.open(root / "b/hdPose3d_stage1.tar", "w") as archive:
        archive.add(root / "b/hdPose3d_stage1", "hdPose3d_stage1")
        archive.add(lists, "../elsewhere.toml")
        link = tarfile.TarInfo("hdPose3d_stage1/link")
        link.type, link.linkname = tarfile.SYMTYPE, str(lists)
        archive.addfile(link)
    shutil.rmtree(root / "b/hdPose3d_stage1")
    (root / "a/calibration_a.json").rename(tmp_path / "kept.json")
    arguments = ("panoptic", root, "--split", lists, "--frames-per-activity", 4)

    code, lines = run(*arguments)
    assert code == 1
    assert lines[-1] == "5 missing"
    assert not (root / "elsewhere.toml").exists()
    assert not (root / "b/hdPose3d_stage1/link").is_symlink()
    at = lines.index("missing a/calibration_a.json")
    assert lines[at + 1].endswith("/webdata/dataset/a/calibration_a.json")
    at = lines.index("missing b/hdVideos/hd_00_30.mp4")
    assert lines[at + 1].endswith("/b/videos/hd_shared_crf20/hd_00_30.mp4")
    assert (root / "b/hdPose3d_stage1/body3DScene_00000003.json").is_file()

    (tmp_path / "kept.json").rename(root / "a/calibration_a.json")
    for sequence in ("a", "b"):
        for camera in ("00_16", "00_30"):
            write_video(root / sequence / f"hdVideos/hd_{camera}.mp4", 6)
    code, lines = run(*arguments)
    assert code == 1
    assert lines[-1] == "2 missing"
    assert "missing a/hdImgs/00_16/00_16_00000006.jpg" in lines
    assert sorted(f.name for f in (root / "b/hdImgs/00_30").iterdir()) == [
        "00_30_00000000.jpg",
        "00_30_00000005.jpg",
    ]
    assert frame_number(root / "a/hdImgs/00_16/00_16_00000004.jpg") == 4

    split = PanopticSplit.read(str(lists))
    assert len(training_set(root, split)) == 4
    assert len(activity_set(root, split, "one", 4)) == 4
    image, annotation = training_set(root, split)[0]
    assert image.shape == (54, 96, 3)
    assert len(annotation) == 2


def test_bodies_come_from_the_archive_that_there_is(tmp_path, run):
    code, lines = run("panoptic", tmp_path)
    assert code == 1
    assert lines[-1] == f"{12 * 4} missing"
    at = lines.index("missing 160226_mafia1/hdPose3d_stage1/")
    assert lines[at + 1].endswith("/160226_mafia1/hdPose3d_stage1.tar")
    at = lines.index("missing 160906_pizza1/hdPose3d_stage1_coco19/")
    assert lines[at + 1].endswith("/160906_pizza1/hdPose3d_stage1_coco19.tar")
    assert lines[at + 2] == "missing 160906_pizza1/hdVideos/hd_00_16.mp4"


def test_panoptic_is_complete_where_all_pictures_are_there(tmp_path, run):
    (tmp_path / "mine.toml").write_text(SPLIT)
    for sequence in ("a", "b"):
        write_panoptic(tmp_path, [sequence], num_frames=3, size=SIZE, pictures=True)
    code, lines = run("panoptic", tmp_path, "--split", tmp_path / "mine.toml", "--all-frames")
    assert code == 0, lines
    assert lines[-1] == "complete"
    assert "a: 6 pictures wanted of 6 labelled" in lines


def test_muco_missing_files_come_with_their_archive(tmp_path, run):
    assert run("muco", tmp_path)[1][0] == "missing MuCo-3DHP.json"
    write_muco(tmp_path)
    assert run("muco", tmp_path)[1] == ["complete"]
    assert (tmp_path / "MuCo-3DHP.labels.npz").is_file()
    assert len(muco.training_set(tmp_path)) == 3
    (tmp_path / "augmented_set/0/000001.jpg").unlink()
    code, lines = run("muco", tmp_path)
    assert code == 1
    assert lines[0] == "missing augmented_set/0/000001.jpg"
    assert lines[1].endswith("/augmented.zip")
    assert lines[2] == "1 missing"


def test_mupots_wants_all_twenty_sequences(tmp_path, run):
    write_mupots(tmp_path, num_frames=1, size=(64, 64), pictures=True)
    code, lines = run("mupots", tmp_path)
    assert code == 1
    assert lines[-1] == "36 missing"
    assert "missing MultiPersonTestSet/TS20/occlusion.mat" in lines
    assert not any("TS1/" in line or "TS2/" in line for line in lines)
    for sequence in ("TS1", "TS2"):  # as the DAS authors have it
        (tmp_path / "MultiPersonTestSet" / sequence).rename(tmp_path / sequence)
    (tmp_path / "MultiPersonTestSet").rmdir()
    (tmp_path / "annotations").mkdir()
    (tmp_path / "MuPoTS-3D.json").rename(tmp_path / "annotations" / "MuPoTS-3D.json")
    code, lines = run("mupots", tmp_path)
    assert lines[-1] == "36 missing"
    assert "missing TS20/occlusion.mat" in lines


def test_coco_splits_are_checked_alone_or_together(tmp_path, run):
    write_coco(tmp_path, pictures=True)
    assert run("coco", tmp_path, "--split", "val2017") == (0, ["complete"])
    code, lines = run("coco", tmp_path)
    assert code == 1
    assert lines[0] == "missing annotations/person_keypoints_train2017.json"
    shutil.rmtree(tmp_path / "val2017")
    assert "missing val2017/" in run("coco", tmp_path)[1]


def test_wrong_arguments_are_refused(tmp_path, run):
    assert run("coco", tmp_path, "--split", "test2017")[0] == 2
    assert run("panoptic", tmp_path, "--split", "nobody")[0] == 2
    assert run("coco", tmp_path / "nowhere")[0] == 2
