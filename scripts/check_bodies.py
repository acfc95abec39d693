"""How well fitted bodies follow the joints of sessions, layer by layer.

    python scripts/check_bodies.py demo walk dance

Prints the second table of docs/exports.md. A row is a person in a layer of a session: distance of
the body from the joints; that of limbs and hips alone, and what of it no body of constant lengths
can do without, left and right alike: the least that moves these joints so that the bones between
them have their mean lengths; how far the hinges of elbows and knees are off the axis about which
the joints bend, the median over frames bent by more than 30 degrees; and how often a bone turns by
more than 30 degrees from a frame to the next although no limb, bend, plane of bending or head
turns so far.
The last row of a layer is of everybody.
"""

import argparse
import itertools
from pathlib import Path

import numpy as np

from das_app.exports.takes.take import ExportOptions, load_take
from das_app.motion.body.fit import BodyFit, fit_body
from das_app.motion.body.rig import body_of, to_y_up, world
from das_app.motion.body.rotations import rotation_vectors
from das_app.session.session import Session
from das_model.skeleton import Skeleton

_MIN_S, _BENT_DEG, _PLANE_DEG, _JUMP_DEG = 0.5, 30.0, 15.0, 30.0
_LIMBS = tuple(
    tuple(f"{side}_{joint}" for joint in joints)
    for side in ("left", "right")
    for joints in (("shoulder", "elbow", "wrist"), ("hip", "knee", "ankle"))
)
_BONES = (  # that keep their length however the trunk bends
    ("pelvis", "left_hip"),
    ("pelvis", "right_hip"),
    ("left_hip", "right_hip"),
    *(pair for limb in _LIMBS for pair in itertools.pairwise(limb)),
)
_LINES = (
    ("left_hip", "right_hip"),
    ("left_shoulder", "right_shoulder"),
    ("head", "neck"),
    ("nose", "neck"),
    ("left_ear", "right_ear"),
)
_ROUNDS, _STEP = 60, 0.5


def degrees_between(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(...) between vectors (..., 3)."""
    across = np.linalg.norm(np.cross(first, second), axis=-1)
    return np.degrees(np.arctan2(across, (first * second).sum(axis=-1)))


def limbs(skeleton: Skeleton, joints: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Upper and lower parts (n, 4, 3) of the limbs, and how far each is bent (n, 4), degrees."""
    places = [[joints[:, skeleton.index(name)] for name in limb] for limb in _LIMBS]
    upper, lower = (
        np.stack([end - start for start, end in pairs], axis=1)
        for pairs in zip(*(itertools.pairwise(limb) for limb in places), strict=True)
    )
    return upper, lower, degrees_between(upper, lower)


def length_error(skeleton: Skeleton, joints: np.ndarray) -> tuple[np.ndarray, float]:
    """Joints that must move for bones to have one length each, left and right alike.

    Gauss-Newton on the distance with the lengths as constraints, every bone free to turn.

    Args:
        skeleton: of the joints.
        joints: (n, J, 3) mm, NaN where not seen.

    Returns:
        Numbers of the joints of `_BONES`, and the rms of their distances in mm.
    """
    ends = np.zeros((len(_BONES), joints.shape[1]))
    for row, bone in enumerate(_BONES):
        ends[row, [skeleton.index(name) for name in bone]] = 1.0, -1.0
    used = np.flatnonzero(ends.any(axis=0))
    joints, ends = joints[:, used], ends[:, used]
    joints = joints[np.isfinite(joints).all(axis=(1, 2))]
    means = np.linalg.norm(ends @ joints, axis=-1).mean(axis=0)
    lengths = (means + means[[_BONES.index(_mirrored(bone)) for bone in _BONES]]) / 2
    moved = joints.copy()
    for _ in range(_ROUNDS):
        along = ends @ moved
        now = np.linalg.norm(along, axis=-1)
        along /= now[..., None]
        wrong = now - lengths + (along * (ends @ (joints - moved))).sum(axis=-1)
        coupled = along @ along.swapaxes(1, 2) * (ends @ ends.T) + 1e-9 * np.eye(len(_BONES))
        pull = np.linalg.solve(coupled, wrong[..., None]) * along
        moved += _STEP * (joints - ends.T @ pull - moved)
    return used, float(np.sqrt(((moved - joints) ** 2).sum(axis=-1).mean()))


def _mirrored(bone: tuple[str, ...]) -> tuple[str, ...]:
    """The bone of the other side, which is itself in the middle."""
    swap = {"left": "right", "right": "left"}
    sides = [name.partition("_") for name in bone]
    other = tuple(swap.get(side, side) + rule + joint for side, rule, joint in sides)
    return other if other in _BONES else bone


def hinge_error(fit: BodyFit, skeleton: Skeleton, joints: np.ndarray) -> float:
    """Median degrees of the worst elbow or knee."""
    upper, lower, bent = limbs(skeleton, joints)
    turned, _ = world(fit.body, fit.offsets(), fit.pose)
    worst = 0.0
    for number, (_, hinge, _) in enumerate(_LIMBS):
        bone = fit.body.index(hinge)
        off = degrees_between(
            np.cross(upper, lower)[:, number], turned[:, bone] @ fit.body.bones[bone].axis
        )[bent[:, number] > _BENT_DEG]
        worst = max(worst, float(np.median(off))) if len(off) else worst
    return worst


def jumps(fit: BodyFit, skeleton: Skeleton, joints: np.ndarray) -> int:
    """Frames in which a bone jumps and no joint does; frames with joints away do not count."""
    upper, lower, bent = limbs(skeleton, joints)
    lines = [
        joints[:, skeleton.index(first)] - joints[:, skeleton.index(second)]
        for first, second in _LINES
        if {first, second} <= set(skeleton.joint_names)
    ]
    parts = np.concatenate([upper, lower, np.stack(lines, axis=1)], axis=1)
    own = degrees_between(parts[:-1], parts[1:]).max(axis=1)
    own = np.maximum(own, np.abs(np.diff(bent, axis=0)).max(axis=1))
    planes = np.cross(upper, lower)
    turned = degrees_between(planes[:-1], planes[1:])
    is_bent = (bent[:-1] > _PLANE_DEG) & (bent[1:] > _PLANE_DEG)
    own = np.maximum(own, np.where(is_bent, turned, 0.0).max(axis=1))
    rotations = fit.pose.rotations
    steps = rotation_vectors(rotations[:-1].swapaxes(-1, -2) @ rotations[1:])
    most = np.degrees(np.linalg.norm(steps, axis=-1)).max(axis=1)
    return int(((most > _JUMP_DEG) & (own < _JUMP_DEG)).sum())  # NaN is never below


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sessions", nargs="+", type=Path)
    print(
        "| session | layer | person | frames | body to joints | limbs and hips "
        "| of lengths alone | hinges off | jumps |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for session in map(Session, parser.parse_args().sessions):
        skeleton = session.origin.skeleton
        for layer in session.layers:
            take = load_take(session, ExportOptions(layer=layer), least_s=_MIN_S)
            everybody_mm, num_jumps = [], 0
            for track in (track for track in take.tracks if track.is_posed.any()):
                joints = to_y_up(track.joints)
                times_s = take.times_s[track.first : track.first + len(track)]
                fit = fit_body(body_of(skeleton), joints, track.joint_scores, times_s)
                everybody_mm.append(fit.residual_mm)
                used, least_mm = length_error(skeleton, joints)
                own_mm = np.sqrt(np.nanmean(fit.residual_mm[:, used] ** 2))
                hinges, most = hinge_error(fit, skeleton, joints), np.nanmax(fit.residual_mm)
                num_own = jumps(fit, skeleton, joints)
                num_jumps += num_own
                print(
                    f"| {session.folder.name} | {layer} | {track.track_id} | {len(track)} "
                    f"| {fit.rms_mm:.1f} mm rms, at most {most:.0f} mm "
                    f"| {own_mm:.1f} mm | {least_mm:.1f} mm "
                    f"| {hinges:.0f}° | {num_own} |"
                )
            if everybody_mm:
                of_all = np.concatenate(everybody_mm)
                print(
                    f"| {session.folder.name} | {layer} | all | {len(of_all)} "
                    f"| {np.sqrt(np.nanmean(of_all**2)):.1f} mm rms, "
                    f"at most {np.nanmax(of_all):.0f} mm | | | | {num_jumps} |"
                )


if __name__ == "__main__":
    main()
