import numpy as np
from session_fakes import ORIGIN, WIDE
from standing_people import standing, tilted

from das_app.messaging.messages import Frame, PoseResult
from das_app.motion.kinematics import resized
from das_app.pipeline.size_notes import size_notes
from das_app.session.recorder import Recorder
from das_app.session.session import Session

FLOOR = tilted(8, 0, 1500)


def walked(folder, scales, num_frames=120):
    """Three people who walk about; some taken for smaller, and so nearer, than they are."""
    rng = np.random.default_rng(0)
    image = np.zeros((WIDE.size[1], WIDE.size[0], 3), np.uint8)
    recorder = Recorder(folder, ORIGIN)
    for index in range(num_frames):
        people = standing(FLOOR, rng.uniform([-900, 2800], [900, 5500], (3, 2)))
        people = resized(people, scales)
        recorder.write(
            PoseResult(Frame(index, index / 5, image, WIDE), people, 0.01, 0.02, people)
        )
    recorder.close()
    return Session(folder)


def test_who_comes_out_as_no_adult_and_floats_is_told_and_nobody_else(tmp_path):
    session = walked(tmp_path / "s", {2: 0.7})
    notes = size_notes(session)
    assert len(notes) == 1
    assert notes[0].startswith("person 2 comes out 1.")
    assert "floats 0." in notes[0]
    assert not size_notes(walked(tmp_path / "usual", {}))
