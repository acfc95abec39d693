"""Sets with different joints, lenses and labels in one training mix."""

import dataclasses

import cv2
import numpy as np
import pytest
import torch
from benchmark_fixtures import write_coco, write_muco, write_mupots, write_panoptic
from hypothesis import given, settings
from hypothesis import strategies as st

from das_model.datasets import coco, muco, mupots
from das_model.datasets.augmentation.augment import place
from das_model.datasets.augmentation.placement import AugmentConfig, random_placement
from das_model.datasets.data_config import DataConfig, Shares
from das_model.datasets.panoptic import training_set
from das_model.datasets.panoptic_split import PanopticSplit
from das_model.inference.network_config import NetworkConfig
from das_model.inference.targets import Encoding
from das_model.skeleton import BODY_22, MUCO_21
from das_model.training import mix
from das_model.training.config import TrainConfig
from das_model.training.mix import Epochs, training_batches, training_mix
from das_model.training.throughput import LoaderShare, LoaderSpeed, loader_share, measure_loader

SPLIT = PanopticSplit(("00_16", "00_30"), ("hdPose3d_stage1",), ("a",), 1, {})


@pytest.fixture(scope="module")
def roots(tmp_path_factory):
    """The folders of made-up sets with small pictures."""
    root = tmp_path_factory.mktemp("sets")
    write_panoptic(root / "panoptic", ["a"], 2, "joints15", size=(192, 108), pictures=True)
    write_muco(root / "muco", num_pictures=2)
    write_mupots(root / "mupots", ["TS1"], 2, size=(160, 120), pictures=True)
    write_coco(root / "coco", "train2017", pictures=True)
    return root


@pytest.fixture(scope="module")
def sets(roots):
    return {
        "panoptic": training_set(roots / "panoptic", SPLIT),
        "muco": muco.training_set(roots / "muco"),
        "mupots": mupots.test_set(roots / "mupots"),
        "coco": coco.picture_set(roots / "coco", "train2017"),
    }


@pytest.mark.parametrize("name", ["panoptic", "muco", "mupots"])
@settings(max_examples=25)
@given(seed=st.integers(0, 10**6))
def test_augmented_joints_in_camera_space_project_to_the_augmented_pixels(sets, name, seed):
    rng = np.random.default_rng(seed)
    image, annotation = sets[name][int(rng.integers(len(sets[name])))]
    annotation = annotation.in_skeleton(BODY_22)
    config = AugmentConfig(scale=(0.4, 2.0), rotation_deg=30)
    placement = random_placement(annotation, (128, 96), config, rng)
    canvas, moved = place(image, annotation, placement)
    assert canvas.shape == (96, 128, 3)
    known = moved.valid_3d
    assert known.sum() >= 30  # of two people, the joints that the set and the union share
    again = moved.camera.project(moved.joints_cam[known])
    np.testing.assert_allclose(again, moved.joints_px[known], atol=0.01)
    np.testing.assert_allclose(
        np.sort(moved.joints_cam[known][:, 2]),
        np.sort(annotation.joints_cam[annotation.valid_3d][:, 2]),
        rtol=1e-6,
    )
    assert moved.camera.focal_px == pytest.approx(annotation.camera.focal_px * placement.scale)


def test_mirroring_swaps_the_flags_of_left_and_right(sets):
    image, annotation = sets["muco"][0]
    wrists = [annotation.skeleton.index(f"{side}_wrist") for side in ("left", "right")]
    valid_3d = annotation.valid_3d.copy()
    valid_3d[:, wrists[0]] = False
    annotation = dataclasses.replace(annotation, valid_3d=valid_3d)
    config = AugmentConfig(flip=1.0, rotation_deg=0)
    rng = np.random.default_rng(0)
    _, moved = place(image, annotation, random_placement(annotation, (128, 96), config, rng))
    assert moved.valid_3d[:, wrists[0]].all()
    assert not moved.valid_3d[:, wrists[1]].any()


def mix_config(roots, **changes):
    split = roots / "mine.toml"
    split.write_text(
        'cameras = ["00_16", "00_30"]\nannotations = ["hdPose3d_stage1"]\n'
        'train_interval = 1\ntrain = ["a"]\n[test]\n'
    )
    return DataConfig(
        panoptic=roots / "panoptic",
        panoptic_split=str(split),
        muco=roots / "muco",
        coco=roots / "coco",
        shares=Shares(photos=0.5),
        size=128,
        height=64,
        batch_size=8,
        **changes,
    )


def test_sets_with_other_joints_and_without_depth_make_one_batch(roots):
    config = mix_config(roots, augment=AugmentConfig(flip=0, rotation_deg=0, colour=0))
    (batch,) = training_batches(config, Encoding(), range(1))
    images, levels = batch
    assert images.shape == (8, 3, 64, 128)
    joint_valid = levels[0].joint_valid
    assert joint_valid.shape[:3] == (8, 22, 3)
    labelled = {}
    for sample in range(8):
        where = [lv.joint_valid[sample].flatten(2).any(-1) for lv in levels]  # (22, 3)
        known = np.logical_or.reduce([w.numpy() for w in where])
        names = [n for n, v in zip(BODY_22.joint_names, known[:, 0], strict=True) if v]
        if names:
            labelled[tuple(names)] = bool(known[:, 2].any())
    by_mark = {
        "coco": [d for n, d in labelled.items() if "left_ear" in n],
        "muco": [d for n, d in labelled.items() if "head" in n],
        "panoptic": [d for n, d in labelled.items() if "head_top" in n and "head" not in n],
    }
    assert by_mark == {"coco": [False], "muco": [True], "panoptic": [True]}


def test_shares_are_those_that_were_asked_for(roots):
    sets, shares = mix_config(roots).training_sets()
    assert [len(s) for s in sets] == [1, 4, 2]
    assert shares == [0.5, 0.25, 0.25]
    only_3d = DataConfig(muco=roots / "muco")
    assert only_3d.training_sets()[1] == [1.0]
    assert only_3d.canvas == (256, 256)
    with pytest.raises(ValueError, match=r"one of photos, synthetic, .* or coco_real"):
        DataConfig()


def test_coco_is_validated_on_its_own_split_where_that_is_there(roots, tmp_path):
    assert mix_config(roots).validation_sets() == {}
    write_coco(tmp_path, "val2017")
    sets = DataConfig(coco=tmp_path).validation_sets()
    assert list(sets) == ["coco"]
    assert sets["coco"].file_name(0).startswith("val2017/")


def test_a_network_with_the_joints_of_a_set_learns_all_of_them(roots):
    config = DataConfig(muco=roots / "muco", size=64, batch_size=2)
    mix = training_mix(config, Encoding(), 6, MUCO_21)
    annotations = [mix.drawn(np.random.default_rng(i))[1] for i in range(3)]
    assert all(a.skeleton is MUCO_21 or a.valid_3d.shape[1] == 21 for a in annotations)
    assert mix[0].targets[0].joint_valid.shape[0] == 21
    assert annotations[0].valid_3d[:, MUCO_21.index("left_hand")].all()


def test_loader_speed_names_the_slowest_step(roots):
    speed = measure_loader(mix_config(roots), Encoding(), num_batches=1, num_samples=2)
    assert speed.samples_per_s > 0
    assert speed.sample_ms > 0
    assert set(speed.step_ms) == {"read", "augment", "encode"}
    assert f"slowest: {speed.slowest}" in str(speed)
    told = LoaderSpeed(12.5, 2, 6.5, {"read": 1.0, "augment": 4.0, "encode": 2.0})
    assert told.slowest == "augment"
    assert str(told).startswith(
        "12.5 samples/s with 2 workers; 6.5 ms of CPU time a sample; of one picture: read 1.0 ms"
    )


def test_share_of_the_loader_is_of_what_a_sample_computes(roots):
    network = dataclasses.replace(NetworkConfig(), channels=32, head_convs=1, update="none")
    config = TrainConfig(total_steps=9, network=network)
    told = loader_share(mix_config(roots), config, (128, 64), num_samples=2, num_steps=1)
    assert told.canvas == (128, 64)
    assert told.sample_ms > 0
    assert told.step_ms > 0
    assert LoaderShare((128, 64), 5.0, 95.0).share == pytest.approx(0.05)
    assert str(LoaderShare((128, 64), 5.0, 95.0)) == (
        "128x64: 5.0 ms of CPU time a sample in the loader, 95 in the step; "
        "the loader's share is 5.0 %"
    )


def test_whole_epochs_take_every_picture_once_each_in_an_order_of_its_own(roots):
    """Seven pictures in three sets, whatever the shares."""
    mix = training_mix(mix_config(roots, is_whole=True), Encoding(), 21)
    epochs = Epochs([1, 4, 2], seed=3)
    orders = [[epochs.picture(7 * e + i) for i in range(7)] for e in range(3)]
    everything = sorted((n, p) for n, size in enumerate((1, 4, 2)) for p in range(size))
    assert all(sorted(order) == everything for order in orders)
    assert orders[0] != orders[1] != orders[2]
    again = Epochs([1, 4, 2], seed=3)
    assert [again.picture(i) for i in (20, 3)] == [orders[2][6], orders[0][3]]
    taken = [mix.taken(i)[1].camera.size for i in range(7)]
    assert sorted(taken) == sorted(mix.taken(7 + i)[1].camera.size for i in range(7))


def test_pictures_with_2d_labels_alone_are_varied_in_their_own_way(roots, sets):
    config = mix_config(
        roots,
        augment=AugmentConfig(scale=(1.0, 1.0), rotation_deg=0, flip=0, colour=0),
        augment_flat=AugmentConfig(scale=(0.5, 0.5), rotation_deg=0, flip=0, colour=0),
    )
    mix = training_mix(config, Encoding(), 1)
    for name, factor in (("muco", 1.0), ("coco", 0.5)):
        image, annotation = sets[name][0]
        annotation = annotation.in_skeleton(BODY_22)
        rng = np.random.default_rng(0)
        _, moved = mix.augmented(image, annotation, rng, (128, 64))
        same_area = np.sqrt(128 * 64 / np.prod(annotation.camera.size))
        scale = moved.camera.focal_px / annotation.camera.focal_px
        assert scale == pytest.approx(factor * same_area)


def test_joints_that_are_left_out_are_not_labelled(roots):
    config = mix_config(roots, coco_left_out=("neck", "spine"))
    annotation = config.training_sets()[0][0][0][1]
    for name in ("neck", "spine"):
        assert not annotation.valid_2d[:, BODY_22.index(name)].any()
    assert annotation.valid_2d[:, BODY_22.root].all()


def test_the_loaders_processes_give_the_same_batches_in_the_same_order(roots):
    config = mix_config(roots, is_whole=True)
    alone, shared = (
        [
            images
            for images, _ in training_batches(
                dataclasses.replace(config, num_workers=n, batch_size=2), Encoding(), range(4)
            )
        ]
        for n in (0, 2)
    )
    assert len(alone) == 4
    for one, other in zip(alone, shared, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(("has_gpu", "num_workers"), [(False, 0), (True, 0), (True, 2)])
def test_the_loader_pins_for_a_gpu_keeps_its_processes_and_one_thread_in_each(
    roots, monkeypatch, has_gpu, num_workers
):
    """Without pinned memory `non_blocking` copies wait for the GPU."""
    made = {}
    monkeypatch.setattr(mix, "DataLoader", lambda *_, **options: made.update(options) or [])
    monkeypatch.setattr(torch.cuda, "is_available", lambda: has_gpu)
    config = mix_config(roots, is_whole=True)
    training_batches(dataclasses.replace(config, num_workers=num_workers), Encoding(), range(1))
    assert made["pin_memory"] is has_gpu
    assert made["persistent_workers"] is (num_workers > 0)
    before = cv2.getNumThreads()
    try:
        cv2.setNumThreads(2)
        made["worker_init_fn"](0)
        assert cv2.getNumThreads() == 1
    finally:
        cv2.setNumThreads(before)
