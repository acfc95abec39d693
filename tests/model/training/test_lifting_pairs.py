"""Pairs to train the lifting on: who is paired with whom, and what becomes of the others."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from people_scenes import STANDING, annotate

from das_model import shared_work
from das_model.camera import Camera
from das_model.datasets.augmentation.augment import mirrored
from das_model.datasets.rendered import RenderedSet
from das_model.inference.estimate import Estimate
from das_model.inference.mode import Mode
from das_model.inference.refine import NUM_CUES, JointCues
from das_model.inference.second_look import NUM_LOOK_FEATURES
from das_model.people import People
from das_model.skeleton import BODY_22, Skeleton
from das_model.synthetic.storage import write_image, write_shard
from das_model.training import lifting_pairs
from das_model.training.lifting_pairs import collect_pairs, join_pairs, load_pairs, save_pairs
from das_model.training.lifting_training import LiftingPairs

CAMERA = Camera.from_fov((64, 48), 60)
ROOTS_MM = ([-500, 0, 4000], [600, 0, 5000])
MODEL = Path("model.onnx")
MIRRORED = 100


class FakeEstimator:
    """Finds people at given roots, by the number of the picture; tells no cues without heat."""

    roots_mm: dict[int, list[list[float]]]
    skeleton = BODY_22
    has_heat = True
    network = SimpleNamespace(seen_channels=(0, 2))
    asked: list[tuple]
    modes: list[Mode]

    def __init__(self, model_file, options, lift):
        self.asked.append((model_file, options.num_threads))
        self.lift, self.options = lift, options

    def look(self, number):
        """Everybody has had a second look but the first."""
        look = np.repeat(number[..., None], NUM_LOOK_FEATURES, axis=-1)
        look[:1] = np.nan
        return look

    def __call__(self, image, camera):
        self.modes.append(self.options.mode)
        roots = np.reshape(self.roots_mm.get(round(image.mean() / 40), []), (-1, 1, 3))
        people = (roots + STANDING)[:, self.skeleton.indices_in(BODY_22)].astype(np.float32)
        if len(people) and self.has_heat:
            number = np.zeros(people.shape[:2]) + np.arange(len(people))[:, None]
            both = np.stack([number, number], axis=-1)
            look = self.look(number) if self.options.mode is Mode.PRECISE else both[..., :0]
            cues = JointCues(people, number, number, both, both, look)
            features = np.full((*people.shape[:2], 2), [[[0.25, image[0, 0, 0]]]], np.float32)
            people = self.lift(cues, features)[..., :3]
            if self.options.mode is Mode.PRECISE:  # asks of the mirror image, too
                self.lift(dataclasses.replace(cues, heat=number + MIRRORED), features)
        ones = np.ones(people.shape[:2], np.float32)
        return Estimate(
            People(people, ones, ones[:, 0], np.full(len(people), -1, np.int64), self.skeleton)
        )


@pytest.fixture
def estimator(monkeypatch):
    """The fake in place of the model, threads in place of processes; nobody is found in mirror
    images, which are white."""
    monkeypatch.setattr(lifting_pairs, "open_estimator", FakeEstimator)
    monkeypatch.setattr(lifting_pairs, "mirrored", lambda image, known: (image | 255, known))
    monkeypatch.setattr(
        shared_work, "ProcessPoolExecutor", lambda number, _: ThreadPoolExecutor(number)
    )
    monkeypatch.setattr(FakeEstimator, "asked", [], raising=False)
    monkeypatch.setattr(FakeEstimator, "modes", [], raising=False)
    monkeypatch.setattr(FakeEstimator, "roots_mm", {}, raising=False)
    return FakeEstimator


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    """Three pictures, grey by their number, all of the same two people."""
    root = tmp_path_factory.mktemp("rendered")
    for number in range(3):
        write_image(root, number, np.full((48, 64, 3), 40 * number, np.uint8))
    write_shard(root, [0, 1, 2], [annotate(ROOTS_MM, CAMERA)] * 3)
    return root


def test_people_are_paired_with_whom_they_show(estimator, rendered):
    nobody, left, right = [0, -3000, 4000], [-520, 20, 4300], [580, 0, 4800]
    estimator.roots_mm = {0: [nobody, right, left], 1: [], 2: [left]}
    pairs = collect_pairs(MODEL, partial(RenderedSet.open, rendered), range(3))
    assert estimator.asked == [(MODEL, 1)]
    assert pairs.found.dtype == pairs.wanted.dtype == np.float32
    assert pairs.valid.all()
    assert pairs.has_depth.all()
    assert not pairs.is_relative.any()
    np.testing.assert_allclose(pairs.found[:, 0, :3], [right, left, left])
    np.testing.assert_allclose(pairs.found[:, 0, 3:], [[1] * 4, [2] * 4, [0] * 4])
    assert pairs.features.dtype == np.float16
    np.testing.assert_allclose(pairs.features[:, 7], [[0.25, 0], [0.25, 0], [0.25, 80]], atol=2)
    expected = np.reshape([ROOTS_MM[i] for i in (1, 0, 0)], (3, 1, 3)) + STANDING
    np.testing.assert_allclose(pairs.wanted, expected, atol=1e-3)


def test_with_thunder_whom_it_has_drawn_is_paired_with_what_both_looks_saw(estimator, rendered):
    opener = partial(RenderedSet.open, rendered)
    left, right = [-520, 20, 4300], [580, 0, 4800]
    estimator.roots_mm = {0: [[0, -3000, 4000], right, left], 1: [left]}  # nobody first
    pairs = collect_pairs(MODEL, opener, range(3), thunder_file=Path("thunder.onnx"))
    assert estimator.modes == [Mode.PRECISE] * 6
    np.testing.assert_allclose(pairs.found[:, 0, :3], [right, left])
    assert pairs.features.shape == (2, 22, 2 + NUM_LOOK_FEATURES)
    np.testing.assert_allclose(pairs.features[:, 5, [0, 2, -1]], [[0.25, 1, 1], [0.25, 2, 2]])
    assert (pairs.found[..., 4] < MIRRORED).all()  # the image's own cues
    estimator.roots_mm = {}
    nobody = collect_pairs(MODEL, opener, range(3), thunder_file=Path("thunder.onnx"))
    assert nobody.features.shape == (0, 22, 2 + NUM_LOOK_FEATURES)


def test_mirror_images_show_the_mirrored_people(estimator, rendered, monkeypatch):
    """To the fake both look alike; people of the mirror image stand where the others do not."""
    monkeypatch.setattr(lifting_pairs, "mirrored", mirrored)
    left, right = [-520, 20, 4300], [580, 0, 4800]
    estimator.roots_mm = {0: [left, right]}
    pairs = collect_pairs(MODEL, partial(RenderedSet.open, rendered), [0])
    order = np.argsort(pairs.found[:, 0, 0], kind="stable")  # left twice, then right twice
    expected = np.reshape(ROOTS_MM, (2, 1, 3)) + STANDING
    other = (expected * [-1, 1, 1])[:, BODY_22.flip_order]
    wanted = [expected[0], other[1], expected[1], other[0]]
    np.testing.assert_allclose(pairs.wanted[order], wanted, atol=1e-3)


def test_pictures_are_worked_through_in_parts_and_counted(estimator, rendered, monkeypatch):
    monkeypatch.setattr(lifting_pairs, "_CHUNK", 2)
    estimator.roots_mm = {i: [[-500, 0, 4000 + 10 * i]] for i in range(3)}
    finished = []
    opener = partial(RenderedSet.open, rendered)
    pairs = collect_pairs(MODEL, opener, [2, 0, 1], 2, finished.append)
    assert sorted(finished) == [1, 2]
    assert len(estimator.asked) == 2
    np.testing.assert_allclose(pairs.found[:, 0, 2], [4020, 4000, 4010])


def test_where_nobody_is_found_there_is_no_pair(estimator, rendered, tmp_path):
    pairs = collect_pairs(MODEL, partial(RenderedSet.open, rendered), [0, 1])
    assert len(pairs) == 0
    assert pairs.found.shape == (0, 22, NUM_CUES)
    save_pairs(tmp_path / "new" / "pairs.npz", pairs)
    read = load_pairs(tmp_path / "new" / "pairs.npz")
    assert read.found.shape == (0, 22, NUM_CUES)
    assert read.wanted.shape == (0, 22, 3)
    for mask in (read.valid, read.has_depth):
        assert mask.shape == (0, 22)
        assert mask.dtype == bool


def test_saved_pairs_come_back(estimator, rendered, tmp_path):
    estimator.roots_mm = {0: list(ROOTS_MM)}
    pairs = collect_pairs(MODEL, partial(RenderedSet.open, rendered), [0])
    save_pairs(tmp_path / "pairs.npz", pairs)
    read = load_pairs(tmp_path / "pairs.npz")
    assert len(read) == 2
    for name in LiftingPairs.__slots__:
        np.testing.assert_array_equal(getattr(read, name), getattr(pairs, name))


@pytest.mark.parametrize("kind", ["text", "zip", "array", "others"])
def test_a_file_of_something_else_is_named(tmp_path, kind):
    file = tmp_path / "pairs.npz"
    if kind in ("text", "zip"):
        file.write_bytes(b"PK\x03\x04 no" if kind == "zip" else b"pairs")
    elif kind == "array":
        with file.open("wb") as opened:
            np.save(opened, np.zeros(3))
    else:
        np.savez(file, found=np.zeros((1, 22, NUM_CUES)))
    with pytest.raises(ValueError, match=r"pairs.npz must be an .npz of train_lifting.py"):
        load_pairs(file)


def test_joints_go_by_name_and_unlabelled_ones_are_not_valid(estimator, rendered, monkeypatch):
    joints = Skeleton(("pelvis", "right_toe", "nose", "left_wrist"))
    monkeypatch.setattr(estimator, "skeleton", joints)
    estimator.roots_mm = {0: [ROOTS_MM[0]]}
    pairs = collect_pairs(MODEL, partial(RenderedSet.open, rendered), [0])
    assert pairs.valid.tolist() == pairs.has_depth.tolist() == [[True, False, True, True]]
    known = [0, 2, 3]
    np.testing.assert_allclose(pairs.found[:, known, :3], pairs.wanted[:, known], atol=1e-3)


class HintedPhotos:
    """One photo of two people, of whom the first one's depths are guessed; and one of nobody."""

    def __len__(self):
        return 2

    def __getitem__(self, index):
        annotation = annotate(ROOTS_MM if index == 0 else np.zeros((0, 3)), CAMERA)
        known, labelled = annotation.valid_3d.copy(), annotation.valid_2d.copy()
        known[1:] = False
        labelled[1:, 5] = False
        joints = annotation.joints_cam - [0, 0, 4000]  # from a root at 0 on
        return np.zeros((48, 64, 3), np.uint8), dataclasses.replace(
            annotation,
            valid_3d=known,
            valid_2d=labelled,
            joints_cam=joints,
            is_relative=np.arange(len(annotation)) == 0,
        )


def test_people_of_photos_stand_as_far_away_as_they_were_found(estimator, rendered):
    """What is wanted of them: the labelled rays, and depths from the root on where guessed."""
    estimator.roots_mm = {0: [[-520, 20, 4300], [580, 0, 4800]]}
    pairs = collect_pairs(MODEL, HintedPhotos, range(2))
    labels = annotate(ROOTS_MM, CAMERA)
    order = np.argsort(pairs.found[:, 0, 0])
    guessed, unknown = order
    assert pairs.is_relative.tolist() == [True, True]
    assert pairs.valid[guessed].all()
    assert pairs.has_depth[guessed].all()
    assert not pairs.has_depth[unknown].any()
    assert np.flatnonzero(~pairs.valid[unknown]).tolist() == [5]
    np.testing.assert_allclose(CAMERA.project(pairs.wanted[order]), labels.joints_px, atol=1e-3)
    np.testing.assert_allclose(pairs.wanted[guessed, :, 2], 4300 + STANDING[:, 2], atol=0.01)
    np.testing.assert_allclose(pairs.wanted[unknown, :, 2], 4800, atol=0.01)
    both = join_pairs([collect_pairs(MODEL, partial(RenderedSet.open, rendered), [0]), pairs])
    assert both.is_relative.tolist() == [False, False, True, True]


def test_a_model_without_heat_is_refused(estimator, rendered, monkeypatch):
    monkeypatch.setattr(estimator, "has_heat", False)
    estimator.roots_mm = {0: [ROOTS_MM[0]]}
    with pytest.raises(ValueError, match=r"model.onnx must be a model with a heat map"):
        collect_pairs(MODEL, partial(RenderedSet.open, rendered), [0])
