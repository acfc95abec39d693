"""Microphones through `sounddevice`, which is an extra: sound with the time of its first sample.

PortAudio tells when the first sample of a block met the converter, on a clock of its own; the
difference to its present time carries it over to the monotonic clock, which cameras share.
"""

import importlib
import logging
import time
from collections.abc import Callable
from types import ModuleType, SimpleNamespace

import numpy as np

from das_app.sources.frame_source import SourceError
from das_app.words.said import marked, said

SOUND_RATE = 48_000  # samples a second
_LONGEST_DELAY_S = 1.0  # from the converter to us; a clock that tells more is not believed
_MISSING = marked(
    'sound needs the package sounddevice: pip install "das-capture[sound]", and on Linux '
    "sudo apt-get install libportaudio2"
)
_log = logging.getLogger(__name__)

OnSound = Callable[[np.ndarray, float], None]


def list_microphones() -> tuple[str, ...]:
    """Names of what can be heard, each once, the system's choice first.

    Raises:
        SourceError: if `sounddevice` or PortAudio is missing or fails.
    """
    sounddevice = _sounddevice()
    try:
        devices = sounddevice.query_devices()
        chosen = sounddevice.default.device[0]
    except Exception as error:  # whatever PortAudio raises
        raise SourceError(said("microphones cannot be listed: {error}", error=error)) from error
    names = [d["name"] for d in devices if d["max_input_channels"] > 0]
    if 0 <= chosen < len(devices) and devices[chosen]["name"] in names:
        names.insert(0, devices[chosen]["name"])
    return tuple(dict.fromkeys(names))


class Microphone:
    """An opened microphone.

    Args:
        name: as `list_microphones` has it.

    Attributes:
        on_sound: called in a thread of the driver with (N,) int16 samples, `SOUND_RATE` of them a
            second, and the monotonic time of the first.
        on_end: called there when it ended by itself.

    Raises:
        SourceError: if there is no such microphone or it cannot be opened.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.on_sound: OnSound = lambda _samples, _time_s: None
        self.on_end: Callable[[], None] = lambda: None
        self._is_closing = False
        sounddevice = _sounddevice()
        try:
            number = next(
                (
                    number
                    for number, device in enumerate(sounddevice.query_devices())
                    if device["name"] == name and device["max_input_channels"] > 0
                ),
                None,
            )
            if number is None:
                raise SourceError(said("there is no microphone {name}", name=name))
            self._stream = sounddevice.InputStream(
                device=number,
                channels=1,
                samplerate=SOUND_RATE,
                dtype="int16",
                callback=self._hear,
                finished_callback=self._finish,
            )
            self._stream.start()
        except SourceError:
            raise
        except Exception as error:  # whatever PortAudio raises
            raise SourceError(
                said("microphone {name} cannot be opened: {error}", name=name, error=error)
            ) from error

    def close(self) -> None:
        """Hear no more."""
        self._is_closing = True
        try:
            self._stream.abort()
            self._stream.close()
        except Exception:  # of a microphone that is gone; nothing is lost
            _log.info("microphone %s did not close well", self.name, exc_info=True)

    def _hear(
        self, block: np.ndarray, _count: int, times: SimpleNamespace, _status: object
    ) -> None:
        try:
            self.on_sound(block[:, 0].copy(), first_sample_s(times, len(block), time.monotonic()))
        except Exception:  # must not end the driver's thread
            _log.exception("sound could not be taken")

    def _finish(self) -> None:
        if not self._is_closing:
            self.on_end()


def first_sample_s(times: SimpleNamespace, num_samples: int, now_s: float) -> float:
    """When the first sample of a block was heard, monotonic.

    Args:
        times: `inputBufferAdcTime` and `currentTime` on PortAudio's clock.
        num_samples: of the block.
        now_s: monotonic.
    """
    delay_s = times.currentTime - times.inputBufferAdcTime
    if not (times.inputBufferAdcTime > 0 and 0 <= delay_s <= _LONGEST_DELAY_S):
        delay_s = num_samples / SOUND_RATE  # it was just filled
    return now_s - delay_s


def _sounddevice() -> ModuleType:
    try:
        return importlib.import_module("sounddevice")
    except (ImportError, OSError) as error:  # without PortAudio it raises OSError
        raise SourceError(_MISSING) from error
