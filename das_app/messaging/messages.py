"""Messages between pipeline stages: frames, results, states and figures.

Values only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from das_model.camera import Camera
from das_model.inference.centre_map import CentreMap
from das_model.people import People, TrackId


@dataclass(frozen=True, eq=False, slots=True)
class Frame:
    """One picture of a source.

    Args:
        index: running number in the source, from 0; gaps are frames the source lost.
        time_s: capture time on the monotonic clock (live) or position in the file; never falls
            while a source plays on.
        image: (H, W, 3) uint8 RGB, read-only.
        camera: intrinsics of the picture.
        note: what befell the source just before it, for the session's events; mostly empty.
        packet: JPEG file of the picture where a camera gives its pictures so; else None.
        damage: which pictures of a camera came damaged just before it and were left out; mostly
            empty.

    Raises:
        ValueError: if the image is not (H, W, 3) uint8 or disagrees with the camera's size.
    """

    index: int
    time_s: float
    image: np.ndarray
    camera: Camera
    note: str = ""
    packet: bytes | None = None
    damage: str = ""

    def __post_init__(self) -> None:
        if self.image.ndim != 3 or self.image.shape[2] != 3 or self.image.dtype != np.uint8:
            raise ValueError(
                f"Frame.image must be (H, W, 3) uint8, got {self.image.shape} {self.image.dtype}"
            )
        if self.camera.size != (self.image.shape[1], self.image.shape[0]):
            raise ValueError(
                f"Frame.camera is for {self.camera.size}, the image is "
                f"{self.image.shape[1]}x{self.image.shape[0]}"
            )


@dataclass(frozen=True, eq=False, slots=True)
class PoseResult:
    """The people of one frame, with the time it took to find them.

    `people` are what is shown, smoothed where that is on; `raw_people` are the same people in the
    same order as the model found them. Both carry the same track ids. `centre_map` is what the
    model saw, where the estimator was asked for it. `perhaps_same` are track ids that begin here,
    each with that of somebody who left before and may be the same. `left_out` are people in places
    that are ignored: only their faces are hidden. `scales` says how many times larger, and further
    away, than the model had them people are, by track id. `num_unsure` are left out because the
    model is not sure enough of them.
    """

    frame: Frame
    people: People
    inference_s: float  # preprocess + network + decode
    latency_s: float  # capture to result
    raw_people: People
    centre_map: CentreMap | None = None
    perhaps_same: tuple[tuple[TrackId, TrackId], ...] = ()
    left_out: People | None = None
    scales: Mapping[int, float] = field(default_factory=dict)
    num_unsure: int = 0

    @property
    def everybody(self) -> People:
        """Those of `raw_people` and of `left_out`."""
        return self.raw_people if self.left_out is None else self.raw_people.joined(self.left_out)


class PipelineState(Enum):
    """Life of a `LivePipeline`."""

    STOPPED = "stopped"
    RUNNING = "running"
    PAUSED = "paused"
    RECONNECTING = "reconnecting"  # a camera delivers nothing; it is waited for
    FINISHED = "finished"  # a file is at its end; seeking or playing goes on from there
    FAULTED = "faulted"


@dataclass(frozen=True, slots=True)
class PipelineStats:
    """Figures of a running pipeline, over the last second or since its start.

    Rates are measured, never what a driver claims. A frame's way is decode, wait, then the
    model with its stages; `latency_ms` is all of it.
    """

    capture_fps: float = 0.0
    inference_fps: float = 0.0
    inference_ms: float = 0.0
    latency_ms: float = 0.0
    num_frames: int = 0  # captured since start
    num_results: int = 0  # frames through the model since start
    num_dropped: int = 0  # frames captured but never seen by the model
    num_lost: int = 0  # frames a live source took in but could not hand on
    interval_median_ms: float = 0.0  # between frames handed on, over the last 300
    interval_p95_ms: float = 0.0
    share_doubled: float = 0.0  # of these intervals, longer than 1.5 medians
    decode_ms: float = 0.0  # from the shutter (live) or the file to an RGB picture
    wait_ms: float = 0.0  # for the model to take it
    letterbox_ms: float = 0.0  # stages of `inference_ms`; 0 where the model does not tell
    network_ms: float = 0.0
    people_ms: float = 0.0  # from the network's maps to people
