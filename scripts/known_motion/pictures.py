"""Pictures of people of known motion, in the room of the demo clip."""

from collections.abc import Iterator

import numpy as np

from das_model.synthetic.body.kit_cache import load_kit
from das_model.synthetic.people.person import Person
from das_model.synthetic.rendering.camera_effects import develop
from das_model.synthetic.rendering.renderer import Renderer
from das_model.synthetic.scene.scene import Scene, contact_spots
from das_model.synthetic.scene.textures import make_atlas
from demo_clip.room import living_room
from known_motion.people import View

_NUM_TEXTURES, _BATCH, _SUN_SIZE = 32, 4, 1024


def pictures(frames: list[list[Person]], view: View, device: str = "cpu") -> Iterator[np.ndarray]:
    """(H, W, 3) uint8 RGB of every frame, in order.

    Args:
        frames: people of each frame.
        view: camera.
        device: Warp device.
    """
    renderer = Renderer(
        load_kit(), view.camera.size, make_atlas(1, _NUM_TEXTURES, []), device, sun_size=_SUN_SIZE
    )
    stage = living_room(view.camera, view.position, view.turn)
    for first in range(0, len(frames), _BATCH):
        scenes = [
            Scene(
                people,
                [],
                view.camera,
                view.position,
                view.turn,
                stage,
                contact_spots(people, []),
                -1,
                0,
            )
            for people in frames[first : first + _BATCH]
        ]
        for rendering in renderer.render(scenes, None):
            yield develop(rendering.linear, 1.0)
