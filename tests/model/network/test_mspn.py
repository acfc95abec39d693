"""MSPN has the public layout, so that public COCO weights mean in it what they meant before."""

import pytest
import torch

from das_model.network.backbones.mspn import Mspn
from das_model.network.network import FeaturePyramid

# Of the public models: 25.11, 56.80 and 88.49 million with four heat map heads a stage and the
# last stage's finest decoder unit, neither of which is built here.
HEADS = 4 * (256 * 256 + 2 * 256 + 9 * 256 * 17 + 2 * 17)
FINEST_UNIT = 2 * (256 * 256 + 2 * 256)


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return Mspn(2).eval()


def public_state(network):
    """A whole public file in a few kilobytes: every tensor repeats one number."""
    state = {}
    for i, (name, own) in enumerate(network.state_dict().items()):
        parts = name.split(".")
        if "downsample" in parts[4:]:  # the shortcut of a bottleneck
            parts[-2] = {"0": "conv", "1": "bn"}[parts[-2]]
        state["backbone." + ".".join(parts)] = torch.tensor(i).to(own.dtype).expand(own.shape)
    extra = torch.zeros(1)
    return state | {
        "backbone.multi_stage_mspn.1.upsample.up4.in_skip.conv.weight": extra,
        "keypoint_head.predict_layers.0.conv_layers.0.conv.weight": extra,
    }


def test_sizes_are_the_published_ones(network):
    two = sum(p.numel() for p in network.parameters()) + 2 * HEADS + FINEST_UNIT
    stage = sum(p.numel() for p in network.multi_stage_mspn[0].parameters()) + HEADS
    assert two / 1e6 == pytest.approx(56.80, abs=0.006)
    assert (two - stage) / 1e6 == pytest.approx(25.11, abs=0.006)
    assert (two + stage) / 1e6 == pytest.approx(88.49, abs=0.006)


def test_names_are_the_public_ones(network):
    shapes = {name: tuple(t.shape) for name, t in network.state_dict().items()}
    assert shapes["top.top.0.conv.weight"] == (64, 3, 7, 7)
    assert shapes["multi_stage_mspn.0.downsample.layer3.5.conv2.weight"] == (256, 256, 3, 3)
    assert shapes["multi_stage_mspn.0.upsample.up4.cross_conv.conv.weight"] == (64, 256, 1, 1)
    assert shapes["multi_stage_mspn.0.upsample.up2.out_skip1.conv.weight"] == (1024, 1024, 1, 1)
    assert shapes["multi_stage_mspn.1.upsample.up1.in_skip.bn.running_var"] == (256,)
    assert not any(".1.upsample.up4." in n or "up1.up_conv" in n for n in shapes)


def test_maps_have_the_promised_strides_and_feed_a_pyramid_to_stride_64(network):
    with torch.no_grad():
        maps = network(torch.randn(1, 3, 64, 128))
        levels = FeaturePyramid(network.channels, 32, 4)(maps)
    assert [tuple(m.shape) for m in maps] == [(1, 256, 8, 16), (1, 256, 4, 8), (1, 256, 2, 4)]
    assert [tuple(level.shape[2:]) for level in levels] == [(8, 16), (4, 8), (2, 4), (1, 2)]


def test_the_last_stage_hears_of_the_first_through_all_its_ways(network):
    network.zero_grad()
    sum(m.square().mean() for m in network(torch.randn(1, 3, 32, 32))).backward()
    without = [n for n, p in network.named_parameters() if p.grad is None or not p.grad.any()]
    network.zero_grad()
    assert not without


def test_public_file_loads_by_name(network, tmp_path):
    state = public_state(network)
    torch.save({"state_dict": state, "meta": {"epoch": 210}}, tmp_path / "2xmspn50.pth")
    assert (tmp_path / "2xmspn50.pth").stat().st_size < 1_000_000
    before = {name: t.clone() for name, t in network.state_dict().items()}
    network.load_public_weights(tmp_path / "2xmspn50.pth")
    for i, (name, tensor) in enumerate(network.state_dict().items()):
        assert (tensor == i).all(), name
    network.load_state_dict(before)


def test_wrong_files_are_told_by_name(network, tmp_path):
    state = public_state(network)
    del state["backbone.multi_stage_mspn.1.downsample.layer2.0.downsample.bn.weight"]
    state["backbone.stray"] = torch.zeros(1)
    state["backbone.top.top.0.bn.bias"] = torch.zeros(3)
    torch.save(state, tmp_path / "wrong.pth")
    with pytest.raises(ValueError, match="2-stage MSPN weights") as error:
        network.load_public_weights(tmp_path / "wrong.pth")
    missing = "missing ['multi_stage_mspn.1.downsample.layer2.0.downsample.1.weight']"
    assert missing in str(error.value)
    assert "unexpected ['stray']" in str(error.value)
    assert "of another shape ['top.top.0.bn.bias']" in str(error.value)
    with pytest.raises(FileNotFoundError, match="public weights was expected there"):
        network.load_public_weights(tmp_path / "gone.pth")


def test_frozen_part_is_the_stem_and_the_first_residual_stage(network):
    network.freeze_early()
    frozen = {n for n, p in network.named_parameters() if not p.requires_grad}
    network.requires_grad_(True)
    assert "top.top.0.conv.weight" in frozen
    assert len(frozen) == 1 + 10
    assert all(n.startswith(("top.", "multi_stage_mspn.0.downsample.layer1.")) for n in frozen)


def test_no_stage_is_refused():
    with pytest.raises(ValueError, match="num_stages must be at least 1, got 0"):
        Mspn(0)
