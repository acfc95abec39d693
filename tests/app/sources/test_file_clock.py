"""Clocks of films: steps of hours, stamps that go back, time lapses; seeking."""

from fractions import Fraction

import av
import numpy as np
import pytest

from das_app.lens.intrinsics import Intrinsics
from das_app.sources.file_clock import FileClock
from das_app.sources.own_packets import own_packets
from das_app.sources.video_source import VideoSource

LENS = Intrinsics()
FPS, NUM_FRAMES = 25, 40


def write_stamped(path, times_s):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 16, 16, "bgr0"
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        for time_s in times_s:
            frame = av.VideoFrame(16, 16, "bgr0")
            frame.pts, frame.time_base = round(1000 * time_s), Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


JUMPING = [0.0, 0.04, 0.08, 95_000.0, 95_000.04, 95_009.0, 200_000.0]
STEADY = [0.0, 0.04, 0.08, 0.12, 0.16, 9.12, 9.16]


@pytest.mark.parametrize("seeks_first", [False, True])
def test_a_jump_of_the_clock_is_one_nominal_step(tmp_path, seeks_first):
    source = VideoSource(write_stamped(tmp_path / "jump.mkv", JUMPING), LENS)
    if seeks_first:
        source.seek(6)
        assert source.read().time_s == pytest.approx(STEADY[6])
        assert [source.index_at(t) for t in STEADY] == list(range(7))
        assert source.duration_s < 10
        source.seek(0)
    frames = [source.read() for _ in JUMPING]
    source.close()
    assert [f.time_s for f in frames] == pytest.approx(STEADY)
    assert [bool(f.note) for f in frames] == [False, False, False, True, False, False, True]
    assert "94999.9 s" in frames[3].note


def test_a_film_whose_clock_begins_late_is_as_long_as_its_pictures(tmp_path):
    """As one that was cut from a long recording, or stamped with the time of day."""
    times_s = [342_000 + 0.04 * number for number in range(10)]
    source = VideoSource(write_stamped(tmp_path / "late.mkv", times_s), LENS)
    assert source.duration_s == pytest.approx(0.4)
    assert [frame.time_s for frame in iter(source.read, None)][-1] == pytest.approx(0.36)
    source.close()


def test_a_clock_that_begins_again_in_a_file_does_not_mix_up_its_frames(tmp_path, monkeypatch):
    """Two recordings of a camera, one behind the other in one file."""
    monkeypatch.setattr("das_app.sources.video_source._MAX_KEPT", 1)
    parts = []
    for number in range(2):
        part = tmp_path / f"{number}.ts"
        with av.open(str(part), "w") as container:
            stream = container.add_stream("mpeg2video", rate=25)
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
            stream.codec_context.gop_size = 1
            for place in range(6):
                grey = np.full((48, 64, 3), 20 * (6 * number + place), np.uint8)
                container.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
            container.mux(stream.encode())
        parts.append(part.read_bytes())
    (tmp_path / "both.ts").write_bytes(b"".join(parts))
    source = VideoSource(tmp_path / "both.ts", LENS)
    levels = [frame.image.mean() for frame in iter(source.read, None)]
    assert levels == sorted(levels)
    assert len(levels) == 12
    for index in (8, 2, 11, 0, 7):
        source.seek(index)
        assert source.read().image.mean() == pytest.approx(levels[index])
    source.close()
    assert own_packets(VideoSource(tmp_path / "both.ts", LENS)) is None


def test_slow_motion_is_played_at_its_true_rate(tmp_path):
    path = write_stamped(tmp_path / "slow.mkv", [0.0, 0.4, 0.8, 1.2])
    source = VideoSource(path, LENS, slow_motion=8.0)
    assert source.duration_s == pytest.approx(VideoSource(path, LENS).duration_s / 8)
    assert source.index_at(0.1) == 2
    source.seek(0)
    assert [source.read().time_s for _ in range(4)] == pytest.approx([0.0, 0.05, 0.1, 0.15])
    source.close()


def test_file_clock_counts_from_the_first_stamp():
    clock = FileClock(Fraction(1, 10), step_s=0.5)
    told = [(clock.time_s(stamp), clock.jump_s) for stamp in (100, 105, 110, 400, 405, 5)]
    assert [time_s for time_s, _ in told] == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5]
    assert [jump_s for _, jump_s in told] == [0.0, 0.0, 0.0, 28.5, 0.0, -40.5]


# stamps that go back


def encoded(codec, num_reordered, num_frames=NUM_FRAMES):
    """Packets of pictures, each a little lighter, with the number of its picture as its stamp."""
    encoder = av.CodecContext.create(codec, "w")
    encoder.width, encoder.height, encoder.gop_size = 64, 48, 8
    encoder.pix_fmt = "bgr0" if codec == "ffv1" else "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, FPS), FPS
    if codec == "libx264":
        encoder.options = {"bf": str(num_reordered), "x264-params": "b-adapt=0:scenecut=0:qp=10"}
    elif num_reordered:
        encoder.max_b_frames = num_reordered
    packets = []
    for number in range(num_frames):
        grey = np.full((48, 64, 3), 6 * number, np.uint8)
        frame = av.VideoFrame.from_ndarray(grey, format="rgb24")
        frame.pts, frame.time_base = number, Fraction(1, FPS)
        packets += encoder.encode(frame)
    return encoder, packets + encoder.encode(None)


def mux(path, encoder, packets, times_s):
    """A file whose pictures have these times; their order is that of decoding."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(encoder.name, rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 64, 48, encoder.pix_fmt
        if encoder.extradata:
            stream.codec_context.extradata = encoder.extradata
        stream.time_base = Fraction(1, 1000 if path.suffix == ".mkv" else 90_000)
        for number, packet in enumerate(packets):
            copy = av.Packet(bytes(packet))
            copy.stream, copy.time_base = stream, stream.time_base
            copy.is_keyframe = packet.is_keyframe
            shown_s = times_s[packet.pts]
            copy.pts, copy.dts = round(shown_s / stream.time_base), number  # rising is required
            if path.suffix == ".ts":
                decoded_s = shown_s + (packet.dts - packet.pts) / FPS
                copy.dts = round(decoded_s / stream.time_base)
            container.mux(copy)
    return path


def write_going_back(path, codec, num_reordered, back_s, at):
    times_s = [20 + number / FPS - back_s * (number >= at) for number in range(NUM_FRAMES)]
    encoder, packets = encoded(codec, num_reordered)
    if path.suffix == ".mkv":
        return mux(path, encoder, packets, times_s)
    cut = next(n for n, packet in enumerate(packets) if packet.pts >= at)
    halves = [
        mux(path.with_name(f"{n}.ts"), encoder, half, times_s).read_bytes()
        for n, half in enumerate((packets[:cut], packets[cut:]))
    ]
    path.write_bytes(b"".join(halves))
    return path


GOING_BACK = [
    ("x.mkv", "ffv1", 0, 16),
    ("x.mkv", "ffv1", 0, 19),
    ("x.mkv", "libx264", 0, 19),
    ("x.mkv", "libx264", 2, 16),
    ("x.mkv", "libx264", 2, 19),
    ("x.mkv", "mpeg2video", 2, 16),
    ("x.ts", "libx264", 0, 19),
    ("x.ts", "libx264", 2, 16),
    ("x.ts", "mpeg2video", 2, 19),
]


@pytest.mark.parametrize("back_s", [0.5, 5.0, 15.0])
@pytest.mark.parametrize(("name", "codec", "num_reordered", "at"), GOING_BACK)
def test_a_place_sought_is_the_one_that_reading_on_comes_to(
    tmp_path, monkeypatch, name, codec, num_reordered, at, back_s
):
    monkeypatch.setattr("das_app.sources.video_source._MAX_KEPT", 1)
    path = write_going_back(tmp_path / name, codec, num_reordered, back_s, at)
    source = VideoSource(path, LENS)
    frames = list(iter(source.read, None))
    source.close()
    levels = [frame.image.mean() for frame in frames]
    assert levels == sorted(levels)
    assert len(levels) == NUM_FRAMES
    assert [frame.time_s for frame in frames] == pytest.approx(np.arange(NUM_FRAMES) / FPS)
    assert [n for n, frame in enumerate(frames) if frame.note] == [at]
    assert f"went back by {back_s:.1f} s" in frames[at].note
    for source in (VideoSource(path, LENS), VideoSource(path, LENS)):
        for index in np.random.default_rng(int(back_s)).permutation(NUM_FRAMES):
            source.seek(int(index))
            frame = source.read()
            assert frame.index == index
            assert (frame.image.mean(), frame.time_s) == pytest.approx(
                (levels[index], index / FPS)
            )
            assert frame.note == frames[index].note
            assert source.index_at(index / FPS) == index
        assert source.duration_s == pytest.approx(NUM_FRAMES / FPS)
        source.close()
    assert own_packets(VideoSource(path, LENS)) is None


# time lapses


def lapse(step_s, gap_s=0.0):
    """Times of twelve pictures that lie regularly apart, but for a gap after the seventh."""
    return [step_s * n + gap_s * (n > 6) for n in range(12)]


def write_lapse(path, times_s, rate, codec="libx264", num_reordered=2):
    encoder, packets = encoded(codec, num_reordered, len(times_s))
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = 64, 48, encoder.pix_fmt
        if encoder.extradata:
            stream.codec_context.extradata = encoder.extradata
        ahead_s = times_s[num_reordered]
        for number, packet in enumerate(packets):
            copy = av.Packet(bytes(packet))
            copy.stream, copy.time_base = stream, Fraction(1, 1000)
            copy.is_keyframe = packet.is_keyframe
            copy.pts = round(1000 * times_s[packet.pts])
            copy.dts = round(1000 * (times_s[number] - ahead_s))
            container.mux(copy)
    return path


@pytest.mark.parametrize(
    ("name", "rate"), [("x.mkv", 25), ("x.mkv", Fraction(1, 15)), ("x.mp4", Fraction(1, 15))]
)
@pytest.mark.parametrize("gap_s", [0.0, 30.0])
@pytest.mark.parametrize("seeks_first", [False, True])
def test_the_stamps_of_a_time_lapse_are_right(
    tmp_path, monkeypatch, name, rate, gap_s, seeks_first
):
    """Whatever its head says of its rate, and where some pictures are missing."""
    monkeypatch.setattr("das_app.sources.video_source._MAX_KEPT", 1)
    times_s = lapse(15.0, gap_s=gap_s)
    source = VideoSource(write_lapse(tmp_path / name, times_s, rate), LENS)
    assert source.nominal_fps == pytest.approx(1 / 15)
    assert source.duration_s == pytest.approx(times_s[-1] + 15)
    if seeks_first:
        source.seek(8)
        assert source.read().time_s == pytest.approx(times_s[8])
        source.seek(0)
    frames = list(iter(source.read, None))
    assert [frame.time_s for frame in frames] == pytest.approx(times_s)
    assert not any(frame.note for frame in frames)
    assert [source.index_at(time_s + 1) for time_s in times_s] == list(range(12))
    source.seek(5)
    assert source.read().image.mean() == pytest.approx(frames[5].image.mean())
    source.close()


def test_a_step_much_longer_than_those_of_a_time_lapse_is_a_jump(tmp_path):
    times_s = lapse(15.0, gap_s=90_000.0)
    source = VideoSource(write_lapse(tmp_path / "x.mkv", times_s, Fraction(1, 15)), LENS)
    frames = list(iter(source.read, None))
    source.close()
    assert [frame.time_s for frame in frames] == pytest.approx(lapse(15.0))
    assert [n for n, frame in enumerate(frames) if frame.note] == [7]


def test_pictures_at_no_regular_distance_are_no_time_lapse(tmp_path):
    """As of a camera that takes one when something moves."""
    times_s = np.cumsum([0, 11, 300, 4000, 25, 70_000, 900, 12, 60]).tolist()
    source = VideoSource(write_stamped(tmp_path / "x.mkv", times_s), LENS)
    assert source.nominal_fps == pytest.approx(25)
    assert [f.time_s for f in iter(source.read, None)] == pytest.approx(np.arange(9) / 25)
    source.close()


def test_a_time_lapse_in_slow_motion_is_faster(tmp_path):
    path = write_lapse(tmp_path / "x.mkv", lapse(15.0), 25)
    source = VideoSource(path, LENS, slow_motion=10.0)
    assert source.nominal_fps == pytest.approx(10 / 15)
    assert [f.time_s for f in iter(source.read, None)] == pytest.approx(lapse(1.5))
    assert source.duration_s == pytest.approx(12 * 1.5)
    source.close()


def test_a_copied_time_lapse_has_its_times(tmp_path):
    packets = own_packets(VideoSource(write_lapse(tmp_path / "x.mkv", lapse(15.0), 25), LENS))
    assert sorted(packets.times_ms) == [15_000 * n for n in range(12)]
