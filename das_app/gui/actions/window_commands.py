"""Commands of the window as a whole and of help, and their menus."""

from das_app.gui.actions.command import Command
from das_app.words.said import marked

PANELS = "panels"  # stands for those of what runs

WINDOW_COMMANDS = (
    Command(
        "panes-beside",
        marked("Window"),
        marked("Side by side"),
        marked("Picture beside 3D view"),
        ("Ctrl+1",),
        "",
        True,
    ),
    Command("panes-scene", marked("Window"), marked("3D view alone"), "", ("Ctrl+2",), "", True),
    Command("panes-picture", marked("Window"), marked("Picture alone"), "", ("Ctrl+3",), "", True),
    Command(
        "panes-inset",
        marked("Window"),
        marked("Picture in the 3D view"),
        "",
        ("Ctrl+4",),
        "",
        True,
    ),
    Command(
        "picture-window",
        marked("Window"),
        marked("Picture in a window"),
        marked("Picture in a window, on another screen if there is one"),
        ("Ctrl+5",),
        "",
        True,
    ),
    Command(
        "scene-window",
        marked("Window"),
        marked("3D view in a window"),
        marked("3D view in a window, on another screen if there is one"),
        ("Shift+F11",),
        "",
        True,
    ),
    Command(
        "full-screen", marked("Window"), marked("Full screen"), "", ("F11",), "fullscreen", True
    ),
    Command(
        "presentation",
        marked("Window"),
        marked("Presentation"),
        marked("Only the image and the 3D view; Esc ends it"),
        ("F5",),
        "presentation",
        True,
    ),
    Command("leave", marked("Window"), marked("Leave presentation and full screen"), "", ("Esc",)),
    Command(
        "screenshot",
        marked("Window"),
        marked("Save screenshot"),
        marked("Save the window"),
        ("F12",),
        "screenshot",
    ),
    Command(
        "scene-picture",
        marked("Window"),
        marked("Save screenshot of the 3D view"),
        marked("Save the 3D view"),
        ("Ctrl+F12",),
    ),
    Command(
        "turntable", marked("Window"), marked("Save turntable film…"), "", ("Shift+F12",), "", True
    ),
    Command("help", marked("Window"), marked("Show keys and mouse"), "", ("F1", "?"), "help"),
    Command(
        "report",
        marked("Window"),
        marked("Report a problem…"),
        marked("Pack log, diagnosis and settings in a file"),
    ),
    Command("log-folder", marked("Window"), marked("Show log folder")),
    Command("about", marked("Window"), marked("About DAS Capture")),
    Command("quit", marked("Window"), marked("Quit"), "", ("Ctrl+Q",)),
)
WINDOW_MENUS = (
    (
        marked("&Window"),
        (
            PANELS,
            None,
            "panes",
            "full-screen",
            "presentation",
        ),
    ),
    (marked("&Help"), ("help", None, "report", "log-folder", None, "about")),
)
