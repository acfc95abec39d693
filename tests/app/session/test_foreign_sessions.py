"""Sessions whose checksums are right and whose content is odd, newer or hostile."""

import json
import math
import re

import pytest
from session_fakes import FPS, ORIGIN, WIDE, depth_of, tracked, write_session

from das_app.exports.export import export_session
from das_app.exports.formats import ExportFormat
from das_app.exports.takes.take import ExportError, ExportOptions
from das_app.lens.camera_json import camera_to_json
from das_app.session import format as session_format
from das_app.session.edits import load_edits
from das_app.session.format import CAMERA_TOPIC, EVENTS_TOPIC, POSES_TOPIC, RAW_POSES_TOPIC
from das_app.session.repair import repair_session
from das_app.session.session import Session
from das_app.session.types import EventKind, Layer, RecordedPoses, SessionError
from das_app.session.writer import LogWriter

NUM_FRAMES = 12
NAN, INF = math.nan, math.inf


def write_foreign(folder, poses=None, camera=None, event=None, times=None, summary=None):
    """A closed session with 12 frames in chunks of 4, changed by the given functions."""
    write_session(folder, NUM_FRAMES)
    (folder / "session.mcap").unlink()
    log = LogWriter(folder / "session.mcap", ORIGIN)
    for i in range(NUM_FRAMES):
        time_s = i / FPS if times is None else times[i]
        frame = RecordedPoses(i, time_s, i, i / FPS, None, WIDE, tracked(depth_of(i)))
        stamp_s = time_s if 0 <= time_s < 1e8 else 0.0
        values = camera_to_json(WIDE)
        log.add(CAMERA_TOPIC, stamp_s, encoded(values if camera is None else camera(values)))
        for topic in (POSES_TOPIC, RAW_POSES_TOPIC):
            values = session_format.poses_to_json(frame)
            log.add(topic, stamp_s, encoded(values if poses is None else poses(values, i)))
        if i % 4 == 3:
            log.flush()
    if event is not None:
        log.add(EVENTS_TOPIC, 0.1, encoded(event))
    log.finish()
    if summary is not None:
        values = json.loads((folder / "session.json").read_text())
        (folder / "session.json").write_text(json.dumps(summary(values)))
    return folder


def encoded(values):
    return values if isinstance(values, bytes) else json.dumps(values).encode()


def of_people(**change):
    return lambda v, i: v | {"people": [person | change for person in v["people"]]}


def of_joints(joint):
    def changed(values, _index):
        for person in values["people"]:
            person["joints_cam_mm"][3] = joint
        return values

    return changed


ODD_POSES = {
    "joint_inf": of_joints([INF] * 3),
    "joint_1e308": of_joints([1e308] * 3),
    "joint_2d": of_joints([1, 2]),
    "joint_text": of_joints("abc"),
    "score_text": of_people(score="x"),
    "score_big": of_people(score=1e308),
    "track_text": of_people(track_id="../../x"),
    "track_huge": of_people(track_id=2**70),
    "track_half": of_people(track_id=1.5),
    "track_null": of_people(track_id=None),
    "track_-7": of_people(track_id=-7),
    "track_true": of_people(track_id=True),
    "no_joints": of_people(joints_cam_mm=[]),
    "people_null": lambda v, i: v | {"people": None},
    "people_object": lambda v, i: v | {"people": {}},
    "no_json": lambda v, i: b"\xff\xfe{",
    "deep": lambda v, i: b"[" * 100_000,
    "list": lambda v, i: [],
    "number": lambda v, i: 5,
    "empty": lambda v, i: b"",
    "time_text": lambda v, i: v | {"time_s": "x"},
    "time_other": lambda v, i: v | {"time_s": v["time_s"] + 1},
    "index_text": lambda v, i: v | {"index": "a"},
    "index_half": lambda v, i: v | {"index": i + 0.5},
    "index_back": lambda v, i: v | {"index": 100 - i},
    "picture_-3": lambda v, i: v | {"picture": -3},
    "picture_text": lambda v, i: v | {"picture": "x"},
    "source": lambda v, i: v | {"source_time_s": []},
}
ODD_CAMERAS = {
    "fx_nan": {"fx": NAN},
    "fx_0": {"fx": 0},
    "fx_1e300": {"fx": 1e300},
    "width_-5": {"width": -5},
    "huge": {"width": 10**9, "height": 10**9},
    "100000": {"width": 100_000, "height": 100_000},
    "width_text": {"width": "a"},
    "width_half": {"width": 640.5},
    "distortion": {"distortion": [1]},
    "distortion_nan": {"distortion": [NAN] * 5},
    "cx": {"cx": 1e12},
}
ODD_TIMES = {
    "nan": [NAN] * 12,
    "back": [11.0 - i for i in range(12)],
    "same": [1.0] * 12,
    "same_chunks": [float(i // 4) for i in range(12)],
    "negative": [i - 5.0 for i in range(12)],
    "infinite": [INF] * 12,
    "huge": [1e12 + i for i in range(12)],
}
ODD_EVENTS = {
    "deep": b"[" * 50_000,
    "time": {"kind": "marker", "time_s": "a", "text": "x"},
    "text": {"kind": "marker", "time_s": 0.1, "text": 5},
    "kind": {"kind": 5, "time_s": 0, "text": ""},
    "nothing": {},
    "nan": {"kind": "marker", "time_s": NAN, "text": ""},
}
ODD_SUMMARIES = {
    "empty": lambda s: {},
    "list": lambda s: [],
    "text": lambda s: s | {"counts": "many"},
    "negative": lambda s: s | {"counts": s["counts"] | {"frames": -1}},
    "huge": lambda s: s | {"counts": s["counts"] | {"frames": 10**30}},
}
CASES = [
    *(("poses", name, {"poses": value}) for name, value in ODD_POSES.items()),
    *(("camera", name, {"camera": lambda v, c=c: v | c}) for name, c in ODD_CAMERAS.items()),
    *(("times", name, {"times": value}) for name, value in ODD_TIMES.items()),
    *(("event", name, {"event": value}) for name, value in ODD_EVENTS.items()),
    *(("summary", name, {"summary": value}) for name, value in ODD_SUMMARIES.items()),
]


def read_all(folder):
    session = Session(folder)
    list(session), list(session.between(layer=Layer.RAW)), session.events(), session.to_numpy()
    return session


@pytest.mark.parametrize(
    ("kind", "name", "changes"), CASES, ids=[f"{kind}-{name}" for kind, name, _ in CASES]
)
def test_odd_content_is_a_session_error(tmp_path, kind, name, changes):
    folder = write_foreign(tmp_path / "s", **changes)
    with pytest.raises(SessionError) as caught:
        read_all(folder)
    assert str(folder) in str(caught.value)
    assert len(str(caught.value)) < 700
    with pytest.raises((SessionError, ExportError)):
        if kind in ("event", "summary"):
            Session(folder).events()
        export_session(
            Session(folder),
            ExportFormat.CSV,
            tmp_path / "out.csv",
            ExportOptions(),
            lambda share: None,
        )


@pytest.mark.parametrize(
    ("kind", "name", "changes"), CASES, ids=[f"{kind}-{name}" for kind, name, _ in CASES]
)
def test_what_a_repair_calls_a_success_opens_and_iterates(tmp_path, kind, name, changes):
    folder = write_foreign(tmp_path / "s", **changes)
    try:
        report = repair_session(folder)
    except SessionError:
        return
    assert len(list(read_all(folder))) == report.num_frames


def test_a_newer_version_is_tolerated(tmp_path):
    folder = write_foreign(
        tmp_path / "s",
        poses=lambda v, i: v | {"mood": "fine", "people": [p | {"hat": 1} for p in v["people"]]},
        camera=lambda v: v | {"iso": 400},
        event={"kind": "teleported", "time_s": 0.1, "text": "to\nMars", "more": 1},
        summary=lambda s: s | {"new": []},
    )
    session = read_all(folder)
    assert len(list(session)) == NUM_FRAMES
    (event,) = session.events()
    assert (event.kind, event.text) == (EventKind.OTHER, "teleported: to Mars")


def write_with_origin(folder, monkeypatch, key, value):
    """A session with one value of its origin changed, and the right checksum."""
    with monkeypatch.context() as patch:
        real = session_format.origin_to_metadata

        def changed(origin):
            values = real(origin) | {key: value}
            values.pop("crc32")
            return values | {"crc32": session_format._checksum(values)}

        patch.setattr("das_app.session.writer.origin_to_metadata", changed)
        return write_foreign(folder)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("started_utc", "garbage"),
        ("started_utc", "0001-01-01T00:00:00+00:00"),
        ("joint_names", ""),
        ("joint_names", "../../x <b>y</b> pelvis"),
        ("nominal_fps", "nan"),
        ("nominal_fps", "wide"),
        ("schema_version", "3"),
    ],
)
def test_an_odd_origin_is_a_session_error(tmp_path, monkeypatch, key, value):
    folder = write_with_origin(tmp_path / "s", monkeypatch, key, value)
    with pytest.raises(SessionError):
        Session(folder)


@pytest.mark.parametrize("address", ["rtsp://zoe:Qx@cam/1", "http://cam/v.cgi?user=zoe&pwd=Qx"])
def test_a_session_of_the_first_versions_does_not_show_the_secrets_of_its_address(
    tmp_path, monkeypatch, address
):
    folder = write_with_origin(tmp_path / "s", monkeypatch, "source", address)
    assert re.fullmatch(r"(rtsp|http)://cam/… #[0-9a-f]{4}", Session(folder).origin.source)


def test_names_lose_what_cannot_be_shown(tmp_path):
    names = {"1": "Ada\u202egpj.exe", "2": "x\u0000y"}
    (tmp_path / "edits.json").write_text(
        json.dumps({"version": 1, "names": names, "start_s": 0, "end_s": None})
    )
    assert dict(load_edits(tmp_path).names) == {1: "Ada gpj.exe", 2: "x y"}


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        "[]",
        "5",
        '{"version": 1}',
        '{"version": 1, "names": [], "start_s": 0}',
        '{"version": 1, "names": {"a": "b"}, "start_s": 0, "end_s": null}',
        '{"version": 1, "names": {}, "start_s": NaN, "end_s": null}',
    ],
    ids=lambda text: text[:24],
)
def test_odd_edits_are_a_session_error(tmp_path, text):
    (tmp_path / "edits.json").write_text(text)
    with pytest.raises(SessionError, match=r"edits.json"):
        load_edits(tmp_path)
