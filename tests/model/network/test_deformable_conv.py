"""Deformable convolution: against plain ones, by hand, and against torchvision where it is."""

import dataclasses

import pytest
import torch
from torch.nn import functional

from das_model.inference.network_config import LITE, NetworkConfig
from das_model.network.deformable_conv import DeformableConv
from das_model.network.network import DasHeads

ALL = 20.0  # logit of a tap that counts whole


@pytest.fixture
def conv():
    torch.manual_seed(0)
    return DeformableConv(4, bias=True)


def moved(conv, y, x, logit=ALL):
    """The convolution with every tap moved by the same step."""
    bias = conv.conv_offset.bias.data
    bias[0:18:2], bias[1:18:2], bias[18:] = y, x, logit
    return conv


def plain(conv, x):
    return functional.conv2d(x, conv.weight, conv.bias, padding=1)


def test_it_begins_as_a_plain_convolution_of_half_the_weight(conv):
    x = torch.randn(2, 4, 5, 7)
    torch.testing.assert_close(
        conv(x), functional.conv2d(x, conv.weight / 2, conv.bias, padding=1)
    )


def test_taps_moved_by_whole_steps_read_the_shifted_map(conv):
    x = torch.randn(1, 4, 6, 8)
    down_and_left = functional.pad(x, (2, 0, 0, 1))[..., 1:, :8]  # what lies at (y + 1, x - 2)
    torch.testing.assert_close(
        moved(conv, 1.0, -2.0)(x)[..., 1:-1, 1:-1], plain(conv, down_and_left)[..., 1:-1, 1:-1]
    )


def test_a_tap_between_two_places_reads_their_mean(conv):
    x = torch.zeros(1, 4, 1, 4)
    x[0, 0, 0] = torch.tensor([0.0, 10.0, 30.0, 0.0])
    conv.weight.data.zero_()
    conv.weight.data[0, 0, 1, 1] = 1.0  # reads where it stands
    conv.bias.data.zero_()
    read = moved(conv, 0.0, 0.5)(x)[0, 0, 0]
    torch.testing.assert_close(read, torch.tensor([5.0, 20.0, 15.0, 0.0]))


def test_a_tap_that_does_not_count_reads_nothing(conv):
    x = torch.randn(1, 4, 5, 5)
    nothing = conv.bias.view(1, 4, 1, 1).expand(1, 4, 5, 5)
    torch.testing.assert_close(moved(conv, 0.3, 0.2, -ALL)(x), nothing, atol=1e-6, rtol=0)


def test_gradients_are_those_of_the_differences(conv):
    conv = moved(conv.double(), 0.31, -0.27, 0.4)  # between places, where it is smooth
    x = torch.randn(1, 4, 3, 4, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(conv, (x,))
    conv(x).square().sum().backward()
    assert conv.conv_offset.weight.grad.abs().min() > 0


def test_it_equals_torchvision(conv):
    ops = pytest.importorskip("torchvision.ops", exc_type=ImportError)
    torch.nn.init.normal_(conv.conv_offset.weight, std=0.3)
    x = torch.randn(2, 4, 6, 9)
    moves, modulation = conv.conv_offset(x).split([18, 9], dim=1)
    wanted = ops.deform_conv2d(
        x, moves, conv.weight, conv.bias, padding=1, mask=modulation.sigmoid()
    )
    torch.testing.assert_close(conv(x), wanted)


def test_the_last_convolution_of_every_branch_moves_its_taps():
    config = dataclasses.replace(LITE, channels=32, tower_end="deformable")
    heads = DasHeads(config)
    for tower in (heads.score_tower, heads.root_tower, heads.pose_tower):
        assert [type(layer) for layer in tower].count(DeformableConv) == 1
        assert isinstance(tower[-3], DeformableConv)  # a norm and a ReLU follow
    maps = heads(torch.randn(1, 32, 6, 8), 0)
    (maps.score.sum() + maps.root.sum() + maps.joint_offsets[0].sum()).backward()
    for tower in (heads.score_tower, heads.root_tower, heads.pose_tower):
        assert tower[-3].conv_offset.weight.grad.abs().sum() > 0


def test_another_end_of_a_branch_is_refused():
    with pytest.raises(ValueError, match="tower_end must be plain or deformable, got 'soft'"):
        NetworkConfig(tower_end="soft")
