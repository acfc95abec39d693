import math
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from das_app.settings.app_settings import (
    AppSettings,
    CameraSettings,
    Device,
    LensSettings,
    Look,
    ModelSettings,
    PeopleSettings,
    RecordingSettings,
    SourceSettings,
    StreamingSettings,
    ViewSettings,
)
from das_app.settings.settings_file import load_settings, merge_into_file, save_settings
from das_app.sources.addresses import shown_address
from das_model.inference.mode import Mode

# whatever may be an address with secrets is kept without them
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
    lambda text: shown_address(text) == text
)


@given(
    TEXTS,
    st.none() | TEXTS.map(Path),
    st.floats(0, 1),
    st.sampled_from(Device),
    st.booleans(),
    st.lists(TEXTS, max_size=3).map(tuple),
    st.sampled_from(Look),
)
def test_round_trip(tmp_path_factory, source, model_file, threshold, device, flag, recent, look):
    path = tmp_path_factory.mktemp("settings") / "deep" / "settings.toml"
    settings = AppSettings(
        SourceSettings(source, is_looping=flag, recent=recent),
        model=ModelSettings(model_file, device),
        people=PeopleSettings(threshold, has_steady_bones=flag),
        view=ViewSettings(look, has_seen_welcome=flag),
        recording=RecordingSettings(model_file, flag),
        streaming=StreamingSettings(recent),
    )
    save_settings(settings, path)
    assert load_settings(path) == settings
    assert [p.name for p in path.parent.iterdir()] == ["settings.toml"]


def test_no_file_gives_defaults(tmp_path):
    assert load_settings(tmp_path / "none.toml") == AppSettings()


@pytest.mark.parametrize(
    "text",
    [
        "camera_fps = ",
        "camera_fps = 4000.0",
        'camera_fps = "fast"',
        "source = 3",
        "model = 3",
        "[source]\ncamera_fps = 4000.0",
        "[source]\nrecent = 'a'",
        b"\xff\xfe",
    ],
)
def test_broken_file_gives_defaults_and_is_kept_aside(tmp_path, caplog, text):
    path = tmp_path / "settings.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert load_settings(path) == AppSettings()
    assert not path.exists()
    assert (tmp_path / "settings.broken").exists()
    assert "settings.toml" in caplog.text


def test_unknown_key_is_skipped_with_a_warning(tmp_path, caplog):
    path = tmp_path / "settings.toml"
    path.write_text('future_thing = 1\nis_looping = false\nsource = "0"\n')
    assert load_settings(path) == AppSettings(source=SourceSettings("0", is_looping=False))
    assert "future_thing" in caplog.text
    assert path.exists()


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        (LensSettings, {"fov_deg": 1.0}, "a number from 2 to 178, got 1.0"),
        (LensSettings, {"fov_deg": math.nan}, "a number from 2 to 178, got nan"),
        (CameraSettings, {"turn_deg": 45}, "0, 90, 180 or 270, got 45"),
        (PeopleSettings, {"min_score": 1.5}, "a number from 0 to 1"),
        (PeopleSettings, {"min_score": True}, "a number from 0 to 1"),
        (PeopleSettings, {"limb_smoothing": "0.5"}, "a number"),
        (SourceSettings, {"name": ""}, "not be empty"),
        (SourceSettings, {"is_looping": 1}, "true or false"),
        (SourceSettings, {"recent": ["a"]}, "a tuple"),
        (SourceSettings, {"recent": (1,)}, "each of it a text"),
        (SourceSettings, {"resolution": "wide"}, "must be WIDTHxHEIGHT"),
        (ModelSettings, {"file": "m.onnx"}, "a path or nothing"),
        (ModelSettings, {"input_scale": 0.1}, "a number from 0.5 to 1.5"),
        (
            ModelSettings,
            {"device": "tpu"},
            "one of auto, cpu, openvino, cuda, tensorrt, got 'tpu'",
        ),
        (ViewSettings, {"look": "pink"}, "one of system, dark, light"),
        (AppSettings, {"view": ModelSettings()}, "a ViewSettings"),
    ],
)
def test_wrong_values_are_refused_by_name(kind, values, expected):
    with pytest.raises(ValueError, match=f"{next(iter(values))}.* {expected}"):
        kind(**values)


FORMER = """
source = "clip.mp4"
fov_deg = 70.0
intrinsics_file = "/c.json"
model_file = "/m.onnx"
score_threshold = 0.25
device = "cpu"
mode = "fast"
input_scale = 1.25
is_looping = false
recent_sources = ["a.mp4", "b.mp4"]
look = "dark"
layout = "AAAA"
has_seen_welcome = true
has_labels = false
has_trails = true
has_offsets = true
has_heat_map = true
has_shadows = false
has_frustum = false
lens_origin = "person"
intrinsics_camera = "cam_02"
is_smoothing = false
distance_smoothing = 0.125
limb_smoothing = 0.75
has_steady_bones = true
resolution = "640x480"
camera_fps = 60.0
sessions_folder = "/s"
is_recording_video = false
stream_targets = ["osc:10.0.0.5:7000"]
"""
OF_FORMER = AppSettings(
    SourceSettings("clip.mp4", False, "640x480", 60.0, ("a.mp4", "b.mp4")),
    model=ModelSettings(Path("/m.onnx"), Device.CPU, Mode.FAST, 1.25),
    people=PeopleSettings(0.25, False, 0.125, 0.75, True),
    view=ViewSettings(
        Look.DARK,
        "AAAA",
        has_seen_welcome=True,
        has_labels=False,
        has_trails=True,
        has_offsets=True,
        has_heat_map=True,
        has_shadows=False,
        has_frustum=False,
    ),
    recording=RecordingSettings(Path("/s"), False),
    streaming=StreamingSettings(("osc:10.0.0.5:7000",)),
)


def test_a_file_of_a_former_version_is_read_and_then_written_in_tables(tmp_path, caplog):
    path = tmp_path / "settings.toml"
    path.write_text(FORMER)
    settings = load_settings(path)
    assert settings == OF_FORMER  # but for the one lens that they had for all sources
    assert not caplog.text
    changed = PeopleSettings(0.75)
    merge_into_file(settings, replace(settings, people=changed), path)
    expected = PeopleSettings(0.75, True, PeopleSettings().distance_smoothing)
    assert load_settings(path) == replace(OF_FORMER, people=expected)
    written = tomllib.loads(path.read_text())
    assert all(isinstance(table, dict) for table in written.values())
    assert "lens" not in written


NEWER = """
future = 1
day = 2026-11-29T08:00:00Z

[source]
name = "0"
zoom = 2.5

[hands]
has_hands = true
fingers = [{ name = "thumb" }]
"""


def test_what_a_newer_version_wrote_is_skipped_and_stays(tmp_path, caplog):
    path = tmp_path / "settings.toml"
    path.write_text(NEWER)
    settings = load_settings(path)
    assert settings == AppSettings(SourceSettings("0"))
    for name in ("future", "hands", "source.zoom"):
        assert f"unknown key {name}" in caplog.text
    merge_into_file(settings, replace(settings, people=PeopleSettings(0.75)), path)
    before, after = tomllib.loads(NEWER), tomllib.loads(path.read_text())
    assert after["people"]["min_score"] == 0.75
    assert after["source"]["zoom"] == 2.5
    assert {name: after[name] for name in ("future", "day", "hands")} == {
        name: before[name] for name in ("future", "day", "hands")
    }


def test_lens_of_the_settings(tmp_path):
    assert AppSettings(lens=LensSettings(fov_deg=80.0)).lens.intrinsics().fov_deg == 80
    with pytest.raises(ValueError, match=r"gone.json"):
        AppSettings(lens=LensSettings(file=tmp_path / "gone.json")).lens.intrinsics()


def test_missing_model_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"gone.onnx"):
        AppSettings(model=ModelSettings(file=tmp_path / "gone.onnx")).model.path()


def test_recent_sources_are_few_and_newest_first():
    settings = SourceSettings()
    for name in [*"abcdefghij", "c", "demo", "0"]:
        settings = settings.with_recent(name)
    assert settings.recent == ("c", "j", "i", "h", "g", "f", "e", "d")
