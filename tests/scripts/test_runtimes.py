"""OpenVINO beside ONNX Runtime: every frame count can be timed."""

import pytest

from timing import runtimes


@pytest.mark.parametrize(
    ("number", "size", "parts"), [(3, 8, [3]), (7, 3, [3, 3]), (2, 1, [1, 1])]
)
def test_frames_are_timed_in_whole_parts_or_all_at_once(number, size, parts):
    assert [len(part) for part in runtimes._parts([None] * number, size)] == parts
