"""`Stage`: inputs of the kernels for one image besides meshes.

A struct of Warp, so that the same fields are filled in Python and read on the device. World
units are metres, z up; colours are linear RGB.
"""

import warp as wp

PHOTO = wp.constant(0)
ROOM = wp.constant(1)
OUTDOOR = wp.constant(2)
MAX_FEET = 12


@wp.struct
class Stage:
    """Camera, light and backdrop of one picture.

    `lens` is (focal, centre x, centre y) in px of the supersampled picture. `turn` has the
    camera's right, down and forward axes as rows, `sun_turn` those of the shadow map, which
    reaches 1 / `sun_scale` metres from `sun_centre` to every side. `room_axis` is (cos, sin) of
    the room's yaw, `room_half` its half sizes and its height. Texture numbers are -1 where there
    is none.
    """

    position: wp.vec3
    turn: wp.mat33
    lens: wp.vec3
    sun_direction: wp.vec3
    sun_colour: wp.vec3
    sky: wp.vec3
    ground: wp.vec3
    fill_direction: wp.vec3
    fill_colour: wp.vec3
    shadow: float
    sun_centre: wp.vec3
    sun_turn: wp.mat33
    sun_scale: float
    backdrop: int
    room_axis: wp.vec2
    room_centre: wp.vec2
    room_half: wp.vec3
    floor_texture: int
    wall_texture: int
    floor_colour: wp.vec3
    wall_colour: wp.vec3
    ceiling_colour: wp.vec3
    floor_scale: float
    wall_scale: float
    decor_width: float
    decor_share: float
    seed: int
