"""Picture of what refining a session does: the same moments raw, live and refined, side by side.

    das-app capture demo -o DEMO && das-app refine DEMO
    python scripts/refine_pictures.py DEMO docs/images/refined.jpg [--at SECONDS]

People are drawn as a camera at the side sees them, over half a second: what is steady is sharp.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np

from das_app.exports.pictures.drawing import SideView
from das_app.session.session import Session
from das_app.session.types import Layer
from das_model.people import People

SIZE, LASTS_S = (640, 640), 0.5
TEXT, INK = cv2.FONT_HERSHEY_SIMPLEX, (235, 235, 235)


def over_time(session: Session, layer: Layer, view: SideView, begin_s: float) -> np.ndarray:
    """(H, W, 3) uint8 RGB: all frames of half a second, over each other."""
    empty = view.draw(People.empty(session.origin.skeleton), None, {}).astype(np.int16)
    frames = [
        view.draw(poses.people, None, {}).astype(np.int16)
        for poses in session.between(begin_s, begin_s + LASTS_S, layer)
    ]
    away = np.mean([frame - empty for frame in frames], axis=0)
    picture = np.clip(empty + 1.6 * away, 0, 255).astype(np.uint8)
    return cv2.putText(picture, layer.value, (16, 36), TEXT, 1.0, INK, 2, cv2.LINE_AA)


def main() -> None:
    """Draw and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("session", type=Path)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--at", type=float, default=5.0, help="seconds from the beginning")
    args = parser.parse_args()
    session = Session(args.session)
    near = session.between(args.at - 1, args.at + 1, Layer.REFINED)
    view = SideView.of(near, SIZE)
    panels = [over_time(session, layer, view, args.at) for layer in session.layers]
    rows = cv2.cvtColor(np.concatenate(panels, axis=1), cv2.COLOR_RGB2BGR)
    if not cv2.imwrite(str(args.picture), rows, [cv2.IMWRITE_JPEG_QUALITY, 85]):
        raise SystemExit(f"{args.picture} cannot be written")


if __name__ == "__main__":
    main()
