"""Colour slots and opacity of the people shown; pure functions on `People`.

A decoder orders people by score, which changes from frame to frame. Colours that follow that
order would flicker, so a person keeps the slot of the nearest root of the frame before. This is
about colours only: it is no tracking, and track ids win where there are any.
"""

from typing import NewType

import numpy as np

from das_model.people import People, TrackId

ColourSlot = NewType("ColourSlot", int)  # a person's colour; the track id of who has one
MIN_OPACITY = 0.4  # of a joint the model knows nothing about: faint, and still legible
_FAINT_SCORE, _SURE_SCORE = 0.3, 0.6  # of people drawn faintest, and solid
_FAINTEST = 0.3
MAX_STEP_MM = 600.0  # a root further from every root before it belongs to somebody new


def without_hidden(
    people: People, slots: np.ndarray, hidden: frozenset[int]
) -> tuple[People, np.ndarray]:
    """People and slots (P,) without those whose slot is in `hidden`."""
    if not hidden:
        return people, slots
    keep = ~np.isin(slots, list(hidden))
    return people.where(keep), slots[keep]


def joint_opacity(joint_scores: np.ndarray) -> np.ndarray:
    """Opacity of joints, from `MIN_OPACITY` to 1.

    Args:
        joint_scores: (...) in [0, 1]; the root spreads the low scores, where most of them are.
    """
    return MIN_OPACITY + (1 - MIN_OPACITY) * np.sqrt(np.clip(joint_scores, 0, 1))


def person_opacity(scores: np.ndarray) -> np.ndarray:
    """Opacity of people by their scores.

    Args:
        scores: (...) in [0, 1].
    """
    share = np.clip((scores - _FAINT_SCORE) / (_SURE_SCORE - _FAINT_SCORE), 0, 1)
    return _FAINTEST + (1 - _FAINTEST) * share


def track_in_slot(people: People, slots: np.ndarray, slot: ColourSlot) -> TrackId | None:
    """Track id of the person in a slot; None where nobody is there, or nobody with a track.

    Args:
        people: P people.
        slots: (P,) theirs.
        slot: to look for.
    """
    found = people.track_ids[(np.asarray(slots) == slot) & (people.track_ids >= 0)]
    return TrackId(int(found[0])) if len(found) else None


def assign_slots(
    people: People, previous_roots_cam: np.ndarray, previous_slots: np.ndarray
) -> np.ndarray:
    """Colour slot of each person.

    Args:
        people: P people.
        previous_roots_cam: (Q, 3) mm roots shown before.
        previous_slots: (Q,) int slots they had.

    Returns:
        (P,) int64, each slot once among people without a track id.
    """
    slots = np.full(len(people), -1, dtype=np.int64)
    tracked = people.track_ids >= 0
    slots[tracked] = people.track_ids[tracked]
    distance = np.linalg.norm(
        people.root_cam[:, None] - np.asarray(previous_roots_cam).reshape(1, -1, 3), axis=-1
    )  # (P, Q)
    distance[tracked] = np.inf
    for flat in np.argsort(distance, axis=None):
        person, before = np.unravel_index(flat, distance.shape)
        if distance[person, before] > MAX_STEP_MM:
            break
        if slots[person] < 0 and previous_slots[before] not in slots:
            slots[person] = previous_slots[before]
    free = (slot for slot in range(2 * len(people) + 1) if slot not in slots)
    for person in np.flatnonzero(slots < 0):
        slots[person] = next(free)
    return slots
