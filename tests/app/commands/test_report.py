import socket
import stat
import zipfile

import pytest

from das_app.commands.report import without_secrets, write_report
from das_app.files.crash_log import CRASH_FILE, take_former_crash

LOG = """\
2026-11-30 INFO das_app opening rtsp://anna:PLANTED1@cam.example:554/live?auth=PLANTED2
2026-11-30 INFO das_app the remote control asks for token=PLANTED3, port 9000
2026-11-30 INFO das_app Authorization: Bearer PLANTED4
2026-11-30 INFO websockets GET https://me:PLANTED5@host.example/a/PLANTED6?token=PLANTED7
2026-11-30 WARNING das_app {'password': 'PLANTED8'} of 192.168.0.7
2026-11-30 ERROR das_app ftp://anna:PLANTED9@files.example/x cannot be opened
2026-11-30 INFO das_app recorded {home}/Documents/walk 2 with 40 frames
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home-of-anna"))
    monkeypatch.setattr(socket, "gethostname", lambda: "annas-laptop")
    return tmp_path / "home-of-anna"


def report(tmp_path, home, lines=("OK   Python: 3.11 on annas-laptop",)):
    logs, settings = tmp_path / "logs", tmp_path / "settings.toml"
    logs.mkdir(exist_ok=True)
    (logs / "das-app.log").write_text(LOG.replace("{home}", str(home)))
    (logs / "das-app.log.1").write_text("older\n")
    (logs / CRASH_FILE).write_text("Fatal Python error: Segmentation fault\n")
    settings.write_text(f'[source]\nname = "http://PLANTED0@cam.example/x"\nfolder = "{home}/a"\n')
    target = write_report(tmp_path / "report.zip", logs, settings, lines)
    with zipfile.ZipFile(target) as archive:
        return target, {name: archive.read(name).decode() for name in archive.namelist()}


def test_a_report_holds_what_helps_and_no_planted_secret(tmp_path, home):
    target, parts = report(tmp_path, home)
    assert parts.keys() == {
        "versions.txt",
        "doctor.txt",
        "settings.toml",
        "das-app.log",
        "das-app.log.1",
        CRASH_FILE,
    }
    whole = "\n".join(parts.values())
    assert "PLANTED" not in whole
    assert "anna" not in whole
    assert str(home) not in whole
    for kept in (
        "cam.example",
        "walk 2 with 40 frames",
        "Segmentation fault",
        "numpy",
        "port 9000",
    ):
        assert kept in whole
    assert "recorded ~/Documents" in parts["das-app.log"]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_of_a_long_log_the_end_is_told(tmp_path, home):
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "das-app.log").write_text("a line\n" * 300_000 + "the last line\n")
    target = write_report(tmp_path / "r.zip", logs, tmp_path / "none.toml", ())
    with zipfile.ZipFile(target) as archive:
        text = archive.read("das-app.log").decode()
    assert len(text) <= 1_000_000
    assert text.endswith("the last line\n")


def test_a_report_that_cannot_be_written_leaves_what_was_there(tmp_path, home):
    target = tmp_path / "report.zip"
    target.write_text("before")
    (tmp_path / "logs").mkdir()

    def lines():
        yield "OK"
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        write_report(target, tmp_path / "logs", tmp_path / "none.toml", lines())
    assert target.read_text() == "before"


@pytest.mark.parametrize("text", ["three tokens of text", "1:02 of 3:04", "C:/videos/a.mp4"])
def test_ordinary_words_stay(text):
    assert without_secrets(text) == text


def test_a_crash_is_told_once_and_kept_for_the_report(tmp_path):
    assert not take_former_crash(tmp_path)
    (tmp_path / CRASH_FILE).write_text("")
    assert not take_former_crash(tmp_path)
    with (tmp_path / CRASH_FILE).open("a") as held:  # as a running application does
        held.write("Fatal Python error\n")
        held.flush()
        assert take_former_crash(tmp_path)
        assert not take_former_crash(tmp_path)
        held.write("Another\n")
        held.flush()
    assert take_former_crash(tmp_path)
    assert (tmp_path / "crash.former.log").read_text() == "Another\n"
