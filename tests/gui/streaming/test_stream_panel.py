import re
import socket

import pytest
from PySide6.QtGui import QDesktopServices, QGuiApplication
from pythonosc.osc_packet import OscPacket
from window_fakes import Opener, people_at

from das_app.gui.scene import scene_view
from das_app.gui.streaming.stream_panel import StreamCard, StreamPanel
from das_app.gui.window.main_window import MainWindow
from das_app.settings.app_settings import AppSettings, SourceSettings, StreamingSettings
from das_app.settings.settings_file import load_settings, save_settings
from das_app.streaming.remote import RemoteError
from das_app.streaming.streamer import StreamFigures, StreamState
from das_app.streaming.targets import StreamKind, StreamTarget


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.fixture
def make_card(qtbot, themed):
    def make(kind):
        card = StreamCard(kind)
        qtbot.addWidget(card)
        return card

    return make


def test_every_protocol_has_a_card_that_is_off(qtbot, themed):
    panel = StreamPanel()
    qtbot.addWidget(panel)
    assert set(panel.cards) == set(StreamKind)
    for kind, card in panel.cards.items():
        assert not card.switch.isChecked()
        assert card.figures.text() == "Off"
        assert card.address.target() == StreamTarget.default(kind)


def test_setters_show_and_do_not_echo(make_card, qtbot):
    card = make_card(StreamKind.WEBSOCKET)
    with qtbot.assertNotEmitted(card.started), qtbot.assertNotEmitted(card.target_changed):
        card.set_target(StreamTarget.from_text("websocket:0.0.0.0:9100"))
        card.set_figures(StreamFigures(StreamState.ON, 2, 29.84, 300, 7, address="http://x/"))
    assert (card.address.host.text(), card.address.port.value()) == ("0.0.0.0", 9100)
    assert card.switch.isChecked()
    assert card.address.host.isReadOnly()
    assert card.page.isEnabled()
    assert card.figures.text() == "2 clients · 29.8 frames/s · 7 dropped"
    assert card.problem.text() == "Everybody in your network can receive this."
    with qtbot.assertNotEmitted(card.stopped):
        card.set_figures(StreamFigures(StreamState.FAILED, error="Address already in use"))
    assert not (card.switch.isChecked())
    assert not (card.address.host.isReadOnly())
    assert not card.page.isEnabled()
    assert card.figures.text() == "Off"
    assert card.problem.text() == "Address already in use"
    card.set_figures(StreamFigures(StreamState.STARTING))
    assert card.figures.text() == "Starting …"
    card.set_target(StreamTarget.from_text("websocket"))
    card.set_figures(StreamFigures(StreamState.ON, 1))
    assert card.figures.text() == "1 client · 0.0 frames/s · 0 dropped"
    assert card.problem.text() == ""


def test_what_the_protocol_cannot_know_is_not_said(make_card):
    osc, lsl = make_card(StreamKind.OSC), make_card(StreamKind.LSL)
    osc.set_figures(StreamFigures(StreamState.ON, None, 30.0))
    assert osc.figures.text() == "30.0 frames/s · 0 dropped"
    lsl.set_figures(StreamFigures(StreamState.ON, 0, 30.0))
    assert lsl.figures.text().startswith("nobody receives")
    lsl.set_figures(StreamFigures(StreamState.ON, 1, 30.0))
    assert lsl.figures.text().startswith("received")


def test_choices_are_told(make_card, qtbot):
    card = make_card(StreamKind.OSC)
    card.address.host.setText(" 10.0.0.5 ")
    with qtbot.waitSignal(card.target_changed) as told:
        card.address.host.editingFinished.emit()
    assert told.args == [StreamTarget.from_text("osc:10.0.0.5:9000")]
    with qtbot.waitSignal(card.target_changed) as told:
        card.address.port.setValue(7000)
    with qtbot.waitSignal(card.started) as told:
        card.switch.click()
    assert told.args == [StreamTarget.from_text("osc:10.0.0.5:7000")]
    with qtbot.waitSignal(card.stopped):
        card.switch.click()
    lsl = make_card(StreamKind.LSL)
    lsl.address.reach.setCurrentIndex(1)
    with qtbot.waitSignal(lsl.started) as told:
        lsl.switch.click()
    assert told.args == [StreamTarget.from_text("lsl:0.0.0.0")]


def test_an_empty_host_is_said_and_not_started(make_card, qtbot):
    card = make_card(StreamKind.VMC)
    card.address.host.setText("  ")
    with qtbot.assertNotEmitted(card.started):
        card.switch.click()
    assert not card.switch.isChecked()
    assert "host" in card.problem.text()


@pytest.fixture
def receiver():
    """A UDP socket at a free port that never waits."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        made.setblocking(False)
        yield made


@pytest.fixture
def window(qtbot, themed, monkeypatch):
    monkeypatch.setattr(scene_view, "opengl_problem", lambda: "not in this test")
    opener = Opener(people_at((-600, -100, 3500), (600, -100, 3500), score=0.8))
    made = MainWindow(AppSettings(source=SourceSettings("grey")), opener)
    qtbot.addWidget(made)
    made.show()
    return made


def switch(window, kind, port):
    card = window.panels.stream_panel.cards[kind]
    card.address.port.setValue(port)
    card.switch.click()
    return card


def wait_for_message(qtbot, receiver, is_it):
    def has_come():
        while True:  # all that waits: more comes than a look now and then would take
            try:
                packet = OscPacket(receiver.recv(65536))
            except BlockingIOError:
                return False
            if any(is_it(timed.message) for timed in packet.messages):
                return True

    qtbot.waitUntil(has_come)


def is_people(count):
    return lambda m: m.address == "/das/people" and len(m.params) == count


def test_streams_from_one_source_to_the_next(window, qtbot, receiver):
    action = window.actions_by_name["streaming"]
    plain = action.icon().cacheKey()
    card = switch(window, StreamKind.OSC, receiver.getsockname()[1])
    assert action.icon().cacheKey() != plain
    for source in ("one", "two"):
        window.open(source)
        wait_for_message(qtbot, receiver, is_people(2))
        window.control.stop()
    window.control.set_min_score(0.795)  # the second of both has 0.79
    window.open("three")
    wait_for_message(qtbot, receiver, is_people(1))
    qtbot.waitUntil(lambda: "dropped" in card.figures.text())
    card.switch.click()
    assert card.figures.text() == "Off"
    assert not card.switch.isChecked()
    assert action.icon().cacheKey() == plain


def test_a_click_chooses_whom_an_avatar_follows(window, qtbot, receiver):
    window.panels.streaming.start(StreamTarget(StreamKind.VMC, *receiver.getsockname()))
    card = window.panels.stream_panel.cards[StreamKind.VMC]
    assert card.switch.isChecked()
    assert card.address.port.value() == receiver.getsockname()[1]
    window.open("grey")

    def is_root(sign):
        return lambda m: m.address == "/VMC/Ext/Root/Pos" and m.params[1] * sign > 0

    wait_for_message(qtbot, receiver, is_root(1))  # the first, at -600 mm in camera space
    window.parts.picture.overlay.person_chosen.emit(window.shown.slots.max())
    wait_for_message(qtbot, receiver, is_root(-1))


def test_the_page_and_a_port_in_use(window, qtbot, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    card = window.panels.stream_panel.cards[StreamKind.WEBSOCKET]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        switch(window, StreamKind.WEBSOCKET, port)
        qtbot.waitUntil(lambda: "in use" in card.problem.text())
        assert not card.switch.isChecked()
        assert window.parts.banner.isVisible()
    card.address.host.setText("0.0.0.0")
    card.switch.click()
    qtbot.waitUntil(card.page.isEnabled)
    card.page.click()
    (page,) = opened
    assert re.fullmatch(rf"http://127\.0\.0\.1:{port}/\?token=[\w-]{{8,}}", page)


def test_addresses_are_kept_and_streams_are_off_again(qtbot, themed, tmp_path, monkeypatch):
    monkeypatch.setattr(scene_view, "opengl_problem", lambda: "not in this test")
    asked = AppSettings(streaming=StreamingSettings(targets=("nonsense:1", "osc:10.0.0.5:7000")))
    save_settings(asked, tmp_path / "settings.toml")
    again = MainWindow(load_settings(tmp_path / "settings.toml"), Opener())
    qtbot.addWidget(again)
    card = again.panels.stream_panel.cards[StreamKind.OSC]
    assert card.address.target().text == "osc:10.0.0.5:7000"
    assert not card.switch.isChecked()
    card.address.port.setValue(7001)
    assert again.settings.streaming.targets == ("nonsense:1", "osc:10.0.0.5:7001")


def test_the_remote_control_is_off_until_it_is_switched_on(window, qtbot):
    card, remote = window.panels.stream_panel.remote, window.panels.streaming.remote.remote
    assert not (card.switch.isChecked())
    assert not (remote.is_on)
    assert card.figures.text() == "Off"
    card.port.setValue(free_port())
    card.switch.click()
    assert remote.is_on
    assert len(card.token.text()) >= 8
    assert card.token.isReadOnly()
    card.copy.click()
    assert QGuiApplication.clipboard().text() == card.token.text()
    with pytest.raises(RemoteError):
        remote.ask("start", token="guessed it")
    qtbot.waitUntil(lambda: "refused: the token is wrong" in card.figures.text())
    card.switch.click()
    assert not remote.is_on
    assert card.figures.text() == "Off"
    assert window.settings.streaming.remote == f"osc:127.0.0.1:{card.port.value()}"
    assert card.token.text() not in str(window.settings)


def test_a_remote_control_that_cannot_begin_says_why(window, qtbot):
    card = window.panels.stream_panel.remote
    card.token.setText("short")
    card.switch.click()
    assert "8 characters" in card.problem.text()
    card.token.setText("long enough")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        card.port.setValue(taken.getsockname()[1])
        card.switch.click()
        assert "in use" in card.problem.text()
    assert not card.switch.isChecked()
    card.switch.click()
    assert card.switch.isChecked()
    assert card.problem.text() == ""


def test_where_the_remote_control_listened_is_kept(qtbot, themed, tmp_path, monkeypatch):
    monkeypatch.setattr(scene_view, "opengl_problem", lambda: "not in this test")
    for kept, port in (("osc:0.0.0.0:9100", 9100), ("nonsense", 9001)):
        asked = AppSettings(streaming=StreamingSettings(remote=kept))
        save_settings(asked, tmp_path / "settings.toml")
        again = MainWindow(load_settings(tmp_path / "settings.toml"), Opener())
        qtbot.addWidget(again)
        card = again.panels.stream_panel.remote
        assert card.place().port == port
        assert not card.switch.isChecked()
