"""`TemporalFilter`: track ids, smoothing and constant bone lengths of people over frames.

The tracker also gets unsure people, so that it can go on with a track, and everybody as they were
before lifting, which the unsure do without. Only who is sure enough
leaves: for the screen, recordings and streams alike, this is the one place that filters by score.

The inference thread holds one `TemporalFilter`; without a window the loop over a file does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from das_app.motion.bones import BoneStabiliser
from das_app.motion.clothes import clothes_colours
from das_app.motion.foot_lock import FootLock
from das_app.motion.ignored import NOTHING_IGNORED, Ignored
from das_app.motion.kinematics import resized
from das_app.motion.returns import Doubt
from das_app.motion.smoothing import Smoother, SmoothingConfig
from das_app.motion.tracking import Tracker, TrackingConfig
from das_model.camera import Camera
from das_model.inference.estimate import DEFAULT_MIN_SCORE, Estimate
from das_model.people import People


@dataclass(frozen=True, slots=True)
class PeopleOptions:
    """Options of the temporal filter.

    Args:
        tracking: gates of the track ids.
        min_score: people below it are tracked, and then left out.
        smoothing: strengths, or None to show the raw pose.
        has_steady_bones: give each bone one steady length.
        ignored: who is not even tracked.
        scales: track ids with how many times as large, and as far away, somebody is than the
            model takes them for.
    """

    tracking: TrackingConfig = field(default_factory=TrackingConfig)
    min_score: float = DEFAULT_MIN_SCORE
    smoothing: SmoothingConfig | None = field(default_factory=SmoothingConfig)
    has_steady_bones: bool = True
    ignored: Ignored = NOTHING_IGNORED
    scales: tuple[tuple[int, float], ...] = ()


DEFAULT_PEOPLE = PeopleOptions()


class TemporalFilter:
    """Tracks and smooths the people of one source. One thread at a time calls it.

    Attributes:
        options: may be set from any thread; hold from the next frame on.
        left_out: who of the newest frame is ignored, sure enough, as the model found them.
        scales: that its people were given.
    """

    def __init__(self, options: PeopleOptions) -> None:
        self.options, self.left_out = options, People.empty()
        self.scales: Mapping[int, float] = {}
        self._tracker, self._smoother = Tracker(), Smoother()
        self._bones, self._feet = BoneStabiliser(), FootLock()

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """Possible returns in the newest frame: people who may be somebody who left before."""
        return self._tracker.doubts

    def __call__(
        self,
        estimate: Estimate,
        time_s: float,
        image: np.ndarray | None = None,
        camera: Camera | None = None,
    ) -> tuple[People, People]:
        """Raw and shown people of the next frame.

        Args:
            estimate: what the model found.
            time_s: of their frame.
            image: (H, W, 3) uint8 RGB, the frame's; without it and its camera nobody is known by
                the colours of their clothes.
            camera: of the image.

        Returns:
            Those who are sure enough, with track ids, and with smoothing and steady bones as the
            options have it; both in the order of the estimate's people.
        """
        options = self.options
        found, located = estimate.people, estimate.located
        self.left_out = People.empty(found.skeleton)
        if options.ignored:
            keeps = options.ignored.keeps(located, camera)
            self.left_out = found.where(~keeps).at_least(options.min_score)
            found, located = found.where(keeps), located.where(keeps)
        look = None
        if image is not None and camera is not None:
            look = partial(clothes_colours, image, camera, located)
        track_ids = self._tracker(located, time_s, options.tracking, look)
        raw = replace(found, track_ids=track_ids).at_least(options.min_score)
        shown = raw
        if options.smoothing is None:
            self._smoother = Smoother()  # switched on again, it begins with what it sees then
        else:
            shown = self._smoother(shown, time_s, options.smoothing)
        if options.has_steady_bones:
            shown = self._bones(shown, raw, time_s)
        if options.smoothing is not None:
            shown = self._feet(shown, time_s)
        self.scales = dict(options.scales)
        return resized(raw, self.scales), resized(shown, self.scales)
