"""One-slot mailbox between two stages: the newest item wins, the rest are counted as dropped.

The only meeting point of threads in the pipeline; a slow reader costs frames, never memory.
"""

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """A slot for the newest item. Any thread may call any method."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._slot: list[T] = []
        self._num_dropped = 0
        self._is_closed = False

    def put(self, item: T) -> None:
        """Leave `item`, replacing one not yet taken; a closed mailbox drops it."""
        with self._condition:
            self._num_dropped += 1 if self._is_closed else len(self._slot)
            if not self._is_closed:
                self._slot = [item]
                self._condition.notify()

    def take(self, timeout_s: float | None = None) -> T | None:
        """The newest item, or None once `timeout_s` passed or the closed mailbox is empty.

        Args:
            timeout_s: longest wait; 0 never waits, None waits for an item or `close`.
        """
        with self._condition:
            self._condition.wait_for(lambda: self._slot or self._is_closed, timeout_s)
            return self._slot.pop() if self._slot else None

    def close(self) -> None:
        """Wake every reader; an item already there can still be taken."""
        with self._condition:
            self._is_closed = True
            self._condition.notify_all()

    @property
    def is_closed(self) -> bool:
        """Whether `close` was called."""
        with self._condition:
            return self._is_closed

    @property
    def num_dropped(self) -> int:
        """Items that were put and never taken."""
        with self._condition:
            return self._num_dropped
