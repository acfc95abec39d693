"""Environment variables that Qt needs, set before it starts; importable without Qt."""

import os
from collections.abc import MutableMapping


def drop_cv2_qt_plugins(environ: MutableMapping[str, str] = os.environ) -> None:
    """Forget the Qt plugin folders that OpenCV's wheel sets when it is imported.

    On Linux `import cv2` points QT_QPA_PLATFORM_PLUGIN_PATH and QT_QPA_FONTDIR into its own
    package, whose plugins belong to another Qt and crash ours. Call this after every import
    and before QApplication. Folders that the user chose are left alone.
    """
    for name in ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"):
        if f"{os.sep}cv2{os.sep}" in environ.get(name, ""):
            del environ[name]
