"""Trials of what may go wrong, each repeatable by its seed: kill, damage, disk, signals, hostile
media, models, calibrations and sessions.

A trial returns what was lost, in words, or an empty text; it raises AssertionError where something
happened that must not: a wrong pose, another error than the documented one, a process that hangs.
`test_faults.py` runs a few of each, `run_at_length.py` many and prints the table.
"""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import onnx

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "app"))
sys.path.insert(0, str(ROOT / "tests"))
from session_fakes import depth_of, write_session  # noqa: E402

from das_app.lens.calibration_files import load_intrinsics  # noqa: E402
from das_app.lens.intrinsics import Intrinsics  # noqa: E402
from das_app.session.format import POSES_TOPIC  # noqa: E402
from das_app.session.reader import Salvage  # noqa: E402
from das_app.session.repair import repair_session  # noqa: E402
from das_app.session.session import Session  # noqa: E402
from das_app.session.types import SessionError  # noqa: E402
from das_app.sources.frame_source import SourceError  # noqa: E402
from das_app.sources.image_source import read_image  # noqa: E402
from das_app.sources.video_source import VideoSource  # noqa: E402
from das_model.inference.estimate import Device, EstimatorOptions  # noqa: E402
from das_model.inference.runtime import open_estimator  # noqa: E402

_FRAMES, _PER_CHUNK = 24, 3
_MODEL = ROOT / "assets" / "models" / "das-lite.onnx"
_CLIP = ROOT / "assets" / "clips" / "demo.mp4"


class Trial(NamedTuple):
    """What is tried.

    Args:
        what: for the table.
        run: (random numbers, empty folder) to what was lost.
        few: how often in CI.
        many: how often at length.
    """

    what: str
    run: Callable[[random.Random, Path], str]
    few: int
    many: int


def flipped(data: bytes, rng: random.Random, num_flips: int = 1) -> bytes:
    """The bytes with some bits turned over."""
    changed = bytearray(data)
    for _ in range(num_flips):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def damaged_text(text: str, rng: random.Random) -> bytes:
    """A text file after an accident: cut, a number replaced, a part doubled or taken out."""
    odd = ("NaN", "1e400", "-1", "true", '"x"', "[" * 2000, "{}", "null", "9" * 400, "<a>" * 500)
    place, length = rng.randrange(len(text)), rng.randrange(1, 20)
    kind = rng.randrange(5)
    if kind == 0:
        return text[:place].encode()
    if kind == 1:
        return (text[:place] + rng.choice(odd) + text[place + length :]).encode()
    if kind == 2:
        return (text[:place] + text[place + length :]).encode()
    if kind == 3:
        return (text[: place + length] + text[place:]).encode()
    return flipped(text.encode(), rng, 3)


# damage


def flip_session(rng: random.Random, folder: Path) -> str:
    """One bit anywhere in a session's log, closed or left open."""
    closes = rng.random() < 0.5
    write_session(folder / "s", _FRAMES, _PER_CHUNK, closes=closes)
    log = folder / "s" / "session.mcap"
    log.write_bytes(flipped(log.read_bytes(), rng))
    return _lost(folder / "s", most=_PER_CHUNK)


def cut_session(rng: random.Random, folder: Path) -> str:
    """The log of a session that breaks off somewhere in its last three chunks."""
    write_session(folder / "s", _FRAMES, _PER_CHUNK, closes=False)
    log = folder / "s" / "session.mcap"
    data = log.read_bytes()
    log.write_bytes(data[: rng.randrange(len(data) * 5 // 8, len(data))])
    return _lost(folder / "s", most=_FRAMES // 2)


def _lost(folder: Path, most: int) -> str:
    found = [
        json.loads(message.data)
        for messages in Salvage(folder / "session.mcap")
        for message in messages
        if message.topic == POSES_TOPIC
    ]
    for poses in found:
        assert poses["people"][0]["joints_cam_mm"][0][2] == depth_of(poses["index"])
    num_lost = _FRAMES - len({poses["index"] for poses in found})
    assert num_lost <= most, f"{num_lost} frames lost"
    try:
        repair_session(folder)
    except SessionError as error:
        assert "needs no repair" in str(error), error
    assert len(list(Session(folder))) == _FRAMES - num_lost
    return f"{num_lost} frames" if num_lost else ""


# processes


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "das_app", *arguments]


def _environment(folder: Path) -> dict[str, str]:
    home = folder / "home"
    home.mkdir()
    kept = {k: v for k, v in os.environ.items() if not k.startswith("XDG_")}
    return kept | {
        "HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "QT_QPA_PLATFORM": "offscreen",
        "OMP_NUM_THREADS": "1",
    }


def _start_capture(folder: Path) -> subprocess.Popen:
    """A capture of the demo with pictures that has begun to record."""
    process = subprocess.Popen(
        _command("capture", "demo", "-o", str(folder / "s"), "--video"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=_environment(folder),
    )
    end_s = time.monotonic() + 120
    while not (folder / "s" / "session.mcap").exists():
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < end_s
        time.sleep(0.05)
    return process


def _recorded_so_far(folder: Path) -> int:
    """Frames in the chunks of a log that is being written."""
    log = folder / "s" / "session.mcap"
    return sum(m.topic == POSES_TOPIC for messages in Salvage(log) for m in messages)


def kill_capture(rng: random.Random, folder: Path) -> str:
    """SIGKILL of a capture with pictures at a random moment of its first seconds."""
    process = _start_capture(folder)
    time.sleep(rng.uniform(1.0, 4.0))
    num_before = _recorded_so_far(folder)
    process.kill()
    process.communicate()
    report = repair_session(folder / "s")
    session = Session(folder / "s")
    assert len(list(session)) == report.num_frames >= num_before
    assert report.has_video or report.num_frames <= 1
    if not report.has_video:
        return "the picture of 1 frame" if report.num_frames else ""
    source = VideoSource(session.video_path, Intrinsics())
    num_pictures = 0
    while source.read() is not None:
        num_pictures += 1
    source.close()
    num_lost = report.num_frames - num_pictures
    assert num_lost <= 2, f"{num_lost} pictures lost"
    return f"{num_lost} pictures" if num_lost > 0 else ""


def signal_capture(rng: random.Random, folder: Path) -> str:
    """A request to end a capture, before or while it records."""
    number = rng.choice((signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
    process = _start_capture(folder)
    time.sleep(rng.uniform(0.0, 3.0))
    process.send_signal(number)
    _out, err = process.communicate(timeout=60)
    assert "Traceback" not in err
    assert process.returncode in (0, 1), err
    if process.returncode:
        assert not (folder / "s").exists(), err
        return ""
    list(Session(folder / "s"))
    return ""


def signal_window(rng: random.Random, folder: Path) -> str:
    """A request to end the window at a random moment."""
    number = rng.choice((signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
    port = _free_port()
    process = subprocess.Popen(
        _command("--source", "demo", "--stream", f"websocket:{port}"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=_environment(folder),
    )
    _wait_until_open(process, port)
    time.sleep(rng.uniform(0.0, 3.0))
    process.send_signal(number)
    begin_s = time.monotonic()
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "Traceback" not in err
    took_s = time.monotonic() - begin_s
    return "" if took_s < 3 else f"{took_s:.0f} s to end"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_open(process: subprocess.Popen, port: int) -> None:
    """Wait for a window that streams, which it begins to do once it is shown."""
    end_s = time.monotonic() + 120
    while time.monotonic() < end_s:
        assert process.poll() is None, process.stderr.read()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    process.kill()
    raise AssertionError("the window does not open")


def lose_folder(rng: random.Random, folder: Path) -> str:
    """The folder of a capture is deleted or moved while it records."""
    process = _start_capture(folder)
    time.sleep(rng.uniform(0.5, 2.0))
    is_moved = rng.random() < 0.5
    if is_moved:
        (folder / "s").rename(folder / "t")
    else:
        shutil.rmtree(folder / "s")
    _out, err = process.communicate(timeout=60)
    assert process.returncode == 1, err
    assert "the folder" in err
    assert not (folder / "s").exists()
    if is_moved:
        list(Session(folder / "t"))
    return "" if is_moved else "what was deleted"


def fill_disk(rng: random.Random, folder: Path) -> str:
    """Files of a capture may not grow any more, as on a full disk."""
    limit = rng.randrange(20, 200)
    script = f'ulimit -f {limit}; exec "$@"'
    done = subprocess.run(
        [
            "bash",
            "-c",
            script,
            "bash",
            *_command("capture", "demo", "-o", str(folder / "s"), "--video", "--max-frames", "60"),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        env=_environment(folder),
    )
    assert "Traceback" not in done.stderr or done.returncode in (0, 1), done.stderr
    if (folder / "s" / "session.json").exists():
        return f"{60 - len(list(Session(folder / 's')))} frames' pictures or less"
    assert done.returncode == 1, done.stderr
    report = repair_session(folder / "s")
    assert len(list(Session(folder / "s"))) == report.num_frames
    return "what no longer fitted"


# foreign files


def hostile_media(rng: random.Random, folder: Path) -> str:
    """A film or a picture with changed bytes."""
    if rng.random() < 0.5:
        path = folder / "x.mp4"
        data = _CLIP.read_bytes()[: rng.randrange(20_000, 400_000)]
        path.write_bytes(flipped(data, rng, rng.randrange(1, 60)))
        try:
            source = VideoSource(path, Intrinsics())
            for _ in range(5):
                if source.read() is None:
                    break
            source.close()
        except SourceError:
            pass
        return ""
    suffix = rng.choice(("png", "jpg", "bmp", "tif", "webp"))
    image = np.random.default_rng(rng.randrange(1 << 30)).integers(0, 255, (40, 60, 3), np.uint8)
    path = folder / f"x.{suffix}"
    data = cv2.imencode(f".{suffix}", image)[1].tobytes()
    head = flipped(data[:64], rng, rng.randrange(1, 6))
    path.write_bytes(head + flipped(data[64:], rng, rng.randrange(1, 6)))
    try:
        read_image(path)
    except SourceError:
        pass
    return ""


def hostile_model(rng: random.Random, folder: Path) -> str:
    """A model with changed bytes or changed metadata."""
    path = folder / "m.onnx"
    if rng.random() < 0.5:
        path.write_bytes(flipped(_MODEL.read_bytes(), rng, rng.randrange(1, 200)))
    else:
        model = onnx.load(str(_MODEL))
        entry = rng.choice(list(model.metadata_props))
        entry.value = damaged_text(entry.value[:4000], rng).decode("utf-8", "replace")
        onnx.save(model, str(path))
    try:
        open_estimator(path, EstimatorOptions(device=Device.CPU, num_threads=1))
    except ValueError as error:
        assert str(path) in str(error), error
    return ""


_CALIBRATIONS = {
    "json": '{"fx": 900.0, "fy": 910.0, "cx": 639, "cy": 361, "width": 1280, "height": 720, '
    '"distortion": [0.1, -0.2, 0.001, 0.002, 0.0]}',
    "toml": "[cam]\nsize = [1088.0, 1920.0]\nmatrix = [[1681.2, 0.0, 532.9], "
    "[0.0, 1681.1, 948.1], [0.0, 0.0, 1.0]]\ndistortions = [-0.07, 0.02, 0.0, 0.0]\n",
    "yml": "%YAML:1.0\n---\nimage_width: 640\nimage_height: 480\ncamera_matrix: !!opencv-matrix\n"
    "   rows: 3\n   cols: 3\n   dt: d\n   data: [ 600., 0., 320., 0., 600., 240., 0., 0., 1. ]\n",
    "xml": '<?xml version="1.0"?>\n<opencv_storage>\n<image_width>640</image_width>\n'
    '<image_height>480</image_height>\n<camera_matrix type_id="opencv-matrix">\n<rows>3</rows>\n'
    "<cols>3</cols>\n<dt>d</dt>\n<data>600. 0. 320. 0. 600. 240. 0. 0. 1.</data></camera_matrix>\n"
    "</opencv_storage>\n",
}


def hostile_calibration(rng: random.Random, folder: Path) -> str:
    """A calibration after an accident."""
    suffix, text = rng.choice(list(_CALIBRATIONS.items()))
    path = folder / f"c.{suffix}"
    path.write_bytes(damaged_text(text, rng))
    try:
        camera = load_intrinsics(path).calibrated
    except ValueError as error:
        assert str(path) in str(error)
        return ""
    assert 0.2 < camera.K[0, 0] / camera.size[0] < 20
    assert camera.distortion is None or np.isfinite(camera.distortion).all()
    return ""


def hostile_session(rng: random.Random, folder: Path) -> str:
    """A session whose summary or edits are those of an accident."""
    write_session(folder / "s", 6, 3)
    name, text = rng.choice(
        (
            ("session.json", (folder / "s" / "session.json").read_text()),
            ("edits.json", '{"version": 1, "names": {"0": "Ada"}, "start_s": 0, "end_s": 1}'),
        )
    )
    (folder / "s" / name).write_bytes(damaged_text(text, rng))
    from das_app.session.frames import RecordedFrames

    try:
        frames = RecordedFrames(folder / "s")
        while frames.read() is not None:
            pass
        frames.close()
    except SessionError:
        pass
    return ""


TRIALS = (
    Trial("one bit flipped anywhere in a session's log", flip_session, 40, 1000),
    Trial("a session's log cut in its last three chunks", cut_session, 20, 500),
    Trial("`kill -9` of a capture with pictures", kill_capture, 1, 30),
    Trial("SIGINT, SIGTERM, SIGHUP to a capture", signal_capture, 1, 30),
    Trial("SIGINT, SIGTERM, SIGHUP to the window", signal_window, 1, 50),
    Trial("the folder of a capture deleted or moved", lose_folder, 1, 20),
    Trial("files that may not grow any more", fill_disk, 1, 20),
    Trial("films and pictures with changed bytes", hostile_media, 40, 1000),
    Trial("models with changed bytes or metadata", hostile_model, 2, 100),
    Trial("calibrations after an accident", hostile_calibration, 150, 3000),
    Trial("summaries and edits after an accident", hostile_session, 60, 1000),
)
