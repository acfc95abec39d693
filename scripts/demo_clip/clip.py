"""Renders the bundled demo clip, `demo_actors` in `demo_room`, and writes its ground truth.

Everything is keyframes, so that the clip is the same on every machine.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from das_model.camera import Camera
from das_model.skeleton import BODY_22
from das_model.synthetic.body.bodies import BodyPoser
from das_model.synthetic.body.kit_cache import load_kit
from das_model.synthetic.people.animation import animate
from das_model.synthetic.rendering.camera_effects import develop
from das_model.synthetic.rendering.renderer import Renderer
from das_model.synthetic.scene.aiming import look_matrix
from das_model.synthetic.scene.scene import Scene, contact_spots
from das_model.synthetic.scene.textures import make_atlas
from demo_clip.actors import demo_actors
from demo_clip.room import furnish, living_room

CLIP_SIZE = (768, 432)
CLIP_FPS = 25
CLIP_FOV_DEG = 60.0
_EXPOSURE = 1.0
_CRF = 22
_NUM_TEXTURES = 32
_SUN_SIZE = 1024
_BATCH = 4


@dataclass(frozen=True, eq=False, slots=True)
class ClipFrame:
    """One frame of the clip.

    Args:
        image: (H, W, 3) uint8 RGB.
        joints_cam: (P, 22, 3) mm.
    """

    image: np.ndarray
    joints_cam: np.ndarray


def write_demo_clip(path: Path, seconds: float, device: str = "cpu") -> None:
    """Render the clip to an H.264 file, with a .json of intrinsics and joints beside it.

    Args:
        path: .mp4 to write.
        seconds: length; the action takes 16.
        device: Warp device.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    camera = Camera.from_fov(CLIP_SIZE, CLIP_FOV_DEG)
    joints = []
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(CLIP_FPS))
        stream.width, stream.height = CLIP_SIZE
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": str(_CRF), "preset": "slow"}
        for frame in render_demo(round(seconds * CLIP_FPS), device):
            picture = av.VideoFrame.from_ndarray(frame.image, format="rgb24")
            container.mux(stream.encode(picture))
            joints.append(np.round(frame.joints_cam).astype(int).tolist())
        container.mux(stream.encode())
    truth = {
        "size": list(CLIP_SIZE),
        "fps": CLIP_FPS,
        "intrinsics": [camera.K[0, 0], camera.K[1, 1], camera.K[0, 2], camera.K[1, 2]],
        "joint_names": list(BODY_22.joint_names),
        "joints_cam_mm": joints,
    }
    path.with_suffix(".json").write_text(json.dumps(truth, separators=(",", ":")) + "\n")


def render_demo(num_frames: int, device: str = "cpu") -> Iterator[ClipFrame]:
    """The frames of the clip, in order."""
    kit = load_kit()
    poser = BodyPoser(kit)
    atlas = make_atlas(1, _NUM_TEXTURES, [])
    renderer = Renderer(kit, CLIP_SIZE, atlas, device, sun_size=_SUN_SIZE)
    casts = [
        animate(actor, poser, num_frames, CLIP_FPS) for actor in demo_actors(kit, _NUM_TEXTURES)
    ]
    camera = Camera.from_fov(CLIP_SIZE, CLIP_FOV_DEG)
    position, turn = np.array([0.0, 0.0, 1.55]), look_matrix(0.0, math.radians(8.5), 0.0)
    stage = living_room(camera, position, turn)
    props = furnish([cast[0] for cast in casts], _NUM_TEXTURES)
    for first in range(0, num_frames, _BATCH):
        scenes = []
        for frame in range(first, min(first + _BATCH, num_frames)):
            people = [cast[frame] for cast in casts]
            feet = contact_spots(people, props)
            scenes.append(Scene(people, props, camera, position, turn, stage, feet, -1, 0))
        for scene, rendering in zip(scenes, renderer.render(scenes, None), strict=True):
            joints = np.stack([person.body.joints for person in scene.people])
            yield ClipFrame(develop(rendering.linear, _EXPOSURE), scene.to_camera(joints))
