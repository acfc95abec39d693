"""Prints what an installation of the application brings: versions, licences and disk space.

    python scripts/list_dependencies.py    # the table of docs/licences.md

Run it where the application is installed; what is read is the metadata of the installed packages.
"""

import importlib.metadata as metadata
import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"


def needed(texts: list[str]) -> list[str]:
    """Names of the requirements that hold here; extras are left out."""
    requirements = map(Requirement, texts)
    return [r.name for r in requirements if r.marker is None or r.marker.evaluate({"extra": ""})]


def installed(names: list[str]) -> dict[str, metadata.Distribution]:
    """Packages and all they need, by name."""
    found: dict[str, metadata.Distribution] = {}
    waiting = list(names)
    while waiting:
        each = waiting.pop()
        key = re.sub(r"[-_.]+", "-", each).lower()
        if key not in found:
            found[key] = metadata.distribution(each)
            waiting += needed(found[key].requires or [])
    return found


def size_mb(package: metadata.Distribution) -> float:
    """Disk space of its files."""
    files = (Path(file.locate()) for file in package.files or ())
    return sum(file.stat().st_size for file in files if file.is_file()) / 1e6


def licence(package: metadata.Distribution) -> str:
    """As its metadata says, in a line."""
    about = package.metadata
    given = [about[name] for name in ("License-Expression", "License") if name in about]
    text = next(filter(None, given), "")
    if len(text) > 60 or not text.strip():
        kinds = [c for c in about.get_all("Classifier", []) if c.startswith("License ::")]
        told = "; ".join(kind.rpartition(" :: ")[2] for kind in kinds)
        text = told or next(iter(text.splitlines()), "not told by its metadata")
    return " ".join(text.split())


def main() -> None:
    """Print a row a package, the largest first."""
    with PROJECT.open("rb") as file:
        project = tomllib.load(file)["project"]
    packages = installed(needed(project["dependencies"]))
    rows = sorted(((size_mb(p), n, p) for n, p in packages.items()), reverse=True)
    print("| Package | Version | MB on disk | Licence |\n|---|---|---|---|")
    for size, name, package in rows:
        print(f"| {name} | {package.version} | {size:.1f} | {licence(package)} |")
    total = sum(size for size, _, _ in rows)
    print(f"\n{len(rows)} packages, {total:.0f} MB on disk.")


if __name__ == "__main__":
    main()
