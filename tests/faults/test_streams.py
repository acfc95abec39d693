"""Standard output and error that nobody reads, that are closed, or that lie on a full disk."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from das_app.session.session import Session

ROOT = Path(__file__).resolve().parents[2]
DAS = (sys.executable, "-m", "das_app")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="streams of POSIX")


def run(*command, **options):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, text=True, timeout=600, **options)


def pipe_without_reader():
    reading, writing = os.pipe()
    os.close(reading)
    return writing


def test_a_capture_whose_output_nobody_reads_is_whole(tmp_path):
    pipe = pipe_without_reader()
    capture = ("capture", "demo", "-o", str(tmp_path / "s"), "--max-frames", "2")
    try:
        done = run(*DAS, *capture, stdout=pipe, stderr=pipe)
    finally:
        os.close(pipe)
    assert done.returncode == 0
    assert len(list(Session(tmp_path / "s"))) == 2


def test_a_capture_without_output_is_whole(tmp_path):
    capture = ("capture", "demo", "-o", str(tmp_path / "s"), "--max-frames", "2", "--video")
    done = run("sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *DAS, *capture)
    assert done.returncode == 0
    assert len(list(Session(tmp_path / "s"))) == 2
    assert Session(tmp_path / "s").video_path is not None


def test_no_file_gets_the_number_of_a_stream_that_is_closed(tmp_path):
    code = (
        "import sys; from das_app.standard_streams import StandardStreams; StandardStreams()\n"
        "print('lost'); print('lost', file=sys.stderr)\n"
        "file = open(sys.argv[1], 'w'); file.write(str(file.fileno()))"
    )
    told = tmp_path / "number"
    done = run("sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", sys.executable, "-c", code, str(told))
    assert done.returncode == 0
    assert int(told.read_text()) > 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device")
@pytest.mark.parametrize(("output", "code"), [("/dev/full", 1), ("/dev/null", 0)])
def test_output_that_was_lost_is_a_failure(output, code):
    with Path(output).open("w", encoding="utf-8") as file:
        done = run(*DAS, "--version", stdout=file, stderr=subprocess.PIPE)
    assert done.returncode == code
    told = "error: the output could not be written: No space left on device\n"
    assert done.stderr == (told if code else "")


def test_output_is_written_as_before():
    done = run(*DAS, "--version", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.stdout.startswith("das-app ")
    assert (done.returncode, done.stderr) == (0, "")
    pipe = pipe_without_reader()
    try:
        assert run(*DAS, "--help", stdout=pipe).returncode == 0
    finally:
        os.close(pipe)


def test_ctrl_c_while_the_command_is_imported_is_told_in_a_word():
    code = (
        "import sys\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'das_app.cli':\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        "from das_app.__main__ import main\n"
        "main()"
    )
    done = run(sys.executable, "-c", code, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (130, "interrupted\n")
