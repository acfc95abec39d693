"""The architecture as a contract; docs/architecture.md draws it."""

import ast
import re
import subprocess
import sys
from pathlib import Path
from string import Formatter

import pytest

ROOT = Path(__file__).resolve().parents[1]

# A room (a folder and the folders in it that are not named here) may import the rooms of the
# lines above its own, and nothing of its own line or below.
MODEL = """
    das_model                                 camera, skeleton, people, annotation
    inference synthetic                       images to people; rendered people
    network datasets                          the network in torch; what training reads
    evaluation                                metrics and benchmarks
    training                                  losses, recipes, training runs
    reproduction                              the paper's tables and figures
"""
APP = """
    words                                     texts that the window translates
    files messaging motion                    whole files; frames between threads; people over time
    lens                                      intrinsics and calibrations
    sources                                   cameras, videos, addresses
    session settings                          recordings; what the user chose
    pipeline                                  what runs
    exports streaming                         to other programs, afterwards and live
    gui.style gui.bodies                      looks, forms, notices; people as meshes
    gui.actions                               commands, actions, menus
    gui.control gui.picture                   what runs and is shown; the picture
    gui.scene                                 the 3D view
    gui.inspector gui.lens gui.model          panels with their presenters
    gui.recording gui.session gui.streaming gui.output gui.help
    gui.window                                the window puts all together
    das_app                                   commands
"""
OF_THE_MODEL_FOR_THE_APP = ("das_model", "das_model.inference")
TORCH_FREE = ("das_model", "das_model.inference", "das_model.evaluation")  # and all of das_app
QT = ("PySide6", "vispy", "pyqtgraph")  # of das_app.gui alone
PUBLIC_DOORS = ("das_app",)  # packages that may import something for their users
MAX_MODULES = 18  # of a folder
BANNED_NAMES = ("utils", "common", "helpers", "misc")
# Qt calls these for everything, painting too; a Python override slows and has leaked references
BANNED_OVERRIDES = ("event", "eventFilter")


def module_name(file):
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {
    module_name(file): file
    for package in ("das_model", "das_app", "scripts")
    for file in sorted((ROOT / package).rglob("*.py"))
}
MODULES = {m: file for m, file in FILES.items() if file.name != "__init__.py"}
PACKAGED = [m for m in MODULES if not m.startswith("scripts.")]
TREES = {m: ast.parse(file.read_text(encoding="utf-8")) for m, file in FILES.items()}


def source_of(module):
    return MODULES[module].read_text(encoding="utf-8")


def folder_of(module):
    return module.rpartition(".")[0]


def layers_of(table, package):
    """Number of the layer of each room; a line without words belongs to the one before."""
    layers, number = {}, 0
    for line in table.strip().splitlines():
        rooms, _, words = line.strip().partition("  ")
        number += bool(words.strip())
        for room in rooms.split():
            layers[room if room == package else f"{package}.{room}"] = number
    return layers


LAYERS = layers_of(MODEL, "das_model") | layers_of(APP, "das_app")


def room_of(module):
    """The longest named room around a module."""
    name = folder_of(module)
    while name not in LAYERS:
        name = folder_of(name)
    return name


def imports_of(module, at_import_only=False):
    """Modules of ours that a module imports, anywhere in it or as it is imported."""
    names = set()
    for node in TREES[module].body if at_import_only else ast.walk(TREES[module]):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import"
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names & (MODULES.keys() - {module})


def cycle_in(arrows):
    """What is left of a graph once everything that leads nowhere is taken away."""
    left = {name: set(targets) for name, targets in arrows.items()}
    while ends := [name for name, targets in left.items() if not targets & left.keys()]:
        for end in ends:
            del left[end]
    return sorted(left)


def folder_arrows():
    arrows = {}
    for module in PACKAGED:
        targets = {folder_of(name) for name in imports_of(module)} - {folder_of(module)}
        arrows.setdefault(folder_of(module), set()).update(targets)
    return arrows


def may_import(module, name):
    here, there = room_of(module), room_of(name)
    if here.startswith("das_model"):
        return there.startswith("das_model") and (here == there or LAYERS[there] < LAYERS[here])
    if there.startswith("das_model"):
        return there in OF_THE_MODEL_FOR_THE_APP
    return here == there or LAYERS[there] < LAYERS[here]


def test_the_tables_name_rooms_that_exist():
    assert LAYERS.keys() <= {folder_of(module) for module in PACKAGED}
    assert LAYERS["das_app.gui.inspector"] == LAYERS["das_app.gui.streaming"]
    assert LAYERS["das_app.gui.scene"] < LAYERS["das_app.gui.inspector"] < LAYERS["das_app"]


def test_rooms_import_rooms_above_them():
    assert not [
        f"{module} -> {name}"
        for module in PACKAGED
        for name in imports_of(module)
        if not may_import(module, name)
    ]


def test_no_two_folders_import_each_other():
    arrows = folder_arrows()
    assert not [(a, b) for a in arrows for b in arrows[a] if a < b and a in arrows.get(b, ())]


def test_no_cycles_of_folders_or_modules():
    assert not cycle_in(folder_arrows())
    assert not cycle_in({module: imports_of(module, True) for module in MODULES})


def test_no_folder_is_crowded():
    folders = [folder_of(module) for module in PACKAGED]
    assert not {f: folders.count(f) for f in folders if folders.count(f) > MAX_MODULES}


def test_scripts_are_commands_and_what_they_share_lies_in_folders():
    shared = {m for m in MODULES if folder_of(m) == "scripts" and "__main__" not in source_of(m)}
    assert shared == {"scripts.command_line"}


def test_every_folder_of_modules_is_an_empty_package():
    assert {folder_of(module) for module in PACKAGED} <= FILES.keys()
    packages = FILES.keys() - MODULES.keys() - set(PUBLIC_DOORS)
    assert not [m for m in packages if FILES[m].read_text(encoding="utf-8").strip()]


@pytest.mark.parametrize("packages", [("torch", *QT), ("torch",)], ids="+".join)
def test_rooms_do_without(packages):
    """Proven by importing: what a third package drags in counts, too."""
    without_qt = [m for m in PACKAGED if not m.startswith("das_app.gui.")]
    names = without_qt if QT[0] in packages else PACKAGED
    names = [m for m in names if room_of(m) in TORCH_FREE or m.startswith("das_app.")]
    assert len(names) > 50
    code = (
        "import importlib, sys\n"
        f"sys.modules.update(dict.fromkeys({packages!r}))\n"
        f"for name in {names!r}:\n"
        "    importlib.import_module(name)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 0, result.stderr


def test_only_the_window_imports_qt():
    assert not [
        module
        for module in PACKAGED
        if not module.startswith("das_app.gui.")
        for node in ast.walk(TREES[module])
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        if name.partition(".")[0] in QT
    ]


def test_painting_does_not_run_through_python_twice():
    assert not [
        f"{module}.{node.name}.{function.name}"
        for module in PACKAGED
        for node in ast.walk(TREES[module])
        if isinstance(node, ast.ClassDef)
        for function in node.body
        if isinstance(function, ast.FunctionDef) and function.name in BANNED_OVERRIDES
    ]


@pytest.mark.parametrize(
    ("runtime", "door"), [("onnxruntime", "onnx_runtime"), ("openvino", "openvino_runtime")]
)
def test_what_reports_to_its_maker_comes_in_by_one_door(runtime, door):
    """Its telemetry is off only if nobody imports it before its door does."""
    files = FILES | {str(f.relative_to(ROOT)): f for f in (ROOT / "tests").rglob("*.py")}
    importers = {
        name
        for name, file in files.items()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for imported in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        if imported.partition(".")[0] == runtime
    }
    assert importers == {f"das_model.inference.device.{door}"}


def test_every_module_says_what_it_is_for_and_none_is_a_drawer():
    assert not [module for module in MODULES if not ast.get_docstring(TREES[module])]
    assert not [module for module in MODULES if module.rpartition(".")[2] in BANNED_NAMES]


def drawn_room(module):
    """Name of a module's room in the picture, where the window is one."""
    room = room_of(module)
    if room in ("das_app", "das_model"):
        return room.removeprefix("das_")
    return "gui" if room.startswith("das_app.gui.") else room.rpartition(".")[2]


def drawn_arrows():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    arrows = {}
    for line in text.partition("```mermaid")[2].partition("```")[0].splitlines()[2:]:
        room, _, targets = line.strip().partition(" --> ")
        arrows[room.partition("[")[0]] = {name for name in targets.split(" & ") if name}
    return arrows


def test_the_picture_is_true():
    drawn, real = drawn_arrows(), {}
    for module in PACKAGED:
        room = drawn_room(module)
        targets = {drawn_room(name) for name in imports_of(module)} - {room}
        real.setdefault(room, set()).update(targets)
    assert drawn.keys() == real.keys()
    assert not {(a, b) for a in drawn for b in drawn[a] - real[a]}, "drawn, but not imported"
    reached = {room: set(targets) for room, targets in drawn.items()}
    for _ in drawn:  # as often as the longest way may be long
        for targets in reached.values():
            targets |= {far for near in targets for far in reached[near]}
    assert not {(a, b) for a in real for b in real[a] - reached[a]}, "imported, but not drawn"


TEXTS = "das_app.gui.style.texts"


def is_plain(node):
    """Whether a text given to Qt is ours or goes through the helper."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "tr" and not node.keywords:
        node = node.args[0]
    called = isinstance(node, ast.Call) and getattr(node.func, "id", "")
    return isinstance(node, ast.Constant) or called == "plain"


def rich_texts(file):
    """Lines of a module of the window that may show a foreign text as HTML."""
    for node in ast.walk(ast.parse(file.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        keywords = {k.arg: k.value for k in node.keywords}
        if name == "QLabel":
            shown = ast.unparse(keywords.get("textFormat", ast.Constant("")))
            if not (shown.endswith("RichText") and "import escape" in file.read_text()):
                yield f"{file.name}:{node.lineno} a QLabel: use Label"
        if name == "setToolTip" and not is_plain(node.args[-1]):
            yield f"{file.name}:{node.lineno} a tool tip without plain()"
        tip = keywords.get("toolTip", ast.Constant(""))
        if not (is_plain(tip) or isinstance(tip, ast.Name)):
            yield f"{file.name}:{node.lineno} a tool tip without plain()"
        if ast.unparse(node.func).startswith("QMessageBox"):
            yield f"{file.name}:{node.lineno} a message box: use warn()"


def test_foreign_texts_are_never_shown_as_html():
    files = [f for m, f in MODULES.items() if m.startswith("das_app.gui.") and m != TEXTS]
    assert len(files) > 50
    assert not [line for file in files for line in rich_texts(file)]


# calls whose texts stand on the screen
SHOWING = {
    *("setText", "setToolTip", "setWindowTitle", "setAccessibleName", "setAccessibleDescription"),
    *("setPlaceholderText", "setSpecialValueText", "setTitle", "setWhatsThis", "setIconText"),
    *("addAction", "addItem", "addMenu", "addRow", "addTab", "drawText", "setFormat"),
    *("Label", "QLabel", "QPushButton", "QCheckBox", "QAction", "QDockWidget", "PaneHeading"),
    *("described", "warn", "confirm", "plain", "sentence", "show_fault", "set_note"),
    *("getOpenFileName", "getSaveFileName", "getExistingDirectory", "getText", "getItem"),
}
SHOWN_BY_NAME = {"toolTip", "text", "placeholderText", "suffix", "format", "tip", "spoken"}
NOT_WORDS = {"DAS Capture", " — DAS Capture", "OK", "CPU", "CUDA", "English", "Deutsch"}
NOT_WORDS |= {"charuco-board.png", " px", " mm", " fps", " ms"}


def untranslated(file):
    """Lines of a module of the window that show words as they stand."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        if getattr(node.func, "attr", getattr(node.func, "id", "")) not in SHOWING:
            continue
        given = [*node.args, *(k.value for k in node.keywords if k.arg in SHOWN_BY_NAME)]
        for part in given:
            parts = part.values if isinstance(part, ast.JoinedStr) else [part]
            for text in (p.value for p in parts if isinstance(p, ast.Constant)):
                if isinstance(text, str) and re.search("[A-Za-z]{2}", text):
                    if text not in NOT_WORDS:
                        yield f"{file.name}:{node.lineno} {text!r}: use tr()"


def test_what_the_window_says_goes_through_translation():
    files = [f for m, f in MODULES.items() if m.startswith("das_app.gui.")]
    assert not [line for file in files for line in untranslated(file)]


def without_their_fields(file):
    """Calls of `said` and `tr` whose text names other fields than they are given."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in ("said", "tr"):
            continue
        text, given = node.args[0], {k.arg for k in node.keywords}
        if isinstance(text, ast.Constant) and None not in given:
            named = {
                field for _, field, _, _ in Formatter().parse(text.value) if field is not None
            }
            if named != given:
                yield f"{file.name}:{node.lineno} names {named}, is given {given}"


def test_texts_are_given_the_fields_that_they_name():
    assert not [line for file in MODULES.values() for line in without_their_fields(file)]
