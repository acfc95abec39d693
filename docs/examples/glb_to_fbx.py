"""Turn a GLB of DAS Capture into FBX, with Blender: armatures, skins and an action a person.

    blender --background --python glb_to_fbx.py -- walk.glb walk.fbx

or, with the `bpy` package of PyPI, `python glb_to_fbx.py walk.glb walk.fbx`.
"""

import json
import sys
from pathlib import Path

import bpy

source, target = sys.argv[-2:]
content = Path(source).read_bytes()
header = json.loads(content[20 : 20 + int.from_bytes(content[12:16], "little")])
bpy.ops.wm.read_factory_settings(use_empty=True)
scene = bpy.context.scene
fps = float(header["asset"]["extras"]["fps"].partition(",")[0])
scene.render.fps, scene.render.fps_base = round(fps), round(fps) / fps
bpy.ops.import_scene.gltf(filepath=source)
if "glTF_not_exported" in bpy.data.collections:  # the importer's own marks of bones
    for mark in list(bpy.data.collections["glTF_not_exported"].objects):
        bpy.data.objects.remove(mark)
for armature in (each for each in bpy.data.objects if each.type == "ARMATURE"):
    for track in armature.animation_data.nla_tracks:
        track.mute = False  # the importer leaves all but the first person's still
ends = [action.frame_range[1] for action in bpy.data.actions]
scene.frame_start, scene.frame_end = 0, round(max(ends, default=0))
bpy.ops.export_scene.fbx(
    filepath=target,
    add_leaf_bones=False,
    bake_anim_use_all_actions=False,  # one take in which everybody moves
    bake_anim_use_nla_strips=False,
    object_types={"ARMATURE", "MESH"},
)
