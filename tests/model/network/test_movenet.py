"""MoveNet's backbone: its public file, its padding, where its maps look, and what trains."""

import math

import numpy as np
import pytest
import torch
from graph_models import write_model
from torch.nn import functional

from das_model.inference.network_config import LITE, NetworkConfig
from das_model.inference.targets import Encoding
from das_model.network.backbones.movenet import MoveNetBackbone
from das_model.network.network import DasNetwork
from das_model.skeleton import BODY_22, COCO_17

NET = "StatefulPartitionedCall/center_net_mobile_net_v2fpn_feature_extractor/model_1"
HEAT = "StatefulPartitionedCall/kpt_heatmap_0"
OWN_CHANNELS = (48, 144, 1280)  # of the trunk, before the fine map's
FOLDS = (2, 4, 8)


def published_shapes():
    """Names and shapes of the public file's constants, kernels (kh, kw, in, out)."""
    shapes = {f"{NET}/model/Conv1/Conv2D": (3, 3, 3, 48)}
    outs = [24, 40, 40, *[48] * 3, *[96] * 4, *[144] * 3, *[240] * 3, 480]
    inside = 48
    for i, outside in enumerate(outs):
        layer = f"{NET}/model/block_{i}" if i else f"{NET}/model/expanded_conv"
        hidden = 6 * inside if i else inside
        if i:
            shapes[f"{layer}_expand/Conv2D"] = (1, 1, inside, hidden)
        shapes[f"{layer}_depthwise/depthwise"] = (3, 3, hidden, 1)
        shapes[f"{layer}_project/Conv2D"] = (1, 1, hidden, outside)
        inside = outside
    shapes[f"{NET}/model/Conv_1/Conv2D"] = (1, 1, 480, 1280)
    table = {}
    for name, shape in shapes.items():
        table[f"{name}_weights"] = shape
        table[f"{name}_bn_offset"] = shape[2:3] if "depthwise" in name else shape[3:]
    for suffix, inside, outside in (("", 64, 32), ("_1", 32, 24), ("_2", 24, 24)):
        name = f"{NET}/separable_conv2d{suffix}/separable_conv2d"
        table[f"{name}/ReadVariableOp"] = (3, 3, inside, 1)
        table[f"{name}_weights"] = (1, 1, inside, outside)
        table[f"{name}_bn_offset"] = (outside,)
    plain = {
        f"{NET}/conv2d": (1, 1, 1280, 64),
        f"{NET}/conv2d_1": (1, 1, 96, 64),
        f"{NET}/conv2d_2": (1, 1, 48, 32),
        f"{NET}/conv2d_3": (1, 1, 40, 24),
        f"{HEAT}/conv2d_7": (1, 1, 96, 17),
    }
    for name, shape in plain.items():
        table[f"{name}/Conv2D/ReadVariableOp"] = shape
        table[f"{name}/BiasAdd/ReadVariableOp"] = shape[3:]
    name = f"{HEAT}/separable_conv2d_6"
    table[f"{name}/separable_conv2d/ReadVariableOp"] = (3, 3, 24, 1)
    table[f"{name}/separable_conv2d/ReadVariableOp_1"] = (1, 1, 24, 96)
    table[f"{name}/BiasAdd/ReadVariableOp"] = (96,)
    return table


@pytest.fixture(scope="module")
def published():
    """Random values under the public names, with others between them as in the public file."""
    rng = np.random.default_rng(0)
    values = {"StatefulPartitionedCall/Reshape/shape": np.array([4, 2], np.int32)}
    for name, shape in published_shapes().items():
        values[name] = (rng.random(shape, np.float32) - 0.5).astype(np.float16)
    return values


@pytest.fixture(scope="module")
def file(published, tmp_path_factory):
    return write_model(tmp_path_factory.mktemp("movenet"), published)


@pytest.fixture(scope="module")
def plain():
    """An untrained backbone without biases: nothing in, nothing out."""
    torch.manual_seed(0)
    backbone = MoveNetBackbone(("pelvis", "nose"))
    for name, parameter in backbone.named_parameters():
        if name.endswith("bias"):
            torch.nn.init.zeros_(parameter)
        elif ".depthwise." in name or name == "stem.weight":
            torch.nn.init.normal_(parameter, std=0.5)
        else:
            torch.nn.init.kaiming_normal_(parameter)
    return backbone


def unfolded(features):
    """The fine map that each level holds, (B, 24, H / 4, W / 4)."""
    return [
        functional.pixel_shuffle(maps[:, own:], fold)
        for maps, own, fold in zip(features, OWN_CHANNELS, FOLDS, strict=True)
    ]


def test_public_weights_reach_every_parameter(published, file):
    backbone = MoveNetBackbone(COCO_17.joint_names)
    with torch.no_grad():
        for parameter in backbone.parameters():
            parameter.fill_(math.nan)
    backbone.load_public_weights(file)
    state = backbone.state_dict()
    for name, tensor in state.items():
        assert tensor.isfinite().all(), name
    for name, public, order in (
        ("stem.weight", f"{NET}/model/Conv1/Conv2D_weights", (3, 2, 0, 1)),
        ("stem.bias", f"{NET}/model/Conv1/Conv2D_bn_offset", (0,)),
        (
            "blocks.0.depthwise.weight",
            f"{NET}/model/expanded_conv_depthwise/depthwise_weights",
            (2, 3, 0, 1),
        ),
        ("blocks.11.depthwise.bias", f"{NET}/model/block_11_depthwise/depthwise_bn_offset", (0,)),
        ("blocks.11.project.weight", f"{NET}/model/block_11_project/Conv2D_weights", (3, 2, 0, 1)),
        ("laterals.2.weight", f"{NET}/conv2d_3/Conv2D/ReadVariableOp", (3, 2, 0, 1)),
        ("merges.1.project.bias", f"{NET}/separable_conv2d_1/separable_conv2d_bn_offset", (0,)),
        (
            "heat_hidden.depthwise.weight",
            f"{HEAT}/separable_conv2d_6/separable_conv2d/ReadVariableOp",
            (2, 3, 0, 1),
        ),
        (
            "heat_hidden.project.weight",
            f"{HEAT}/separable_conv2d_6/separable_conv2d/ReadVariableOp_1",
            (3, 2, 0, 1),
        ),
        ("heat.weight", f"{HEAT}/conv2d_7/Conv2D/ReadVariableOp", (3, 2, 0, 1)),
    ):
        np.testing.assert_array_equal(state[name], published[public].transpose(order))


def test_merges_are_loaded_with_balanced_channels(published, file):
    """Both convolutions weigh alike in every channel, and say together what the file says."""
    backbone = MoveNetBackbone(COCO_17.joint_names)
    backbone.load_public_weights(file)
    for merge, suffix in zip(backbone.merges, ("", "_1", "_2"), strict=True):
        layer = f"{NET}/separable_conv2d{suffix}/separable_conv2d"
        first, second = (
            torch.from_numpy(published[layer + end].astype(np.float32).transpose(order))
            for end, order in (("/ReadVariableOp", (2, 3, 0, 1)), ("_weights", (3, 2, 0, 1)))
        )
        own_first, own_second = merge.depthwise.weight.detach(), merge.project.weight.detach()
        assert not torch.equal(own_first, first)
        norms = own_first.flatten(1).norm(dim=1)
        torch.testing.assert_close(norms, own_second.flatten(1).norm(dim=0))
        bias = torch.from_numpy(published[f"{layer}_bn_offset"].astype(np.float32))
        maps = torch.rand(1, len(first), 6, 8) - 0.5
        wanted = functional.conv2d(maps, first, padding=1, groups=len(first))
        wanted = functional.relu(functional.conv2d(wanted, second, bias))
        assert wanted.any()
        with torch.no_grad():
            torch.testing.assert_close(merge(maps), wanted, rtol=1e-5, atol=1e-5)


def test_heat_rows_go_by_name_and_unknown_joints_start_cold(published, file):
    names = ("pelvis", "left_wrist", "head_top", "nose")
    torch.manual_seed(0)
    backbone = MoveNetBackbone(names)
    before = backbone.heat.weight.detach().clone()
    backbone.load_public_weights(file)
    weight, bias = backbone.heat.weight.detach(), backbone.heat.bias.detach()
    kernel = published[f"{HEAT}/conv2d_7/Conv2D/ReadVariableOp"][0, 0]
    offset = published[f"{HEAT}/conv2d_7/BiasAdd/ReadVariableOp"]
    for row, public in ((1, 9), (3, 0)):  # of the wrist and the nose among the 17
        np.testing.assert_array_equal(weight[row, :, 0, 0], kernel[:, public])
        assert bias[row] == offset[public]
    for row in (0, 2):
        assert bias[row].sigmoid().item() == pytest.approx(0.01, abs=0.001)
        torch.testing.assert_close(weight[row], before[row], rtol=0, atol=0)
        assert weight[row].abs().max() < 0.05


def changed(published, name, value):
    values = dict(published)
    if value is None:
        del values[name]
    else:
        values[name] = np.zeros(value, np.float16)
    return values


@pytest.mark.parametrize(
    ("name", "shape", "told"),
    [
        (f"{NET}/model/block_4_expand/Conv2D_weights", None, "missing .'blocks.4.expand.weight'"),
        (
            f"{NET}/conv2d_2/Conv2D/ReadVariableOp",
            (1, 1, 32, 48),
            "of another shape .'laterals.1.weight'",
        ),
        (
            f"{NET}/separable_conv2d/separable_conv2d/ReadVariableOp",
            (3, 3, 1, 64),
            "of another shape .'merges.0.depthwise.weight'",
        ),
        (f"{HEAT}/conv2d_7/BiasAdd/ReadVariableOp", None, "missing .'heat.bias'"),
        (
            f"{HEAT}/conv2d_7/Conv2D/ReadVariableOp",
            (1, 1, 96, 22),
            r"heat.weight must be \(17, 96, 1, 1\), got \(22, 96, 1, 1\)",
        ),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_loaded(tmp_path, published, name, shape, told):
    backbone = MoveNetBackbone(BODY_22.joint_names)
    before = backbone.stem.weight.detach().clone()
    file = write_model(tmp_path, changed(published, name, shape))
    with pytest.raises(ValueError, match=f"pose.json.*{told}"):
        backbone.load_public_weights(file)
    assert torch.equal(backbone.stem.weight, before)


def test_convolutions_of_stride_2_pad_at_the_bottom_and_right():
    stem = MoveNetBackbone(("nose",)).stem
    image = torch.zeros(1, 3, 4, 4)
    image[0, 0] = torch.arange(16.0).view(4, 4)
    with torch.no_grad():
        stem.weight.fill_(1)
        stem.bias.fill_(0.5)
        sums = stem(image)[0, 0]
    wanted = torch.tensor(
        [
            [0 + 1 + 2 + 4 + 5 + 6 + 8 + 9 + 10, 2 + 3 + 6 + 7 + 10 + 11],
            [8 + 9 + 10 + 12 + 13 + 14, 10 + 11 + 14 + 15],
        ]
    )
    torch.testing.assert_close(sums, wanted + 0.5)


@pytest.mark.parametrize(("height", "width"), [(64, 96), (160, 32)])
def test_maps_have_the_strides_of_their_input(plain, height, width):
    with torch.no_grad():
        *features, fine, heat = plain(torch.zeros(2, 3, height, width))
    assert [tuple(f.shape) for f in features] == [
        (2, channels, height // stride, width // stride)
        for channels, stride in zip(MoveNetBackbone.channels, (8, 16, 32), strict=True)
    ]
    assert heat.shape == (2, 2, height // 4, width // 4)
    assert fine.shape == (2, 24, height // 4, width // 4)


def test_every_level_holds_the_fine_map_that_the_heat_is_read_from(plain):
    with torch.no_grad():
        *features, own, heat = plain(torch.rand(1, 3, 64, 96) - 0.5)
        fine = unfolded(features)
        again = plain.heat(plain.heat_hidden(fine[0]))
    assert fine[0].any()
    torch.testing.assert_close(fine[0], own, rtol=0, atol=0)
    torch.testing.assert_close(fine[1], fine[0], rtol=0, atol=0)
    torch.testing.assert_close(fine[2], fine[0], rtol=0, atol=0)
    torch.testing.assert_close(heat, again)


def test_maps_move_with_the_picture(plain):
    """Without biases an empty picture gives empty maps: the spot alone is seen, in its place."""
    torch.manual_seed(0)
    spot = torch.rand(1, 3, 16, 16) - 0.5
    pictures = torch.zeros(2, 3, 32, 736)
    pictures[0, :, 8:24, 344:360] = spot
    pictures[1, :, 8:24, 376:392] = spot
    with torch.no_grad():
        *features, fine, heat = plain(pictures)
    for maps, stride in zip((*features, fine, heat), (8, 16, 32, 4, 4), strict=True):
        step = 32 // stride
        here, there = maps.roll(step, dims=-1)[0], maps[1]
        assert there.abs().max() > 1e-3
        assert not maps[0, ..., :step].any()
        torch.testing.assert_close(there, here, rtol=1e-4, atol=1e-4 * here.abs().max().item())


def test_only_stem_and_blocks_up_to_stride_4_are_frozen():
    backbone = MoveNetBackbone(("nose",))
    backbone.freeze_early()
    widths = {}  # of the map that each block gives, for a picture 64 wide
    for name, module in backbone.named_modules():
        if name == "stem" or (name.startswith("blocks.") and name.count(".") == 1):
            module.register_forward_hook(
                lambda _, inputs, maps, name=name: widths.update({name: maps.shape[-1]})
            )
    *features, _fine, heat = backbone(torch.rand(1, 3, 64, 64))
    early = {name for name, width in widths.items() if width >= 64 // 4}
    assert early == {"stem", "blocks.0", "blocks.1", "blocks.2"}
    assert len(widths) == 18
    for name, parameter in backbone.named_parameters():
        is_early = any(name.startswith(f"{module}.") for module in early)
        assert parameter.requires_grad != is_early, name
    assert heat.requires_grad
    assert all(f.requires_grad for f in features)


def test_heat_is_told_with_the_finest_level():
    torch.manual_seed(0)
    network = DasNetwork(LITE).eval()
    seen = []
    network.backbone.stem.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    picture = torch.zeros(1, 3, 64, 128, dtype=torch.uint8)
    picture[..., 64:] = 255
    with torch.no_grad():
        levels = network(picture)
    assert levels[0].joint_heat.shape == (1, 22, 16, 32)
    sizes = [(1, 24, 16, 32), (1, 128, 8, 16), (1, 128, 4, 8), (1, 128, 2, 4)]
    assert [tuple(maps.shape) for maps in levels[0].seen] == sizes
    assert all(maps.joint_heat is None and maps.seen == () for maps in levels[1:])
    assert (seen[0].min(), seen[0].max()) == (-1, 1)


@pytest.mark.parametrize(("backbone", "stride"), [("movenet", 0), ("movenet", 8), ("lite0", 4)])
def test_stride_of_the_heat_is_the_backbones(backbone, stride):
    with pytest.raises(ValueError, match=f"heat_stride must be 4.*got {stride} with {backbone}"):
        NetworkConfig(backbone=backbone, encoding=Encoding(heat_stride=stride))
