"""Trials of whole processes: killed, asked to end, without their folder, on a full disk.

As `trials.py`, each returns what was lost, in words, and raises AssertionError where something
happened that must not.
"""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from pythonosc.udp_client import SimpleUDPClient

from das_app.lens.intrinsics import Intrinsics
from das_app.session.format import POSES_TOPIC, SUMMARY_FILE
from das_app.session.reader import Salvage
from das_app.session.repair import repair_session
from das_app.session.session import Session
from das_app.settings.settings_file import load_settings
from das_app.sources.video_source import VideoSource

ROOT = Path(__file__).resolve().parents[2]
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_INTERRUPTED = 130  # exit code of a Ctrl-C before there is anything to close
_ORDERLY_S, _PATIENCE_S = 3.0, 600.0
_TOKEN = "a token of this trial"


def kill_capture(rng: random.Random, folder: Path) -> str:
    """SIGKILL of a capture with pictures at a random moment of its first seconds."""
    process = _recording_capture(folder)
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
    """A request to end a capture, once it records."""
    process = _recording_capture(folder)
    time.sleep(rng.uniform(0.0, 3.0))
    num_before = _recorded_so_far(folder)
    code, err, told = _asked_to_end(process, rng.choice(_SIGNALS))
    assert code in (0, 1), err
    if code:
        assert not (folder / "s").exists(), err
        assert not num_before
        return told
    assert (folder / "s" / SUMMARY_FILE).is_file()
    assert len(list(Session(folder / "s"))) >= num_before
    return told


def signal_starting_capture(rng: random.Random, folder: Path) -> str:
    """A request to end a capture while it starts and the model loads."""
    process = _start_capture(folder)
    time.sleep(rng.uniform(0.0, 5.0))
    number = rng.choice(_SIGNALS)
    code, err, told = _asked_to_end(process, number)
    assert code in (0, 1, _INTERRUPTED, -number), err
    if (folder / "s").exists():
        assert code == 0, err
        list(Session(folder / "s"))
    return told


def signal_window(rng: random.Random, folder: Path) -> str:
    """A request to end the window at a random moment, mostly while it records."""
    environment, (page, orders) = _environment(folder), _free_ports(2)
    settings = folder / "home" / ".config" / "das-capture" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f'[recording]\nfolder = "{folder}/r"\n[people]\nlimb_smoothing = 0.21\n')
    options = ("--source", "demo", "--stream", f"websocket:{page}")
    process = _started(_command(*options, "--remote", str(orders)), environment)
    _wait_until_open(process, page)
    records = rng.random() < 0.8
    if records:
        _order_recording(process, folder / "r", orders)
    time.sleep(rng.uniform(0.0, 4.0))
    code, err, told = _asked_to_end(process, rng.choice(_SIGNALS))
    assert code == 0, err
    kept = load_settings(settings)
    assert kept.people.limb_smoothing == 0.21, settings.read_text()
    assert kept.view.layout, settings.read_text()  # which it has learned since it began
    sessions = list((folder / "r").glob("*"))
    assert len(sessions) == records, f"{len(sessions)} sessions"
    for session in sessions:
        assert (session / SUMMARY_FILE).is_file()
        list(Session(session))
    return told


def signal_starting_window(rng: random.Random, folder: Path) -> str:
    """A request to end the window while it starts; an abort would tell where it was."""
    environment = _environment(folder) | {"PYTHONFAULTHANDLER": "1"}
    process = _started(_command("--source", "demo"), environment)
    time.sleep(rng.uniform(0.0, 20.0))
    assert process.poll() is None, process.stderr.read()
    number = rng.choice(_SIGNALS)
    code, err, told = _asked_to_end(process, number)
    assert code in (0, 1, _INTERRUPTED, -number), err
    assert "Fatal" not in err, err
    return told


def lose_folder(rng: random.Random, folder: Path) -> str:
    """The folder of a capture is deleted or moved while it records."""
    process = _recording_capture(folder)
    time.sleep(rng.uniform(0.5, 2.0))
    is_moved = rng.random() < 0.5
    if is_moved:
        (folder / "s").rename(folder / "t")
    else:
        shutil.rmtree(folder / "s")
    code, err = _end_of(process)
    assert code == 1, err
    assert "the folder" in err
    assert not (folder / "s").exists()
    if is_moved:
        list(Session(folder / "t"))
    return "" if is_moved else "what was deleted"


def lose_disk(rng: random.Random, folder: Path) -> str:
    """The disk of a capture is taken away while it records, or another one put in its place.

    Disks are mounted in a namespace of the trial's own; what stays on the first one is looked at.
    """
    for name in ("disk", "place", "kept"):
        (folder / name).mkdir()
    take_away = rng.choice(("umount -l place", "mount -t tmpfs none place && mkdir place/s"))
    script = f"""cd "$0"; mount -t tmpfs none disk && mount --bind disk place || exit 9
        "$@" & capture=$!
        read -r _; {take_away}
        wait $capture; code=$?
        find place -type f > written; cp -r disk/s kept; exit $code"""
    capture = _command("capture", "demo", "-o", str(folder / "place" / "s"), "--video")
    process = subprocess.Popen(
        [*own_mounts(), "bash", "-c", script, str(folder), *capture],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=_environment(folder),
    )
    seen = Path(f"/proc/{process.pid}/root") / str(folder / "place").lstrip("/")
    _wait_for(process, (seen / "s" / "session.mcap").exists, "it does not record")
    time.sleep(rng.uniform(0.5, 2.0))
    num_before = _recorded_so_far(seen)
    try:
        _out, err = process.communicate("now\n", timeout=_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        raise AssertionError("it does not end") from None
    assert process.returncode == 1, err
    assert "its disk is not there" in err, err
    assert "Traceback" not in err, err
    assert not (folder / "written").read_text()
    session = folder / "kept" / "s"
    assert repair_session(session).num_frames == len(list(Session(session))) >= num_before
    return ""


def own_mounts() -> list[str]:
    """A command that runs another with mounts of its own, also for those who are not root."""
    as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
    return ["unshare", *as_root, "--mount"]


def can_mount() -> bool:
    """Whether `own_mounts` works here."""
    if shutil.which("unshare") is None:
        return False
    mount = [*own_mounts(), "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(mount, capture_output=True, check=False).returncode == 0


def fill_disk(rng: random.Random, folder: Path) -> str:
    """Files of a capture may not grow any more, as on a full disk."""
    capture = _command("capture", "demo", "-o", str(folder / "s"), "--video", "--max-frames", "60")
    limited = ["bash", "-c", f'ulimit -f {rng.randrange(20, 200)}; exec "$@"', "bash", *capture]
    process = _started(limited, _environment(folder))
    code, err = _end_of(process)
    assert "Traceback" not in err or code in (0, 1), err
    if (folder / "s" / SUMMARY_FILE).exists():
        return f"{60 - len(list(Session(folder / 's')))} frames' pictures or less"
    assert code == 1, err
    report = repair_session(folder / "s")
    assert len(list(Session(folder / "s"))) == report.num_frames
    return "what no longer fitted"


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "das_app", *arguments]


def _environment(folder: Path) -> dict[str, str]:
    """A fresh home; a real screen where there is one, as only that one paints everything."""
    (folder / "home").mkdir()
    kept = {k: v for k, v in os.environ.items() if not k.startswith("XDG_")}
    screen = {} if os.environ.get("DISPLAY") else {"QT_QPA_PLATFORM": "offscreen"}
    return (
        kept
        | screen
        | {
            "HOME": str(folder / "home"),
            "PYTHONPATH": str(ROOT),
            "OMP_NUM_THREADS": "1",
            "DAS_REMOTE_TOKEN": _TOKEN,
        }
    )


def _started(command: list[str], environment: dict[str, str]) -> subprocess.Popen:
    """A process that hears signals also where this one, under `nohup` maybe, does not."""
    heard = "import os, signal, sys\nfor number in map(int, sys.argv[1].split()):\n"
    heard += "    signal.signal(number, signal.SIG_DFL)\nos.execvp(sys.argv[2], sys.argv[2:])"
    numbers = " ".join(str(int(number)) for number in _SIGNALS)
    return subprocess.Popen(
        [sys.executable, "-S", "-c", heard, numbers, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


def _end_of(process: subprocess.Popen) -> tuple[int, str]:
    """Exit code and errors of a process that is to end by now."""
    try:
        _out, err = process.communicate(timeout=_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        _out, err = process.communicate()
        raise AssertionError(f"it does not end: {err}") from None
    return process.returncode, err


def _start_capture(folder: Path) -> subprocess.Popen:
    """A capture of the demo with pictures."""
    capture = _command("capture", "demo", "-o", str(folder / "s"), "--video")
    return _started(capture, _environment(folder))


def _recording_capture(folder: Path) -> subprocess.Popen:
    """A capture of the demo with pictures that has begun to record."""
    process = _start_capture(folder)
    _wait_for(process, (folder / "s" / "session.mcap").exists, "it does not record")
    return process


def _wait_for(process: subprocess.Popen, has_come: object, problem: str) -> None:
    """Wait until something holds, while a process runs."""
    end_s = time.monotonic() + _PATIENCE_S
    while not has_come():
        if process.poll() is not None:
            raise AssertionError(process.stderr.read())
        if time.monotonic() > end_s:
            process.kill()
            raise AssertionError(problem)
        time.sleep(0.05)


def _recorded_so_far(folder: Path) -> int:
    """Frames in the chunks of a log that is being written."""
    log = folder / "s" / "session.mcap"
    return sum(m.topic == POSES_TOPIC for messages in Salvage(log) for m in messages)


def _asked_to_end(process: subprocess.Popen, number: int) -> tuple[int, str, str]:
    """Exit code and errors of a process after a signal; and what to tell if that took long.

    Three seconds are meant of a computer with nothing else to do, so they grow with its load.
    """
    process.send_signal(number)
    begin_s = time.monotonic()
    code, err = _end_of(process)
    took_s = time.monotonic() - begin_s
    assert "Traceback" not in err, err
    load = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    told = "" if took_s < _ORDERLY_S * load else f"over {_ORDERLY_S:.0f} s to end"
    return code, err, told


def _free_ports(number: int) -> list[int]:
    probes = [socket.socket() for _ in range(number)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def _wait_until_open(process: subprocess.Popen, port: int) -> None:
    """Wait for a window that streams, which it begins to do once it is shown."""

    def streams() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    _wait_for(process, streams, "the window does not open")


def _order_recording(process: subprocess.Popen, folder: Path, port: int) -> None:
    """Ask a window to record, until it does: at first nothing is open yet."""
    with SimpleUDPClient("127.0.0.1", port) as client:

        def records() -> bool:
            client.send_message("/das/start", _TOKEN)
            time.sleep(0.5)
            return any(folder.glob("*/session.mcap"))

        _wait_for(process, records, "the window does not record")
