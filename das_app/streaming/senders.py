"""Senders of the stream protocols; the library of each is loaded when it is asked for."""

from collections.abc import Callable, Mapping

from das_app.streaming.remote import RemoteControl
from das_app.streaming.streamer import Sender
from das_app.streaming.targets import StreamKind, StreamTarget


def open_sender(
    target: StreamTarget,
    wanted: Callable[[], int | None],
    names: Callable[[], Mapping[int, str]] = dict,
    allowed_origins: tuple[str, ...] = (),
    remote: RemoteControl | None = None,
) -> Sender:
    """The protocol's sender; its library is loaded now.

    Args:
        target: where to.
        wanted: track id of the person to send where there is room for one, or None.
        names: of people, by track id.
        allowed_origins: web pages that may read WebSocket beside those of this computer.
        remote: takes orders of WebSocket's clients.

    Raises:
        StreamError or OSError: if it cannot be opened.
    """
    match target.kind:
        case StreamKind.OSC:
            from das_app.streaming.osc import OscSender

            return OscSender(target, names)
        case StreamKind.VMC:
            from das_app.streaming.vmc import VmcSender

            return VmcSender(target, wanted)
        case StreamKind.VRCHAT:
            from das_app.streaming.vrchat import VrchatSender

            return VrchatSender(target, wanted)
        case StreamKind.WEBSOCKET:
            from das_app.streaming.websocket import WebSocketSender

            return WebSocketSender(target, names, allowed_origins, remote)
        case StreamKind.LSL:
            from das_app.streaming.lsl import LslSender

            return LslSender(target)
