"""Crop and turn that a Matroska file states, alone and with pixels that are not square.

FFmpeg before 7.1 does not carry out the crop, so the independent picture is the stored one, cut
by NumPy; a turn is compared with the `ffmpeg` program.
"""

import struct
from fractions import Fraction

import numpy as np
import pytest
from test_upright import (
    HEIGHT,
    WIDTH,
    ffmpeg_picture,
    first_picture,
    needs_ffmpeg,
    stored_picture,
    write_clip,
)

SEGMENT, TRACKS, TRACK, VIDEO = 0x18538067, 0x1654AE6B, 0xAE, 0xE0
SEEK_HEAD, CUES = 0x114D9B74, 0x1C53BB6B
CROP_BOTTOM, CROP_TOP, CROP_LEFT, CROP_RIGHT = 0x54AA, 0x54BB, 0x54CC, 0x54DD
PROJECTION, PROJECTION_TYPE, PROJECTION_ROLL = 0x7670, 0x7671, 0x7675


def number(data, at, keeps_mark):
    """An EBML number and its length in bytes; of names the mark of the length belongs to it."""
    length = 9 - data[at].bit_length()
    value = data[at] if keeps_mark else data[at] & (0xFF >> length)
    for byte in data[at + 1 : at + length]:
        value = value << 8 | byte
    return value, length


def element(name, content):
    head = name.to_bytes((name.bit_length() + 7) // 8, "big")
    return head + (1 << 56 | len(content)).to_bytes(8, "big") + content


def with_elements(data, path, added):
    """EBML with more elements at the end of the one that a path of names leads to; what points to
    places in the file is left out, as all of them move."""
    place, changed = 0, b""
    while place < len(data):
        name, name_length = number(data, place, True)
        size, size_length = number(data, place + name_length, False)
        begin = place + name_length + size_length
        end = len(data) if size == (1 << 7 * size_length) - 1 else begin + size
        if path and name == path[0]:
            inner = with_elements(data[begin:end], path[1:], added)
            changed += element(name, inner + (added if len(path) == 1 else b""))
        elif name not in (SEEK_HEAD, CUES):
            changed += data[place:end]
        place = end
    return changed


def with_video_elements(clip, added):
    data = with_elements(clip.read_bytes(), [SEGMENT, TRACKS, TRACK, VIDEO], added)
    clip.write_bytes(data)
    return clip


@pytest.mark.parametrize("edges", [(8, 24, 10, 18), (0, 6, 4, 0), (1, 0, 0, 3)])
@pytest.mark.parametrize("aspect", [None, Fraction(2)])
def test_crop(tmp_path, edges, aspect):
    left, right, top, bottom = edges
    names = (CROP_LEFT, CROP_RIGHT, CROP_TOP, CROP_BOTTOM)
    added = b"".join(element(n, e.to_bytes(2, "big")) for n, e in zip(names, edges, strict=True))
    image = first_picture(with_video_elements(write_clip(tmp_path / "x.mkv", aspect), added))
    wanted = stored_picture()[top : HEIGHT - bottom, left : WIDTH - right]
    assert image.shape == (wanted.shape[0], wanted.shape[1] * int(aspect or 1), 3)
    if aspect is None:
        assert np.abs(image.astype(int) - wanted).max() <= 3
    else:
        assert np.abs(image[:, ::2].astype(int) - wanted)[:, 2:-2].mean() < 6


@needs_ffmpeg
@pytest.mark.parametrize("roll_deg", [0.0, 90.0, -90.0, 180.0])
def test_turn(tmp_path, roll_deg):
    roll = element(PROJECTION_ROLL, struct.pack(">f", roll_deg))
    added = element(PROJECTION, element(PROJECTION_TYPE, b"\0") + roll)
    clip = with_video_elements(write_clip(tmp_path / "x.mkv"), added)
    image = first_picture(clip)
    assert image.shape[:2] == ((HEIGHT, WIDTH) if roll_deg % 180 == 0 else (WIDTH, HEIGHT))
    assert np.abs(image.astype(int) - ffmpeg_picture(clip)).max() <= 3
