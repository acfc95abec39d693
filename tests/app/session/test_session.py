import json
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
from mcap.reader import make_reader
from session_fakes import (
    BENT,
    FPS,
    ORIGIN,
    WIDE,
    depth_of,
    person_at,
    record,
    result,
    tracked,
    write_session,
)

import das_app
from das_app.session.edits import SessionEdits, save_edits
from das_app.session.recorder import Recorder
from das_app.session.repair import repair_session
from das_app.session.session import Session, SessionError
from das_app.session.types import EventKind, Layer
from das_app.session.writer import LogWriter
from das_model.people import People
from das_model.skeleton import BODY_22


def assert_same_camera(a, b):
    assert np.array_equal(a.K, b.K)
    assert a.size == b.size
    assert (a.distortion is None) == (b.distortion is None)
    assert a.distortion is None or np.array_equal(a.distortion, b.distortion)


@pytest.fixture(scope="module")
def long_session(tmp_path_factory):
    """200 frames in chunks of 15: frame i at i / 30 s, at depth 2000 + i / 2 mm."""
    return Session(write_session(tmp_path_factory.mktemp("sessions") / "long", 200))


def test_round_trip_of_people_nobody_and_changing_cameras(tmp_path):
    rng = np.random.default_rng(0)
    some = tracked(2500.0, track_ids=(3, -1, 7))
    noise = rng.normal(0, 100, some.joints_cam.shape).astype(np.float32)
    some = replace(some, joints_cam=some.joints_cam + noise)
    written = [
        result(0, some),
        result(1, People.empty()),
        result(5, some, BENT),
        result(6, some),
    ]
    record(tmp_path / "s", written, num_dropped=3)
    session = Session(tmp_path / "s")
    assert (session.counts.num_frames, session.counts.num_people) == (4, 9)
    assert (session.counts.num_dropped, session.counts.is_repaired) == (3, False)
    assert_same_camera(session.camera, WIDE)
    for name in ("source", "nominal_fps", "intrinsics", "model_name", "model_sha256"):
        assert getattr(session.origin, name) == getattr(ORIGIN, name)
    assert session.origin.skeleton.joint_names == BODY_22.joint_names
    assert len(session) == 4
    assert session.duration_s == pytest.approx(0.2)
    for layer in (Layer.LIVE, Layer.RAW):
        read = list(session.between(layer=layer))
        assert [r.index for r in read] == [0, 1, 2, 3]
        assert [r.source_index for r in read] == [0, 1, 5, 6]
        for one, original in zip(read, written, strict=True):
            people = original.raw_people if layer is Layer.RAW else original.people
            assert one.source_time_s == original.frame.time_s
            assert_same_camera(one.camera, original.frame.camera)
            assert one.people.joints_cam.shape == people.joints_cam.shape
            assert one.people.joints_cam.dtype == np.float32
            assert np.allclose(one.people.joints_cam, people.joints_cam, atol=1e-3, rtol=0)
            assert np.allclose(one.people.joint_scores, people.joint_scores, atol=1e-3)
            assert np.allclose(one.people.scores, people.scores, atol=1e-4)
            assert np.array_equal(one.people.track_ids, people.track_ids)


def test_how_far_off_joints_likely_are_is_kept(tmp_path):
    plain, told = result(0), result(1)
    shape = told.people.joint_scores.shape
    spread_mm = np.linspace(10, 300, np.prod(shape)).reshape(shape).astype(np.float32)
    spread_mm[0, 3] = np.nan
    told = replace(told, people=replace(told.people, joint_spread_mm=spread_mm))
    record(tmp_path / "s", [plain, told])
    session = Session(tmp_path / "s")
    first, second = session
    assert first.people.joint_spread_mm is None
    np.testing.assert_allclose(second.people.joint_spread_mm, spread_mm, atol=0.051)
    arrays = session.to_numpy()
    assert np.isnan(arrays.joint_spread_mm[0]).all()
    rows = np.searchsorted(arrays.track_ids, told.people.track_ids)
    np.testing.assert_allclose(arrays.joint_spread_mm[1, rows], spread_mm, atol=0.051)


def test_any_mcap_reader_finds_channels_schemas_and_metadata(tmp_path):
    record(tmp_path / "s", [result(0), result(1)])
    with (tmp_path / "s" / "session.mcap").open("rb") as file:
        reader = make_reader(file, validate_crcs=True)
        messages = [
            (channel.topic, schema, json.loads(message.data), message.log_time)
            for schema, channel, message in reader.iter_messages()
        ]
        metadata, *copies = reader.iter_metadata()
        assert copies
        assert all(copy.metadata == metadata.metadata for copy in copies)
    assert {"/poses", "/poses_raw", "/camera", "/events"} <= {topic for topic, *_ in messages}
    assert metadata.metadata["units"] == "mm"
    assert metadata.metadata["axes"] == "x right, y down, z forward"
    assert metadata.metadata["joint_names"].split()[0] == "pelvis"
    assert metadata.metadata["model_sha256"] == "ab" * 32
    for _, schema, content, _ in messages:
        assert schema.encoding == "jsonschema"
        assert set(json.loads(schema.data)["required"]) == set(content)
    times = [time for topic, _, _, time in messages if topic == "/poses"]
    assert times[1] - times[0] == round(1e9 / FPS)
    assert times[0] == ORIGIN.start_ns


def numbered(folder):
    """By topic: sequence, publish time and log time of the messages, by another reader."""
    found = {}
    with (folder / "session.mcap").open("rb") as file:
        for _, channel, message in make_reader(file).iter_messages(log_time_order=False):
            times = (message.publish_time, message.log_time)
            found.setdefault(channel.topic, []).append((message.sequence, *times))
    return found


def test_messages_are_numbered_and_have_the_time_they_came_to_be(tmp_path):
    begin_ns = time.time_ns()
    recorder, given_ns = Recorder(tmp_path / "s", ORIGIN), []
    for index in range(3):
        given_ns.append(time.time_ns())
        recorder.write(result(index))
        recorder.note_event(EventKind.MARKER, "here")
    end_ns = time.time_ns()
    recorder.close()
    found = numbered(tmp_path / "s")
    for messages in found.values():
        assert [sequence for sequence, *_ in messages] == list(range(len(messages)))
    for topic in ("/poses", "/poses_raw"):
        assert len(found[topic]) == 3
        for (_, published_ns, _), earliest_ns, latest_ns in zip(
            found[topic], given_ns, [*given_ns[1:], end_ns], strict=True
        ):
            assert earliest_ns <= published_ns <= latest_ns
    assert [n for n, *_ in found["/events"]] == [0, 1, 2, 3, 4]  # with start and stop
    assert all(begin_ns <= published_ns for _, published_ns, _ in found["/events"])


def test_a_repair_keeps_numbers_so_that_gaps_tell(tmp_path):
    folder = write_session(tmp_path / "s", 9, frames_per_chunk=3)
    before = numbered(folder)["/poses"]
    path = folder / "session.mcap"
    data = bytearray(path.read_bytes())
    place = data.index(b"zstd", data.index(b"zstd", data.index(b"zstd") + 4) + 4)
    data[place + 60] ^= 0xFF  # in the third chunk, of frames 3 to 5
    path.write_bytes(data)
    repair_session(folder, quiet_s=0)
    after = numbered(folder)["/poses"]
    assert 0 < len(after) < 9
    assert set(after) < set(before)


def test_sessions_of_before_have_no_numbers_and_open(tmp_path, monkeypatch):
    def add(log, topic, time_s, data, *_):
        stamp_ns = ORIGIN.start_ns + round(time_s * 1e9)
        return usual(log, topic, time_s, data, stamp_ns, 0)

    usual = LogWriter.add
    monkeypatch.setattr(LogWriter, "add", add)
    folder = write_session(tmp_path / "s", 5)
    monkeypatch.undo()
    assert {n for n, *_ in numbered(folder)["/poses"]} == {0}
    assert [poses.index for poses in Session(folder)] == [0, 1, 2, 3, 4]
    (folder / "session.json").unlink()
    repair_session(folder, quiet_s=0)
    assert len(Session(folder)) == 5


def test_summary_says_names_units_and_model(tmp_path):
    record(tmp_path / "s", [result(0)])
    about = json.loads((tmp_path / "s" / "session.json").read_text())
    assert about["axes"] == "x right, y down, z forward"
    assert about["units"] == "mm"
    assert about["skeleton"]["joint_names"][0] == "pelvis"
    assert about["model"] == {"name": "das-lite", "sha256": "ab" * 32, "mode": ""}
    assert about["counts"]["frames"] == 1
    assert sorted(p.name for p in (tmp_path / "s").iterdir()) == ["session.json", "session.mcap"]


def test_joint_that_is_not_a_number_is_kept_as_such(tmp_path):
    people = person_at(2000.0)
    people.joints_cam[0, 3] = np.nan
    record(tmp_path / "s", [result(0, people)])
    (read,) = Session(tmp_path / "s")
    assert np.isnan(read.people.joints_cam[0, 3]).all()
    assert np.isfinite(read.people.joints_cam[0, 4]).all()


def test_slices_by_time(long_session):
    assert [p.index for p in long_session] == list(range(200))
    between = [p.index for p in long_session.between(1.0, 1.5)]
    assert between == list(range(30, 45))
    assert [p.index for p in long_session.between(6.6)] == [198, 199]
    assert list(long_session.between(7.0)) == []
    assert [p.index for p in long_session.between(-1.0, 0.05)] == [0, 1]


@pytest.mark.parametrize(
    ("time_s", "index"), [(-1.0, 0), (0.0, 0), (0.5, 15), (0.499, 14), (1.34, 40), (1e9, 199)]
)
def test_seeking_finds_the_frame_at_or_before(long_session, time_s, index):
    found = long_session.at(time_s)
    assert found.index == index
    assert found.people.joints_cam[0, 0, 2] == depth_of(index)
    assert long_session.at(time_s, layer=Layer.RAW).index == index


def test_arrays_have_a_place_for_every_track(tmp_path):
    def people_of(index):
        return tracked(depth_of(index), track_ids=(5, -1) if index < 3 else (9, 5))

    session = Session(write_session(tmp_path / "s", 5, people_of=people_of))
    arrays = session.to_numpy()
    assert arrays.track_ids.tolist() == [5, 9]
    assert arrays.joints_cam.shape == (5, 2, 22, 3)
    assert arrays.joints_cam.dtype == np.float32
    assert np.isnan(arrays.joints_cam[:3, 1]).all()
    assert np.isnan(arrays.scores[:3, 1]).all()
    assert np.isfinite(arrays.joints_cam[:, 0]).all()
    assert np.array_equal(arrays.joints_cam[:, 0, 0, 2], [depth_of(i) for i in range(5)])
    assert np.allclose(arrays.times_s, np.arange(5) / FPS)
    later = session.to_numpy(start_s=0.09)
    assert later.joints_cam.shape == (2, 2, 22, 3)


def test_session_without_a_frame(tmp_path):
    record(tmp_path, [])
    session = Session(tmp_path)
    assert session.camera is None
    assert list(session) == []
    assert session.duration_s == 0
    assert session.at(1.0) is None
    assert session.video_path is None
    assert session.to_numpy().joints_cam.shape == (0, 0, 22, 3)
    assert [event.kind for event in session.events()] == [EventKind.START, EventKind.STOP]


def test_what_is_no_closed_session_is_told(tmp_path):
    write_session(tmp_path / "open", 3, closes=False)
    with pytest.raises(SessionError, match="das-app repair"):
        Session(tmp_path / "open")
    with pytest.raises(SessionError, match=r"no session.mcap"):
        Session(tmp_path / "nowhere")
    write_session(tmp_path / "s", 3)
    (tmp_path / "s" / "session.json").write_text('{"schema_version": 2}')
    with pytest.raises(SessionError, match=r"session.json"):
        Session(tmp_path / "s")


def test_another_schema_version_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("das_app.session.format.SCHEMA_VERSION", 99)
    write_session(tmp_path / "s", 1)
    monkeypatch.undo()
    with pytest.raises(SessionError, match="99"):
        Session(tmp_path / "s")


def test_damage_is_never_a_wrong_pose(tmp_path):
    """400 single bits flipped anywhere: what is delivered is right, or there is SessionError."""
    folder = write_session(tmp_path / "s", 8, frames_per_chunk=2)
    path, rng = folder / "session.mcap", np.random.default_rng(1)
    sound, num_refused = path.read_bytes(), 0
    for bit in rng.integers(8 * len(sound), size=400):
        damaged = bytearray(sound)
        damaged[bit // 8] ^= 1 << (bit % 8)
        path.write_bytes(damaged)
        read = []
        try:
            read.extend(Session(folder))
        except SessionError:
            num_refused += 1
        else:
            assert len(read) == 8
        for place, poses in enumerate(read):
            assert poses.index == place
            assert poses.people.joints_cam[0, 0, 2] == depth_of(place)
    assert num_refused > 200  # a bit in a head or in a copy of the origin costs nothing


def test_closed_session_that_was_cut_is_told(tmp_path):
    folder = write_session(tmp_path / "s", 6, frames_per_chunk=3)
    path = folder / "session.mcap"
    sound = path.read_bytes()
    for size in range(0, len(sound), 37):
        path.write_bytes(sound[:size])
        with pytest.raises(SessionError):
            list(Session(folder))


def test_frames_by_number_and_slices_by_seconds(tmp_path):
    session = das_app.Session(str(write_session(tmp_path / "s", 40)))
    assert session[5].index == 5
    assert session[-1].index == 39
    assert session[0].time_s == 0
    assert [poses.index for poses in session[0.5:0.6]] == [15, 16, 17]
    assert len(session[:]) == 40
    assert session[2.0:] == []
    for place in (40, -41):
        with pytest.raises(IndexError, match=f"no frame number {place}; it holds 40"):
            session[place]
    with pytest.raises(TypeError, match="step"):
        session[0:1:2]


def test_a_tidy_table(tmp_path):
    folder = write_session(tmp_path / "s", 6, people_of=lambda _: tracked(2500.0, (2, -1)))
    save_edits(folder, SessionEdits({2: "Ada"}))
    table = das_app.Session(folder).to_pandas()
    assert len(table) == 6 * 22
    assert set(table.person) == {2}
    assert set(table.name) == {"Ada"}
    knee = table[(table.joint == "left_knee") & (table.frame == 3)].iloc[0]
    expected = tracked(2500.0, (2, -1)).joints_cam[0, BODY_22.index("left_knee")]
    np.testing.assert_allclose(knee[["x_mm", "y_mm", "z_mm"]].astype(float), expected, atol=2e-3)
    assert len(das_app.Session(folder).to_pandas(0.1)) == 3 * 22


def test_frames_come_with_their_pictures(tmp_path):
    record(tmp_path / "s", [result(i) for i in range(4)], has_video=True, waits=True)
    session = das_app.Session(tmp_path / "s")
    brightness = [image.mean() for _, image in session.with_pictures()]
    assert brightness == pytest.approx([0, 1, 2, 3], abs=3)
    assert len(brightness) == 4
    (_, nothing), *_ = das_app.Session(write_session(tmp_path / "blind", 1)).with_pictures()
    assert nothing is None


def test_the_public_door_is_light():
    code = "import das_app, sys; assert not {'numpy', 'das_app.session'} & set(sys.modules); "
    code += "das_app.Session; assert 'PySide6' not in sys.modules and 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
    with pytest.raises(AttributeError, match="Sessions"):
        _ = das_app.Sessions
