"""`PoseEstimator`: the one door from a picture to `People`, on ONNX Runtime."""

import base64
import importlib.util
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import onnxruntime as ort

from das_model.camera import Camera
from das_model.inference.centre_map import CentreMap, centre_map
from das_model.inference.decode import (
    NUM_CUES,
    DecodeConfig,
    Found,
    LevelMaps,
    find,
    once,
    place,
)
from das_model.inference.joint_features import joint_features, num_features
from das_model.inference.look_schedule import LookSchedule
from das_model.inference.mode import Mode
from das_model.inference.model_check import (
    require_input_size,
    require_lifted,
    require_maps,
    require_ports,
)
from das_model.inference.network_config import NetworkConfig, network_config_of
from das_model.inference.second_look import SecondLook
from das_model.inference.thunder import Thunder
from das_model.people import People
from das_model.preprocess import fitting_size, letterbox
from das_model.skeleton import Skeleton

# of people (P, J, 7) what was found and (P, J, F) `joint_features`, to joints (P, J, 3)
Lift = Callable[[np.ndarray, np.ndarray], np.ndarray]
_SMALL_PX = 96  # of the network's input, longer side of people who are seen better closer by
_CLOSER = 2**0.5  # scale of a picture with small people, whose area is twice as large then


@dataclass(frozen=True, eq=False, slots=True)
class _View:
    """What one pass of the network told.

    Args:
        camera: of the picture that the network saw.
        levels: maps of each level, finest first.
        heat: of `decode.find`, or None.
        seen: (C, h, w) maps of the network's outputs of that name.
        found: its people.
    """

    camera: Camera
    levels: list[LevelMaps]
    heat: np.ndarray | None
    seen: list[np.ndarray]
    found: Found


class PoseEstimator:
    """A loaded model; call it with a picture and its camera.

    Args:
        model_file: an ONNX file written by `das_model.network.export`.
        providers: ONNX Runtime execution providers in order of preference; by default CUDA
            where it works, else the CPU.
        num_threads: of the CPU provider; by default one a core.
        lift: instead of the model's own lifting.
        thunder_file: movenet-thunder.onnx; without it `mode` stays fast.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the file is not a model of this project.
    """

    def __init__(
        self,
        model_file: Path,
        providers: Sequence[str] | None = None,
        num_threads: int = 0,
        lift: Lift | None = None,
        thunder_file: Path | None = None,
    ) -> None:
        if not model_file.is_file():
            raise FileNotFoundError(f"{model_file}: an ONNX model file was expected there")
        options = ort.SessionOptions()
        options.intra_op_num_threads = num_threads
        # spinning threads would take the cores from the window and the camera
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        wanted = providers or _usable_providers()
        try:
            self._session = ort.InferenceSession(str(model_file), options, list(wanted))
        except Exception as error:  # the bindings raise many kinds, all for an unreadable model
            raise ValueError(f"{model_file}: not a readable ONNX model: {error}") from error
        metadata = self._session.get_modelmeta().custom_metadata_map
        config = network_config_of(metadata, model_file, is_exported=True)
        self._encoding = config.encoding
        outputs = self._session.get_outputs()
        require_ports(self._session.get_inputs(), outputs, config, model_file)
        # of the maps that lifting reads, finest first
        self.seen_channels = tuple(o.shape[1] for o in outputs if o.name.startswith("seen_"))
        self._decode = DecodeConfig()
        self.lift = lift or _own_lift(
            metadata, model_file, num_threads, num_features(self.seen_channels)
        )
        self._multiple = self._encoding.strides[-1]
        self.skeleton = Skeleton(config.joint_names)
        self.model_name = metadata.get("name", model_file.stem)
        self.metadata = {k: v for k, v in metadata.items() if k != "lifting"}
        self.nominal_size = _input_size(metadata, model_file)
        self.input_size = self.nominal_size
        self._second_look: SecondLook | None = None
        if thunder_file is not None:
            thunder = Thunder(thunder_file, num_threads, self._session.get_providers())
            self._second_look = SecondLook(thunder, self.skeleton)
        self._schedule = LookSchedule()
        self._mode = Mode.FAST
        self.frame_interval_s: float | None = None  # of a source that does not wait
        self.stages_s = (0.0, 0.0, 0.0)  # letterbox, networks, decoding of the last picture
        self.wants_centre_map = False  # from the next picture on
        self.centre_map: CentreMap | None = None  # of the last picture, where it is wanted
        self._try_out(config, lift is None and self.lift is not None, model_file)

    def _try_out(self, config: NetworkConfig, has_own_lift: bool, file: Path) -> None:
        """Run once on a grey picture. Raises ValueError where that goes wrong."""
        width, height = self.fitted_size(self.nominal_size)
        grey, camera = np.full((height, width, 3), 114, np.uint8), Camera.from_fov((width, height))
        try:
            outputs = self._session.run(None, {"image": grey[None]})
            require_maps(outputs, config, (width, height), file)
            levels, heat = network_maps(outputs[: len(outputs) - len(self.seen_channels)])
            find(levels, camera, self._encoding, self.skeleton, self._decode, heat)
            if has_own_lift:
                joints = np.zeros((1, self.skeleton.num_joints, 2), np.float32)
                seen = [output[0] for output in outputs[len(outputs) - len(self.seen_channels) :]]
                found = np.zeros((*joints.shape[:2], NUM_CUES), np.float32)
                require_lifted(self.lifted(seen, found, joints), joints.shape[:2], file)
        except ValueError:
            raise
        except Exception as error:  # the bindings raise many kinds
            raise ValueError(f"{file}: the model cannot run on a picture: {error}") from error

    @property
    def provider(self) -> str:
        """The execution provider really in use, e.g. CPUExecutionProvider."""
        return self._session.get_providers()[0]

    @property
    def score_threshold(self) -> float:
        """People less sure than this are left out."""
        return self._decode.score_threshold

    @score_threshold.setter
    def score_threshold(self, value: float) -> None:
        self._decode = replace(self._decode, score_threshold=value)

    @property
    def mode(self) -> Mode:
        """How much time a picture may take; ValueError when set to one that needs Thunder."""
        return self._mode

    @mode.setter
    def mode(self, value: Mode) -> None:
        if value is not Mode.FAST and self._second_look is None:
            raise ValueError(f"mode {value} needs MoveNet Thunder, this estimator has none")
        self._mode = value

    def set_input_scale(self, scale: float) -> None:
        """Use `scale` times the nominal width and height from the next picture on.

        The cost goes with the square of it. Below 1 far people are lost, above it small ones may
        be found that the model was not trained for.
        """
        width, height = self.nominal_size
        self.input_size = (round(scale * width), round(scale * height))

    def fitted_size(self, picture_size: tuple[int, int]) -> tuple[int, int]:
        """(width, height) px the network sees of a picture of (width, height) px."""
        return fitting_size(picture_size, self.input_size, self._multiple)

    def __call__(self, image: np.ndarray, camera: Camera) -> People:
        """Find the people of a picture.

        Args:
            image: (H, W, 3) uint8 RGB.
            camera: of the picture; lens distortion is undone on the joints.

        Returns:
            People in the camera's space, best first.
        """
        self._schedule.begin()
        self.stages_s = (0.0, 0.0, 0.0)
        view = self._view(image, camera, self.input_size)
        if self.is_unhurried and _are_small(view.found.joints_px):
            width, height = self.input_size
            larger = (round(_CLOSER * width), round(_CLOSER * height))
            view = self._view(image, camera, larger)
        found = view.found
        if self.mode is not Mode.FAST:
            found = self._looked_again(image, camera, view)
        begin_s = time.monotonic()
        people = place(
            found, view.camera, self._encoding, self.skeleton, view.heat,
            self.lift and partial(self.lifted, view.seen),
        )  # fmt: skip
        self._note(decoding_s=time.monotonic() - begin_s)
        self.centre_map = (
            centre_map(view.levels, view.camera, camera) if self.wants_centre_map else None
        )
        return people

    @property
    def is_unhurried(self) -> bool:
        """Whether everybody is looked at again, however long it takes."""
        is_auto = self.mode is Mode.AUTO and self.frame_interval_s is None
        return is_auto or self.mode is Mode.PRECISE

    def _view(self, image: np.ndarray, camera: Camera, nominal: tuple[int, int]) -> _View:
        """One pass of the network over the picture in about the area of `nominal`."""
        size = fitting_size((image.shape[1], image.shape[0]), nominal, self._multiple)
        begin_s = time.monotonic()
        boxed, boxed_camera = letterbox(image, camera, size)
        boxed_s = time.monotonic()
        outputs = self._session.run(None, {"image": boxed[None]})
        num_maps = len(outputs) - len(self.seen_channels)
        levels, heat = network_maps(outputs[:num_maps])
        mapped_s = time.monotonic()
        found = find(levels, boxed_camera, self._encoding, self.skeleton, self._decode, heat)
        self._note(boxed_s - begin_s, mapped_s - boxed_s, time.monotonic() - mapped_s)
        return _View(boxed_camera, levels, heat, [seen[0] for seen in outputs[num_maps:]], found)

    def _looked_again(self, image: np.ndarray, camera: Camera, view: _View) -> Found:
        """The people of a view after the second look at those whom there is time for."""
        scale = np.diag(camera.K)[:2] / np.diag(view.camera.K)[:2]
        shift = camera.K[:2, 2] - scale * view.camera.K[:2, 2]
        joints_px = view.found.joints_px * scale + shift
        chosen = self._second_look.candidates(view.found)
        if not self.is_unhurried:
            chosen = chosen[self._schedule.choose(
                self.frame_interval_s, joints_px[chosen], view.found.scores[chosen]
            )]  # fmt: skip
        begin_s = time.monotonic()
        found = self._second_look(image, scale, shift, view.found, chosen)
        duration_s = time.monotonic() - begin_s
        self._schedule.spent(len(chosen), duration_s)
        self._note(network_s=duration_s)
        return once(found, self._decode)

    def _note(
        self, letterbox_s: float = 0.0, network_s: float = 0.0, decoding_s: float = 0.0
    ) -> None:
        """Add to what the picture took."""
        parts = zip(self.stages_s, (letterbox_s, network_s, decoding_s), strict=True)
        self.stages_s = tuple(before + now for before, now in parts)

    def lifted(
        self, seen: Sequence[np.ndarray], found: np.ndarray, joints_px: np.ndarray
    ) -> np.ndarray:
        """A picture's people as the lifting has them, for `decode`.

        Args:
            seen: (C, h, w) maps of the network's outputs of that name, `seen_channels` deep.
            found: (P, J, 7) of `lifting.PoseLifting.forward`.
            joints_px: (P, J, 2) px of the network's input.
        """
        strides = (self._encoding.heat_stride, *self._encoding.strides)[: len(seen)]
        return self.lift(found, joint_features(seen, strides, joints_px))


def network_maps(outputs: Sequence[np.ndarray]) -> tuple[list[LevelMaps], np.ndarray | None]:
    """`export.decoder_maps` of one picture, with a batch axis of 1, as `decode` reads them.

    Returns:
        levels: the maps of each level, finest first, four outputs a level.
        heat: (J, H / s, W / s) of `decode`, or None for a network without a heat map.
    """
    levels = [
        LevelMaps(*(output[0] for output in outputs[i : i + 4]))
        for i in range(0, len(outputs) - 3, 4)
    ]
    return levels, outputs[-1][0] if len(outputs) % 4 else None


def _are_small(joints_px: np.ndarray) -> bool:
    """Whether there are people, with joints (P, J, 2) px, and all are small."""
    return len(joints_px) > 0 and float(np.ptp(joints_px, axis=1).max()) < _SMALL_PX


def _input_size(metadata: Mapping[str, str], file: Path) -> tuple[int, int]:
    """Nominal (width, height) px in a model's metadata."""
    try:
        size = json.loads(metadata["input_size"])
    except (KeyError, ValueError, RecursionError):
        size = metadata.get("input_size", "none")
    return require_input_size(size, file)


def _own_lift(
    metadata: Mapping[str, str], file: Path, num_threads: int, features: int
) -> Lift | None:
    """The lifting in a model's metadata, if any, of so many features a joint."""
    if "lifting" not in metadata:
        return None
    options = ort.SessionOptions()
    options.intra_op_num_threads = num_threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        model = base64.b64decode(metadata["lifting"], validate=True)
        session = ort.InferenceSession(model, options, ["CPUExecutionProvider"])
    except Exception as error:  # the bindings raise many kinds
        raise ValueError(
            f"{file}: lifting in its metadata must be an ONNX model in base64: {error}"
        ) from error
    wanted = {"found": NUM_CUES, "features": features}
    told = {value.name: value.shape[-1] for value in session.get_inputs()}
    if told != wanted:
        raise ValueError(
            f"{file}: lifting in its metadata must take of a joint {wanted}, it takes {told}; "
            "train_lifting.py trains one that fits"
        )
    return lambda found, features: session.run(None, {"found": found, "features": features})[0]


def _usable_providers() -> list[str]:
    """CUDA first where this build of ONNX Runtime has it; a CUDA that does not start (no card,
    no driver) makes ONNX Runtime go on with the CPU, which `PoseEstimator.provider` tells."""
    available = ort.get_available_providers()
    if "CUDAExecutionProvider" not in available:
        return ["CPUExecutionProvider"]
    ort.set_default_logger_severity(4)  # else a machine without CUDA prints errors at every start
    if importlib.util.find_spec("nvidia") is not None:
        ort.preload_dlls()  # CUDA and cuDNN from Python packages
    return ["CUDAExecutionProvider", "CPUExecutionProvider"]
