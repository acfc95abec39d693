"""Controls of a camera, with a driver that records what is set and refuses some of it."""

import errno
import struct
import threading

import cv2
import pytest

from das_app.sources import camera_controls
from das_app.sources.camera_controls import (
    CaptureControls,
    Control,
    ControlPort,
    ControlState,
    wanted_from,
    wanted_texts,
)
from das_app.sources.v4l2_limits import limits_by

ON, OFF = camera_controls._EXPOSURE_AUTO[0], camera_controls._EXPOSURE_MANUAL[0]


class Driver:
    """A capture with the properties it is given; -1 for others, which it refuses to set."""

    def __init__(self, values, refused=()):
        self.values, self.refused, self.asked = dict(values), refused, []

    def get(self, prop):
        return self.values.get(prop, -1.0)

    def set(self, prop, value):
        self.asked.append((prop, value))
        if prop not in self.values or (prop, value) in self.refused:
            return False
        self.values[prop] = value
        return True


def webcam(**more):
    return Driver(
        {
            cv2.CAP_PROP_EXPOSURE: 150.0,
            cv2.CAP_PROP_AUTO_EXPOSURE: ON,
            cv2.CAP_PROP_GAIN: 10.0,
            cv2.CAP_PROP_WB_TEMPERATURE: 4500.0,
            cv2.CAP_PROP_AUTO_WB: 1.0,
        },
        **more,
    )


def test_only_what_the_driver_takes_back_is_offered():
    refused = ((cv2.CAP_PROP_GAIN, 10.0),)
    controls = CaptureControls(webcam(refused=refused))
    assert controls.states() == {
        Control.EXPOSURE: ControlState(150.0, is_auto=True),
        Control.WHITE_BALANCE: ControlState(4500.0, is_auto=True),
    }
    assert not controls.set(Control.FOCUS, 3.0)
    assert not controls.set(Control.GAIN, 3.0)


def test_a_value_ends_automatic_first_and_automatic_comes_back():
    driver = webcam()
    controls = CaptureControls(driver)
    driver.asked.clear()
    assert controls.set(Control.EXPOSURE, 80.0)
    assert driver.asked == [(cv2.CAP_PROP_AUTO_EXPOSURE, OFF), (cv2.CAP_PROP_EXPOSURE, 80.0)]
    assert controls.states()[Control.EXPOSURE] == ControlState(80.0, is_auto=False)
    assert controls.set(Control.EXPOSURE, None)
    assert controls.states()[Control.EXPOSURE].is_auto
    assert not controls.set(Control.GAIN, None)  # it has no switch


def test_values_stay_in_the_limits_that_the_system_lists():
    limits = {Control.GAIN: (0.0, 63.0)}
    driver = webcam()
    controls = CaptureControls(driver, limits.__getitem__)
    assert controls.states() == {Control.GAIN: ControlState(10.0, None, (0.0, 63.0))}
    assert driver.asked == []  # nothing was tried
    assert controls.set(Control.GAIN, 400.0)
    assert driver.values[cv2.CAP_PROP_GAIN] == 63.0


def test_a_port_obeys_tells_refusals_and_sets_all_again_after_a_loss():
    port = ControlPort({Control.EXPOSURE: None})
    first = webcam(refused=((cv2.CAP_PROP_GAIN, 99.0),))
    controls = port.ask(lambda: CaptureControls(first))
    port.order(Control.GAIN, 99.0)
    port.order(Control.WHITE_BALANCE, 3200.0)
    port.obey(controls)
    assert port.take_refusals() == ["The camera refuses the value 99 for gain."]
    assert port.take_refusals() == []
    assert port.states[Control.WHITE_BALANCE] == ControlState(3200.0, is_auto=False)
    again = webcam()
    port.obey(port.ask(lambda: CaptureControls(again)))
    assert again.values[cv2.CAP_PROP_WB_TEMPERATURE] == 3200.0
    assert again.values[cv2.CAP_PROP_GAIN] == 99.0


def test_a_driver_that_hung_over_its_controls_is_not_asked_again():
    port, answer, is_asked = ControlPort(), threading.Event(), threading.Event()

    def hang():
        is_asked.set()
        answer.wait()
        return CaptureControls(webcam())

    thread = threading.Thread(target=lambda: port.ask(hang))
    thread.start()
    assert is_asked.wait(5)
    assert port.ask(lambda: CaptureControls(webcam())) is None
    answer.set()
    thread.join()
    assert port.states


def test_a_driver_that_raises_costs_no_picture(caplog):
    port = ControlPort()

    def fail():
        raise OSError("gone")

    assert port.ask(fail) is None
    assert "gone" in caplog.text


def test_wanted_controls_as_texts():
    wanted = {Control.GAIN: 12.5, Control.WHITE_BALANCE: None}
    assert wanted_texts(wanted) == ("gain=12.5", "white balance=auto")
    assert wanted_from(wanted_texts(wanted)) == wanted
    with pytest.raises(ValueError, match="of exposure, gain, focus, white balance; got 'zoom=2'"):
        wanted_from(("zoom=2",))


def test_limits_as_linux_lists_them(tmp_path):
    device = tmp_path / "video0"
    device.touch()
    asked = []

    def answer(_file, request, query):
        number = struct.unpack_from("=I", query)[0]
        asked.append((request, number))
        if number == 0x009A090A:  # focus
            raise OSError(errno.EINVAL, "no such control")
        disabled = int(number == 0x0098091A)
        text = (b"A control",)
        return struct.pack("=II32siiiiI2I", number, 1, *text, 3, 2047, 1, 250, disabled, 0, 0)

    limits_of = limits_by(str(device), answer)
    assert limits_of(Control.EXPOSURE) == (3.0, 2047.0)
    assert asked[0] == (0xC0445624, 0x009A0902)
    for control in (Control.FOCUS, Control.WHITE_BALANCE):
        with pytest.raises(LookupError):
            limits_of(control)
