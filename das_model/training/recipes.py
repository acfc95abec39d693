"""Training recipes: live networks, the paper's models, rows of Table 1, small stand-ins.

A recipe is the whole of a run but for the folders of its data. Every row of Tables 1a and 1b has
one; rows that both tables hold share it. `small` makes of any recipe a run of minutes with the
same switches, for rendered pictures: what `scripts/reproduce.py --data synthetic` trains.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from das_model.datasets.augmentation.placement import AugmentConfig
from das_model.datasets.data_config import Shares
from das_model.evaluation.protocols.panoptic import SCORED_JOINTS
from das_model.inference.network_config import LEAN, LITE, RESNET50, NetworkConfig
from das_model.inference.targets import Encoding
from das_model.skeleton import MUCO_21
from das_model.training.config import AUTHORS_SGD, LossConfig, OptimiserConfig, TrainConfig


@dataclass(frozen=True, slots=True)
class Recipe:
    """A run but for its data.

    Args:
        summary: what it is, in a line.
        train: network, losses, optimiser; `total_steps` counts where `epochs` is None.
        sets: kinds of data that it is meant for, as `DataConfig` names them.
        augment: how strongly pictures are varied.
        canvas: (width, height) px that pictures are drawn on.
        batch_size: pictures a step and process.
        epochs: length of the run in passes over the data.
        reference_batch: pictures a step that the learning rate is meant for; another number
            scales the rate with it. None leaves the rate alone.
        shares: how often which pictures are drawn.
        is_whole: every picture of every set once an epoch, instead of draws by the shares.
        augment_flat: of pictures with 2D labels alone, where it is another.
        coco_left_out: joints of COCO that count as not labelled.
    """

    summary: str
    train: TrainConfig
    sets: tuple[str, ...]
    augment: AugmentConfig = field(default_factory=AugmentConfig)
    canvas: tuple[int, int] = (256, 256)
    batch_size: int = 8
    epochs: float | None = None
    reference_batch: int | None = None
    shares: Shares = field(default_factory=Shares)
    is_whole: bool = False
    augment_flat: AugmentConfig | None = None
    coco_left_out: tuple[str, ...] = ()

    def varied(
        self,
        network: Mapping[str, Any],
        encoding: Mapping[str, Any],
        loss: Mapping[str, Any],
    ) -> "Recipe":
        """The same with other fields of its network, of its encoding and of its losses.

        Raises:
            ValueError: if a field cannot have that value.
        """
        train = self.train
        written = replace(train.network.encoding, **encoding)
        return replace(
            self,
            train=replace(
                train,
                network=replace(train.network, encoding=written, **network),
                loss=replace(train.loss, **loss),
            ),
        )

    def planned(
        self,
        num_pictures: int,
        pictures_per_step: int,
        total_steps: int | None = None,
        learning_rate: float | None = None,
    ) -> TrainConfig:
        """The run's configuration for some number of training pictures.

        Args:
            num_pictures: in all of its sets.
            pictures_per_step: over all processes.
            total_steps: instead of the recipe's length.
            learning_rate: instead of the recipe's; taken as it is, not scaled.
        """
        optimiser, steps = self.train.optimiser, self.train.total_steps
        if self.epochs is not None:
            steps = max(1, round(self.epochs * num_pictures / pictures_per_step))
        rate = optimiser.learning_rate
        if self.reference_batch is not None:
            rate *= pictures_per_step / self.reference_batch
        return replace(
            self.train,
            optimiser=replace(optimiser, learning_rate=learning_rate or rate),
            total_steps=total_steps or steps,
        )


# The authors' code: root depth in units of 0.5 mm/px on Panoptic (20 cm/px) and of 1 mm/px on
# MuCo, relative joint depth in units of 500 and of 50 mm.
_PANOPTIC_UNITS: Mapping[str, Any] = {"root_depth_unit": 0.5, "joint_depth_unit_mm": 500.0}
_MUCO_UNITS: Mapping[str, Any] = {"root_depth_unit": 1.0, "joint_depth_unit_mm": 50.0}
MSPN2 = replace(
    RESNET50,
    backbone="mspn2",
    fpn_norm="batch",
    joint_names=SCORED_JOINTS.joint_names,
    update_layers=1,
    encoding=Encoding(range_bounds_px=(80, 160, 320)),
)
MSPN3 = replace(
    MSPN2,
    backbone="mspn3",
    joint_names=MUCO_21.joint_names,
    update_layers=2,
    encoding=replace(MSPN2.encoding, **_MUCO_UNITS),
)
AUTHORS_LOSS = LossConfig(terms="code", stages="ends", root_axes="depth")
# What COCO does not label and the authors do not derive for a loss; the pelvis is the centre.
AUTHORS_LEFT_OUT = ("neck", "spine")

# Short side 512 to 640 px times a zoom of 0.6 to 1.4; no rotation (Panoptic). The canvas holds a
# 1920 x 1080 frame at 640 px, in multiples of the coarsest stride.
_PANOPTIC_SIDES, _MUCO_SIDES = (512.0, 640.0, 1333.0), (512.0, 800.0, 1280.0)
_PANOPTIC_AUGMENT = AugmentConfig(
    scale=(0.6, 1.4), short_side_px=_PANOPTIC_SIDES, rotation_deg=0.0, colour=0.7
)
# Short side 512 to 800 px times 0.9 to 1.1; 0.1 rad.
_MUCO_AUGMENT = AugmentConfig(
    scale=(0.9, 1.1), short_side_px=_MUCO_SIDES, rotation_deg=5.7, colour=0.5
)
# COCO beside either: times 0.8 to 1.2; 0.15 rad.
_COCO_AUGMENT = AugmentConfig(scale=(0.8, 1.2), rotation_deg=8.6, colour=0.5)


def _panoptic(
    summary: str, network: NetworkConfig, pose_loss: str = "rle", centre: str = "root"
) -> Recipe:
    """The authors' recipe on CMU Panoptic and COCO."""
    network = replace(
        network,
        joint_names=SCORED_JOINTS.joint_names,
        encoding=replace(network.encoding, centre=centre, **_PANOPTIC_UNITS),
    )
    loss = replace(AUTHORS_LOSS, pose_loss=pose_loss)
    train = TrainConfig(network, loss, AUTHORS_SGD, ema_decay=0.9998)
    return Recipe(
        summary,
        train,
        ("panoptic", "coco"),
        _PANOPTIC_AUGMENT,
        (1152, 640),
        batch_size=4,
        epochs=22,
        reference_batch=16,
        is_whole=True,
        coco_left_out=AUTHORS_LEFT_OUT,
        augment_flat=replace(_COCO_AUGMENT, short_side_px=_PANOPTIC_SIDES),
    )


def live_input(network: NetworkConfig) -> tuple[int, int]:
    """(width, height) px that a live network is nominally exported for: lean heads see more in
    the same time."""
    return (352, 224) if network.encoding.strides[-1] == 32 else (320, 192)


def _lite(summary: str, network: NetworkConfig, frozen: str = "early") -> Recipe:
    augment = AugmentConfig(
        scale=(0.75, 1.8), far_share=0.2, close_up_share=0.12, turned_share=0.3, mosaic=0.35
    )
    shares = Shares(photos=0.35, coco_real=0.13, negatives=0.07, pasted=0.12)
    train = TrainConfig(network, frozen=frozen)
    return Recipe(summary, train, ("synthetic", "photos"), augment, shares=shares)


def _efficientnet(variant: str) -> Recipe:
    return _lite(
        f"live network on EfficientNet-{variant.capitalize()}, taught by ImageNet",
        replace(LEAN, backbone=variant, encoding=replace(LEAN.encoding, heat_stride=0)),
    )


_NONE = replace(RESNET50, update="none")
_MUPOTS = replace(
    _panoptic("", MSPN3),
    summary="Table 3: 3-stage MSPN on MuCo-3DHP and COCO",
    train=TrainConfig(MSPN3, AUTHORS_LOSS, AUTHORS_SGD, ema_decay=0.9998),
    sets=("muco", "coco"),
    augment=_MUCO_AUGMENT,
    augment_flat=replace(_COCO_AUGMENT, short_side_px=_MUCO_SIDES),
    canvas=(1280, 768),
)
RECIPES = {
    "lite": _lite("live network on MoveNet's backbone, taught by poses", LITE, "public"),
    "lean": _lite("the same with lean heads, for a larger input", LEAN, "public"),
    "lite0": _efficientnet("lite0"),
    "lite1": _efficientnet("lite1"),
    "lite2": _efficientnet("lite2"),
    "panoptic": _panoptic("Tables 2 and 4: 2-stage MSPN on CMU Panoptic and COCO", MSPN2),
    "mupots": _MUPOTS,
    "table1-box": _panoptic("baseline around box centres", _NONE, "l1", "box"),
    "table1-root": _panoptic("baseline around root joints", _NONE, "l1"),
    "table1-mle": _panoptic("root, learned density (RLE)", _NONE),
    "table1-recursive": _panoptic(
        "root, recursive update", replace(RESNET50, update="recursive", update_layers=1), "l1"
    ),
    "table1-multi1": _panoptic(
        "root, multi-source update", replace(RESNET50, update_layers=1), "l1"
    ),
    "table1-multi2": _panoptic(
        "root, two multi-source updates", replace(RESNET50, update_layers=2), "l1"
    ),
    "table1-multi3": _panoptic("root, three multi-source updates", RESNET50, "l1"),
    "table1-full": _panoptic("root, three multi-source updates, learned density", RESNET50),
    "table1-larger": _panoptic(
        "the same with a larger backbone, 2-stage MSPN", replace(MSPN2, update_layers=3)
    ),
}


def small(recipe: Recipe, num_steps: int, canvas: tuple[int, int] = (160, 96)) -> Recipe:
    """A stand-in of minutes for rendered pictures: the same switches on a light network.

    EfficientNet-Lite0 under 32-channel heads (Lite2 for the larger backbone), all joints, levels
    up to stride 32 and AdamW take the place of what needs many epochs.

    Args:
        recipe: whose centre, losses and update to keep.
        num_steps: length of the run.
        canvas: (width, height) px, multiples of 32.
    """
    paper = recipe.train.network
    network = replace(
        LEAN,
        backbone="lite2" if paper.backbone.startswith("mspn") else "lite0",
        channels=32,
        neck_blocks=0,
        norm="group",
        head_convs=1,
        is_separable=False,
        update=paper.update,
        update_layers=paper.update_layers,
        encoding=Encoding((8, 16, 32), (32, 64), centre=paper.encoding.centre),
    )
    optimiser = OptimiserConfig(learning_rate=2e-3, warmup_steps=50)
    loss = LossConfig(pose_loss=recipe.train.loss.pose_loss, prior=recipe.train.loss.prior)
    train = TrainConfig(network, loss, optimiser, num_steps, ema_decay=0.99)
    augment = AugmentConfig(scale=(0.8, 1.3), rotation_deg=0.0)
    return Recipe(recipe.summary, train, ("synthetic",), augment, canvas, batch_size=16)


RECIPES["synthetic"] = replace(
    small(RECIPES["table1-full"], 4000),
    summary="the paper's method in small, on rendered pictures: minutes on a processor",
)
