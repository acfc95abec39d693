"""Work in parts that do not depend on each other: over processes here, or a dask cluster.

    dask scheduler
    dask worker ADDRESS --nthreads 1       (on each machine, several for several cores)

Every machine needs this package, and the files under the same paths. A part whose process dies is
done again elsewhere; one that fails does not end the others.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
_TRIES = 3  # of local processes that die
_CONNECT_S = 10


def shared_out(
    call: Callable[[T], R], parts: Sequence[T], num_workers: int, cluster: str | None = None
) -> Iterator[tuple[int, R | Exception]]:
    """The number of each part and what `call` returned of it, or raised, as they are done.

    Args:
        call: of a module that every process can import, as are the parts.
        parts: to be done.
        num_workers: processes on this machine, without a cluster; 1 works in this one.
        cluster: address of a dask scheduler, such as tcp://10.0.0.1:8786.

    Raises:
        ValueError: if there is no scheduler at the address, or no dask here.
    """
    if num_workers == 1 and cluster is None:
        yield from ((number, _tried(call, part)) for number, part in enumerate(parts))
        return
    left = dict(enumerate(parts))
    for last in [False] * (_TRIES - 1) + [True]:
        for number, outcome in _once(call, dict(left), num_workers, cluster):
            if isinstance(outcome, BrokenProcessPool) and not last:
                continue  # somebody's process died; the others' parts are lost with it
            del left[number]
            yield number, outcome
        if not left:
            return


def all_of(outcomes: Iterator[tuple[int, R | Exception]]) -> list[R]:
    """What `shared_out` yields, in the parts' order.

    Raises:
        Exception: what the first part that failed raised, once the others are done.
    """
    results: dict[int, R] = {}
    failed: list[Exception] = []
    for number, outcome in outcomes:
        if isinstance(outcome, Exception):
            failed.append(outcome)
        else:
            results[number] = outcome
    if failed:
        raise failed[0]
    return [results[number] for number in sorted(results)]


def _tried(call: Callable[[T], R], part: T) -> R | Exception:
    try:
        return call(part)
    except Exception as error:
        return error


def _once(
    call: Callable[[T], R], parts: Mapping[int, T], num_workers: int, cluster: str | None
) -> Iterator[tuple[int, R | Exception]]:
    with _executor(num_workers, cluster) as executor:
        numbers = {executor.submit(call, part): number for number, part in parts.items()}
        try:
            for future in as_completed(numbers):
                yield numbers[future], _tried(Future.result, future)
        finally:
            for future in numbers:
                future.cancel()


@contextmanager
def _executor(num_workers: int, cluster: str | None) -> Iterator[Executor]:
    """Processes of this machine, or those of a cluster."""
    if cluster is None:
        with ProcessPoolExecutor(num_workers, get_context("spawn")) as pool:
            yield pool
        return
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        raise ValueError("a cluster needs dask: pip install 'das-capture[cluster]'") from error
    try:
        client = Client(cluster, timeout=_CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ValueError(f"no dask scheduler answers at {cluster}: {error}") from error
    with client:
        yield client.get_executor()
