"""How fast hands were, with pandas, as in a notebook: python joints_with_pandas.py SESSION"""

import sys

import numpy as np

from das_app import Session

session = Session(sys.argv[1])
table = session.to_pandas()
wrists = table[table.joint.isin(["left_wrist", "right_wrist"])]
for (person, joint), track in wrists.groupby(["person", "joint"]):
    steps_mm = np.linalg.norm(track[["x_mm", "y_mm", "z_mm"]].diff(), axis=1)
    speed = np.nanmedian(steps_mm / track.time_s.diff()) / 1000
    print(f"person {person}, {joint}: {speed:.2f} m/s")

first, picture = next(session.with_pictures())
print(
    f"frame {first.index}: {len(first.people)} people, picture "
    f"{'none' if picture is None else picture.shape}"
)
print(f"last frame at {session[-1].time_s:.2f} s, {len(session[0.0:0.5])} frames in 0.5 s")
