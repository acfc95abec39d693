import pytest
from recorded_sessions import write_session

from das_app.gui.recording.repair_offer import RepairOffer
from das_app.session.session import Session


@pytest.fixture
def offer(qtbot, themed):
    offer = RepairOffer(quiet_s=0.0)
    qtbot.addWidget(offer, before_close_func=lambda o: o.close_down())
    return offer


def test_what_was_left_open_is_offered_and_repaired(offer, qtbot, tmp_path):
    folder = write_session(tmp_path / "crashed", closes=False)
    write_session(tmp_path / "whole")
    offer.look(tmp_path)
    qtbot.waitUntil(offer.isVisible)
    assert "1 recording was not closed" in offer.text
    assert "crashed" in offer.text
    assert "whole" not in offer.text.replace("crashed", "")
    offer.repair.click()
    assert not offer.repair.isEnabled()
    assert offer.later.isHidden()
    qtbot.waitUntil(lambda: "is repaired" in offer.text)
    assert "10 frames" in offer.text
    assert offer.repair.isHidden()
    assert len(Session(folder)) == 10
    offer.later.click()
    assert not offer.isVisible()


def test_nothing_is_offered_where_all_is_well(offer, qtbot, tmp_path):
    write_session(tmp_path / "whole")
    for folder in (tmp_path, tmp_path / "nowhere"):
        offer.look(folder)
        qtbot.waitUntil(lambda: not offer.is_searching)
        assert not offer.isVisible()


def test_what_was_written_a_moment_ago_is_offered_later(qtbot, themed, tmp_path, monkeypatch):
    def refuse(_file):
        raise OSError("this file system knows no locks")

    monkeypatch.setattr("das_app.session.folder.try_lock", refuse)
    offer = RepairOffer(quiet_s=1.0)
    qtbot.addWidget(offer, before_close_func=lambda o: o.close_down())
    write_session(tmp_path / "crashed", closes=False)
    offer.look(tmp_path)
    qtbot.waitUntil(lambda: not offer.is_searching)
    assert not offer.isVisible()
    qtbot.waitUntil(offer.isVisible)


def test_later_keeps_everything_for_the_next_start(offer, qtbot, tmp_path):
    folder = write_session(tmp_path / "crashed", closes=False)
    before = (folder / "session.mcap").read_bytes()
    offer.look(tmp_path)
    qtbot.waitUntil(offer.isVisible)
    offer.later.click()
    assert not offer.isVisible()
    assert [p.name for p in folder.iterdir()] == ["session.mcap"]
    assert (folder / "session.mcap").read_bytes() == before


def test_what_is_beyond_repair_is_said_and_does_not_keep_the_others(
    offer, qtbot, tmp_path, caplog
):
    write_session(tmp_path / "good", closes=False)
    bad = write_session(tmp_path / "bad", closes=False)
    offer.look(tmp_path)
    qtbot.waitUntil(offer.isVisible)
    assert "2 recordings were not closed" in offer.text
    (bad / "session.mcap").write_bytes(b"")
    offer.repair.click()
    qtbot.waitUntil(lambda: "is repaired" in offer.text)
    assert "nothing can be read" in offer.text
    assert len(Session(tmp_path / "good")) == 10


def test_names_of_folders_are_no_markup(offer, qtbot, tmp_path):
    write_session(tmp_path / "a <b> & c", closes=False)
    offer.look(tmp_path)
    qtbot.waitUntil(offer.isVisible)
    assert "a &lt;b&gt; &amp; c" in offer.text
