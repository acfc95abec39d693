"""USD: a UsdSkel skeleton with its animation and skinned mannequin for each person.

Metres, y up, z towards the camera. Needs the extra `usd`.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from das_app.exports.bodies.mannequin import mannequin
from das_app.exports.bodies.moving_bodies import M, MovingBody, about_bodies, moving_bodies
from das_app.exports.takes.files import export_file
from das_app.exports.takes.take import ExportError, Progress, Take
from das_app.motion.body.rig import Y_UP_AXES
from das_app.motion.body.rotations import steady_quaternions

if TYPE_CHECKING:
    from pxr import Usd

_ADVICE = "USD needs usd-core: pip install 'das-capture[usd]'"


def write_usd(take: Take, path: Path, on_progress: Progress) -> None:
    """Write a steady take.

    Raises:
        ExportError: if usd-core is missing, the file cannot be written, or the model lacks joints
            that a body needs.
    """
    try:
        from pxr import Usd, UsdGeom
    except ImportError as error:
        raise ExportError(f"{_ADVICE} ({error})") from error
    bodies = moving_bodies(take, take.options.rig, lambda share: on_progress(0.8 * share))
    with export_file(path) as new:
        stage = Usd.Stage.CreateNew(str(new))
        UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.y)
        UsdGeom.SetStageMetersPerUnit(stage, 1.0)
        stage.SetTimeCodesPerSecond(take.fps)
        stage.SetFramesPerSecond(take.fps)
        stage.SetStartTimeCode(0)
        stage.SetEndTimeCode(max(len(take.times_s) - 1, 0))
        world = UsdGeom.Xform.Define(stage, "/World")
        stage.SetDefaultPrim(world.GetPrim())
        about = about_bodies(take, bodies, "metres", Y_UP_AXES)
        world.GetPrim().SetCustomData(about)
        for body in bodies:
            _add_person(stage, body, len(take.times_s))
        stage.GetRootLayer().Save()
        del stage, world
    on_progress(1.0)


def _add_person(stage: "Usd.Stage", body: MovingBody, num_frames: int) -> None:
    from pxr import Gf, UsdGeom, UsdSkel, Vt

    place = f"/World/{body.label}"
    root = UsdSkel.Root.Define(stage, place)
    skeleton = UsdSkel.Skeleton.Define(stage, f"{place}/Skeleton")
    animation = UsdSkel.Animation.Define(stage, f"{place}/Animation")
    joints = _paths(body)
    rest = body.rest_places() * M
    parents = [bone.parent for bone in body.fit.body.bones]
    local = np.array([rest[n] - (rest[p] if p >= 0 else 0) for n, p in enumerate(parents)])
    skeleton.CreateJointsAttr(joints)
    skeleton.CreateBindTransformsAttr(
        Vt.Matrix4dArray([Gf.Matrix4d(1).SetTranslate(Gf.Vec3d(*p)) for p in rest.tolist()])
    )
    skeleton.CreateRestTransformsAttr(
        Vt.Matrix4dArray([Gf.Matrix4d(1).SetTranslate(Gf.Vec3d(*p)) for p in local.tolist()])
    )
    animation.CreateJointsAttr(joints)
    animation.CreateScalesAttr(Vt.Vec3hArray([Gf.Vec3h(1, 1, 1)] * len(joints)))
    turns, moves = animation.CreateRotationsAttr(), animation.CreateTranslationsAttr()
    quaternions = steady_quaternions(body.fit.pose.rotations)
    for frame in range(len(body.track)):
        code = body.track.first + frame
        turns.Set(
            Vt.QuatfArray([Gf.Quatf(w, x, y, z) for x, y, z, w in quaternions[frame].tolist()]),
            code,
        )
        local[0] = body.fit.pose.root[frame] * M
        moves.Set(Vt.Vec3fArray.FromNumpy(local.astype(np.float32)), code)
    visibility = UsdGeom.Imageable(root).CreateVisibilityAttr()
    seen = np.zeros(num_frames, bool)
    seen[body.track.first : body.track.first + len(body.track)] = body.track.is_posed
    for frame in np.flatnonzero(np.diff(seen, prepend=not seen[0])).tolist():
        token = UsdGeom.Tokens.inherited if seen[frame] else UsdGeom.Tokens.invisible
        visibility.Set(token, frame)
    binding = UsdSkel.BindingAPI.Apply(skeleton.GetPrim())
    binding.CreateAnimationSourceRel().SetTargets([animation.GetPath()])
    _add_skin(stage, body, place)


def _add_skin(stage: "Usd.Stage", body: MovingBody, place: str) -> None:
    from pxr import Gf, UsdGeom, UsdSkel, Vt

    skin = mannequin(body)
    mesh = UsdGeom.Mesh.Define(stage, f"{place}/Skin")
    mesh.CreatePointsAttr(Vt.Vec3fArray.FromNumpy(skin.places.astype(np.float32)))
    mesh.CreateFaceVertexCountsAttr(Vt.IntArray([3] * len(skin.triangles)))
    indices = np.ascontiguousarray(skin.triangles.reshape(-1).astype(np.int32))
    mesh.CreateFaceVertexIndicesAttr(Vt.IntArray.FromNumpy(indices))
    mesh.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.none)
    binding = UsdSkel.BindingAPI.Apply(mesh.GetPrim())
    binding.CreateJointIndicesPrimvar(False, 4).Set(
        Vt.IntArray.FromNumpy(skin.joints.astype(np.int32).reshape(-1))
    )
    binding.CreateJointWeightsPrimvar(False, 4).Set(
        Vt.FloatArray.FromNumpy(skin.weights.astype(np.float32).reshape(-1))
    )
    binding.CreateGeomBindTransformAttr(Gf.Matrix4d(1))
    binding.CreateSkeletonRel().SetTargets([f"{place}/Skeleton"])


def _paths(body: MovingBody) -> list[str]:
    """Joint paths, `Hips/Spine` and so on, in names that USD takes."""
    paths: list[str] = []
    for bone, name in zip(body.fit.body.bones, body.names, strict=True):
        own = name.replace(":", "_")
        paths.append(own if bone.parent < 0 else f"{paths[bone.parent]}/{own}")
    return paths
