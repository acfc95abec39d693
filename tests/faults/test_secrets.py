"""Addresses of cameras in every shape, through capture, export and window: what is secret in them
stands in no file, no log, no message and no widget."""

import logging
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import AF_INET6

import cv2
import numpy as np
import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QLabel, QListWidget, QWidget
from typer.testing import CliRunner
from window_fakes import FakeEstimator, Opener, people_at

from das_app.cli import app
from das_app.commands import capture_job
from das_app.gui.control.bridge import OpenedSource
from das_app.gui.window.main_window import MainWindow
from das_app.gui.window.settings_keeper import SettingsKeeper
from das_app.messaging.messages import PipelineState
from das_app.pipeline.live import LivePipeline
from das_app.pipeline.open_source import open_source
from das_app.settings.app_settings import AppSettings
from das_app.settings.settings_file import load_settings, settings_path
from das_app.sources.addresses import shown_address

# every secret of the addresses has one of these in it, too long to come about in packed bytes
SECRET = re.compile(r"zoe-smith|z%6fe-smith|Q[xyz]secret\d|%51xsecret", re.IGNORECASE)
SHAPES = {
    "login": "http://zoe-smith:Qxsecret1@127.0.0.1:{port}/live",
    "token": "http://127.0.0.1:{port}/live?user=zoe-smith&token=Qysecret2",
    "signed": "http://127.0.0.1:{port}/Qzsecret3/live/signature=Qzsecret4",
    "ipv6": "http://zoe-smith:Qxsecret5@[::1]:{port6}/live",
    "encoded": "http://z%6Fe-smith:%51xsecret6@127.0.0.1:{port}/live%2FQysecret7#Qzsecret8",
    "silent": "rtsp://zoe-smith:Qxsecret9@127.0.0.1:{closed}/user=zoe-smith&password=Qysecret9&channel=1",
}


class Camera(BaseHTTPRequestHandler):
    """Endless pictures at any path."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=picture")
        self.end_headers()
        rng = np.random.default_rng(1)
        try:
            while not self.server.is_over.wait(0.02):
                picture = rng.integers(0, 255, (24, 32, 3), np.uint8)
                jpeg = cv2.imencode(".jpg", picture)[1].tobytes()
                head = f"--picture\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}"
                self.wfile.write(head.encode() + b"\r\n\r\n" + jpeg + b"\r\n")
        except OSError:  # the client went away
            pass

    def log_message(self, *_):
        pass


class CameraOn6(ThreadingHTTPServer):
    address_family = AF_INET6


@pytest.fixture(scope="module")
def addresses():
    """An address of every shape by its name."""
    is_over, servers = threading.Event(), []
    for kind, host in ((ThreadingHTTPServer, "127.0.0.1"), (CameraOn6, "::1")):
        server = kind((host, 0), Camera)
        server.is_over, server.daemon_threads = is_over, False
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        servers.append((server, thread))
    with ThreadingHTTPServer(("127.0.0.1", 0), Camera) as closed:
        places = {
            "port": servers[0][0].server_port,
            "port6": servers[1][0].server_port,
            "closed": closed.server_port,
        }
    yield {name: shape.format(**places) for name, shape in SHAPES.items()}
    is_over.set()
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A fresh home without a key ring."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("CONFIG", "CACHE", "STATE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / "home" / name))
    monkeypatch.setitem(sys.modules, "keyring", None)
    return tmp_path / "home"


def require_no_secret(text, where):
    found = SECRET.search(text)
    assert found is None, f"{where}: {text[max(0, found.start() - 80) : found.end() + 40]!r}"


def require_no_secret_in(folder):
    """Look through names and contents of all files."""
    for path in folder.rglob("*"):
        require_no_secret(str(path.relative_to(folder)), "a file's name")
        if path.is_file():
            require_no_secret(path.read_bytes().decode("latin-1"), path)


def test_capture_and_export_tell_no_secret(addresses, home, tmp_path, monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    estimator = FakeEstimator(people_at((0, 0, 3000)), "fake")
    monkeypatch.setattr(capture_job, "open_estimator", lambda *_: estimator)
    arguments = ["capture", *addresses.values(), "-o", str(tmp_path / "out"), "--max-frames", "3"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 1  # one of them is silent
    assert "1 of 6 sessions failed" in done.stderr, done.output
    sessions = sorted((tmp_path / "out").iterdir())
    assert len(sessions) == len(addresses) - 1
    for session in sessions:
        for to in ("csv", "json", "bvh"):
            target = str(tmp_path / "exports" / f"{session.name}.{to}")
            told = CliRunner().invoke(app, ["export", str(session), "--to", to, "-o", target])
            assert told.exit_code == 0, told.output
            require_no_secret(told.output, "output of export")
    require_no_secret(done.output, "output of capture")
    require_no_secret(caplog.text, "the log")
    require_no_secret_in(tmp_path)


class AddressOpener(Opener):
    """Opens real addresses with a model that is none."""

    def __call__(self, settings, on_state):
        source = open_source(settings.source.name, settings.lens.intrinsics())
        model = self.load_model(settings)
        return OpenedSource(LivePipeline(source, model.estimator, on_state), source, model)


def texts_of(window):
    """Everything that the window shows, or would show at a pointer."""
    yield window.windowTitle()
    for widget in window.findChildren(QWidget):
        yield widget.toolTip()
        yield widget.statusTip()
        yield widget.accessibleName()
        if isinstance(widget, (QLabel, QAbstractButton)):
            yield widget.text()
        if isinstance(widget, QListWidget):
            for row in range(widget.count()):
                yield widget.item(row).text()
                yield widget.item(row).toolTip()
    for action in window.findChildren(QAction):
        yield from (action.text(), action.toolTip(), action.statusTip())


def test_the_window_shows_and_keeps_no_secret(addresses, home, qtbot, caplog, tmp_path):
    caplog.set_level(logging.DEBUG)
    window = MainWindow(AppSettings(), AddressOpener())
    qtbot.addWidget(window)
    keeper = SettingsKeeper(lambda: window.settings, settings_path())
    window.show()
    for name, address in addresses.items():
        window.open(address)
        if name == "silent":
            qtbot.waitUntil(lambda: window.control.state is PipelineState.FAULTED, timeout=60_000)
        else:
            title = f"{shown_address(address)} — DAS Capture"
            qtbot.waitUntil(lambda t=title: window.windowTitle() == t, timeout=60_000)
        window.recent_menu.fill()
        window.parts.picker.set_recent(window.settings.source.recent)
        qtbot.wait(300)
        for text in texts_of(window):
            require_no_secret(text, f"the window, {name}")
    keeper.close()
    window.close()
    kept = load_settings(settings_path())
    assert len(kept.source.recent) == len(addresses) - 1
    require_no_secret(caplog.text, "the log")
    require_no_secret_in(home)
    modes = {path.stat().st_mode & 0o077 for path in home.rglob("*.toml")}
    assert modes == {0}


def test_secrets_are_found():
    for shape in SHAPES.values():
        with pytest.raises(AssertionError):
            require_no_secret(shape, "here")
    require_no_secret(str(Path("http://127.0.0.1:80/… #12ab")), "here")
