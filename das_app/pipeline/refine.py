"""Refining of a recorded session: skipped frames, tracks, bodies, a third layer.

The model runs on the pictures that the live model had no time for, or on all of them in another
mode. The rest is `das_app.motion.refine`. Nothing of the recording is changed.
"""

import threading
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from das_app.messaging.background import BackgroundJob
from das_app.motion.floor import Floor
from das_app.motion.floor_estimate import NOTHING_TOLD, FloorEstimator, ToldFloor
from das_app.motion.refine.linking import BRIDGE_S, link
from das_app.motion.refine.report import RefineReport, TakeFigures, TrackSeen, figures_of
from das_app.motion.refine.take import RefinedTrack, refine_take
from das_app.session.edits import SessionEdits, load_edits
from das_app.session.frames import open_session_video
from das_app.session.refined_layer import write_refined
from das_app.session.session import Session
from das_app.session.types import Layer, RecordedPoses, SessionError
from das_app.words.said import marked, said
from das_model.camera import Camera
from das_model.inference.estimate import Estimator
from das_model.people import People

_SAME_S = 2e-3  # times of pictures are whole milliseconds
_SAME_PLACE = 0.05  # of the distance, between roots in the picture
_NEW_SHARE = 0.8  # of the work, that running the model is where it is needed

Progress = Callable[[float], None]


class RefineCancelledError(RuntimeError):
    """The user ended it; the session is as it was."""


@dataclass(frozen=True, slots=True)
class RefinePlan:
    """Input and options of a refinement.

    Args:
        session: folder.
        load: makes the estimator, which takes seconds; called only if a picture needs it. None
            leaves the pictures alone.
        is_anew: run it on every picture, not only on those that were skipped.
        min_score: people below it are left out of what it finds.
        told_floor: what is known of the floor; with its height feet are set on it, and it tells
            how large everybody is.
        bridge_s: longest gap that somebody is followed over.
    """

    session: Path
    load: Callable[[], Estimator] | None
    is_anew: bool = False
    min_score: float = 0.0
    told_floor: ToldFloor = NOTHING_TOLD
    bridge_s: float = BRIDGE_S


class Refining(BackgroundJob[RefineReport]):
    """Refines a session in a thread of its own, beginning at once.

    The result raises RefineCancelledError if it was cancelled; the session is as it was then.

    Args:
        plan: what is to be done.

    Attributes:
        share_done: from 0 to 1.
    """

    def __init__(self, plan: RefinePlan) -> None:
        self.share_done = 0.0
        self._plan = plan
        super().__init__("das-refine")

    def _work(self) -> RefineReport:
        return refine_session(self._plan, self._note, self._cancelling)

    def _note(self, share: float) -> None:
        self.share_done = share


def refine_session(
    plan: RefinePlan, on_progress: Progress, stopping: threading.Event
) -> RefineReport:
    """Write the refined layer of a session.

    Args:
        plan: what is to be done.
        on_progress: hears of the share done, from 0 to 1.
        stopping: set it to end without a result.

    Raises:
        SessionError: if the session cannot be read or written, or holds nobody; or if the model is
            to run anew and there is no video.
        BodyError: if the skeleton lacks shoulders or hips.
        RefineCancelledError: if `stopping` was set.
    """
    session, edits = Session(plan.session, is_edited=False), load_edits(plan.session)
    if plan.is_anew and session.video_path is None:
        raise SessionError(
            said(
                "{session} has no video, so no model or mode can be run on it",
                session=plan.session,
            )
        )
    recorded = [_with_people_of(p, edits) for p in session.between(layer=Layer.RAW)]
    if not any(len(poses.people) for poses in recorded):
        raise SessionError(
            said("{session} holds nobody, so there is nothing to refine", session=plan.session)
        )

    def note(share: float) -> None:
        if stopping.is_set():
            raise RefineCancelledError(marked("refining was cancelled; the session is as it was"))
        on_progress(share)

    new = _run_model(session, recorded, plan, lambda share: note(_NEW_SHARE * share))
    done = _NEW_SHARE if new else 0.0
    by_time = {poses.time_s: poses for poses in [*recorded, *new]}
    timeline = [replace(by_time[t], index=n) for n, t in enumerate(sorted(by_time))]
    times_s = np.array([poses.time_s for poses in timeline])
    linked = link([poses.people for poses in timeline], times_s, plan.bridge_s)
    skeleton = session.origin.skeleton
    floor = _floor(plan.told_floor, timeline, linked)
    tracks = refine_take(
        linked,
        times_s,
        skeleton,
        floor,
        plan.bridge_s,
        lambda share: note(done + (0.99 - done) * share),
        edits.scales,
    )
    report = _report(session, edits, recorded, timeline, tracks, times_s, plan)
    rows = _people_by_frame(tracks, linked)
    as_recorded = _RecordedIds(edits, [*recorded, *timeline], tracks)
    frames = (
        (
            replace(poses, people=as_recorded(people, poses.time_s)),
            replace(poses, people=as_recorded(seen, poses.time_s)),
        )
        for poses, people, seen in zip(timeline, rows, linked, strict=True)
    )
    write_refined(plan.session, session.origin, frames, report.to_json())
    on_progress(1.0)
    return report


def _with_people_of(poses: RecordedPoses, edits: SessionEdits) -> RecordedPoses:
    return replace(poses, people=edits.edited(poses.people, poses.time_s))


class _RecordedIds:
    """Puts people under the ids of the recording, of which the edits make those they have now.

    So edits are followed in the refined layer as in the others, those to come, too.
    """

    def __init__(
        self, edits: SessionEdits, frames: list[RecordedPoses], tracks: list[RefinedTrack]
    ) -> None:
        named = [id_ for edit in edits.people for id_ in (edit.track_id, edit.other)]
        seen = [id_ for poses in frames for id_ in poses.people.track_ids.tolist()]
        ids = {*named, *seen, *(track.track_id for track in tracks)}
        self._edits = edits
        self._known = np.array(sorted(n for n in ids if n >= 0), np.int64)

    def __call__(self, people: People, time_s: float) -> People:
        if not self._edits.people or not len(people):
            return people
        become = self._edits.track_ids(self._known, time_s)
        ids = [next(iter(self._known[become == n].tolist()), n) for n in people.track_ids.tolist()]
        return replace(people, track_ids=np.array(ids, np.int64))


def _floor(told: ToldFloor, timeline: list[RecordedPoses], linked: list[People]) -> Floor | None:
    """The floor where its height was told; how it lies is estimated as far as it was not."""
    if told.height_mm is None:
        return None
    estimator = FloorEstimator(told)
    for poses, people in zip(timeline, linked, strict=True):
        estimator.add(people, poses.camera, poses.time_s)
    return estimator.estimate().floor


def _run_model(
    session: Session, recorded: list[RecordedPoses], plan: RefinePlan, note: Progress
) -> list[RecordedPoses]:
    """Run the model on the images that need it."""
    if plan.load is None or session.video_path is None:
        return []
    source = open_session_video(plan.session)
    times_s = [poses.time_s for poses in recorded]
    estimator: Estimator | None = None
    found: list[RecordedPoses] = []
    try:
        total_s = max(source.duration_s or 0.0, times_s[-1], 1e-3)
        while (frame := source.read()) is not None:
            note(min(1.0, frame.time_s / total_s))
            place = bisect_left(times_s, frame.time_s - _SAME_S)
            is_known = place < len(times_s) and times_s[place] <= frame.time_s + _SAME_S
            if is_known and not plan.is_anew:
                continue
            near = recorded[min(place, len(recorded) - 1)]
            time_s = near.time_s if is_known else frame.time_s
            if found and time_s <= found[-1].time_s:
                continue
            estimator = estimator or plan.load()
            if estimator.skeleton.joint_names != session.origin.skeleton.joint_names:
                raise SessionError(
                    said(
                        "{session} holds people of {num_joints} joints; {model_name} finds "
                        "{found}",
                        session=plan.session,
                        num_joints=session.origin.skeleton.num_joints,
                        model_name=estimator.model_name,
                        found=estimator.skeleton.num_joints,
                    )
                )
            people = estimator(frame.image, near.camera).people.at_least(plan.min_score)
            people = people.where(session.ignored.keeps(people, near.camera))
            ids = near.people.track_ids if is_known else np.zeros(0, np.int64)
            people = _with_ids(people, near.people if len(ids) else None)
            found.append(
                replace(near, time_s=time_s, picture=frame.index, people=people)
                if is_known
                else RecordedPoses(
                    0, time_s, near.source_index, time_s, frame.index, near.camera, people
                )
            )
    finally:
        source.close()
    return found


def _with_ids(people: People, recorded: People | None) -> People:
    """People without track ids, or with those of recorded people at the same places."""
    ids = np.full(len(people), -1, np.int64)
    if recorded is not None and len(people):
        apart = np.linalg.norm(_places(people)[:, None] - _places(recorded)[None], axis=-1)
        for person in range(len(people)):
            other = int(apart[person].argmin())
            if apart[:, other].argmin() == person and apart[person, other] < _SAME_PLACE:
                ids[person] = recorded.track_ids[other]
    return replace(people, track_ids=ids)


def _places(people: People) -> np.ndarray:
    """(P, 2) roots in the picture, as shares of the distance."""
    return people.root_cam[:, :2] / np.maximum(people.root_cam[:, 2:], 1.0)


def _people_by_frame(tracks: list[RefinedTrack], linked: list[People]) -> list[People]:
    """Everybody of each frame, by track id."""
    rows: list[list[tuple[RefinedTrack, int]]] = [[] for _ in linked]
    for track in sorted(tracks, key=lambda track: track.track_id):
        for place, frame in enumerate(track.frames):
            rows[frame].append((track, place))
    return [_people_of(row, seen) for row, seen in zip(rows, linked, strict=True)]


def _people_of(row: list[tuple[RefinedTrack, int]], seen: People) -> People:
    """The people of tracks at places in them, with the skeleton of those seen."""
    num_joints = seen.skeleton.num_joints
    joints = np.array([track.joints[n] for track, n in row], np.float32)
    scores = np.array([track.joint_scores[n] for track, n in row], np.float32)
    return People(
        joints.reshape(-1, num_joints, 3),
        scores.reshape(-1, num_joints),
        np.array([track.scores[n] for track, n in row], np.float32),
        np.array([track.track_id for track, _ in row], np.int64),
        seen.skeleton,
    )


def _report(
    session: Session,
    edits: SessionEdits,
    recorded: list[RecordedPoses],
    timeline: list[RecordedPoses],
    tracks: list[RefinedTrack],
    times_s: np.ndarray,
    plan: RefinePlan,
) -> RefineReport:
    skeleton, camera = session.origin.skeleton, timeline[0].camera
    after = [track.as_seen(times_s, skeleton) for track in tracks]
    before = [replace(track, joints=track.seen) for track in after]
    bridged_s = sum(
        float(np.diff(times_s[track.frames])[~track.is_seen[1:]].sum()) for track in tracks
    )
    ids = {n for poses in recorded for n in poses.people.track_ids.tolist() if n >= 0}
    return RefineReport(
        len(timeline),
        len(timeline) - len(recorded),
        len(tracks),
        len(ids),
        sum(track.num_gaps for track in tracks),
        bridged_s,
        plan.bridge_s,
        plan.told_floor.height_mm is not None,
        figures_of(before, camera, skeleton),
        _live_figures(session, edits, tracks, times_s, camera),
        figures_of(after, camera, skeleton),
    )


def _live_figures(
    session: Session,
    edits: SessionEdits,
    tracks: list[RefinedTrack],
    times_s: np.ndarray,
    camera: Camera,
) -> TakeFigures:
    """Figures of the live layer, of people whose ids stayed, with the stances found since."""
    places = {float(time_s): number for number, time_s in enumerate(times_s)}
    live = {
        places[p.time_s]: edits.edited(p.people, p.time_s)
        for p in session.between()
        if p.time_s in places
    }
    skeleton, parts = session.origin.skeleton, []
    for track in tracks:
        seen = track.as_seen(times_s, skeleton)
        rows, joints = [], []
        for row, frame in enumerate(track.frames[track.is_seen].tolist()):
            ids = live[frame].track_ids.tolist() if frame in live else []
            if track.track_id in ids:
                rows.append(row)
                joints.append(live[frame].joints_cam[ids.index(track.track_id)])
        if rows:
            parts.append(
                TrackSeen(
                    np.array(joints, np.float64),
                    seen.seen[rows],
                    seen.scores[rows],
                    seen.times_s[rows],
                    seen.stands[rows],
                    seen.feet,
                )
            )
    return figures_of(parts, camera, skeleton)
