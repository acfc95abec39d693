import threading
from pathlib import Path

import pytest
import shiboken6
from window_fakes import Opener

from das_app.gui.control.bridge import PipelineBridge
from das_app.messaging.messages import PipelineState
from das_app.settings.app_settings import AppSettings, ModelSettings, SourceSettings

RUNNING, STOPPED = PipelineState.RUNNING, PipelineState.STOPPED
FAULTED = PipelineState.FAULTED


@pytest.fixture
def opener():
    return Opener()


@pytest.fixture
def bridge(qapp, opener):
    bridge = PipelineBridge(opener)
    yield bridge
    opener.gate.set()
    bridge.shutdown()


@pytest.fixture
def news(bridge):
    heard = []
    bridge.opened.connect(lambda opened: heard.append(("opened", opened.source.name)))
    bridge.state_changed.connect(lambda state, message: heard.append((state, message)))
    return heard


def test_opening_tells_of_the_pipeline_and_then_of_its_state(bridge, news, qtbot):
    bridge.open(AppSettings(source=SourceSettings("a")))
    qtbot.waitUntil(lambda: len(news) == 2)
    assert news == [("opened", "a"), (RUNNING, "a")]
    qtbot.waitUntil(lambda: bridge.current.pipeline.results.take(0) is not None)


def test_news_arrives_in_the_thread_of_the_window(bridge, qtbot):
    threads = []
    bridge.state_changed.connect(lambda *_: threads.append(threading.current_thread()))
    bridge.open(AppSettings(source=SourceSettings("a")))
    qtbot.waitUntil(lambda: bool(threads))
    assert threads[0] is threading.main_thread()


def test_another_source_replaces_the_first(bridge, news, opener, qtbot):
    bridge.open(AppSettings(source=SourceSettings("a")))
    qtbot.waitUntil(lambda: (RUNNING, "a") in news)
    bridge.open(AppSettings(source=SourceSettings("b")))
    assert bridge.current is None
    qtbot.waitUntil(lambda: (RUNNING, "b") in news)
    assert opener.sources[0].is_closed
    assert not opener.sources[1].is_closed
    assert (STOPPED, "a") not in news  # the end of the first is no news any more


def test_of_orders_given_while_busy_only_the_newest_counts(bridge, news, opener, qtbot):
    opener.gate.clear()
    bridge.open(AppSettings(source=SourceSettings("a")))
    opener.has_begun.wait()
    for name in "bcd":
        bridge.open(AppSettings(source=SourceSettings(name)))
    opener.gate.set()
    qtbot.waitUntil(lambda: (RUNNING, "d") in news)
    assert {name for _, name in news} == {"d"}
    assert [source.name for source in opener.sources] == ["a", "d"]
    assert opener.sources[0].is_closed


def test_looping_holds_from_the_first_frame(bridge, opener, qtbot):
    opener.num_frames = 2  # over before the window has heard of it
    bridge.open(AppSettings(source=SourceSettings(name="a", is_looping=True)))
    opener.has_begun.wait()
    qtbot.waitUntil(lambda: bool(opener.sources) and opener.sources[0].num_rewound > 1)


def test_stop(bridge, news, opener, qtbot):
    bridge.open(AppSettings(source=SourceSettings("a")))
    qtbot.waitUntil(lambda: (RUNNING, "a") in news)
    bridge.stop()
    qtbot.waitUntil(lambda: news[-1] == (STOPPED, ""))
    assert bridge.current is None
    assert opener.sources[0].is_closed


def test_what_cannot_be_opened_is_a_fault_and_the_next_source_opens(bridge, news, opener, qtbot):
    opener.errors["bad"] = OSError("no such camera")
    bridge.open(AppSettings(source=SourceSettings("bad")))
    qtbot.waitUntil(lambda: bool(news))
    assert news == [(FAULTED, "no such camera")]
    assert bridge.current is None
    bridge.open(AppSettings(source=SourceSettings("a")))
    qtbot.waitUntil(lambda: (RUNNING, "a") in news)


def test_a_source_that_does_not_end_well_leaves_room_for_the_next(
    bridge, news, opener, qtbot, caplog
):
    bridge.open(AppSettings(source=SourceSettings("a")))
    qtbot.waitUntil(lambda: (RUNNING, "a") in news)
    run = bridge.current.pipeline
    usual_stop = run.stop

    def stop():
        usual_stop()
        raise OSError("the driver is upset")

    run.stop = stop
    bridge.open(AppSettings(source=SourceSettings("b")))
    qtbot.waitUntil(lambda: (RUNNING, "b") in news)
    assert "the driver is upset" in caplog.text


def test_an_error_without_words_is_named(bridge, news, opener, qtbot):
    opener.errors["bad"] = KeyError()
    bridge.open(AppSettings(source=SourceSettings("bad")))
    qtbot.waitUntil(lambda: bool(news))
    assert news == [(FAULTED, "KeyError")]


def test_a_source_that_breaks_is_a_fault(bridge, news, opener, qtbot):
    bridge.open(AppSettings(source=SourceSettings("a")))
    qtbot.waitUntil(lambda: (RUNNING, "a") in news)
    opener.sources[0].error = OSError("unplugged")
    qtbot.waitUntil(lambda: news[-1][0] is FAULTED)
    assert "unplugged" in news[-1][1]


def test_another_model_leaves_the_source_running(bridge, news, opener, qtbot):
    bridge.open(AppSettings(source=SourceSettings("a")))
    qtbot.waitUntil(lambda: (RUNNING, "a") in news)
    with qtbot.waitSignal(bridge.model_changed) as changed:
        bridge.switch_model(
            AppSettings(
                source=SourceSettings(name="a"), model=ModelSettings(file=Path("other.onnx"))
            )
        )
    model = changed.args[0]
    assert model.engine == "other · CPU"
    assert bridge.current.model is model
    qtbot.waitUntil(lambda: bridge.current.pipeline.results.take(0) is not None)
    assert len(opener.sources) == 1
    assert len(news) == 2


def test_a_model_asked_for_while_opening_is_the_one_that_opens(bridge, news, opener, qtbot):
    opener.gate.clear()
    bridge.open(AppSettings(source=SourceSettings("a")))
    opener.has_begun.wait()
    bridge.open(AppSettings(source=SourceSettings("b")))
    bridge.switch_model(
        AppSettings(source=SourceSettings(name="b"), model=ModelSettings(file=Path("other.onnx")))
    )
    opener.gate.set()
    qtbot.waitUntil(lambda: (RUNNING, "b") in news)
    assert bridge.current.model.engine == "other · CPU"


def test_a_refused_model_changes_nothing(bridge, news, opener, qtbot):
    opener.errors["bad"] = ValueError("not a model")
    bridge.open(AppSettings(source=SourceSettings("a")))
    qtbot.waitUntil(lambda: (RUNNING, "a") in news)
    with qtbot.waitSignal(bridge.model_refused) as refused:
        bridge.switch_model(
            AppSettings(
                source=SourceSettings(name="a"), model=ModelSettings(file=Path("bad.onnx"))
            )
        )
    assert refused.args == ["not a model"]
    assert bridge.current.model.engine == "fake · CPU"


def test_without_anything_open_a_model_opens_nothing(bridge, news, opener, qtbot):
    bridge.switch_model(AppSettings(source=SourceSettings("a")))
    bridge.open(AppSettings(source=SourceSettings("b")))
    qtbot.waitUntil(lambda: (RUNNING, "b") in news)
    assert [source.name for source in opener.sources] == ["b"]


def test_shutdown_ends_every_thread(qapp, opener, qtbot):
    before = set(threading.enumerate())
    bridge = PipelineBridge(opener)
    bridge.open(AppSettings(source=SourceSettings("a")))
    qtbot.waitUntil(lambda: bridge.current is not None)
    bridge.shutdown()
    assert set(threading.enumerate()) == before
    assert opener.sources[0].is_closed


def test_shutdown_does_not_wait_for_ever(qapp, opener, qtbot, monkeypatch, caplog):
    monkeypatch.setattr("das_app.gui.control.bridge.SHUTDOWN_TIMEOUT_S", 0.05)
    bridge = PipelineBridge(opener)
    opener.gate.clear()
    bridge.open(AppSettings(source=SourceSettings("a")))
    opener.has_begun.wait()
    bridge.shutdown()
    assert "still blocks" in caplog.text
    opener.gate.set()


def test_a_source_that_opens_after_the_window_went_is_told_to_nobody(qapp, opener, monkeypatch):
    monkeypatch.setattr("das_app.gui.control.bridge.SHUTDOWN_TIMEOUT_S", 0.05)
    bridge = PipelineBridge(opener)
    thread = bridge._thread
    opener.gate.clear()
    bridge.open(AppSettings(source=SourceSettings("a")))
    opener.has_begun.wait()
    bridge.shutdown()
    shiboken6.delete(bridge)
    opener.gate.set()
    thread.join(5)  # an error in it fails the test
    assert not thread.is_alive()
    assert opener.sources[0].is_closed
