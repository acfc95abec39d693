"""`OnnxNetwork`: an exported network with its lifting, from an image of its size to maps.

The file holds the network, and in its metadata what it was made for, the lifting, and small graphs
that read the maps where they are when these stay on a device.
"""

import base64
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from das_model.camera import Camera
from das_model.inference.decode import DecodeConfig, Detections, LevelMaps, detect, select
from das_model.inference.device.device_maps import DEVICE_GRAPHS, GRAPHS, DeviceMaps, Session
from das_model.inference.device.on_card import CardOptions, EngineListener, network_on
from das_model.inference.device.onnx_runtime import (
    CPU,
    CUDA,
    TENSORRT,
    open_session,
    ort,
    providers_of,
)
from das_model.inference.device.openvino_runtime import (
    OPENVINO,
    OpenVinoSession,
    session_on_openvino,
)
from das_model.inference.device.sized_networks import SizedNetworks
from das_model.inference.estimate import Device, EstimatorOptions, Precision
from das_model.inference.joint_features import joint_features, num_features
from das_model.inference.model_check import (
    require_input_size,
    require_lifted,
    require_maps,
    require_ports,
)
from das_model.inference.network_config import NetworkConfig, network_config_of
from das_model.inference.ordered_pool import calls_at_once
from das_model.inference.refine import (
    LIFTING,
    LIFTINGS,
    LOOKED_LIFTING,
    NUM_CUES,
    HeatReader,
    JointCues,
    Lift,
    Refinement,
    find_people,
)
from das_model.inference.second_look import NUM_LOOK_FEATURES
from das_model.preprocess import fitting_size
from das_model.skeleton import Skeleton

# of people's cues and (P, J, F) `joint_features`, to (P, J, 4) mm of `refine.Lift`
LiftWithFeatures = Callable[[JointCues, np.ndarray], np.ndarray]
_log = logging.getLogger(__name__)
_GRAPHS_IN_METADATA = (*LIFTINGS, DEVICE_GRAPHS)
_MAX_NAME = 80  # characters


@dataclass(frozen=True, eq=False, slots=True)
class Maps:
    """Maps of an image, on the host or on the device.

    Args:
        detect: locations that see somebody.
        heat: of the joints.
        lift: of people; None where nobody is lifted.
        scores: (h, w) of each level.
    """

    detect: Callable[[DecodeConfig], Detections]
    heat: np.ndarray | HeatReader | None
    lift: Lift | None
    scores: Callable[[], list[np.ndarray]]


class OnnxNetwork:
    """A network on ONNX Runtime. It never changes.

    Args:
        model_file: an ONNX file written by `das_model.network.export`.
        options: device, threads, and where the maps stay.
        lift: instead of the model's own lifting.
        on_engine: of `network_on`.

    Attributes:
        skeleton: joints of its people.
        encoding: of its maps.
        name: as the file has it, in at most 80 printable characters.
        metadata: of the file, but for the lifting and the graphs.
        nominal_size: (width, height) px that it was made for.
        seen_channels: of the maps that lifting reads, finest first.
        lift: of people and their features; None where there is none.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the file is not a model of this project.
    """

    def __init__(
        self,
        model_file: Path,
        options: EstimatorOptions,
        lift: LiftWithFeatures | None = None,
        on_engine: EngineListener = lambda size: None,
    ) -> None:
        self._on_engine = on_engine
        if not model_file.is_file():
            raise FileNotFoundError(f"{model_file}: an ONNX model file was expected there")
        session = open_session(model_file, options.num_threads, is_spinning=options.is_spinning)
        self._session: ort.InferenceSession | OpenVinoSession = session
        try:
            metadata = session.get_modelmeta().custom_metadata_map
        except Exception as error:  # such as a text that is not in UTF-8
            raise ValueError(f"{model_file}: its metadata cannot be read: {error}") from error
        config = network_config_of(metadata, model_file, is_exported=True)
        self.encoding = config.encoding
        outputs = session.get_outputs()
        require_ports(session.get_inputs(), outputs, config, model_file)
        self._names = [output.name for output in outputs]
        self.seen_channels = tuple(o.shape[1] for o in outputs if o.name.startswith("seen_"))
        self.lift = lift or _own_lift(
            metadata, model_file, options.num_threads, num_features(self.seen_channels)
        )
        self.skeleton = Skeleton(config.joint_names)
        self.name = readable(metadata.get("name", ""), _MAX_NAME) or model_file.stem
        self.nominal_size = _input_size(metadata, model_file)
        self.metadata = {k: v for k, v in metadata.items() if k not in _GRAPHS_IN_METADATA}
        self._there: SizedNetworks | None = None
        self._graphs: dict[str, Session] = {}
        has_own_lift = lift is None and self.lift is not None
        self._try_out(config, options, has_own_lift, model_file)
        self._leave_host(metadata, options, has_own_lift, model_file)

    def _leave_host(
        self,
        metadata: Mapping[str, str],
        options: EstimatorOptions,
        has_own_lift: bool,
        file: Path,
    ) -> None:
        """Run on OpenVINO where that is wanted, or on a graphics card where there is one; the maps
        stay there where the model brings graphs for it. Raises ValueError where they cannot
        though it is asked for."""
        if options.device is Device.OPENVINO:
            if options.keeps_maps:
                raise ValueError(
                    f"{file}: maps of OpenVINO are on the host, they cannot stay there"
                )
            threads, calls = options.num_threads, calls_at_once(options)
            session = session_on_openvino(file, threads, calls, *self._trial(options))
            self._session = session or self._session
            return
        providers = providers_of(
            options.device is not Device.CPU,
            # by itself only where its engines are kept: to build them takes minutes
            has_tensorrt=options.device is Device.TENSORRT
            or (options.device is Device.AUTO and options.engine_folder is not None),
        )
        keeps = providers != CPU if options.keeps_maps is None else options.keeps_maps
        if keeps and DEVICE_GRAPHS in metadata:
            try:
                self._there = self._network_there(providers, options, file)
                self._graphs = self._graphs_there(metadata, options, has_own_lift)
                self._try_graphs(options, has_own_lift)
                return
            except Exception as error:  # the bindings raise many kinds
                self._there = None
                if options.keeps_maps:
                    raise ValueError(f"{file}: its maps cannot stay there: {error}") from error
                _log.info("%s: its maps come to the host: %s", file, error)
        if CUDA in providers:
            self._session = open_session(file, options.num_threads, (CUDA, *CPU))

    def _network_there(
        self, providers: Sequence[str], options: EstimatorOptions, file: Path
    ) -> SizedNetworks:
        picture, expected = self._trial(options)
        on_card = CardOptions(
            options.precision is Precision.FLOAT16, options.has_cuda_graph, options.engine_folder
        )
        return network_on(file, providers, on_card, picture, expected, self._on_engine)

    def _trial(self, options: EstimatorOptions) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """A picture, and its maps by the names of the outputs."""
        width, height = self._tried_size(options)
        picture = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
        return picture, dict(zip(self._names, self._outputs(picture), strict=True))

    def _graphs_there(
        self, metadata: Mapping[str, str], options: EstimatorOptions, has_own_lift: bool
    ) -> dict[str, Session]:
        """Graphs that read the maps on the device."""
        try:
            told = json.loads(metadata[DEVICE_GRAPHS])
            texts = {name: told[name] for name in GRAPHS}
            if has_own_lift and LIFTING in metadata:
                texts["lift"] = metadata[LIFTING]
            return {
                name: open_session(
                    base64.b64decode(text), options.num_threads, self.providers_of_graphs
                )
                for name, text in texts.items()
            }
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"{self.name}: {DEVICE_GRAPHS} in its metadata must be JSON of "
                f"{', '.join(GRAPHS)}: {error}"
            ) from error

    def _try_out(
        self, config: NetworkConfig, options: EstimatorOptions, has_own_lift: bool, file: Path
    ) -> None:
        """Run once on a grey picture. Raises ValueError where that goes wrong."""
        width, height = size = self._tried_size(options)
        grey, camera = np.full((height, width, 3), 114, np.uint8), Camera.from_fov(size)
        try:
            outputs = self._outputs(grey)
            require_maps(outputs, config, size, file)
            levels, heat = network_maps(outputs[: len(outputs) - len(self.seen_channels)])
            find_people(
                levels, camera, self.encoding, self.skeleton, DecodeConfig(), Refinement(heat)
            )
            if has_own_lift:
                seen = [output[0] for output in outputs[len(outputs) - len(self.seen_channels) :]]
                cues = _cues_of_one(self.skeleton)
                look = np.zeros((*cues.heat.shape, NUM_LOOK_FEATURES), np.float32)
                for one in (cues, replace(cues, look=look)):
                    require_lifted(self.lifted(seen, one), cues.heat.shape, file)
        except ValueError:
            raise
        except Exception as error:  # the bindings raise many kinds
            raise ValueError(f"{file}: the model cannot run on a picture: {error}") from error

    def _tried_size(self, options: EstimatorOptions) -> tuple[int, int]:
        wanted = options.scaled(self.nominal_size)
        return fitting_size(self.nominal_size, wanted, self.encoding.side_multiple)

    def _try_graphs(self, options: EstimatorOptions, has_own_lift: bool) -> None:
        """Read the maps of a grey picture on the device."""
        width, height = self._tried_size(options)
        maps = self.maps(np.full((height, width, 3), 114, np.uint8))
        maps.detect(DecodeConfig())
        cues = _cues_of_one(self.skeleton)
        if maps.heat is not None and not isinstance(maps.heat, np.ndarray):
            maps.heat.moved(cues.joints_px, cues.heat)
        if maps.lift is not None and has_own_lift:
            maps.lift(cues)

    @property
    def providers(self) -> Sequence[str]:
        """Execution providers; the first is the one in use, e.g. CPUExecutionProvider."""
        return self._session.get_providers() if self._there is None else self._there.providers()

    @property
    def has_cuda_graph(self) -> bool:
        """Whether its steps are recorded and started at once."""
        return self._there is not None and self._there.is_recorded

    @property
    def providers_of_graphs(self) -> tuple[str, ...]:
        """Those of small networks whose inputs change their size from picture to picture, for
        which TensorRT would build engines again and again; OpenVINO is no faster with them."""
        return tuple(name for name in self.providers if name not in (TENSORRT, OPENVINO))

    @property
    def keeps_maps(self) -> bool:
        """Whether the maps stay on the device."""
        return self._there is not None

    def maps(self, boxed: np.ndarray) -> Maps:
        """Run the network on an (H, W, 3) image of its size."""
        if self._there is not None:
            there = DeviceMaps(self._there(boxed), self._graphs)
            return Maps(
                lambda config: select(there.candidates(), config),
                there,
                partial(self._lifted_there, there) if self.lift else None,
                there.scores,
            )
        outputs = self._outputs(boxed)
        num_maps = len(outputs) - len(self.seen_channels)
        levels, heat = network_maps(outputs[:num_maps])
        return Maps(
            partial(detect, levels, self.encoding, self.skeleton),
            heat,
            partial(self.lifted, [seen[0] for seen in outputs[num_maps:]]) if self.lift else None,
            lambda: [level.score for level in levels],
        )

    def _outputs(self, boxed: np.ndarray) -> list[np.ndarray]:
        return self._session.run(None, {"image": boxed[None]})

    def _lifted_there(self, maps: DeviceMaps, cues: JointCues) -> np.ndarray:
        """`lifted`, of maps that stay on the device."""
        if "lift" in self._graphs and not cues.is_looked.any():
            return maps.lifted(cues.stacked(), cues.joints_px)
        assert self.lift is not None  # else nobody asks
        return self.lift(cues, maps.features(cues.joints_px))

    def lifted(self, seen: Sequence[np.ndarray], cues: JointCues) -> np.ndarray:
        """(P, J, 4) mm of an image's people as the lifting has them, see `refine.Lift`.

        Args:
            seen: (C, h, w) maps of the network's outputs of that name, `seen_channels` deep.
            cues: of the people.
        """
        assert self.lift is not None  # else nobody asks
        strides = (self.encoding.heat_stride, *self.encoding.strides)[: len(seen)]
        return self.lift(cues, joint_features(seen, strides, cues.joints_px))


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


def _cues_of_one(skeleton: Skeleton) -> JointCues:
    """Somebody to try a model out with: all joints at the origin."""
    joints = np.zeros((1, skeleton.num_joints, 3), np.float32)
    flat, pairs = joints[..., 0], joints[..., :2]
    return JointCues(joints, flat, flat, pairs, pairs, joints[..., :0])


def readable(text: str, max_length: int) -> str:
    """A text from elsewhere in one line, without control and direction characters."""
    line = " ".join(text[: 4 * max_length].split())
    return "".join(letter for letter in line if letter.isprintable())[:max_length].strip()


def _input_size(metadata: Mapping[str, str], file: Path) -> tuple[int, int]:
    """Nominal (width, height) px in a model's metadata."""
    try:
        size = json.loads(metadata["input_size"])
    except (KeyError, ValueError, RecursionError):
        size = metadata.get("input_size", "none")
    return require_input_size(size, file)


def _own_lift(
    metadata: Mapping[str, str], file: Path, num_threads: int, features: int
) -> LiftWithFeatures | None:
    """The liftings in a model's metadata, if any, of so many features a joint; people of the
    second look by their own, where there is one."""
    if LIFTING not in metadata:
        return None
    lift = _lifting(metadata[LIFTING], file, num_threads, features)
    if LOOKED_LIFTING not in metadata:
        return lift
    lift_looked = _lifting(
        metadata[LOOKED_LIFTING], file, num_threads, features + NUM_LOOK_FEATURES
    )

    def lift_each(cues: JointCues, features: np.ndarray) -> np.ndarray:
        is_looked = cues.is_looked
        if not is_looked.any():
            return lift(cues, features)
        lifted = np.empty((*cues.heat.shape, 4), np.float32)
        looked, rows = cues.take(is_looked), ~is_looked
        both = np.concatenate([features[is_looked], looked.look], axis=-1)
        lifted[is_looked] = lift_looked(looked, both)
        if rows.any():
            lifted[rows] = lift(cues.take(rows), features[rows])
        return lifted

    return lift_each


def _lifting(text: str, file: Path, num_threads: int, features: int) -> LiftWithFeatures:
    """A lifting in a model's metadata, which is to take so many features a joint."""
    try:
        session = open_session(base64.b64decode(text, validate=True), num_threads)
    except ValueError as error:
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

    def lift(cues: JointCues, features: np.ndarray) -> np.ndarray:
        lifted = session.run(None, {"found": cues.stacked(), "features": features})[0]
        if lifted.shape[-1] == 3:  # former liftings did not tell how far off joints are
            unknown = np.full(lifted.shape[:-1], np.nan, np.float32)
            lifted = np.concatenate([lifted, unknown[..., None]], axis=-1)
        return lifted

    return lift
