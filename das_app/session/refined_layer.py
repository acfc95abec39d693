"""The refined layer of a session: a log of its own beside the recording, and a report."""

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from das_app.files.whole_file import write_whole
from das_app.lens.camera_json import camera_to_json
from das_app.session.format import (
    CAMERA_TOPIC,
    POSES_TOPIC,
    RAW_POSES_TOPIC,
    REFINED_FILE,
    REPORT_FILE,
    dump,
    poses_to_json,
)
from das_app.session.types import RecordedPoses, SessionError, SessionOrigin
from das_app.session.writer import LogWriter
from das_app.words.said import said

_NEW = ".new"


def write_refined(
    folder: Path,
    origin: SessionOrigin,
    frames: Iterable[tuple[RecordedPoses, RecordedPoses]],
    report: dict[str, object],
) -> None:
    """Write the layer whole or not at all; one of before is replaced.

    Args:
        folder: of the session, of which nothing else is touched.
        origin: of the poses; it begins when the session does.
        frames: refined poses and what the model saw, of each frame in order.
        report: content of `refined.json`.

    Raises:
        SessionError: if the folder cannot be written; what was there before is kept.
    """
    new = folder / (REFINED_FILE + _NEW)
    try:
        new.unlink(missing_ok=True)
        log = LogWriter(new, origin)
        try:
            camera = b""
            for refined, seen in frames:
                if (now := dump(camera_to_json(refined.camera))) != camera:
                    log.add(CAMERA_TOPIC, refined.time_s, now)
                    camera = now
                log.add(POSES_TOPIC, refined.time_s, dump(poses_to_json(refined)))
                log.add(RAW_POSES_TOPIC, seen.time_s, dump(poses_to_json(seen)))
                if log.is_chunk_full:
                    log.flush()
                    camera = b""
            log.finish()
        finally:
            log.abandon()
        write_whole(folder / REPORT_FILE, json.dumps(report, indent=1, allow_nan=False) + "\n")
        os.replace(new, folder / REFINED_FILE)
    except OSError as error:
        raise SessionError(
            said("{folder} cannot be written: {error}", folder=folder, error=error)
        ) from error
    finally:
        with suppress(OSError):
            new.unlink(missing_ok=True)
