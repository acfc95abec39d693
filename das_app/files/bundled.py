"""Files that ship with the application, and checksums of model files."""

import hashlib
from pathlib import Path


def bundled_file(*parts: str) -> Path:
    """A file that ships with the application: of an installed package or of a source checkout.

    Raises:
        FileNotFoundError: if there is no such file; the message names the places looked at.
    """
    package = Path(__file__).resolve().parents[1]
    candidates = [root.joinpath("assets", *parts) for root in (package, package.parent)]
    for candidate in candidates:
        if candidate.exists():
            return candidate
    raise FileNotFoundError(
        f"{'/'.join(parts)} is not part of this installation; looked for "
        + " and ".join(map(str, candidates))
    )


def file_sha256(path: Path) -> str:
    """Hex digest that tells one model file from another."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
