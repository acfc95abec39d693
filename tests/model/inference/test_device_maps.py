"""Maps that stay on the device tell the same people as those that come to the host.

The processor's provider runs the very same path as a graphics card's.
"""

import dataclasses

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from das_app.files.bundled import bundled_file
from das_app.pipeline.open_source import open_source
from das_app.settings.app_settings import AppSettings
from das_model.camera import Camera
from das_model.inference import onnx_network
from das_model.inference.device.onnx_runtime import CPU
from das_model.inference.estimate import Device, EstimatorOptions, Precision, Scoring
from das_model.inference.refine import LIFTING, LOOKED_LIFTING, JointCues
from das_model.inference.runtime import open_estimator
from das_model.inference.second_look import NUM_LOOK_FEATURES
from das_model.inference.targets import Encoding
from das_model.network.export import export_onnx
from das_model.network.lifting import PoseLifting
from das_model.network.network import DasNetwork
from das_model.training.recipes import LITE

SMALL = dataclasses.replace(
    LITE,
    channels=32,
    head_convs=1,
    update="none",
    encoding=Encoding((8, 16, 32), (48, 96), centre="visible", heat_stride=4),
)
THERE = EstimatorOptions(
    Device.CPU, num_threads=1, scoring=Scoring.LOCATION, keeps_maps=True, has_centre_map=True
)
SEEN = 9 * 24 + 3 * 32  # features of a joint
BOTH = SEEN + NUM_LOOK_FEATURES
HERE = dataclasses.replace(THERE, keeps_maps=False)


def random_lifting(num_features, seed):
    torch.manual_seed(seed)
    lifting = PoseLifting(22, num_features, 32)
    nn.init.normal_(lifting.head.weight, std=0.05)
    return lifting.eval()


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """An untrained network that sees people everywhere, with a random lifting."""
    torch.manual_seed(0)
    network = DasNetwork(SMALL)
    nn.init.constant_(network.backbone.heat.bias, 0.0)
    nn.init.constant_(network.heads.score[-1].bias, 0.0)
    nn.init.constant_(network.heads.root_depth[-1].bias, 4.0)
    for name in ("score", "joint_offset"):
        nn.init.normal_(getattr(network.heads, name)[-1].weight, std=0.3)
    liftings = {LIFTING: random_lifting(SEEN, 1), LOOKED_LIFTING: random_lifting(BOTH, 2)}
    file = tmp_path_factory.mktemp("device") / "model.onnx"
    export_onnx(network, file, (192, 128), {}, liftings)
    return file


def estimates(model, picture, options):
    camera = Camera.from_fov(picture.shape[1::-1])
    return open_estimator(model, options)(picture, camera)


@pytest.mark.parametrize("size", [(192, 128), (128, 192), (640, 360)])
@pytest.mark.parametrize("min_score", [0.05, 0.3, 0.99])
def test_the_same_people(model, size, min_score):
    picture = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), np.uint8)
    here, there = (
        estimates(model, picture, dataclasses.replace(options, min_score=min_score))
        for options in (HERE, THERE)
    )
    assert (len(here.people) > 0) == (min_score < 0.9)
    assert len(here.people) == len(there.people)
    np.testing.assert_allclose(there.people.scores, here.people.scores, atol=1e-5)
    np.testing.assert_allclose(there.people.joints_cam, here.people.joints_cam, atol=0.5)
    np.testing.assert_allclose(there.joint_heat, here.joint_heat, atol=2e-3)
    camera = Camera.from_fov(size)
    before = [estimate.located.joints_px(camera) for estimate in (here, there)]
    np.testing.assert_allclose(before[1], before[0], atol=0.05)
    np.testing.assert_allclose(there.centre_map.values, here.centre_map.values, atol=1e-5)


def test_another_lifting_reads_the_same_features(model):
    asked = []

    def note(cues, features):
        asked.append(features)
        return np.concatenate([cues.joints_cam, cues.heat[..., None]], axis=-1)

    picture = np.random.default_rng(2).integers(0, 256, (128, 192, 3), np.uint8)
    for options in (HERE, THERE):
        open_estimator(model, options, note)(picture, Camera.from_fov((192, 128)))
    here, there = asked
    assert here.size
    np.testing.assert_allclose(there, here, atol=1e-3)


@pytest.mark.parametrize("options", [HERE, THERE])
@pytest.mark.parametrize("looked", [[], [0], [0, 1]])
def test_people_of_the_second_look_are_lifted_by_what_it_saw(model, options, looked):
    rng = np.random.default_rng(3)
    joints_px = rng.uniform(0, 100, (2, 22, 2))
    joints_cam = np.concatenate([joints_px * 10, rng.uniform(2e3, 4e3, (2, 22, 1))], axis=-1)
    look = np.full((2, 22, NUM_LOOK_FEATURES if looked else 0), np.nan, np.float32)
    look[looked] = rng.normal(size=(len(looked), *look.shape[1:]))
    one = np.full((2, 22), 0.5)
    cues = JointCues(joints_cam, one, one, joints_px, joints_px, look)
    features = []

    def note(cues, seen):
        features.append(torch.from_numpy(seen))
        return np.concatenate([cues.joints_cam, cues.heat[..., None]], axis=-1)

    picture = rng.integers(0, 256, (128, 192, 3), np.uint8)
    open_estimator(model, options, note).network.maps(picture).lift(cues)
    lifted = open_estimator(model, options).network.maps(picture).lift(cues)
    found = torch.from_numpy(cues.stacked())
    with torch.no_grad():
        wanted = random_lifting(SEEN, 1)(found, features[0])
        if looked:
            both = torch.cat([features[0], torch.from_numpy(look)], dim=-1)
            wanted[looked] = random_lifting(BOTH, 2)(found[looked], both[looked])
    np.testing.assert_allclose(lifted, wanted, atol=0.2)


def test_a_picture_and_its_mirror_image_do_not_share_maps(model):
    """The precise mode reads those of the first after the network saw the second."""
    network = open_estimator(model, THERE).network
    rng = np.random.default_rng(3)
    pictures = [rng.integers(0, 256, (128, 192, 3), np.uint8) for _ in range(2)]
    alone = [network.maps(picture).scores() for picture in pictures]
    together = [network.maps(picture) for picture in pictures]
    for maps, wanted in zip(together, alone, strict=True):
        for got, level in zip(maps.scores(), wanted, strict=True):
            np.testing.assert_array_equal(got, level)


@pytest.mark.parametrize("text", ["{}", "no", '{"candidates": "no", "heat": "", "features": ""}'])
def test_graphs_that_are_not_understood_are_refused(model, tmp_path, text):
    changed = onnx.load(str(model))
    values = {p.key: p.value for p in changed.metadata_props}
    onnx.helper.set_model_props(changed, values | {"device_graphs": text})
    file = tmp_path / "changed.onnx"
    onnx.save(changed, str(file))
    open_estimator(file, HERE)  # nobody asks for them
    with pytest.raises(ValueError, match="changed: device_graphs in its metadata must be"):
        open_estimator(file, THERE)


def test_a_processor_reads_in_numpy_unless_it_is_told(model):
    plain = open_estimator(model, dataclasses.replace(HERE, keeps_maps=None))
    assert plain.keeps_maps is False
    assert open_estimator(model, THERE).keeps_maps is True


def demo_frames():
    """Every twelfth picture of the beginning, with its camera."""
    source = open_source("demo", AppSettings().lens.intrinsics())
    try:
        for number in range(37):
            frame = source.read()
            if number % 12 == 0:
                yield frame.image, frame.camera
    finally:
        source.close()


def test_float16_finds_the_same_people():
    """Of the bundled model, to half a pixel, 5 mm about the pelvis and 1 % of the distance. A
    processor rounds to float16 between its steps, as a card does."""
    lite = bundled_file("models", "das-lite.onnx")
    exact = EstimatorOptions(Device.CPU, num_threads=1)
    halved = dataclasses.replace(exact, keeps_maps=True, precision=Precision.FLOAT16)
    ways = [open_estimator(lite, options) for options in (exact, halved)]
    assert ways[1].keeps_maps
    num_people = 0
    for image, camera in demo_frames():
        here, half = (way(image, camera).people for way in ways)
        assert len(here) == len(half)
        num_people += len(here)
        order = [
            int(np.linalg.norm(half.root_cam - root, axis=1).argmin()) for root in here.root_cam
        ]
        px = [p.joints_px(camera) for p in (here, half)]
        np.testing.assert_allclose(px[1][order], px[0], atol=0.5)
        far = here.root_cam[:, 2]
        assert (np.abs(half.root_cam[order, 2] - far) < 0.01 * far).all()
        np.testing.assert_allclose(half.scores[order], here.scores, atol=0.005)
        np.testing.assert_allclose(half.joints_rel[order], here.joints_rel, atol=5)
    assert num_people >= 6


@pytest.mark.parametrize(
    ("device", "keeps_engines", "cuda_and_tensorrt"),
    [
        (Device.CPU, True, (False, False)),
        (Device.CUDA, True, (True, False)),
        (Device.TENSORRT, False, (True, True)),
        (Device.AUTO, True, (True, True)),
        (Device.AUTO, False, (True, False)),
    ],
)
def test_which_providers_are_wanted(
    model, tmp_path, monkeypatch, device, keeps_engines, cuda_and_tensorrt
):
    """TensorRT is taken by itself only where it need not build its engines at every start."""
    asked = []

    def note(has_cuda, has_tensorrt=False):
        asked.append((has_cuda, has_tensorrt and has_cuda))
        return CPU

    monkeypatch.setattr(onnx_network, "providers_of", note)
    engines = tmp_path if keeps_engines else None
    options = EstimatorOptions(device, num_threads=1, engine_folder=engines)
    assert open_estimator(model, options).provider == "CPUExecutionProvider"
    assert asked == [cuda_and_tensorrt]
