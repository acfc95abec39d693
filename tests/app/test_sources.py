from fractions import Fraction

import av
import cv2
import numpy as np
import pytest

from das_app.calibration import Intrinsics
from das_app.pipeline import camera_source, sources
from das_app.pipeline.camera_source import CameraSource
from das_app.pipeline.frame_source import SourceError
from das_app.pipeline.image_source import ImageSource, list_images, read_image
from das_app.pipeline.sources import open_source
from das_app.pipeline.video_source import VideoSource

LENS = Intrinsics()
MILLISECONDS = Fraction(1, 1000)


def picture(number, size=(64, 48)):
    """A picture whose left half is as bright as its number says, right half dark."""
    image = np.zeros((size[1], size[0], 3), np.uint8)
    image[:, : size[0] // 2] = 20 * number + 20
    image[: size[1] // 2, size[0] // 2 :, 0] = 255
    return image


def write_video(path, times_ms, size=(64, 48), codec="ffv1"):
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=30)
        stream.width, stream.height, stream.pix_fmt = *size, "bgr0"
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
    assert source.name == "clip.mkv" and not source.is_live


def test_video_positions_count_from_its_first_picture(tmp_path):
    source = VideoSource(write_video(tmp_path / "late.mkv", [5000, 5040]), LENS)
    assert [f.time_s for f in read_all(source)] == pytest.approx([0, 0.04])
    source.close()


def test_video_rewinds_to_its_first_picture(tmp_path):
    source = VideoSource(write_video(tmp_path / "clip.mkv", [0, 40, 80]), LENS)
    first = read_all(source)
    assert source.read() is None
    source.rewind()
    again = read_all(source)
    source.close()
    assert [(f.index, f.time_s) for f in again] == [(f.index, f.time_s) for f in first]
    assert np.array_equal(again[0].image, first[0].image)


def test_video_is_turned_upright(tmp_path):
    plain = write_video(tmp_path / "plain.mkv", [0, 40])
    turned = tmp_path / "turned.mp4"
    with av.open(str(plain)) as old, av.open(str(turned), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        for packet in old.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                new.mux(packet)
    patch_display_matrix(turned)
    source = VideoSource(turned, LENS)
    frame = source.read()
    source.close()
    assert frame.camera.size == (48, 64)
    assert np.array_equal(frame.image, np.rot90(picture(0), -1))


def patch_display_matrix(path):
    """Have the mp4's track header ask for a quarter turn clockwise, as a phone does."""
    data = path.read_bytes()
    one, minus_one = (0x10000).to_bytes(4), (0xFFFF0000).to_bytes(4)
    w, zero = (0x40000000).to_bytes(4), bytes(4)
    upright = one + zero * 3 + one + zero * 3 + w
    quarter = zero + one + zero + minus_one + zero * 4 + w
    track_header = data.index(b"tkhd")
    at = data.index(upright, track_header)
    path.write_bytes(data[:at] + quarter + data[at + len(upright) :])


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
    with pytest.raises(SourceError, match="notes.mp4"):
        VideoSource(text, LENS)
    with pytest.raises(SourceError, match="gone.mp4"):
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
    source.rewind()
    assert source.read().index == 0


def test_unreadable_image_is_passed_over_with_a_warning(tmp_path, caplog):
    (tmp_path / "a.png").write_bytes(b"no image")
    (tmp_path / "b.png").write_bytes(b"")
    write_image(tmp_path / "c.png", picture(2))
    frames = read_all(ImageSource(tmp_path, LENS))
    assert [f.index for f in frames] == [2]
    assert "a.png" in caplog.text and "b.png" in caplog.text


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
    monkeypatch.setattr(sources, "bundled_file", lambda *parts: clip)
    for spec, kind, name in [
        (str(clip), VideoSource, "clip.mkv"),
        (str(photo), ImageSource, "photo.jpg"),
        (str(tmp_path), ImageSource, tmp_path.name),
        ("demo", VideoSource, "demo"),
    ]:
        source = open_source(spec, LENS)
        assert isinstance(source, kind) and source.name == name
        source.close()


def test_open_source_names_what_does_not_exist():
    with pytest.raises(SourceError, match="nowhere.mp4"):
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
    """cv2.VideoCapture by a script: a picture, None for a failed read."""

    opened = []

    def __init__(self, pictures, is_open=True):
        self.pictures, self.is_open, self.is_released = list(pictures), is_open, False
        self.opened.append(self)

    def isOpened(self):  # noqa: N802
        return self.is_open

    def read(self):
        image = self.pictures.pop(0) if self.pictures else None
        return image is not None, image

    def get(self, _prop):
        return 30.0

    def set(self, _prop, _value):
        return True

    def release(self):
        self.is_released = True


@pytest.fixture
def cameras(monkeypatch):
    """Give the scripts of the captures to be opened one after the other; the rest fail to open."""
    FakeCapture.opened = []

    def prepare(*scripts):
        waiting = list(scripts)
        monkeypatch.setattr(
            camera_source.cv2,
            "VideoCapture",
            lambda *_: FakeCapture(waiting.pop(0)) if waiting else FakeCapture([], is_open=False),
        )

    monkeypatch.setattr(camera_source, "_RETRY_S", 0.0)
    return prepare


def test_camera_gives_rgb_with_running_index_and_clock(cameras):
    bgr = np.zeros((48, 64, 3), np.uint8)
    bgr[..., 0] = 200  # blue
    cameras([bgr, bgr])
    source = CameraSource(0, LENS)
    first, second = source.read(), source.read()
    source.close()
    assert first.image[0, 0].tolist() == [0, 0, 200]
    assert (first.index, second.index) == (0, 1)
    assert second.time_s >= first.time_s > 0
    assert source.is_live and source.num_frames is None
    assert FakeCapture.opened[0].is_released


def test_camera_bridges_failed_reads(cameras):
    good = np.ones((48, 64, 3), np.uint8)
    cameras([good, None, None, good])
    source = CameraSource(0, LENS)
    assert [source.read().index, source.read().index] == [0, 1]
    assert len(FakeCapture.opened) == 1


def test_camera_is_opened_anew_when_it_stops_delivering(cameras):
    good = np.ones((48, 64, 3), np.uint8)
    cameras([good], [good])
    source = CameraSource(0, LENS)
    assert [source.read().index, source.read().index] == [0, 1]
    assert FakeCapture.opened[0].is_released and len(FakeCapture.opened) == 2


def test_lost_camera_is_told_by_name(cameras):
    cameras([np.ones((48, 64, 3), np.uint8)])
    source = CameraSource(3, LENS)
    source.read()
    with pytest.raises(SourceError, match="camera 3 delivers no pictures"):
        source.read()


def test_camera_that_changes_its_size_gets_a_camera_of_that_size(cameras):
    cameras([np.ones((48, 64, 3), np.uint8), np.ones((96, 128, 3), np.uint8)])
    source = CameraSource(0, LENS)
    assert source.read().camera.size == (64, 48)
    assert source.read().camera.size == (128, 96)


def test_missing_camera_is_refused_with_what_to_do(cameras):
    cameras()
    with pytest.raises(SourceError, match="das-app devices"):
        open_source("7", LENS)


def test_camera_cannot_be_rewound(cameras):
    cameras([])
    with pytest.raises(SourceError, match="rewound"):
        CameraSource(0, LENS).rewind()
