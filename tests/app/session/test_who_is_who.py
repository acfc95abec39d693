"""People of a session put right afterwards: merged, split, swapped, left out; all of it undone."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from session_fakes import FPS, record, result, tracked, write_session

from das_app import Session
from das_app.exports.takes.take import ExportOptions, load_take
from das_app.session.edits import (
    EDITS_FILE,
    MAX_CHANGES,
    SessionEdits,
    load_edits,
    people_spans,
    save_edits,
)
from das_app.session.format import LOG_FILE
from das_app.session.frames import RecordedFrames
from das_app.session.people.person_edit import EditKind, PersonEdit
from das_app.session.people.who_is_who import WhoIsWho
from das_app.session.types import Layer, SessionError


def people_of(index):
    """Person 1 for 10 frames, then as 4; persons 2 and 3 throughout, exchanged from frame 20."""
    first = 1 if index < 10 else 4
    both = (2, 3) if index < 20 else (3, 2)
    return tracked(3000, (first, *both))


@pytest.fixture
def folder(tmp_path):
    return write_session(tmp_path / "session", 30, people_of=people_of)


def ids_of(session, layer=Layer.LIVE):
    return [tuple(poses.people.track_ids.tolist()) for poses in session.between(layer=layer)]


def test_a_recording_is_put_right_and_never_touched(folder):
    before = (folder / LOG_FILE).read_bytes()
    session = Session(folder)
    session.merge(1, 4)
    session.swap(2, 3, 20 / FPS)
    for layer in (Layer.LIVE, Layer.RAW):
        assert ids_of(session, layer) == [(1, 2, 3)] * 30
    assert ids_of(Session(folder)) == [(1, 2, 3)] * 30  # it is kept
    assert Session(folder).to_numpy().track_ids.tolist() == [1, 2, 3]
    assert set(Session(folder).to_pandas()["person"]) == {1, 2, 3}
    assert ids_of(Session(folder, is_edited=False))[25] == (4, 3, 2)
    assert (folder / LOG_FILE).read_bytes() == before


def test_every_change_can_be_undone(folder):
    session, recorded = Session(folder), ids_of(Session(folder))
    session.merge(1, 4)
    new_id = session.split(2, 10 / FPS)
    session.drop(3)
    assert new_id == 5
    assert ids_of(session)[0] == (1, 2)
    assert ids_of(session)[15] == (1, 5)
    for _ in range(3):
        session.undo()
    assert ids_of(session) == recorded
    assert not (folder / EDITS_FILE).exists()
    session.undo()
    assert ids_of(session) == recorded


def test_changes_follow_each_other(folder):
    session = Session(folder)
    new_id = session.split(2, 10 / FPS)
    session.merge(4, new_id)  # both are in frames 10 to 29: one of two stays
    assert session.split(3, 5 / FPS) == new_id + 1
    ids = ids_of(session)
    assert ids[12] == (4, new_id + 1)
    assert ids[2] == (1, 2, 3)


def test_where_two_become_one_the_surer_stays(tmp_path):
    people = tracked(3000, (1, 2, -1, -1))
    people.scores[:] = [0.3, 0.8, 0.5, 0.5]
    folder = write_session(tmp_path / "session", 2, people_of=lambda _: people)
    session = Session(folder)
    session.merge(1, 2)
    kept = session[0].people
    assert kept.track_ids.tolist() == [1, -1, -1]  # nobody without an id is lost
    np.testing.assert_allclose(kept.joints_cam[0], people.joints_cam[1], atol=1e-2)


def test_exports_and_playback_follow(folder):
    Session(folder).merge(1, 4)
    Session(folder).drop(3)
    take = load_take(Session(folder), ExportOptions())
    assert [track.track_id for track in take.tracks] == [1, 2]
    assert len(take.tracks[0]) == 30
    frames = RecordedFrames(folder)
    shown, raw = frames.people_of(frames.read())
    assert shown.track_ids.tolist() == raw.track_ids.tolist() == [1, 2]
    frames.use(SessionEdits())
    shown, raw = frames.people_of(frames.read())
    assert shown.track_ids.tolist() == raw.track_ids.tolist() == [1, 2, 3]


def test_people_who_are_not_there_are_refused(folder):
    session = Session(folder)
    with pytest.raises(SessionError, match="no person 9; it has 1, 2, 3, 4"):
        session.merge(1, 9)
    with pytest.raises(SessionError, match="two different people"):
        session.swap(2, 2, 0.0)
    session.drop(3)
    with pytest.raises(SessionError, match="no person 3"):
        session.split(3, 0.5)


def test_a_merged_person_takes_over_a_name_that_only_the_other_had():
    names = SessionEdits({4: "Ada"})
    assert names.merged(1, 4).names[1] == "Ada"
    assert SessionEdits({1: "Bo", 4: "Ada"}).merged(1, 4).names[1] == "Bo"


def test_spans_tell_when_everybody_is_there(folder):
    sightings = Session(folder).sightings()
    assert len(sightings) == 30
    spans = people_spans(sightings, SessionEdits())
    assert spans[1] == (0.0, pytest.approx(9 / FPS), 10)
    assert list(people_spans(sightings, SessionEdits().merged(1, 4).dropped(2))) == [1, 3]


EDITS = st.one_of(
    st.builds(
        PersonEdit,
        st.sampled_from([EditKind.MERGE, EditKind.SPLIT, EditKind.SWAP]),
        st.integers(0, 3),
        st.integers(4, 7),
        st.floats(0, 10),
    ),
    st.builds(PersonEdit, st.just(EditKind.DROP), st.integers(0, 7)),
)


# times that meet each other, and ids that do
TANGLED = st.lists(
    st.one_of(
        st.builds(
            PersonEdit,
            st.sampled_from([EditKind.MERGE, EditKind.SPLIT, EditKind.SWAP]),
            st.integers(0, 3),
            st.sampled_from([4, 5, 60, 2**52]),
            st.one_of(st.integers(0, 5).map(float), st.floats(0, 5)),
        ),
        st.builds(
            lambda edit: PersonEdit(edit.kind, edit.other, edit.track_id, edit.from_s),
            st.builds(
                PersonEdit,
                st.sampled_from([EditKind.MERGE, EditKind.SPLIT, EditKind.SWAP]),
                st.integers(0, 3),
                st.integers(4, 6),
                st.integers(0, 5).map(float),
            ),
        ),
        st.builds(PersonEdit, st.just(EditKind.DROP), st.integers(0, 7)),
    ),
    max_size=12,
)


def one_by_one(edits, ids, time_s):
    """What the ids of a frame become, one change after the other."""
    for edit in edits:
        one, other, is_later = edit.track_id, edit.other, time_s >= edit.from_s
        become = {
            EditKind.MERGE: {other: one},
            EditKind.DROP: {one: -2},
            EditKind.SPLIT: {one: other} if is_later else {},
            EditKind.SWAP: {one: other, other: one} if is_later else {},
        }[edit.kind]
        ids = [become.get(track_id, track_id) for track_id in ids]
    return ids


@given(TANGLED, st.lists(st.one_of(st.integers(0, 6), st.floats(0, 6)), max_size=5))
def test_changes_at_once_are_as_one_after_the_other(edits, times_s):
    ids = np.array([-1, *range(8), 60, 2**52, 2**53])
    who = WhoIsWho(edits)
    for time_s in [*times_s, *(edit.from_s for edit in edits)]:
        assert who.track_ids(ids, time_s).tolist() == one_by_one(edits, ids.tolist(), time_s)
    assert who.track_ids(ids[:0], 1.0).tolist() == []


def test_thousands_of_changes_are_as_one_after_the_other():
    """More times than one table has."""
    random = np.random.default_rng(1)
    kinds = [EditKind.SWAP, EditKind.SPLIT, EditKind.MERGE]
    edits = [
        PersonEdit(
            kinds[min(2, kind)],
            *random.choice(40, 2, replace=False).tolist(),
            round(random.uniform(0, 60), 2),
        )
        for kind in random.integers(0, 12, 2000)
    ]
    who, ids = WhoIsWho(edits), np.arange(-1, 42)
    for time_s in random.uniform(0, 61, 60):
        assert who.track_ids(ids, time_s).tolist() == one_by_one(edits, ids.tolist(), time_s)


def test_a_frame_looks_at_no_change_again(monkeypatch):
    """Only a table's first frame goes through the changes."""
    edits = [PersonEdit(EditKind.SWAP, 1, 2, float(n)) for n in range(50)]
    who, ids, asked = WhoIsWho(edits), np.array([1, 2]), []
    tabled = WhoIsWho._tabled
    monkeypatch.setattr(
        WhoIsWho, "_tabled", lambda self, number: asked.append(number) or tabled(self, number)
    )
    become = [who.track_ids(ids, n / 10).tolist() for n in range(500)]
    assert become[::10] == [[2, 1], [1, 2]] * 25
    assert asked == [0]


def test_more_changes_than_anybody_makes_are_refused(folder):
    swaps = tuple(PersonEdit(EditKind.SWAP, 2, 3, n / 100) for n in range(MAX_CHANGES))
    save_edits(folder, SessionEdits(people=swaps))
    session = Session(folder)
    assert ids_of(session)[:3] == [(1, 3, 2), (1, 2, 3), (1, 3, 2)]
    with pytest.raises(SessionError, match="at most 10000 changes of people are kept, got 10001"):
        session.drop(2)
    assert len(Session(folder).edits.people) == MAX_CHANGES  # what was kept still is
    values = json.loads((folder / EDITS_FILE).read_text())
    values["people"].append(values["people"][0])
    (folder / EDITS_FILE).write_text(json.dumps(values))
    with pytest.raises(SessionError, match="at most 10000 changes of people"):
        Session(folder).edits  # noqa: B018


def test_more_names_than_can_be_read_again_are_refused(tmp_path):
    many = SessionEdits(dict.fromkeys(range(50000), "é" * 40))
    with pytest.raises(SessionError, match="bytes are kept"):
        save_edits(tmp_path, many)
    assert load_edits(tmp_path) == SessionEdits()


@given(st.lists(EDITS, max_size=6), st.permutations(range(8)), st.floats(0, 10))
def test_ids_stay_unique_and_read_back_as_written(edits, ids, time_s):
    everybody = SessionEdits(people=tuple(edits))
    people = everybody.edited(tracked(3000, ids), time_s)
    kept = people.track_ids.tolist()
    assert len(set(kept)) == len(kept)
    assert min(kept, default=0) >= 0


def test_edits_come_back_as_they_were_written(tmp_path):
    edits = SessionEdits({1: "Ada"}).merged(1, 4).split(2, 9, 0.25).swapped(2, 3, 1.5).dropped(9)
    save_edits(tmp_path, edits)
    assert load_edits(tmp_path) == edits
    save_edits(tmp_path, SessionEdits({1: "Ada"}))  # older versions read names and trim
    assert json.loads((tmp_path / EDITS_FILE).read_text())["version"] == 1


@pytest.mark.parametrize(
    "change",
    [{"kind": "melt"}, {"track_id": 2.5}, {"other": 1}, {"from_s": "soon"}, {"from_s": -1.0}],
    ids=str,
)
def test_foreign_changes_are_refused(tmp_path, change):
    save_edits(tmp_path, SessionEdits().swapped(1, 2, 0.5))
    values = json.loads((tmp_path / EDITS_FILE).read_text())
    values["people"][0] |= change
    (tmp_path / EDITS_FILE).write_text(json.dumps(values))
    with pytest.raises(SessionError, match="cannot be used"):
        load_edits(tmp_path)


def test_doubts_of_the_tracker_are_events(tmp_path):
    from dataclasses import replace

    from das_app.session.types import EventKind, perhaps_same_ids

    one = replace(result(0), perhaps_same=((7, 3), (8, 2)))
    record(tmp_path / "session", [one, result(1)])
    texts = [
        e.text for e in Session(tmp_path / "session").events() if e.kind is EventKind.PERHAPS_SAME
    ]
    assert [perhaps_same_ids(text) for text in texts] == [(7, 3), (8, 2)]
    assert perhaps_same_ids("#7 or #3") is None
