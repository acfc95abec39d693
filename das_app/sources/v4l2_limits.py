"""Limits of a camera's controls as Linux lists them (V4L2), which OpenCV does not tell."""

import os
import struct
from collections.abc import Callable

from das_app.sources.camera_controls import Control, LimitsOf

_QUERY = struct.Struct("=II32siiiiI2I")  # v4l2_queryctrl of linux/videodev2.h
_QUERYCTRL = 0xC0000000 | _QUERY.size << 16 | ord("V") << 8 | 36
_IDS = {
    Control.EXPOSURE: 0x009A0902,
    Control.GAIN: 0x00980913,
    Control.FOCUS: 0x009A090A,
    Control.WHITE_BALANCE: 0x0098091A,
}
_DISABLED = 1
IoControl = Callable[[int, int, bytes], bytes]


def limits_by(path: str, io_control: IoControl) -> LimitsOf:
    """Limits of the controls of a device.

    Args:
        path: of the device.
        io_control: `fcntl.ioctl`, which other systems lack.

    Returns:
        A function that gives least and greatest value, and raises LookupError for a control that
        is not there.
    """

    def limits_of(control: Control) -> tuple[float, float]:
        query = _QUERY.pack(_IDS[control], 0, b"", 0, 0, 0, 0, 0, 0, 0)
        try:
            device = os.open(path, os.O_RDWR | os.O_NONBLOCK)
            try:
                answer = _QUERY.unpack(io_control(device, _QUERYCTRL, query))
            finally:
                os.close(device)
        except OSError as error:
            raise LookupError(control) from error
        least, greatest, flags = answer[3], answer[4], answer[7]
        if flags & _DISABLED or least >= greatest:
            raise LookupError(control)
        return float(least), float(greatest)

    return limits_of
