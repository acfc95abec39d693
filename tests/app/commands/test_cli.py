import os
import signal
import subprocess
import sys
import time
from types import ModuleType

import cv2
import numpy as np
import pytest
from pipeline_fakes import FakeEstimator, FakeSource
from session_fakes import write_session

from das_app.commands import capture_job
from das_app.exports.formats import FACTS
from das_app.files.bundled import file_sha256
from das_app.messaging.ending import ENDING_SIGNALS
from das_app.session.edits import SessionEdits, save_edits
from das_app.session.session import Session
from das_app.settings.app_settings import (
    AppSettings,
    ModelSettings,
    PeopleSettings,
    SourceSettings,
)
from das_app.settings.settings_file import save_settings
from das_app.sources import camera_devices
from das_app.sources.camera_devices import CameraDevice, CameraMode
from das_model.inference import devices
from das_model.inference.estimate import Device


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(5):
        image = np.full((24, 32, 3), number, np.uint8)
        assert cv2.imwrite(str(folder / f"{number}.png"), image)
    return folder


def test_capture_writes_a_session_and_a_summary(command, photos, tmp_path):
    done = command("capture", photos, "-o", tmp_path / "s", "--fov", 75)
    assert done.exit_code == 0, done.output
    assert "5 frames with 5 poses" in done.stdout
    assert "0 dropped" in done.stdout
    one = command("capture", photos, "-o", tmp_path / "one", "--max-frames", 1)
    assert "1 frame with 1 pose," in one.stdout
    session = Session(tmp_path / "s")
    assert [p.index for p in session] == [0, 1, 2, 3, 4]
    assert session.camera.fov_deg == pytest.approx(75, abs=0.1)
    assert session.origin.model_sha256 == file_sha256(tmp_path / "model.onnx")
    assert (session.origin.model_name, session.origin.mode) == ("fake-model", "auto")
    assert session.origin.intrinsics == "FOV 75° (field of view as entered)"


def test_capture_with_the_pictures(command, photos, tmp_path):
    assert command("capture", photos, "-o", tmp_path / "s").exit_code == 0
    assert Session(tmp_path / "s").video_path is None
    done = command("capture", photos, "-o", tmp_path / "t", "--video")
    assert done.exit_code == 0, done.output
    session = Session(tmp_path / "t")
    assert [p.picture for p in session] == [0, 1, 2, 3, 4]
    again = command("capture", tmp_path / "t", "-o", tmp_path / "u")
    assert again.exit_code == 0, again.output
    assert [p.time_s for p in Session(tmp_path / "u")] == [p.time_s for p in session]


def test_capture_uses_the_kept_score_threshold_and_leaves_ctrl_c_as_it_was(
    command, photos, tmp_path
):
    usual_handlers = [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)]
    save_settings(AppSettings(people=PeopleSettings(min_score=0.625)), tmp_path / "settings.toml")
    assert command("capture", photos, "-o", tmp_path / "s").exit_code == 0
    assert FakeEstimator.newest.options.min_score == 0.625
    assert [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)] == usual_handlers


def test_capture_says_that_it_does_not_run_on_the_device_of_the_settings(
    command, photos, tmp_path
):
    for device, is_said in ((Device.TENSORRT, True), (Device.CUDA, True), (Device.AUTO, False)):
        save_settings(AppSettings(model=ModelSettings(device=device)), tmp_path / "settings.toml")
        done = command("capture", photos, "-o", tmp_path / device.value)
        assert done.exit_code == 0, done.output
        assert ("warning: The model runs on the CPU: " in done.stderr) == is_said


def test_capture_on_a_device_of_the_command_line(command, photos, tmp_path, monkeypatch):
    done = command("capture", photos, "-o", tmp_path / "s", "--device", "cpu")
    assert done.exit_code == 0, done.output
    assert FakeEstimator.newest.options.device is Device.CPU
    done = command("capture", photos, "-o", tmp_path / "t", "--device", "tpu")
    assert done.exit_code == 2
    assert "--device is one of auto, cpu, openvino, cuda, tensorrt; got 'tpu'" in done.output


@pytest.mark.parametrize("words", [("capture", "demo", "-o", "s"), ("refine", "s"), ()])
def test_a_device_that_is_not_here_is_refused_with_what_it_takes(command, monkeypatch, words):
    monkeypatch.setattr(devices, "openvino_problem", lambda: "OpenVINO is not installed")
    done = command(*words, "--device", "openvino")
    assert done.exit_code == 2
    said = "openvino cannot be had here: OpenVINO is not installed; it takes pip install"
    assert f'--device {said} "das-capture[openvino]"' in done.output


def test_capture_ends_after_max_frames(command, photos, tmp_path):
    done = command("capture", photos, "-o", tmp_path / "s", "--max-frames", 2)
    assert done.exit_code == 0, done.output
    assert Session(tmp_path / "s").counts.num_frames == 2


def test_capture_with_a_calibration_file_and_another_model(command, photos, tmp_path):
    (tmp_path / "cam.json").write_text(
        '{"fx": 60, "fy": 61, "cx": 31.5, "cy": 23.5, "width": 64, "height": 48}'
    )
    (tmp_path / "other.onnx").write_bytes(b"other")
    done = command(
        "capture",
        photos,
        "-o",
        tmp_path / "s",
        "--intrinsics",
        tmp_path / "cam.json",
        "--model",
        tmp_path / "other.onnx",
    )
    assert done.exit_code == 0, done.output
    session = Session(tmp_path / "s")
    assert session.camera.K[0, 0] == 30
    assert session.camera.K[1, 1] == 30.5
    assert session.origin.model_sha256 == file_sha256(tmp_path / "other.onnx")


def test_capture_refuses_to_overwrite(command, photos, tmp_path):
    assert command("capture", photos, "-o", tmp_path / "s").exit_code == 0
    before = (tmp_path / "s" / "session.mcap").read_bytes()
    again = command("capture", photos, "-o", tmp_path / "s")
    assert again.exit_code == 1
    assert "holds a session already" in again.stderr
    assert (tmp_path / "s" / "session.mcap").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["nowhere.mp4"], "nowhere.mp4"),
        (["PHOTOS", "--model", "gone.onnx"], "gone.onnx"),
        (["PHOTOS", "--intrinsics", "gone.json"], "gone.json"),
    ],
)
def test_capture_names_what_is_wrong_and_leaves_no_session(
    command, photos, tmp_path, arguments, word
):
    arguments = [str(photos) if a == "PHOTOS" else a for a in arguments]
    done = command("capture", *arguments, "-o", tmp_path / "s")
    assert done.exit_code == 1
    assert done.stderr.startswith("error: ")
    assert word in done.stderr
    assert not (tmp_path / "s").exists()


def test_fov_and_intrinsics_exclude_each_other(command, photos, tmp_path):
    done = command("capture", photos, "-o", tmp_path / "s", "--fov", 60, "--intrinsics", "x.json")
    assert done.exit_code == 2
    assert "exclude" in done.stderr


@pytest.mark.parametrize("is_live", [False, True])
@pytest.mark.parametrize("number", ENDING_SIGNALS)
def test_ctrl_c_and_terminating_end_with_everything_so_far(
    command, tmp_path, monkeypatch, is_live, number
):
    source = FakeSource(num_frames=None, is_live=is_live)
    usual_read, usual_handler = source.read, signal.getsignal(number)

    def read():
        if source.next_index == 10:
            os.kill(os.getpid(), number)
        return usual_read()

    source.read = read
    monkeypatch.setattr(capture_job, "open_source", lambda *_: source)
    done = command("capture", "fake", "-o", tmp_path / "s")
    assert done.exit_code == 0, done.output
    assert Session(tmp_path / "s").counts.num_frames >= 1
    assert signal.getsignal(number) == usual_handler


@pytest.mark.parametrize("usual", [signal.default_int_handler, signal.SIG_IGN])
def test_second_ctrl_c_interrupts_a_source_that_hangs(command, tmp_path, monkeypatch, usual):
    handler_of_tests = signal.signal(signal.SIGINT, usual)  # a shell's background job ignores it
    source = FakeSource(num_frames=None)
    usual_read = source.read

    def read():
        if source.next_index == 3:
            handler = signal.getsignal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
            while signal.getsignal(signal.SIGINT) is handler:  # two at once may arrive as one
                time.sleep(0.01)
            signal.raise_signal(signal.SIGINT)
            time.sleep(0.1)
        return usual_read()

    source.read = read
    monkeypatch.setattr(capture_job, "open_source", lambda *_: source)
    try:
        assert command("capture", "fake", "-o", tmp_path / "s").exit_code != 0
    finally:
        signal.signal(signal.SIGINT, handler_of_tests)
    assert len(list(Session(tmp_path / "s"))) == 3


def test_window_opens_on_the_demo_with_the_kept_settings(command, tmp_path, monkeypatch):
    opened = []
    window = ModuleType("das_app.gui.window.app")
    window.run_app = lambda *told: opened.append(told) or 3
    monkeypatch.setitem(sys.modules, "das_app.gui.window.app", window)
    save_settings(
        AppSettings(
            source=SourceSettings(name="7"),
            people=PeopleSettings(min_score=0.5),
        ),
        tmp_path / "settings.toml",
    )
    assert command().exit_code == 3
    options = ("--fov", "90", "--turn", "270", "--model", "m.onnx")
    assert command("--source", "0", *options).exit_code == 3
    assert opened[0][0] == AppSettings(
        source=SourceSettings(name="demo"), people=PeopleSettings(min_score=0.5)
    )
    settings, _streams, _floor, said, *_ = opened[1]
    assert settings.source.name == "0"
    assert (said.lens.fov_deg, said.turn_deg) == (90.0, 270)
    assert settings.people.min_score == 0.5
    assert settings.model.file.name == "m.onnx"
    assert "0, 90, 180 or 270, got 45" in command("--turn", 45).stderr


def test_window_without_its_libraries_points_to_the_doctor(command, monkeypatch):
    monkeypatch.setitem(sys.modules, "das_app.gui.window.app", None)
    done = command()
    assert done.exit_code == 1
    assert "das-app doctor" in done.stderr


def test_mode_asked_of_a_camera(command, tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(
        capture_job, "open_source", lambda *args: opened.append(args) or FakeSource(is_live=True)
    )
    mode = ("--resolution", "1920x1080", "--fps", 50)
    done = command("capture", "Desk camera", "-o", tmp_path / "s", "--max-frames", 2, *mode)
    assert done.exit_code == 0, done.output
    assert opened[0][0] == "Desk camera"
    assert opened[0][2] == CameraMode((1920, 1080), 50.0)
    assert "between frames: median" in done.stdout
    assert "lost by the source" in done.stdout
    done = command("capture", "0", "-o", tmp_path / "t", "--resolution", "huge")
    assert done.exit_code == 2
    assert "WIDTHxHEIGHT" in done.stderr


def test_devices(command, monkeypatch):
    cameras = (CameraDevice(0, "HD Webcam", "/dev/video0"), CameraDevice(2, "Busy", ""))
    monkeypatch.setattr(camera_devices, "list_cameras", lambda: cameras)
    monkeypatch.setattr(camera_devices, "probe_size", lambda c: None if c.index else (640, 480))
    lines = command("devices").stdout.splitlines()
    assert lines[0] == "0: HD Webcam (640x480) /dev/video0"
    assert "cannot be opened" in lines[1]


def test_devices_without_a_camera(command, monkeypatch):
    monkeypatch.setattr(camera_devices, "list_cameras", lambda: ())
    done = command("devices")
    assert done.exit_code == 0
    assert "no camera found" in done.stdout


def test_version(command):
    done = command("--version")
    assert done.exit_code == 0
    assert done.stdout.startswith("das-app 0.")


def test_export(command, tmp_path):
    folder = write_session(tmp_path / "s", 6)
    done = command("export", folder, "--to", "csv", "-o", tmp_path / "out.csv", "--person", 0)
    assert done.exit_code == 0, done.output
    assert "6 frames at 29.97 fps, live poses, people 0" in done.stdout
    assert (tmp_path / "out.csv").read_text().count("left_knee") == 6
    save_edits(folder, SessionEdits(start_s=0.1))
    again = command("export", folder, "--to", "csv", "-o", tmp_path / "out.csv")
    assert again.exit_code == 1
    assert "--force" in again.stderr
    for flags, num_frames in (([], 3), (["--untrimmed", "--force"], 6)):
        done = command("export", folder, "--to", "csv", "-o", tmp_path / "part.csv", *flags)
        assert f"{num_frames} frames" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--to", "csv", "--person", "9"], "no person has the id"),
        (["--to", "csv", "--fps", "-3"], "fps"),
        (["--to", "mp4"], "no video"),
    ],
)
def test_export_names_what_is_wrong(command, tmp_path, arguments, word):
    folder = write_session(tmp_path / "s", 2)
    done = command("export", folder, *arguments, "-o", tmp_path / "out")
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1].startswith("error: ")
    assert word in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [(["--to", "fbx"], "glb"), (["--to", "csv", "--space", "moon"], "floor")],
)
def test_export_says_what_there_is_to_choose(command, tmp_path, arguments, word):
    done = command("export", write_session(tmp_path / "s", 2), *arguments, "-o", tmp_path / "out")
    assert done.exit_code == 2
    assert arguments[-1] in done.stderr
    assert word in done.stderr
    assert not (tmp_path / "out").exists()


def test_repair(command, tmp_path):
    folder = write_session(tmp_path / "s", 6, closes=False)
    os.utime(folder / "session.mcap", (1e9, 1e9))
    assert command("export", folder, "--to", "csv", "-o", tmp_path / "x").exit_code == 1
    done = command("repair", folder)
    assert done.exit_code == 0
    assert "6 frames, 0.2 s" in done.stdout
    assert command("repair", folder).exit_code == 1
    assert len(Session(folder)) == 6


def test_the_mode_is_asked_for_and_told(command, photos, tmp_path):
    done = command("capture", photos, "-o", tmp_path / "s", "--mode", "fast")
    assert done.exit_code == 0, done.output
    assert FakeEstimator.newest.options.mode == "fast"
    assert Session(tmp_path / "s").origin.mode == "fast"
    refused = command("capture", photos, "-o", tmp_path / "t", "--mode", "slow")
    assert refused.exit_code == 2
    assert "auto, fast, precise" in refused.output


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_of_export_names_every_format_with_its_title(command, option):
    shown = command("export", option)
    assert shown.exit_code == 0
    for name, facts in FACTS.items():
        assert f"{name:13} {facts.title}" in shown.stdout


def test_help_is_in_groups_with_examples_that_are_commands(command):
    shown = command("-h").stdout
    for group in ("Lens", "Camera", "Model", "Record", "Recorded sessions"):
        assert f"\n{group}:\n" in shown
    examples = [
        line.split() for line in shown.splitlines() if line.lstrip().startswith("das-app ")
    ]
    verbs = [words[1] for words in examples if words[1] in ("capture", "export")]
    assert len(verbs) == 3
    for verb in verbs:
        assert command(verb, "-h").exit_code == 0


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_load_no_library_of_the_pipeline(option, tmp_path):
    code = (
        "import contextlib, sys, das_app.cli as cli\n"
        f"sys.argv = ['das-app', '{option}']\n"
        "with contextlib.suppress(SystemExit):\n"
        "    cli.main()\n"
        "loaded = {'numpy', 'cv2', 'onnxruntime', 'PySide6', 'scipy'} & sys.modules.keys()\n"
        "sys.exit(', '.join(loaded) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", ["play", "repair", "refine", "capture demo -o"])
def test_a_path_that_the_system_refuses_is_told_in_a_line(command, tmp_path):
    name = 300 * "x"
    done = subprocess.run(
        [sys.executable, "-m", "das_app", *command.split(), name],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)},
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"error: {name}")
    assert line.endswith(": File name too long")


@pytest.mark.parametrize("error", [KeyboardInterrupt, ImportError])
def test_a_start_that_breaks_off_waits_for_the_model_that_loads(command, monkeypatch, error):
    """A process that ended while ONNX Runtime made its threads was aborted, and so was one in
    which Ctrl-C became an exception within Qt's import."""
    waited, handlers = [], []

    class Loading:
        def __init__(self, settings):
            self.settings = settings

        def wait(self, timeout_s):
            waited.append(timeout_s)

    class Breaking:
        def find_spec(self, name, path=None, target=None):
            if name == "das_app.gui.window.app":
                handlers.append(signal.getsignal(signal.SIGINT))
                raise error("no window")

    monkeypatch.delitem(sys.modules, "das_app.gui.window.app", raising=False)
    monkeypatch.setattr("das_app.settings.early_model.EarlyModel", Loading)
    monkeypatch.setattr(sys, "meta_path", [Breaking(), *sys.meta_path])
    handler_of_tests = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        assert command("--source", "demo").exit_code != 0
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, handler_of_tests)
    assert len(waited) == 1
    assert handlers == [signal.SIG_DFL]
