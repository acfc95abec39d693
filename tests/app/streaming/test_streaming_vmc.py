import socket
from dataclasses import replace

import numpy as np
import pytest
from moving_bodies import walking
from pythonosc.osc_packet import OscPacket
from scipy.spatial.transform import Rotation
from session_fakes import result

from das_app.motion.body.humanoid import from_unity, humanoid, to_unity
from das_app.motion.body.rig import MEAN_SHAPE, BodyPose, body_of
from das_app.motion.body.rotations import rotations_by
from das_app.streaming.avatars import PersonChoice
from das_app.streaming.streamer import StreamError
from das_app.streaming.targets import StreamKind, StreamTarget
from das_app.streaming.vmc import VmcSender
from das_app.streaming.vrchat import VrchatSender
from das_model.people import People
from das_model.skeleton import BODY_22, Skeleton

# An avatar of Unity's humanoid: bone -> parent, written down without the code under test
PARENTS = {
    "Hips": None,
    "Spine": "Hips",
    "Chest": "Spine",
    "UpperChest": "Chest",
    "Neck": "UpperChest",
    "Head": "Neck",
} | {
    f"{side}{bone}": parent if parent in ("UpperChest", "Hips") else f"{side}{parent}"
    for side in ("Left", "Right")
    for bone, parent in (
        ("Shoulder", "UpperChest"),
        ("UpperArm", "Shoulder"),
        ("LowerArm", "UpperArm"),
        ("Hand", "LowerArm"),
        ("UpperLeg", "Hips"),
        ("LowerLeg", "UpperLeg"),
        ("Foot", "LowerLeg"),
        ("Toes", "Foot"),
    )
}
JOINT_OF = {"Hips": "pelvis", "Spine": "spine", "Neck": "neck", "Head": "head"} | {
    f"{side.capitalize()}{bone}": f"{side}_{joint}"
    for side in ("left", "right")
    for bone, joint in (
        ("UpperArm", "shoulder"),
        ("LowerArm", "elbow"),
        ("Hand", "wrist"),
        ("UpperLeg", "hip"),
        ("LowerLeg", "knee"),
        ("Foot", "ankle"),
    )
}


def joints_of(hips=(0, 0, -3), seed=0):
    """(22, 3) mm in camera space: somebody who walks, their hips at a place in Unity's axes."""
    joints = walking(1, seed)[2][0] * [1, -1, -1]
    return joints - joints[BODY_22.index("pelvis")] - 1000 * np.array(hips)


def posed(rotations, steps):
    """Places of the avatar's bones, by forward kinematics in Unity's axes.

    Args:
        rotations: bone -> 3x3 relative to its parent.
        steps: bone -> metres from its parent.
    """
    places, turns = {}, {}
    for bone, parent in PARENTS.items():
        if parent is None:
            places[bone], turns[bone] = steps[bone], rotations[bone]
            continue
        places[bone] = places[parent] + turns[parent] @ steps[bone]
        turns[bone] = turns[parent] @ rotations[bone]
    return places


def test_camera_to_unity_and_back():
    places = np.random.default_rng(0).normal(0, 2000, (5, 22, 3))
    np.testing.assert_allclose(from_unity(to_unity(places)), places, atol=1e-9)
    # right of the picture, down and away are left, down and away from an avatar that faces us
    np.testing.assert_array_equal(to_unity(np.array([100, 200, 3000.0])), [-0.1, -0.2, -3.0])


def test_a_t_pose_has_no_rotations_and_turns_are_unitys():
    body = body_of(BODY_22)
    vectors = np.zeros((1, len(body.bones), 3))
    shape = np.array(list(MEAN_SHAPE.values()))

    def bones():
        pose = BodyPose(np.array([[0, 0, -3000.0]]), rotations_by(vectors))
        return {bone.name: bone for bone in humanoid(body, shape, pose)}

    assert set(bones()) == set(PARENTS)
    for bone in bones().values():
        np.testing.assert_allclose(bone.rotation, [0, 0, 0, 1], atol=1e-9)
    np.testing.assert_allclose(bones()["Hips"].position, [0, 0, -3], atol=1e-9)
    assert bones()["LeftLowerArm"].position[0] < 0 < bones()["RightLowerArm"].position[0]
    # hand-computed: about y a quarter turn, so that who faced +z faces the picture's right, -x
    vectors[0, 0] = [0, np.pi / 2, 0]
    half = 0.5**0.5
    np.testing.assert_allclose(bones()["Hips"].rotation, [0, -half, 0, half], atol=1e-9)


def test_a_model_without_the_joints_is_refused(receiver):
    sender = VmcSender(receiver.target, lambda: None)
    no_hips = Skeleton(("pelvis", "left_ankle", "right_ankle"))
    ones = np.ones((1, 3), np.float32)
    people = People(np.ones((1, 3, 3), np.float32), ones, ones[:, 0], np.array([1]), no_hips)
    with pytest.raises(StreamError, match="left_shoulder"):
        sender.send(result(0), people)
    sender.close()


def people_with(*joints_cam, ids):
    count = len(joints_cam)
    return People(
        np.array(joints_cam, np.float32).reshape(count, 22, 3),
        np.ones((count, 22), np.float32),
        np.ones(count, np.float32),
        np.array(ids, np.int64),
    )


class Receiver:
    """A VMC receiver: parses packets with a library that knows the protocol."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(10)
        self.target = StreamTarget(StreamKind.VMC, *self.socket.getsockname())

    def take(self, num_messages):
        """Events by kind; bones by their name."""
        events = pytest.importorskip("vmcp.events", reason="needs vmcp, of the dev extra")
        kinds = {
            "/VMC/Ext/OK": events.StateEvent,
            "/VMC/Ext/T": events.RelativeTimeEvent,
            "/VMC/Ext/Root/Pos": events.RootTransformEvent,
            "/VMC/Ext/Bone/Pos": events.BoneTransformEvent,
        }
        taken = []
        while len(taken) < num_messages:
            for timed in OscPacket(self.socket.recv(65536)).messages:
                message = timed.message
                kind = kinds[message.address]
                taken.append(
                    kind.from_message_data("test", message.address, tuple(message.params))
                )
        return taken


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.socket.close()


def test_messages_as_a_receiver_of_the_protocol_reads_them(receiver):
    joints_cam = joints_of(hips=(0.5, 0.2, -3), seed=3)
    sender = VmcSender(receiver.target, lambda: None)
    people = people_with(joints_cam, ids=[4])
    sender.send(result(0, people, time_s=50.0), people)
    state, time, root, *bones = receiver.take(3 + len(PARENTS))
    assert (state.model_state.value, state.calibration_state.value) == (1, 3)
    assert (state.calibration_mode.value, state.tracking_state.value) == (0, 1)
    assert time.delta == 0
    assert root.joint == "root"
    assert (root.rotation.w, root.rotation.x) == (1, 0)
    by_name = {bone.joint.value: bone for bone in bones}
    assert set(by_name) == set(PARENTS)
    turns = {
        name: Rotation.from_quat(
            [b.rotation.x, b.rotation.y, b.rotation.z, b.rotation.w]
        ).as_matrix()
        for name, b in by_name.items()
    }
    steps = {
        name: np.array([b.position.x, b.position.y, b.position.z]) for name, b in by_name.items()
    }
    root_place = np.array([root.position.x, root.position.y, root.position.z])
    places = posed(turns, steps | {"Hips": root_place + steps["Hips"]})
    for bone, joint in JOINT_OF.items():
        seen = -joints_cam[BODY_22.index(joint)] / 1000
        assert np.linalg.norm(places[bone] - seen) < 0.03, bone  # a body of its own lengths
    # the root is on the floor below the hips, 8 cm below the lower ankle
    ankles = [-joints_cam[BODY_22.index(f"{s}_ankle")][1] / 1000 for s in ("left", "right")]
    np.testing.assert_allclose(root_place, [0.5, min(ankles) - 0.08, -3], atol=1e-5)
    sender.close()


def test_the_root_stays_while_the_person_walks_and_moves_with_another(receiver):
    wanted = []
    sender = VmcSender(receiver.target, lambda: wanted[-1] if wanted else None)
    near, far = joints_of(hips=(0, 0, -2)), joints_of(hips=(0, 0, -5))
    roots, hips = [], []
    for index, (places, ids) in enumerate(
        [
            ((near, far), [1, 2]),
            ((near + np.float32([0, 0, 500]), far), [1, 2]),
            ((near, far), [1, 2]),
            ((far,), [9]),
        ]
    ):
        if index == 2:
            wanted.append(2)
        people = people_with(*places, ids=ids)
        sender.send(result(index, people, time_s=0.0 if index == 3 else 1 + index), people)
        _, _, root, first, *_ = receiver.take(3 + len(PARENTS))
        roots.append(root.position.z)
        hips.append(first.position.z)
    np.testing.assert_allclose(roots, [-2, -2, -5, -5], atol=1e-6)
    np.testing.assert_allclose(hips, [0, -0.5, 0, 0], atol=0.02)
    sender.close()


def test_nobody_is_said(receiver):
    sender = VmcSender(receiver.target, lambda: None)
    sender.send(result(0, people_with(ids=[])), people_with(ids=[]))
    state, _ = receiver.take(2)
    assert state.tracking_state.value == 0
    sender.close()


def test_who_is_sent():
    wanted = None
    choose = PersonChoice(lambda: wanted)

    def chosen(now_s, *ids):
        row = choose(people_with(*[joints_of()] * len(ids), ids=ids), now_s)
        return None if row is None else ids[row]

    assert chosen(10.0) is None
    assert chosen(10.1, 7, 5) == 5  # who was there first
    assert chosen(10.2, 3, 5) == 5
    assert chosen(10.3, 3) is None
    assert chosen(11.1, 3, 5) == 5
    assert chosen(12.2, 3, 8) == 3  # gone for longer
    wanted = 8
    assert chosen(12.3, 3, 8) == 8
    assert chosen(12.4, 3) is None
    assert chosen(13.5, 3) == 3
    assert chosen(13.6, 3, 8) == 8


def test_several_people_go_to_a_port_each(receiver):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as second:
        host, port = receiver.socket.getsockname()
        second.bind((host, port + 1))
        second.settimeout(10)
        sender = VmcSender(replace(receiver.target, people=2), lambda: None)
        near, far = joints_of((0, 0, -2)), joints_of((0, 0, -5))
        people = people_with(near, far, ids=[3, 8])
        sender.send(result(0, people), people)
        _, _, root, *_ = receiver.take(3 + len(PARENTS))
        assert root.position.z == pytest.approx(-2, abs=1e-6)
        packet = OscPacket(second.recv(65536))
        messages = {timed.message.address: timed.message.params for timed in packet.messages}
        assert messages["/VMC/Ext/Root/Pos"][3] == pytest.approx(-5, abs=1e-6)
        alone = people_with(far, ids=[8])
        sender.send(result(1, alone, time_s=0.1), alone)
        state, _ = receiver.take(2)
        assert state.tracking_state.value == 0  # 3 is away, and 8 stays where they were
        sender.close()


def test_one_person_can_be_asked_for(receiver):
    sender = VmcSender(replace(receiver.target, person=8), lambda: 3)
    people = people_with(joints_of((0, 0, -2)), joints_of((0, 0, -5)), ids=[3, 8])
    sender.send(result(0, people), people)
    _, _, root, *_ = receiver.take(3 + len(PARENTS))
    assert root.position.z == pytest.approx(-5, abs=1e-6)
    sender.close()


def test_vrchat_gets_trackers(receiver):
    sender = VrchatSender(replace(receiver.target, kind=StreamKind.VRCHAT), lambda: None)
    joints_cam = joints_of((0.3, 0.1, -3))
    people = people_with(joints_cam, ids=[3])
    sender.send(result(0, people), people)
    found = {}
    while len(found) < 18:
        for timed in OscPacket(receiver.socket.recv(65536)).messages:
            found[timed.message.address] = np.array(timed.message.params)
    floor = from_ankles(joints_cam)
    for tracker, joint in (
        ("1", "pelvis"),
        ("3", "left_ankle"),
        ("6", "right_knee"),
        ("8", "right_elbow"),
        ("head", "head"),
    ):
        place = found[f"/tracking/trackers/{tracker}/position"]
        seen = -joints_cam[BODY_22.index(joint)] / 1000 - floor
        assert np.linalg.norm(place - seen) < 0.03, joint
    x, y, z = found["/tracking/trackers/1/rotation"]
    walked = walking(1)[1].rotations[0, 0]  # y up: about y by some angle
    turn = np.degrees(np.arctan2(walked[0, 2], walked[0, 0]))
    assert (x, y, z) == pytest.approx((0, -turn, 0), abs=3)  # Unity's y turns the other way
    sender.close()


def from_ankles(joints_cam):
    """(3,) m: the floor below the hips, 8 cm below the lower ankle."""
    low = min(-joints_cam[BODY_22.index(f"{s}_ankle")][1] / 1000 for s in ("left", "right"))
    x, _, z = -joints_cam[BODY_22.index("pelvis")] / 1000
    return np.array([x, low - 0.08, z])
