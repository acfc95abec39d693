"""What a container states of its geometry reaches the picture: turns, mirrors, shapes of pixels.

The independent reader is the `ffmpeg` program, where there is one.
"""

import itertools
import shutil
import struct
import subprocess
from fractions import Fraction

import av
import cv2
import numpy as np
import pytest

from das_app.lens.intrinsics import Intrinsics
from das_app.pipeline.open_source import open_source
from das_app.session.pictures import SessionPictures
from das_app.sources.frame_source import SourceError
from das_app.sources.image_source import read_image
from das_app.sources.picture_size import picture_size
from das_app.sources.upright import Crop, cropped, shown_width
from das_app.sources.video_source import VideoSource

LENS = Intrinsics()
WIDTH, HEIGHT = 64, 48
# Rows of the display matrix (a, b), (c, d): a place (x, y) goes to (a x + c y, b x + d y).
EIGHT = [
    ((1, 0), (0, 1)),
    ((-1, 0), (0, 1)),
    ((1, 0), (0, -1)),
    ((-1, 0), (0, -1)),
    ((0, 1), (1, 0)),
    ((0, 1), (-1, 0)),
    ((0, -1), (1, 0)),
    ((0, -1), (-1, 0)),
]
needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="no ffmpeg here")


def stored_picture():
    """A picture without any symmetry."""
    ys, xs = np.mgrid[:HEIGHT, :WIDTH]
    return np.stack([4 * xs, 5 * ys, 255 * (xs + ys < 30)], -1).astype(np.uint8)


def write_clip(path, aspect=None, num_frames=3, rate=25):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264rgb", rate=rate, options={"qp": "0"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "rgb24"
        if aspect is not None:
            stream.codec_context.sample_aspect_ratio = aspect
        for _ in range(num_frames):
            frame = av.VideoFrame.from_ndarray(stored_picture(), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def with_matrix(path, rows):
    """The mp4 with another matrix in its track header."""
    data = bytearray(path.read_bytes())
    (a, b), (c, d) = rows
    x = WIDTH * (a < 0) + HEIGHT * (c < 0)
    y = WIDTH * (b < 0) + HEIGHT * (d < 0)
    at = data.index(b"tkhd") + 4 + 40  # version 0: the matrix follows 40 bytes of other fields
    values = [a << 16, b << 16, 0, c << 16, d << 16, 0, x << 16, y << 16, 1 << 30]
    data[at : at + 36] = b"".join(v.to_bytes(4, "big", signed=True) for v in values)
    path.write_bytes(data)
    return path


def expected(rows):
    """The stored picture, every pixel put to its place."""
    (a, b), (c, d) = rows
    stored = stored_picture()
    width, height = (WIDTH, HEIGHT) if a else (HEIGHT, WIDTH)
    shown = np.zeros((height, width, 3), np.uint8)
    for y, x in itertools.product(range(HEIGHT), range(WIDTH)):
        new_x, new_y = a * x + c * y, b * x + d * y
        shown[new_y % height, new_x % width] = stored[y, x]
    if a + c < 0:  # -x % width leaves 0 at 0, where the mirror has width - 1
        shown = np.roll(shown, -1, axis=1)
    if b + d < 0:
        shown = np.roll(shown, -1, axis=0)
    return shown


def ffmpeg_picture(path, *options):
    """(H, W, 3) first picture as ffmpeg shows it."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), *options, "-frames:v", "1"]
    command += ["-f", "image2pipe", "-c:v", "png", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    return cv2.imdecode(np.frombuffer(done.stdout, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1]


def first_picture(path):
    source = open_source(str(path), LENS)
    frame = source.read()
    source.close()
    assert not frame.image.flags.writeable
    assert frame.image.flags.c_contiguous
    assert frame.camera.size == (frame.image.shape[1], frame.image.shape[0])
    return frame.image


@pytest.mark.parametrize("rows", EIGHT, ids=str)
def test_all_eight_orientations_of_a_video(tmp_path, rows):
    clip = with_matrix(write_clip(tmp_path / "clip.mp4"), rows)
    image = first_picture(clip)
    assert np.abs(image.astype(int) - expected(rows)).max() <= 3
    if shutil.which("ffmpeg"):
        assert np.abs(image.astype(int) - ffmpeg_picture(clip)).max() <= 3
    pictures = SessionPictures(clip)
    assert np.array_equal(pictures.at(0.0), image)
    pictures.close()


@pytest.mark.parametrize(
    ("aspect", "width"), [(Fraction(2), 128), (Fraction(1, 2), 32), (Fraction(16, 11), 93)]
)
@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_pixels_become_square(tmp_path, aspect, width, suffix):
    clip = write_clip(tmp_path / f"clip.{suffix}", aspect)
    image = first_picture(clip)
    assert image.shape == (HEIGHT, width, 3)
    wanted = cv2.resize(stored_picture(), (width, HEIGHT), interpolation=cv2.INTER_LINEAR)
    assert np.abs(image.astype(int) - wanted)[:, 4:-4].mean() < 4
    if shutil.which("ffmpeg"):
        shown = ffmpeg_picture(clip, "-vf", f"scale={width}:{HEIGHT}")
        assert np.abs(image.astype(int) - shown).mean() < 3


def test_square_pixels_and_a_turn_together(tmp_path):
    clip = with_matrix(write_clip(tmp_path / "clip.mp4", Fraction(2)), ((0, 1), (-1, 0)))
    assert first_picture(clip).shape == (2 * WIDTH, HEIGHT, 3)


@pytest.mark.parametrize(
    "aspect", [None, Fraction(1), Fraction(0), Fraction(1, 100), Fraction(99)]
)
def test_impossible_shapes_of_pixels_are_passed_over(aspect):
    assert shown_width(64, aspect) == 64


@needs_ffmpeg
def test_crop_that_the_codec_states(tmp_path):
    clip = tmp_path / "odd.mp4"
    source = write_clip(tmp_path / "clip.mp4")
    subprocess.run(
        [
            "ffmpeg",
            "-v",
            "error",
            "-i",
            str(source),
            "-c:v",
            "copy",
            "-bsf:v",
            "h264_metadata=crop_right=8:crop_top=4",
            str(clip),
        ],
        check=True,
    )
    image = first_picture(clip)
    assert image.shape == (HEIGHT - 4, WIDTH - 8, 3)
    assert np.abs(image.astype(int) - stored_picture()[4:, :-8]).max() <= 3
    assert np.abs(image.astype(int) - ffmpeg_picture(clip)).max() <= 3


def boxes(data, start, end):
    """Name, place and size of the boxes of an MP4 between two places."""
    while start < end:
        size, name = struct.unpack(">I4s", data[start : start + 8])
        yield name, start, size
        start += size


def with_box(data, path, box, start=0, end=None):
    """An MP4, or a part of it, with a box appended to the box that a path of names leads to."""
    end = len(data) if end is None else end
    name, place, size = next(each for each in boxes(data, start, end) if each[0] == path[0])
    head = 16 if name == b"stsd" else 8
    if len(path) == 1:
        changed = data[place : place + size] + box
    else:
        inner = with_box(data, path[1:], box, place + head, place + size)
        changed = data[place : place + head] + inner
    changed = struct.pack(">I", len(changed)) + changed[4:]
    return data[start:place] + changed + data[place + size : end]


def with_clean_aperture(clip, left, right, top, bottom):
    """A copy of a clip whose container says that its pictures are shown without their edges."""
    width, height = WIDTH - left - right, HEIGHT - top - bottom
    # width and height, then twice the way from the middle of the picture to that of the part
    numbers = (width, 1, height, 1, left - right, 2, top - bottom, 2)
    box = struct.pack(">I4s8i", 40, b"clap", *numbers)
    path = [b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"avc1"]
    copy = clip.with_name(f"cropped{clip.suffix}")
    copy.write_bytes(with_box(clip.read_bytes(), path, box))
    return copy


@pytest.mark.parametrize("edges", [(8, 24, 10, 18), (0, 6, 4, 0)])
def test_crop_that_the_container_states(tmp_path, edges):
    left, right, top, bottom = edges
    clip = with_clean_aperture(write_clip(tmp_path / "clip.mp4"), *edges)
    image = first_picture(clip)
    wanted = stored_picture()[top : HEIGHT - bottom, left : WIDTH - right]
    assert image.shape == wanted.shape
    assert np.abs(image.astype(int) - wanted).max() <= 3


def test_crop_square_pixels_and_a_turn_together(tmp_path):
    turned = with_matrix(write_clip(tmp_path / "clip.mp4", Fraction(2)), ((0, 1), (-1, 0)))
    image = first_picture(with_clean_aperture(turned, 8, 24, 10, 18))
    assert image.shape == (2 * (WIDTH - 32), HEIGHT - 28, 3)


def test_a_crop_that_leaves_nothing_is_passed_over():
    image = stored_picture()
    assert cropped(image, Crop(WIDTH, 0, 0, 0), 1.0) is image
    assert cropped(image, Crop(0, 0, HEIGHT - 1, 1), 1.0) is image


def test_one_scaler_without_threads_serves_a_video(tmp_path, monkeypatch):
    made = []

    class Counted:
        def __init__(self):
            made.append(self)
            self._real = av.video.reformatter.VideoReformatter()

        def reformat(self, *args, **options):
            assert options["threads"] == 1
            return self._real.reformat(*args, **options)

    monkeypatch.setattr("das_app.sources.upright.VideoReformatter", Counted)
    source = VideoSource(write_clip(tmp_path / "clip.mp4", num_frames=20), LENS)
    while source.read() is not None:
        pass
    source.close()
    assert len(made) == 1


# pictures


@pytest.mark.parametrize("suffix", ["png", "jpg", "bmp", "tif", "webp"])
def test_the_head_of_a_picture_tells_its_size(tmp_path, suffix):
    path = tmp_path / f"x.{suffix}"
    assert cv2.imwrite(str(path), np.zeros((37, 91, 3), np.uint8))
    assert picture_size(path.read_bytes()) == (91, 37)
    for cut in range(0, 60, 3):
        picture_size(path.read_bytes()[:cut])  # must not raise


def png_of(width, height):
    """A PNG that claims a size; its content is missing."""
    data = bytearray(cv2.imencode(".png", np.zeros((1, 1), np.uint8))[1].tobytes())
    data[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return bytes(data)


@pytest.mark.parametrize("size", [(40_000, 40_000), (16_000, 16_000), (1_000_000, 101)])
def test_a_picture_of_too_many_pixels_is_refused(tmp_path, size):
    (tmp_path / "bomb.png").write_bytes(png_of(*size))
    with pytest.raises(SourceError, match=f"bomb.png has {size[0]} x {size[1]}"):
        read_image(tmp_path / "bomb.png")


def jpeg_of(width, height, before=b""):
    """A JPEG that claims a size, with something before its first segment."""
    data = bytearray(cv2.imencode(".jpg", np.zeros((8, 8, 3), np.uint8))[1].tobytes())
    place = data.index(b"\xff\xc0") + 5
    data[place : place + 4] = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    return bytes(data[:2] + before + data[2:])


OTHER_KINDS = {
    "pnm": b"P5\n30000 30000\n255\n" + bytes(1000),
    "hdr": b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 30000 +X 30000\n" + bytes(1000),
    "pfm": b"Pf\n30000 30000\n-1.0\n" + bytes(1000),
    "gif": b"GIF89a" + struct.pack("<HH", 30_000, 30_000) + b"\x80\0\0\0\0\0\xff\xff\xff,",
    "jpeg 2000": b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(100),
    "big tiff": b"II+\0" + struct.pack("<HHQQ", 8, 0, 16, 0) + bytes(100),
    "offsets for sizes": b"II*\0"
    + struct.pack("<IH", 8, 2)
    + struct.pack("<HHII", 256, 16, 1, 100)
    + struct.pack("<HHII", 257, 16, 1, 100)
    + struct.pack("<QQ", 30_000, 30_000) * 20,
}


@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_a_picture_whose_size_is_not_known_beforehand_is_refused(tmp_path, kind):
    (tmp_path / "x.png").write_bytes(OTHER_KINDS[kind])
    with pytest.raises(SourceError, match=r"x\.png cannot be decoded"):
        read_image(tmp_path / "x.png")


@pytest.mark.parametrize(
    "before", [b"", b"\xff" * 9, b"\xff\x01", b"\xff\xd0", b"\xff\xd7", b"\xff\xfe\0\2\1\2\xff\0"]
)
def test_whatever_stands_before_a_jpegs_size_it_is_found(tmp_path, before):
    (tmp_path / "x.jpg").write_bytes(jpeg_of(30_000, 30_001, before))
    with pytest.raises(SourceError, match=r"x\.jpg has 30000 x 30001"):
        read_image(tmp_path / "x.jpg")


def test_a_bmp_with_the_older_head_is_read(tmp_path):
    head = b"BM" + struct.pack("<IHHI", 26 + 120 * 30, 0, 0, 26)
    head += struct.pack("<IHHHH", 12, 40, 30, 1, 24)
    (tmp_path / "x.bmp").write_bytes(head + bytes(120 * 30))
    assert read_image(tmp_path / "x.bmp").shape == (30, 40, 3)


def test_a_bad_picture_does_not_end_a_folder(tmp_path, caplog):
    for name in ("a.png", "d.png"):
        assert cv2.imwrite(str(tmp_path / name), np.zeros((8, 8, 3), np.uint8))
    (tmp_path / "b.png").write_bytes(png_of(40_000, 40_000))
    (tmp_path / "c.jpg").write_bytes(b"no picture")
    source = open_source(str(tmp_path), LENS)
    assert [source.read().index, source.read().index, source.read()] == [0, 3, None]
    assert "b.png" in caplog.text
    assert "c.jpg" in caplog.text


@pytest.mark.parametrize("suffix", ["avif"])
def test_pictures_coded_as_video_are_read_in_folders(tmp_path, suffix):
    path = tmp_path / f"x.{suffix}"
    if not cv2.imwrite(str(path), stored_picture()[:, :, ::-1]):
        pytest.skip(f"nothing here writes {suffix}")
    assert np.abs(first_picture(tmp_path).astype(int) - stored_picture()).mean() < 12
