"""Joints of a session as animated empties in Blender, to drive or to compare a rig with.

    das-app export walk --to json -o walk.json
    blender --background --python joints_in_blender.py -- walk.json walk.blend

or, with the `bpy` package of PyPI, `python joints_in_blender.py walk.json walk.blend`. A rigged
body comes by `--to glb` and File > Import > glTF.
"""

import json
import sys

import bpy
from mathutils import Vector

source, target = sys.argv[-2:]
with open(source, encoding="utf-8") as file:
    session = json.load(file)
bpy.ops.wm.read_factory_settings(use_empty=True)
scene = bpy.context.scene
scene.frame_end = len(session["frames"])


def joint_of(person: dict, name: str) -> bpy.types.Object:
    """The empty of a person's joint, under one empty for the person."""
    body_name = f"{person['name'] or 'person'}_{person['id']}"
    empty = bpy.data.objects.get(f"{body_name}.{name}")
    if empty is None:
        body = bpy.data.objects.get(body_name)
        if body is None:
            body = bpy.data.objects.new(body_name, None)
            scene.collection.objects.link(body)
        empty = bpy.data.objects.new(f"{body_name}.{name}", None)
        empty.empty_display_size, empty.parent = 0.03, body
        scene.collection.objects.link(empty)
    return empty


for number, frame in enumerate(session["frames"], start=1):
    for person in frame["people"]:
        for name, place in zip(session["joint_names"], person["joints_mm"], strict=True):
            if None not in place:
                x, y, z = (value / 1000 for value in place)
                empty = joint_of(person, name)
                empty.location = Vector((x, z, -y))  # Blender's z is up
                empty.keyframe_insert("location", frame=number)

bpy.ops.wm.save_as_mainfile(filepath=target)
