import json
import os
import subprocess
import sys


def test_probe_reports_the_platform_although_opencv_was_imported_first():
    environ = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "das_app.gui.window.qt_probe"]
    done = subprocess.run(command, capture_output=True, text=True, env=environ, timeout=240)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["platform"] == "offscreen"
    assert found.keys() == {"platform", "renderer", "version"}
