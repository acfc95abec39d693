"""The left knee's angle of everybody over time: python plot_knee_angle.py SESSION PICTURE.png

0 degrees is a straight leg. Needs matplotlib.
"""

import sys
from pathlib import Path

import matplotlib
import numpy as np

from das_app.session.session import Session

matplotlib.use("Agg")  # draws into a file, needs no screen
import matplotlib.pyplot as plt

session = Session(Path(sys.argv[1]))
arrays = session.to_numpy()
hip, knee, ankle = (
    arrays.joints_cam[:, :, session.origin.skeleton.index(f"left_{name}")]
    for name in ("hip", "knee", "ankle")
)
thigh, shank = knee - hip, ankle - knee  # (frames, tracks, 3) mm
lengths = np.linalg.norm(thigh, axis=-1) * np.linalg.norm(shank, axis=-1)
cosine = (thigh * shank).sum(-1) / lengths
angles_deg = np.degrees(np.arccos(np.clip(cosine, -1, 1)))  # NaN where a person is not seen

for number, track_id in enumerate(arrays.track_ids):
    plt.plot(arrays.times_s, angles_deg[:, number], label=f"person {track_id}")
plt.xlabel("time in s")
plt.ylabel("left knee in degrees")
if len(arrays.track_ids):
    plt.legend()
plt.savefig(sys.argv[2])
