"""Fitted bodies of the people of a take, shared by the formats of rotations."""

from dataclasses import dataclass

import numpy as np

from das_app.exports.takes.take import ExportError, Progress, Take
from das_app.exports.takes.tracks import Track
from das_app.motion.body.fit import BodyFit, fit_body
from das_app.motion.body.rig import BodyError, RigNames, body_of, bone_names, to_y_up

M = 1e-3


@dataclass(frozen=True, eq=False, slots=True)
class MovingBody:
    """One person of a take.

    Args:
        track: whom it follows.
        label: word for names of files and nodes.
        fit: over the frames of the track, gaps too.
        names: of the bones.
        times_s: (n,) of the frames.
    """

    track: Track
    label: str
    fit: BodyFit
    names: tuple[str, ...]
    times_s: np.ndarray

    def rest_places(self) -> np.ndarray:
        """(B, 3) mm in the rest pose, the feet on y = 0."""
        bones, offsets = self.fit.body.bones, self.fit.offsets()
        places = np.zeros_like(offsets)
        for number, bone in enumerate(bones):
            if bone.parent >= 0:
                places[number] = places[bone.parent] + offsets[number]
        return places - [0, places[:, 1].min(), 0]

    def about(self) -> str:
        """Quality of the fit, in words."""
        return f"{self.fit.rms_mm:.1f} mm rms, at most {np.nanmax(self.fit.residual_mm):.0f} mm"


def moving_bodies(take: Take, names: RigNames, on_progress: Progress) -> list[MovingBody]:
    """Everybody of a take who is seen with more than half of their joints, fitted.

    Raises:
        ExportError: if the model's skeleton lacks the joints that a body needs.
    """
    bodies = []
    try:
        body = body_of(take.origin.skeleton)
    except BodyError as error:
        raise ExportError(str(error)) from error
    called = tuple(bone_names(body, names))
    for number, track in enumerate(take.tracks):
        times_s = take.times_s[track.first : track.first + len(track)]
        if track.is_posed.any():
            fit = fit_body(body, to_y_up(track.joints), track.joint_scores, times_s)
            label = take.label_of(track, "person_")
            bodies.append(MovingBody(track, label, fit, called, times_s))
        on_progress((number + 1) / len(take.tracks))
    return bodies


def about_bodies(take: Take, bodies: list[MovingBody], units: str, axes: str) -> dict[str, str]:
    """Notes for a reader of the exported file."""
    return take.about() | {
        "space": take.space_text(units, axes),
        "rest": "T-pose, upright, facing +z, left arm along +x, palms down",
        "bones": f"names: {take.options.rig}; constant lengths, left and right alike; elbows and "
        "knees are hinges",
        "residual": "; ".join(f"{body.label}: {body.about()}" for body in bodies) or "nobody",
    }
