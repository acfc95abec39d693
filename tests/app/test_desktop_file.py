import configparser
import shlex
import tomllib
from pathlib import Path

from typer.testing import CliRunner

from das_app.cli import app

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def entry():
    """Groups of the desktop entry."""
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    parser.optionxform = str
    parser.read(ROOT / "assets" / "desktop" / "das-capture.desktop", encoding="utf-8")
    return parser


def test_the_desktop_entry_starts_the_command_and_has_its_icon():
    main = entry()["Desktop Entry"]
    assert main["Type"] == "Application"
    assert main["TryExec"] in PROJECT["project"]["scripts"]
    shared = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    targets = {Path(target).stem: ROOT / source for source, target in shared.items()}
    assert targets[main["Icon"]].exists()
    assert all((ROOT / source).is_file() for source in shared)
    assert any(target.endswith(f"apps/{main['Icon']}.svg") for target in shared.values())


def test_every_command_of_the_desktop_entry_is_understood():
    groups = entry()
    assert groups["Desktop Entry"]["Actions"] == "camera;"
    for name in groups.sections():
        program, *options = shlex.split(groups[name]["Exec"])
        assert program == "das-app"
        asked = CliRunner().invoke(app, [*options, "--help"])
        assert asked.exit_code == 0, asked.output
