"""A source and a model for the window's tests, steered by the tests."""

import threading

import numpy as np

from das_app.gui.control.bridge import Model, OpenedSource
from das_app.lens.intrinsics import Intrinsics
from das_app.messaging.messages import Frame
from das_app.pipeline.live import LivePipeline
from das_model.inference.estimate import DEFAULT_OPTIONS, Device, Estimate
from das_model.people import People
from das_model.skeleton import BODY_22

SIZE = (320, 180)
GREY = 60
DEFAULT_LENS = Intrinsics()


# mm from the pelvis, facing the camera: one arm hangs, one is raised
_POSE = {
    "pelvis": (0, 0, 0),
    "spine": (0, -250, -10),
    "neck": (0, -500, 0),
    "head": (0, -590, -20),
    "head_top": (0, -720, 0),
    "nose": (0, -610, -110),
    "left_eye": (30, -640, -90),
    "right_eye": (-30, -640, -90),
    "left_ear": (70, -620, 0),
    "right_ear": (-70, -620, 0),
    "left_shoulder": (180, -470, 0),
    "left_elbow": (280, -230, 20),
    "left_wrist": (300, 20, -60),
    "right_shoulder": (-180, -470, 0),
    "right_elbow": (-330, -300, -30),
    "right_wrist": (-420, -520, -120),
    "left_hip": (100, 30, 0),
    "left_knee": (120, 450, -30),
    "left_ankle": (130, 860, 40),
    "right_hip": (-100, 30, 0),
    "right_knee": (-120, 440, -90),
    "right_ankle": (-130, 850, 30),
}
FREE_BONE = BODY_22.bones.index(  # nothing else is painted near its middle
    (BODY_22.index("left_elbow"), BODY_22.index("left_wrist"))
)


def people_at(*roots_mm, score=0.9, joint_score=1.0, track_ids=None):
    """People in the same pose with their pelvis at the given places."""
    pose = np.array([_POSE[name] for name in BODY_22.joint_names], np.float32)
    roots = np.array(roots_mm, np.float32).reshape(-1, 3)
    count = len(roots)
    return People(
        roots[:, None] + pose,
        np.full((count, BODY_22.num_joints), joint_score, np.float32),
        np.full(count, score, np.float32) - 0.01 * np.arange(count, dtype=np.float32),
        np.full(count, -1, np.int64) if track_ids is None else np.array(track_ids, np.int64),
    )


def grey_frame(size=SIZE, lens=DEFAULT_LENS, index=0, grey=GREY):
    image = np.full((size[1], size[0], 3), grey, np.uint8)
    image.setflags(write=False)
    return Frame(index, index / 30, image, lens.camera_for(size))


class GreySource:
    """Endless grey frames, or `num_frames` of them."""

    is_live = False
    nominal_fps = 100.0
    duration_s = None

    def __init__(self, intrinsics, name="grey", num_frames=None):
        self.intrinsics, self.name, self.num_frames = intrinsics, name, num_frames
        self.next_index = self.num_rewound = 0
        self.is_closed, self.grey = False, GREY
        self.error = None

    def read(self):
        if self.error is not None:
            raise self.error
        if self.next_index == self.num_frames:
            return None
        frame = grey_frame(SIZE, self.intrinsics, self.next_index, self.grey)
        self.next_index += 1
        return frame

    def seek(self, index):
        self.next_index = index
        self.num_rewound += index == 0

    def index_at(self, time_s):
        return int(time_s * self.nominal_fps)

    def close(self):
        self.is_closed = True


class FakeEstimator:
    """Finds the same people in every picture."""

    provider = "CPUExecutionProvider"

    def __init__(self, people, name, options=DEFAULT_OPTIONS):
        self.people, self.name, self.options = people, name, options
        self.skeleton, self.model_name = people.skeleton, name

    def __call__(self, image, camera, frame_interval_s=None):
        return Estimate(self.people)

    def with_options(self, options):
        return type(self)(self.people, self.name, options)

    def fitted_size(self, picture_size):
        return tuple(round(self.options.input_scale * side) for side in picture_size)


class Opener:
    """Opens grey sources by any name; remembers them; raises what `errors` holds for the name of
    a source or of a model file."""

    def __init__(self, people=None, num_frames=None):
        self.people = people_at((0, 0, 3000)) if people is None else people
        self.num_frames, self.duration_s, self.is_live = num_frames, None, False
        self.errors = {}
        self.sources = []
        self.note = ""
        self.gate = threading.Event()  # opening waits for it
        self.gate.set()
        self.has_begun = threading.Event()

    def __call__(self, settings, on_state):
        self.has_begun.set()
        self.gate.wait()
        if settings.source.name in self.errors:
            raise self.errors[settings.source.name]
        source = GreySource(settings.lens.intrinsics(), settings.source.name, self.num_frames)
        source.duration_s, source.is_live = self.duration_s, self.is_live
        self.sources.append(source)
        model = self.load_model(settings)
        return OpenedSource(LivePipeline(source, model.estimator, on_state), source, model)

    def load_model(self, settings):
        name = settings.model.file.stem if settings.model.file else "fake"
        if name in self.errors:
            raise self.errors[name]
        device = "CPU" if settings.model.device is not Device.CUDA else "CUDA"
        estimator = FakeEstimator(self.people, name, settings.estimator_options())
        return Model(
            estimator,
            f"{name} · {device}",
            settings.model.file,
            settings.model.device,
            self.note,
            settings.model.precision,
        )
