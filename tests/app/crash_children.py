"""Records in child processes and kills them at random moments; a script for `test_repair`.

    python crash_children.py FOLDER COUNT SEED

prints one JSON object: name of the session -> number of the last frame that was handed over.
"""

import json
import os
import random
import signal
import sys
import threading
import time
from pathlib import Path

from session_fakes import FPS, ORIGIN, result

from das_app.session.recorder import Recorder

NUM_AT_ONCE = 5


def record_until_killed(folder, pipe):
    recorder = Recorder(folder, ORIGIN, has_video=True)
    begin_s, index = time.monotonic(), 0
    while True:
        recorder.write(result(index))
        os.write(pipe, b"x")
        index += 1
        time.sleep(max(0.0, begin_s + index / FPS - time.monotonic()))


def run(folder, life_s, accepted):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        record_until_killed(folder, writing)
    os.close(writing)
    threading.Timer(life_s, os.kill, (child, signal.SIGKILL)).start()
    num_frames = 0
    while data := os.read(reading, 4096):
        num_frames += len(data)
    os.close(reading)
    os.waitpid(child, 0)
    accepted[folder.name] = num_frames - 1


def main():
    parent, count, chance = Path(sys.argv[1]), int(sys.argv[2]), random.Random(int(sys.argv[3]))
    accepted, waiting = {}, [(parent / f"{n:02}", chance.uniform(0.15, 2.5)) for n in range(count)]
    for begin in range(0, count, NUM_AT_ONCE):
        pids = []
        for folder, life_s in waiting[begin : begin + NUM_AT_ONCE]:
            keeper = os.fork()  # forks before it has threads
            if keeper == 0:
                own = {}
                run(folder, life_s, own)
                (parent / f"{folder.name}.accepted").write_text(str(own[folder.name]))
                os._exit(0)
            pids.append(keeper)
        for pid in pids:
            assert os.waitpid(pid, 0)[1] == 0
    for folder, _ in waiting:
        accepted[folder.name] = int((parent / f"{folder.name}.accepted").read_text())
    print(json.dumps(accepted))


if __name__ == "__main__":
    main()
