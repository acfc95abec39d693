"""The network: its shapes, its update and its backbones."""

import dataclasses

import numpy as np
import pytest
import torch
from people_scenes import annotate

from das_model.camera import Camera
from das_model.inference.network_config import LITE, RESNET50, NetworkConfig
from das_model.inference.targets import Encoding, encode
from das_model.network.backbones.efficientnet_lite import EfficientNetLite
from das_model.network.network import (
    DasHeads,
    DasNetwork,
    MultiSourceUpdate,
    RecursiveUpdate,
    _sample_local,
)
from das_model.training.losses import DasLoss, LossConfig
from das_model.training.mix import Sample, collate

UPDATES = {"none": 1, "recursive": 2, "multi_source": 2}


def perfect_offsets(height=12, width=20, joint=(8.3, 5.6), depth=0.4):
    """The map that leads from every location to one joint, strides."""
    ys, xs = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    x, y = joint[0] - (xs + 0.5), joint[1] - (ys + 0.5)
    return torch.stack([x, y, torch.full_like(x, depth)])[None, None]


@pytest.mark.parametrize("update", UPDATES)
def test_maps_have_a_level_per_stride(update):
    network = DasNetwork(dataclasses.replace(LITE, update=update)).eval()
    with torch.no_grad():
        levels = network(torch.zeros(2, 3, 128, 192, dtype=torch.uint8))
    assert len(levels) == 4
    for maps, stride in zip(levels, (8, 16, 32, 64), strict=True):
        h, w = 128 // stride, 192 // stride
        assert maps.score.shape == maps.centerness.shape == (2, 1, h, w)
        assert maps.root.shape == (2, 3, h, w)
        assert len(maps.joint_offsets) == len(maps.joint_sigmas) == UPDATES[update]
        for offset, sigma in zip(maps.joint_offsets, maps.joint_sigmas, strict=True):
            assert offset.shape == sigma.shape == (2, 22, 3, h, w)
            assert (offset[:, 0, 2] == 0).all()  # the root's depth relative to itself
            assert (sigma[:, 0, 2] == 1).all()
            assert ((sigma > 0) & (sigma <= network.config.sigma_limit + 1e-6)).all()


def test_resnet50_is_the_network_of_the_paper():
    network = DasNetwork(RESNET50).eval()
    with torch.no_grad():
        levels = network(torch.zeros(1, 3, 128, 128, dtype=torch.uint8))
    assert [m.score.shape[-1] for m in levels] == [16, 8, 4, 2, 1]  # strides 8 to 128
    assert len(levels[0].joint_offsets) == 4  # initial and three updates
    assert RESNET50.encoding.range_bounds_px == (48, 96, 192, 384)
    assert RESNET50.sigma_limit == 1.0


def test_mspn_feeds_the_levels_of_the_paper():
    encoding = Encoding(range_bounds_px=(80, 160, 320))
    network = DasNetwork(dataclasses.replace(RESNET50, backbone="mspn2", encoding=encoding))
    with torch.no_grad():
        levels = network.eval()(torch.zeros(1, 3, 64, 64, dtype=torch.uint8))
    assert [m.score.shape[-1] for m in levels] == [8, 4, 2, 1]  # strides 8 to 64
    assert network.mean.flatten()[0] == 123.675  # of ImageNet's pictures


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_updates_stack(layers):
    config = NetworkConfig(channels=32, update="recursive", update_layers=layers)
    network = DasNetwork(config).eval()
    with torch.no_grad():
        (maps, *_) = network(torch.zeros(1, 3, 128, 128, dtype=torch.uint8))
    assert len(maps.joint_offsets) == len(maps.joint_sigmas) == 1 + layers
    for before, after in zip(maps.joint_offsets, maps.joint_offsets[1:], strict=False):
        again = RecursiveUpdate(config)(before, torch.zeros(1))
        torch.testing.assert_close(after[:, 1:], again[:, 1:])


@pytest.mark.parametrize("update", UPDATES)
def test_single_picture_equals_batch(update):
    torch.manual_seed(0)
    network = DasNetwork(dataclasses.replace(LITE, update=update)).eval()
    images = torch.randint(0, 256, (3, 3, 64, 128), dtype=torch.uint8)
    with torch.no_grad():
        batch, single = network(images), network(images[1:2])
    for b, s in zip(batch, single, strict=True):
        torch.testing.assert_close(b.score[1:2], s.score, atol=1e-4, rtol=1e-4)
        torch.testing.assert_close(
            b.joint_offsets[-1][1:2], s.joint_offsets[-1], atol=1e-4, rtol=1e-4
        )


def test_perfect_map_is_a_fixed_point_of_the_recursive_update():
    offset = perfect_offsets()
    updated = RecursiveUpdate(LITE)(offset, torch.zeros(1))
    torch.testing.assert_close(updated, offset, atol=1e-5, rtol=1e-5)


def test_perfect_map_is_a_fixed_point_of_the_multi_source_update():
    config = NetworkConfig(joint_names=("pelvis",), update="multi_source")
    torch.manual_seed(0)
    layer = MultiSourceUpdate(config)
    offset = perfect_offsets()
    updated = layer(offset, torch.randn(1, config.channels, 12, 20))
    torch.testing.assert_close(updated, offset, atol=1e-4, rtol=1e-4)


def test_recursive_update_halves_an_error_that_shrinks_towards_the_joint():
    """Where the map is right near the joint, asking there mends a wrong first step."""
    offset = perfect_offsets()
    wrong = offset.clone()
    wrong[0, 0, 0, :, :4] += 2.0  # far from the joint x is 2 strides off
    updated = RecursiveUpdate(LITE)(wrong, torch.zeros(1))
    torch.testing.assert_close(updated, offset, atol=1e-4, rtol=1e-4)


def test_update_leaves_what_points_outside_the_map():
    offset = torch.zeros(1, 1, 3, 4, 6)
    offset[:, :, 0], offset[:, :, 2] = 100.0, 0.7
    updated = RecursiveUpdate(LITE)(offset, torch.zeros(1))
    torch.testing.assert_close(updated, offset)


def test_sampling_reads_bilinearly_between_locations():
    maps = torch.arange(12.0).view(1, 1, 1, 3, 4)
    steps = torch.zeros(1, 1, 1, 2, 3, 4)
    steps[:, :, :, 0] = 0.25
    values, inside = _sample_local(maps, steps).split(1, dim=3)
    torch.testing.assert_close(values[0, 0, 0, 0, :, :3], maps[0, 0, 0, :, :3] + 0.25)
    torch.testing.assert_close(inside[0, 0, 0, 0, :, 3], torch.full((3,), 0.75))


def test_places_are_exact_where_maps_are_in_half_precision():
    """In a wide picture the finest level has places that bfloat16 cannot tell apart."""
    width = 300
    maps = (torch.arange(width) % 7).to(torch.bfloat16).expand(1, 1, 1, 2, width)
    with torch.autocast("cpu", torch.bfloat16):
        values = _sample_local(maps, torch.zeros(1, 1, 1, 2, 2, width))[:, :, :, :1]
    torch.testing.assert_close(values[0, 0, 0].float(), maps[0, 0].float(), atol=0.02, rtol=0)


def test_gradient_reaches_every_parameter():
    network = DasNetwork(dataclasses.replace(LITE, update="multi_source"))
    torch.manual_seed(0)
    levels = network(torch.randint(0, 256, (2, 3, 128, 128), dtype=torch.uint8))
    total = sum(
        (m.score**2).sum()
        + (m.centerness**2).sum()
        + (m.root**2).sum()
        + (m.joint_offsets[-1] ** 2).sum()
        + sum((s**2).sum() for s in m.joint_sigmas)
        for m in levels
    )
    (total + (levels[0].joint_heat ** 2).sum()).backward()
    without = [n for n, p in network.named_parameters() if p.grad is None or not p.grad.any()]
    assert not without, f"no gradient for {without}"


def test_the_likelihood_asks_nothing_of_the_roots_depth():
    """Its error is always 0, so that ever smaller sigmas would lower the loss without end."""
    config = NetworkConfig(channels=32, update="none", head_convs=1)
    torch.manual_seed(0)
    heads, annotation = DasHeads(config), annotate([[0, 0, 3000]], Camera.from_fov((192, 192)))
    features = [torch.randn(1, 32, 192 // s, 192 // s) for s in config.encoding.strides]
    levels = [heads(maps, level) for level, maps in enumerate(features)]
    targets = collate([Sample(np.zeros((3, 1, 1), np.uint8), encode(annotation, config.encoding))])
    DasLoss(LossConfig())(levels, targets[1])["pose_0"].backward()
    gradient = heads.joint_sigma[-1].bias.grad.view(22, 3)
    assert gradient[0, 2] == 0
    assert (gradient.flatten() != 0).sum() == 22 * 3 - 1


def test_prior_makes_an_untrained_network_see_nobody():
    network = DasNetwork(LITE).eval()
    with torch.no_grad():
        levels = network(torch.randint(0, 256, (1, 3, 128, 128), dtype=torch.uint8))
    for maps in levels:
        assert maps.score.sigmoid().max() < 0.05


# from the published tables, classifier (1280 features and 1000 classes) taken out
@pytest.mark.parametrize(
    ("variant", "millions", "channels"),
    [
        ("lite0", 4.652, (40, 112, 320)),
        ("lite1", 5.417, (40, 112, 320)),
        ("lite2", 6.092, (48, 120, 352)),
    ],
)
def test_efficientnet_lite_has_the_published_size(variant, millions, channels):
    backbone = EfficientNetLite(variant)
    assert backbone.channels == channels
    body = sum(p.numel() for p in backbone.parameters())
    head = channels[-1] * 1280 + 2 * 1280 + 1280 * 1000 + 1000
    assert (body + head) / 1e6 == pytest.approx(millions, abs=0.001)


def test_public_weights_load_by_name_and_errors_list_the_keys(tmp_path):
    source, target = EfficientNetLite("lite0"), EfficientNetLite("lite0")
    state = {**source.state_dict(), "_fc.weight": torch.zeros(1000, 1280)}
    torch.save(state, tmp_path / "good.pth")
    target.load_public_weights(tmp_path / "good.pth")
    for name, value in target.state_dict().items():
        torch.testing.assert_close(value, state[name])
    state["stray"] = state.pop("_conv_stem.weight")
    torch.save(state, tmp_path / "bad.pth")
    with pytest.raises(ValueError, match=r"missing.*_conv_stem.weight.*unexpected.*stray"):
        target.load_public_weights(tmp_path / "bad.pth")


def test_frozen_part_keeps_weights_and_statistics():
    backbone = EfficientNetLite("lite0").train()
    backbone.freeze_early()
    before = {k: v.clone() for k, v in backbone.state_dict().items()}
    optimizer = torch.optim.SGD([p for p in backbone.parameters() if p.requires_grad], 0.1)
    sum(f.mean() for f in backbone(torch.randn(2, 3, 64, 64))).backward()
    optimizer.step()
    changed = {k for k, v in backbone.state_dict().items() if not torch.equal(v, before[k])}
    assert changed
    assert not any(k.startswith(("_conv_stem", "_bn0", "_blocks.4.")) for k in changed)


def test_errors_name_the_choice():
    with pytest.raises(ValueError, match="update must be none, recursive or multi_source"):
        NetworkConfig(update="twice")
    with pytest.raises(ValueError, match="update_layers must be 1, 2 or 3, got 4"):
        NetworkConfig(update_layers=4)
    with pytest.raises(ValueError, match="variant must be one of"):
        EfficientNetLite("lite9")
