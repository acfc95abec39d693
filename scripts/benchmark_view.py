"""Time the views with a crowd: can they follow a screen of 60 Hz?

    python scripts/benchmark_view.py [--people N] [--frames N]

Without a screen, run it under `xvfb-run`; the drawing of the 3D view is then that of a software
OpenGL, and only its update tells something about a machine with a graphics card. CPU is what
the window's own thread computed: it tells more than the clock where other work goes on. Mesa's
software OpenGL draws in that thread, too, so that the figure is whole.
"""

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from functools import partial

import cv2  # noqa: F401  # first, as in the application: it changes Qt's environment
import numpy as np

from das_app.files.bundled import bundled_file
from das_app.gui.window.qt_environment import drop_cv2_qt_plugins
from das_model.camera import Camera
from das_model.people import People
from das_model.skeleton import Skeleton

drop_cv2_qt_plugins()
os.environ.setdefault("LP_NUM_THREADS", "0")  # Mesa's: no threads besides the window's

from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402
from vispy import gloo  # noqa: E402

from das_app.gui.picture.overlay_layer import OverlayOptions  # noqa: E402
from das_app.gui.picture.overlay_view import OverlayView  # noqa: E402
from das_app.gui.scene.scene_options import SceneOptions  # noqa: E402
from das_app.gui.scene.scene_view import SceneView  # noqa: E402
from das_app.gui.style import theme  # noqa: E402
from das_app.messaging.messages import Frame  # noqa: E402

_VIEW_SIZE_PX, _PICTURE_SIZE_PX = (960, 600), (1280, 720)
_COLUMNS, _STEP_MM = 7, (850.0, 0.0, 1400.0)


def crowd(num_people: int, num_frames: int) -> list[People]:
    """Moving people in rows, their poses those of the bundled clip."""
    truth = json.loads(bundled_file("clips", "demo.json").read_text(encoding="utf-8"))
    skeleton = Skeleton(tuple(truth["joint_names"]))
    places = np.array([[i % _COLUMNS - _COLUMNS / 2, 0, i // _COLUMNS] for i in range(num_people)])
    moments = []
    for frame in range(num_frames):
        poses = np.array(truth["joints_cam_mm"][frame % len(truth["joints_cam_mm"])])
        poses = poses - poses[:, :1]
        joints = poses[np.arange(num_people) % len(poses)] + (places * _STEP_MM)[:, None]
        joints += (8 * frame, 200, 4500)
        ones = np.ones(num_people, np.float32)
        scores = np.full(joints.shape[:2], 0.8, np.float32)
        ids = np.arange(num_people)
        moments.append(People(joints.astype(np.float32), scores, ones, ids, skeleton))
    return moments


def _update(scene: SceneView, shown: tuple, options: SceneOptions) -> None:
    scene.set_options(options)
    scene.show_people(*shown)


def _draw(native: QWidget) -> None:
    native.repaint()
    gloo.finish()


def timed_ms(call: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds of a call by the clock, and of this thread's computing."""
    begin_s, cpu_s = time.perf_counter(), time.thread_time()
    call()
    return 1e3 * (time.perf_counter() - begin_s), 1e3 * (time.thread_time() - cpu_s)


def main() -> None:
    """Time and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--frames", type=int, default=120)
    args = parser.parse_args()
    app = QApplication([])
    theme.apply_theme(app)
    image = np.full((*_PICTURE_SIZE_PX[::-1], 3), 90, np.uint8)
    camera, overlay, scene = Camera.from_fov(_PICTURE_SIZE_PX), OverlayView(), SceneView()
    views: tuple[QWidget, ...] = (overlay, scene)
    for view in views:
        view.resize(*_VIEW_SIZE_PX)
        view.show()
    app.processEvents()
    rows: dict[str, list[tuple[float, float]]] = {}
    for i, people in enumerate(crowd(args.people, args.frames)):
        shown = (Frame(i, i / 30, image, camera), people, people.track_ids)
        overlay.set_options(OverlayOptions(has_trails=i % 2 == 1, has_offsets=i % 2 == 1))
        marks = "all marks" if i % 2 else "labels"
        steps: dict[str, Callable[[], object]] = {
            "picture, update": partial(overlay.show_people, *shown),
            f"picture, {marks}": overlay.repaint,
        }
        for kind in ("skeletons", "bodies"):
            options = SceneOptions(has_bodies=kind == "bodies")
            steps[f"3D, update {kind}"] = partial(_update, scene, shown, options)
            if scene.content is not None:
                steps[f"3D, draw {kind}"] = partial(_draw, scene.content.canvas.native)
        for name, call in steps.items():
            rows.setdefault(name, []).append(timed_ms(call))
    if scene.content is not None:
        scene.content.canvas.set_current()
        print(f"3D view drawn by {gloo.gl.glGetParameter(gloo.gl.GL_RENDERER)}")
    print(f"{args.people} people, {args.frames} frames, medians; a screen of 60 Hz leaves 16.7 ms")
    cpu_ms = {}
    for name, times in rows.items():
        clock, cpu_ms[name] = (statistics.median(column) for column in zip(*times, strict=True))
        print(f"{name:21s} {clock:7.2f} ms   CPU {cpu_ms[name]:7.2f} ms")
    both = [
        sum(ms for name, ms in cpu_ms.items() if name.startswith("3D") and name.endswith(kind))
        for kind in ("bodies", "skeletons")
    ]
    print(f"bodies take {both[0] / both[1]:.2f} of the CPU time of skeletons")
    scene.close_canvas()


if __name__ == "__main__":
    main()
