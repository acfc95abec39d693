from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from das_app.settings.app_settings import AppSettings, Device, Look
from das_app.settings.settings_file import load_settings, save_settings

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(
    TEXTS,
    st.floats(2, 178),
    st.none() | TEXTS.map(Path),
    st.floats(0, 1),
    st.sampled_from(Device),
    st.booleans(),
    st.lists(TEXTS, max_size=3).map(tuple),
    st.sampled_from(Look),
)
def test_round_trip(
    tmp_path_factory, source, fov_deg, model_file, threshold, device, flag, recent, look
):
    path = tmp_path_factory.mktemp("settings") / "deep" / "settings.toml"
    settings = AppSettings(
        source,
        fov_deg,
        None,
        model_file,
        threshold,
        device,
        is_looping=flag,
        recent_sources=recent,
        look=look,
        has_seen_welcome=flag,
    )
    save_settings(settings, path)
    assert load_settings(path) == settings
    assert [p.name for p in path.parent.iterdir()] == ["settings.toml"]


def test_no_file_gives_defaults(tmp_path):
    assert load_settings(tmp_path / "none.toml") == AppSettings()


@pytest.mark.parametrize(
    "text", ["fov_deg = ", "fov_deg = 400.0", 'fov_deg = "wide"', "source = 3", b"\xff\xfe"]
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
    path.write_text('future_thing = 1\nfov_deg = 75.0\nsource = "0"\n')
    assert load_settings(path) == AppSettings(source="0", fov_deg=75.0)
    assert "future_thing" in caplog.text
    assert path.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"fov_deg": 1.0},
        {"score_threshold": 1.5},
        {"source": ""},
        {"model_file": "m.onnx"},
        {"input_scale": 0.1},
        {"is_looping": 1},
        {"recent_sources": ["a"]},
        {"device": "tpu"},
        {"look": "pink"},
    ],
)
def test_wrong_values_are_refused_by_name(values):
    with pytest.raises(ValueError, match=next(iter(values))):
        AppSettings(**values)


def test_lens_of_the_settings(tmp_path):
    assert AppSettings(fov_deg=80.0).intrinsics().fov_deg == 80
    with pytest.raises(ValueError, match=r"gone.json"):
        AppSettings(intrinsics_file=tmp_path / "gone.json").intrinsics()


def test_missing_model_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"gone.onnx"):
        AppSettings(model_file=tmp_path / "gone.onnx").model_path()


def test_recent_sources_are_few_and_newest_first():
    settings = AppSettings()
    for name in [*"abcdefghij", "c", "demo", "0"]:
        settings = settings.with_recent(name)
    assert settings.recent_sources == ("c", "j", "i", "h", "g", "f", "e", "d")
