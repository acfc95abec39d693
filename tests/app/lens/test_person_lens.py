from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from das_app.lens.person_lens import fov_from_person
from das_app.motion.kinematics import body_heights_mm
from das_model.camera import Camera
from das_model.people import People
from das_model.skeleton import BODY_22, Skeleton

_BODY = {
    "pelvis": (0, 0, 0),
    "spine": (0, -250, 0),
    "neck": (0, -500, 0),
    "head": (0, -590, 0),
    "head_top": (0, -720, 0),
    "left_hip": (100, 0, 0),
    "left_knee": (100, 440, 0),
    "left_ankle": (100, 860, 0),
    "right_hip": (-100, 0, 0),
    "right_knee": (-100, 440, 0),
    "right_ankle": (-100, 860, 0),
}
SIZE = (1280, 720)


def person(root, size=1.0):
    joints = np.array([_BODY.get(n, (0, -300, 0)) for n in BODY_22.joint_names], np.float64)
    return People(
        (joints * size + root)[None].astype(np.float32),
        np.ones((1, 22), np.float32),
        np.ones(1, np.float32),
        np.zeros(1, np.int64),
    )


def seen_with(people, true_camera, assumed_camera, scale=1.0):
    """What a model that sees pixels and z / f makes of people through another assumed lens."""
    root = people.root_cam[:, 2].astype(float) / true_camera.focal_px * scale
    depth = root[:, None] * assumed_camera.focal_px + scale * people.joints_rel[..., 2]
    joints = assumed_camera.back_project(people.joints_px(true_camera), depth)
    return replace(people, joints_cam=joints.astype(np.float32))


def test_a_standing_person_is_as_tall_as_their_bones():
    assert body_heights_mm(person((0, 0, 3000)))[0] == pytest.approx(720 + 860 + 80)


def test_sitting_changes_no_stature():
    people = person((200, 100, 3000))
    joints = people.joints_cam.copy()
    for side in ("left", "right"):
        hip = joints[0, BODY_22.index(f"{side}_hip")]
        joints[0, BODY_22.index(f"{side}_knee")] = hip + [0, 0, -440]
        joints[0, BODY_22.index(f"{side}_ankle")] = hip + [0, 420, -440]
    sitting = replace(people, joints_cam=joints)
    assert body_heights_mm(sitting)[0] == pytest.approx(body_heights_mm(people)[0], abs=0.1)


@given(
    st.floats(30, 110),
    st.floats(30, 110),
    st.floats(0.8, 1.25),
    st.floats(-0.3, 0.3),
    st.floats(-0.15, 0.15),
    st.floats(1500, 8000),
)
def test_height_and_distance_give_the_lens_whatever_was_assumed(
    true_fov, assumed_fov, scale, aside, up, depth
):
    true, assumed = Camera.from_fov(SIZE, true_fov), Camera.from_fov(SIZE, assumed_fov)
    people = person((aside * depth, up * depth, depth))
    found = seen_with(people, true, assumed, scale)
    distance = float(np.linalg.norm(people.root_cam[0]))
    fov = fov_from_person(found, 0, assumed, body_heights_mm(people)[0], distance)
    assert fov == pytest.approx(true_fov, rel=1e-3)


def test_a_height_alone_leaves_the_lens_open():
    """The same picture through any lens: only the distance differs, never the height."""
    true = Camera.from_fov(SIZE, 60.0)
    people = person((0, 0, 3000))
    heights = {
        fov: body_heights_mm(seen_with(people, true, Camera.from_fov(SIZE, fov)))[0]
        for fov in (35.0, 60.0, 90.0)
    }
    assert max(heights.values()) - min(heights.values()) < 1.0


def test_what_cannot_be_is_refused():
    camera = Camera.from_fov(SIZE, 60.0)
    aside = person((1500, 0, 3000))
    with pytest.raises(ValueError, match=r"1.50 m aside"):
        fov_from_person(aside, 0, camera, 1660.0, 1400.0)
    with pytest.raises(ValueError, match="positive"):
        fov_from_person(aside, 0, camera, 0.0, 3000.0)
    headless = Skeleton(("pelvis", "left_hip"))
    other = People.empty(headless)
    unseen = replace(
        other,
        joints_cam=np.ones((1, 2, 3), np.float32),
        joint_scores=np.ones((1, 2), np.float32),
        scores=np.ones(1, np.float32),
        track_ids=np.zeros(1, np.int64),
    )
    with pytest.raises(ValueError, match="a head"):
        fov_from_person(unseen, 0, camera, 1660.0, 3000.0)
