"""Nothing leaves the computer: every address that a run asks for, seen by the system, and every
file that it leaves in a fresh home."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Caches of the system's own libraries, which stay on this computer.
USUAL_CACHES = (
    ".cache/fontconfig",
    ".cache/mesa_shader_cache",
    ".cache/mesa_shader_cache_db",
    ".nv",
    ".cache/qtshadercache",
    ".local/share/das-capture",
)
OURS = re.compile(r"\.(config|cache|local/(state|share))/das-capture(/|$)")
needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="no strace here")
ADDRESS = re.compile(
    r"sa_family=(AF_\w+).*?(?:inet_addr\(\"([^\"]+)\"\)|inet_pton\(AF_INET6, \"([^\"]+)\")"
)

RUNS = {
    "capture": ["-m", "das_app", "capture", "demo", "-o", "OUT/s", "--max-frames", "12"],
    "doctor": ["-m", "das_app", "doctor"],
    "window": ["-m", "das_app", "--source", "demo"],
    "predict": ["scripts/predict.py", "OUT/p", "-o", "OUT/p.json"],
}


def foreign_addresses(log: str) -> list[str]:
    """Internet addresses in a log of strace that are not loopback."""
    found = (a or b for _family, a, b in ADDRESS.findall(log))
    return [address for address in found if not (address.startswith("127.") or address == "::1")]


def foreign_files(home: Path) -> list[str]:
    """Files in a home that are neither ours nor in a cache of the system's."""
    names = (p.relative_to(home).as_posix() for p in home.rglob("*") if p.is_file())
    return [n for n in names if not (OURS.match(n) or n.startswith(USUAL_CACHES))]


def run_traced(name: str, folder: Path) -> str:
    """Run with a fresh home; what strace saw of the network."""
    home, out = folder / "home", folder / "out"
    home.mkdir()
    (out / "p").mkdir(parents=True)
    shutil.copy(ROOT / "docs" / "images" / "figure4.jpg", out / "p" / "x.jpg")
    kept = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith("XDG_") and k != "ORT_DISABLE_TELEMETRY"
    }
    environment = kept | {
        "HOME": str(home),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(ROOT),
    }
    arguments = [a.replace("OUT", str(out)) for a in RUNS[name]]
    log = folder / "net.txt"
    command = ["strace", "-f", "-qq", "-e", "trace=connect,sendto,sendmsg", "-o", str(log)]
    process = subprocess.Popen(
        [*command, sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    if name == "window":
        time.sleep(25)
        os.killpg(process.pid, signal.SIGTERM)
    output, _ = process.communicate(timeout=240)
    assert name == "window" or process.returncode == 0, output
    return log.read_text(errors="replace")


@needs_strace
@pytest.mark.parametrize("name", RUNS)
def test_nothing_leaves_and_nothing_foreign_is_left(tmp_path, name):
    log = run_traced(name, tmp_path)
    assert foreign_addresses(log) == []
    assert foreign_files(tmp_path / "home") == []


def test_foreign_addresses_are_seen():
    log = (
        'connect(3, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("10.0.0.2")}, 16)\n'
        'connect(4, {sa_family=AF_INET6, sin6_port=htons(443), inet_pton(AF_INET6, "2a00::1")\n'
        'connect(5, {sa_family=AF_INET, sin_addr=inet_addr("127.0.0.1")}, 16)\n'
    )
    assert foreign_addresses(log) == ["10.0.0.2", "2a00::1"]
