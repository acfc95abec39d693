"""OSC over UDP: messages packed into bundles that fit a packet, and the socket they leave by."""

import socket
from collections.abc import Iterable, Sequence
from typing import Any

from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from das_app.streaming.streamer import StreamError
from das_app.streaming.targets import StreamTarget

MAX_PACKET_BYTES = 1400  # fits an Ethernet frame, so that no packet is torn apart
_BUNDLE_BYTES, _ITEM_BYTES = 16, 4

OscValue = str | int | float


def osc_message(address: str, *values: OscValue) -> OscMessage:
    """A message; whole numbers become int32, others float32."""
    builder = OscMessageBuilder(address)
    for value in values:
        builder.add_arg(value)
    return builder.build()


def packed(messages: Iterable[OscMessage]) -> list[bytes]:
    """Bundles of the messages in their order, each at most `MAX_PACKET_BYTES` where it holds
    more than one message."""
    packets: list[bytes] = []
    waiting: list[OscMessage] = []
    size = _BUNDLE_BYTES
    for message in messages:
        needed = _ITEM_BYTES + message.size
        if waiting and size + needed > MAX_PACKET_BYTES:
            packets.append(_bundle(waiting))
            waiting, size = [], _BUNDLE_BYTES
        waiting.append(message)
        size += needed
    return [*packets, _bundle(waiting)] if waiting else packets


class UdpPort:
    """Non-blocking UDP socket to one address.

    Args:
        target: whose host is looked up once.

    Raises:
        StreamError: if there is no such host.
    """

    num_clients = None  # UDP does not tell who listens
    num_dropped = 0

    def __init__(self, target: StreamTarget) -> None:
        try:
            found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_DGRAM)
        except OSError as error:
            raise StreamError(f"{target.text}: no host {target.host!r} ({error})") from error
        family, address = found[0][0], found[0][4]
        self._address: Any = address
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        self.address = target.text

    def send_all(self, packets: Sequence[bytes]) -> None:
        """Send the packets. Raises OSError when the system takes no more, or knows no way."""
        for packet in packets:
            self._socket.sendto(packet, self._address)

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


def _bundle(messages: Sequence[OscMessage]) -> bytes:
    builder = OscBundleBuilder(IMMEDIATELY)
    for message in messages:
        builder.add_content(message)
    return builder.build().dgram
