"""Sound in a session's video: in step with the pictures, whatever its blocks do."""

import time

import av
import numpy as np
import pytest
from session_fakes import ORIGIN, tracked

from das_app.exports.export import export_session
from das_app.exports.formats import ExportFormat
from das_app.exports.takes.take import ExportOptions
from das_app.messaging.messages import Frame, PoseResult
from das_app.pipeline.microphone import SOUND_RATE, first_sample_s
from das_app.session.format import VIDEO_FILE
from das_app.session.recorder import Recorder
from das_app.session.repair import repair_session
from das_app.session.session import Session
from das_model.camera import Camera

SIZE = (64, 48)
FPS, BEGIN_S, FLASH_S = 30, 1000.0, 1.5  # the camera's clock, and when it flashes and clicks
BLOCK = 512
IN_STEP_S = 0.04


def frame(number, is_bright):
    image = np.full((SIZE[1], SIZE[0], 3), 230 if is_bright else 20, np.uint8)
    image.setflags(write=False)
    return Frame(number, BEGIN_S + number / FPS, image, Camera.from_fov(SIZE))


def clicks(first_s, num_blocks, drift=1.0, silent=()):
    """Blocks of a microphone that clicks at the flash, with the times of their first samples.

    Its clock runs `drift` times as fast; `silent` blocks never come.
    """
    for number in range(num_blocks):
        heard_s = BEGIN_S + first_s + number * BLOCK / SOUND_RATE / drift
        times_s = heard_s + np.arange(BLOCK) / SOUND_RATE / drift - BEGIN_S
        samples = np.where((times_s >= FLASH_S) & (times_s < FLASH_S + 0.02), 20_000, 0)
        if number not in silent:
            jitter_s = 0.004 * (-1) ** number  # of a driver
            yield samples.astype(np.int16), heard_s + jitter_s


def record(folder, blocks, num_frames=90, close=True):
    recorder = Recorder(folder, ORIGIN, has_video=True, waits=True, sound_rate=SOUND_RATE)
    waiting = list(blocks)
    for number in range(num_frames):
        now = frame(number, FLASH_S <= number / FPS < FLASH_S + 0.2)
        recorder.keep(now)
        while waiting and waiting[0][1] <= now.time_s:
            recorder.hear(*waiting.pop(0))
        people = tracked(3000.0)
        recorder.write(PoseResult(now, people, 0.0, 0.0, people))
    recorder.close()
    return folder / VIDEO_FILE


def flash_and_click_s(video):
    """Seconds of the first bright picture, and of the first loud sample, as the file has them."""
    with av.open(str(video)) as container:
        flash_s = next(
            picture.time
            for picture in container.decode(video=0)
            if picture.to_ndarray(format="gray")[:, : SIZE[0]].mean() > 120
        )
    with av.open(str(video)) as container:
        for block in container.decode(audio=0):
            samples = block.to_ndarray()[0].astype(float)
            level = 10_000 if block.format.name.startswith("s16") else 0.3
            loud = np.flatnonzero(np.abs(samples) > level)
            if len(loud):
                return flash_s, block.time + loud[0] / block.sample_rate
    raise AssertionError("there is no click")


@pytest.mark.parametrize(
    ("first_s", "drift", "silent"),
    [
        (-0.3, 1.0, ()),  # it was on before the first picture
        (0.7, 1.0, ()),  # it came late
        (0.0, 1.02, ()),  # its clock is fast, far more than any is
        (0.0, 0.98, ()),
        (0.0, 1.0, range(40, 90)),  # half a second was lost
    ],
)
def test_a_click_is_heard_when_the_flash_is_seen(tmp_path, first_s, drift, silent):
    num_blocks = round(3.2 * SOUND_RATE / BLOCK)
    blocks = clicks(first_s, num_blocks, drift, silent)
    flash_s, click_s = flash_and_click_s(record(tmp_path / "s", blocks))
    assert flash_s == pytest.approx(FLASH_S, abs=0.001)
    assert click_s == pytest.approx(flash_s, abs=IN_STEP_S)


def test_a_microphone_that_falls_silent_holds_up_no_picture(tmp_path):
    blocks = list(clicks(0.0, 20))
    with av.open(str(record(tmp_path / "s", blocks))) as container:
        assert sum(1 for _ in container.decode(video=0)) == 90


def test_without_sound_there_is_no_such_track(tmp_path):
    recorder = Recorder(tmp_path / "s", ORIGIN, has_video=True, waits=True)
    recorder.keep(frame(0, False))
    recorder.hear(np.zeros(BLOCK, np.int16), BEGIN_S)
    people = tracked(3000.0)
    recorder.write(PoseResult(frame(0, False), people, 0.0, 0.0, people))
    recorder.close()
    with av.open(str(tmp_path / "s" / VIDEO_FILE)) as container:
        assert not container.streams.audio


def test_a_repair_keeps_the_sound(tmp_path):
    folder = tmp_path / "s"
    video = record(folder, clicks(0.0, round(3.2 * SOUND_RATE / BLOCK)))
    (folder / "session.json").unlink()
    video.write_bytes(video.read_bytes()[:-300])
    assert repair_session(folder).has_video
    flash_s, click_s = flash_and_click_s(video)
    assert click_s == pytest.approx(flash_s, abs=IN_STEP_S)


@pytest.mark.parametrize("begin_s", [0.0, 0.5])
def test_a_film_has_the_sound_of_the_part_that_counts(tmp_path, begin_s):
    folder = tmp_path / "s"
    record(folder, clicks(0.0, round(3.2 * SOUND_RATE / BLOCK)))
    session = Session(folder)
    session.change(session.edits.begun_at(begin_s).ended_at(2.5))
    film = tmp_path / "film.mp4"
    export_session(session, ExportFormat.MP4, film, ExportOptions())
    flash_s, click_s = flash_and_click_s(film)
    assert flash_s == pytest.approx(FLASH_S - begin_s, abs=0.05)
    assert click_s == pytest.approx(flash_s, abs=IN_STEP_S)
    with av.open(str(film)) as container:
        heard_s = sum(block.samples for block in container.decode(audio=0)) / SOUND_RATE
    assert heard_s == pytest.approx(2.5 - begin_s, abs=0.06)


class Times:
    def __init__(self, heard_s, now_s):
        self.inputBufferAdcTime, self.currentTime = heard_s, now_s


def test_time_of_a_block_on_the_clock_of_the_camera():
    now_s = time.monotonic()
    assert first_sample_s(Times(50.00, 50.03), 480, now_s) == pytest.approx(now_s - 0.03)
    for nonsense in (Times(0.0, 50.0), Times(10.0, 50.0), Times(51.0, 50.0)):
        assert first_sample_s(nonsense, 480, now_s) == pytest.approx(now_s - 0.01)
