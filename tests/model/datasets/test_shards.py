"""Pictures in tar files: the same pictures and labels, read in any order, by any reader."""

import tarfile

import cv2
import numpy as np
import pytest
from benchmark_fixtures import write_muco

from das_model.datasets import muco
from das_model.datasets.data_config import DataConfig
from das_model.datasets.shards import is_packed, open_packed, pack


@pytest.fixture
def packed(tmp_path):
    """MuCo as downloaded, and the same in tar files of a picture or two each."""
    write_muco(tmp_path / "muco", num_pictures=5)
    pictures = muco.training_set(tmp_path / "muco")
    assert pack(pictures, tmp_path / "packed", shard_bytes=3000) > 1
    return pictures, tmp_path / "packed"


def test_packed_pictures_and_labels_are_the_same_in_any_order(packed):
    pictures, folder = packed
    again = open_packed(folder)
    assert is_packed(folder)
    assert len(again) == len(pictures) == 5
    for index in (4, 0, 3, 1, 2, 4):
        (one, labels), (other, other_labels) = pictures[index], again[index]
        np.testing.assert_array_equal(one, other)
        np.testing.assert_array_equal(labels.joints_px, other_labels.joints_px)
        assert pictures.file_name(index) == again.file_name(index)


def test_any_reader_of_tar_files_finds_the_picture_files(packed):
    pictures, folder = packed
    names = []
    for file in sorted(folder.glob("*.tar")):
        with tarfile.open(file) as tar:
            for member in tar.getmembers():
                names.append(member.name)
                content = tar.extractfile(member).read()
                assert content == (pictures.root / member.name).read_bytes()
                assert cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR).ndim == 3
    assert names == [pictures.file_name(i) for i in range(5)]


def test_a_run_takes_a_packed_folder_for_the_set(packed):
    pictures, folder = packed
    data = DataConfig(muco=folder)
    data.require_files()
    (only,), shares = data.training_sets()
    assert len(only) == 5
    assert shares == [1.0]
    np.testing.assert_array_equal(only[2][0], pictures[2][0])


def test_a_packing_that_was_broken_off_is_none(tmp_path):
    write_muco(tmp_path / "muco", num_pictures=2)
    pictures = muco.training_set(tmp_path / "muco")
    (tmp_path / "muco" / pictures.file_name(1)).unlink()
    with pytest.raises(OSError, match=r"000001.jpg"):
        pack(pictures, tmp_path / "packed")
    assert not is_packed(tmp_path / "packed")
