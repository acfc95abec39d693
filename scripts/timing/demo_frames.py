"""Frames of the demo clip to time a model on."""

from itertools import islice

from das_app.messaging.messages import Frame
from das_app.pipeline.open_source import open_source
from das_app.settings.app_settings import AppSettings


def demo_frames(number: int) -> list[Frame]:
    """The first of the clip; all of them where there are fewer."""
    source = open_source("demo", AppSettings().lens.intrinsics())
    try:
        return list(islice(iter(source.read, None), number))
    finally:
        source.close()
