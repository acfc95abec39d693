"""Fixtures that several tests of the application share."""

import sys
from types import ModuleType

import pytest
from pipeline_fakes import FakeEstimator
from typer.testing import CliRunner

from das_app.cli import app
from das_app.settings import app_settings, settings_file


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Runs `das-app` with a fake model and settings of its own; returns typer's result."""
    runtime = ModuleType("das_model.inference.runtime")
    runtime.open_estimator = FakeEstimator
    monkeypatch.setitem(sys.modules, "das_model.inference.runtime", runtime)
    monkeypatch.setattr(settings_file, "settings_path", lambda: tmp_path / "settings.toml")
    monkeypatch.setattr(app_settings, "bundled_file", lambda *parts: tmp_path / "model.onnx")
    (tmp_path / "model.onnx").write_bytes(b"weights")

    def run(*arguments):
        return CliRunner().invoke(app, [str(a) for a in arguments])

    return run
