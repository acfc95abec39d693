"""Stream protocols and targets: host, port, and their short text.

Another protocol is an entry in each part of this file, and a sender in a file of its own, which
`senders` opens.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from das_app.words.said import marked

LOCAL_HOST = "127.0.0.1"
_LOOPBACK = ("localhost", "::1")
_FORM = "PROTOCOL[:HOST][:PORT], such as osc:127.0.0.1:9000 or websocket:8765"
MAX_AVATARS = 16
_WHOM = re.compile(r"^(.*?)(?:\+(\d+)|#(\d+))?$")  # of avatars: how many, or who


class StreamKind(StrEnum):
    """Protocols."""

    WEBSOCKET = "websocket"
    OSC = "osc"
    VMC = "vmc"
    VRCHAT = "vrchat"
    LSL = "lsl"


@dataclass(frozen=True, slots=True)
class StreamFacts:
    """Facts about a protocol, for window and command line.

    Args:
        title: on its card.
        about: whom it is for.
        port: by default the protocol's; 0 for one that finds its own.
        is_listening: others come and fetch; else it sends to a host.
    """

    title: str
    about: str
    port: int
    is_listening: bool


FACTS = {
    StreamKind.WEBSOCKET: StreamFacts(
        "WebSocket", marked("JSON for any program, and a page that draws everybody."), 8765, True
    ),
    StreamKind.OSC: StreamFacts(
        "OSC",
        marked("Everybody's joints, for TouchDesigner, Max, Unity and the like."),
        9000,
        False,
    ),
    StreamKind.VMC: StreamFacts(
        "VMC",
        marked("One person as a VRM avatar. A click in the picture chooses whom."),
        39539,
        False,
    ),
    StreamKind.VRCHAT: StreamFacts(
        "VRChat",
        marked("One person as OSC trackers: hip, chest, feet, knees, elbows."),
        9000,
        False,
    ),
    StreamKind.LSL: StreamFacts(
        "Lab Streaming Layer", marked("Four people's joints, beside other instruments."), 0, True
    ),
}


@dataclass(frozen=True, slots=True)
class StreamTarget:
    """One stream.

    Args:
        kind: protocol.
        host: sent to (OSC, VMC), or address listened at (WebSocket, LSL).
        port: UDP or TCP; 0 is any free one for WebSocket. LSL finds its own and has 0 here.
        people: of VMC: this many people, the first at the port, the next at the one after it.
        person: of VMC and VRChat: the one track id to send, None for a choice.

    Raises:
        ValueError: if the host is empty, the port is none, or people are asked for of a protocol
            that sends everybody.
    """

    kind: StreamKind
    host: str
    port: int
    people: int = 1
    person: int | None = None

    def __post_init__(self) -> None:
        if not self.host:
            raise ValueError(f"a stream needs a host, got {self.text!r}")
        if not 0 <= self.port <= 65535:
            raise ValueError(f"a port is a number from 0 to 65535, got {self.port}")
        is_vmc = self.kind is StreamKind.VMC
        if not 1 <= self.people <= (MAX_AVATARS if is_vmc else 1):
            raise ValueError(f"+N sends up to {MAX_AVATARS} people by vmc only, got {self.text!r}")
        if self.person is not None and not (is_vmc or self.kind is StreamKind.VRCHAT):
            raise ValueError(f"#ID chooses a person of vmc or vrchat only, got {self.text!r}")
        if self.port + self.people - 1 > 65535:
            raise ValueError(f"there are no {self.people} ports from {self.port} on")
        if self.port == 0 and not FACTS[self.kind].is_listening:
            raise ValueError(f"{self.kind} needs a port to send to, got 0")

    @staticmethod
    def default(kind: StreamKind) -> "StreamTarget":
        """This computer, at the protocol's default port."""
        return StreamTarget(kind, LOCAL_HOST, FACTS[kind].port)

    @staticmethod
    def from_text(text: str) -> "StreamTarget":
        """Read `PROTOCOL[:HOST][:PORT]`, for avatars `+N` people or person `#ID` behind it; an
        IPv6 host stands in brackets.

        Raises:
            ValueError: if it is not of this form.
        """
        form = _WHOM.match(text)
        if form is None:
            raise ValueError(f"a stream is {_FORM}; got {text!r}")
        place, people, person = form.groups()
        name, _, rest = place.partition(":")
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
        number = int(port) if port else FACTS[kind].port
        whom = (int(people or 1), None if person is None else int(person))
        return StreamTarget(kind, host.strip("[]") or LOCAL_HOST, number, *whom)

    @property
    def text(self) -> str:
        """Text form; inverse of `from_text`."""
        place = f"[{self.host}]" if ":" in self.host else self.host
        whom = f"+{self.people}" if self.people > 1 else ""
        whom = whom if self.person is None else f"#{self.person}"
        port = "" if self.kind is StreamKind.LSL else f":{self.port}"
        return f"{self.kind}:{place}{port}{whom}"

    @property
    def is_local(self) -> bool:
        """Whether it stays on this computer."""
        return self.host in _LOOPBACK or self.host.startswith("127.")
