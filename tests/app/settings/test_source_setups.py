"""What is kept of each source, and what a command line says in one run."""

import pytest

from das_app.lens.intrinsics import LensOrigin
from das_app.settings.app_settings import CameraSettings, LensSettings
from das_app.settings.source_setups import SaidSetup, SourceSetup, SourceSetups

WIDE = LensSettings(90.0, LensOrigin.FOV)
SIDEWAYS = CameraSettings(90, is_mirrored=False)


@pytest.fixture
def setups(tmp_path):
    """Makes the setups of another run."""
    return lambda *said: SourceSetups(*(said or (SaidSetup(),)), folder=tmp_path / "sources")


def test_each_source_has_its_own(setups):
    now = setups()
    assert now.of("Desk camera", "0") == SourceSetup()
    now.keep("Desk camera", SourceSetup(WIDE, SIDEWAYS))
    assert now.of("Desk camera", "0") == SourceSetup(WIDE, SIDEWAYS)
    later = setups()
    assert later.of("Desk camera", "1") == SourceSetup(WIDE, SIDEWAYS)  # under another number
    assert later.of("demo", "demo") == SourceSetup()


def test_what_is_usual_again_leaves_no_file(setups, tmp_path):
    now = setups()
    now.of("demo", "demo")
    now.keep("demo", SourceSetup(WIDE))
    assert len(list((tmp_path / "sources").iterdir())) == 1
    now.keep("demo", SourceSetup())
    assert not list((tmp_path / "sources").iterdir())


def test_a_command_line_counts_for_its_source_and_is_not_stored(setups):
    before = setups()
    before.of("demo", "demo")
    before.keep("demo", SourceSetup(camera=SIDEWAYS))
    run = setups(SaidSetup(WIDE, 180), "demo")
    assert run.of("other", "other") == SourceSetup()
    told = run.of("demo", "demo")
    assert told == SourceSetup(WIDE, CameraSettings(180, is_mirrored=False))
    run.keep("demo", SourceSetup(told.lens, CameraSettings(180, is_mirrored=True)))
    kept = setups().of("demo", "demo")
    assert kept == SourceSetup(camera=CameraSettings(90, is_mirrored=True))  # the user's alone
    run.keep("demo", SourceSetup(LensSettings(50.0), told.camera))
    assert setups().of("demo", "demo").lens == LensSettings(50.0)


def test_nothing_is_kept_without_a_key(setups, tmp_path):
    setups().keep("", SourceSetup(WIDE))
    assert not (tmp_path / "sources").exists()


def test_a_broken_file_is_passed_over(setups, tmp_path, caplog):
    now = setups()
    now.of("demo", "demo")
    now.keep("demo", SourceSetup(WIDE))
    file = next((tmp_path / "sources").iterdir())
    file.write_text("[camera]\nturn_deg = 45\n")
    assert setups().of("demo", "demo") == SourceSetup()
    assert "0, 90, 180 or 270" in caplog.text
