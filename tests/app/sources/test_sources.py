import time
from fractions import Fraction

import av
import cv2
import numpy as np
import pytest

from das_app.files.image_files import list_images
from das_app.lens.intrinsics import Intrinsics
from das_app.pipeline.open_source import open_source
from das_app.sources import camera_devices, camera_source, video_source
from das_app.sources.camera_controls import ControlPort
from das_app.sources.camera_devices import CameraDevice, CameraMode
from das_app.sources.frame_source import SourceError
from das_app.sources.image_source import ImageSource, read_image
from das_app.sources.video_source import VideoSource
from das_app.sources.watchdog import Damage

LENS = Intrinsics()
MILLISECONDS = Fraction(1, 1000)


def picture(number, size=(64, 48)):
    """A picture whose left half is as bright as its number says, right half dark."""
    image = np.zeros((size[1], size[0], 3), np.uint8)
    image[:, : size[0] // 2] = (20 * number + 20) % 256
    image[: size[1] // 2, size[0] // 2 :, 0] = 255
    return image


def write_video(path, times_ms, size=(64, 48), codec="ffv1", pixels="bgr0", options=None):
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=30, options=options)
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        stream.time_base = stream.codec_context.time_base = MILLISECONDS
        for number, time_ms in enumerate(times_ms):
            frame = av.VideoFrame.from_ndarray(picture(number, size), format="rgb24")
            frame = frame.reformat(format=stream.pix_fmt)
            frame.pts, frame.time_base = time_ms, MILLISECONDS
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def write_image(path, image):
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    return path


def read_all(source):
    frames = []
    while (frame := source.read()) is not None:
        frames.append(frame)
    return frames


def test_video_gives_every_picture_exactly_with_its_own_timestamp(tmp_path):
    times_ms = [0, 40, 80, 200, 233, 1033]  # variable rate
    source = VideoSource(write_video(tmp_path / "clip.mkv", times_ms), LENS)
    frames = read_all(source)
    source.close()
    assert [f.index for f in frames] == list(range(6))
    assert [f.time_s for f in frames] == pytest.approx([t / 1000 for t in times_ms])
    for number, frame in enumerate(frames):
        assert np.array_equal(frame.image, picture(number))
        assert not frame.image.flags.writeable
    assert source.name == "clip.mkv"
    assert not source.is_live


def test_video_positions_count_from_its_first_picture(tmp_path):
    source = VideoSource(write_video(tmp_path / "late.mkv", [5000, 5040]), LENS)
    assert [f.time_s for f in read_all(source)] == pytest.approx([0, 0.04])
    source.close()


@pytest.fixture(scope="module")
def coded_clip(tmp_path_factory):
    """40 frames of variable rate with key frames far apart and frames out of order in the file."""
    path = tmp_path_factory.mktemp("clips") / "coded.mp4"
    times_ms = [1000 + 40 * n + 7 * (n % 3) for n in range(40)]
    write_video(path, times_ms, codec="libx264", pixels="yuv420p", options={"g": "16", "bf": "2"})
    return path, [(t - 1000) / 1000 for t in times_ms]


@pytest.mark.parametrize("kind", ["ffv1", "h264", "raw"])
def test_any_frame_can_be_sought_exactly(tmp_path, coded_clip, kind):
    path = coded_clip[0]
    if kind == "ffv1":
        path = write_video(tmp_path / "clip.mkv", [0, 40, 80, 200, 233, 1033])
    elif kind == "raw":  # a stream without any timestamps or index
        path = raw_copy(path, tmp_path / "clip.h264")
    source = VideoSource(path, LENS)
    plain = read_all(source)
    last = len(plain) - 1
    for index in (last, 0, 3, last // 2 + 1, last // 2, 4, last + 50):
        source.seek(index)
        wanted = plain[min(index, last) :]
        for frame, expected in zip((source.read(), source.read()), wanted, strict=False):
            assert (frame.index, frame.time_s) == (expected.index, expected.time_s)
            assert np.array_equal(frame.image, expected.image)
    source.seek(last)
    assert source.read() is not None
    assert source.read() is None
    source.close()


def test_single_frames_back_are_not_decoded_again(coded_clip, monkeypatch):
    source = VideoSource(coded_clip[0], LENS)
    plain = read_all(source)
    monkeypatch.setattr(source, "_next_picture", lambda: pytest.fail("decoded"))
    for index in (38, 37, 36, 20):
        source.seek(index)
        for expected in plain[index:40]:
            assert np.array_equal(source.read().image, expected.image)
    source.close()


def test_kept_pictures_are_bounded_in_memory(coded_clip, monkeypatch):
    monkeypatch.setattr(video_source, "_KEPT_BYTES", 20_000)  # four of these pictures
    source = VideoSource(coded_clip[0], LENS)
    plain = read_all(source)
    assert 1 <= len(source._kept) <= 4
    source.seek(30)
    assert np.array_equal(source.read().image, plain[30].image)
    source.close()


def raw_copy(path, copy):
    with av.open(str(path)) as old, av.open(str(copy), "w", format="h264") as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        for packet in old.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                new.mux(packet)
    return copy


def test_a_film_can_be_sought_before_anything_was_read(coded_clip):
    path, times_s = coded_clip
    source = VideoSource(path, LENS)
    source.seek(20)
    frame = source.read()
    assert (frame.index, frame.time_s) == (20, pytest.approx(times_s[20]))
    source.seek(0)
    assert source.read().time_s == 0
    source.close()


def test_frame_on_screen_at_a_time(coded_clip):
    path, times_s = coded_clip
    source = VideoSource(path, LENS)
    assert [source.index_at(t) for t in times_s] == list(range(40))
    assert source.index_at(times_s[7] - 0.001) == 6
    assert source.index_at(-1) == 0
    assert source.index_at(1000) == 39
    assert times_s[-1] < source.duration_s < times_s[-1] + 0.2
    source.close()


def test_truncated_video_gives_what_is_whole(tmp_path):
    whole = write_video(tmp_path / "whole.mkv", range(0, 400, 40)).read_bytes()
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole[: len(whole) * 2 // 3])
    source = VideoSource(cut, LENS)
    frames = read_all(source)
    source.close()
    assert 0 < len(frames) < 10
    assert np.array_equal(frames[0].image, picture(0))


def test_no_video_is_refused_by_name(tmp_path):
    text = tmp_path / "notes.mp4"
    text.write_text("this is no video")
    with pytest.raises(SourceError, match=r"notes.mp4"):
        VideoSource(text, LENS)
    with pytest.raises(SourceError, match=r"gone.mp4"):
        VideoSource(tmp_path / "gone.mp4", LENS)


def test_sound_alone_is_refused(tmp_path):
    path = tmp_path / "sound.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), layout="mono")
        sound.sample_rate = 8000
        container.mux(stream.encode(sound))
    with pytest.raises(SourceError, match="no picture track"):
        VideoSource(path, LENS)


def test_folder_of_images_with_sub_folders_in_order(tmp_path):
    write_image(tmp_path / "b.png", picture(1))
    write_image(tmp_path / "a.PNG", picture(0))
    write_image(tmp_path / "sub" / "c.png", picture(2, size=(80, 60)))
    (tmp_path / "notes.txt").write_text("no image")
    source = ImageSource(tmp_path, LENS)
    frames = read_all(source)
    assert source.num_frames == 3
    assert [f.camera.size for f in frames] == [(64, 48), (64, 48), (80, 60)]
    assert all(np.array_equal(frames[n].image[..., 1], picture(n)[..., 1]) for n in (0, 1))
    assert [f.time_s for f in frames] == [0, 0.5, 1]
    for index in (1, 0, 9):
        source.seek(index)
        assert source.read().index == min(index, 2)
    assert (source.duration_s, source.index_at(0.99), source.index_at(1.0)) == (1.5, 1, 2)


def test_unreadable_image_is_passed_over_with_a_warning(tmp_path, caplog):
    (tmp_path / "a.png").write_bytes(b"no image")
    (tmp_path / "b.png").write_bytes(b"")
    write_image(tmp_path / "c.png", picture(2))
    frames = read_all(ImageSource(tmp_path, LENS))
    assert [f.index for f in frames] == [2]
    assert "a.png" in caplog.text
    assert "b.png" in caplog.text


def test_folder_of_unreadable_or_no_images_is_refused(tmp_path):
    with pytest.raises(SourceError, match="no image found"):
        ImageSource(tmp_path, LENS)
    (tmp_path / "a.png").write_bytes(b"no image")
    with pytest.raises(SourceError, match="decoded"):
        read_all(ImageSource(tmp_path, LENS))


def test_read_image_is_rgb_and_read_only(tmp_path):
    image = read_image(write_image(tmp_path / "x.png", picture(0)))
    assert image[0, -1].tolist() == [255, 0, 0]
    assert not image.flags.writeable
    assert list_images(tmp_path / "x.png") == [tmp_path / "x.png"]


def test_open_source_knows_what_is_meant(tmp_path, monkeypatch):
    clip = write_video(tmp_path / "clip.mkv", [0, 40])
    photo = write_image(tmp_path / "photo.jpg", picture(0))
    monkeypatch.setattr("das_app.pipeline.open_source.bundled_file", lambda *parts: clip)
    for spec, kind, name in [
        (str(clip), VideoSource, "clip.mkv"),
        (str(photo), ImageSource, "photo.jpg"),
        (str(tmp_path), ImageSource, tmp_path.name),
        ("demo", VideoSource, "demo"),
    ]:
        source = open_source(spec, LENS)
        assert isinstance(source, kind)
        assert source.name == name
        source.close()


def test_open_source_names_what_does_not_exist(cameras):
    cameras({})
    with pytest.raises(SourceError, match=r"nowhere.mp4"):
        open_source("nowhere.mp4", LENS)


def test_intrinsics_of_a_source_hold_from_the_next_frame_on(tmp_path):
    source = VideoSource(write_video(tmp_path / "clip.mkv", [0, 40]), LENS)
    first = source.read()
    source.intrinsics = Intrinsics(fov_deg=90)
    second = source.read()
    source.close()
    assert first.camera.fov_deg == pytest.approx(60, abs=0.1)
    assert second.camera.fov_deg == pytest.approx(90, abs=0.1)


class FakeCapture:
    """cv2.VideoCapture that always has a picture, or cannot be opened."""

    def __init__(self, picture=None, stamp_ms=0.0):
        self.picture, self.stamp_ms = picture, stamp_ms
        self.asked, self.is_released = {}, False

    def isOpened(self):
        return self.picture is not None

    def read(self):
        time.sleep(0.001)
        return True, self.picture

    def get(self, prop):
        return self.stamp_ms if prop == cv2.CAP_PROP_POS_MSEC else 30.0

    def set(self, prop, value):
        self.asked[prop] = value

    def release(self):
        self.is_released = True


@pytest.fixture
def cameras(monkeypatch):
    """Give the captures by index and the listed cameras; returns what was opened, in order."""

    def prepare(captures, *listed):
        opened = []

        def open_it(index, _backend):
            opened.append(index)
            return captures.get(index) or FakeCapture()

        monkeypatch.setattr(camera_devices.cv2, "VideoCapture", open_it)
        for module in ("sources.camera_source", "pipeline.open_source"):
            monkeypatch.setattr(f"das_app.{module}.list_cameras", lambda: listed)
        return opened

    return prepare


BGR = np.zeros((48, 64, 3), np.uint8)
BGR[..., 0] = 200  # blue


def test_camera_gives_rgb_and_is_asked_for_the_mode(cameras):
    capture = FakeCapture(BGR)
    cameras({0: capture}, CameraDevice(0, "Desk", ""))
    source = open_source("0", LENS, CameraMode((640, 480), 60.0))
    before_s = time.monotonic()
    frame = source.read()
    source.close()
    assert frame.image[0, 0].tolist() == [0, 0, 200]
    assert abs(frame.time_s - before_s) < 1
    assert not frame.image.flags.writeable
    assert source.name == "Desk"
    assert capture.asked[cv2.CAP_PROP_FRAME_WIDTH] == 640
    assert capture.asked[cv2.CAP_PROP_FRAME_HEIGHT] == 480
    assert capture.asked[cv2.CAP_PROP_FPS] == 60
    assert capture.is_released


@pytest.mark.parametrize(("age_s", "is_believed"), [(0.2, True), (-5.0, False), (30.0, False)])
def test_driver_stamps_of_the_monotonic_clock_are_the_capture_time(cameras, age_s, is_believed):
    capture = FakeCapture(BGR)
    cameras({0: capture})
    begin_s = time.monotonic()
    capture.stamp_ms = 1e3 * (begin_s - age_s)
    source = open_source("0", LENS)
    frame = source.read()
    source.close()
    if is_believed:
        assert frame.time_s == pytest.approx(begin_s - age_s, abs=1e-6)
    else:
        assert begin_s <= frame.time_s <= time.monotonic()


def test_camera_is_opened_by_name(cameras):
    opened = cameras({4: FakeCapture(BGR)}, CameraDevice(4, "OBS Virtual Camera", ""))
    source = open_source("obs virtual camera", LENS)
    source.close()
    assert source.name == "OBS Virtual Camera"
    assert opened == [4]


def test_camera_is_found_by_name_when_it_has_another_number(cameras):
    opened = cameras({}, CameraDevice(0, "Other", ""), CameraDevice(2, "Desk", ""))
    with pytest.raises(SourceError, match=r"video2|another program"):
        camera_source._Camera(
            CameraDevice(0, "Desk", ""), CameraMode(), ControlPort(), Damage(), damaged_s=1.0
        )
    assert opened == [2]


def test_camera_that_cannot_be_opened_is_refused_with_the_reason(cameras, monkeypatch):
    cameras({})
    monkeypatch.setattr(camera_source, "why_closed", lambda index, path: f"no node {index}")
    with pytest.raises(SourceError, match="camera 7 cannot be opened: no node 7"):
        open_source("7", LENS)
