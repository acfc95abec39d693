"""ResNet-50 has the public layout, so that public weights mean in it what they meant before."""

import pytest
import torch
from safetensors.torch import save_file

from das_model.network.backbones.resnet import ResNet50

# Known of the public network: 25,557,032 parameters, 2,049,000 of them in the classifier.
NUM_PARAMETERS = 23_508_032


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return ResNet50().eval()


def public_state(network):
    """The file's content as the public one has it: with classifier, without gradients."""
    state = {
        name: torch.rand_like(t) if t.is_floating_point() else t.clone()
        for name, t in network.state_dict().items()
    }
    return state | {"fc.weight": torch.zeros(10, 2048), "fc.bias": torch.zeros(10)}


def test_parameters_and_names_are_the_public_ones(network):
    assert sum(p.numel() for p in network.parameters()) == NUM_PARAMETERS
    shapes = {name: tuple(t.shape) for name, t in network.state_dict().items()}
    assert len(shapes) == 318  # 53 convolutions, 53 batch norms of 5
    assert shapes["conv1.weight"] == (64, 3, 7, 7)
    assert shapes["layer1.0.downsample.0.weight"] == (256, 64, 1, 1)
    assert shapes["layer1.0.downsample.1.running_mean"] == (256,)
    assert shapes["layer2.3.conv2.weight"] == (128, 128, 3, 3)
    assert shapes["layer3.5.bn3.bias"] == (1024,)
    assert shapes["layer4.2.conv3.weight"] == (2048, 512, 1, 1)
    assert "layer1.1.downsample.0.weight" not in shapes


def test_maps_have_the_promised_strides_and_channels(network):
    with torch.no_grad():
        maps = network(torch.zeros(2, 3, 64, 96))
    assert [tuple(m.shape) for m in maps] == [
        (2, network.channels[0], 8, 12),
        (2, network.channels[1], 4, 6),
        (2, network.channels[2], 2, 3),
    ]


def test_downsampling_stands_on_the_3x3_convolution(network):
    for layer in (network.layer2, network.layer3, network.layer4):
        strides = [c.stride for c in (layer[0].conv1, layer[0].conv2, layer[0].downsample[0])]
        assert strides == [(1, 1), (2, 2), (2, 2)]
    assert network.layer1[0].conv2.stride == (1, 1)


def test_block_without_a_residual_is_its_shortcut():
    block = ResNet50().layer1[1].eval()
    torch.nn.init.zeros_(block.bn3.weight)
    x = torch.randn(1, 256, 4, 4)
    torch.testing.assert_close(block(x.clone()), x.relu())
    torch.nn.init.ones_(block.bn3.weight)
    assert (block(x.clone()) - x.relu()).abs().max() > 0.1


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_public_file_loads_by_name(network, tmp_path, suffix):
    file = tmp_path / f"weights{suffix}"
    state = public_state(network)
    save_file(state, file) if suffix == ".safetensors" else torch.save(state, file)
    loaded = ResNet50()
    loaded.load_public_weights(file)
    for name, tensor in loaded.state_dict().items():
        torch.testing.assert_close(tensor, state[name], msg=name)


def test_old_files_without_batch_counts_load(network, tmp_path):
    state = {n: t for n, t in public_state(network).items() if "num_batches" not in n}
    torch.save(state, tmp_path / "old.pth")
    loaded = ResNet50()
    loaded.load_public_weights(tmp_path / "old.pth")
    torch.testing.assert_close(loaded.conv1.weight.data, state["conv1.weight"])


def test_wrong_files_are_told_by_name(network, tmp_path):
    state = public_state(network)
    state["layer9.weight"] = torch.zeros(1)
    state["bn1.bias"] = torch.zeros(3)
    del state["layer3.5.conv1.weight"]
    torch.save(state, tmp_path / "wrong.pth")
    before = network.conv1.weight.clone()
    with pytest.raises(ValueError, match="missing") as error:
        network.load_public_weights(tmp_path / "wrong.pth")
    assert "missing ['layer3.5.conv1.weight']" in str(error.value)
    assert "unexpected ['layer9.weight']" in str(error.value)
    assert "of another shape ['bn1.bias']" in str(error.value)
    torch.testing.assert_close(network.conv1.weight.data, before.data)  # nothing half-loaded


def test_file_without_a_dict_is_refused(tmp_path, network):
    torch.save(torch.zeros(3), tmp_path / "tensor.pth")
    with pytest.raises(ValueError, match="dict of tensors, got Tensor"):
        network.load_public_weights(tmp_path / "tensor.pth")


def test_frozen_stage_keeps_its_convolutions_and_trains_its_batch_norms():
    torch.manual_seed(0)
    network = ResNet50().train()
    network.freeze_early()
    sum(m.square().mean() for m in network(torch.randn(2, 3, 32, 32))).backward()
    for name, parameter in network.named_parameters():
        is_stage1 = name.startswith(("conv1.", "bn1.", "layer1."))
        is_frozen = is_stage1 and parameter.ndim == 4
        assert (parameter.grad is None) == is_frozen, name
    assert network.bn1.running_mean.abs().sum() > 0
