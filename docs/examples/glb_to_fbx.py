"""Turn a GLB of DAS Capture into FBX, with Blender: armatures, skins and an action a person.

    blender --background --python glb_to_fbx.py -- walk.glb walk.fbx

or, with the `bpy` package of PyPI, `python glb_to_fbx.py walk.glb walk.fbx`.
"""

import sys

import bpy

source, target = sys.argv[-2:]
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.import_scene.gltf(filepath=source)
for armature in (each for each in bpy.data.objects if each.type == "ARMATURE"):
    for track in armature.animation_data.nla_tracks:
        track.mute = False  # the importer leaves all but the first person's still
bpy.ops.export_scene.fbx(
    filepath=target,
    add_leaf_bones=False,
    bake_anim_use_all_actions=False,
    bake_anim_use_nla_strips=True,
    object_types={"ARMATURE", "MESH"},
)
