"""Stand-ins for a source and a model, steered by the tests."""

import threading
import time

import numpy as np

from das_app.lens.intrinsics import Intrinsics
from das_app.messaging.messages import Frame
from das_model.camera import Camera
from das_model.inference.estimate import DEFAULT_OPTIONS, Estimate, StageTimes
from das_model.people import People
from das_model.skeleton import BODY_22

SIZE = (32, 24)


class FakeSource:
    """`num_frames` frames whose red channel is their index; endless when it is None."""

    name = "fake"
    is_live = False

    def __init__(self, num_frames=5, fps=1000.0, is_live=False):
        self.num_frames, self.nominal_fps, self.is_live = num_frames, fps, is_live
        self.intrinsics = Intrinsics()
        self.error_at = {}  # index -> exception
        self.size_at = {}  # index -> (width, height) from there on
        self.lost_at = {}  # index -> so many are lost in front of it
        self.shutter_s = 0.0  # a live frame is so old when it is read
        self.size = SIZE
        self.gate = threading.Event()  # read() waits for it
        self.gate.set()
        self.num_closed = 0
        self.sought = []
        self.duration_s = num_frames and num_frames / fps
        self.next_index = 0

    def read(self):
        self.gate.wait()
        index = self.next_index
        if index in self.error_at:
            raise self.error_at[index]
        if index == self.num_frames:
            return None
        self.next_index += 1
        if self.is_live:
            time.sleep(1 / self.nominal_fps)
        time_s = time.monotonic() - self.shutter_s if self.is_live else index / self.nominal_fps
        self.size = width, height = self.size_at.get(index, self.size)
        index += sum(lost for at, lost in self.lost_at.items() if at <= index)
        image = np.full((height, width, 3), index % 256, np.uint8)
        return Frame(index, time_s, image, self.intrinsics.camera_for(self.size))

    def seek(self, index):
        self.sought.append(index)
        self.next_index = index

    def index_at(self, time_s):
        return int(time_s * self.nominal_fps + 1e-6)

    def close(self):
        self.num_closed += 1


class FakeEstimator:
    """Finds one person at z = 2000 + image value mm; waits for `gate`; may raise."""

    skeleton = BODY_22
    provider = "CPUExecutionProvider"
    model_name = "fake-model"
    input_size = SIZE
    newest = None

    def __init__(self, model_file=None, options=DEFAULT_OPTIONS):
        FakeEstimator.newest = self
        self.model_file, self.options, self.stages = model_file, options, StageTimes()
        self.gate = threading.Event()
        self.gate.set()
        self.error = None
        self.has_begun = threading.Event()
        self.cameras: list[Camera] = []

    def __call__(self, image, camera, frame_interval_s=None):
        self.has_begun.set()
        self.gate.wait()
        if self.error is not None:
            raise self.error
        self.cameras.append(camera)
        return Estimate(person_at(2000.0 + float(image[0, 0, 0])), self.stages)


def person_at(depth_mm, num_people=1):
    """People standing side by side at `depth_mm`, joints spread so that each is its own."""
    num_joints = BODY_22.num_joints
    joints = np.zeros((num_people, num_joints, 3), np.float32)
    joints[..., 0] = np.linspace(-300, 300, num_joints) + 50 * np.arange(num_people)[:, None]
    joints[..., 1] = np.linspace(-800, 800, num_joints)
    joints[..., 2] = depth_mm
    return People(
        joints,
        np.tile(np.linspace(0.1, 0.9, num_joints, dtype=np.float32), (num_people, 1)),
        np.full(num_people, 0.75, np.float32),
        np.full(num_people, -1, np.int64),
    )
