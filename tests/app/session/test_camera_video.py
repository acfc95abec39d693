"""A camera's own JPEG files as the video of a session."""

import av
import cv2
import numpy as np
import pytest
from session_fakes import ORIGIN, tracked

from das_app.messaging.messages import Frame, PoseResult
from das_app.motion.faces import FaceHiding
from das_app.pipeline.microphone import SOUND_RATE
from das_app.session.format import VIDEO_FILE
from das_app.session.frames import RecordedFrames
from das_app.session.recorder import Recorder, keeps_jpeg
from das_app.session.session import Session
from das_app.session.types import EventKind, Layer
from das_app.sources.camera_devices import CameraVideo
from das_model.camera import Camera
from das_model.people import People

SIZE, FPS = (128, 96), 25


def value_of(number):
    return 20 + 5 * number


def jpeg_frame(number, size=SIZE, damage="", has_packet=True):
    """A plain picture whose grey tells its number, with its JPEG file of 4:2:2."""
    grey = np.full((size[1], size[0], 3), value_of(number), np.uint8)
    sampling = (cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422)
    file = cv2.imencode(".jpg", grey, sampling)[1].tobytes()
    image = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_COLOR_RGB)
    packet = file if has_packet else None
    camera = Camera.from_fov(size)
    return Frame(number, number / FPS, image, camera, packet=packet, damage=damage)


def record(folder, frames, camera_video=CameraVideo.OWN, hide_at=None, people=None, **options):
    options = {"has_video": True, "waits": True, "camera_video": camera_video, **options}
    recorder = Recorder(folder, ORIGIN, **options)
    people = tracked(3000.0) if people is None else people
    for frame in frames:
        if frame.index == hide_at:
            recorder.hide_faces(FaceHiding.BLUR)
        recorder.keep(frame)
        recorder.write(PoseResult(frame, people, 0.0, 0.0, people))
    recorder.close()
    return folder / VIDEO_FILE


def stored(path):
    """Codec, and the bytes and times in ms of the pictures."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        packets = [p for p in container.demux(stream) if p.size]
        times = [round(1000 * p.pts * p.time_base) for p in packets]
        return stream.codec_context.name, [bytes(p) for p in packets], times


def shown(folder, num_frames):
    """Mean of each frame's picture, as the player shows it."""
    frames = RecordedFrames(folder)
    means = [float(frames.read().image.mean()) for _ in range(num_frames)]
    frames.close()
    return means


def test_files_are_stored_untouched_with_the_times_of_their_frames(tmp_path):
    frames = [jpeg_frame(number) for number in range(30)]
    codec, packets, times = stored(record(tmp_path / "session", frames))
    assert codec == "mjpeg"
    assert packets == [frame.packet for frame in frames]
    assert times == [40 * number for number in range(30)]
    wanted = [value_of(number) for number in range(30)]
    np.testing.assert_allclose(shown(tmp_path / "session", 30), wanted, atol=2)


def test_a_place_can_be_sought(tmp_path):
    record(tmp_path / "session", [jpeg_frame(number) for number in range(30)])
    frames = RecordedFrames(tmp_path / "session")
    for number in (20, 3, 29, 0):
        frames.seek(number)
        assert frames.read().image.mean() == pytest.approx(value_of(number), abs=2)
    frames.close()


@pytest.mark.parametrize("has_packet", [True, False])
def test_without_files_or_where_it_is_wanted_pictures_are_encoded(tmp_path, has_packet):
    frames = [jpeg_frame(number, has_packet=has_packet) for number in range(5)]
    wish = CameraVideo.ENCODED if has_packet else CameraVideo.OWN
    codec, packets, _ = stored(record(tmp_path / "session", frames, wish))
    assert codec != "mjpeg"
    assert len(packets) == 5


@pytest.mark.parametrize(
    ("wish", "num_cores", "keeps"),
    [
        (CameraVideo.AUTO, 2, True),
        (CameraVideo.AUTO, 16, False),
        (CameraVideo.OWN, 16, True),
        (CameraVideo.ENCODED, 2, False),
    ],
)
def test_by_itself_files_are_kept_on_few_cores(wish, num_cores, keeps):
    assert keeps_jpeg(wish, num_cores) is keeps


def test_faces_that_are_hidden_from_some_time_on_are_in_no_stored_file(tmp_path):
    frames = [jpeg_frame(number) for number in range(12)]
    head = tracked(1500.0)
    path = record(tmp_path / "session", frames, hide_at=6, people=head)
    codec, packets, times = stored(path)
    assert codec == "mjpeg"
    assert packets[:6] == [frame.packet for frame in frames[:6]]
    assert not {frame.packet for frame in frames[6:]} & set(packets)
    assert times == [40 * number for number in range(12)]
    np.testing.assert_allclose(
        shown(tmp_path / "session", 12), [value_of(n) for n in range(12)], atol=6
    )


def test_pictures_of_another_size_are_letterboxed_and_said(tmp_path):
    frames = [jpeg_frame(n, SIZE if n < 4 else (64, 96)) for n in range(8)]
    codec, packets, _ = stored(record(tmp_path / "session", frames, people=People.empty()))
    assert codec == "mjpeg"
    for number, file in enumerate(packets):
        image = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_GRAYSCALE)
        assert image.shape == (96, 128)
        assert image[48, 64] == pytest.approx(value_of(number), abs=3)
    kinds = [event.kind for event in Session(tmp_path / "session").events()]
    assert EventKind.SIZE_CHANGED in kinds


def test_sound_stands_beside_them(tmp_path):
    recorder = Recorder(
        tmp_path / "session",
        ORIGIN,
        has_video=True,
        waits=True,
        sound_rate=SOUND_RATE,
        camera_video=CameraVideo.OWN,
    )
    people = People.empty()
    for number in range(25):
        frame = jpeg_frame(number)
        recorder.keep(frame)
        recorder.hear(np.full(SOUND_RATE // FPS, 1000, np.int16), frame.time_s)
        recorder.write(PoseResult(frame, people, 0.0, 0.0, people))
    recorder.close()
    with av.open(str(tmp_path / "session" / VIDEO_FILE)) as container:
        samples = sum(block.samples for block in container.decode(audio=0))
    assert samples == pytest.approx(SOUND_RATE, abs=SOUND_RATE / FPS)
    assert len(stored(tmp_path / "session" / VIDEO_FILE)[1]) == 25


@pytest.mark.parametrize("has_video", [True, False])
def test_damaged_pictures_are_events_and_lose_nothing_else(tmp_path, has_video):
    words = "2 damaged pictures left out: a JPEG must end with FF D9"
    frames = [jpeg_frame(n, damage=words if n == 3 else "") for n in range(6)]
    record(tmp_path / "session", frames, has_video=has_video)
    session = Session(tmp_path / "session")
    events = [event for event in session.events() if event.kind is EventKind.PICTURES_DAMAGED]
    assert [event.text for event in events] == [words]
    assert session.num_frames(Layer.RAW) == 6
