import sys

import numpy as np
import pytest
from session_fakes import result, tracked

from das_app.streaming import lsl
from das_app.streaming.avatars import Slots
from das_app.streaming.lsl import NUM_SLOTS, LslSender, sample_of, slot_width
from das_app.streaming.streamer import StreamError
from das_app.streaming.targets import StreamTarget
from das_model.skeleton import BODY_22

TARGET = StreamTarget.from_text("lsl")
WIDTH = 1 + 4 * 22


@pytest.fixture
def pylsl():
    """The library, told to stay on this computer; some builds lack their own library."""
    try:
        import pylsl
    except (ImportError, RuntimeError) as error:
        pytest.skip(f"no pylsl (extra lsl): {error}")
    return pylsl


def ids_in(sample):
    return sample.reshape(NUM_SLOTS, WIDTH)[:, 0].tolist()


def test_people_keep_their_slots():
    slots = Slots(NUM_SLOTS)
    assert slot_width(BODY_22) == WIDTH
    sample = sample_of(slots, tracked(2000, track_ids=(7, 3)))
    assert ids_in(sample) == [7, 3, -1, -1]
    assert np.isnan(sample.reshape(NUM_SLOTS, WIDTH)[2:, 1:]).all()
    assert ids_in(sample_of(slots, tracked(2000, track_ids=(3,)))) == [-1, 3, -1, -1]
    assert ids_in(sample_of(slots, tracked(2000, track_ids=(9, 3)))) == [-1, 3, 9, -1]
    assert ids_in(sample_of(slots, tracked(2000, track_ids=(3, 7)))) == [7, 3, -1, -1]  # back
    full = sample_of(slots, tracked(2000, track_ids=(1, 3, 9, 7, 8)))
    assert ids_in(full) == [7, 3, 9, 1]  # no room for 8
    assert ids_in(sample_of(slots, tracked(2000, track_ids=(8, 1, 3)))) == [8, 3, -1, 1]


def test_a_receiver_gets_the_people(pylsl):
    people = tracked(2500, track_ids=(4, 6))
    sender = LslSender(TARGET)
    assert sender.num_clients is None
    sender.send(result(0, people), people)  # from here on it can be found
    source_id = sender._outlet.get_info().source_id()
    found = pylsl.resolve_byprop("source_id", source_id, timeout=20)
    assert len(found) == 1
    assert found[0].type() == "MoCap"
    assert found[0].channel_count() == 2 + NUM_SLOTS * WIDTH
    inlet = pylsl.StreamInlet(found[0])
    inlet.open_stream(timeout=20)
    assert sender._outlet.wait_for_consumers(20)
    assert sender.num_clients == 1
    before_s = pylsl.local_clock()
    sender.send(result(1, people), people)  # captured 20 ms ago
    sample, stamp_s = inlet.pull_sample(timeout=20)
    assert stamp_s == pytest.approx(before_s, abs=5)
    assert stamp_s < pylsl.local_clock()
    assert sample[:2] == pytest.approx([1, 1 / 30])
    slots = np.array(sample[2:]).reshape(NUM_SLOTS, WIDTH)
    assert slots[:, 0].tolist() == [4, 6, -1, -1]
    joints = slots[1, 1:].reshape(22, 4)
    np.testing.assert_array_equal(joints[:, :3], people.joints_cam[1])
    np.testing.assert_array_equal(joints[:, 3], people.joint_scores[1])
    labels = inlet.info(timeout=20).get_channel_labels()
    assert labels[:3] == ["frame", "time_s", "slot0_id"]
    assert len(set(labels)) == 2 + NUM_SLOTS * WIDTH
    place = 1 + 4 * BODY_22.index("left_knee")
    assert labels[2 + WIDTH + place : 2 + WIDTH + place + 4] == [
        f"slot1_left_knee_{value}" for value in ("x", "y", "z", "confidence")
    ]
    inlet.close_stream()
    sender.close()


def test_without_the_library_there_is_advice(monkeypatch):
    monkeypatch.setitem(sys.modules, "pylsl", None)
    with pytest.raises(StreamError, match=r"pip install 'das-capture\[lsl\]'"):
        LslSender(TARGET)


def test_where_it_is_heard_holds_for_the_process(pylsl, monkeypatch):
    asked = []
    monkeypatch.setattr(lsl, "_chosen_host", None)
    monkeypatch.setattr(pylsl, "set_config_content", asked.append)
    LslSender(StreamTarget.from_text("lsl:0.0.0.0")).close()
    assert asked == []
    with pytest.raises(StreamError, match="start again for this computer"):
        LslSender(TARGET)
    monkeypatch.setattr(lsl, "_chosen_host", None)
    LslSender(TARGET).close()
    assert "ResolveScope = machine" in asked[0]


def test_marks_have_an_outlet_and_both_are_found_again(pylsl):
    sender = LslSender(TARGET)
    found = pylsl.resolve_byprop("name", "DAS Capture Markers", timeout=20)
    assert found
    assert found[0].type() == "Markers"
    inlet = pylsl.StreamInlet(found[0])
    inlet.open_stream(timeout=20)
    assert sender._marks.wait_for_consumers(20)
    sender.mark("start", 0.5)
    sample, stamp_s = inlet.pull_sample(timeout=20)
    assert sample == ["start"]
    assert stamp_s == pytest.approx(pylsl.local_clock() - 0.5, abs=5)
    first = sender._marks.get_info().source_id()
    sender.close()
    again = LslSender(TARGET)
    assert again._marks.get_info().source_id() == first
    again.close()
