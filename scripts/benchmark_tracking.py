"""Score the track ids on made sequences of people who cross, leave and come back.

    python scripts/benchmark_tracking.py [--sequences N] [--people N ...] [--fps N ...]

Scores are TrackEval's (`pip install .[dev]`): MOTA, IDF1 and id switches over all sequences of
60 s. Who was seen is known exactly, so nothing depends on a threshold of distance. Ids are by the
nearest root, by our tracker without clothes and memory (a track ends after 0.7 s, nobody waits for
an id), and by our tracker.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from trackeval.metrics import CLEAR, Identity

from das_app.motion.clothes import clothes_colours
from das_app.motion.returns import ReturnConfig
from das_app.motion.tracking import Tracker, TrackingConfig
from known_motion.crossings import CrossingConfig, GreedyTracker, Sighting, crossings

_SECONDS = 60
_FORGETFUL = TrackingConfig(longest_wait_s=0, bridge_results=0, returns=ReturnConfig(within_s=0))
Ids = Callable[[Sighting], np.ndarray]


@dataclass(frozen=True, slots=True)
class Numbers:
    """Who was in the frames of a sequence, by number, and how a tracker numbered them.

    Args:
        truths: of each frame, (N,) numbers of the people in the picture.
        found: of each frame, (P,) numbers of the people found, -1 for nobody.
        ids: of each frame, (P,) track ids.
    """

    truths: list[np.ndarray] = field(default_factory=list)
    found: list[np.ndarray] = field(default_factory=list)
    ids: list[np.ndarray] = field(default_factory=list)

    def trackeval_data(self) -> dict[str, Any]:
        """The sequence as TrackEval takes it; who has no track id is not counted as found."""
        tracked = [now >= 0 for now in self.ids]
        ids = [now[mask] for now, mask in zip(self.ids, tracked, strict=True)]
        known_ids, known = np.unique(np.concatenate(ids)), np.unique(np.concatenate(self.truths))
        return {
            "num_gt_ids": len(known),
            "num_tracker_ids": len(known_ids),
            "num_gt_dets": sum(map(len, self.truths)),
            "num_tracker_dets": sum(map(len, ids)),
            "num_timesteps": len(ids),
            "gt_ids": [np.searchsorted(known, truth) for truth in self.truths],
            "tracker_ids": [np.searchsorted(known_ids, now) for now in ids],
            "similarity_scores": [
                (truth[:, None] == found[mask]).astype(float)
                for truth, found, mask in zip(self.truths, self.found, tracked, strict=True)
            ],
        }


def nearest_root() -> Ids:
    """A new greedy tracker, which knows no time."""
    tracker = GreedyTracker()
    return lambda sighting: tracker(sighting.seen)


def forgetful() -> Ids:
    """A new tracker of ours that ends a track after 0.7 s and sees no clothes."""
    tracker = Tracker()
    return lambda sighting: tracker(sighting.seen, sighting.time_s, _FORGETFUL)


def ours() -> Ids:
    """A new tracker of ours."""
    tracker = Tracker()

    def ids(sighting: Sighting) -> np.ndarray:
        look = partial(clothes_colours, sighting.image, sighting.camera, sighting.seen)
        return tracker(sighting.seen, sighting.time_s, look=look)

    return ids


WAYS = {"nearest": nearest_root, "no memory": forgetful, "here": ours}


def followed(seed: int, config: CrossingConfig, spent_s: dict[str, float]) -> dict[str, Numbers]:
    """A sequence by every way; `spent_s` adds up the time of each."""
    ways = {name: make() for name, make in WAYS.items()}
    numbers = {name: Numbers() for name in ways}
    for sighting in crossings(seed, config):
        for name, ids in ways.items():
            begin_s = time.process_time()
            numbers[name].ids.append(ids(sighting))
            spent_s[name] += time.process_time() - begin_s
            numbers[name].truths.append(sighting.truth.track_ids)
            numbers[name].found.append(sighting.number_of)
    return numbers


def scores(sequences: list[Numbers]) -> tuple[float, float, float, float]:
    """MOTA, IDF1, id switches, and ids for each person, over sequences."""
    metrics = [CLEAR({"PRINT_CONFIG": False}), Identity({"PRINT_CONFIG": False})]
    data = [numbers.trackeval_data() for numbers in sequences]
    clear, identity = (
        metric.combine_sequences({str(n): metric.eval_sequence(d) for n, d in enumerate(data)})
        for metric in metrics
    )
    num_ids, num_people = (sum(d[f"num_{of}_ids"] for d in data) for of in ("tracker", "gt"))
    return clear["MOTA"], identity["IDF1"], clear["IDSW"], num_ids / num_people


def main() -> None:
    """Score and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sequences", type=int, default=4)
    parser.add_argument("--people", type=int, nargs="+", default=[4, 8])
    parser.add_argument("--fps", type=float, nargs="+", default=[1.0, 5.0, 30.0])
    parser.add_argument("--leave-rate", type=float, default=0.3, help="of the ways people go")
    args = parser.parse_args()
    print("people  fps  ids by       MOTA   IDF1   IDSW  ids/person  ms")
    for num_people in args.people:
        for fps in args.fps:
            num_frames = round(_SECONDS * fps)
            config = CrossingConfig(num_people, num_frames, fps, leave_rate=args.leave_rate)
            spent_s = dict.fromkeys(WAYS, 0.0)
            runs = [followed(seed, config, spent_s) for seed in range(args.sequences)]
            for name in WAYS:
                mota, idf1, idsw, ids = scores([run[name] for run in runs])
                ms = 1e3 * spent_s[name] / (num_frames * args.sequences)
                print(
                    f"{num_people:6} {fps:4.0f}  {name:10} {mota:6.3f} {idf1:6.3f} {idsw:6.0f} "
                    f"{ids:11.1f} {ms:4.2f}"
                )


if __name__ == "__main__":
    main()
