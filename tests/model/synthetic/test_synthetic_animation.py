import json
from pathlib import Path

import av
import numpy as np
import pytest

from das_model.camera import Camera
from das_model.skeleton import BODY_22
from das_model.synthetic.body.bodies import BodyPoser
from das_model.synthetic.body.kit_cache import load_kit
from das_model.synthetic.people.animation import Track, animate, still
from demo_clip.actors import demo_actors

CLIP = Path(__file__).resolve().parents[3] / "assets" / "clips" / "demo.mp4"


@pytest.fixture(scope="module")
def casts():
    kit = load_kit()
    poser = BodyPoser(kit)
    return [animate(actor, poser, 120, 25) for actor in demo_actors(kit, 32)]


def test_track_holds_its_ends_and_eases_between():
    track = Track(((1.0, (0.0, 10.0)), (3.0, (4.0, 10.0))))
    np.testing.assert_allclose(track.at(0.0), [0, 10])
    np.testing.assert_allclose(track.at(2.0), [2, 10])
    np.testing.assert_allclose(track.at(9.0), [4, 10])
    assert track.at(1.2)[0] < 0.1  # slow start
    np.testing.assert_allclose(still(5.0).at(3.3), [5])


def test_motion_is_smooth(casts):
    for cast in casts:
        joints = np.stack([person.body.joints for person in cast])
        jerks = np.abs(np.diff(joints, 2, axis=0)).max()
        assert jerks < 0.07  # metres per frame squared


def test_walker_walks_and_his_standing_foot_stays(casts):
    ankles = np.stack(
        [[p.body.joint(f"{side}_ankle") for side in ("left", "right")] for p in casts[0]]
    )[10:55]
    steps = np.linalg.norm(np.diff(ankles[..., :2], axis=0), axis=-1)
    assert np.median(steps.min(1)) < 0.012
    pelvis = np.stack([p.body.joint("pelvis") for p in casts[0]])
    assert pelvis[55, 0] - pelvis[10, 0] > 1.5  # to the right of the picture
    assert np.ptp(pelvis[10:55, 2]) < 0.12


def test_everybody_keeps_to_the_floor(casts):
    for cast in casts:
        lowest = [person.body.contact[:, 2].min() for person in cast]
        assert -0.02 < min(lowest)
        assert max(lowest) < 0.04


def test_bundled_clip_and_its_truth_agree():
    truth = json.loads(CLIP.with_suffix(".json").read_text())
    joints = np.array(truth["joints_cam_mm"])
    with av.open(str(CLIP)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert [stream.width, stream.height] == truth["size"]
        assert float(stream.average_rate) == truth["fps"]
        assert stream.frames == len(joints)
        assert 12 <= len(joints) / truth["fps"] <= 20
    assert truth["joint_names"] == list(BODY_22.joint_names)
    camera = Camera.from_intrinsics(*truth["intrinsics"], tuple(truth["size"]))
    assert camera.fov_deg == pytest.approx(60)
    assert joints.shape[1:] == (3, 22, 3)
    assert joints[..., 2].min() > 1000
    assert CLIP.stat().st_size < 6_000_000
