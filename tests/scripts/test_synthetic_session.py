"""The material of scripts/benchmark_session.py, and the script on a second of it."""

import runpy
import sys
from pathlib import Path

import av
import pytest

from known_motion import synthetic_session
from known_motion.synthetic_session import FPS, recorded_poses, write_video

SCRIPT = Path(__file__).parents[2] / "scripts" / "benchmark_session.py"


def test_poses_go_on_frame_by_frame():
    poses = list(recorded_poses(3, num_people=2))
    assert [p.people.joints_cam.shape for p in poses] == [(2, 22, 3)] * 3
    assert [p.people.track_ids.tolist() for p in poses] == [[0, 1]] * 3
    assert abs(poses[1].people.joints_cam - poses[0].people.joints_cam).max() > 1


def test_a_long_video_repeats_a_short_one(tmp_path, monkeypatch):
    monkeypatch.setattr(synthetic_session, "_NUM_PICTURES", 3)
    write_video(tmp_path / "video.mkv", 6)
    with av.open(str(tmp_path / "video.mkv")) as video:
        times = [frame.time for frame in video.decode(video=0)]
    assert times == pytest.approx([i / FPS for i in range(6)], abs=2e-3)
    assert [file.name for file in tmp_path.iterdir()] == ["video.mkv"]


@pytest.mark.parametrize(("minutes", "is_long_enough"), [("0.02", True), ("0", False)])
def test_the_script_tells_how_fast_it_is(monkeypatch, capsys, minutes, is_long_enough):
    monkeypatch.setattr(sys, "argv", ["benchmark_session.py", "--minutes", minutes])
    if is_long_enough:
        runpy.run_path(str(SCRIPT), run_name="__main__")
        told = capsys.readouterr().out
        assert "36 frames" in told
        assert "player's seek without a video: median" in told
    else:
        with pytest.raises(SystemExit) as stopped:
            runpy.run_path(str(SCRIPT), run_name="__main__")
        assert stopped.value.code == 2
        assert "--minutes must be enough for two frames, got 0" in capsys.readouterr().err
