"""Avatars: people sent as fitted bodies, shared by VMC and VRChat."""

import math
import time
from collections.abc import Callable

import numpy as np

from das_app.messaging.messages import PoseResult
from das_app.motion.body.live import LiveBody
from das_app.motion.body.rig import BodyError, BodyPose, to_y_up
from das_app.streaming.stream_clock import StreamClock
from das_app.streaming.streamer import StreamError
from das_model.people import People

_PATIENCE_S = 1.0


class PersonChoice:
    """Choice of the person to send: the requested one, else the first, while they are there.

    Args:
        wanted: track id asked for, or None; called at every frame.
    """

    def __init__(self, wanted: Callable[[], int | None]) -> None:
        self._wanted = wanted
        self._current: int | None = None
        self._seen_s = -math.inf

    def __call__(self, people: People, now_s: float) -> int | None:
        """Row of the person to send, or None for nobody.

        Args:
            people: of the frame; track ids rise with the time when people were first seen.
            now_s: somebody who is away for less than 1 s is waited for.
        """
        ids, wanted = people.track_ids.tolist(), self._wanted()
        if wanted in ids:
            self._current = wanted
        elif ids and self._current not in ids and now_s - self._seen_s > _PATIENCE_S:
            self._current = min(ids)
        if self._current not in ids:
            return None
        self._seen_s = now_s
        return ids.index(self._current)


class Slots:
    """Assignment of people to slots: a person keeps it while it is not needed for somebody new.

    Args:
        number: of slots.
    """

    def __init__(self, number: int) -> None:
        self._ids: list[int | None] = [None] * number

    def assign(self, ids: list[int]) -> list[int | None]:
        """The slot of each of the people who are there; None where no slot is free."""
        for person in ids:
            if person not in self._ids:
                free = [n for n, held in enumerate(self._ids) if held is None]
                free += [n for n, held in enumerate(self._ids) if held not in (None, *ids)]
                if free:
                    self._ids[free[0]] = person
        return [self._ids.index(i) if i in self._ids else None for i in ids]


class Avatars:
    """The bodies of the people who are sent.

    Args:
        number: of slots; with one, it is who is wanted, else whoever was first.
        person: the only track id to send, or None for a choice.
        wanted: track id asked for, or None; called at every frame.
    """

    def __init__(self, number: int, person: int | None, wanted: Callable[[], int | None]) -> None:
        self._number, self._person, self._wanted = number, person, wanted
        self._clock = StreamClock()
        self._bodies: dict[int, LiveBody] = {}
        self._begin()

    def rows(self, result: PoseResult, people: People) -> tuple[float, list[int | None]]:
        """Seconds since the stream began, and the row of the person in each slot."""
        time_s = self._clock.since_start(result.frame.time_s)
        if time_s == 0:  # another source, or the same from its beginning: ids mean others now
            self._begin()
        ids = people.track_ids.tolist()
        if self._person is not None:
            return time_s, [ids.index(self._person) if self._person in ids else None]
        if self._number == 1:
            return time_s, [self._choose(people, time.monotonic())]
        rows: list[int | None] = [None] * self._number
        for row, slot in enumerate(self._slots.assign(ids)):
            if slot is not None:
                rows[slot] = row
        return time_s, rows

    def pose(self, people: People, row: int, time_s: float) -> tuple[LiveBody, BodyPose]:
        """Body and pose of a person. Raises StreamError where the model lacks joints for it."""
        track_id = int(people.track_ids[row])
        if track_id not in self._bodies:
            try:
                self._bodies[track_id] = LiveBody(people.skeleton)
            except BodyError as error:
                raise StreamError(str(error)) from error
        body = self._bodies[track_id]
        joints = to_y_up(people.joints_cam[row].astype(np.float64))
        return body, body(joints, people.joint_scores[row], time_s)

    def _begin(self) -> None:
        self._choose, self._slots = PersonChoice(self._wanted), Slots(self._number)
        self._bodies.clear()
