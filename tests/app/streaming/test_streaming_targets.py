import pytest

from das_app.streaming.targets import StreamKind, StreamTarget


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("osc", "127.0.0.1", 9000),
        ("osc:7000", "127.0.0.1", 7000),
        ("osc:10.0.0.5:7000", "10.0.0.5", 7000),
        ("vmc:studio.local", "studio.local", 39539),
        ("vmc:[::1]:40000", "::1", 40000),
        ("websocket:[::]", "::", 8765),
        ("websocket:0", "127.0.0.1", 0),
        ("lsl", "127.0.0.1", 0),
        ("lsl:0.0.0.0", "0.0.0.0", 0),
        ("vrchat", "127.0.0.1", 9000),
        ("vmc:10.0.0.5:40000+3", "10.0.0.5", 40000),
        ("vmc:[::1]:40000#12", "::1", 40000),
        ("vmc#12", "127.0.0.1", 39539),
    ],
)
def test_short_and_long_texts_are_read(text, host, port):
    target = StreamTarget.from_text(text)
    assert (target.host, target.port) == (host, port)
    assert StreamTarget.from_text(target.text) == target


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "protocols"),
        ("udp:9000", "udp"),
        ("osc:host:many", "many"),
        ("osc:host:70000", "70000"),
        ("osc:host:0", "port"),
        ("osc:9000+2", "vmc only"),
        ("vmc:9000+99", "16 people"),
        ("vmc:65535+2", "no 2 ports"),
        ("websocket#3", "vmc or vrchat only"),
    ],
)
def test_what_is_wrong_is_named(text, word):
    with pytest.raises(ValueError, match=word):
        StreamTarget.from_text(text)


def test_a_host_is_needed():
    with pytest.raises(ValueError, match="host"):
        StreamTarget(StreamKind.OSC, "", 9000)


def test_only_this_computer_is_local():
    assert all(StreamTarget.default(kind).is_local for kind in StreamKind)
    assert StreamTarget.from_text("osc:localhost").is_local
    assert not StreamTarget.from_text("websocket:0.0.0.0").is_local
    assert not StreamTarget.from_text("osc:192.168.1.7").is_local
