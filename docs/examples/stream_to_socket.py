"""Send a session's people to a socket, at the recorded pace:

    python stream_to_socket.py SESSION HOST PORT

Each line is one JSON message as `das-app --stream websocket` sends them; docs/streaming.md has
the schema. `nc -l 9100` is a receiver to try it with.
"""

import socket
import sys
import time
from pathlib import Path

from das_app.session.session import Session
from das_app.streaming.json_messages import frame_message, skeleton_message
from das_app.streaming.streamer import people_to_send

session = Session(Path(sys.argv[1]))
with socket.create_connection((sys.argv[2], int(sys.argv[3]))) as receiver:
    receiver.sendall(f"{skeleton_message(session.origin.skeleton)}\n".encode())
    begin_s = time.monotonic()
    for poses in session:
        time.sleep(max(0.0, begin_s + poses.time_s - time.monotonic()))
        people = people_to_send(poses.people)
        text = frame_message(poses.index, poses.time_s, poses.camera, people)
        receiver.sendall(f"{text}\n".encode())
print(f"{len(session)} frames sent")
