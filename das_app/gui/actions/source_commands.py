"""Commands that open, play and close a source, and the menus of files and playing."""

from das_app.gui.actions.command import Command
from das_app.words.said import marked

SOURCE_COMMANDS = (
    Command(
        "camera",
        marked("Open"),
        marked("Open camera…"),
        marked("Choose a camera or an address"),
        ("C",),
        "camera",
        button=marked("Camera"),
    ),
    Command(
        "file",
        marked("Open"),
        marked("Open file…"),
        marked("Open a video or an image"),
        ("O", "Ctrl+O"),
        "file",
        button=marked("File"),
    ),
    Command(
        "folder",
        marked("Open"),
        marked("Open folder…"),
        marked("Open a folder of images"),
        ("Shift+O",),
        "folder",
        button=marked("Folder"),
    ),
    Command(
        "demo",
        marked("Open"),
        marked("Play the demo"),
        marked("Play the bundled clip"),
        ("D",),
        "demo",
        button=marked("Demo"),
    ),
    Command(
        "open-session",
        marked("Open"),
        marked("Open session…"),
        marked("Play a recorded session"),
        ("Ctrl+Shift+O",),
        "session",
        button=marked("Session"),
    ),
    Command("play", marked("Play"), marked("Play"), "", ("Space",), "play"),
    Command(
        "stop", marked("Play"), marked("Stop"), marked("Stop and close the source"), ("S",), "stop"
    ),
    Command(
        "loop",
        marked("Play"),
        marked("Loop"),
        marked("Start files again when they end"),
        ("L",),
        "",
        True,
    ),
    Command("step-back", marked("Play"), marked("Step back one frame"), "", (",",)),
    Command("step-forward", marked("Play"), marked("Step forward one frame"), "", (".",)),
)
SOURCE_MENUS = (
    (
        marked("&File"),
        (
            "camera",
            "file",
            "folder",
            "open-session",
            "recent",
            "demo",
            None,
            "export",
            None,
            "screenshot",
            "scene-picture",
            "turntable",
            None,
            "quit",
        ),
    ),
    (marked("&Play"), ("play", "stop", None, "step-back", "step-forward", None, "loop")),
)
