"""The way a network runs on a graphics card: the fastest one that gives what the processor gives.

TensorRT where it is installed and wanted, then CUDA with its kernels recorded as a graph, then
plain CUDA. Each is tried on a picture, and its maps are compared with the processor's.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from das_model.inference.device.onnx_runtime import (
    CPU,
    CUDA,
    TENSORRT,
    half_precision,
    open_session,
    ort,
)
from das_model.inference.device.same_maps import require_same
from das_model.inference.device.sized_networks import Size, SizedNetworks

_AXES = ("width", "height")  # of the picture, in exported networks
_log = logging.getLogger(__name__)

# hears the size of pictures while TensorRT builds an engine for it, and None when that is over
EngineListener = Callable[[Size | None], None]


@dataclass(frozen=True, slots=True)
class CardOptions:
    """How a network is to run on a card.

    Args:
        is_half: in float16.
        has_graph: CUDA records its kernels as a graph.
        engine_folder: where TensorRT keeps what it built; None builds it anew each time.
    """

    is_half: bool = False
    has_graph: bool = True
    engine_folder: Path | None = None


class NotStarted(ValueError):
    """ONNX Runtime went on with another provider."""


def network_on(
    model: Path,
    providers: Sequence[str],
    options: CardOptions,
    picture: np.ndarray,
    expected: Mapping[str, np.ndarray],
    on_engine: EngineListener = lambda size: None,
) -> SizedNetworks:
    """The network on the first of the providers on which it gives the expected maps.

    Args:
        model: an exported ONNX file.
        providers: in order of preference, of `onnx_runtime.providers_of`.
        options: how.
        picture: (H, W, 3) uint8 to try it on.
        expected: maps of that picture by the names of the outputs.
        on_engine: hears of engines that are built, in the thread that needs one.

    Raises:
        ValueError: if it runs on none of them, with the reason of the last.
    """
    content = model.read_bytes()
    reason: Exception = NotStarted("no provider")
    for way, is_recorded in _ways(providers, options):
        try:
            network = _opened(content, model.stem, way, is_recorded, options, on_engine)
            network(np.ascontiguousarray(picture[:, ::-1]))  # records; the next is another picture
            maps = network(picture)
            require_same({name: maps[name].numpy() for name in expected}, expected, way[0])
            return network
        except Exception as error:  # the bindings raise many kinds
            level = logging.INFO if isinstance(error, NotStarted) else logging.WARNING
            graph = " with a CUDA graph" if is_recorded else ""
            _log.log(level, "%s: not on %s%s: %s", model, way[0], graph, error)
            reason = error
    raise ValueError(f"{model} does not run on {providers[0]}: {reason}") from reason


def _ways(
    providers: Sequence[str], options: CardOptions
) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Providers, and whether kernels are recorded."""
    if TENSORRT in providers:
        yield (TENSORRT, CUDA, *CPU), False
    if CUDA in providers:
        if options.has_graph:
            yield (CUDA, *CPU), True
        yield (CUDA, *CPU), False
    else:
        yield CPU, False


def _opened(
    content: bytes,
    name: str,
    way: tuple[str, ...],
    is_recorded: bool,
    options: CardOptions,
    on_engine: EngineListener,
) -> SizedNetworks:
    is_of_tensorrt = way[0] == TENSORRT
    model = _halved(content, name) if options.is_half and not is_of_tensorrt else content
    engines = options.engine_folder
    if engines is not None:  # by content: TensorRT looks at the steps, not at their weights
        engines /= hashlib.sha256(content).hexdigest()[:16]

    @contextmanager
    def open_sized(size: Size) -> Iterator[ort.InferenceSession]:
        own: dict[str, dict[str, str]] = {}
        is_built = False
        if is_of_tensorrt:
            own[TENSORRT], is_built = _tensorrt_options(size, options.is_half, engines)
        elif is_recorded:
            own[CUDA] = {"enable_cuda_graph": "1"}
        if is_built:
            _log.warning("TensorRT builds %s for %dx%d px; this takes minutes", name, *size)
            on_engine(size)
        try:
            sizes = dict(zip(_AXES, size, strict=True))
            session = open_session(model, 0, way, False, own, sizes)
            if session.get_providers()[0] != way[0]:
                raise NotStarted(f"{way[0]} did not start")
            yield session
        finally:
            if is_built:
                on_engine(None)

    return SizedNetworks(open_sized, is_recorded)


def _halved(content: bytes, name: str) -> bytes:
    try:
        return half_precision(content)
    except ValueError as error:
        _log.warning("%s computes in float32: %s", name, error)
        return content


def _tensorrt_options(
    size: Size, is_half: bool, engines: Path | None
) -> tuple[dict[str, str], bool]:
    """Options of its provider, and whether it has to build an engine."""
    told = {"trt_fp16_enable": str(int(is_half))}
    if engines is None:
        return told, True
    folder = engines / f"{size[0]}x{size[1]}-{'float16' if is_half else 'float32'}"
    folder.mkdir(parents=True, exist_ok=True)
    told |= {
        "trt_engine_cache_enable": "1",
        "trt_engine_cache_path": str(folder),
        "trt_timing_cache_enable": "1",
        "trt_timing_cache_path": str(engines),
    }
    return told, not any(folder.glob("*.engine"))
