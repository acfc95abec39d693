import subprocess
import sys

CODE = """
import sys, threading
from pathlib import Path
from das_app.logs import start_logging
start_logging(Path(sys.argv[1]))
def work():
    raise ValueError("lost in a thread")
thread = threading.Thread(target=work, name="worker")
thread.start()
thread.join()
raise KeyError("lost at the top")
"""


def run(folder):
    command = [sys.executable, "-c", CODE, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=240)


def test_uncaught_errors_of_all_threads_reach_the_log_and_the_terminal(tmp_path):
    folder = tmp_path / "deep" / "logs"
    done = run(folder)
    assert done.returncode == 1
    log = (folder / "das-app.log").read_text()
    for text in (log, done.stderr):
        assert "ValueError: lost in a thread" in text
        assert "worker" in text
        assert "KeyError: 'lost at the top'" in text


def test_folder_that_cannot_be_written_is_no_obstacle(tmp_path):
    (tmp_path / "file").touch()
    done = run(tmp_path / "file")
    assert "no log file" in done.stderr
    assert "KeyError: 'lost at the top'" in done.stderr


def test_hard_crash_leaves_its_trace(tmp_path):
    code = (
        "import faulthandler, sys\n"
        "from pathlib import Path\n"
        "from das_app.logs import start_logging\n"
        "start_logging(Path(sys.argv[1]))\n"
        "faulthandler._sigabrt()\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    subprocess.run(command, capture_output=True, timeout=240)
    assert "Fatal Python error" in (tmp_path / "crash.log").read_text()


def test_a_caught_error_is_one_line_at_the_terminal_and_whole_in_the_log(tmp_path):
    code = (
        "import logging, sys\n"
        "from pathlib import Path\n"
        "from das_app.logs import start_logging\n"
        "start_logging(Path(sys.argv[1]))\n"
        "try:\n"
        "    raise FileNotFoundError('there is no film.mp4')\n"
        "except OSError:\n"
        "    logging.getLogger('das_app').exception('film.mp4 could not be opened')\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=True)
    assert done.stderr == "ERROR: film.mp4 could not be opened: there is no film.mp4\n"
    log = (tmp_path / "das-app.log").read_text()
    assert "Traceback" in log
    assert "FileNotFoundError: there is no film.mp4" in log
