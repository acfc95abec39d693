"""Width and height of an encoded image from its header, read before decoding."""

import struct

_TIFF_WIDTH, _TIFF_HEIGHT = 256, 257
_TIFF_KINDS = {3: "H", 4: "I"}  # of the numbers of an entry
_NO_FRAME = (0xC4, 0xC8, 0xCC)  # JPEG markers among those of frames that are none
_LONE = (0x01, *range(0xD0, 0xD8))  # JPEG markers that no segment follows
_NO_FRAME_FOLLOWS = (0xD8, 0xD9, 0xDA)  # begin, end, and the data of a frame
_OS2_HEAD = 12  # bytes of the older head of a BMP


def picture_size(data: bytes) -> tuple[int, int] | None:
    """(width, height) px as the head of a PNG, JPEG, BMP, TIFF or WebP says; None for others.

    OpenCV decodes more kinds, whose sizes are not known here, whatever the file's name ends in.
    """
    readers = {
        b"\x89PNG": _png,
        b"\xff\xd8\xff": _jpeg,
        b"BM": _bmp,
        b"II*\0": _tiff,
        b"MM\0*": _tiff,
        b"RIFF": _webp,
    }
    for magic, reader in readers.items():
        if data.startswith(magic):
            try:
                return reader(data)
            except (struct.error, IndexError):
                return None
    return None


def _png(data: bytes) -> tuple[int, int] | None:
    return struct.unpack_from(">II", data, 16) if data[12:16] == b"IHDR" else None


def _bmp(data: bytes) -> tuple[int, int]:
    (head,) = struct.unpack_from("<I", data, 14)
    width, height = struct.unpack_from("<HH" if head == _OS2_HEAD else "<ii", data, 18)
    return abs(width), abs(height)


def _jpeg(data: bytes) -> tuple[int, int] | None:
    """As libjpeg reads it: what stands between the segments is passed over."""
    place = 2
    while True:
        while data[place] != 0xFF or data[place + 1] in (0x00, 0xFF):
            place += 1
        marker = data[place + 1]
        if marker in _LONE:
            place += 2
            continue
        if marker in _NO_FRAME_FOLLOWS:
            return None
        (length,) = struct.unpack_from(">H", data, place + 2)
        if 0xC0 <= marker <= 0xCF and marker not in _NO_FRAME:
            height, width = struct.unpack_from(">HH", data, place + 5)
            return width, height
        place += 2 + length


def _tiff(data: bytes) -> tuple[int, int] | None:
    order = "<" if data[:2] == b"II" else ">"
    (place,) = struct.unpack_from(order + "I", data, 4)
    (number,) = struct.unpack_from(order + "H", data, place)
    sides: dict[int, int] = {}
    for entry in range(place + 2, place + 2 + 12 * number, 12):
        tag, kind = struct.unpack_from(order + "HH", data, entry)
        if tag in (_TIFF_WIDTH, _TIFF_HEIGHT):
            if kind not in _TIFF_KINDS:
                return None
            (value,) = struct.unpack_from(order + _TIFF_KINDS[kind], data, entry + 8)
            sides.setdefault(tag, value)  # of two entries libtiff takes the first
    if sides.keys() != {_TIFF_WIDTH, _TIFF_HEIGHT}:
        return None
    return sides[_TIFF_WIDTH], sides[_TIFF_HEIGHT]


def _webp(data: bytes) -> tuple[int, int] | None:
    if data[8:12] != b"WEBP":
        return None
    kind = data[12:16]
    if kind == b"VP8X":
        return (
            1 + int.from_bytes(data[24:27], "little"),
            1 + int.from_bytes(data[27:30], "little"),
        )
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind != b"VP8 ":
        return None
    width, height = struct.unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF
