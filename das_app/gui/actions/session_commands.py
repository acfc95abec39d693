"""Commands that record, and that work on a recorded session, and their menus."""

from das_app.gui.actions.command import Command
from das_app.words.said import marked

SESSION_COMMANDS = (
    Command(
        "record",
        marked("Record"),
        marked("Record"),
        marked("Start or stop a recording"),
        ("Ctrl+R",),
        "record",
        True,
    ),
    Command(
        "record-video",
        marked("Record"),
        marked("Record video"),
        marked("Record the images with the poses"),
        (),
        "video",
        True,
    ),
    Command(
        "marker",
        marked("Record"),
        marked("Add marker"),
        marked("Mark this moment in the recording"),
        ("X",),
    ),
    Command(
        "sessions-folder",
        marked("Record"),
        marked("Choose sessions folder…"),
        marked("Where sessions are saved"),
    ),
    Command("show-sessions", marked("Record"), marked("Show sessions folder")),
    Command(
        "export",
        marked("Record"),
        marked("Export session…"),
        marked("Write a session in another format"),
        ("Ctrl+E",),
    ),
    Command(
        "raw",
        marked("Session"),
        marked("Show raw poses"),
        marked("Poses as the model found them, without smoothing"),
        ("Y",),
        "",
        True,
    ),
    Command(
        "refine",
        marked("Session"),
        marked("Refine…"),
        marked("Solve the motion over the whole recording: no gaps, steady bones and feet"),
    ),
    Command(
        "trim-begin",
        marked("Session"),
        marked("Trim start here"),
        marked("Leave out all before this frame"),
        ("[",),
    ),
    Command(
        "trim-end",
        marked("Session"),
        marked("Trim end here"),
        marked("Leave out all after this frame"),
        ("]",),
    ),
    Command(
        "trim-whole",
        marked("Session"),
        marked("Reset trim"),
        marked("Keep the whole session"),
        ("\\",),
    ),
    Command(
        "rerun",
        marked("Session"),
        marked("Run another model…"),
        marked("Run another model over the images, into a new session"),
    ),
)
SESSION_MENUS = (
    (
        marked("&Record"),
        (
            "record",
            "marker",
            None,
            "recording",
            "record-video",
            "sessions-folder",
            "show-sessions",
        ),
    ),
    (
        marked("&Session"),
        (
            "raw",
            None,
            "trim-begin",
            "trim-end",
            "trim-whole",
            None,
            "refine",
            "rerun",
            None,
            "session",
        ),
    ),
)
