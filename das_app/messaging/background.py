"""Background task: one call in a thread, polled by the window."""

import threading
from abc import abstractmethod
from collections.abc import Callable
from typing import Generic, TypeVar, cast

from das_app.messaging.freed_memory import give_back_memory

T = TypeVar("T")


class BackgroundTask(Generic[T]):
    """Runs a call at once; whoever started it asks from time to time whether it is over.

    Args:
        call: what takes its time; an error is raised again by `result`.
        name: of the thread.
    """

    def __init__(self, call: Callable[[], T], name: str) -> None:
        self._call = call
        self._value: T | None = None
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        """Whether `result` would return, or raise, at once."""
        return not self._thread.is_alive()

    def wait(self, timeout_s: float) -> bool:
        """Wait for the end at most so long; whether it came."""
        self._thread.join(timeout_s)
        return self.is_over

    def result(self) -> T:
        """Return value of the call; waits for it. Raises the call's error."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return cast(T, self._value)

    def _run(self) -> None:
        try:
            self._value = self._call()
        except Exception as error:  # for whoever asks for the result
            self._error = error


class BackgroundJob(BackgroundTask[T]):
    """A long task that can be cancelled: its work looks at `_cancelling` from time to time.

    A subclass makes its own state first, since the work begins with `super().__init__`.

    Args:
        name: of the thread.
    """

    def __init__(self, name: str) -> None:
        self._cancelling = threading.Event()
        super().__init__(self._work, name)

    def cancel(self) -> None:
        """Ask it to end before its time."""
        self._cancelling.set()

    def _run(self) -> None:
        super()._run()
        give_back_memory()

    @abstractmethod
    def _work(self) -> T:
        """The long call; returns the result."""
