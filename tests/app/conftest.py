"""Fixtures that several tests of the application share."""

import pytest
from pipeline_fakes import FakeEstimator
from typer.testing import CliRunner

from das_app.cli import app
from das_app.commands import capture_job, command_line
from das_app.settings import app_settings, settings_file


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Runs `das-app` with a fake model and settings of its own; returns typer's result."""
    monkeypatch.setattr(capture_job, "open_estimator", FakeEstimator)
    monkeypatch.setattr(settings_file, "settings_path", lambda: tmp_path / "settings.toml")
    monkeypatch.setattr(command_line, "settings_path", settings_file.settings_path)
    monkeypatch.setattr(app_settings, "bundled_file", lambda *parts: tmp_path / "model.onnx")
    (tmp_path / "model.onnx").write_bytes(b"weights")

    def run(*arguments):
        return CliRunner().invoke(app, [str(a) for a in arguments])

    return run
