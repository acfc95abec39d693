"""Where a stream goes: protocol, host and port, and their short text for settings and commands."""

from dataclasses import dataclass
from enum import StrEnum

LOCAL_HOST = "127.0.0.1"
_LOOPBACK = ("localhost", "::1")
_FORM = "PROTOCOL[:HOST][:PORT], such as osc:127.0.0.1:9000 or websocket:8765"


class StreamKind(StrEnum):
    """Protocols."""

    WEBSOCKET = "websocket"
    OSC = "osc"
    VMC = "vmc"
    LSL = "lsl"


USUAL_PORTS = {
    StreamKind.WEBSOCKET: 8765, StreamKind.OSC: 9000, StreamKind.VMC: 39539, StreamKind.LSL: 0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StreamTarget:
    """One stream.

    Args:
        kind: protocol.
        host: sent to (OSC, VMC), or address listened at (WebSocket, LSL).
        port: UDP or TCP; 0 is any free one for WebSocket. LSL finds its own and has 0 here.

    Raises:
        ValueError: if the host is empty or the port is none.
    """

    kind: StreamKind
    host: str
    port: int

    def __post_init__(self) -> None:
        if not self.host:
            raise ValueError(f"a stream needs a host, got {self.text!r}")
        if not 0 <= self.port <= 65535:
            raise ValueError(f"a port is a number from 0 to 65535, got {self.port}")
        if self.port == 0 and self.kind in (StreamKind.OSC, StreamKind.VMC):
            raise ValueError(f"{self.kind} needs a port to send to, got 0")

    @staticmethod
    def usual(kind: StreamKind) -> "StreamTarget":
        """This computer, at the protocol's usual port."""
        return StreamTarget(kind, LOCAL_HOST, USUAL_PORTS[kind])

    @staticmethod
    def from_text(text: str) -> "StreamTarget":
        """Read `PROTOCOL[:HOST][:PORT]`; an IPv6 host stands in brackets.

        Raises:
            ValueError: if it is not of this form.
        """
        name, _, rest = text.partition(":")
        if name not in tuple(StreamKind):
            kinds = ", ".join(StreamKind)
            raise ValueError(f"a stream is {_FORM}; protocols: {kinds}; got {text!r}")
        kind = StreamKind(name)
        if kind is StreamKind.LSL:
            return StreamTarget(kind, rest.strip("[]") or LOCAL_HOST, 0)
        host, port = rest, ""
        if rest.isdecimal():
            host, port = "", rest
        elif ":" in rest and not rest.endswith("]"):
            host, _, port = rest.rpartition(":")
        if port and not port.isdecimal():
            raise ValueError(f"a stream is {_FORM}; got {text!r}")
        number = int(port) if port else USUAL_PORTS[kind]
        return StreamTarget(kind, host.strip("[]") or LOCAL_HOST, number)

    @property
    def text(self) -> str:
        """What `from_text` reads."""
        place = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.kind}:{place}" + ("" if self.kind is StreamKind.LSL else f":{self.port}")

    @property
    def is_local(self) -> bool:
        """Whether it stays on this computer."""
        return self.host in _LOOPBACK or self.host.startswith("127.")
