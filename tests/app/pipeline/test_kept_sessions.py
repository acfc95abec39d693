"""Sessions of a folder as a list shows them, renamed and deleted."""

import json

import numpy as np
import pytest
from session_fakes import ORIGIN, record, result, tracked

from das_app.pipeline.kept_sessions import (
    delete_session,
    list_sessions,
    name_of,
    rename_session,
    thumbnail,
)
from das_app.session.recorder import Recorder
from das_app.session.session import Session
from das_app.session.types import SessionError


@pytest.fixture
def folder(tmp_path):
    """A session of ten frames with two people, with a video."""
    results = [result(n, tracked(3000.0, (0, 1) if n > 5 else (0,))) for n in range(10)]
    record(tmp_path / "2026-11-22_12-00-00", results, has_video=True, waits=True)
    return tmp_path / "2026-11-22_12-00-00"


def test_what_a_list_shows(folder, tmp_path):
    record(tmp_path / "walk", [result(0)])
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "session.json").write_text("{")
    found = {kept.folder.name: kept for kept in list_sessions(tmp_path)}
    assert set(found) == {folder.name, "walk"}
    kept = found[folder.name]
    assert (kept.num_tracks, kept.has_video, kept.name) == (2, True, "")
    assert kept.duration_s == pytest.approx(0.3)
    assert kept.started is not None
    assert (found["walk"].name, found["walk"].has_video) == ("walk", False)
    image = thumbnail(kept, (48, 48))
    assert image.shape == (48, 48, 3)
    assert image.mean() == pytest.approx(np.mean(range(10)), abs=6)  # the pictures rise by one
    assert thumbnail(found["walk"], (48, 48)) is None
    assert list_sessions(tmp_path / "nowhere") == []


def test_a_name_comes_behind_the_time_and_goes_again(folder, tmp_path):
    named = rename_session(folder, "jump / one")
    assert named.name == "2026-11-22_12-00-00_jump _ one"
    assert name_of(named) == "jump _ one"
    assert len(Session(named)) == 10
    (tmp_path / "2026-11-22_12-00-00_taken").mkdir()
    with pytest.raises(SessionError, match="there is a session 2026-11-22_12-00-00_taken"):
        rename_session(named, "taken")
    assert rename_session(named, "") == folder
    record(tmp_path / "walk", [result(0)])
    assert rename_session(tmp_path / "walk", "run").name == "run"


def test_deleted_is_what_is_a_session_and_not_recorded(folder, tmp_path):
    delete_session(folder)
    assert not folder.exists()
    with pytest.raises(SessionError, match="holds no session"):
        delete_session(tmp_path)
    recorder = Recorder(tmp_path / "now", ORIGIN)
    with pytest.raises(SessionError, match="is being recorded"):
        delete_session(tmp_path / "now")
    recorder.close()


@pytest.mark.parametrize("duration", ["NaN", "Infinity", "-1", "1e300", "true", '"long"', "null"])
def test_a_session_whose_summary_says_an_odd_duration_is_not_listed(folder, tmp_path, duration):
    summary = json.loads((folder / "session.json").read_text()) | {"duration_s": 0}
    text = json.dumps(summary).replace('"duration_s": 0', f'"duration_s": {duration}')
    (folder / "session.json").write_text(text)
    assert list_sessions(tmp_path) == []
