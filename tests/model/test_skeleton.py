"""Skeletons: official orders, trees without cycles, mirrors that undo themselves, maps by name."""

import numpy as np
import pytest

from das_model.skeleton import BODY_22, COCO_17, MUCO_21, MUPOTS_17, PANOPTIC_15, Skeleton

ALL = {
    "body": BODY_22,
    "coco": COCO_17,
    "muco": MUCO_21,
    "mupots": MUPOTS_17,
    "panoptic": PANOPTIC_15,
}
every = pytest.mark.parametrize("skeleton", ALL.values(), ids=ALL.keys())


def test_official_orders():
    assert COCO_17.joint_names == (
        "nose",
        "left_eye",
        "right_eye",
        "left_ear",
        "right_ear",
        "left_shoulder",
        "right_shoulder",
        "left_elbow",
        "right_elbow",
        "left_wrist",
        "right_wrist",
        "left_hip",
        "right_hip",
        "left_knee",
        "right_knee",
        "left_ankle",
        "right_ankle",
    )
    assert PANOPTIC_15.joint_names == (
        "neck",
        "nose",
        "pelvis",
        "left_shoulder",
        "left_elbow",
        "left_wrist",
        "left_hip",
        "left_knee",
        "left_ankle",
        "right_shoulder",
        "right_elbow",
        "right_wrist",
        "right_hip",
        "right_knee",
        "right_ankle",
    )
    assert PANOPTIC_15.root == 2
    assert MUPOTS_17.joint_names == (
        "head_top",
        "neck",
        "right_shoulder",
        "right_elbow",
        "right_wrist",
        "left_shoulder",
        "left_elbow",
        "left_wrist",
        "right_hip",
        "right_knee",
        "right_ankle",
        "left_hip",
        "left_knee",
        "left_ankle",
        "pelvis",
        "spine",
        "head",
    )
    assert MUPOTS_17.root == 14
    assert MUCO_21.joint_names[17:] == ("right_hand", "left_hand", "right_toe", "left_toe")


def test_panoptic_flip_pairs_are_the_published_ones():
    expected = np.arange(15)
    for left, right in ((3, 9), (4, 10), (5, 11), (6, 12), (7, 13), (8, 14)):
        expected[left], expected[right] = right, left
    assert PANOPTIC_15.flip_order.tolist() == expected.tolist()


@every
def test_flipping_twice_changes_nothing_and_keeps_the_middle(skeleton):
    flip = skeleton.flip_order
    assert flip[flip].tolist() == list(range(skeleton.num_joints))
    for i, j in enumerate(flip):
        name, mirrored = skeleton.joint_names[i], skeleton.joint_names[j]
        assert (i == j) == (not name.startswith(("left_", "right_")))
        assert {name, mirrored} == {name} or name.split("_", 1)[1] == mirrored.split("_", 1)[1]


@every
def test_following_parents_ends(skeleton):
    assert len(skeleton.parents) == skeleton.num_joints
    for joint in range(skeleton.num_joints):
        chain = [joint]
        while skeleton.parents[chain[-1]] >= 0:
            chain.append(skeleton.parents[chain[-1]])
            assert len(chain) <= skeleton.num_joints, chain


@every
def test_mirrored_bones_are_bones(skeleton):
    flip = skeleton.flip_order
    bones = set(skeleton.bones)
    assert {(int(flip[p]), int(flip[c])) for p, c in bones} == bones


@pytest.mark.parametrize("skeleton", [BODY_22, MUCO_21, MUPOTS_17, PANOPTIC_15])
def test_sets_with_a_pelvis_are_one_tree(skeleton):
    assert skeleton.parents.count(-1) == 1
    assert skeleton.parents[skeleton.root] == -1
    assert len(skeleton.bones) == skeleton.num_joints - 1


def test_missing_joints_are_bridged():
    parent_of = {
        PANOPTIC_15.joint_names[c]: PANOPTIC_15.joint_names[p] for p, c in PANOPTIC_15.bones
    }
    assert parent_of["neck"] == "pelvis"  # no spine in the set
    assert parent_of["nose"] == "neck"  # no head
    assert parent_of["left_wrist"] == "left_elbow"


@pytest.mark.parametrize("skeleton", [COCO_17, MUPOTS_17, PANOPTIC_15])
def test_union_set_holds_every_benchmark(skeleton):
    indices = skeleton.indices_in(BODY_22)
    assert tuple(BODY_22.joint_names[i] for i in indices) == skeleton.joint_names


def test_maps_between_sets_are_by_name_with_gaps():
    indices = PANOPTIC_15.indices_in(COCO_17)
    for name, index in zip(PANOPTIC_15.joint_names, indices, strict=True):
        assert (index == -1) if name in ("neck", "pelvis") else COCO_17.joint_names[index] == name


def test_map_there_and_back_is_the_identity():
    there, back = MUPOTS_17.indices_in(MUCO_21), MUCO_21.indices_in(MUPOTS_17)
    assert back[there].tolist() == list(range(17))
    assert back[17:].tolist() == [-1] * 4


def test_errors_name_what_is_wrong():
    with pytest.raises(ValueError, match=r"unknown joints \['tail'\]"):
        Skeleton(("pelvis", "tail"))
    with pytest.raises(ValueError, match="must be unique"):
        Skeleton(("pelvis", "neck", "neck"))
    with pytest.raises(ValueError, match="no joint is called 'pelvis'"):
        _ = COCO_17.root
