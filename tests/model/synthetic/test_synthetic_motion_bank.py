import numpy as np
import pytest

from das_model.synthetic.poses.motion_bank import JOINTS, MotionBank
from das_model.synthetic.poses.pose_categories import CATEGORIES, activity, posture

# right half of a standing person facing -y, hip-ankle 0.84 m: x, y, z in metres
STANDING = {
    "hip": (0.1, 0, 0.9),
    "knee": (0.1, 0, 0.48),
    "ankle": (0.1, 0, 0.06),
    "toe": (0.1, -0.15, 0.03),
    "sho": (0.17, 0, 1.4),
    "elb": (0.2, 0, 1.12),
    "wri": (0.2, 0, 0.86),
}
NAMES = sorted(JOINTS)


def body(**changed):
    """(16, 3) joints in the order of NAMES; `changed` moves joints of both sides."""
    half = STANDING | changed
    points = {"neck": half.pop("neck", (0, 0, 1.4)), "head": half.pop("head", (0, 0, 1.55))}
    for joint, (x, y, z) in half.items():
        points |= {f"l{joint}": (x, y, z), f"r{joint}": (-x, y, z)}
    return np.array([points[name] for name in NAMES])


def lifted(points, dz):
    return points + [0, 0, dz]


SITTING = body(
    knee=(0.1, -0.42, 0.46),
    ankle=(0.1, -0.42, 0.04),
    toe=(0.1, -0.57, 0.02),
    hip=(0.1, 0, 0.5),
    neck=(0, 0, 1.0),
    head=(0, 0, 1.15),
    sho=(0.17, 0, 1.0),
    elb=(0.2, 0, 0.7),
    wri=(0.2, -0.2, 0.6),
)
KNEELING = body(
    hip=(0.1, 0, 0.5),
    knee=(0.1, 0, 0.06),
    ankle=(0.1, 0.42, 0.06),
    toe=(0.1, 0.55, 0.03),
    neck=(0, 0, 1.0),
    head=(0, 0, 1.15),
    sho=(0.17, 0, 1.0),
    elb=(0.2, 0, 0.7),
    wri=(0.2, 0, 0.45),
)
CROSS_LEGGED = body(
    hip=(0.1, 0, 0.1),
    knee=(0.35, -0.3, 0.15),
    ankle=(0.05, -0.35, 0.08),
    toe=(0.0, -0.3, 0.05),
    neck=(0, 0, 0.6),
    head=(0, 0, 0.75),
    sho=(0.17, 0, 0.6),
    elb=(0.25, 0, 0.35),
    wri=(0.25, -0.2, 0.2),
)
BENT = body(
    neck=(0, -0.4, 1.15),
    head=(0, -0.52, 1.15),
    sho=(0.17, -0.4, 1.15),
    elb=(0.2, -0.4, 0.87),
    wri=(0.2, -0.4, 0.6),
)
LYING = body()[:, [0, 2, 1]] * [1, 1, -1] + [0, 0, 0.2]
ON_HANDS = body() * [1, 1, -1] + [0, 0, 1.7]


@pytest.mark.parametrize(
    ("points", "want"),
    [
        (body(), ""),
        (lifted(body(), 0.5), ""),  # a leap: heights count from the lowest joint
        (SITTING, "sit"),
        (KNEELING, "kneel"),
        (CROSS_LEGGED, "floor"),
        (BENT, "bend"),
        (LYING, "lie"),
        (ON_HANDS, "upside_down"),
    ],
)
def test_posture_is_read_off_the_joints(points, want):
    turned = (
        points @ np.array([[0.6, -0.8, 0], [0.8, 0.6, 0], [0, 0, 1]]).T
    )  # heading is no matter
    joints = {name: np.stack([points[i], turned[i]]) for i, name in enumerate(NAMES)}
    assert posture(joints).tolist() == [want, want]


@pytest.mark.parametrize(
    ("word", "want"),
    [
        ("walking", "walk"),
        ("stealthy_walk", "walk"),
        ("walkingdog", "walk"),
        ("walk_run_jump_punch_exercise", "sport"),
        ("basketball", "sport"),
        ("basketball_signal", "gesture"),
        ("dance-short", "dance"),
        ("sword_shield", "fight"),
        ("phoning", "everyday"),
        ("wave-left-hand", "gesture"),
        ("spinkick", "fight"),
    ],
)
def test_words_of_clips_have_categories(word, want):
    assert activity(word) == want
    assert want in CATEGORIES


def write(path, frames, clips, **more):
    """A motion file; `frames` are (points, clip number)."""
    np.savez(
        path,
        joints=np.array(NAMES),
        positions_m=np.stack([points for points, _ in frames]).astype(np.float16),
        clip=np.array([clip for _, clip in frames]),
        clip_names=np.array([f"c{i}" for i in range(len(clips))]),
        clip_category=np.array([word for word, _ in clips]),
        clip_source=np.array([source for _, source in clips]),
        **more,
    )
    return path


@pytest.fixture
def file(tmp_path):
    clips = [("walking", "h36m"), ("zombie_walk", "cmu_bvh"), ("posing", "h36m")]
    frames = [(body(), 0)] * 30 + [(lifted(body(), 0.01), 1)] * 2 + [(SITTING, 2), (LYING, 2)]
    return write(
        tmp_path / "motion.npz",
        frames,
        clips,
        diverse=np.ones(len(frames), bool),
        clip_gravity_ok=np.ones(3, bool),
    )


def test_motions_of_a_category_are_drawn_evenly_however_long(file):
    bank = MotionBank([file])
    assert set(bank.categories) == {"walk", "sit", "lie"}
    assert len(bank) == 34
    rng = np.random.default_rng(0)
    long_clip = [bank.draw(rng, "walk")["lhip"][2] < 0.9049 for _ in range(400)]
    assert 0.42 < np.mean(long_clip) < 0.58  # 30 frames of one motion, 2 of the other
    assert bank.draw(rng, "sit")["lhip"] == pytest.approx(SITTING[NAMES.index("lhip")], abs=1e-3)


def test_only_diverse_frames_of_level_clips_are_drawn(tmp_path):
    frames = [(body(), 0), (SITTING, 0), (LYING, 1)]
    path = write(
        tmp_path / "m.npz",
        frames,
        [("walking", "h36m"), ("roll", "deepmimic")],
        diverse=np.array([True, False, True]),
        clip_gravity_ok=np.array([True, False]),
    )
    assert MotionBank([path]).categories == ("walk",)


def test_free_sources_alone_can_be_chosen(file):
    free = MotionBank([file], free_only=True)
    assert free.categories == ("walk",)
    assert len(free) == 2
    assert free.draw(np.random.default_rng(1), "walk")["lhip"][2] == pytest.approx(0.91, abs=1e-3)


def test_no_free_frame_is_an_error(tmp_path):
    path = write(
        tmp_path / "m.npz", [(body(), 0)], [("walking", "h36m")], diverse=np.ones(1, bool)
    )
    with pytest.raises(ValueError, match="free sources"):
        MotionBank([path], free_only=True)


def test_files_join_whatever_the_order_of_their_joints(file, tmp_path):
    other = tmp_path / "other.npz"
    order = list(reversed(range(len(NAMES))))
    np.savez(
        other,
        joints=np.array(NAMES)[order],
        positions_m=KNEELING[None, order],
        clip=np.zeros(1, int),
        clip_names=np.array(["x"]),
    )
    bank = MotionBank([file, other])
    knee = bank.draw(np.random.default_rng(0), "kneel")["lknee"]
    np.testing.assert_allclose(knee, KNEELING[NAMES.index("lknee")], atol=1e-6)


def test_motion_file_without_a_joint_is_refused(tmp_path):
    path = tmp_path / "motion.npz"
    np.savez(path, joints=np.array(["neck"]), positions_m=np.zeros((1, 1, 3)))
    with pytest.raises(ValueError, match=r"must hold.*lknee"):
        MotionBank([path])
