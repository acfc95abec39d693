from dataclasses import replace

import numpy as np
import pytest

from das_app.messaging.messages import Frame, PipelineStats, PoseResult
from das_app.pipeline.hints import SPAN_S, HintKind, find_hints, last_seconds, summarise
from das_model.camera import Camera
from das_model.people import People
from das_model.skeleton import BODY_22

CAMERA = Camera.from_fov((640, 480), 60.0)
GOOD = PipelineStats(capture_fps=30, inference_fps=28)
_LEGS = (("hip", 0), ("knee", 420), ("ankle", 840))


def person(x_mm=0.0, y_mm=0.0, z_mm=4000.0, size=1.0):
    """(22, 3) upright person of about 1.7 m times `size` with the pelvis at the given place."""
    joints = np.zeros((22, 3), np.float32)
    for side, shift in (("left", 110), ("right", -110)):
        for name, y in (*_LEGS, ("shoulder", -520), ("elbow", -250), ("wrist", 0)):
            joints[BODY_22.index(f"{side}_{name}")] = (shift, y, 0)
    for name, y in (("spine", -250), ("neck", -520), ("head", -620), ("head_top", -780)):
        joints[BODY_22.index(name)] = (0, y, 0)
    for name in ("nose", "left_eye", "right_eye", "left_ear", "right_ear"):
        joints[BODY_22.index(name)] = (0, -650, 0)
    return size * joints + np.array([x_mm, y_mm, z_mm], np.float32)


def summaries(*people, luma=120, num=60, fps=15.0, start_s=10.0, score=1.0, num_unsure=0):
    joints = np.array(people, np.float32).reshape(-1, 22, 3)
    count = len(joints)
    found = People(
        joints,
        np.ones((count, 22), np.float32),
        np.full(count, score, np.float32),
        np.arange(count) + 3,
    )
    image = np.full((480, 640, 3), luma, np.uint8)
    frames = [Frame(i, start_s + i / fps, image, CAMERA) for i in range(num)]
    results = [
        PoseResult(frame, found, 0.03, 0.05, found, num_unsure=num_unsure) for frame in frames
    ]
    return [summarise(result, found) for result in results]


def kinds(seen, stats=GOOD):
    return [hint.kind for hint in find_hints(seen, stats)]


def test_a_summary_tells_how_far_everybody_is():
    (summary,) = summaries(person(3000, 0, 4000), person(0, 0, 2500), num=1)
    np.testing.assert_allclose(summary.distances_m, [5.0, 2.5], rtol=1e-6)


def test_a_good_scene_needs_no_hint():
    assert kinds(summaries(person(), person(900, 0, 4500))) == []


@pytest.mark.parametrize(
    ("place", "side", "remedy"),
    [
        ((0, 900, 3000), "bottom", "tilt the camera down"),
        ((0, -900, 3000), "top", "tilt the camera up"),
        ((2300, 0, 4000), "right", "to the middle"),
        ((-2300, 0, 4000), "left", "to the middle"),
    ],
)
def test_who_is_cut_off_hears_where_and_what_to_do(place, side, remedy):
    (hint,) = find_hints(summaries(person(), person(*place)), GOOD)
    assert hint.kind is HintKind.CUT_OFF
    assert hint.track_id == 4
    assert "#4" in hint.message
    assert side in hint.message
    assert remedy in hint.message


def test_somebody_who_passes_the_rim_is_not_cut_off():
    seen = summaries(person(2300, 0, 4000), num=20) + summaries(person(), num=40, start_s=11.4)
    assert kinds(seen) == []


def test_dark():
    assert kinds(summaries(person(), luma=20)) == [HintKind.DARK]
    assert kinds(summaries(person(), luma=60)) == []
    seen = summaries(person())
    assert kinds([replace(one, luma=39.9) for one in seen]) == [HintKind.DARK]
    assert kinds([replace(one, luma=40.0) for one in seen]) == []


def test_colours_are_as_bright_as_they_look():
    """Luma of Rec. 601, to which green gives most and blue least."""
    lumas = []
    for colour in np.diag([100, 100, 100]):
        image = np.full((480, 640, 3), colour, np.uint8)
        nobody = People.empty()
        result = PoseResult(Frame(0, 0.0, image, CAMERA), nobody, 0.03, 0.05, nobody)
        lumas.append(summarise(result, nobody).luma)
    assert lumas == pytest.approx([29.9, 58.7, 11.4])


def test_far():
    (hint,) = find_hints(summaries(person(z_mm=16000)), GOOD)
    assert hint.kind is HintKind.FAR
    assert "16.0 m" in hint.message


def test_nobody_only_after_a_while():
    assert kinds(summaries(num=60)) == [HintKind.NOBODY]
    assert kinds(summaries(num=15)) == []
    assert kinds(summaries(num=46, start_s=0)) == [HintKind.NOBODY]  # three seconds
    assert kinds(summaries(num=60)[:-1] + summaries(person(), num=1, start_s=13.99)) == []


def test_who_may_be_nobody_is_not_talked_to():
    assert kinds(summaries(person(2300, 0, 4000), score=0.9)) == [HintKind.CUT_OFF]
    assert kinds(summaries(person(2300, 0, 4000), score=0.4)) == []
    assert kinds(summaries(person(size=0.72), score=0.4)) == []


def test_people_below_the_confidence_are_told_of_instead_of_nobody():
    (hint,) = find_hints(summaries(num_unsure=2), GOOD)
    assert "2 people are below the confidence" in hint.message


def test_giants_are_implausible():
    giant = person(z_mm=6000, size=1.55)
    (hint,) = find_hints(summaries(giant), GOOD)
    assert hint.kind is HintKind.HEIGHT
    assert "2.6 m" in hint.message


def test_one_person_who_comes_out_small_is_told_of():
    (hint,) = find_hints(summaries(person(size=0.72)), GOOD)
    assert (hint.kind, hint.track_id) == (HintKind.HEIGHT, 3)
    assert "1.2" in hint.message
    assert kinds(summaries(person(size=0.9))) == []


def test_a_slow_model_is_told_with_its_figures():
    slow = PipelineStats(capture_fps=30, inference_fps=8)
    (hint,) = find_hints(summaries(person()), slow)
    assert hint.kind is HintKind.SLOW
    assert "8 of 30" in hint.message
    assert find_hints(summaries(person()), slow, is_live=False) == ()  # a film loses nothing
    enough = PipelineStats(capture_fps=10, inference_fps=7)
    assert kinds(summaries(person()), enough) == []
    assert kinds(summaries(person()), replace(enough, inference_fps=6.9)) == [HintKind.SLOW]
    slideshow = PipelineStats(capture_fps=2, inference_fps=1)
    assert kinds(summaries(person()), slideshow) == []
    slowest = PipelineStats(capture_fps=5, inference_fps=1)
    assert kinds(summaries(person()), slowest) == [HintKind.SLOW]
    assert kinds(summaries(person()), replace(slowest, capture_fps=4.9)) == []


def test_the_most_urgent_comes_first():
    slow = PipelineStats(capture_fps=30, inference_fps=8)
    seen = summaries(person(0, 900, 3000), luma=10)
    assert kinds(seen, slow) == [HintKind.DARK, HintKind.CUT_OFF, HintKind.SLOW]


def test_only_the_last_seconds_count():
    seen = summaries(person(), luma=5, num=100) + summaries(person(), num=75, start_s=17)
    assert kinds(seen) == []
    kept = last_seconds(seen)
    assert kept[-1] is seen[-1]
    assert kept[-1].time_s - kept[0].time_s <= SPAN_S


def test_a_film_that_begins_again_begins_anew():
    seen = summaries(person(), num=50) + summaries(person(), num=3, start_s=0)
    assert len(last_seconds(seen)) == 3
    assert kinds(summaries(person(), luma=5)[:4]) == []  # too few to speak
    assert kinds(summaries(person(0, 900, 3000), luma=5)[:5]) == [HintKind.DARK, HintKind.CUT_OFF]
