"""The architecture as a contract: which part may import what, seen in the source and at run time.

Reading the imports finds every arrow, also those inside functions; importing each module in a
process where the forbidden packages cannot be had proves it, whatever a third package drags in.
"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("das_model", "das_app", "scripts")
GUI = ("PySide6", "vispy", "pyqtgraph")

# module or package -> top-level packages, or modules of ours, it may not reach
FORBIDDEN = {
    **{
        f"das_model.{name}": ("torch", "das_app", *GUI)
        for name in (
            "camera", "skeleton", "people", "annotation", "preprocess", "inference", "evaluation",
        )
    },
    "das_model": ("das_app", "scripts", *GUI),
    "das_app": ("torch", "scripts"),
    **{
        f"das_app.{name}": ("torch", "das_app.gui", *GUI)
        for name in (
            "messaging", "sources", "lens", "motion", "session", "pipeline", "exports", "streaming"
        )
    },
}  # fmt: skip
BANNED_NAMES = ("utils", "common", "helpers", "misc")


def source_files():
    return [f for package in PACKAGES for f in sorted((ROOT / package).rglob("*.py"))]


def module_name(file):
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(file): file for file in source_files()}


def is_within(name, package):
    return name == package or name.startswith(package + ".")


def imported_names(file, at_import_only=False):
    """Dotted names of everything the file imports, wherever in it or when it is imported."""
    tree = ast.parse(file.read_text())
    names = set()
    for node in tree.body if at_import_only else ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def reachable(module):
    """Every name reached from the module through our own modules, with the path to it."""
    paths, queue = {}, [(module, (module,))]
    while queue:
        current, path = queue.pop()
        for name in imported_names(MODULES[current]):
            if name not in paths:
                paths[name] = (*path, name)
                if name in MODULES:
                    queue.append((name, paths[name]))
    return paths


def forbidden_to(module):
    return tuple(sorted({f for package, names in FORBIDDEN.items() if is_within(module, package)
                         for f in names}))  # fmt: skip


RULES = [(module, forbidden_to(module)) for module in MODULES if forbidden_to(module)]
# The window may use Qt; what must do without torch and Qt is imported without them.
WITHOUT = [
    (module, tuple(name for name in forbidden if name in ("torch", *GUI)))
    for module, forbidden in RULES
    if "torch" in forbidden and not module.endswith("__main__")
]


def test_rules_speak_of_parts_that_exist():
    assert len(MODULES) > 10
    assert any(is_within(m, "das_app.pipeline") for m, _ in WITHOUT)
    assert ("das_model.camera", ("PySide6", "pyqtgraph", "torch", "vispy")) in WITHOUT


@pytest.mark.parametrize(("module", "forbidden"), RULES, ids=[m for m, _ in RULES])
def test_imports_point_one_way(module, forbidden):
    wrong = {
        " -> ".join(path)
        for name, path in reachable(module).items()
        if any(is_within(name, f) for f in forbidden)
    }
    assert not wrong


def importable_together():
    """Modules by the packages they must do without, so that one process imports many."""
    groups = {}
    for module, forbidden in WITHOUT:
        groups.setdefault(forbidden, []).append(module)
    return sorted(groups.items())


@pytest.mark.parametrize(
    ("forbidden", "modules"), importable_together(), ids=lambda value: "+".join(value[:3])
)
def test_imports_without_what_is_forbidden(forbidden, modules):
    code = (
        "import importlib, sys\n"
        f"sys.modules.update(dict.fromkeys({forbidden!r}))\n"
        f"for name in {modules!r}:\n"
        "    importlib.import_module(name)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 0, result.stderr


def test_no_cycles():
    ours = {m: imported_names(f, True) & (MODULES.keys() - {m}) for m, f in MODULES.items()}
    while leaves := [m for m, names in ours.items() if not names & ours.keys()]:
        for leaf in leaves:
            del ours[leaf]
    assert not ours, f"import cycle among {sorted(ours)}"


def test_package_files_are_empty():
    full = [m for m, f in MODULES.items() if f.name == "__init__.py" and f.read_text().strip()]
    assert not full


def test_every_folder_of_modules_is_a_package():
    folders = {f.parent for m, f in MODULES.items() if not is_within(m, "scripts")}
    assert not [str(f.relative_to(ROOT)) for f in folders if not (f / "__init__.py").exists()]


def test_no_drawers():
    assert not [m for m in MODULES if m.rsplit(".", 1)[-1] in BANNED_NAMES]


def test_every_module_says_what_it_is_for():
    files = {m: f for m, f in MODULES.items() if f.name != "__init__.py"}
    assert not [m for m, f in files.items() if not ast.get_docstring(ast.parse(f.read_text()))]
