"""Brings the window's catalogues up to date with the texts of the code.

    python scripts/translations.py

takes new texts into `assets/translations/*.ts`, drops those that are gone, and compiles what is
translated. New texts are translated in the `.ts` file, by hand or in Qt Linguist
(`pyside6-linguist`); then the command runs once more.
"""

import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CATALOGUES = ROOT / "assets" / "translations"
_FINDS = ("-tr-function-alias", "tr+=said,QT_TR_NOOP+=marked")
_PLAIN = ("-locations", "none", "-no-obsolete", "-silent", "-sort-messages")
_ONLY = {"en": ("-pluralonly",)}  # else the code's own texts are English


def tool(name: str) -> Path | None:
    """Qt's program `name` of the PySide6 in use; None where it is not."""
    suffix = ".exe" if sys.platform == "win32" else ""
    path = Path(sysconfig.get_path("scripts")) / f"pyside6-{name}{suffix}"
    return path if path.is_file() else None


def update(catalogue: Path) -> None:
    """Take new texts of the code into a `.ts` file, and drop those that are gone."""
    language = catalogue.stem.rpartition("_")[2]
    texts = sorted(map(str, (ROOT / "das_app").rglob("*.py")))
    only = _ONLY.get(language, ())
    _run(
        "lupdate", *_FINDS, *_PLAIN, *only, "-target-language", language, *texts, "-ts", catalogue
    )


def compiled(catalogue: Path, to: Path) -> Path:
    """The `.qm` file `to`, made of a `.ts` file."""
    new = to.with_suffix(".new")  # a window that runs reads on in the old one
    _run("lrelease", "-silent", catalogue, "-qm", new)
    return new.replace(to)


def _run(name: str, *arguments: str | Path) -> None:
    program = tool(name)
    if program is None:
        raise SystemExit(f"pyside6-{name} is missing; it comes with PySide6-Essentials")
    subprocess.run([program, *map(str, arguments)], check=True, cwd=ROOT)


def main() -> None:
    """All of it."""
    for catalogue in sorted(CATALOGUES.glob("*.ts")):
        update(catalogue)
        compiled(catalogue, catalogue.with_suffix(".qm"))


if __name__ == "__main__":
    main()
