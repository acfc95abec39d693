"""Who is in a session, and for how long: python load_session.py SESSION"""

import sys
from pathlib import Path

import numpy as np

from das_app.session.session import Session

session = Session(Path(sys.argv[1]))
print(f"{session.origin.source}: {len(session)} frames, {session.duration_s:.2f} s")
for event in session.events():
    print(f"{event.time_s:8.2f} s  {event.kind} {event.text}")

arrays = session.to_numpy()
root = session.origin.skeleton.root
for number, track_id in enumerate(arrays.track_ids):
    is_seen = np.isfinite(arrays.scores[:, number])
    depth_m = np.median(arrays.joints_cam[is_seen, number, root, 2]) / 1000
    times_s = arrays.times_s[is_seen]
    print(f"person {track_id}: {times_s[0]:.2f} s to {times_s[-1]:.2f} s, {depth_m:.2f} m away")
