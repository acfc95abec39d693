"""Nothing leaves the computer: runs in a network of their own, which has no way to anywhere but
this computer, every address that they ask for all the same, and every file in a fresh home.

Linux alone has such networks (namespaces); where a user may not make one, addresses are recorded
only, and the test of the network is skipped.
"""

import importlib.util
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
DEFAULT_CACHES = (
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

# Runs the rest of the command line with the loopback interface up, which is down at first.
_WITH_LOOPBACK = """
import fcntl, os, socket, struct, sys
SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
    fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH22x", b"lo", IFF_UP))
os.execvp(sys.argv[1], sys.argv[1:])
"""
RUNS = {
    "capture": ["-m", "das_app", "capture", "demo", "-o", "OUT/s", "--max-frames", "12"],
    "openvino": [
        *("-m", "das_app", "capture", "demo", "-o", "OUT/s", "--max-frames", "2"),
        *("--device", "openvino"),
    ],
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
    return [n for n in names if not (OURS.match(n) or n.startswith(DEFAULT_CACHES))]


def alone() -> list[str]:
    """What goes before a command so that it reaches this computer only; empty where it cannot."""
    unshare = ["unshare", "--net"] if os.getuid() == 0 else ["unshare", "--map-root-user", "--net"]
    prefix = [*unshare, sys.executable, "-c", _WITH_LOOPBACK]
    try:
        subprocess.run([*prefix, "true"], check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return []
    return prefix


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
        [*alone(), *command, sys.executable, *arguments],
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
    if name == "openvino" and importlib.util.find_spec("openvino") is None:
        pytest.skip("openvino is not installed")
    log = run_traced(name, tmp_path)
    assert foreign_addresses(log) == []
    assert foreign_files(tmp_path / "home") == []


def test_the_network_of_the_runs_refuses_every_other_computer():
    prefix = alone()
    if not prefix:
        pytest.skip("this user may make no network of their own")
    program = """
import socket
for family, address in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
    with socket.socket(family) as made:
        made.settimeout(5)
        try:
            made.connect((address, 443))
        except OSError as error:
            print(error.strerror)
try:
    socket.getaddrinfo("example.org", 443)
except OSError:
    print("no names")
with socket.create_server(("127.0.0.1", 0)) as server:
    socket.create_connection(server.getsockname(), 5).close()
    print("here")
"""
    done = subprocess.run(
        [*prefix, sys.executable, "-c", program], capture_output=True, text=True, timeout=60
    )
    unreachable = "Network is unreachable"
    assert done.stdout.splitlines() == [unreachable, unreachable, "no names", "here"]


def test_foreign_addresses_are_seen():
    log = (
        'connect(3, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("10.0.0.2")}, 16)\n'
        'connect(4, {sa_family=AF_INET6, sin6_port=htons(443), inet_pton(AF_INET6, "2a00::1")\n'
        'connect(5, {sa_family=AF_INET, sin_addr=inet_addr("127.0.0.1")}, 16)\n'
    )
    assert foreign_addresses(log) == ["10.0.0.2", "2a00::1"]
