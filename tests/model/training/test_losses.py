"""Losses: hand-computed values, masks, and where the gradient goes."""

import dataclasses
import math

import pytest
import torch

from das_model.network.network import HeadMaps
from das_model.training.losses import BatchTargets, DasLoss, LossConfig, log_prior

J = 3


def level(positives=((1, 2),), has_depth=True, h=4, w=6):
    """Targets of one picture and level, and maps that answer 0 everywhere."""
    positive = torch.zeros(1, h, w, dtype=torch.bool)
    for y, x in positives:
        positive[0, y, x] = True
    joint_valid = positive[:, None, None].expand(1, J, 3, h, w).clone()
    joint_valid[:, :, 2] &= has_depth
    targets = BatchTargets(
        positive,
        torch.zeros_like(positive),
        positive.float() * 0.8,
        torch.ones(1, 3, h, w),
        joint_valid[:, 0],
        torch.ones(1, J, 3, h, w),
        joint_valid,
        torch.zeros(1, J, h, w),
        torch.ones(1, J, h, w, dtype=torch.bool),
    )
    maps = {
        "score": torch.zeros(1, 1, h, w),
        "centerness": torch.zeros(1, 1, h, w),
        "root": torch.zeros(1, 3, h, w),
        "offset": torch.zeros(1, J, 3, h, w),
        "sigma": torch.full((1, J, 3, h, w), 0.5),
    }
    return targets, {k: v.requires_grad_() for k, v in maps.items()}


def heads(maps):
    return [
        HeadMaps(
            maps["score"], maps["centerness"], maps["root"], (maps["offset"],), (maps["sigma"],)
        )
    ]


def test_l1_and_root_are_hand_computed():
    targets, maps = level()
    losses = DasLoss(LossConfig(pose_loss="l1", pose_weight=1.0))(heads(maps), [targets])
    assert losses["pose_0"].item() == pytest.approx(3.0)  # |0 - 1| in x, y and depth, a joint
    assert losses["root"].item() == pytest.approx(1 - 0.5 / 9)  # smooth L1, beta 1/9
    entropy = -(0.8 * math.log(0.5) + 0.2 * math.log(0.5))
    assert losses["centerness"].item() == pytest.approx(entropy, rel=1e-5)


def test_focal_loss_is_hand_computed():
    targets, maps = level(h=1, w=3, positives=((0, 0),))
    score = DasLoss(LossConfig())(heads(maps), [targets])["score"].item()
    one = 0.25 * 0.5**2 * math.log(2)
    others = 2 * 0.75 * 0.5**2 * math.log(2)
    assert score == pytest.approx((one + others) / (1 + 1), rel=1e-5)


def test_ignored_locations_give_no_score_loss():
    targets, maps = level()
    targets.ignore[0, 3, 3] = True
    DasLoss(LossConfig())(heads(maps), [targets])["score"].backward()
    gradient = maps["score"].grad[0, 0]
    assert gradient[3, 3] == 0
    assert (gradient[0] > 0).all()
    assert gradient[1, 2] < 0


def test_mle_and_rle_are_the_equations():
    """With a flow whose density is known, eq. 8 and eq. 10 can be written out by hand."""
    targets, maps = level()
    z, log_sigma = (1 - 0) / 0.5, math.log(0.5)
    normal = 3 * (-0.5 * z**2 - 0.5 * math.log(2 * math.pi))
    laplace = 3 * (-abs(z) - math.log(2))
    for kind, expected in (
        ("mle", -normal + 3 * log_sigma),
        ("rle", -normal - laplace + 3 * log_sigma),
    ):
        loss = DasLoss(LossConfig(pose_loss=kind, pose_weight=1.0))
        for parameter in loss.flows.parameters():
            torch.nn.init.zeros_(parameter)  # the flow becomes the identity
        value = loss(heads(maps), [targets])["pose_0"].item()
        assert value == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("kind", ["mle", "rle"])
def test_gradient_reaches_mean_sigma_and_flow(kind):
    targets, maps = level()
    loss = DasLoss(LossConfig(pose_loss=kind))
    loss(heads(maps), [targets])["pose_0"].backward()
    at = (0, slice(None), slice(None), 1, 2)
    assert (maps["offset"].grad[at] != 0).all()
    assert (maps["sigma"].grad[at] != 0).all()
    without = [n for n, p in loss.flows["initial_3d"].named_parameters() if not p.grad.any()]
    assert not without
    elsewhere = maps["offset"].grad.clone()
    elsewhere[at] = 0
    assert not elsewhere.any()


def test_2d_samples_teach_no_depth_and_use_the_2d_flow():
    targets, maps = level(has_depth=False)
    loss = DasLoss(LossConfig())
    losses = loss(heads(maps), [targets])
    (losses["pose_0"] + losses["root"]).backward()
    assert (maps["offset"].grad[:, :, 2] == 0).all()
    assert maps["offset"].grad[:, :, :2].any()
    assert (maps["sigma"].grad[:, :, 2] == 0).all()
    assert (maps["root"].grad[:, 2] == 0).all()
    assert maps["root"].grad[:, :2].any()
    assert any(p.grad.any() for p in loss.flows["initial_2d"].parameters())
    assert not any(p.grad.any() for p in loss.flows["initial_3d"].parameters())


@pytest.mark.parametrize("kind", ["l1", "mle", "rle"])
def test_nobody_gives_finite_losses(kind):
    targets, maps = level(positives=())
    losses = DasLoss(LossConfig(pose_loss=kind))(heads(maps), [targets])
    assert all(torch.isfinite(v) for v in losses.values())
    sum(losses.values()).backward()
    assert (maps["score"].grad > 0).all()


def test_priors_are_densities():
    x = torch.linspace(-30, 30, 60001)[:, None]
    for prior in ("laplace", "gaussian"):
        assert (log_prior(x, prior).exp().sum() * 0.001).item() == pytest.approx(1, abs=1e-3)


def two_updates(maps):
    """Three predictions: answers 0, 5 and 0.5 where 1 is wanted, at a sigma of 0.5."""
    offsets = tuple(torch.full_like(maps["offset"], value) for value in (0.0, 5.0, 0.5))
    return [
        dataclasses.replace(
            heads(maps)[0], joint_offsets=offsets, joint_sigmas=(maps["sigma"],) * 3
        )
    ]


def test_the_mean_of_the_first_and_the_last_prediction_weighs_as_much_as_one():
    targets, maps = level()
    every = DasLoss(LossConfig(pose_loss="l1"))(two_updates(maps), [targets])
    assert [every[f"pose_{n}"].item() for n in range(3)] == pytest.approx([6, 24, 3])
    config = LossConfig(pose_loss="l1", stages="ends")
    ends = DasLoss(config)(two_updates(maps), [targets])
    assert "pose_1" not in ends
    assert [ends["pose_0"].item(), ends["pose_2"].item()] == pytest.approx([3, 1.5])
    single = DasLoss(config)(heads(maps), [targets])
    assert single["pose_0"].item() == pytest.approx(6)


@pytest.mark.parametrize(("has_depth", "dims"), [(True, 3), (False, 2)])
def test_the_authors_code_weighs_the_terms_of_equation_10_otherwise(has_depth, dims):
    """-3 log G + 2 log sigma - log Q per joint, Q a Laplace density in sqrt(2) sigma."""
    targets, maps = level(has_depth=has_depth)
    loss = DasLoss(LossConfig(terms="code", pose_weight=1.0))
    value = loss(heads(maps), [targets])["pose_0"].item()
    residual = torch.full((1, dims), 1 / 0.5)
    log_g = loss.flows[f"initial_{dims}d"].log_prob(residual).item()
    minus_log_q = dims * (2 / math.sqrt(2) + math.log(2))
    assert value == pytest.approx(-3 * log_g + 2 * dims * math.log(0.5) + minus_log_q, rel=1e-4)


def test_the_root_is_asked_for_its_depth_alone_where_the_recipe_says_so():
    targets, maps = level()
    loss = DasLoss(LossConfig(root_axes="depth"))
    root = loss(heads(maps), [targets])["root"]
    assert root.item() == pytest.approx(1 - 0.5 / 9)
    assert loss.normalisers([targets])["root"].item() == 1
    root.backward()
    assert maps["root"].grad[:, 2].any()
    assert not maps["root"].grad[:, :2].any()


def test_errors_name_the_choice():
    for field, told in (
        ("terms", "paper or code"),
        ("stages", "all or ends"),
        ("root_axes", "all or depth"),
    ):
        with pytest.raises(ValueError, match=f"{field} must be {told}, got 'x'"):
            LossConfig(**{field: "x"})
    with pytest.raises(ValueError, match="pose_loss must be l1, mle or rle, got 'l2'"):
        LossConfig(pose_loss="l2")
    with pytest.raises(ValueError, match="prior must be laplace or gaussian"):
        LossConfig(prior="uniform")


def test_heat_loss_is_hand_computed_where_it_is_asked_for():
    targets, maps = level(h=1, w=3, positives=((0, 0),))
    heat = torch.zeros(1, J, 1, 3)
    heat[0, 0, 0] = torch.tensor([1.0, 0.6, 0.3])
    asked = torch.ones(1, J, 1, 3, dtype=torch.bool)
    asked[0, 0, 0, 2] = asked[0, 2] = False
    targets = dataclasses.replace(targets, heat=heat, heat_mask=asked)
    logits = torch.zeros(1, J, 1, 3, requires_grad=True)
    with_heat = [dataclasses.replace(heads(maps)[0], joint_heat=logits)]
    loss = DasLoss(LossConfig(heat_weight=2.0))(with_heat, [targets])["heat"]
    # five cells at a cross entropy of log 2 each, by a mass of 1 + 0.6
    assert loss.item() == pytest.approx(2.0 * 5 * math.log(2) / 1.6, rel=1e-5)
    loss.backward()
    assert (logits.grad != 0).sum() == (asked & (heat != 0.5)).sum()
    assert "heat" not in DasLoss(LossConfig())(heads(maps), [targets])


def test_heat_losses_of_parts_add_up_to_that_of_the_whole():
    torch.manual_seed(0)
    targets, maps = level(h=2, w=3, positives=((0, 0),))
    heat = torch.rand(3, J, 4, 6) * torch.tensor([1.0, 0.1, 4e-3]).view(3, 1, 1, 1)
    asked = torch.rand(3, J, 4, 6) > 0.3
    logits = torch.randn(3, J, 4, 6)
    loss = DasLoss(LossConfig())

    def heat_of(pictures):
        part = dataclasses.replace(targets, heat=heat[pictures], heat_mask=asked[pictures])
        head = dataclasses.replace(heads(maps)[0], joint_heat=logits[pictures])
        return loss([head], [part])["heat"], loss.normalisers([part])["heat"].clamp(min=1)

    whole, divisor = heat_of(slice(0, 3))
    parts = [heat_of(slice(i, i + 1)) for i in range(3)]
    torch.testing.assert_close(sum(value * own for value, own in parts) / divisor, whole)
