"""The bundled demo clip: three people in a living room, and its ground truth.

One walks in, waves and walks on; one talks with her hands on a chair; one chats, stretches and
squats. Written as keyframes, so that the clip is the same on every machine.
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
from das_model.synthetic import materials as m
from das_model.synthetic.animation import Actor, Track, animate, still
from das_model.synthetic.bodies import BodyPoser
from das_model.synthetic.camera_effects import develop
from das_model.synthetic.clothes import sample_look
from das_model.synthetic.furniture import Furniture
from das_model.synthetic.kit import BodyKit, load_kit
from das_model.synthetic.props import Prop
from das_model.synthetic.renderer import Renderer
from das_model.synthetic.scene import Scene, contact_spots, look_matrix, set_camera
from das_model.synthetic.stage import ROOM, Stage
from das_model.synthetic.textures import make_atlas

CLIP_SIZE = (768, 432)
CLIP_FPS = 25
CLIP_FOV_DEG = 60.0
_EXPOSURE = 1.0
_CRF = 22
_NUM_TEXTURES = 32
_SUN_SIZE = 1024
_BATCH = 4
_HANG = (78.0, -80.0, 14.0, 0.0)  # an arm at rest
_SEATED = (88.0, 6.0, 88.0, 4.0, 0.0)
_STANDING = (1.0, 4.0, 3.0, 6.0, -2.0)


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
    renderer = Renderer(kit, CLIP_SIZE, make_atlas(1, _NUM_TEXTURES, []), device, _SUN_SIZE)
    casts = [animate(actor, poser, num_frames, CLIP_FPS) for actor in demo_actors(kit)]
    camera = Camera.from_fov(CLIP_SIZE, CLIP_FOV_DEG)
    position, turn = np.array([0.0, 0.0, 1.55]), look_matrix(0.0, math.radians(8.5), 0.0)
    stage = _living_room(camera, position, turn)
    props = _furniture(casts)
    for first in range(0, num_frames, _BATCH):
        scenes = []
        for frame in range(first, min(first + _BATCH, num_frames)):
            people = [cast[frame] for cast in casts]
            feet = contact_spots(people, props)
            scenes.append(Scene(people, props, camera, position, turn, stage, feet, -1, 0))
        for scene, rendering in zip(scenes, renderer.render(scenes, None), strict=True):
            joints = np.stack([person.body.joints for person in scene.people])
            yield ClipFrame(develop(rendering.linear, _EXPOSURE), scene.to_camera(joints))


def demo_actors(kit: BodyKit) -> list[Actor]:
    """The three people and what they do."""
    is_adult = (kit.years > 22) & (kit.years < 55)
    men = np.flatnonzero(is_adult & (kit.gender < 0.1))
    women = np.flatnonzero(is_adult & (kit.gender > 0.9))
    return [
        _walker(int(men[2]), _look(kit, int(men[2]), 11)),
        _talker(int(women[11]), _look(kit, int(women[11]), 4)),
        _gymnast(int(women[4]), _look(kit, int(women[4]), 8)),
    ]


def _look(kit: BodyKit, shape: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    look = sample_look(rng, kit.gender[shape], kit.years[shape], _NUM_TEXTURES)
    look[[m.SHIRT_PATTERN, m.TROUSERS_PATTERN]] = m.PLAIN
    look[m.OPEN_FRONT] = 0
    look[m.SKIRT_ON] = 0
    look[m.TROUSERS_END] = 0.97
    look[m.SHOE_ON] = 1
    look[m.WRINKLE] = 0.35
    return look


def _dyed(look: np.ndarray, **colours: tuple[float, float, float]) -> np.ndarray:
    columns = {"shirt": m.SHIRT, "trousers": m.TROUSERS, "shoes": m.SHOE, "hair": m.HAIR_COLOUR}
    for name, colour in colours.items():
        look[columns[name] : columns[name] + 3] = colour
    return look


def _walker(shape: int, look: np.ndarray) -> Actor:
    """Walks in from the left behind the others, waves, joins the talk, walks out on the right."""
    look[m.SLEEVE] = 0.97
    waves = tuple((3.9 + 0.28 * k, (84.0, 22.0, 78.0 + 26 * (k % 2), -88.0)) for k in range(9))
    point, shrug = (24.0, -22.0, 40.0, -20.0), (56.0, -48.0, 86.0, -50.0)
    talk = ((8.2, _HANG), (9.2, shrug), (9.9, point), (10.6, shrug), (11.8, _HANG))
    still_turn = ((2.7, (88.0,)), (3.7, (4.0,)), (7.4, (4.0,)), (8.4, (36.0,)), (11.6, (36.0,)))
    return Actor(
        shape,
        _dyed(look, shirt=(0.5, 0.12, 0.08), trousers=(0.06, 0.08, 0.13), shoes=(0.1, 0.06, 0.04), hair=(0.05, 0.03, 0.02)),
        "walk",
        (-3.5, 4.3),
        Track(((0.0, (88.0,)), *still_turn, (12.5, (92.0,)))),
        Track(
            (
                (0.0, (3.0, 0.0, 0.0, 4.0, 0.0, -25.0)),
                (2.6, (3.0, 0.0, 0.0, 4.0, 0.0, -40.0)),
                (3.8, (0.0, 0.0, 0.0, 4.0, 0.0, 0.0)),
                (5.0, (0.0, 2.0, 0.0, 2.0, 6.0, 4.0)),
                (7.4, (0.0, 0.0, 0.0, 4.0, 0.0, 0.0)),
                (8.6, (4.0, 0.0, 4.0, 8.0, 4.0, 10.0)),
                (10.2, (2.0, 0.0, 2.0, 2.0, -4.0, 16.0)),
                (12.4, (3.0, 0.0, 0.0, 4.0, 0.0, 0.0)),
            )
        ),
        Track(((0.0, _HANG), *talk)),
        Track(((2.9, _HANG), *waves, (7.2, _HANG), (9.4, _HANG), (10.3, shrug), (11.5, _HANG))),
        still(*_STANDING),
        walk=Track(((0.0, (1.0,)), (2.3, (1.0,)), (3.5, (0.0,)), (11.6, (0.0,)), (12.5, (1.0,)))),
    )


def _talker(shape: int, look: np.ndarray) -> Actor:
    """Sits on a chair and talks with both hands."""
    look[m.SLEEVE] = 0.3
    look[[m.HAIR_STYLE, m.HAIR_THICK]] = (2, 0.025)
    lap = (38.0, -62.0, 62.0, -10.0)
    open_hand = (48.0, -48.0, 82.0, -35.0)
    raised = (40.0, -25.0, 98.0, -40.0)
    return Actor(
        shape,
        _dyed(look, shirt=(0.08, 0.3, 0.32), trousers=(0.05, 0.05, 0.06), shoes=(0.5, 0.5, 0.48)),
        "sit",
        (1.05, 3.25),
        still(-34.0),
        Track(
            (
                (0.0, (4.0, 0.0, 0.0, 4.0, 0.0, -12.0)),
                (2.5, (8.0, 2.0, -4.0, 6.0, 4.0, -16.0)),
                (5.0, (3.0, 0.0, 4.0, 0.0, -4.0, 12.0)),
                (7.5, (6.0, -2.0, 10.0, 2.0, 0.0, 38.0)),
                (10.0, (2.0, 0.0, 8.0, 0.0, 4.0, 30.0)),
                (12.5, (8.0, 2.0, -6.0, 6.0, 0.0, -18.0)),
                (16.0, (4.0, 0.0, 0.0, 4.0, 0.0, -10.0)),
            )
        ),
        _gestures(lap, open_hand, raised, (0, 1, 1, 0, 2, 1, 0, 0, 2, 1, 2, 0, 1, 0), 0.0),
        _gestures(lap, open_hand, raised, (0, 1, 2, 1, 0, 2, 1, 0, 0, 2, 1, 1, 0, 0), 0.15),
        still(*_SEATED),
        (4.0, 3.0, -14.0, 0.0, 10.0),
    )


def _gymnast(shape: int, look: np.ndarray) -> Actor:
    """Stands and chats, stretches both arms up, squats twice."""
    look[m.SLEEVE] = 0.28
    look[[m.HAIR_STYLE, m.HAIR_CUT, m.HAIR_THICK]] = (3, 0.5, 0.012)
    hip = (112.0, -52.0, 98.0, 38.0)
    forward = (10.0, -4.0, 6.0, 0.0)
    up = (62.0, 76.0, 12.0, 0.0)
    talk = (42.0, -50.0, 88.0, -30.0)
    squat = (82.0, 14.0, 96.0, 10.0, -14.0)
    half = (40.0, 10.0, 50.0, 8.0, -10.0)
    return Actor(
        shape,
        _dyed(look, shirt=(0.72, 0.52, 0.16), trousers=(0.16, 0.18, 0.26), shoes=(0.7, 0.7, 0.7), hair=(0.2, 0.1, 0.05)),
        "stand",
        (-1.12, 3.25),
        Track(((0.0, (32.0,)), (4.6, (32.0,)), (5.8, (10.0,)), (16.0, (14.0,)))),
        Track(
            (
                (0.0, (0.0, 0.0, 6.0, 2.0, 0.0, 22.0)),
                (2.0, (0.0, 2.0, 8.0, 6.0, 4.0, 26.0)),
                (4.6, (0.0, 0.0, 4.0, 0.0, 0.0, 18.0)),
                (6.2, (-6.0, 0.0, 0.0, -14.0, 0.0, 0.0)),
                (7.6, (-4.0, 12.0, 0.0, -6.0, 8.0, 0.0)),
                (9.0, (-4.0, -12.0, 0.0, -6.0, -8.0, 0.0)),
                (10.2, (0.0, 0.0, 0.0, 2.0, 0.0, 0.0)),
                (11.5, (26.0, 0.0, 0.0, -14.0, 0.0, 0.0)),
                (12.6, (0.0, 0.0, 0.0, 2.0, 0.0, 0.0)),
                (13.8, (24.0, 0.0, 0.0, -12.0, 0.0, 0.0)),
                (15.0, (0.0, 0.0, 4.0, 2.0, 0.0, 14.0)),
            )
        ),
        Track(
            ((0.0, hip), (4.6, hip), (6.4, up), (9.2, up), (10.2, _HANG), (11.4, forward))
            + ((12.6, _HANG), (13.7, forward), (15.0, _HANG))
        ),
        Track(
            ((0.0, talk), (1.2, _HANG), (2.2, talk), (3.0, (60.0, -40.0, 70.0, -40.0)))
            + ((4.6, _HANG), (6.4, up), (9.2, up), (10.2, _HANG), (11.4, forward))
            + ((12.6, _HANG), (13.7, forward), (15.0, _HANG))
        ),
        Track(
            ((0.0, _STANDING), (10.2, _STANDING), (11.5, squat), (12.6, _STANDING))
            + ((13.8, half), (15.0, _STANDING))
        ),
    )


def _gestures(
    lap: tuple[float, ...],
    open_hand: tuple[float, ...],
    raised: tuple[float, ...],
    order: tuple[int, ...],
    delay_s: float,
) -> Track:
    """Moves between three places of a hand, about every 1.2 seconds."""
    places = (lap, open_hand, raised)
    return Track(tuple((1.2 * k + delay_s, places[p]) for k, p in enumerate(order)))


def _living_room(camera: Camera, position: np.ndarray, turn: np.ndarray) -> Stage:
    stage = Stage()
    set_camera(stage, camera, position, turn)
    sun = np.array([-0.5, -0.62, 0.75])
    stage.sun_direction = sun / np.linalg.norm(sun)
    stage.sun_colour = (1.5, 1.32, 1.08)
    stage.sky = (0.34, 0.37, 0.42)
    stage.ground = (0.2, 0.17, 0.14)
    stage.fill_direction = (0.75, -0.6, 0.3)
    stage.fill_colour = (0.16, 0.17, 0.2)
    stage.shadow = 0.65
    forward = -sun / np.linalg.norm(sun)
    right = np.cross([0, 0, 1.0], forward)
    right /= np.linalg.norm(right)
    stage.sun_centre = (0.0, 3.4, 0.9)
    stage.sun_turn = np.stack([right, np.cross(forward, right), forward]).reshape(-1)
    stage.sun_scale = 1 / 3.6
    stage.backdrop = ROOM
    stage.room_axis = (1.0, 0.0)
    stage.room_centre = (0.0, 2.3)
    stage.room_half = (4.2, 3.4, 2.7)
    stage.floor_texture = 0
    stage.wall_texture = -1
    stage.floor_colour = (0.95, 0.85, 0.75)
    stage.wall_colour = (0.62, 0.6, 0.55)
    stage.ceiling_colour = (0.75, 0.75, 0.74)
    stage.floor_scale = 0.6
    stage.wall_scale = 1.0
    stage.decor_width = 1.5
    stage.decor_share = 0.75
    stage.seed = 78
    return stage


def _furniture(casts: list) -> list[Prop]:
    """Chair, rug, sofa, shelf and plant."""
    first = [cast[0] for cast in casts]
    seats = Furniture(np.random.default_rng(3), first, _NUM_TEXTURES)
    seats.seat_everybody()

    def box(centre: tuple, half: tuple, colour: tuple, texture: int = -1, scale: float = 1.0) -> Prop:
        return Prop("box", np.array(centre), np.array(half), 0.0, np.array(colour), texture, scale)

    grey, wood = (0.2, 0.24, 0.28), (0.34, 0.22, 0.13)
    return [
        *seats.props,
        box((0.0, 2.9, 0.006), (1.9, 1.0, 0.006), (0.42, 0.36, 0.3)),
        box((2.6, 5.15, 0.22), (1.0, 0.42, 0.22), grey),
        box((2.6, 5.52, 0.45), (1.0, 0.12, 0.4), (0.17, 0.2, 0.24)),
        box((-2.9, 5.45, 0.45), (0.7, 0.2, 0.45), wood),
        box((-2.9, 5.45, 0.97), (0.28, 0.12, 0.07), (0.3, 0.08, 0.06)),
        Prop("cylinder", np.array([3.2, 3.6, 0.2]), np.array([0.2, 0.2, 0.2]), 0.0,
             np.array([0.55, 0.3, 0.2])),
        *(
            Prop("ball", np.array([3.2 + 0.16 * math.cos(a), 3.6 + 0.16 * math.sin(a), 0.75]),
                 np.array([0.16, 0.12, 0.42]), a, np.array([0.05, 0.17, 0.05]))
            for a in (0.3, 1.7, 2.9, 4.4, 5.5)
        ),
    ]  # fmt: skip
