import numpy as np

from das_app.exports.takes.tracks import Track, filled


def track_with_a_gap(joint):
    """Two joints over five frames at 10 Hz; one joint is missing in frames 1 to 3."""
    joints = np.zeros((5, 2, 3))
    joints[:, :, 0] = np.arange(5)[:, None] * 100.0
    joint_scores = np.full((5, 2), 0.8)
    joints[1:4, joint], joint_scores[1:4, joint] = np.nan, np.nan
    scores = np.array([0.9, 0.1, 0.2, 0.3, 0.5])
    return Track(7, 0, joints, joint_scores, scores, np.zeros((5, 2), bool))


def test_filling_a_joint_keeps_the_known_scores_of_the_person():
    track = track_with_a_gap(joint=1)
    full = filled(track, np.arange(5) / 10, longest_s=1.0)
    np.testing.assert_allclose(full.joints[:, 1, 0], np.arange(5) * 100.0)
    np.testing.assert_allclose(full.scores, [0.9, 0.1, 0.2, 0.3, 0.5])
    assert full.is_filled[:, 1].tolist() == [False, True, True, True, False]
    assert not full.is_filled[:, 0].any()


def test_filling_leaves_its_track_as_it_was():
    track = track_with_a_gap(joint=1)
    filled(track, np.arange(5) / 10, longest_s=1.0)
    assert np.isnan(track.joints[1:4, 1]).all()
    assert not track.is_filled.any()


def test_scores_of_frames_without_the_person_are_interpolated():
    track = track_with_a_gap(joint=1)
    track.joints[1:4], track.joint_scores[1:4], track.scores[1:4] = np.nan, np.nan, np.nan
    full = filled(track, np.arange(5) / 10, longest_s=1.0)
    np.testing.assert_allclose(full.scores, [0.9, 0.8, 0.7, 0.6, 0.5])


def test_a_gap_longer_than_asked_for_stays():
    track = track_with_a_gap(joint=0)
    full = filled(track, np.arange(5) / 10, longest_s=0.3)
    assert np.isnan(full.joints[1:4, 0]).all()
