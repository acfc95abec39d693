"""Throughput of the data loader, step by step, and its share of training's computing."""

import time
from dataclasses import dataclass, replace

import numpy as np
import torch

from das_model.datasets.data_config import DataConfig
from das_model.inference.targets import Encoding
from das_model.skeleton import BODY_22, Skeleton
from das_model.training.config import TrainConfig
from das_model.training.mix import TrainingMix, training_batches, training_mix
from das_model.training.train import Trainer


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
    sample_ms = _sample_ms(mix)
    step_ms = _step_times(mix, data.seed)
    return LoaderSpeed(num_loaded / elapsed, data.num_workers, sample_ms, step_ms)


@dataclass(frozen=True, slots=True)
class LoaderShare:
    """What a sample of a run computes on a processor.

    Args:
        canvas: (width, height) px.
        sample_ms: CPU time of the loader.
        step_ms: CPU time of the optimiser's step, forward and backward.
    """

    canvas: tuple[int, int]
    sample_ms: float
    step_ms: float

    @property
    def share(self) -> float:
        """The loader's, of both together."""
        return self.sample_ms / (self.sample_ms + self.step_ms)

    def __str__(self) -> str:
        width, height = self.canvas
        return (
            f"{width}x{height}: {self.sample_ms:.1f} ms of CPU time a sample in the loader, "
            f"{self.step_ms:.0f} in the step; the loader's share is {100 * self.share:.1f} %"
        )


def loader_share(
    data: DataConfig,
    config: TrainConfig,
    canvas: tuple[int, int],
    num_samples: int = 64,
    num_steps: int = 4,
) -> LoaderShare:
    """Compute a few steps of a run on this processor.

    Args:
        data: of the run.
        config: its network and losses.
        canvas: (width, height) px, multiples of the coarsest stride.
        num_samples: whose time in the loader is taken.
        num_steps: whose time is taken, after one to warm up; a sample each.
    """
    data = replace(data, size=canvas[0], height=canvas[1], batch_size=1, num_workers=0)
    skeleton = Skeleton(config.network.joint_names)
    encoding = config.network.encoding
    mix = training_mix(data, encoding, num_samples, skeleton)
    mix[0]
    sample_ms = _sample_ms(mix)
    trainer = Trainer(replace(config, accumulation=1), torch.device("cpu"))
    batches = list(training_batches(data, encoding, range(num_steps + 1), skeleton=skeleton))
    trainer.train_step(batches[0])
    start = time.process_time()
    for batch in batches[1:]:
        trainer.train_step(batch)
    step_ms = (time.process_time() - start) / num_steps * 1000
    return LoaderShare(canvas, sample_ms, step_ms)


def _sample_ms(mix: TrainingMix) -> float:
    """Mean CPU time of a sample, ms."""
    start = time.process_time()
    for index in range(len(mix)):
        mix[index]
    return (time.process_time() - start) / len(mix) * 1000


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
