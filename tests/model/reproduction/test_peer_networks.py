"""The networks of Table 4's other rows have the published sizes."""

import pytest
import torch
from torch import nn

from das_model.reproduction import peer_networks
from das_model.reproduction.peer_networks import CropNetwork, Detector, Smap, median_ms


def size_of(network, *inputs):
    """Parameters in millions and multiply-accumulates in thousand millions, on no device."""
    macs = []

    def count(module, _inputs, output):
        weight = module.weight
        if isinstance(module, nn.ConvTranspose2d):
            macs.append(_inputs[0].numel() * weight[0].numel())
        elif isinstance(module, nn.Linear):
            macs.append(output.numel() * weight.shape[1])
        else:
            macs.append(output.numel() * weight[0].numel())

    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            module.register_forward_hook(count)
    with torch.no_grad():
        network(*inputs)
    return sum(p.numel() for p in network.parameters()) / 1e6, sum(macs) / 1e9


def on_meta(make):
    with torch.device("meta"):
        return make().eval()


def test_smap_has_the_size_of_its_public_definition():
    """91.3 million parameters, 175.2 GMACs at 832x512."""
    parameters, macs = size_of(on_meta(Smap), torch.zeros(1, 3, 512, 832, device="meta"))
    assert parameters == pytest.approx(91.3, rel=0.01)
    assert macs == pytest.approx(175.2, rel=0.01)


def test_3dmppe_with_three_people_has_its_size():
    """110 million parameters and 278 GMACs, counted on published definitions."""
    crops = torch.zeros(3, 3, 256, 256, device="meta")
    parts = [
        size_of(on_meta(lambda: CropNetwork(1, True)), crops),
        size_of(on_meta(lambda: CropNetwork(18 * 64, False)), crops),
        size_of(on_meta(Detector), torch.zeros(1, 3, 800, 1440, device="meta")),
    ]
    parameters, macs = (sum(values) for values in zip(*parts, strict=True))
    assert parameters == pytest.approx(110, rel=0.03)
    assert macs == pytest.approx(278, rel=0.05)


def test_calls_are_timed_in_turns(monkeypatch):
    order = []

    def call(name):
        order.append(name)
        return torch.zeros(1)

    times = median_ms({"a": lambda: call("a"), "b": lambda: call("b")}, 3)
    assert order == ["a", "b"] * 3
    assert all(value >= 0 for value in times.values())
    assert list(peer_networks.peer_calls(torch.device("meta"), (2,))) == [
        "SMAP, 3 stages, 832 x 512",
        "3DMPPE, 2 people",
    ]
