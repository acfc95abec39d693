"""Cameras that give JPEG files, by a driver that does as Linux' does."""

import itertools
import time

import cv2
import numpy as np
import pytest

from das_app.lens.intrinsics import Intrinsics
from das_app.sources import camera_devices, camera_source
from das_app.sources.camera_devices import CameraDevice
from das_app.sources.camera_source import decoded_jpeg, open_camera, whole_jpeg
from das_app.sources.frame_source import SourceLost
from das_app.sources.turned_source import Turn, TurnedSource
from das_app.sources.watchdog import Patience

JPEG = float(cv2.VideoWriter.fourcc(*"MJPG"))
QUICK = Patience(stall_s=0.3, still_s=5.0, give_up_s=0.1, retry_s=0.05)
SIZE = (96, 64)


def jpeg_of(number):
    """A JPEG file whose left half is bright and whose right half tells its number."""
    image = np.full((SIZE[1], SIZE[0], 3), 10 + number % 200, np.uint8)
    image[:, : SIZE[0] // 2] = 240
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()


class Driver:
    """A capture of a camera that knows JPEG; what it gives besides is up to the test.

    Args:
        change: of the files' bytes, by number.
        format: that it works in.
        is_decoding: it decodes whatever it is told.
    """

    def __init__(self, change=lambda number, file: file, format=JPEG, is_decoding=False):
        self.change, self.format, self.is_decoding = change, format, is_decoding
        self.numbers, self.properties, self.given = itertools.count(), {}, []

    def isOpened(self):
        return True

    def get(self, prop):
        return self.format if prop == cv2.CAP_PROP_FOURCC else self.properties.get(prop, -1.0)

    def set(self, prop, value):
        self.properties[prop] = value
        return True

    def read(self):
        time.sleep(0.002)
        file = jpeg_of(next(self.numbers))
        if self.is_decoding or self.properties.get(cv2.CAP_PROP_CONVERT_RGB) != 0:
            return True, cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_COLOR)
        if self.format != JPEG:
            return True, np.zeros((SIZE[1], SIZE[0], 2), np.uint8)  # YUYV
        file = self.change(len(self.given), file)
        self.given.append(file)
        return True, np.frombuffer(file, np.uint8)[None]

    def release(self):
        pass


@pytest.fixture
def open_desk(monkeypatch):
    opened = []

    def open_it(driver, is_linux=True):
        monkeypatch.setattr(camera_devices.cv2, "VideoCapture", lambda *_: driver)
        monkeypatch.setattr(camera_devices, "_IS_LINUX", is_linux)
        listed = (CameraDevice(0, "Desk", "/dev/null"),)
        monkeypatch.setattr(camera_source, "list_cameras", lambda: listed)
        monkeypatch.setattr(camera_source, "_limits_of", lambda device: None)
        opened.append(open_camera(0, Intrinsics(), patience=QUICK))
        return opened[-1]

    yield open_it
    for source in opened:
        source.close()


def test_a_frame_has_the_very_file_and_its_picture(open_desk):
    driver = Driver()
    source = open_desk(driver)
    for _ in range(3):
        frame = source.read()
        assert frame.packet in driver.given
        wanted = cv2.imdecode(np.frombuffer(frame.packet, np.uint8), cv2.IMREAD_COLOR)
        np.testing.assert_array_equal(frame.image, wanted[..., ::-1])
        assert not frame.image.flags.writeable
        assert not frame.damage


@pytest.mark.parametrize(
    ("driver", "is_linux"),
    [
        (Driver(is_decoding=True), True),
        (Driver(format=float(cv2.VideoWriter.fourcc(*"YUYV"))), True),
        (Driver(), False),
    ],
)
def test_where_a_driver_gives_no_files_pictures_come_as_before(open_desk, driver, is_linux):
    frame = open_desk(driver, is_linux).read()
    assert frame.packet is None
    assert frame.image.shape == (SIZE[1], SIZE[0], 3)
    assert not driver.given


def test_a_driver_that_leaves_jpeg_for_another_format_is_told_to_decode(open_desk):
    driver = Driver()
    source = open_desk(driver)
    source.read()
    driver.format = 0.0
    for _ in range(200):
        frame = source.read()
        if frame.packet is None:
            break
    assert driver.properties[cv2.CAP_PROP_CONVERT_RGB] == 1
    assert frame.image.shape == (SIZE[1], SIZE[0], 3)


def test_damaged_files_are_left_out_counted_and_said(open_desk):
    def damage(number, file):
        if number % 5 == 1:
            return file[: len(file) // 2].replace(b"\xff\xd9", b"")  # cut off
        return file[:2] + bytes(len(file) - 4) + file[-2:] if number % 5 == 3 else file

    source = open_desk(Driver(damage))
    said, number = [], 0
    while len(said) < 4:
        frame = source.read()
        assert frame.image[:, : SIZE[0] // 3].min() > 200  # whole
        if frame.damage:
            said.append(frame.damage)
        number += 1
        assert number < 500
    words = " ".join(said)
    assert "damaged pictures left out: " in words
    assert "must end with FF D9, it breaks off after" in words or "cannot be decoded" in words


def test_a_camera_that_gives_nothing_whole_is_lost_with_the_reason(open_desk):
    source = open_desk(Driver(lambda number, file: file[:-2] if number > 2 else file))
    with pytest.raises(SourceLost, match="its pictures are damaged: a JPEG must end with FF D9"):
        for _ in range(100):
            source.read()


def test_what_stands_behind_the_end_of_a_file_is_no_part_of_it():
    file = jpeg_of(0)
    assert whole_jpeg(np.frombuffer(file + bytes(300), np.uint8)[None]) == file
    assert whole_jpeg(np.frombuffer(file, np.uint8)[:, None]) == file
    with pytest.raises(ValueError, match=r"begin with FF D8, got 00 00 in 9 bytes"):
        whole_jpeg(np.zeros((1, 9), np.uint8))
    with pytest.raises(ValueError, match=r"cannot be decoded"):
        decoded_jpeg(b"\xff\xd8" + bytes(100) + b"\xff\xd9")


def test_a_turned_picture_has_no_file(open_desk):
    source = TurnedSource(open_desk(Driver()), Turn.RIGHT)
    frame = source.read()
    assert frame.packet is None
    assert frame.image.shape == (SIZE[0], SIZE[1], 3)
    assert frame.image[: SIZE[0] // 3].min() > 200  # what was left is above
