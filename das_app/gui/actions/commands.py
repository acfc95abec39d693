"""Commands of the window, but its panels: texts, keys and icons, and the menus they stand in.

A switch of what is drawn is a field of the settings, an entry here with its name, and a field of
the options of the view that draws it.
"""

from dataclasses import dataclass

from das_app.words.said import marked, said

KEPT_VIEWS = ("6", "7", "8", "9")  # digits of views that one keeps
KEYS_ALONE = marked("3D view by keys")  # section of what no menu and no button offers


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
    Command(
        "labels",
        marked("Picture"),
        marked("Show labels"),
        marked("Labels: number, confidence, distance"),
        ("N",),
        "",
        True,
        "has_labels",
    ),
    Command(
        "trails",
        marked("Picture"),
        marked("Show trails"),
        marked("Trails of pelvis and wrists"),
        ("R",),
        "",
        True,
        "has_trails",
    ),
    Command(
        "offsets",
        marked("Picture"),
        marked("Show offset arrows"),
        marked("Arrows from the root to the joints, as the model predicts them"),
        ("A",),
        "",
        True,
        "has_offsets",
    ),
    Command(
        "heat-map",
        marked("Picture"),
        marked("Show centre heat map"),
        marked("Heat map: confidence that a person is centred there"),
        ("H",),
        "",
        True,
        "has_heat_map",
    ),
    Command(
        "depth",
        marked("Picture"),
        marked("Show true depth"),
        marked("People in the picture by depth: the nearer hide those behind"),
        ("Shift+J",),
        "depth",
        True,
        "has_depth",
    ),
    Command(
        "whole-picture",
        marked("Picture"),
        marked("Reset zoom"),
        marked("Show the whole image"),
        ("0",),
    ),
    Command(
        "mirror",
        marked("Picture"),
        marked("Mirror image"),
        marked("Show the image as in a mirror"),
        ("Q",),
        "mirror",
        True,
    ),
    Command(
        "view-reset",
        marked("3D view"),
        marked("View everybody"),
        marked("Look at everybody from the side above"),
        ("1",),
        "view-reset",
        button=marked("Everybody"),
    ),
    Command(
        "view-front",
        marked("3D view"),
        marked("View from the front"),
        marked("Look along the camera"),
        ("2",),
        "view-front",
        button=marked("Front"),
    ),
    Command(
        "view-top",
        marked("3D view"),
        marked("View from the top"),
        marked("Look from above"),
        ("3",),
        "view-top",
        button=marked("Top"),
    ),
    Command(
        "view-side",
        marked("3D view"),
        marked("View from the side"),
        marked("Look from the right"),
        ("4",),
        "view-side",
        button=marked("Side"),
    ),
    Command(
        "view-camera",
        marked("3D view"),
        marked("View from the camera"),
        marked("Look through the camera"),
        ("5",),
        "view-camera",
        button=marked("Camera"),
    ),
    Command(
        "view-frame",
        marked("3D view"),
        marked("Frame everybody"),
        marked("Fit everybody into the view, and keep them in it"),
        ("F",),
        "view-frame",
    ),
    Command(
        "bodies",
        marked("3D view"),
        marked("Show bodies"),
        marked("People as bodies, or as thin skeletons"),
        ("J",),
        "",
        True,
        "has_bodies",
    ),
    Command(
        "image",
        marked("Picture"),
        marked("Show image"),
        marked("People on their image, or alone on a plain one"),
        ("Z",),
        "",
        True,
        "has_picture",
    ),
    Command(
        "shadows",
        marked("3D view"),
        marked("Show shadows"),
        marked("Shadows on the floor"),
        ("W",),
        "",
        True,
        "has_shadows",
    ),
    Command(
        "frustum",
        marked("3D view"),
        marked("Show live image"),
        marked("Live image at the camera"),
        ("G",),
        "",
        True,
        "has_frustum",
    ),
    *(
        Command(name, KEYS_ALONE, words, "", (key,))
        for name, words, key in (
            ("orbit-left", marked("Orbit to the left"), "Shift+Left"),
            ("orbit-right", marked("Orbit to the right"), "Shift+Right"),
            ("orbit-up", marked("Orbit up"), "Shift+Up"),
            ("orbit-down", marked("Orbit down"), "Shift+Down"),
            ("closer", marked("Come closer"), "Ctrl+="),
            ("farther", marked("Go farther away"), "Ctrl+-"),
        )
    ),
    *(
        command
        for digit in KEPT_VIEWS
        for command in (
            Command(f"view-{digit}", KEYS_ALONE, said("View {digit}", digit=digit), "", (digit,)),
            Command(
                f"keep-view-{digit}",
                KEYS_ALONE,
                said("Keep as {digit}", digit=digit),
                "",
                (f"Ctrl+{digit}",),
            ),
        )
    ),
    Command(
        "measure",
        marked("3D view"),
        marked("Measure"),
        marked("Measure between two joints: click one, then the other"),
        ("V",),
        "",
        True,
    ),
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
PANELS = "panels"  # stands for those of what runs
# names of actions and of submenus; None is a rule
MENUS = (
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
    (
        marked("&View"),
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
            "look",
            "language",
        ),
    ),
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
