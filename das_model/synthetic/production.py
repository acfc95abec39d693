"""Parallel rendering of data sets to disk, with its speed."""

import logging
import multiprocessing
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from das_model.shared_work import shared_out
from das_model.synthetic.body.kit_cache import load_kit, load_wear
from das_model.synthetic.generator import SyntheticGenerator
from das_model.synthetic.people.worlds import WORLDS, WorldName
from das_model.synthetic.poses.motion_bank import MotionBank
from das_model.synthetic.storage import shard_path, write_image, write_shard

BATCH = 2  # pictures per launch; more only leave the cache
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RenderJob:
    """A set of pictures.

    Args:
        out: folder of the set.
        seed: of the first picture.
        count: number of pictures.
        size: (width, height) px.
        shard: pictures per labels file.
        backgrounds: folders of photos.
        leave_out: text files with names of photos not to take.
        world: name of the world.
        mocap: motion capture files (see `motion_bank`).
        free_mocap: whether only motions of free licences are drawn.
        wear: folder of clothes and hair meshes (see `wear`), or None.
    """

    out: Path
    seed: int
    count: int
    size: tuple[int, int] = (512, 320)
    shard: int = 500
    backgrounds: tuple[Path, ...] = ()
    leave_out: tuple[Path, ...] = ()
    world: WorldName = "ordinary"
    mocap: tuple[Path, ...] = ()
    free_mocap: bool = False
    wear: Path | None = None

    def generator(self) -> SyntheticGenerator:
        """A generator of the set's pictures."""
        motion = MotionBank(self.mocap, self.free_mocap) if self.mocap else None
        names = [name for file in self.leave_out for name in file.read_text("utf-8").split()]
        return SyntheticGenerator(
            size=self.size,
            backgrounds=self.backgrounds,
            leave_out=frozenset(names),
            world=WORLDS[self.world],
            motion=motion,
            wear=self.wear,
        )

    def shards(self) -> list[range]:
        """Seeds of each shard."""
        last = self.seed + self.count
        firsts = range(self.seed, last, self.shard)
        return [range(first, min(first + self.shard, last)) for first in firsts]


def render_set(
    job: RenderJob, workers: int, cluster: str | None = None
) -> Iterator[tuple[Path, float]]:
    """Render what is missing of a set; yields each labels file and its seconds as it is done.

    Args:
        job: the set.
        workers: processes; 1 renders in this one.
        cluster: address of a dask scheduler, whose workers render instead.

    Raises:
        Exception: what went wrong with a shard, once the others are done.
    """
    todo = [seeds for seeds in job.shards() if not shard_path(job.out, seeds[0]).exists()]
    if todo:
        kit = load_kit()  # built once here rather than by every worker, as is the wear
        if job.wear:
            load_wear(job.wear, kit)
    (job.out / "images").mkdir(parents=True, exist_ok=True)
    problems = []
    for _, done in shared_out(partial(_render_shard, job), todo, workers, cluster):
        if isinstance(done, Exception):
            problems.append(done)
        else:
            yield done
    if problems:
        raise problems[0]


def benchmark(job: RenderJob, workers: int) -> tuple[float, float]:
    """Images per second of `workers` processes, and per second of CPU time of one.

    The second figure hardly changes when other programs want the cores too.

    Args:
        job: every process renders `job.count` pictures.
        workers: processes.
    """
    if workers == 1:
        _start_worker(job)
        seconds = [_render_only(job.seed)]
    else:
        with multiprocessing.get_context("spawn").Pool(workers, _start_worker, (job,)) as pool:
            pool.map(_warm_up, range(4 * workers), chunksize=1)
            seeds = [job.seed + job.count * k for k in range(workers)]
            seconds = pool.map(_render_only, seeds, chunksize=1)
    wall, cpu = zip(*seconds, strict=True)
    return sum(job.count / s for s in wall), workers * job.count / sum(cpu)


@dataclass(frozen=True, slots=True)
class _Worker:
    """State of a process between shards."""

    job: RenderJob
    generator: SyntheticGenerator


_WORKER: list[_Worker] = []  # one per process


def _start_worker(job: RenderJob) -> None:
    cv2.setNumThreads(1)
    generator = job.generator()
    generator.generate_batch([0])  # compiles the kernels
    _WORKER[:] = [_Worker(job, generator)]


def _render_shard(job: RenderJob, seeds: range) -> tuple[Path, float]:
    if not _WORKER or _WORKER[0].job != job:
        _start_worker(job)
    worker, start = _WORKER[0], time.perf_counter()
    annotations, facts = [], []
    for batch in _batches(seeds):
        for seed, picture in zip(batch, worker.generator.generate_batch(batch), strict=True):
            write_image(worker.job.out, seed, picture.image)
            annotations.append(picture.annotation)
            facts.append(picture.facts)
    path = write_shard(worker.job.out, list(seeds), annotations, facts)
    return path, time.perf_counter() - start


def _warm_up(_: int) -> None:
    time.sleep(0.2)


def _render_only(seed: int) -> tuple[float, float]:
    """Seconds of wall and of CPU time of one process."""
    worker, start, cpu = _WORKER[0], time.perf_counter(), time.process_time()
    people = 0
    for batch in _batches(range(seed, seed + worker.job.count)):
        people += sum(len(p.annotation) for p in worker.generator.generate_batch(batch))
    _log.info("%.2f labelled people per picture", people / worker.job.count)
    return time.perf_counter() - start, time.process_time() - cpu


def _batches(seeds: range) -> Iterator[list[int]]:
    for first in range(0, len(seeds), BATCH):
        yield list(np.array(seeds[first : first + BATCH]).tolist())
