import numpy as np
import pytest
from session_fakes import WIDE, tracked, write_session

from das_app.exports.takes.take import ExportOptions, load_take
from das_app.motion.kinematics import body_heights_mm
from das_app.session.edits import SessionEdits, load_edits
from das_app.session.session import Session
from das_app.session.types import Layer, SessionError

NUM_FRAMES = 40


@pytest.fixture
def folder(tmp_path):
    return write_session(tmp_path / "s", NUM_FRAMES, people_of=lambda _: tracked(3000.0, (3, 8)))


def test_a_height_scales_a_person_about_the_lens_in_all_of_the_session(folder):
    before = Session(folder).to_numpy()
    session = Session(folder)
    own_m = session.height_m(3)
    session.set_height(3, 1.10)
    assert session.height_m(3) == pytest.approx(1.10)
    after = Session(folder).to_numpy()
    factor = (1.10 - 0.08) / (own_m - 0.08)  # an ankle stands 8 cm high
    np.testing.assert_allclose(after.joints_cam[:, 0], factor * before.joints_cam[:, 0], rtol=1e-5)
    np.testing.assert_array_equal(after.joints_cam[:, 1], before.joints_cam[:, 1])
    px = [WIDE.project(arrays.joints_cam[:, 0]) for arrays in (before, after)]
    np.testing.assert_allclose(px[0], px[1], atol=1e-3)  # in the same places of the picture
    for poses in (
        session[5],
        session.at(0.5),
        session.after(0.5),
        session.measured(0.5, Layer.RAW),
    ):
        assert body_heights_mm(poses.people)[0] == pytest.approx(1100, rel=1e-4)
    track = load_take(session, ExportOptions()).tracks[0]
    np.testing.assert_allclose(track.joints, after.joints_cam[:, 0], rtol=1e-5)


def test_a_height_can_be_changed_and_taken_away(folder):
    session = Session(folder)
    own_m = session.height_m(3)
    session.set_height(3, 1.10)
    session.set_height(3, 1.30)
    assert session.height_m(3) == pytest.approx(1.30)
    assert list(load_edits(folder).scales) == [3]
    session.set_height(3, None)
    assert session.height_m(3) == pytest.approx(own_m)
    assert load_edits(folder) == SessionEdits()


def test_heights_go_with_names_and_trim(folder):
    session = Session(folder)
    session.change(SessionEdits({3: "Ada"}, 0.2, 1.0))
    session.set_height(3, 1.2)
    edits = load_edits(folder)
    assert (edits.names, edits.start_s, edits.end_s) == ({3: "Ada"}, 0.2, 1.0)
    assert edits.untrimmed().scales == edits.scales


def test_what_cannot_be_is_told(folder):
    session = Session(folder)
    with pytest.raises(SessionError, match="person 5 is not there"):
        session.set_height(5, 1.1)
    with pytest.raises(SessionError, match="times as large"):
        session.set_height(3, 0.1)
    assert not load_edits(folder).scales
    own = Session(folder, is_edited=False)
    session.set_height(3, 1.1)
    assert own.height_m(3) > 1.2  # as it was recorded
