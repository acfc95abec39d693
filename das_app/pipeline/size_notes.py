"""Notes on people of a session whose size, and so distance, may be wrong."""

import numpy as np

from das_app.motion.floor import Floor, off_floor_mm
from das_app.motion.floor_estimate import FloorEstimator
from das_app.motion.kinematics import body_heights_mm
from das_app.pipeline.hints import ADULTS_MM, OFF_FLOOR_MM
from das_app.session.session import Session
from das_app.session.types import RecordedPoses

# Assumed.
_SAMPLED, _MIN_SEEN, _MAX_NOTES = 150, 10, 6


def size_notes(session: Session) -> list[str]:
    """A sentence each person who comes out as no adult is, or stands off the floor of others."""
    seen = _sampled(session)
    estimator = FloorEstimator()
    for poses in seen:
        estimator.add(poses.people, poses.camera, poses.time_s)
    estimate = estimator.estimate()
    notes = []
    for track_id, (height_mm, above_mm) in _people(seen, estimate.floor).items():
        told = []
        if not ADULTS_MM[0] <= height_mm <= ADULTS_MM[1]:
            told.append(f"comes out {height_mm / 1e3:.2f} m tall")
        if estimate.is_sure and above_mm > OFF_FLOOR_MM:
            told.append(f"floats {above_mm / 1e3:.1f} m above the floor that others stand on")
        if told:
            by_floor = estimate.scales.get(track_id)
            hint = ""
            if estimate.is_sure and by_floor is not None:
                hint = f" (by the floor {by_floor * height_mm / 1e3:.2f} m)"
            notes.append(f"person {track_id} {' and '.join(told)}{hint}")
    more = [f"and {len(notes) - _MAX_NOTES} more"] if len(notes) > _MAX_NOTES else []
    return notes[:_MAX_NOTES] + more


def _sampled(session: Session) -> list[RecordedPoses]:
    numbers = np.unique(np.linspace(0, max(len(session) - 1, 0), _SAMPLED).astype(int))
    found = (session.numbered(int(number)) for number in numbers)
    return [poses for poses in found if poses is not None]


def _people(seen: list[RecordedPoses], floor: Floor) -> dict[int, tuple[float, float]]:
    """Median height and height above the floor, mm, by track id of who was seen often enough."""
    rows: dict[int, list[tuple[float, float]]] = {}
    for poses in seen:
        people = poses.people
        heights = body_heights_mm(people)
        above = off_floor_mm(people.joints_cam, people.skeleton, floor)
        for row, track_id in enumerate(people.track_ids.tolist()):
            rows.setdefault(track_id, []).append((float(heights[row]), float(above[row])))
    medians: dict[int, tuple[float, float]] = {}
    for track_id, own in sorted(rows.items()):
        if track_id >= 0 and len(own) >= _MIN_SEEN:
            height_mm, above_mm = np.nanmedian(own, axis=0).tolist()
            medians[track_id] = height_mm, above_mm
    return medians
