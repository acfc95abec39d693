"""Watchdog of live sources: read in a thread, reconnected when they hang.

A driver may return the same picture for ever, return False, or not return at all. So the thread
that reads the device hands pictures over a mailbox, and whoever reads the source waits only so
long. A device that failed is opened anew until it is back; a thread that hangs in its driver is
left behind and ends with the call it is in.
"""

import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from das_app.lens.intrinsics import Intrinsics
from das_app.messaging.mailbox import Mailbox
from das_app.messaging.messages import Frame
from das_app.sources.camera_controls import ControlPort
from das_app.sources.camera_devices import CameraMode
from das_app.sources.frame_source import SourceError, SourceLost
from das_app.words.said import said

_MAX_LEFT_BEHIND = 3  # threads hanging in a driver
_SAMPLE_STEP = 8  # px; two pictures of a real camera differ in a sample already
_log = logging.getLogger(__name__)


class Taken(NamedTuple):
    """A picture of a device.

    Args:
        image: (H, W, 3) uint8 RGB, read-only.
        time_s: when it was taken, monotonic.
        packet: JPEG file of it; None where the device gives none.
    """

    image: np.ndarray
    time_s: float
    packet: bytes | None = None


class Damage:
    """Pictures of a device that came damaged, noted in its thread and taken by who reads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._number, self._problem = 0, ""

    def note(self, problem: str) -> None:
        """Count a picture that is left out."""
        with self._lock:
            self._number, self._problem = self._number + 1, problem
            if self._number == 1:
                _log.warning("a damaged picture is left out: %s", problem)

    def take(self) -> str:
        """What was noted since the last call, in words; empty for nothing."""
        with self._lock:
            number, problem = self._number, self._problem
            self._number = 0
        if not number:
            return ""
        return said(
            "{number} damaged pictures left out: {problem}", number=number, problem=problem
        )


class Device(Protocol):
    """An opened camera or stream; one thread uses it."""

    def read(self) -> Taken | None:
        """Wait for the next picture; None for a failure."""
        ...

    def close(self) -> None:
        """Release it."""
        ...


OpenDevice = Callable[[], Device]  # raises SourceError


@dataclass(frozen=True, slots=True)
class Patience:
    """Time limits of the watchdog, in seconds.

    Args:
        stall_s: without a picture, the device is lost.
        still_s: with one and the same picture, it is lost too.
        give_up_s: of failed reads, before it is opened anew.
        hang_s: in one call of the driver, before its thread is left behind.
        retry_s: between two tries to open it.
        open_s: for opening.
        leave_s: for its thread to end when the source is closed.
        poll_s: between two looks at the mailbox.
    """

    stall_s: float = 1.2
    still_s: float = 1.5
    give_up_s: float = 0.5
    hang_s: float = 3.0
    retry_s: float = 1.0
    open_s: float = 10.0
    leave_s: float = 0.5
    poll_s: float = 0.1


DEFAULT_PATIENCE = Patience()


class _Arrival(NamedTuple):
    number: int
    taken: Taken


class _Grabber:
    """One thread that opens a device and reads it until it fails or is not wanted any more."""

    def __init__(
        self,
        open_device: OpenDevice,
        pictures: Mailbox[_Arrival],
        numbers: Iterator[int],
        patience: Patience,
    ) -> None:
        self._open_device, self._pictures, self._numbers = open_device, pictures, numbers
        self._patience = patience
        self._leaving = threading.Event()
        self._deadline_s = time.monotonic() + patience.open_s  # of the call it is in
        self.has_tried = threading.Event()
        self.problem = ""
        self._thread = threading.Thread(target=self._run, name="das-grabber", daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    @property
    def is_hanging(self) -> bool:
        return self.is_alive and time.monotonic() > self._deadline_s

    def leave(self, timeout_s: float = 0.0) -> None:
        """Want no more pictures, and wait so long for the device to be released."""
        self._leaving.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            device = self._open_device()
        except Exception as error:  # whatever a driver raises: it is opened anew later
            self.problem = str(error) or type(error).__name__
            return
        finally:
            self.has_tried.set()
        try:
            self._read(device)
        except Exception as error:
            _log.warning("reading failed", exc_info=not isinstance(error, SourceError))
            self.problem = str(error) or type(error).__name__
        finally:
            device.close()

    def _read(self, device: Device) -> None:
        last_s = time.monotonic()
        while not self._leaving.is_set():
            self._deadline_s = time.monotonic() + self._patience.hang_s
            taken = device.read()
            if self._leaving.is_set():
                return
            now_s = time.monotonic()
            if taken is not None:
                self._pictures.put(_Arrival(next(self._numbers), taken))
                last_s = now_s
            elif now_s - last_s >= self._patience.give_up_s:
                self.problem = "it delivers no pictures"
                return
            else:
                self._leaving.wait(self._patience.give_up_s / 50)


class WatchedSource:
    """A live source that survives its device.

    A picture that stands still is taken for a device that hangs, once: when the device was opened
    anew and still shows the same, as a virtual camera may, the picture is let through.

    Args:
        name: for people to read.
        open_device: called in the thread that reads the device.
        intrinsics: its lens.
        patience: what to wait for.
        controls: of a camera; None for what has none.
        asked: mode that a camera was asked for.
        damage: of its pictures.

    Raises:
        SourceError: if the device cannot be opened, with the reason.
    """

    is_live = True
    nominal_fps = 0.0  # a driver's claim is worth nothing; the pipeline measures
    num_frames = None
    duration_s = None

    def __init__(
        self,
        name: str,
        open_device: OpenDevice,
        intrinsics: Intrinsics,
        patience: Patience = DEFAULT_PATIENCE,
        controls: ControlPort | None = None,
        asked: CameraMode | None = None,
        damage: Damage | None = None,
    ) -> None:
        self._damage = damage or Damage()
        self.name, self.intrinsics = name, intrinsics
        self.controls, self.asked = controls, asked
        self._open_device, self._patience = open_device, patience
        self._pictures: Mailbox[_Arrival] = Mailbox()
        self._numbers = itertools.count()
        self._left_behind: list[_Grabber] = []
        self._is_closed = False
        self._last: _Arrival | None = None
        self._newest_s = 0.0
        self._may_stand_still = self._was_still = False
        self._problem = ""  # of the grabber before, while the present one still tries
        self._grabber = self._new_grabber()
        has_tried = self._grabber.has_tried.wait(patience.open_s)
        if not has_tried or self._grabber.problem:
            problem = self._grabber.problem or said(
                "it does not answer for {time:g} s", time=patience.open_s
            )
            self.close()
            raise SourceError(
                said("{name} cannot be opened: {problem}", name=name, problem=problem)
            )
        self._taken_s = self._changed_s = self._opened_s = time.monotonic()

    def read(self) -> Frame | None:
        """The next picture, waiting for it; `time_s` is monotonic. None once closed.

        Raises:
            SourceLost: if none came, or no other one, for too long; read again.
            ValueError: if the lens is calibrated for pictures of another shape.
        """
        while not self._is_closed:
            picture = self._pictures.take(self._patience.poll_s)
            if self._is_closed:
                break
            now_s = time.monotonic()
            if picture is not None:
                self._look_at(picture, now_s)
            self._supervise(now_s)
            loss = self._loss(now_s)
            if loss:
                raise SourceLost(loss)
            if picture is not None:
                return self._frame(picture)
        return None

    @property
    def size(self) -> tuple[int, int] | None:
        """(width, height) px of the newest picture; None before the first."""
        last = self._last
        return None if last is None else (last.taken.image.shape[1], last.taken.image.shape[0])

    def seek(self, index: int) -> None:
        """A live source has only now."""
        raise SourceError(
            said("{name} is live: frame {index} cannot be sought", name=self.name, index=index)
        )

    def index_at(self, time_s: float) -> int:
        """A live source has only now."""
        return 0

    def close(self) -> None:
        """Release the device, and wake the reader; from any thread."""
        if self._is_closed:
            return
        self._is_closed = True
        self._pictures.close()
        self._grabber.leave(self._patience.leave_s)

    def _new_grabber(self) -> _Grabber:
        self._opened_s = time.monotonic()
        return _Grabber(self._open_device, self._pictures, self._numbers, self._patience)

    def _look_at(self, picture: _Arrival, now_s: float) -> None:
        was_away = now_s - self._taken_s >= self._patience.stall_s
        self._taken_s = now_s
        if was_away or self._last is None or not _is_same(picture.taken, self._last.taken):
            self._changed_s, self._was_still, self._problem = now_s, False, ""
        elif self._was_still and not self._may_stand_still and self._is_proven_still(picture):
            _log.warning("%s shows a picture that stands still; taken as it is", self.name)
            self._may_stand_still = True
        self._last = picture

    def _loss(self, now_s: float) -> str:
        """Description of the fault, for users; empty without one."""
        if now_s - self._taken_s >= self._patience.stall_s:
            reason = self._grabber.problem or self._problem or said("it does not answer")
            return said(
                "{name} is lost: {reason}. Waiting for it to come back",
                name=self.name,
                reason=reason,
            )
        if self._is_still():
            return said("{name} repeats one picture. Opening it anew", name=self.name)
        return ""

    def _is_still(self) -> bool:
        is_long = self._taken_s - self._changed_s >= self._patience.still_s
        return is_long and not self._may_stand_still

    def _is_proven_still(self, picture: _Arrival) -> bool:
        """Whether opening it anew has not helped, for as long as a user needs to read of it."""
        return picture.taken.time_s - self._opened_s >= self._patience.still_s

    def _supervise(self, now_s: float) -> None:
        """Open the device anew where that may help."""
        grabber = self._grabber
        if self._is_still() and not self._was_still and grabber.is_alive:
            self._was_still = True
            _log.warning("%s repeats one picture; opening it anew", self.name)
            grabber.leave(self._patience.leave_s)
            self._replace(grabber)
        elif not grabber.is_alive and now_s - self._opened_s >= self._patience.retry_s:
            _log.warning("%s failed (%s); opening it anew", self.name, grabber.problem)
            self._problem = grabber.problem
            self._grabber = self._new_grabber()
        elif grabber.is_hanging and len(self._left_behind) < _MAX_LEFT_BEHIND:
            _log.warning("%s hangs; opening it anew", self.name)
            grabber.leave()
            self._replace(grabber)
        self._left_behind = [g for g in self._left_behind if g.is_alive]

    def _replace(self, grabber: _Grabber) -> None:
        self._left_behind.append(grabber)
        self._grabber = self._new_grabber()

    def _frame(self, picture: _Arrival) -> Frame:
        taken = picture.taken
        height, width = taken.image.shape[:2]
        camera = self.intrinsics.camera_for((width, height))
        self._newest_s = max(self._newest_s, taken.time_s)
        return Frame(
            picture.number,
            self._newest_s,
            taken.image,
            camera,
            packet=taken.packet,
            damage=self._damage.take(),
        )


def _is_same(taken: Taken, before: Taken) -> bool:
    if taken.packet is not None and before.packet is not None:
        return taken.packet == before.packet
    image, other = taken.image, before.image
    if image.shape != other.shape:
        return False
    step = _SAMPLE_STEP
    return np.array_equal(image[::step, ::step], other[::step, ::step]) and np.array_equal(
        image, other
    )
