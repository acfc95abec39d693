"""People in the Rerun viewer while they are captured: python rerun_live.py [--save FILE.rrd]

Begin with `das-app --source 0 --stream websocket`. Needs rerun-sdk and websockets.
"""

import argparse
import itertools
import json

import numpy as np
import rerun as rr
from websockets.sync.client import connect

parser = argparse.ArgumentParser()
parser.add_argument("--address", default="ws://127.0.0.1:8765/")
parser.add_argument("--save", help="write a recording instead of opening the viewer")
parser.add_argument("--frames", type=int, help="end after so many")
options = parser.parse_args()

rr.init("das_live", spawn=not options.save)
if options.save:
    rr.save(options.save)
rr.log("people", rr.ViewCoordinates.RDF, static=True)  # x right, y down, z forward

with connect(options.address) as stream:
    messages = map(json.loads, stream)
    skeleton = next(messages)
    frames = (message for message in messages if message["type"] == "frame")
    for frame in itertools.islice(frames, options.frames):
        rr.set_time("time", duration=frame["time_s"])
        rr.log("people", rr.Clear(recursive=True))  # who is not in this frame is gone
        for person in frame["people"]:
            joints_m = np.array(person["joints"]) / 1000
            bones = joints_m[np.array(skeleton["bones"])]
            path = f"people/{person['id']}"
            label = person["name"] or f"#{person['id']}"
            rr.log(f"{path}/joints", rr.Points3D(joints_m, radii=0.02))
            rr.log(f"{path}/bones", rr.LineStrips3D(bones, radii=0.01))
            rr.log(f"{path}/name", rr.Points3D(joints_m[:1], labels=[label]))
