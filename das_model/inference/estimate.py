"""`Estimate`, the result of an `Estimator` for one image, and `EstimatorOptions`.

Everybody who shows images to a model does it through these: the window, a capture without one, a
rerun, predictions, the evaluation and the training data of the lifting.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Protocol, Self

import numpy as np

from das_model.camera import Camera
from das_model.inference.centre_map import CentreMap
from das_model.inference.mode import Mode
from das_model.people import People
from das_model.skeleton import Skeleton

DEFAULT_MIN_SCORE = 0.3  # of calibrated scores: a quarter fewer false people than from 0.2 on
MIN_CANDIDATE_SCORE = 0.05  # below it the model finds people everywhere


class Device(StrEnum):
    """Device of the model."""

    AUTO = "auto"  # TensorRT where it is and its engines are kept, else CUDA, else CPU
    CPU = "cpu"  # by ONNX Runtime
    OPENVINO = "openvino"  # the CPU by OpenVINO
    CUDA = "cuda"
    TENSORRT = "tensorrt"


class Precision(StrEnum):
    """Numbers that the network computes with on a graphics card; a processor keeps float32."""

    FLOAT32 = "float32"
    FLOAT16 = "float16"


class Scoring(StrEnum):
    """Kind of people's scores."""

    PERSON = "person"  # calibrated, see `scores`
    LOCATION = "location"  # the location score alone, as in the paper


@dataclass(frozen=True, slots=True)
class EstimatorOptions:
    """Options of an estimator. What the network runs on and Thunder are fixed once it is open.

    Args:
        device: what the network runs on.
        num_threads: of the CPU; 0 is one a core.
        min_score: people from this score on are lifted; they are the ones to show.
        has_candidates: for a tracker, people below `min_score` come, too, whose location score is
            at least 0.05, without lifting, which takes most of the time of a person.
        input_scale: sides of the network's input as a share of the nominal ones; the cost goes
            with its square. Below 1 far people are lost.
        has_centre_map: estimates carry a `CentreMap`.
        scoring: what people's scores are.
        mode: how much time an image may take.
        thunder_file: movenet-thunder.onnx, for the second look; fast mode goes without.
        keeps_maps: on the network's device, where small graphs read them; None does so on a
            graphics card. Only of models that bring these graphs.
        precision: of the network on a graphics card.
        has_cuda_graph: CUDA records the network's steps and starts them at once, where its maps
            stay there and the record gives the processor's maps.
        engine_folder: where TensorRT keeps the engines that it builds; None for nowhere.
        is_spinning: the network's threads keep their cores busy between two of its steps: faster
            where nothing else wants them, so not beside a window.

    Raises:
        ValueError: if a number is out of range.
    """

    device: Device = Device.AUTO
    num_threads: int = 0
    min_score: float = DEFAULT_MIN_SCORE
    has_candidates: bool = False
    input_scale: float = 1.0
    has_centre_map: bool = False
    scoring: Scoring = Scoring.PERSON
    mode: Mode = Mode.FAST
    thunder_file: Path | None = None
    keeps_maps: bool | None = None
    precision: Precision = Precision.FLOAT32
    has_cuda_graph: bool = True
    engine_folder: Path | None = None
    is_spinning: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.min_score <= 1:
            raise ValueError(f"min_score must be from 0 to 1, got {self.min_score}")
        if not self.input_scale > 0:
            raise ValueError(f"input_scale must be above 0, got {self.input_scale}")

    @property
    def fixed(self) -> tuple[object, ...]:
        """What cannot change once a model is open."""
        on_card = (self.keeps_maps, self.precision, self.has_cuda_graph)
        return (self.device, self.num_threads, self.thunder_file, *on_card)

    def scaled(self, nominal_size: tuple[int, int]) -> tuple[int, int]:
        """(width, height) px of the network's input, where it was made for `nominal_size`."""
        width, height = nominal_size
        return round(self.input_scale * width), round(self.input_scale * height)


DEFAULT_OPTIONS = EstimatorOptions()


@dataclass(frozen=True, slots=True)
class StageTimes:
    """Duration of the stages of a call, seconds."""

    letterbox_s: float = 0.0
    network_s: float = 0.0
    people_s: float = 0.0  # from the network's maps to people

    def plus(self, other: "StageTimes") -> "StageTimes":
        """Both together."""
        return StageTimes(
            self.letterbox_s + other.letterbox_s,
            self.network_s + other.network_s,
            self.people_s + other.people_s,
        )


@dataclass(frozen=True, eq=False, slots=True)
class SecondScores:
    """Parts of the scores of people after a second look.

    Args:
        first_scores: (P,) before.
        sureness: (P,) of `scores.LookCalibration`, NaN for people without a second look.
    """

    first_scores: np.ndarray
    sureness: np.ndarray


@dataclass(frozen=True, eq=False, slots=True)
class Estimate:
    """Result of a model for one image.

    Args:
        people: best first; those below `EstimatorOptions.min_score`, if any, not lifted.
        stages: how long it took.
        centre_map: where the network sees people's centres; None unless the options ask for it.
        located_cam: (P, J, 3) float32 mm, everybody's joints before lifting, in which the lifted
            and the others can be compared; None where nobody is lifted.
        joint_heat: (P, J) float32, how well everybody's joints are seen in the image: the heat map
            there, 0 without one, or the score of the second look that put it there.
        looks: what scores are made of; None where nobody has two.
    """

    people: People
    stages: StageTimes = StageTimes()
    centre_map: CentreMap | None = None
    located_cam: np.ndarray | None = None
    joint_heat: np.ndarray | None = None
    looks: SecondScores | None = None

    @property
    def located(self) -> People:
        """The same people as all of them are known, before lifting."""
        if self.located_cam is None:
            return self.people
        return replace(self.people, joints_cam=self.located_cam)


class Estimator(Protocol):
    """A loaded model. It never changes; other options make another one on the same model.

    Attributes:
        skeleton: joints of its people.
        model_name: as the model file has it.
        options: that it works with.
    """

    skeleton: Skeleton
    model_name: str
    options: EstimatorOptions

    def __call__(
        self, image: np.ndarray, camera: Camera, frame_interval_s: float | None = None
    ) -> Estimate:
        """The people of an (H, W, 3) uint8 RGB image of a camera; `frame_interval_s` is the time
        between two frames of a source that does not wait."""
        ...

    def with_options(self, options: EstimatorOptions) -> Self:
        """The same model with other options; cheap."""
        ...

    def fitted_size(self, image_size: tuple[int, int]) -> tuple[int, int]:
        """(width, height) px of the network's input for an image of (width, height) px."""
        ...
