from dataclasses import replace

from das_app.gui.window.settings_keeper import SettingsKeeper
from das_app.settings.app_settings import AppSettings, ModelSettings
from das_app.settings.settings_file import load_settings, save_settings


class Window:
    def __init__(self, settings=None):
        self.settings = settings or AppSettings()

    def change(self, min_score=None, **switches):
        view, people = self.settings.view, self.settings.people
        if min_score is not None:
            people = replace(people, min_score=min_score)
        self.settings = replace(self.settings, view=replace(view, **switches), people=people)


def test_settings_are_written_soon_after_they_change(qtbot, tmp_path):
    path, window = tmp_path / "settings.toml", Window()
    keeper = SettingsKeeper(lambda: window.settings, path)
    window.change(has_trails=True)
    qtbot.waitUntil(path.exists)
    assert load_settings(path).view.has_trails
    keeper.close()


def test_two_windows_keep_each_others_changes(qtbot, tmp_path):
    path = tmp_path / "settings.toml"
    one, two = Window(), Window()
    keepers = [SettingsKeeper(lambda w=w: w.settings, path) for w in (one, two)]
    one.change(has_trails=True, min_score=0.5)
    keepers[0].keep()
    two.change(has_labels=False, min_score=0.7)
    keepers[1].keep()
    for keeper in keepers:
        keeper.close()
    kept = load_settings(path)
    assert kept.view.has_trails
    assert not kept.view.has_labels
    assert kept.people.min_score == 0.7


def test_what_only_the_command_line_said_is_not_kept(qtbot, tmp_path):
    path = tmp_path / "settings.toml"
    save_settings(AppSettings(model=ModelSettings(input_scale=0.75)), path)
    window = Window(AppSettings(model=ModelSettings(input_scale=1.25)))
    keeper = SettingsKeeper(lambda: window.settings, path)
    window.change(has_trails=True)
    keeper.close()
    kept = load_settings(path)
    assert kept.view.has_trails
    assert kept.model.input_scale == 0.75


def test_a_folder_that_cannot_be_written_is_told_once(qtbot, tmp_path, caplog):
    (tmp_path / "taken").write_text("")
    window = Window()
    keeper = SettingsKeeper(lambda: window.settings, tmp_path / "taken" / "settings.toml")
    for is_on in (True, False, True):
        window.change(has_trails=is_on)
        keeper.keep()
    keeper.close()
    assert caplog.text.count("could not be kept") == 1


def test_only_the_owner_can_read_the_file(qtbot, tmp_path):
    path = tmp_path / "settings.toml"
    save_settings(AppSettings(), path)
    assert path.stat().st_mode & 0o077 == 0
