"""Optimisers: who decays, who moves faster, and the schedules."""

import dataclasses
import itertools

import pytest
import torch
from torch import nn

from das_model.training.config import AUTHORS_SGD, OptimiserConfig
from das_model.training.optimiser import (
    build_optimiser,
    load_named_state,
    named_state,
    rate_factor,
    set_learning_rate,
)


def small_network():
    network = nn.Sequential(nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(2, 1))
    for parameter in network.parameters():
        nn.init.ones_(parameter)
        parameter.grad = torch.zeros_like(parameter)
    return network


def test_cosine_warms_up_and_ends_at_zero():
    config = OptimiserConfig(warmup_steps=2)
    factors = [rate_factor(config, step, 20) for step in range(21)]
    assert factors[0] == pytest.approx(0.5)
    assert factors[-1] == pytest.approx(0, abs=1e-9)
    assert factors[0] < factors[1]
    assert all(a >= b for a, b in itertools.pairwise(factors[1:]))


def test_the_authors_schedule():
    """Warm-up of 250 steps from a third; a tenth after 16 and again after 20 of 22 epochs."""
    factors = [rate_factor(AUTHORS_SGD, step, 22_000) for step in range(22_000)]
    assert factors[0] == pytest.approx(1 / 3, abs=0.01)
    assert factors[125] == pytest.approx(2 / 3, abs=0.01)
    assert factors[249] == factors[15_999] == 1.0
    assert factors[16_000] == factors[19_999] == pytest.approx(0.1)
    assert factors[20_000] == factors[-1] == pytest.approx(0.01)


def test_authors_biases_move_twice_as_fast_and_do_not_decay():
    network = small_network()
    network[0].weight.grad += 1.0
    network[0].bias.grad += 1.0
    optimiser = build_optimiser(
        dataclasses.replace(AUTHORS_SGD, momentum=0, weight_decay=0.1), network
    )
    set_learning_rate(optimiser.param_groups, 0.01)
    optimiser.step()
    torch.testing.assert_close(network[0].weight, torch.full((2, 1, 1, 1), 1 - 0.01 * 1.1))
    torch.testing.assert_close(network[0].bias, torch.full((2,), 1 - 0.02))
    torch.testing.assert_close(network[3].bias, torch.ones(1))  # no gradient, no decay
    torch.testing.assert_close(network[1].bias, torch.full((2,), 1 - 0.01 * 0.1))  # norm decays


def test_adamw_decays_kernels_and_matrices_alone():
    network = small_network()
    optimiser = build_optimiser(OptimiserConfig(weight_decay=0.1), network)
    set_learning_rate(optimiser.param_groups, 0.01)
    optimiser.step()
    for name, parameter in network.named_parameters():
        wanted = 1 - 0.01 * 0.1 if parameter.ndim > 1 else 1.0
        torch.testing.assert_close(parameter, torch.full_like(parameter, wanted), msg=name)


def with_backbone():
    """Ones everywhere, with a gradient of -1, 1 and 5 in turn."""
    network = nn.ModuleDict(
        {
            "network": nn.ModuleDict({"backbone": nn.Linear(3, 1), "heads": nn.Linear(3, 1)}),
            "backbone_norm": nn.Linear(3, 1),
        }
    )
    for parameter in network.parameters():
        nn.init.ones_(parameter)
        parameter.grad = torch.tensor([-1.0, 1.0, 5.0])[: parameter.numel()].view_as(parameter)
    return network


def test_a_backbone_moves_at_its_own_rate_and_does_not_decay():
    """The first step of AdamW is the rate towards the gradient's other side, however long it is,
    and the decay is a share of the rate; a backbone's public weights do not decay."""
    network = with_backbone()
    config = OptimiserConfig(weight_decay=0.5, backbone_rate=0.1)
    optimiser = build_optimiser(config, network)
    set_learning_rate(optimiser.param_groups, 0.02)
    optimiser.step()
    for name, parameter in network.named_parameters():
        is_backbone = name.startswith("network.backbone.")  # whole names count
        rate = 0.002 if is_backbone else 0.02
        decayed = 1 - 0.5 * rate if parameter.ndim > 1 and not is_backbone else 1.0
        wanted = torch.tensor([decayed + rate, decayed - rate, decayed - rate])
        wanted = wanted[: parameter.numel()].view_as(parameter)
        torch.testing.assert_close(parameter.detach(), wanted, rtol=0, atol=1e-6, msg=name)


def test_every_parameter_has_one_group_with_and_without_a_backbone():
    for network in (with_backbone(), small_network()):
        groups = build_optimiser(OptimiserConfig(backbone_rate=0.1), network).param_groups
        chosen = [p for group in groups for p in group["params"]]
        assert len(chosen) == len(list(network.parameters()))
        assert set(chosen) == {*network.parameters()}


def test_frozen_parameters_are_left_out():
    network = small_network()
    network[0].weight.requires_grad_(False)
    groups = build_optimiser(OptimiserConfig(), network).param_groups
    assert network[0].weight not in {p for group in groups for p in group["params"]}


def stepped(config, *frozen):
    """A network and its optimiser after a step with gradients of their own."""
    network = small_network()
    for name in frozen:
        network.get_parameter(name).requires_grad_(False)
    for i, parameter in enumerate(network.parameters()):
        parameter.grad = torch.full_like(parameter, i + 1.0)
    optimiser = build_optimiser(config, network)
    optimiser.step()
    return network, optimiser


@pytest.mark.parametrize("config", [OptimiserConfig(), AUTHORS_SGD])
def test_what_an_optimiser_remembers_goes_by_the_parameters_names(config):
    network, optimiser = stepped(config)
    state = named_state(optimiser, network)
    key = "exp_avg" if config.kind == "adamw" else "momentum_buffer"
    assert {n for n in state if n.endswith(key)} == {
        f"{n}.{key}" for n, _ in network.named_parameters()
    }
    fresh = small_network()
    other = build_optimiser(config, fresh)
    load_named_state(other, fresh, state)
    again = named_state(other, fresh)
    assert again.keys() == state.keys()
    assert all(torch.equal(again[n], state[n]) for n in state)


def test_files_that_number_the_parameters_are_read_in_the_optimisers_order():
    network, optimiser = stepped(OptimiserConfig())
    numbered = {
        f"{i}.{key}": value
        for i, entries in optimiser.state_dict()["state"].items()
        for key, value in entries.items()
    }
    fresh = small_network()
    other = build_optimiser(OptimiserConfig(), fresh)
    load_named_state(other, fresh, numbered)
    expected = named_state(optimiser, network)
    again = named_state(other, fresh)
    assert again.keys() == expected.keys()
    assert all(torch.equal(again[n], expected[n]) for n in expected)


def test_a_state_of_other_frozen_layers_is_refused_by_name():
    network, optimiser = stepped(OptimiserConfig())
    fresh = small_network()
    fresh[0].weight.requires_grad_(False)
    other = build_optimiser(OptimiserConfig(), fresh)
    with pytest.raises(ValueError, match=r"0.weight .* is not trained in this run: other layers"):
        load_named_state(other, fresh, named_state(optimiser, network))
    numbered = {"0.exp_avg": torch.zeros(7, 7)}
    with pytest.raises(ValueError, match=r"state of 0 is \(7, 7\), but the parameter is"):
        load_named_state(other, fresh, numbered)


def test_errors_name_the_choice():
    with pytest.raises(ValueError, match="kind must be adamw or sgd, got 'adam'"):
        OptimiserConfig(kind="adam")
    with pytest.raises(ValueError, match="schedule must be cosine or steps, got 'poly'"):
        OptimiserConfig(schedule="poly")
