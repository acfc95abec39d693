"""The coupling flow is a bijection with the density it claims."""

import math

import pytest
import torch

from das_model.network.flow import CouplingFlow


def bent_flow(num_dims, seed=0):
    """A float64 flow far from the identity, as training might leave it."""
    torch.manual_seed(seed)
    flow = CouplingFlow(num_dims).double()
    for net in (*flow.scale_nets, *flow.shift_nets):
        for parameter in net.parameters():
            torch.nn.init.normal_(parameter, std=0.12)
    return flow


def grid(num_dims, half_side, num_steps):
    """Cell centres (N, D) of a cube around 0, and the volume of a cell."""
    step = 2 * half_side / num_steps
    axis = torch.arange(num_steps, dtype=torch.float64) * step + step / 2 - half_side
    points = torch.stack(torch.meshgrid(*[axis] * num_dims, indexing="ij"), dim=-1)
    return points.reshape(-1, num_dims), step**num_dims


@pytest.mark.parametrize("num_dims", [2, 3])
def test_inverse_undoes_forward(num_dims):
    flow = bent_flow(num_dims)
    x = 3 * torch.randn(200, num_dims, dtype=torch.float64)
    z, log_det = flow(x)
    back, log_det_back = flow.inverse(z)
    assert (z - x).abs().max() > 0.5  # the flow does something
    torch.testing.assert_close(back, x, rtol=0, atol=1e-10)
    torch.testing.assert_close(log_det_back, -log_det, rtol=0, atol=1e-10)


@pytest.mark.parametrize("num_dims", [2, 3])
def test_log_det_is_that_of_the_jacobian(num_dims):
    flow = bent_flow(num_dims)
    x = torch.randn(8, num_dims, dtype=torch.float64)
    _, log_det = flow(x)
    assert log_det.abs().max() > 0.1
    for i in range(len(x)):
        jacobian = torch.autograd.functional.jacobian(lambda row: flow(row[None])[0][0], x[i])
        torch.testing.assert_close(log_det[i], torch.linalg.slogdet(jacobian)[1])


@pytest.mark.parametrize("num_dims", [2, 3])
def test_untrained_flow_is_nearly_a_standard_normal(num_dims):
    torch.manual_seed(0)
    flow = CouplingFlow(num_dims)
    x = torch.randn(50, num_dims)
    normal = torch.distributions.Normal(0.0, 1.0).log_prob(x).sum(dim=1)
    torch.testing.assert_close(flow.log_prob(x), normal, rtol=0, atol=1e-2)


@pytest.mark.parametrize(("num_dims", "num_steps"), [(2, 150), (3, 48)])
@pytest.mark.parametrize("make", [lambda d: CouplingFlow(d).double(), bent_flow])
def test_density_integrates_to_one(num_dims, num_steps, make):
    flow = make(num_dims)
    points, volume = grid(num_dims, 10.0, num_steps)
    with torch.no_grad():
        total = (flow.log_prob(points).exp().sum() * volume).item()
    assert total == pytest.approx(1.0, abs=2e-3)


def test_samples_follow_the_density():
    flow = bent_flow(2, seed=3)
    points, volume = grid(2, 12.0, 200)
    num_samples = 20_000
    with torch.no_grad():
        density = flow.log_prob(points).exp() * volume
        samples = flow.sample(num_samples)
    assert samples.shape == (num_samples, 2)
    median = samples.median(dim=0).values
    for quadrant in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        side = torch.tensor(quadrant, dtype=torch.float64)
        inside = ((points - median) * side > 0).all(dim=1)
        share = ((samples - median) * side > 0).all(dim=1).double().mean().item()
        expected = density[inside].sum().item()
        assert share == pytest.approx(expected, abs=5 * math.sqrt(0.25 / num_samples))


@pytest.mark.parametrize("num_dims", [2, 3])
def test_gradient_reaches_every_parameter_and_the_input(num_dims):
    torch.manual_seed(0)
    flow = CouplingFlow(num_dims)
    x = torch.randn(64, num_dims, requires_grad=True)
    (-flow.log_prob(x).mean()).backward()
    for name, parameter in flow.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name
    assert (x.grad.abs().sum(dim=1) > 0).all()


def test_stays_in_float32_under_autocast():
    torch.manual_seed(0)
    flow = CouplingFlow(3)
    x = torch.randn(16, 3)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        mixed = flow.log_prob(x)
        from_half = flow.log_prob(x.bfloat16())
    assert mixed.dtype == from_half.dtype == torch.float32
    torch.testing.assert_close(mixed, flow.log_prob(x), rtol=0, atol=0)


def test_empty_batch_gives_empty_density():
    assert CouplingFlow(3).log_prob(torch.zeros(0, 3)).shape == (0,)


def test_wrong_shapes_are_named():
    with pytest.raises(ValueError, match=r"must be 2 or 3, got 4"):
        CouplingFlow(4)
    with pytest.raises(ValueError, match=r"\(N, 2\) values, got \(5, 3\)"):
        CouplingFlow(2).log_prob(torch.zeros(5, 3))
