import ctypes
import os
import subprocess
import sys

import pytest

from das_app.messaging import background
from das_app.messaging.background import BackgroundJob

_CODE = """
from das_app.messaging.freed_memory import give_back_memory

def resident_mib():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 2**20

def blocks():
    return [bytearray(50_000) for _ in range(6000)]

kept = blocks()
last = bytearray(50_000)  # what is free below it stays with the process
del kept
before = resident_mib()
give_back_memory()
print(before - resident_mib())
"""

_HEAPS = """
import ctypes, sys, threading
from das_app.messaging.freed_memory import keep_few_heaps

if sys.argv[1] == "few":
    keep_few_heaps()
blocks, all_there = [], threading.Barrier(6)

def allocate():
    all_there.wait()
    blocks.extend(bytearray(50_000) for _ in range(500))
    all_there.wait()

threads = [threading.Thread(target=allocate) for _ in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fdopen(1, b"w"))
libc.malloc_info(0, file)
libc.fflush(file)
"""


def run(*code):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", *code], capture_output=True, text=True, env=environment
    )
    assert not done.returncode, done.stderr
    return done.stdout


needs_glibc = pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="no glibc"
)


@needs_glibc
def test_what_is_free_between_what_is_used_goes_back_to_the_system():
    assert float(run(_CODE)) > 200


@needs_glibc
def test_threads_share_few_heaps():
    assert run(_HEAPS, "few").count("<heap nr=") == 2
    assert run(_HEAPS, "usual").count("<heap nr=") > 2  # else the test says nothing


def test_a_long_job_gives_back_what_it_freed(monkeypatch):
    asked = []
    monkeypatch.setattr(background, "give_back_memory", lambda: asked.append(True))

    class Job(BackgroundJob[int]):
        def _work(self):
            return 7

    assert Job("test").result() == 7
    assert asked == [True]
