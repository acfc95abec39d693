"""Automatic end of a recording."""

import time
from typing import TYPE_CHECKING

from das_app.gui.style.amounts import short_time
from das_app.settings.app_settings import RecordingSettings
from das_app.words.said import said

if TYPE_CHECKING:
    from das_app.pipeline.live_recording import LiveRecording


def why_it_is_over(settings: RecordingSettings, recording: "LiveRecording") -> str:
    """Why a recording is to end now, behind "because"; empty while it goes on."""
    asked_s, empty_s = settings.stop_after_s, settings.stop_empty_s
    if asked_s and recording.recorder.stats().time_s >= asked_s:
        return said("it was to last {time}", time=short_time(asked_s))
    if empty_s and time.monotonic() - recording.seen_s >= empty_s:
        return said("nobody was there for {time_s:g} s", time_s=empty_s)
    return ""
