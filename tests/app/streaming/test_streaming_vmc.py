import socket

import numpy as np
import pytest
from pythonosc.osc_packet import OscPacket
from scipy.spatial.transform import Rotation
from session_fakes import result

from das_app.motion.errors import MotionError
from das_app.motion.humanoid import from_unity, humanoid, to_unity
from das_app.streaming.streamer import StreamError
from das_app.streaming.targets import StreamKind, StreamTarget
from das_app.streaming.vmc import PersonChoice, VmcSender
from das_model.people import People
from das_model.skeleton import BODY_22, COCO_17

# An avatar of Unity's humanoid in its T-pose, written down without the code under test:
# bone -> (parent, metres from the parent). Left-handed, y up, it faces +z, left is -x.
DOWN = np.array([1, -0.2, 0]) / np.hypot(1, 0.2)
HIP = np.array([1, -0.5, 0]) / np.hypot(1, 0.5)
LEFT = np.array([-1.0, 1.0, 1.0])
SIDED = {
    "Shoulder": ("UpperChest", (0, 0.08, 0)), "UpperArm": ("Shoulder", 0.18 * DOWN),
    "LowerArm": ("UpperArm", (0.28, 0, 0)), "Hand": ("LowerArm", (0.25, 0, 0)),
    "UpperLeg": ("Hips", 0.11 * HIP), "LowerLeg": ("UpperLeg", (0, -0.42, 0)),
    "Foot": ("LowerLeg", (0, -0.40, 0)),
}  # fmt: skip
AVATAR = {
    "Hips": (None, (0, 0, 0)), "Spine": ("Hips", (0, 0.22, 0)), "Chest": ("Spine", (0, 0.08, 0)),
    "UpperChest": ("Chest", (0, 0.08, 0)), "Neck": ("UpperChest", (0, 0.08, 0)),
    "Head": ("Neck", (0, 0.10, 0)),
}  # fmt: skip
for side, sign in (("Left", LEFT), ("Right", np.ones(3))):
    for bone, (parent, offset) in SIDED.items():
        above = parent if parent in AVATAR else side + parent
        AVATAR[side + bone] = (above, sign * np.array(offset))
JOINT_OF = {"Hips": "pelvis", "Spine": "spine", "Neck": "neck", "Head": "head"} | {
    f"{side.capitalize()}{bone}": f"{side}_{joint}"
    for side in ("left", "right")
    for bone, joint in (("UpperArm", "shoulder"), ("LowerArm", "elbow"), ("Hand", "wrist"),
                        ("UpperLeg", "hip"), ("LowerLeg", "knee"), ("Foot", "ankle"))
}  # fmt: skip
HEAD = {  # joints that are no bones, metres from the head in the T-pose
    "head_top": (0, 0.18, 0), "nose": (0, 0.03, 0.1), "left_eye": (-0.03, 0.05, 0.08),
    "right_eye": (0.03, 0.05, 0.08), "left_ear": (-0.08, 0.02, 0), "right_ear": (0.08, 0.02, 0),
}  # fmt: skip


def posed(rotations, hips=(0, 0, 0), positions=None):
    """Places of the avatar's bones and their turns in the world, by forward kinematics.

    Args:
        rotations: bone -> 3x3 relative to its parent, none for those left out.
        positions: bone -> metres from its parent; the avatar's own where left out.
    """
    places, turns = {}, {}
    for bone, (parent, offset) in AVATAR.items():
        turn = rotations.get(bone, np.eye(3))
        if parent is None:
            places[bone], turns[bone] = np.array(hips, float), turn
            continue
        offset = offset if positions is None else positions[bone]
        places[bone] = places[parent] + turns[parent] @ np.array(offset)
        turns[bone] = turns[parent] @ turn
    return places, turns


def joints_of(rotations, hips=(0, 0, -3)):
    """(22, 3) mm in camera space: what a perfect model sees of the posed avatar."""
    places, turns = posed(rotations, hips)
    joints = {joint: places[bone] for bone, joint in JOINT_OF.items()}
    joints |= {
        name: places["Head"] + turns["Head"] @ np.array(offset) for name, offset in HEAD.items()
    }
    return -1000 * np.array([joints[name] for name in BODY_22.joint_names])


def random_rotations(seed):
    random = np.random.default_rng(seed)
    turns = Rotation.from_rotvec(random.normal(0, 0.6, (len(AVATAR), 3))).as_matrix()
    return dict(zip(AVATAR, turns, strict=True)) | {"Chest": np.eye(3), "UpperChest": np.eye(3)}


def rotations_in(bones):
    return {bone.name: Rotation.from_quat(bone.rotation).as_matrix() for bone in bones}


def test_camera_to_unity_and_back():
    places = np.random.default_rng(0).normal(0, 2000, (5, 22, 3))
    np.testing.assert_allclose(from_unity(to_unity(places)), places, atol=1e-9)
    # right of the picture, down and away are left, down and away from an avatar that faces us
    np.testing.assert_array_equal(to_unity(np.array([100, 200, 3000.0])), [-0.1, -0.2, -3.0])


def test_the_t_pose_has_no_rotations():
    bones = humanoid(joints_of({}), BODY_22)
    assert [bone.name for bone in bones][:6] == [*AVATAR][:6]
    assert {bone.name for bone in bones} == set(AVATAR)
    for bone in bones:
        np.testing.assert_allclose(bone.rotation, [0, 0, 0, 1], atol=1e-6)
        offset = AVATAR[bone.name][1] if bone.name != "Hips" else (0, 0, -3)
        np.testing.assert_allclose(bone.position, offset, atol=1e-6)


@pytest.mark.parametrize(
    ("bone", "turn", "quaternion"),
    [  # hand-computed in Unity's axes: from -x (left arm) to +y; from +z (facing) to -x
        ("LeftUpperArm", [[0, 1, 0], [-1, 0, 0], [0, 0, 1]], [0, 0, -0.5**0.5, 0.5**0.5]),
        ("Hips", [[0, 0, -1], [0, 1, 0], [1, 0, 0]], [0, -(0.5**0.5), 0, 0.5**0.5]),
        ("RightLowerLeg", [[1, 0, 0], [0, 0, -1], [0, 1, 0]], [0.5**0.5, 0, 0, 0.5**0.5]),
    ],
)
def test_single_turns(bone, turn, quaternion):
    bones = {b.name: b for b in humanoid(joints_of({bone: np.array(turn)}), BODY_22)}
    for name, each in bones.items():
        expected = quaternion if name == bone else [0, 0, 0, 1]
        np.testing.assert_allclose(each.rotation, expected, atol=1e-6, err_msg=name)


@pytest.mark.parametrize("seed", range(8))
def test_an_avatar_that_wears_the_rotations_stands_as_the_person(seed):
    joints_cam = joints_of(random_rotations(seed), hips=(0.4, -0.1, -2.5))
    bones = humanoid(joints_cam, BODY_22)
    places, turns = posed(rotations_in(bones), bones[0].position)
    for bone, joint in JOINT_OF.items():
        seen = -joints_cam[BODY_22.index(joint)] / 1000
        np.testing.assert_allclose(places[bone], seen, atol=1e-6, err_msg=bone)
    top = places["Head"] + turns["Head"] @ np.array(HEAD["head_top"])
    np.testing.assert_allclose(top, -joints_cam[BODY_22.index("head_top")] / 1000, atol=1e-6)
    ear = places["Head"] + turns["Head"] @ np.array(HEAD["left_ear"])
    np.testing.assert_allclose(ear, -joints_cam[BODY_22.index("left_ear")] / 1000, atol=1e-6)


def test_a_model_without_the_joints_is_refused():
    with pytest.raises(MotionError, match="head, head_top, neck, pelvis, spine"):
        humanoid(np.zeros((17, 3)), COCO_17)


def people_with(*joints_cam, ids):
    count = len(joints_cam)
    return People(
        np.array(joints_cam, np.float32).reshape(count, 22, 3),
        np.ones((count, 22), np.float32), np.ones(count, np.float32), np.array(ids, np.int64),
    )  # fmt: skip


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
            "/VMC/Ext/OK": events.StateEvent, "/VMC/Ext/T": events.RelativeTimeEvent,
            "/VMC/Ext/Root/Pos": events.RootTransformEvent,
            "/VMC/Ext/Bone/Pos": events.BoneTransformEvent,
        }  # fmt: skip
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


def test_a_stream_of_a_model_without_the_joints_says_why(receiver):
    people = People(
        np.zeros((1, 17, 3), np.float32), np.ones((1, 17), np.float32),
        np.ones(1, np.float32), np.array([4]), COCO_17,
    )  # fmt: skip
    sender = VmcSender(receiver.target, lambda: None)
    with pytest.raises(StreamError, match="an avatar needs joints"):
        sender.send(result(0, people), people)
    sender.close()


def test_messages_as_a_receiver_of_the_protocol_reads_them(receiver):
    joints_cam = joints_of(random_rotations(3), hips=(0.5, 0.2, -3))
    sender = VmcSender(receiver.target, lambda: None)
    people = people_with(joints_cam, ids=[4])
    sender.send(result(0, people, time_s=50.0), people)
    state, time, root, *bones = receiver.take(3 + len(AVATAR))
    assert (state.model_state.value, state.calibration_state.value) == (1, 3)
    assert (state.calibration_mode.value, state.tracking_state.value) == (0, 1)
    assert time.delta == 0
    assert root.joint == "root" and (root.rotation.w, root.rotation.x) == (1, 0)
    by_name = {bone.joint.value: bone for bone in bones}
    assert set(by_name) == set(AVATAR)
    turns = {
        name: Rotation.from_quat([b.rotation.x, b.rotation.y, b.rotation.z, b.rotation.w]
                                 ).as_matrix() for name, b in by_name.items()
    }  # fmt: skip
    steps = {
        name: np.array([b.position.x, b.position.y, b.position.z]) for name, b in by_name.items()
    }
    root_place = np.array([root.position.x, root.position.y, root.position.z])
    places, _ = posed(turns, root_place + steps["Hips"], steps)
    for bone, joint in JOINT_OF.items():
        seen = -joints_cam[BODY_22.index(joint)] / 1000
        np.testing.assert_allclose(places[bone], seen, atol=1e-5, err_msg=bone)
    # the root is on the floor below the hips, 8 cm below the lower ankle
    ankles = [-joints_cam[BODY_22.index(f"{s}_ankle")][1] / 1000 for s in ("left", "right")]
    np.testing.assert_allclose(root_place, [0.5, min(ankles) - 0.08, -3], atol=1e-5)
    sender.close()


def test_the_root_stays_while_the_person_walks_and_moves_with_another(receiver):
    wanted = []
    sender = VmcSender(receiver.target, lambda: wanted[-1] if wanted else None)
    near, far = joints_of({}, hips=(0, 0, -2)), joints_of({}, hips=(0, 0, -5))
    roots, hips = [], []
    for index, (places, ids) in enumerate(
        [((near, far), [1, 2]), ((near + np.float32([0, 0, 500]), far), [1, 2]),
         ((near, far), [1, 2]), ((far,), [9])]
    ):  # fmt: skip
        if index == 2:
            wanted.append(2)
        people = people_with(*places, ids=ids)
        sender.send(result(index, people, time_s=0.0 if index == 3 else 1 + index), people)
        _, _, root, first, *_ = receiver.take(3 + len(AVATAR))
        roots.append(root.position.z)
        hips.append(first.position.z)
    np.testing.assert_allclose(roots, [-2, -2, -5, -5], atol=1e-6)
    np.testing.assert_allclose(hips, [0, -0.5, 0, 0], atol=1e-6)
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
        row = choose(people_with(*[joints_of({})] * len(ids), ids=ids), now_s)
        return None if row is None else ids[row]

    assert chosen(10.0) is None
    assert chosen(10.1, 7, 5) == 5  # who was there first
    assert chosen(10.2, 3, 5) == 5
    assert chosen(10.3, 3) is None and chosen(11.1, 3, 5) == 5  # back within a second
    assert chosen(12.2, 3, 8) == 3  # gone for longer
    wanted = 8
    assert chosen(12.3, 3, 8) == 8
    assert chosen(12.4, 3) is None and chosen(13.5, 3) == 3
    assert chosen(13.6, 3, 8) == 8
