"""Track history of a file: ids stay the same after a seek back or a loop."""

from collections import OrderedDict

import numpy as np

from das_app.motion.tracks import Tracks

# Assumed.
_STEP_S = 0.5
_MAX_STEPS = 2000  # a quarter hour
_MAX_TRACKS = 200  # of a step


class TrackHistory:
    """Who was seen in every half second of a file, and where; the oldest half seconds are
    forgotten first, those of a camera after a quarter hour."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, Tracks] = OrderedDict()

    def keep(self, tracks: Tracks, time_s: float) -> None:
        """Remember tracks that are seen at a time, unless they are known of that half second."""
        step = int(time_s // _STEP_S)
        known = self._kept.get(step)
        if known is not None:
            tracks = tracks.select(~np.isin(tracks.ids, known.ids))
        if len(tracks.ids) and (known is None or len(known.ids) < _MAX_TRACKS):
            self._kept[step] = tracks if known is None else known.joined(tracks)
        if len(self._kept) > _MAX_STEPS:
            self._kept.popitem(last=False)

    def near(self, time_s: float, within_s: float) -> Tracks | None:
        """Everybody seen at most so far from a time, each as nearest to it; None for nobody."""
        middle, reach = int(time_s // _STEP_S), int(within_s // _STEP_S) + 1
        tracks: Tracks | None = None
        for step in range(middle - reach, middle + reach + 1):
            if (kept := self._kept.get(step)) is not None:
                tracks = kept if tracks is None else tracks.joined(kept)
        if tracks is None:
            return None
        away_s = np.abs(tracks.seen_s - time_s)
        order = np.argsort(away_s, kind="stable")
        order = order[away_s[order] <= within_s]
        _, first = np.unique(tracks.ids[order], return_index=True)
        return tracks.select(order[first])
