"""The root's depth as z / f and as its logarithm: inverses, what errors cost, what is exported."""

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from people_scenes import annotate, perfect_maps
from torch import nn

from das_model.camera import Camera
from das_model.inference.decode import DecodeConfig, decode
from das_model.inference.estimate import Device, EstimatorOptions, Scoring
from das_model.inference.network_config import NetworkConfig
from das_model.inference.onnx_network import network_maps
from das_model.inference.refine import find_people
from das_model.inference.runtime import open_estimator
from das_model.inference.targets import Encoding, encode
from das_model.network.export import export_onnx
from das_model.network.exported_network import told_maps
from das_model.network.network import DasNetwork, HeadMaps
from das_model.skeleton import BODY_22
from das_model.training.losses import DasLoss, LossConfig
from das_model.training.mix import Sample, collate

LINEAR, LOG = Encoding(), Encoding(root_depth="log")
CAMERA = Camera.from_fov((448, 256), 60)


@given(z=st.floats(100, 1e5), focal=st.floats(50, 5000), unit=st.floats(0.1, 50))
@pytest.mark.parametrize("form", ["linear", "log"])
def test_depth_comes_back(form, z, focal, unit):
    encoding = Encoding(root_depth=form, root_depth_unit=unit)
    told = encoding.root_depth_mm(encoding.encoded_root_depth(np.array([z]), focal), focal)
    np.testing.assert_allclose(told, z, rtol=1e-9)


def test_the_linear_form_is_the_papers():
    assert LINEAR.root_depth == "linear"
    assert LINEAR.encoded_root_depth(np.array([4000.0]), 200.0) == 4000 / 200 / 10
    assert LINEAR.root_depth_mm(np.array([-0.5]), 200.0) == -0.5 * 10 * 200


@given(z=st.floats(300, 3e4), focal=st.floats(50, 5000), factor=st.floats(0.5, 2))
def test_a_share_of_the_distance_is_the_same_step_everywhere(z, focal, factor):
    """Of the logarithm, whatever the distance, the lens and the unit; and a lens twice as long
    is as good as half the distance."""
    step = LOG.encoded_root_depth(np.array([z * factor, z]), focal)
    other = Encoding(root_depth="log", root_depth_unit=0.5)
    elsewhere = other.encoded_root_depth(np.array([1000.0 * factor, 1000.0]), 300.0)
    assert step[0] - step[1] == pytest.approx(elsewhere[0] - elsewhere[1], abs=1e-9)
    nearer = LOG.encoded_root_depth(np.array([z / 2]), focal / 2)
    np.testing.assert_allclose(nearer, step[1], atol=1e-9)


def test_no_output_is_without_bounds():
    told = LOG.root_depth_mm(np.array([-1e9, 1e9], np.float32), 200.0)
    assert np.isfinite(told).all()
    assert 0 < told[0] < 1 < 1e6 < told[1]


@pytest.mark.parametrize("form", ["linear", "log"])
def test_people_come_back(form):
    encoding = Encoding(root_depth=form)
    annotation = annotate([[-900, 0, 3000], [700, 100, 6000]], CAMERA, 20)
    people = decode(
        perfect_maps(annotation, encoding), CAMERA, encoding, BODY_22, DecodeConfig(min_score=0.05)
    )
    order = np.argsort(people.root_cam[:, 2])
    np.testing.assert_allclose(people.joints_cam[order], annotation.joints_cam, atol=1.0)


def test_a_root_behind_the_camera_has_no_logarithm():
    """Someone who leans over the lens; the linear form has asked for the depth."""
    annotation = annotate([[0, 0, 3000]], CAMERA)
    annotation.joints_cam[0, 0, 2] = -50.0
    asked = {}
    for encoding in (LINEAR, LOG):
        levels = encode(annotation, encoding)
        asked[encoding.root_depth] = sum(t.root_valid[2].sum() for t in levels)
        assert all(np.isfinite(t.root).all() for t in levels)
        assert sum(t.root_valid[0].sum() for t in levels) > 0
    assert asked["linear"] > 0
    assert asked["log"] == 0


def root_gradient(encoding, depth_mm):
    """Gradient of the root's loss by its depth, at a person's locations, 4 % too far."""
    annotation = annotate([[0, 0, depth_mm]], CAMERA)
    targets = encode(annotation, encoding)
    _, batch = collate([Sample(np.zeros((3, 8, 8), np.uint8), targets)])
    too_far = encoding.encoded_root_depth(np.array([1.04 * depth_mm]), CAMERA.focal_px).item()
    levels = []
    for target in batch:
        root = target.root.clone()
        root[:, 2] = too_far
        zero = torch.zeros_like(target.centerness)[:, None]
        offsets = target.joint_offset
        levels.append(
            HeadMaps(zero, zero, root.requires_grad_(), (offsets,), (torch.ones_like(offsets),))
        )
    DasLoss(LossConfig(pose_loss="l1"))(levels, batch)["root"].backward()
    return sum(
        level.root.grad[:, 2].sum().item() for level in levels if level.root.grad is not None
    )


def test_a_share_of_the_distance_pulls_alike_near_and_far():
    near, far = (root_gradient(LOG, z) for z in (1500.0, 6000.0))
    assert near == pytest.approx(far, rel=1e-3)
    assert near > 0
    # in the linear form the nearer person pulls less
    near, far = (root_gradient(LINEAR, z) for z in (1500.0, 6000.0))
    assert 0 < near < 0.5 * far


def test_unknown_forms_are_refused():
    with pytest.raises(ValueError, match=r"root_depth must be in .*'linear', 'log'.*got 'cubic'"):
        Encoding(root_depth="cubic")


@pytest.fixture(scope="module")
def networks():
    """The same untrained weights, who see people, read in both forms."""
    encoding = Encoding((8, 16, 32), (48, 96))
    config = NetworkConfig(channels=32, head_convs=1, update="none", encoding=encoding)
    torch.manual_seed(0)
    linear = DasNetwork(config).eval()
    nn.init.constant_(linear.heads.score[-1].bias, 0.0)
    nn.init.constant_(linear.heads.root_depth[-1].bias, 4.0)
    nn.init.normal_(linear.heads.root_depth[-1].weight, std=0.3)
    for name in ("score", "joint_offset"):
        nn.init.normal_(getattr(linear.heads, name)[-1].weight, std=0.3)
    ours = dataclasses.replace(encoding, root_depth="log")
    log = DasNetwork(dataclasses.replace(config, encoding=ours)).eval()
    log.load_state_dict(linear.state_dict())
    return linear, log


def linear_depths(network, image):
    """The output of the root's depth by each level's factor."""
    heads, (pyramid, _, _) = network.heads, network.features(image)
    towers = [heads.root_tower(level) for level in pyramid]
    return [heads.root_depth(t) * heads.scales[i, 1] for i, t in enumerate(towers)]


def test_an_output_of_nothing_is_a_person_of_the_usual_size():
    for level, stride in enumerate(LOG.strides):
        depth_mm = LOG.root_depth_mm(np.array(LOG.usual_root_depth(level)), 200.0)
        assert depth_mm * stride / 200.0 == pytest.approx(250)
        assert LINEAR.usual_root_depth(level) == 0


def test_the_networks_themselves_are_equal(networks):
    """The logarithm adds a constant to each level's depths, the linear form nothing."""
    image = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (1, 3, 64, 96), np.uint8))
    with torch.no_grad():
        linear, log = (n(image) for n in networks)
    raw = linear_depths(networks[0], image)
    for level, (one, other) in enumerate(zip(linear, log, strict=True)):
        torch.testing.assert_close(one.root[:, 2:], raw[level], rtol=0, atol=0)
        usual = 2.5 * np.log(250 / (8 * 2**level) / 10)
        torch.testing.assert_close(other.root[:, 2:], raw[level] + usual, rtol=1e-6, atol=1e-6)
        torch.testing.assert_close(one.root[:, :2], other.root[:, :2], rtol=0, atol=0)
        torch.testing.assert_close(one.score, other.score, rtol=0, atol=0)


def test_what_is_exported_tells_the_same_people(networks, tmp_path):
    """By ONNX as by torch, in either form."""
    picture = np.random.default_rng(1).integers(0, 256, (64, 96, 3), np.uint8)
    camera = Camera.from_fov((96, 64), 60)
    options = EstimatorOptions(Device.CPU, num_threads=1, scoring=Scoring.LOCATION, min_score=0.2)
    depths = []
    for network in networks:
        encoding = network.config.encoding
        file = tmp_path / f"{encoding.root_depth}.onnx"
        export_onnx(network, file, (96, 64), {})
        people = open_estimator(file, options)(picture, camera).people
        with torch.no_grad():
            told = told_maps(network, torch.from_numpy(picture[None]))
        maps, _ = network_maps([output.numpy() for output in told])
        wanted = find_people(maps, camera, encoding, BODY_22, DecodeConfig(min_score=0.2))
        assert len(people) == len(wanted) > 1
        np.testing.assert_allclose(people.root_cam, wanted.root_cam, rtol=1e-3, atol=0.1)
        depths.append(people.root_cam[:, 2])
    assert (depths[1] > 0).all()
    assert not np.allclose(depths[0], depths[1], rtol=0.1)
