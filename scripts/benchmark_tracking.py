"""Score the track ids on made sequences of people who cross, against greedy nearest neighbours.

    python scripts/benchmark_tracking.py [--sequences N] [--people N ...] [--fps N ...]

Scores are TrackEval's (`pip install .[dev]`): MOTA, IDF1 and id switches over all sequences. Who
was seen is known exactly, so nothing depends on a threshold of distance.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np
from trackeval.metrics import CLEAR, Identity

from crossings import CrossingConfig, GreedyTracker, Sighting, crossings
from das_app.motion.tracking import Tracker
from das_model.people import People

Ids = Callable[[People, float], np.ndarray]


def trackeval_data(sightings: list[Sighting], ids: list[np.ndarray]) -> dict[str, object]:
    """A sequence as TrackEval takes it; people without a track id are not counted as found."""
    tracked = [now >= 0 for now in ids]
    _, numbers = np.unique(
        np.concatenate([*ids, [0]])[np.concatenate([*tracked, [True]])], return_inverse=True
    )
    parts = np.split(numbers[:-1], np.cumsum([mask.sum() for mask in tracked])[:-1])
    num_people = len(sightings[0].truth)
    return {
        "num_gt_ids": num_people,
        "num_tracker_ids": int(numbers.max()) + 1,
        "num_gt_dets": num_people * len(sightings),
        "num_tracker_dets": len(numbers) - 1,
        "num_timesteps": len(sightings),
        "gt_ids": [np.arange(num_people)] * len(sightings),
        "tracker_ids": parts,
        "similarity_scores": [
            (np.arange(num_people)[:, None] == s.number_of[mask]).astype(float)
            for s, mask in zip(sightings, tracked, strict=True)
        ],
    }


def score(sequences: list[list[Sighting]], make: Callable[[], Ids]) -> dict[str, float]:
    """TrackEval's figures over the sequences, and the microseconds of a frame."""
    metrics = [CLEAR({"PRINT_CONFIG": False}), Identity({"PRINT_CONFIG": False})]
    results: list[dict[str, dict]] = [{} for _ in metrics]
    begin_s = time.perf_counter()
    all_ids = [[t(s.seen, s.time_s) for s in q] for q in sequences for t in [make()]]
    frame_us = (time.perf_counter() - begin_s) * 1e6 / sum(map(len, sequences))
    for number, (sightings, ids) in enumerate(zip(sequences, all_ids, strict=True)):
        data = trackeval_data(sightings, ids)
        for metric, kept in zip(metrics, results, strict=True):
            kept[str(number)] = metric.eval_sequence(data)
    clear, identity = (m.combine_sequences(r) for m, r in zip(metrics, results, strict=True))
    return {
        "MOTA": clear["MOTA"],
        "IDF1": identity["IDF1"],
        "IDSW": clear["IDSW"],
        "frame_us": frame_us,
    }


def greedy() -> Ids:
    """A new greedy tracker, which knows no time."""
    tracker = GreedyTracker()
    return lambda people, _time_s: tracker(people)


def main() -> None:
    """Score and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sequences", type=int, default=10)
    parser.add_argument("--people", type=int, nargs="+", default=[2, 4, 8])
    parser.add_argument("--fps", type=float, nargs="+", default=[8.0, 15.0, 30.0])
    args = parser.parse_args()
    print(f"{'people':>6} {'fps':>4}  {'ids by':10} {'MOTA':>6} {'IDF1':>6} {'IDSW':>5} {'us':>6}")
    for num_people in args.people:
        for fps in args.fps:
            config = CrossingConfig(num_people, round(30 * fps), fps)
            sequences = [list(crossings(seed, config)) for seed in range(args.sequences)]
            for name, make in (
                ("greedy", greedy),
                ("optimal", Tracker),
            ):
                row = score(sequences, make)
                print(
                    f"{num_people:6} {fps:4.0f}  {name:10} {row['MOTA']:6.3f} {row['IDF1']:6.3f}"
                    f" {row['IDSW']:5.0f} {row['frame_us']:6.0f}"
                )


if __name__ == "__main__":
    main()
