import itertools

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from das_app.motion.smoothing import Smoother, SmoothingConfig
from das_model.camera import Camera
from das_model.people import People

FPS = 30.0
CAMERA = Camera.from_fov((1280, 720), 60.0)
BODY = np.stack(
    [np.linspace(-250, 250, 22), np.linspace(-700, 800, 22), np.linspace(-90, 90, 22)], axis=1
)
BODY -= BODY[0]


def people_of(joints, track_ids, joint_score=1.0, spread_mm=None):
    joints = np.asarray(joints, np.float32).reshape(-1, 22, 3)
    count = len(joints)
    return People(
        joints,
        np.full((count, 22), joint_score, np.float32),
        np.ones(count, np.float32),
        np.array(track_ids, np.int64),
        joint_spread_mm=None if spread_mm is None else np.full((count, 22), spread_mm),
    )


def smoothed(frames, config=None, fps=FPS, times=None, joint_score=1.0, spread_mm=None):
    """Shown joints (T, 22, 3) of one person whose joints are (T, 22, 3)."""
    smoother = Smoother()
    times = np.arange(len(frames)) / fps if times is None else times
    return np.array(
        [
            smoother(
                people_of(joints, [0], joint_score, spread_mm), t, config or SmoothingConfig()
            ).joints_cam[0]
            for joints, t in zip(frames, times, strict=True)
        ]
    )


def standing(num_frames, depth=3000.0):
    return np.tile(BODY + [300, 0, depth], (num_frames, 1, 1))


def jerk(values):
    """Mean size of the second difference, the jitter."""
    return np.linalg.norm(np.diff(values, 2, axis=0), axis=-1).mean()


def test_what_rests_stays_where_it_is():
    still = standing(60)
    np.testing.assert_allclose(smoothed(still), still, atol=0.01)


def test_flickering_depth_is_calmed_and_nobody_moves_in_the_picture():
    rng = np.random.default_rng(0)
    raw = standing(120) * (1 + 0.08 * rng.standard_normal((120, 1, 1)))  # along the rays
    shown = smoothed(raw)
    assert jerk(shown) < 0.12 * jerk(raw)
    assert abs(shown[60:, 0, 2].mean() - 3000) < 100
    places = CAMERA.project(shown.reshape(-1, 3)).reshape(120, 22, 2)
    np.testing.assert_allclose(places, np.broadcast_to(places[0], places.shape), atol=0.05)
    sizes = np.linalg.norm(shown[:, 1:] - shown[:, :-1], axis=-1).sum(axis=1)
    assert sizes[60:].std() < 0.3 * 0.08 * sizes.mean()  # the body stops breathing


def test_jittering_limbs_are_calmed():
    rng = np.random.default_rng(1)
    raw = standing(120) + rng.normal(0, 15, (120, 22, 3))
    assert jerk(smoothed(raw, joint_score=0.35)) < 0.5 * jerk(raw)
    assert jerk(smoothed(raw, joint_score=0.1)) < 0.25 * jerk(raw)


def test_a_fast_arm_is_hardly_late():
    raw = standing(90)
    raw[:, 14, 1] += 400 * np.sin(2 * np.pi * 1.5 * np.arange(90) / FPS)  # 3.8 m/s
    shown = smoothed(raw)
    lag = np.abs(shown[30:, 14, 1] - raw[30:, 14, 1])
    assert lag.mean() < 60  # 16 ms of its mean speed
    wrist = shown[30:, 14, 1]
    assert np.ptp(wrist) > 0.9 * 800


def test_walking_towards_the_camera_is_followed():
    raw = standing(90)
    raw[:, :, 2] -= 1400 * np.arange(90)[:, None] / FPS / 2  # from 3 m to 0.9 m at 0.7 m/s
    shown = smoothed(raw)
    assert np.abs(shown[-20:, 0, 2] - raw[-20:, 0, 2]).max() < 300


@pytest.mark.parametrize("name", ["distance_strength", "limb_strength"])
def test_more_strength_is_calmer_and_none_is_raw(name):
    rng = np.random.default_rng(2)
    if name == "distance_strength":
        raw = standing(90) * (1 + 0.05 * rng.standard_normal((90, 1, 1)))
    else:
        raw = standing(90)
        raw[:, 1:] += rng.normal(0, 10, (90, 21, 3))
    jerks = [
        jerk(
            smoothed(
                raw,
                SmoothingConfig(
                    **{"distance_strength": 0.0, "limb_strength": 0.0, name: strength}
                ),
            )
        )
        for strength in (0.0, 0.3, 0.6, 1.0)
    ]
    assert jerks[0] == pytest.approx(jerk(raw), rel=1e-3)
    assert all(b < a for a, b in itertools.pairwise(jerks))


def test_distance_and_limbs_are_smoothed_apart():
    rng = np.random.default_rng(3)
    raw = standing(60) * (1 + 0.05 * rng.standard_normal((60, 1, 1)))
    raw += rng.normal(0, 10, raw.shape)
    only_limbs = smoothed(raw, SmoothingConfig(0.0, 0.8))
    np.testing.assert_allclose(only_limbs[:, 0, 2], raw[:, 0, 2], rtol=1e-5)
    only_distance = smoothed(raw, SmoothingConfig(0.8, 0.0))
    np.testing.assert_allclose(
        only_distance[:, 0, :2] / only_distance[:, 0, 2:],
        raw[:, 0, :2] / raw[:, 0, 2:],
        atol=1e-5,
    )


def test_time_counts_not_frames():
    """Half a second after a step, as much of it is shown at 60 frames a second as at 15."""

    def share(fps):
        num_frames = round(2 * fps)
        raw = standing(num_frames)
        raw[num_frames // 2 :] *= 1.1  # along the rays
        shown = smoothed(raw, fps=fps)
        return (shown[round(1.5 * fps), 0, 2] - 3000) / 300

    assert share(15.0) == pytest.approx(share(60.0), abs=0.12)
    assert 0.2 < share(30.0) < 1.0


def test_a_gap_a_step_back_and_a_stranger_begin_anew():
    smoother = Smoother()
    near, far = people_of(standing(1), [0]), people_of(standing(1, 4000.0), [0])
    smoother(near, 1.0)
    assert smoother(far, 1.033).joints_cam[0, 0, 2] < 3800
    assert smoother(far, 5.0).joints_cam[0, 0, 2] == 4000  # nobody saw them for 4 s
    smoother(near, 5.033)
    np.testing.assert_array_equal(smoother(near, 2.0).joints_cam, near.joints_cam)  # seek
    stranger = people_of(standing(1, 4000.0), [1])
    np.testing.assert_array_equal(smoother(stranger, 2.033).joints_cam, stranger.joints_cam)


def test_a_short_absence_is_remembered():
    smoother = Smoother()
    smoother(people_of(standing(1), [0]), 1.0)
    smoother(people_of(standing(0), []), 1.033)
    back = smoother(people_of(standing(1, 4000.0), [0]), 1.066)
    assert 3000 < back.joints_cam[0, 0, 2] < 3900


def test_people_keep_their_memory_in_any_order():
    smoother = Smoother()
    a, b = standing(1)[0], standing(1, 5000.0)[0]
    smoother(people_of([a, b], [4, 9]), 0.0)
    swapped = smoother(people_of([b * 1.2, a * 1.2], [9, 4]), 0.033).joints_cam
    assert 5000 < swapped[0, 0, 2] < 5600
    assert 3000 < swapped[1, 0, 2] < 3400


def test_people_without_a_track_or_at_the_lens_are_left_alone():
    smoother = Smoother()
    odd = standing(1)[0].copy()
    odd[3, 2] = -50.0  # behind the lens
    people = people_of([standing(1)[0], odd], [-1, 2])
    for k in range(3):
        grown = people_of(people.joints_cam * (1 + 0.1 * k), [-1, 2])
        np.testing.assert_array_equal(smoother(grown, k / FPS).joints_cam, grown.joints_cam)
    assert smoother(people_of(standing(0), []), 1.0).joints_cam.shape == (0, 22, 3)


def test_the_same_frame_again_shows_the_same():
    smoother = Smoother()
    raw = people_of(standing(1), [0])
    smoother(raw, 0.0)
    first = smoother(people_of(standing(1, 3300.0), [0]), 0.033).joints_cam
    again = smoother(people_of(standing(1, 3300.0), [0]), 0.033).joints_cam
    np.testing.assert_allclose(again, first, atol=15)


def test_input_is_not_changed():
    smoother = Smoother()
    people = people_of(standing(1), [0])
    smoother(people, 0.0)
    later = people_of(standing(1, 3500.0), [0])
    before = later.joints_cam.copy()
    smoother(later, 0.033)
    np.testing.assert_array_equal(later.joints_cam, before)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0, 1), st.floats(0, 1))
@example(4160991, 0.015625, 0.0)
def test_the_filter_never_leaves_what_it_has_seen(seed, distance, limbs):
    """It runs on by no more than the noise it expects, whatever comes and whenever."""
    rng = np.random.default_rng(seed)
    raw = standing(15) * rng.uniform(0.8, 1.2, (15, 1, 1)) + rng.normal(0, 20, (15, 22, 3))
    times = np.cumsum(rng.uniform(0.005, 0.3, 15))
    shown = smoothed(raw, SmoothingConfig(distance, limbs), times=times)
    assert np.isfinite(shown).all()
    seen = np.maximum.accumulate(raw[:, 0, 2]), np.minimum.accumulate(raw[:, 0, 2])
    reach = 100  # sizes tell of depth, too
    assert (shown[:, 0, 2] <= seen[0] + reach).all()
    assert (shown[:, 0, 2] >= seen[1] - reach).all()


def test_steady_motion_is_not_late():
    raw = standing(60)
    raw[:, :, 0] += 1000 * np.arange(60)[:, None] / FPS  # 1 m/s across
    shown = smoothed(raw)
    assert np.abs(shown[20:, :, 0] - raw[20:, :, 0]).max() < 15  # 15 ms


def test_an_arm_that_stops_does_not_run_on():
    raw, time_s = standing(90), np.arange(90) / FPS
    raw[:, 14, 1] += 500 * np.clip(time_s - 1, 0, 0.2) / 0.2  # 2.5 m/s, and stop
    shown = smoothed(raw, joint_score=0.3)
    assert shown[:, 14, 1].max() < raw[:, 14, 1].max() + 20
    assert np.abs(shown[42:, 14, 1] - raw[42:, 14, 1]).max() < 20  # 0.2 s later


def test_a_joint_that_was_not_seen_moves_little_and_a_sure_one_at_once():
    shares = []
    for score in (0.02, 0.2, 0.9):
        raw = standing(36)
        raw[33:, 14, 1] -= 200
        shown = smoothed(raw, joint_score=score)
        shares.append((raw[32, 14, 1] - shown[34, 14, 1]) / 200)
    assert shares[0] < 0.4 < shares[2]
    assert shares[0] < shares[1] < shares[2]
    assert shares[2] > 0.9


def test_a_fast_hand_of_low_score_is_not_late_where_the_model_is_sure_of_it():
    """Fast hands are blurred: the score falls though the lifting places them well."""
    raw, time_s = standing(120), np.arange(120) / FPS
    raw[:, 14, 1] += 250 * np.sin(2 * np.pi * 1.2 * time_s)
    off = {
        mm: np.abs(smoothed(raw, joint_score=0.01, spread_mm=mm)[30:, 14] - raw[30:, 14]).max()
        for mm in (None, 60.0, 160.0)
    }
    assert off[60.0] < 30
    assert off[60.0] <= off[160.0] < 60
    assert off[None] > 100


def test_what_flickers_more_is_calmed_more():
    rng = np.random.default_rng(4)
    shares = []
    for size_mm in (5, 40):
        raw = standing(150) + rng.normal(0, size_mm, (150, 22, 3))
        limbs, seen = (x[60:] - x[60:, :1] for x in (smoothed(raw, joint_score=0.35), raw))
        shares.append(jerk(limbs) / jerk(seen))
    assert shares[1] < 1.2 * shares[0] < 0.5


def test_an_error_of_a_single_frame_hardly_shows():
    raw = standing(60)
    raw[40, 14] += [0, -300, 0]
    raw[50] *= 1.1
    shown = smoothed(raw, joint_score=0.5)
    assert np.abs(shown[:, 14, 1] - raw[0, 14, 1])[:48].max() < 120
    assert np.abs(shown[:, 0, 2] - 3000).max() < 150


def test_a_body_that_grows_and_shrinks_is_taken_to_go_nowhere():
    """A wandering error of depth, slower than any filter, shows in the size of the body."""
    wander = 1 + 0.05 * np.sin(2 * np.pi * 0.4 * np.arange(150) / FPS)
    shown = smoothed(standing(150) * wander[:, None, None])
    assert np.ptp(shown[60:, 0, 2]) < 0.6 * np.ptp(3000 * wander)


def test_limbs_seen_wrongly_move_nobody_nearer():
    raw = standing(120)
    raw[60:80, 1:] += 0.5 * (raw[60:80, 1:] - raw[60:80, :1])  # half as large again for a while
    assert np.abs(smoothed(raw)[:, 0, 2] - 3000).max() < 60


def test_a_wrong_size_at_first_is_forgotten():
    raw = standing(210)
    raw[:3, 1:] += 0.5 * (raw[:3, 1:] - raw[:3, :1])
    assert np.abs(smoothed(raw)[180:, 0, 2] - 3000).max() < 100


def test_what_the_model_is_unsure_of_is_calmed_more():
    rng = np.random.default_rng(5)
    deep = standing(120)
    deep[..., 2] += rng.normal(0, 30, (120, 22))
    deep[..., :2] = standing(120)[..., :2] / 3000 * deep[..., 2:]
    far = standing(120) * (1 + 0.05 * rng.standard_normal((120, 1, 1)))
    for raw, part in ((deep, slice(1, None)), (far, slice(0, 1))):
        jerks = [jerk(smoothed(raw, spread_mm=mm)[30:, part]) for mm in (60.0, 180.0, 400.0)]
        assert all(b < a for a, b in itertools.pairwise(jerks))
    assert np.array_equal(smoothed(deep), smoothed(deep, spread_mm=np.nan))


@pytest.mark.parametrize("strengths", [(-0.1, 0.5), (0.5, 1.1), (float("nan"), 0.5)])
def test_strengths_out_of_range_are_refused(strengths):
    with pytest.raises(ValueError, match="from 0 to 1"):
        SmoothingConfig(*strengths)
