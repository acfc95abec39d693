"""Session metadata known before the first frame, from the source and the model."""

import importlib.metadata
from datetime import UTC, datetime
from pathlib import Path

from das_app.files.bundled import file_sha256
from das_app.motion.ignored import NOTHING_IGNORED, Ignored
from das_app.session.types import SessionOrigin
from das_app.sources.frame_source import FrameSource
from das_app.sources.turned_source import turn_of
from das_model.skeleton import Skeleton


def session_origin(
    source: FrameSource,
    skeleton: Skeleton,
    model_name: str,
    model_file: Path,
    mode: str,
    ignored: Ignored = NOTHING_IGNORED,
) -> SessionOrigin:
    """Origin of a session that starts now. Raises OSError when the model cannot be read."""
    return SessionOrigin(
        source=source.name,
        nominal_fps=source.nominal_fps,
        intrinsics=source.intrinsics.label,
        skeleton=skeleton,
        model_name=model_name,
        model_sha256=file_sha256(model_file),
        app_version=importlib.metadata.version("das-capture"),
        started_utc=datetime.now(UTC).isoformat(timespec="milliseconds"),
        mode=mode,
        turn_deg=int(turn_of(source)),
        ignored=ignored.text,
    )
