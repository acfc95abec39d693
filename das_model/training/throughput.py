"""Throughput of the data loader, step by step."""

import time
from dataclasses import dataclass

import numpy as np

from das_model.datasets.data_config import DataConfig
from das_model.inference.targets import Encoding
from das_model.skeleton import BODY_22, Skeleton
from das_model.training.mix import TrainingMix, training_batches, training_mix


@dataclass(frozen=True, slots=True)
class LoaderSpeed:
    """Figures of a loader.

    Args:
        samples_per_s: of the whole loader, with its worker processes.
        num_workers: worker processes; 0 means that the main process loads.
        sample_ms: mean CPU time of one sample, ms, with what mosaics take.
        step_ms: by step, the mean CPU time of one picture, ms.
    """

    samples_per_s: float
    num_workers: int
    sample_ms: float
    step_ms: dict[str, float]

    @property
    def slowest(self) -> str:
        """The step that takes the most time."""
        return max(self.step_ms, key=self.step_ms.__getitem__)

    def __str__(self) -> str:
        steps = ", ".join(f"{name} {value:.1f} ms" for name, value in self.step_ms.items())
        return (
            f"{self.samples_per_s:.1f} samples/s with {self.num_workers} workers; "
            f"{self.sample_ms:.1f} ms of CPU time a sample; of one picture: {steps}; "
            f"slowest: {self.slowest}"
        )


def measure_loader(
    data: DataConfig,
    encoding: Encoding,
    num_batches: int = 20,
    num_samples: int = 200,
    skeleton: Skeleton = BODY_22,
) -> LoaderSpeed:
    """Run a run's loader without a network.

    Args:
        data: of the run.
        encoding: the network's.
        num_batches: whose time is taken, after as many as there are workers to warm up.
        num_samples: whose CPU time is taken, of the whole and of each step.
        skeleton: the network's joints.
    """
    num_warm_up = data.num_workers + 1
    steps = range(num_warm_up + num_batches)
    batches = training_batches(data, encoding, steps, skeleton=skeleton)
    for _ in range(num_warm_up):
        next(batches)
    start = time.perf_counter()
    num_loaded = sum(len(images) for images, _ in batches)
    elapsed = time.perf_counter() - start
    mix = training_mix(data, encoding, num_samples, skeleton)
    start = time.process_time()
    for index in range(len(mix)):
        mix[index]
    sample_ms = (time.process_time() - start) / len(mix) * 1000
    step_ms = _step_times(mix, data.seed)
    return LoaderSpeed(num_loaded / elapsed, data.num_workers, sample_ms, step_ms)


def _step_times(mix: TrainingMix, seed: int) -> dict[str, float]:
    """Mean CPU time of each step of a picture, ms."""
    totals = np.zeros(3)
    for index in range(len(mix)):
        rng = np.random.default_rng([seed, index])
        times = [time.process_time()]
        drawn = mix.drawn(rng)
        times.append(time.process_time())
        varied = mix.augmented(*drawn, rng, mix.size)
        times.append(time.process_time())
        mix.encoded(*varied)
        totals += np.diff([*times, time.process_time()])
    names = ("read", "augment", "encode")
    return dict(zip(names, (totals / len(mix) * 1000).tolist(), strict=True))
