"""Folders of the user's that the application keeps its own files in."""

from pathlib import Path

import platformdirs

_APP_NAME = "das-capture"


def settings_folder() -> Path:
    """Folder of the settings file."""
    return platformdirs.user_config_path(_APP_NAME, appauthor=False)


def cache_folder() -> Path:
    """Folder of what can be made anew, such as TensorRT's engines."""
    return platformdirs.user_cache_path(_APP_NAME, appauthor=False)


def log_folder() -> Path:
    """Folder of the log files."""
    return platformdirs.user_log_path(_APP_NAME, appauthor=False)
