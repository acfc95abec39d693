"""Commands of the window, but its panels: texts, keys and icons, and the menus they stand in.

A switch of what is drawn is a field of the settings, an entry here with its name, and a field of
the options of the view that draws it.
"""

from dataclasses import dataclass

KEPT_VIEWS = ("6", "7", "8", "9")  # digits of views that one keeps
KEYS_ALONE = "3D view by keys"  # section of what no menu and no button offers


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to do.

    Args:
        name: what the code calls it.
        section: heading on the help sheet.
        text: in menus, on buttons and on the help sheet.
        tip: more words, shown with the keys in tooltips; by default the text.
        keys: shortcuts as Qt writes them; the first stands in menus and tooltips.
        icon: name of the icon, or empty.
        is_checkable: whether it is on or off.
        setting: the setting that it switches, and shows; empty for none.
        button: short text for buttons; by default the text.
    """

    name: str
    section: str
    text: str
    tip: str = ""
    keys: tuple[str, ...] = ()
    icon: str = ""
    is_checkable: bool = False
    setting: str = ""
    button: str = ""


COMMANDS = (
    Command(
        "camera",
        "Open",
        "Open camera…",
        "Choose a camera or an address",
        ("C",),
        "camera",
        button="Camera",
    ),
    Command(
        "file",
        "Open",
        "Open file…",
        "Open a video or an image",
        ("O", "Ctrl+O"),
        "file",
        button="File",
    ),
    Command(
        "folder",
        "Open",
        "Open folder…",
        "Open a folder of images",
        ("Shift+O",),
        "folder",
        button="Folder",
    ),
    Command(
        "demo", "Open", "Play the demo", "Play the bundled clip", ("D",), "demo", button="Demo"
    ),
    Command(
        "open-session",
        "Open",
        "Open session…",
        "Play a recorded session",
        ("Ctrl+Shift+O",),
        "session",
        button="Session",
    ),
    Command("play", "Play", "Play", "", ("Space",), "play"),
    Command("stop", "Play", "Stop", "Stop and close the source", ("S",), "stop"),
    Command("loop", "Play", "Loop", "Start files again when they end", ("L",), "", True),
    Command("step-back", "Play", "Step back one frame", "", (",",)),
    Command("step-forward", "Play", "Step forward one frame", "", (".",)),
    Command(
        "record", "Record", "Record", "Start or stop a recording", ("Ctrl+R",), "record", True
    ),
    Command(
        "record-video",
        "Record",
        "Record video",
        "Record the images with the poses",
        (),
        "video",
        True,
    ),
    Command("marker", "Record", "Add marker", "Mark this moment in the recording", ("X",)),
    Command("sessions-folder", "Record", "Choose sessions folder…", "Where sessions are saved"),
    Command("show-sessions", "Record", "Show sessions folder"),
    Command(
        "export", "Record", "Export session…", "Write a session in another format", ("Ctrl+E",)
    ),
    Command(
        "raw",
        "Session",
        "Show raw poses",
        "Poses as the model found them, without smoothing",
        ("Y",),
        "",
        True,
    ),
    Command(
        "refine",
        "Session",
        "Refine…",
        "Solve the motion over the whole recording: no gaps, steady bones and feet",
    ),
    Command("trim-begin", "Session", "Trim start here", "Leave out all before this frame", ("[",)),
    Command("trim-end", "Session", "Trim end here", "Leave out all after this frame", ("]",)),
    Command("trim-whole", "Session", "Reset trim", "Keep the whole session", ("\\",)),
    Command(
        "rerun",
        "Session",
        "Run another model…",
        "Run another model over the images, into a new session",
    ),
    Command(
        "labels",
        "Picture",
        "Show labels",
        "Labels: number, confidence, distance",
        ("N",),
        "",
        True,
        "has_labels",
    ),
    Command(
        "trails",
        "Picture",
        "Show trails",
        "Trails of pelvis and wrists",
        ("R",),
        "",
        True,
        "has_trails",
    ),
    Command(
        "offsets",
        "Picture",
        "Show offset arrows",
        "Arrows from the root to the joints, as the model predicts them",
        ("A",),
        "",
        True,
        "has_offsets",
    ),
    Command(
        "heat-map",
        "Picture",
        "Show centre heat map",
        "Heat map: confidence that a person is centred there",
        ("H",),
        "",
        True,
        "has_heat_map",
    ),
    Command(
        "depth",
        "Picture",
        "Show true depth",
        "People over the picture as in the 3D view: who is nearer hides who is behind",
        ("Shift+J",),
        "depth",
        True,
        "has_depth",
    ),
    Command("whole-picture", "Picture", "Reset zoom", "Show the whole image", ("0",)),
    Command(
        "mirror",
        "Picture",
        "Mirror image",
        "Show the image as in a mirror",
        ("Q",),
        "mirror",
        True,
    ),
    Command(
        "view-reset",
        "3D view",
        "View everybody",
        "Look at everybody from the side above",
        ("1",),
        "view-reset",
        button="Everybody",
    ),
    Command(
        "view-front",
        "3D view",
        "View from the front",
        "Look along the camera",
        ("2",),
        "view-front",
        button="Front",
    ),
    Command(
        "view-top",
        "3D view",
        "View from the top",
        "Look from above",
        ("3",),
        "view-top",
        button="Top",
    ),
    Command(
        "view-side",
        "3D view",
        "View from the side",
        "Look from the right",
        ("4",),
        "view-side",
        button="Side",
    ),
    Command(
        "view-camera",
        "3D view",
        "View from the camera",
        "Look through the camera",
        ("5",),
        "view-camera",
        button="Camera",
    ),
    Command(
        "view-frame",
        "3D view",
        "Frame everybody",
        "Fit everybody into the view, and keep them in it",
        ("F",),
        "view-frame",
    ),
    Command(
        "bodies",
        "3D view",
        "Show bodies",
        "People as bodies, or as thin skeletons",
        ("J",),
        "",
        True,
        "has_bodies",
    ),
    Command(
        "image",
        "Picture",
        "Show image",
        "People on their image, or alone on a plain one",
        ("Z",),
        "",
        True,
        "has_picture",
    ),
    Command(
        "shadows",
        "3D view",
        "Show shadows",
        "Shadows on the floor",
        ("W",),
        "",
        True,
        "has_shadows",
    ),
    Command(
        "frustum",
        "3D view",
        "Show live image",
        "Live image at the camera",
        ("G",),
        "",
        True,
        "has_frustum",
    ),
    *(
        Command(name, KEYS_ALONE, words, "", (key,))
        for name, words, key in (
            ("orbit-left", "Orbit to the left", "Shift+Left"),
            ("orbit-right", "Orbit to the right", "Shift+Right"),
            ("orbit-up", "Orbit up", "Shift+Up"),
            ("orbit-down", "Orbit down", "Shift+Down"),
            ("closer", "Come closer", "Ctrl+="),
            ("farther", "Go farther away", "Ctrl+-"),
        )
    ),
    *(
        command
        for digit in KEPT_VIEWS
        for command in (
            Command(f"view-{digit}", KEYS_ALONE, f"View {digit}", "", (digit,)),
            Command(f"keep-view-{digit}", KEYS_ALONE, f"Keep as {digit}", "", (f"Ctrl+{digit}",)),
        )
    ),
    Command(
        "measure",
        "3D view",
        "Measure",
        "Measure between two joints: click one, then the other",
        ("V",),
        "",
        True,
    ),
    Command(
        "panes-beside", "Window", "Side by side", "Picture beside 3D view", ("Ctrl+1",), "", True
    ),
    Command("panes-scene", "Window", "3D view alone", "", ("Ctrl+2",), "", True),
    Command("panes-picture", "Window", "Picture alone", "", ("Ctrl+3",), "", True),
    Command("panes-inset", "Window", "Picture in the 3D view", "", ("Ctrl+4",), "", True),
    Command(
        "picture-window",
        "Window",
        "Picture in a window",
        "Picture in its own window, on another screen where there is one",
        ("Ctrl+5",),
        "",
        True,
    ),
    Command(
        "scene-window",
        "Window",
        "3D view in a window",
        "3D view in its own window, on another screen where there is one",
        ("Shift+F11",),
        "",
        True,
    ),
    Command("full-screen", "Window", "Full screen", "", ("F11",), "fullscreen", True),
    Command(
        "presentation",
        "Window",
        "Presentation",
        "Only the image and the 3D view; Esc ends it",
        ("F5",),
        "presentation",
        True,
    ),
    Command("leave", "Window", "Leave presentation and full screen", "", ("Esc",)),
    Command("screenshot", "Window", "Save screenshot", "Save the window", ("F12",), "screenshot"),
    Command(
        "scene-picture",
        "Window",
        "Save screenshot of the 3D view",
        "Save the 3D view",
        ("Ctrl+F12",),
    ),
    Command("turntable", "Window", "Save turntable film…", "", ("Shift+F12",), "", True),
    Command("help", "Window", "Show keys and mouse", "", ("F1", "?"), "help"),
    Command("report", "Window", "Report a problem…", "Pack log, diagnosis and settings in a file"),
    Command("log-folder", "Window", "Show log folder"),
    Command("about", "Window", "About DAS Capture"),
    Command("quit", "Window", "Quit", "", ("Ctrl+Q",)),
)
PANELS = "panels"  # stands for those of what runs
# names of actions and of submenus; None is a rule
MENUS = (
    (
        "&File",
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
    ("&Play", ("play", "stop", None, "step-back", "step-forward", None, "loop")),
    (
        "&Record",
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
        "&Session",
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
    (
        "&View",
        (
            "labels",
            "trails",
            "offsets",
            "heat-map",
            "depth",
            "image",
            "faces",
            "mirror",
            "whole-picture",
            None,
            "view-reset",
            "view-front",
            "view-top",
            "view-side",
            "view-camera",
            "view-frame",
            "kept-views",
            "measure",
            "bodies",
            "shadows",
            "frustum",
            None,
            PANELS,
            None,
            "look",
            "panes",
            "full-screen",
            "presentation",
        ),
    ),
    ("&Help", ("help", None, "report", "log-folder", None, "about")),
)
