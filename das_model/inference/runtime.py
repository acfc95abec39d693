"""`PoseEstimator`: a model on ONNX Runtime, from an image to an `Estimate`.

`open_estimator` is the one door: window, capture, rerun, predictions, evaluation and training
data of the lifting open their model here.
"""

import copy
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np

from das_model.camera import Camera
from das_model.inference.both_ways import both_ways
from das_model.inference.centre_map import centre_map
from das_model.inference.decode import DecodeConfig
from das_model.inference.device.on_card import EngineListener
from das_model.inference.estimate import (
    DEFAULT_OPTIONS,
    MIN_CANDIDATE_SCORE,
    Estimate,
    EstimatorOptions,
    Scoring,
    SecondScores,
    StageTimes,
)
from das_model.inference.looks.look_schedule import LookSchedule
from das_model.inference.looks.thunder import Thunder
from das_model.inference.mode import Mode
from das_model.inference.onnx_network import LiftWithFeatures, OnnxNetwork, readable
from das_model.inference.refine import Found, Lift, Refinement, once, place, refined
from das_model.inference.scores import location_score, look_scores_of_model, scores_of_model
from das_model.inference.second_look import SecondLook
from das_model.preprocess import fitting_size, letterbox

# docs/method.md
_SMALL_PX = 96  # of the network's input, longer side of people who are seen better closer by
_MAX_ERROR = 600  # characters
_CLOSER = 2**0.5  # scale of an image with small people, whose area is twice as large then


@dataclass(frozen=True, eq=False, slots=True)
class _View:
    """Result of one pass of the network.

    Args:
        image: (H, W, 3) that the network saw.
        camera: of it.
        scores: (h, w) of the locations of each level, finest first.
        refinement: for its people.
        found: its people.
        stages: what it took.
    """

    image: np.ndarray
    camera: Camera
    scores: list[np.ndarray]
    refinement: Refinement
    found: Found
    stages: StageTimes


def open_estimator(
    model_file: Path,
    options: EstimatorOptions = DEFAULT_OPTIONS,
    lift: LiftWithFeatures | None = None,
    on_engine: EngineListener = lambda size: None,
) -> "PoseEstimator":
    """Load a model.

    Args:
        model_file: an ONNX file written by `das_model.network.export`.
        options: how it is to work.
        lift: instead of the model's own lifting.
        on_engine: hears of engines that TensorRT builds, which takes minutes.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the file is not a model of this project.
    """
    try:
        return PoseEstimator(model_file, options, lift, on_engine)
    except ValueError as error:
        raise ValueError(readable(str(error), _MAX_ERROR)) from error


class PoseEstimator:
    """A loaded model, an `Estimator`; arguments as of `open_estimator`.

    Attributes:
        network: that it runs.
        skeleton: joints of its people.
        model_name: as the file has it, in at most 80 printable characters.
        options: that it works with.
    """

    def __init__(
        self,
        model_file: Path,
        options: EstimatorOptions,
        lift: LiftWithFeatures | None = None,
        on_engine: EngineListener = lambda size: None,
    ) -> None:
        self.network = network = OnnxNetwork(model_file, options, lift, on_engine)
        self._score = scores_of_model(network.metadata, model_file)
        self._score_looks = look_scores_of_model(network.metadata, model_file)
        self.skeleton, self.model_name = network.skeleton, network.name
        self._second_look: SecondLook | None = None
        if options.thunder_file is not None:
            thunder = Thunder(
                options.thunder_file, options.num_threads, network.providers_of_graphs
            )
            self._second_look = SecondLook(thunder, self.skeleton)
        self._schedule = LookSchedule()  # what the thread that calls remembers
        self.options = self._possible(options)

    @property
    def provider(self) -> str:
        """The execution provider really in use, e.g. CPUExecutionProvider."""
        return self.network.providers[0]

    @property
    def keeps_maps(self) -> bool:
        """Whether the network's maps stay on its device."""
        return self.network.keeps_maps

    @property
    def has_cuda_graph(self) -> bool:
        """Whether the network's steps are recorded and started at once."""
        return self.network.has_cuda_graph

    @property
    def input_size(self) -> tuple[int, int]:
        """Nominal (width, height) px at the input scale of the options."""
        return self.options.scaled(self.network.nominal_size)

    def with_options(self, options: EstimatorOptions) -> Self:
        """The same model with other options.

        Raises:
            ValueError: if they ask for another device, precision, number of threads or Thunder, or
                for a mode that needs Thunder where there is none.
        """
        if self.options.fixed != options.fixed:
            raise ValueError(
                f"{self.model_name} is open with device, threads and Thunder "
                f"{self.options.fixed}, they cannot become {options.fixed}; open it anew"
            )
        other = copy.copy(self)
        other.options = self._possible(options)
        return other

    def _possible(self, options: EstimatorOptions) -> EstimatorOptions:
        if options.mode is not Mode.FAST and self._second_look is None:
            raise ValueError(f"mode {options.mode} needs MoveNet Thunder, this estimator has none")
        return options

    def fitted_size(self, image_size: tuple[int, int]) -> tuple[int, int]:
        """(width, height) px the network sees of an image of (width, height) px."""
        return fitting_size(image_size, self.input_size, self.network.encoding.side_multiple)

    def __call__(
        self, image: np.ndarray, camera: Camera, frame_interval_s: float | None = None
    ) -> Estimate:
        """Find the people of an image.

        Args:
            image: (H, W, 3) uint8 RGB.
            camera: of the image; lens distortion is undone on the joints.
            frame_interval_s: between two frames of a source that does not wait; None where it
                waits. The auto mode does what there is time for.
        """
        self._schedule.begin()
        is_unhurried = self._is_unhurried(frame_interval_s)
        view = self._view(image, camera, self.input_size)
        stages = view.stages
        if is_unhurried and _are_small(view.found.at_least(self.options.min_score).joints_px):
            width, height = self.input_size
            larger = (round(_CLOSER * width), round(_CLOSER * height))
            view = self._view(image, camera, larger)
            stages = stages.plus(view.stages)
        found = view.found
        if self.options.mode is not Mode.FAST and self._second_look is not None:
            begin_s = time.monotonic()
            interval_s = None if is_unhurried else frame_interval_s
            found = self._looked_again(self._second_look, image, camera, view, interval_s)
            stages = stages.plus(StageTimes(network_s=time.monotonic() - begin_s))
        refinement = replace(view.refinement, min_score=self.options.min_score)
        shown = found.at_least(self.options.min_score)
        if not self.options.has_candidates:
            found = shown
        if is_unhurried and len(shown.scores):
            begin_s = time.monotonic()
            refinement = replace(refinement, lift=self._lift_both_ways(view))
            stages = stages.plus(StageTimes(network_s=time.monotonic() - begin_s))
        begin_s = time.monotonic()
        people = place(found, view.camera, self.skeleton, refinement)
        located = view.camera.back_project(found.joints_px, found.depth_mm).astype(np.float32)
        stages = stages.plus(StageTimes(people_s=time.monotonic() - begin_s))
        has_map = self.options.has_centre_map
        strides = self.network.encoding.strides
        seen = centre_map(view.scores, strides, view.camera, camera) if has_map else None
        looks = SecondScores(found.first_scores, found.sureness)
        return Estimate(people, stages, seen, located, found.heat, looks)

    def _is_unhurried(self, frame_interval_s: float | None) -> bool:
        """Whether everybody is looked at again, however long it takes."""
        mode = self.options.mode
        return mode is Mode.PRECISE or (mode is Mode.AUTO and frame_interval_s is None)

    def _view(self, image: np.ndarray, camera: Camera, nominal: tuple[int, int]) -> _View:
        """One pass of the network over the image in about the area of `nominal`."""
        options = self.options
        encoding = self.network.encoding
        size = fitting_size((image.shape[1], image.shape[0]), nominal, encoding.side_multiple)
        begin_s = time.monotonic()
        boxed, boxed_camera = letterbox(image, camera, size)
        boxed_s = time.monotonic()
        maps = self.network.maps(boxed)
        mapped_s = time.monotonic()
        config = DecodeConfig(min_score=min(MIN_CANDIDATE_SCORE, options.min_score))
        has_unsure = options.has_candidates or options.mode is not Mode.FAST
        refinement = Refinement(
            maps.heat,
            maps.lift,
            self._score if options.scoring is Scoring.PERSON else location_score,
            lowest_score=0.0 if has_unsure else options.min_score,
        )
        detections = maps.detect(config)
        found = refined(detections, boxed_camera, encoding, config, refinement)
        stages = StageTimes(boxed_s - begin_s, mapped_s - boxed_s, time.monotonic() - mapped_s)
        return _View(boxed, boxed_camera, maps.scores(), refinement, found, stages)

    def _lift_both_ways(self, view: _View) -> Lift | None:
        """Lifting by the image of a view and its mirror image; None where nobody is lifted."""
        if (lift := view.refinement.lift) is None:
            return None
        other = self.network.maps(np.ascontiguousarray(view.image[:, ::-1])).lift
        assert other is not None  # of the same network
        return both_ways(lift, other, view.image.shape[1], self.skeleton)

    def _looked_again(
        self,
        second_look: SecondLook,
        image: np.ndarray,
        camera: Camera,
        view: _View,
        interval_s: float | None,
    ) -> Found:
        """The people of a view after the second look at those whom there is time for; at all of
        them without an interval."""
        scale = np.diag(camera.K)[:2] / np.diag(view.camera.K)[:2]
        shift = camera.K[:2, 2] - scale * view.camera.K[:2, 2]
        joints_px = view.found.joints_px * scale + shift
        chosen = second_look.candidates(view.found)
        if interval_s is not None:
            chosen = chosen[
                self._schedule.choose(interval_s, joints_px[chosen], view.found.scores[chosen])
            ]
        begin_s = time.monotonic()
        found = second_look(image, scale, shift, view.found, chosen, self._score_looks)
        self._schedule.spent(len(chosen), time.monotonic() - begin_s)
        return once(found, DecodeConfig())


def _are_small(joints_px: np.ndarray) -> bool:
    """Whether there are people, with joints (P, J, 2) px, and all are small."""
    return len(joints_px) > 0 and float(np.ptp(joints_px, axis=1).max()) < _SMALL_PX
