"""Ordered pool: the pictures of a file through several calls of a model at once, in order.

Two calls of one thread each do more than one of two threads, as most steps of a network are too
short to be shared. The thread that asks reads ahead; what follows a frame, such as tracking, stays
in its hands and in order. For live sources this is nothing: it would show frames later.
"""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

from das_model.inference.estimate import EstimatorOptions

T = TypeVar("T")
R = TypeVar("R")
_MAX_CALLS = 8  # calls at once; more would wait for Python's own lock
_AHEAD = 2  # items read for each call


def one_thread(options: EstimatorOptions) -> EstimatorOptions:
    """The same options for an estimator that a pool calls."""
    return replace(options, num_threads=1)


def calls_at_once(options: EstimatorOptions) -> int:
    """Calls of an estimator with these options that run beside each other: one a core that this
    process may use where each takes one thread, else one."""
    return min(_MAX_CALLS, num_cores()) if options.num_threads == 1 else 1


def num_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_order(
    call: Callable[[T], R], items: Iterable[T], num_calls: int
) -> Generator[tuple[T, R], None, None]:
    """Each item with what the call made of it, in the order of the items.

    Close the iterator to end before its time; it waits for the calls that run.

    Args:
        call: runs in threads.
        items: taken in the thread that iterates, a few ahead.
        num_calls: at once.

    Raises:
        Exception: what the call or the items raised, after the results before it.
    """
    if num_calls == 1:
        yield from ((item, call(item)) for item in items)
        return
    source = iter(items)
    waiting: deque[tuple[T, Future[R]]] = deque()
    ended: BaseException | None = None
    with ThreadPoolExecutor(num_calls, thread_name_prefix="das-pool") as threads:
        try:
            while True:
                while ended is None and len(waiting) < _AHEAD * num_calls:
                    try:
                        item = next(source)
                    except BaseException as error:  # raised at this item's turn, Ctrl-C, too
                        ended = error
                    else:
                        waiting.append((item, threads.submit(call, item)))
                if not waiting:
                    break
                item, future = waiting.popleft()
                yield item, future.result()
        finally:
            threads.shutdown(wait=True, cancel_futures=True)
    if ended is not None and not isinstance(ended, StopIteration):
        raise ended
