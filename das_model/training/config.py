"""Training configuration without torch: losses, optimiser, schedule.

So that the command line can look at a recipe, and at what is missing, before the imports that take
long.
"""

from dataclasses import dataclass, field

from das_model.inference.network_config import LITE, NetworkConfig

PRECISIONS = ("bf16", "fp16", "off")


@dataclass(frozen=True, slots=True)
class LossConfig:
    """Kind and weight of each loss."""

    pose_loss: str = "rle"  # l1 | mle | rle
    prior: str = "laplace"  # laplace | gaussian: Q of the residual form
    terms: str = "paper"  # paper: eq. 10 | code: as the authors' code weighs its terms
    stages: str = "all"  # all: a loss of each prediction | ends: mean of the first and the last
    root_axes: str = "all"  # all: x, y and depth of the root | depth
    centerness_weight: float = 1.0
    root_weight: float = 1.0
    pose_weight: float = 2.0
    heat_weight: float = 1.0  # of the heat map, where the network has one
    focal_alpha: float = 0.25
    focal_gamma: float = 2.0

    def __post_init__(self) -> None:
        if self.pose_loss not in ("l1", "mle", "rle"):
            raise ValueError(f"pose_loss must be l1, mle or rle, got {self.pose_loss!r}")
        if self.prior not in ("laplace", "gaussian"):
            raise ValueError(f"prior must be laplace or gaussian, got {self.prior!r}")
        if self.terms not in ("paper", "code"):
            raise ValueError(f"terms must be paper or code, got {self.terms!r}")
        if self.stages not in ("all", "ends"):
            raise ValueError(f"stages must be all or ends, got {self.stages!r}")
        if self.root_axes not in ("all", "depth"):
            raise ValueError(f"root_axes must be all or depth, got {self.root_axes!r}")


@dataclass(frozen=True, slots=True)
class OptimiserConfig:
    """Configuration of optimiser and learning rate schedule.

    The defaults are the live networks'; `AUTHORS_SGD` is the paper's.
    """

    kind: str = "adamw"  # adamw | sgd
    learning_rate: float = 1e-3  # peak, after warm-up
    schedule: str = "cosine"  # cosine, to 0 at the end | steps, a tenth at each of `decay_at`
    decay_at: tuple[float, ...] = ()  # shares of the run
    warmup_steps: int = 300
    warmup_start: float = 0.0  # factor of the rate that warm-up begins from
    weight_decay: float = 0.01
    momentum: float = 0.9  # of SGD
    bias_rate: float = 1.0  # factor of the rate for the biases of layers, with SGD
    backbone_rate: float = 1.0  # factor of the rate for the backbone, with AdamW
    clip_norm: float = 10.0  # of the whole gradient

    def __post_init__(self) -> None:
        if self.kind not in ("adamw", "sgd"):
            raise ValueError(f"OptimiserConfig.kind must be adamw or sgd, got {self.kind!r}")
        if self.schedule not in ("cosine", "steps"):
            raise ValueError(
                f"OptimiserConfig.schedule must be cosine or steps, got {self.schedule!r}"
            )


AUTHORS_SGD = OptimiserConfig(
    kind="sgd",
    learning_rate=2e-3,
    schedule="steps",
    decay_at=(16 / 22, 20 / 22),
    warmup_steps=250,
    warmup_start=1 / 3,
    weight_decay=1e-4,
    bias_rate=2.0,
    clip_norm=35.0,
)


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """A training run."""

    network: NetworkConfig = LITE
    loss: LossConfig = field(default_factory=LossConfig)
    optimiser: OptimiserConfig = field(default_factory=OptimiserConfig)
    total_steps: int = 10_000
    accumulation: int = 1  # micro-batches of an optimiser step (gradient accumulation)
    ema_decay: float = 0.998
    frozen: str = "early"  # none | early | public: part of the backbone that keeps its weights
    precision: str = "off"  # bf16 | fp16 | off: mixed precision of the network

    def __post_init__(self) -> None:
        if self.precision not in PRECISIONS:
            raise ValueError(f"precision must be in {PRECISIONS}, got {self.precision!r}")
