import re
import sys
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import av
import cv2
import numpy as np
import pytest

from das_app.lens.intrinsics import Intrinsics
from das_app.pipeline.open_source import open_source
from das_app.settings.app_settings import AppSettings, SourceSettings
from das_app.settings.settings_file import load_settings, save_settings
from das_app.sources.address_secrets import full_address, keep_address
from das_app.sources.addresses import is_address, short_name, shown_address
from das_app.sources.frame_source import SourceError, SourceLost
from das_app.sources.stream_source import open_address
from das_app.sources.video_source import VideoSource
from das_app.sources.watchdog import Patience, WatchedSource

LENS = Intrinsics()
QUICK = Patience(stall_s=0.2, give_up_s=0.05, retry_s=0.05, leave_s=1.0, poll_s=0.02)
JPEGS = [
    cv2.imencode(".jpg", np.full((24, 32, 3), value, np.uint8))[1].tobytes()
    for value in (10, 60, 110, 160, 210)
]


class Server:
    """A network camera at /live and a film at /film.mkv, switched on and off by the test."""

    def __init__(self, film):
        self.film, self.is_on, self.num_clients = film, True, 0
        self.is_over = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                if not server.is_on:
                    self.send_error(503)
                elif self.path == "/live":
                    server.send_pictures(self)
                elif self.path == "/film.mkv":
                    server.send_film(self)
                elif self.path == "/half.mkv?key=Qy":
                    server.send_half_a_film(self)
                else:
                    self.send_error(404)

            def log_message(self, *_):
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = False
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,))
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._http.server_port}"

    def send_half_a_film(self, handler):
        """Break off in the middle, whatever was asked for."""
        start = int((handler.headers.get("Range") or "bytes=0-")[6:].split("-")[0])
        handler.send_response(206 if start else 200)
        handler.send_header("Content-Length", str(len(self.film) - start))
        handler.end_headers()
        handler.wfile.write(self.film[start : len(self.film) // 2])

    def send_film(self, handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "video/x-matroska")
        handler.send_header("Content-Length", str(len(self.film)))
        handler.end_headers()
        self._write(handler, self.film)

    def send_pictures(self, handler):
        self.num_clients += 1
        handler.send_response(200)
        handler.send_header("Content-Type", "multipart/x-mixed-replace; boundary=picture")
        handler.end_headers()
        number = 0
        while self.is_on and not self.is_over.wait(0.005):
            jpeg = JPEGS[number % len(JPEGS)]
            head = f"--picture\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
            if not self._write(handler, head.encode() + jpeg + b"\r\n"):
                return
            number += 1

    def _write(self, handler, data):
        try:
            handler.wfile.write(data)
        except OSError:  # the client went away
            return False
        return True

    def close(self):
        self.is_over.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    path = tmp_path_factory.mktemp("film") / "film.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 32, 24, "bgr0"
        for value in range(0, 200, 20):
            image = np.full((24, 32, 3), value, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())
    return path.read_bytes()


@pytest.fixture
def server(film):
    server = Server(film)
    yield server
    server.close()


def test_film_on_a_server_plays_as_a_file(server):
    source = open_source(f"{server.address}/film.mkv", LENS)
    assert isinstance(source, VideoSource)
    assert not source.is_live
    assert source.duration_s is None  # no place can be sought
    values = []
    while (frame := source.read()) is not None:
        values.append(int(frame.image[0, 0, 0]))
    assert values == list(range(0, 200, 20))
    source.seek(0)
    assert source.read().index == 0
    with pytest.raises(SourceError, match="no place can be sought"):
        source.seek(3)
    source.close()


def test_network_camera_is_live_and_read_again_when_it_is_back(server, caplog):
    address = server.address.replace("//", "//me:secret@")
    source = open_address(f"{address}/live", LENS, QUICK)
    assert isinstance(source, WatchedSource)
    assert source.is_live
    first = source.read()
    assert first.camera.size == (32, 24)
    assert min(abs(int(first.image[5, 5, 1]) - v) for v in (10, 60, 110, 160, 210)) < 4
    second = source.read()
    assert second.index > first.index
    assert second.time_s >= first.time_s
    server.is_on = False
    with pytest.raises(SourceLost, match="is lost"):
        while source.read():
            pass
    with pytest.raises(SourceLost, match="is lost: it cannot be opened as a video: Server"):
        while True:
            try:
                source.read()
            except SourceLost as loss:
                assert "secret" not in str(loss)
                if "Server" in str(loss):
                    raise
    server.is_on = True
    frame = None
    while frame is None:
        try:
            frame = source.read()
        except SourceLost as loss:
            assert "127.0.0.1" in str(loss)
    assert frame.index > second.index
    source.close()
    assert "secret" not in caplog.text


def test_what_does_not_answer_or_is_no_video_is_refused_without_telling_the_password(server):
    address = server.address.replace("//", "//me:secret@")
    with pytest.raises(SourceError, match="cannot be opened as a video") as refused:
        open_source(f"{address}/nowhere", LENS)
    assert "secret" not in str(refused.value)
    assert "nowhere" not in str(refused.value)
    logged = "".join(traceback.format_exception(refused.value))
    assert "secret" not in logged
    server.is_on = False
    with pytest.raises(SourceError, match="cannot be opened"):
        open_source(f"{address}/live", LENS)


def test_a_server_that_breaks_off_is_told_without_password_and_query(server):
    address = server.address.replace("//", "//zoe:Qx@") + "/half.mkv?key=Qy"
    source = open_source(address, LENS)
    with pytest.raises(SourceError, match="cannot be read on") as broken:
        while source.read():
            pass
    source.close()
    logged = "".join(traceback.format_exception(broken.value))
    assert not re.search("zoe|Q[xy]", logged), logged


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("rtsp://cam.local/stream", True),
        ("HTTP://10.0.0.2:8080/video", True),
        ("https://host/film.mp4", True),
        ("film.mp4", False),
        ("C://film.mp4", False),
        ("0", False),
        ("rtsp://", False),
        ("file:///etc/passwd", False),
    ],
)
def test_addresses(spec, expected):
    assert is_address(spec) is expected


@pytest.mark.parametrize(
    "address",
    [
        "rtsp://me:p%40ss@cam.local:554/live?x=1",
        "http://cam.local/secret-token/live",
        "https://cam.local/?key=secret",
        "http://token@cam.local",
        "HTTP://cam.local/a#secret",
        "rtsp://me:p@ss:w@rd@cam.local/1",
    ],
)
def test_of_addresses_scheme_and_host_are_shown(address):
    shown = shown_address(address)
    host = "cam.local:554" if ":554" in address else "cam.local"
    assert re.fullmatch(rf"(rtsp|https?)://{host}/… #[0-9a-f]{{4}}", shown)
    assert shown_address(shown) == shown
    assert is_address(shown)
    assert shown_address(address + "2") != shown


def test_what_holds_no_secret_is_shown_whole():
    assert shown_address("http://cam.local:81/") == "http://cam.local:81"
    assert shown_address("/films/me@home.mp4") == "/films/me@home.mp4"
    assert shown_address("C:\\films\\me@home.mp4") == "C:\\films\\me@home.mp4"
    assert shown_address("C:/films/me@home.mp4") == "C:/films/me@home.mp4"
    assert shown_address("file:///films/walk.mp4") == "file:///films/walk.mp4"


def test_a_file_named_like_an_address_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "12:30@gym.mp4").touch()
    assert shown_address("12:30@gym.mp4") == short_name("12:30@gym.mp4") == "12:30@gym.mp4"
    assert "gym" not in shown_address("12:45@gym.mp4")


@pytest.mark.parametrize(
    "address",
    [
        "rtsp://zoe:Qx@[fe80/live",
        "rtsp://zoe:Qx#Qy@cam.local/live",
        "rtsp://zoe:Qx/Qy@cam.local/live",
        "rtsp://zoe:p@Qx?Qy@cam.local/live",
        "http://zoe:Qx\\@cam.local/live",
        "http://zoe:Qx",
        "ftp://zoe:Qx@cam.local/x.mp4",
        "rtmpt://cam.local/Qx",
        " rtsp://zoe:Qx@cam.local/live",
        "rtsp:/zoe:Qx@cam.local/live",
        "zoe:Qx@cam.local/live",
        "zoe:Qx@cam.local",
        "//zoe:Qx@cam.local/live",
        "http:\\\\zoe:Qx@cam.local\\live",
        "http://cam.local\\@Qx/live",
        "http://cam.local\tQx",
        "http://cam.local\nQx/",
        '"rtsp://zoe:Qx@cam.local/live"',
        "<rtsp://zoe:Qx@cam.local/live>",
        "url=rtsp://zoe:Qx@cam.local/live",
        "ffmpeg -i rtsp://zoe:Qx@cam.local/live",
        "see http://cam.local/live?pwd=Qx",
        "\ufeffrtsp://zoe:Qx@cam.local/live",
        "rtsp\uff1a//zoe:Qx@cam.local/live",
        "rtsp//zoe:Qx@cam.local/live",
        "rtsp ://zoe:Qx@cam.local/live",
        "cam.local/cgi?user=zoe&pwd=Qx",
        "cam.local:554/user=zoe&password=Qx",
        "zoe:Qx Qy@cam.local",
    ],
)
def test_of_a_mistyped_address_no_secret_is_shown_or_kept(tmp_path, monkeypatch, caplog, address):
    monkeypatch.setitem(sys.modules, "keyring", None)
    shown = shown_address(address)
    assert short_name(address) == shown
    assert shown_address(shown) == shown
    settings = AppSettings(source=SourceSettings(address).with_recent(address))
    save_settings(settings, tmp_path / "settings.toml")
    with pytest.raises(SourceError) as caught:
        open_source(address, LENS)
    logged = "".join(traceback.format_exception(caught.value))
    kept = (tmp_path / "settings.toml").read_text()
    for text in (shown, logged, kept, caplog.text):
        assert not re.search("zoe|Q[xy]", text), text


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("rtsp://[2001:db8::1]:554/secret", "rtsp://[2001:db8::1]:554/"),
        ("rtsp://me:secret@[fe80::1%eth0]/live", "rtsp://[fe80::1%eth0]/"),
        ("http://m%65:s%65cret@10.0.0.2:8080/%73ecret", "http://10.0.0.2:8080/"),
        ("https://cam.local/live?Signature=secret&Expires=1", "https://cam.local/"),
    ],
)
def test_hosts_of_every_form_are_shown(address, shown):
    assert re.fullmatch(re.escape(shown) + "… #[0-9a-f]{4}", shown_address(address))


class KeyRing:
    def __init__(self):
        self.kept = {}

    def get_password(self, service, name):
        return self.kept.get((service, name))

    def set_password(self, service, name, value):
        self.kept[service, name] = value


def test_the_key_ring_keeps_what_the_file_does_not(tmp_path, monkeypatch):
    ring, address = KeyRing(), "rtsp://me:secret@cam.local/hidden?key=1"
    monkeypatch.setitem(sys.modules, "keyring", ring)
    settings = AppSettings(source=SourceSettings(address).with_recent(address))
    save_settings(settings, tmp_path / "settings.toml")
    text = (tmp_path / "settings.toml").read_text()
    assert not any(word in text for word in ("me:", "secret", "hidden", "key=1"))
    (kept,) = load_settings(tmp_path / "settings.toml").source.recent
    assert full_address(kept) == address
    assert settings.source.with_recent(kept).recent == (kept,)


def test_without_a_key_ring_the_address_is_asked_for_again(monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)
    shown = keep_address("rtsp://me:secret@cam.local/hidden")
    with pytest.raises(SourceError, match="enter it again"):
        open_source(shown, LENS)


def test_names_of_sources_in_lists_and_titles():
    assert short_name("/films/walk.mp4") == "walk.mp4"
    assert short_name("demo") == "demo"
    assert short_name("rtsp://me:secret@cam.local").startswith("rtsp://cam.local/… #")
    assert short_name("/") == "/"
