"""Video of a recording copied from the packets of the recorded file, not encoded again.

A picture then stands alone where it does in the file, so a seek costs what it costs there. A
capture that ends early, in a file whose pictures refer to later ones, keeps the few later pictures
that the last ones need.
"""

import math
from pathlib import Path

import numpy as np

from das_app.session.video_recorder import MatroskaFile, VideoWriter
from das_app.sources.own_packets import OwnPackets

_SYNC_PICTURES = 60


class VideoCopier(VideoWriter):
    """Takes the place of a `VideoRecorder` where every frame of a file is recorded from its first.

    Args:
        path: new file.
        packets: of the file.
    """

    def __init__(self, path: Path, packets: OwnPackets) -> None:
        self._packets, self._newest_ms = packets, -1
        self._needed_ms: float = -1  # the first frame for which the next packet is written
        reverse_ms = np.array(packets.times_ms[::-1])
        self._earliest_ms = np.minimum.accumulate(reverse_ms)[::-1]  # from each packet on
        super().__init__(path)

    def put(self, image: np.ndarray, time_s: float, packet: bytes | None = None) -> int | None:
        """Copy up to the frame of this time of the session; arguments as of `VideoRecorder.put`.

        Returns:
            its picture's number in the video, or None after an error.
        """
        with self._condition:
            # never more than a frame behind what is recorded, lest a kill loses more
            self._condition.wait_for(lambda: self.error or self._needed_ms > self._newest_ms)
            if self.error or self._is_ending:
                return None
            self._newest_ms = round(1000 * time_s)
            self._num_taken += 1
            self._condition.notify_all()
            return self._num_taken - 1

    def _write(self) -> None:
        file: MatroskaFile | None = None
        try:
            for number, (packet, time_ms) in enumerate(self._packets):
                if not self._is_wanted(number):
                    break
                if file is None:
                    file = MatroskaFile(self._path)
                    stream = file.container.add_stream_from_template(packet.stream)
                file.add(packet, stream, time_ms)
                self.num_bytes = file.num_bytes
                if number % _SYNC_PICTURES == _SYNC_PICTURES - 1:
                    file.sync()
            with self._condition:
                self._needed_ms = math.inf  # nothing is left to write
                self._condition.notify_all()
        finally:
            if file is not None:
                file.close()
                self.num_bytes = file.num_bytes

    def _is_wanted(self, number: int) -> bool:
        """Wait until a packet is needed, for its own picture or for those that refer to it and
        stand behind it, or no more comes; whether it is."""
        with self._condition:
            self._needed_ms = int(self._earliest_ms[number])
            self._condition.notify_all()
            self._condition.wait_for(lambda: self._is_ending or self._needed_ms <= self._newest_ms)
            return self._needed_ms <= self._newest_ms
