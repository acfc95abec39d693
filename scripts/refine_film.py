"""Film of what refining a session does: raw, live and refined side by side, seen from the side.

    das-app capture demo -o DEMO && das-app refine DEMO
    python scripts/refine_film.py DEMO docs/images/refined.webp [--at SECONDS] [--lasts SECONDS]

Nothing but drawn people is in it.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np

from das_app.exports.pictures.drawing import SideView
from das_app.session.session import Session
from das_app.session.types import Layer

SIZE, FPS = (320, 340), 12.5
TEXT, INK = cv2.FONT_HERSHEY_SIMPLEX, (235, 235, 235)
QUALITY = 45


def panels(session: Session, view: SideView, time_s: float) -> np.ndarray:
    """(H, W, 3) uint8 RGB: the layers side by side at a moment."""
    drawn = []
    for layer in session.layers:
        poses = session.at(time_s, layer)
        if poses is None:
            raise SystemExit(f"the session has no poses at {time_s:.2f} s")
        picture = view.draw(poses.people, None, {}).copy()
        drawn.append(cv2.putText(picture, layer.value, (12, 28), TEXT, 0.7, INK, 1, cv2.LINE_AA))
    return np.concatenate(drawn, axis=1)


def main() -> None:
    """Draw and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("session", type=Path)
    parser.add_argument("film", type=Path, help=".webp")
    parser.add_argument("--at", type=float, default=4.0, help="seconds from the beginning")
    parser.add_argument("--lasts", type=float, default=4.0, help="seconds")
    args = parser.parse_args()
    session = Session(args.session)
    view = SideView.of(session.between(args.at, args.at + args.lasts, Layer.REFINED), SIZE)
    times_s = args.at + np.arange(round(args.lasts * FPS)) / FPS
    film = cv2.Animation()
    film.frames = [
        cv2.cvtColor(panels(session, view, float(time_s)), cv2.COLOR_RGB2BGR) for time_s in times_s
    ]
    film.durations = [round(1000 / FPS)] * len(times_s)
    if not cv2.imwriteanimation(str(args.film), film, [cv2.IMWRITE_WEBP_QUALITY, QUALITY]):
        raise SystemExit(f"{args.film} cannot be written")


if __name__ == "__main__":
    main()
