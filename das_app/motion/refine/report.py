"""Figures of a take before and after it was refined, for people and as JSON."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from das_app.motion.kinematics import bone_lengths
from das_app.words.said import said
from das_model.camera import Camera
from das_model.skeleton import Skeleton

# Assumed.
_MIN_STEPS = 3


@dataclass(frozen=True, slots=True)
class TakeFigures:
    """Quality figures of a layer; NaN where they are not defined.

    Args:
        reprojection_px: root mean square distance to where the model saw the joints, by score.
        bone_spread: standard deviation of bones' lengths, share of their length, mean.
        foot_slide_mm_s: mean speed of feet that stand.
        jitter_m_s2: mean acceleration of joints.
    """

    reprojection_px: float
    bone_spread: float
    foot_slide_mm_s: float
    jitter_m_s2: float


@dataclass(frozen=True, slots=True)
class RefineReport:
    """Report of a refinement.

    Args:
        num_frames: of the refined layer.
        num_new_frames: of them, frames that the live model had skipped.
        num_people: people with a track.
        num_tracks_before: track ids in the recording.
        num_gaps: gaps that were bridged.
        bridged_s: time in them, over all people.
        longest_bridge_s: that a gap may be.
        has_floor: whether feet were set on a known floor.
        before: raw poses.
        live: poses as they were shown.
        after: refined poses.
    """

    num_frames: int
    num_new_frames: int
    num_people: int
    num_tracks_before: int
    num_gaps: int
    bridged_s: float
    longest_bridge_s: float
    has_floor: bool
    before: TakeFigures
    live: TakeFigures
    after: TakeFigures

    def to_json(self) -> dict[str, object]:
        """As JSON takes it; null for what says nothing."""
        return _without_nan(asdict(self))

    def sentences(self) -> tuple[str, ...]:
        """The same in short."""
        was, now = self.live, self.after
        return (
            said(
                "Frames: {frames}, looked at now: {new}; people: {people}, tracks: {tracks}",
                frames=self.num_frames,
                new=self.num_new_frames,
                people=self.num_people,
                tracks=self.num_tracks_before or self.num_people,
            ),
            said(
                "Gaps bridged: {number}, {length_s:.1f} s in all",
                number=self.num_gaps,
                length_s=self.bridged_s,
            ),
            said(
                "Bones' spread: {was:.1f} % before, {now:.1f} % now",
                was=100 * was.bone_spread,
                now=100 * now.bone_spread,
            ),
            said(
                "Slide of standing feet: {was:.0f} mm/s before, {now:.0f} now",
                was=was.foot_slide_mm_s,
                now=now.foot_slide_mm_s,
            ),
            said(
                "Jitter: {was:.1f} m/s² before, {now:.1f} now",
                was=was.jitter_m_s2,
                now=now.jitter_m_s2,
            ),
            said("Away from the picture: {away:.1f} pixels", away=now.reprojection_px),
        )

    def text(self) -> str:
        """For people to read, as a table."""
        rows = (
            ("Reprojection, px rms", "reprojection_px", 1.0, ".1f"),
            ("Bones' spread, %", "bone_spread", 100.0, ".1f"),
            ("Slide of standing feet, mm/s", "foot_slide_mm_s", 1.0, ".0f"),
            ("Acceleration, m/s²", "jitter_m_s2", 1.0, ".1f"),
        )
        lines = [
            f"{self.num_frames} frames, {self.num_new_frames} of them new; "
            f"{self.num_people} people in {self.num_tracks_before} tracks as recorded; "
            f"{self.num_gaps} gaps bridged, {self.bridged_s:.1f} s in all, "
            f"each up to {self.longest_bridge_s:g} s",
            f"{'':30s}{'raw':>8s}{'live':>8s}{'refined':>9s}",
        ]
        for title, name, scale, form in rows:
            raw, live, refined = (
                format(scale * getattr(figures, name), form)
                for figures in (self.before, self.live, self.after)
            )
            lines.append(f"{title:30s}{raw:>8s}{live:>8s}{refined:>9s}")
        return "\n".join(lines)


@dataclass(frozen=True, eq=False, slots=True)
class TrackSeen:
    """One person of a layer, where the model saw them.

    Args:
        joints: (n, J, 3) mm in camera space.
        seen: (n, J, 3) mm, as the model saw them.
        scores: (n, J) of what it saw.
        times_s: (n,).
        stands: (n, F) bool.
        feet: (F,) joints.
    """

    joints: np.ndarray
    seen: np.ndarray
    scores: np.ndarray
    times_s: np.ndarray
    stands: np.ndarray
    feet: np.ndarray


def figures_of(tracks: Sequence[TrackSeen], camera: Camera, skeleton: Skeleton) -> TakeFigures:
    """Figures over all tracks of a layer."""
    away, weights, spreads, slides, jitters = [], [], [], [], []
    for track in (t for t in tracks if len(t.times_s) >= _MIN_STEPS):
        misses = camera.project(track.joints) - camera.project(track.seen)
        away.append((misses**2).sum(axis=-1).ravel())
        weights.append(track.scores.ravel())
        lengths = bone_lengths(track.joints, skeleton)
        spreads.append(np.mean(lengths.std(axis=0) / np.maximum(lengths.mean(axis=0), 1.0)))
        steps_s = np.diff(track.times_s)
        usual_s = np.median(steps_s)
        is_usual = steps_s < 1.5 * usual_s
        speeds = np.linalg.norm(np.diff(track.joints[:, track.feet], axis=0), axis=-1)
        stands = track.stands[1:] & track.stands[:-1] & is_usual[:, None]
        slides.append((speeds / steps_s[:, None])[stands])
        bends = np.linalg.norm(np.diff(track.joints, 2, axis=0), axis=-1) / usual_s**2 / 1e3
        jitters.append(bends[is_usual[1:] & is_usual[:-1]].ravel())
    return TakeFigures(
        float(np.sqrt(_mean(away, weights))),
        float(np.mean(spreads)) if spreads else float("nan"),
        _mean(slides),
        _mean(jitters),
    )


def _mean(parts: list[np.ndarray], weights: list[np.ndarray] | None = None) -> float:
    """Of all values that are numbers; NaN for none."""
    values = np.concatenate(parts) if parts else np.zeros(0)
    shares = np.ones(len(values)) if weights is None or not parts else np.concatenate(weights)
    is_known = np.isfinite(values) & np.isfinite(shares)
    total = shares[is_known].sum()
    return float((values[is_known] * shares[is_known]).sum() / total) if total else float("nan")


def _without_nan(values: dict[str, Any]) -> dict[str, object]:
    return {
        name: _without_nan(value)
        if isinstance(value, dict)
        else (None if isinstance(value, float) and not np.isfinite(value) else value)
        for name, value in values.items()
    }
