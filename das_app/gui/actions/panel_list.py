"""List of the window's panels: a description of each, without its widget.

Action, key, icon, menu entry, button, dock and lock follow from the description.
"""

from dataclasses import dataclass

from PySide6.QtCore import Qt

from das_app.gui.actions.command import Command
from das_app.gui.actions.commands import COMMANDS
from das_app.gui.style.docks import BELOW, RIGHT
from das_app.words.said import marked


@dataclass(frozen=True, slots=True)
class Panel:
    """Description of a panel for the window.

    Args:
        command: shows and hides it.
        dock_area: where it stands.
        lock: why it is forbidden while a session plays; empty where it is not.
        is_live: whether it is a matter of what runs, with a button in the status line and an
            entry in the menu View; the menu of another one lists it.
    """

    command: Command
    dock_area: Qt.DockWidgetArea = RIGHT
    lock: str = ""
    is_live: bool = True


PANELS = (
    Panel(
        Command(
            "inspector",
            marked("Window"),
            marked("Inspector"),
            marked("Table of people, and one's motion over time"),
            ("I",),
            "inspector",
            True,
        )
    ),
    Panel(
        Command(
            "lens",
            marked("Window"),
            marked("Lens"),
            marked("The camera, its lens, what is ignored, and the floor"),
            ("K",),
            "lens",
            True,
        ),
        lock=marked("A recorded session plays: its lens is the one it was recorded with."),
    ),
    Panel(
        Command(
            "people",
            marked("Window"),
            marked("Smoothing"),
            marked("Smoothing of people over time"),
            ("P",),
            "smooth",
            True,
        ),
        lock=marked(
            "A recorded session plays: choose smoothed or raw poses in the bar below the picture."
        ),
    ),
    Panel(
        Command(
            "model",
            marked("Window"),
            marked("Model"),
            marked("Choose the model, its device and detail"),
            ("M",),
            "model",
            True,
        ),
        lock=marked(
            "A recorded session plays: its people are recorded. “Run another model” finds them "
            "anew."
        ),
    ),
    Panel(
        Command(
            "recording",
            marked("Window"),
            marked("Recording"),
            marked("How recordings begin and end, and what was recorded"),
            ("Shift+R",),
            "recordings",
            True,
        )
    ),
    Panel(
        Command(
            "session",
            marked("Window"),
            marked("Session"),
            marked("Names of people, trim and events"),
            ("E",),
            "session",
            True,
        ),
        is_live=False,
    ),
    Panel(
        Command(
            "streaming",
            marked("Window"),
            marked("Streaming"),
            marked("Send people to other programs, live"),
            ("B",),
            "stream",
            True,
        )
    ),
    Panel(
        Command(
            "output",
            marked("Window"),
            marked("Output"),
            marked("Clean output for OBS, projectors and as a camera"),
            ("U",),
            "output",
            True,
        )
    ),
    Panel(
        Command(
            "timing",
            marked("Window"),
            marked("Timing"),
            marked("Show latency over the last seconds"),
            ("T",),
            "chart",
            True,
        ),
        BELOW,
    ),
)
ALL_COMMANDS = (*(panel.command for panel in PANELS), *COMMANDS)
LIVE_PANELS = tuple(panel.command.name for panel in PANELS if panel.is_live)
