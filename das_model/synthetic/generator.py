"""`SyntheticGenerator`: an image of people and its exact labels from a seed.

The door of the renderer: `scene` composes, `renderer` draws, `camera_effects` photographs, and
this module turns what was seen into an `Annotation`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from das_model.annotation import Annotation
from das_model.skeleton import BODY_22
from das_model.synthetic.body.bodies import BodyPoser
from das_model.synthetic.body.kit import BodyKit
from das_model.synthetic.body.kit_cache import load_kit, load_wear
from das_model.synthetic.facts import PictureFacts
from das_model.synthetic.people.people_placing import Casting
from das_model.synthetic.people.person_making import PersonMaker
from das_model.synthetic.people.worlds import ORDINARY, World
from das_model.synthetic.poses.motion_bank import MotionBank
from das_model.synthetic.rendering.camera_effects import photograph
from das_model.synthetic.rendering.launching import default_device
from das_model.synthetic.rendering.renderer import Renderer, Rendering
from das_model.synthetic.scene.scene import MAX_ATTEMPTS, Scene, compose
from das_model.synthetic.scene.textures import make_atlas

NUM_TEXTURES = 96
ATLAS_SEED = 0
LABEL_MIN_SHARE = 2.5e-4  # of the picture's pixels: people seen by less get an ignore box
_IGNORE_MARGIN_PX = 3
_RETRIES = 3
_MIN_VISIBLE_JOINTS = 6
_LINEAR = (np.arange(256, dtype=np.float32) / 255) ** np.float32(2.2)  # of the levels of a photo


@dataclass(frozen=True, eq=False, slots=True)
class Picture:
    """A picture with its labels.

    Args:
        image: (H, W, 3) uint8 RGB.
        annotation: `joints_cam` of everybody seen by at least `LABEL_MIN_SHARE` of the picture;
            people seen by less are boxes in `ignore_px`, people not seen at all are left out.
        facts: how it came about, of the same people in the same order.
    """

    image: np.ndarray
    annotation: Annotation
    facts: PictureFacts


class SyntheticGenerator:
    """Makes labelled pictures; picture i depends on its seed and these arguments only.

    Args:
        size: (width, height) px.
        backgrounds: folders of photos without people; none for own backdrops only.
        leave_out: ends of the paths of photos not to take, such as "backgrounds/000.jpg".
        world: how often what.
        motion: frames of motion capture, or None.
        wear: folder of MakeHuman clothes and hair (see `wear`), or None.
        device: Warp device; None takes CUDA where there is one, else the CPU.
        kit: body kit; None loads it from the cache, building it on the first use.

    Raises:
        ValueError: if `backgrounds` holds no photo.
    """

    def __init__(
        self,
        size: tuple[int, int] = (512, 320),
        backgrounds: Sequence[Path] = (),
        leave_out: frozenset[str] = frozenset(),
        world: World = ORDINARY,
        motion: MotionBank | None = None,
        wear: Path | None = None,
        device: str | None = None,
        kit: BodyKit | None = None,
    ) -> None:
        self.kit = kit = kit or load_kit()
        self.size = (int(size[0]), int(size[1]))
        self._photos = [p for folder in backgrounds for p in _read_photos(folder, leave_out)]
        atlas = make_atlas(ATLAS_SEED, NUM_TEXTURES, self._photos)
        pieces = load_wear(wear, kit) if wear else None
        maker = PersonMaker(BodyPoser(kit), motion, NUM_TEXTURES, world, pieces)
        self._casting = Casting(maker)
        self.device = device or default_device()
        self._renderer = Renderer(kit, self.size, atlas, self.device, pieces)

    def generate(self, seed: int) -> Picture:
        """The picture of a seed that is not negative."""
        return self.generate_batch([seed])[0]

    def generate_batch(self, seeds: list[int]) -> list[Picture]:
        """The same for several seeds at once, which is faster; 2 suit a CPU."""
        return [
            picture if _shows_somebody(picture.annotation) else self._retry(seed)
            for seed, picture in zip(
                seeds, self._draw([self.compose(s) for s in seeds]), strict=True
            )
        ]

    def _retry(self, seed: int) -> Picture:
        """Other compositions of a seed whose first one hides everybody behind things."""
        for retry in range(1, _RETRIES + 1):
            picture = self._draw([self.compose(seed, retry * MAX_ATTEMPTS)])[0]
            if _shows_somebody(picture.annotation):
                break
        return picture

    def _draw(self, scenes: list[Scene]) -> list[Picture]:
        renderings = self._renderer.render(scenes, self._backdrops(scenes))
        results = []
        for scene, rendering in zip(scenes, renderings, strict=True):
            rng = np.random.default_rng(scene.effects_seed)
            labelled = is_labelled(rendering)
            results.append(
                Picture(
                    photograph(rendering.linear, rng),
                    annotate(scene, rendering, labelled),
                    self._facts(scene, rendering, labelled),
                )
            )
        return results

    def _facts(self, scene: Scene, rendering: Rendering, labelled: np.ndarray) -> PictureFacts:
        people = [person for person, is_in in zip(scene.people, labelled, strict=True) if is_in]
        right, _, forward = scene.turn
        level = np.cross(forward, [0.0, 0.0, 1.0])
        down = np.cross(forward, level)
        return PictureFacts(
            camera_height_m=float(scene.position[2]),
            pitch_deg=math.degrees(-math.asin(forward[2])),
            roll_deg=math.degrees(math.atan2(right @ down, right @ level)),
            pose_category=np.array([person.category for person in people], np.str_),
            arrangement=np.array([person.arrangement for person in people], np.str_),
            years=self.kit.years[[person.body.shape for person in people]],
            visible_share=rendering.visible_share[labelled],
        )

    def compose(self, seed: int, first_attempt: int = 0) -> Scene:
        """The composition behind a seed, before rendering."""
        return compose(
            seed, self.size, self._casting, NUM_TEXTURES, len(self._photos), first_attempt
        )

    def _backdrops(self, scenes: list[Scene]) -> np.ndarray | None:
        """(N, H, W, 3) float32 linear photos of the scenes that show one, and fit their light."""
        if all(scene.photo < 0 for scene in scenes):
            return None
        width, height = self.size
        backdrops = np.zeros((len(scenes), height, width, 3), np.float32)
        for backdrop, scene in zip(backdrops, scenes, strict=True):
            if scene.photo >= 0:
                rng = np.random.default_rng([scene.effects_seed, 1])
                backdrop[:] = _crop(rng, self._photos[scene.photo], self.size)
                _match_light(rng, scene, backdrop)
        return backdrops


def is_labelled(rendering: Rendering) -> np.ndarray:
    """(P,) bool: who is seen by enough pixels to get a label."""
    return _seen_pixels(rendering) >= LABEL_MIN_SHARE * rendering.owner.size


def _seen_pixels(rendering: Rendering) -> np.ndarray:
    owners = rendering.owner[rendering.owner >= 0]
    return np.bincount(owners, minlength=len(rendering.visible))


def annotate(scene: Scene, rendering: Rendering, labelled: np.ndarray) -> Annotation:
    """Labels of what was seen; `labelled` (P,) bool people get joints, the others boxes."""
    joints = np.stack([person.body.joints for person in scene.people])
    joints_cam = scene.to_camera(joints).astype(np.float32)
    seen = _seen_pixels(rendering)
    boxes = [_box(rendering.owner == p) for p in np.flatnonzero((seen > 0) & ~labelled)]
    joints_cam = joints_cam[labelled]
    in_front = joints_cam[..., 2] > 1.0
    joints_px = np.nan_to_num(scene.camera.project(joints_cam)).astype(np.float32)
    return Annotation(
        joints_cam=joints_cam,
        joints_px=joints_px,
        valid_2d=in_front,
        valid_3d=np.ones(joints_cam.shape[:2], bool),
        visible=rendering.visible[labelled] & in_front,
        ignore_px=np.array(boxes, np.float32).reshape(-1, 4),
        camera=scene.camera,
        skeleton=BODY_22,
    )


def _shows_somebody(annotation: Annotation) -> bool:
    """Whether somebody can be recognised: part of the head and a few more joints are seen."""
    head = [BODY_22.index(name) for name in ("head", "nose", "left_ear", "right_ear")]
    seen = annotation.visible
    return bool((seen[:, head].any(1) & (seen.sum(1) >= _MIN_VISIBLE_JOINTS)).any())


def _box(mask: np.ndarray) -> list[float]:
    """Left, top, right, bottom of a mask in px, a little larger."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    pad = _IGNORE_MARGIN_PX
    return [columns[0] - pad, rows[0] - pad, columns[-1] + pad, rows[-1] + pad]


def _read_photos(folder: Path, leave_out: frozenset[str]) -> list[np.ndarray]:
    """(H, W, 3) uint8 RGB photos in the order of their names."""
    paths = sorted(p for p in Path(folder).rglob("*") if p.suffix.lower() in (".jpg", ".png"))
    taken = [p for p in paths if not any(p.as_posix().endswith(f"/{name}") for name in leave_out)]
    read = [cv2.imread(str(path), cv2.IMREAD_COLOR_RGB) for path in taken]
    photos: list[np.ndarray] = [photo for photo in read if photo is not None]
    if not photos:
        raise ValueError(f"backgrounds must be a folder with .jpg or .png photos, got {folder}")
    return photos


def _crop(rng: np.random.Generator, photo: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(H, W, 3) float32 linear RGB cut of the photo, perhaps mirrored."""
    height, width = photo.shape[:2]
    share = rng.uniform(0.6, 1.0)
    crop_width = int(min(width, height * size[0] / size[1]) * share)
    crop_height = int(crop_width * size[1] / size[0])
    left = rng.integers(0, width - crop_width + 1)
    top = rng.integers(0, height - crop_height + 1)
    crop = photo[top : top + crop_height, left : left + crop_width]
    if rng.random() < 0.5:
        crop = cv2.flip(crop, 1)
    resized = cv2.resize(crop, size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.LUT(resized, _LINEAR), np.float32)


def _match_light(rng: np.random.Generator, scene: Scene, backdrop: np.ndarray) -> None:
    """Tint and scale the light on people so that they belong into the photo."""
    mean = backdrop.mean((0, 1)) + 0.02
    tint = (mean / mean.mean()) ** 0.5
    stage = scene.stage
    gain = float(mean.mean()) / 0.3 * rng.uniform(0.75, 1.35)
    for name in ("sun_colour", "sky", "ground", "fill_colour"):
        colour = np.array([getattr(stage, name)[k] for k in range(3)])
        setattr(stage, name, colour * tint * gain)
