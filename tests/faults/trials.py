"""Trials of what may go wrong, each repeatable by its seed: kill, damage, disk, signals, hostile
media, models, calibrations and sessions.

A trial returns what was lost, in words, or an empty text; it raises AssertionError where something
happened that must not: a wrong pose, another error than the documented one, a process that hangs.
`test_faults.py` runs a few of each, `run_at_length.py` many and prints the table.
"""

import json
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import onnx

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "app"))
sys.path.insert(0, str(ROOT / "tests"))
from processes import (  # noqa: E402
    fill_disk,
    kill_capture,
    lose_disk,
    lose_folder,
    signal_capture,
    signal_starting_capture,
    signal_starting_window,
    signal_window,
)
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
    Trial("SIGINT, SIGTERM, SIGHUP to a capture with pictures", signal_capture, 1, 50),
    Trial("the same while it starts and loads the model", signal_starting_capture, 1, 20),
    Trial("the same to the window while it starts", signal_starting_window, 1, 60),
    Trial("SIGINT, SIGTERM, SIGHUP to the window, which mostly records", signal_window, 1, 50),
    Trial("the folder of a capture deleted or moved", lose_folder, 1, 20),
    Trial("the disk of a capture taken away or replaced", lose_disk, 1, 20),
    Trial("files that may not grow any more", fill_disk, 1, 20),
    Trial("films and pictures with changed bytes", hostile_media, 40, 1000),
    Trial("models with changed bytes or metadata", hostile_model, 2, 100),
    Trial("calibrations after an accident", hostile_calibration, 150, 3000),
    Trial("summaries and edits after an accident", hostile_session, 60, 1000),
)
