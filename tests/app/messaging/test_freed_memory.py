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


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="no glibc"
)
def test_what_is_free_between_what_is_used_goes_back_to_the_system():
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", _CODE], capture_output=True, text=True, env=environment
    )
    assert float(done.stdout) > 200, done.stderr


def test_a_long_job_gives_back_what_it_freed(monkeypatch):
    asked = []
    monkeypatch.setattr(background, "give_back_memory", lambda: asked.append(True))

    class Job(BackgroundJob[int]):
        def _work(self):
            return 7

    assert Job("test").result() == 7
    assert asked == [True]
