"""The lifting: what it may move, what its loss asks for, and that training finds it."""

import dataclasses
from functools import partial

import numpy as np
import pytest
import torch
from people_scenes import STANDING

from das_model.camera import Camera
from das_model.inference.refine import LIFTING, LOOKED_LIFTING, NUM_CUES
from das_model.network.checkpoint import save_tensors
from das_model.network.lifting import PoseLifting, lifting_tensors, load_liftings
from das_model.skeleton import BODY_22, COCO_17, PANOPTIC_15
from das_model.training import lifting_training
from das_model.training.lifting_training import (
    LiftingPairs,
    lifting_loss,
    reading_more,
    spread_loss,
    train_lifting,
)

ROOTS_MM = np.array([[-400, 100, 2500], [900, -200, 5000], [0, 0, 3200]], float)
NUM_BODY = BODY_22.num_joints
NUM_FEATURES = 5


def found_people(roots_mm=ROOTS_MM, seed=0):
    """(P, 22, NUM_CUES) standing people at the roots, their other cues random."""
    people = np.asarray(roots_mm)[:, None] + STANDING
    cues = np.random.default_rng(seed).random((*people.shape[:2], NUM_CUES - 3))
    return torch.from_numpy(np.concatenate([people, cues], axis=-1).astype(np.float32))


def features_of(found, seed=1):
    """(P, J, 5) random features."""
    size = (*found.shape[:2], NUM_FEATURES)
    return torch.from_numpy(np.random.default_rng(seed).normal(size=size).astype(np.float32))


def random_lifting(num_joints=NUM_BODY, spread=0.1):
    """A lifting that has learned nonsense."""
    torch.manual_seed(0)
    network = PoseLifting(num_joints, NUM_FEATURES, 16).eval()
    torch.nn.init.normal_(network.head.weight, std=spread)
    return network


def biased(depth_logit=0.0, moved=(0.0, 0.0, 0.0), joint=0):
    """A lifting that says the same of everybody: a depth logit, and a move of one joint."""
    fixed = PoseLifting(NUM_BODY, NUM_FEATURES, width=8).eval()
    with torch.no_grad():
        fixed.head.bias[-1] = depth_logit
        fixed.head.bias[:-1].unflatten(0, (-1, 3))[joint] = torch.tensor(moved)
    return fixed


def lifted_by(network, found):
    """People as a lifting has them, with random features."""
    with torch.no_grad():
        return network(found, features_of(found))[..., :3]


def test_a_fresh_lifting_leaves_joints_where_they_are():
    found = found_people()
    lifted = lifted_by(PoseLifting(NUM_BODY, NUM_FEATURES).eval(), found)
    torch.testing.assert_close(lifted, found[..., :3], rtol=1e-5, atol=1e-2)


def test_nobody_is_lifted_to_nobody():
    nobody = torch.zeros(0, NUM_BODY, NUM_CUES)
    assert lifted_by(random_lifting(), nobody).shape == (0, NUM_BODY, 3)


@pytest.mark.parametrize("logit", [-1.0, 0.5])
def test_a_new_depth_of_the_person_leaves_the_picture_as_it_is(logit):
    found = found_people()
    lifted = lifted_by(biased(logit), found).double().numpy()
    joints = found[..., :3].double().numpy()
    np.testing.assert_allclose(lifted[:, 0, 2], ROOTS_MM[:, 2] * np.exp(0.3 * logit), rtol=1e-5)
    camera = Camera.from_intrinsics(700, 500, 300, 10, (640, 480))
    np.testing.assert_allclose(camera.project(lifted), camera.project(joints), atol=1e-2)
    depths, told = (j[..., 2] - j[:, :1, 2] for j in (lifted, joints))
    np.testing.assert_allclose(depths, told, atol=1e-2)  # the pose is as deep as before


def test_joints_moved_in_depth_stay_on_their_rays_and_alone():
    wrist = BODY_22.index("left_wrist")
    found = found_people()
    lifted = lifted_by(biased(moved=(0, 0, 0.3), joint=wrist), found)
    before = found[:, wrist, :3]
    torch.testing.assert_close(lifted[:, wrist, 2], before[..., 2] + 150)
    torch.testing.assert_close(
        lifted[:, wrist, :2] / lifted[:, wrist, 2:], before[..., :2] / before[..., 2:]
    )
    others = np.delete(np.arange(NUM_BODY), wrist)
    torch.testing.assert_close(lifted[:, others], found[:, others, :3], rtol=1e-5, atol=1e-2)


@pytest.mark.parametrize(("heat", "share"), [(0.0, 1), (0.2, 1), (0.3, 0.5), (0.4, 0), (0.9, 0)])
def test_a_joint_leaves_its_ray_as_far_as_the_heat_is_unsure(heat, share):
    wrist = BODY_22.index("left_wrist")
    found = found_people()
    found[:, wrist, 4] = heat
    lifted = lifted_by(biased(moved=(0.1, -0.02, 0), joint=wrist), found)
    step = lifted[:, wrist] - found[:, wrist, :3]
    wanted = share * torch.tensor([50.0, -10.0, 0.0]).expand(3, 3)
    torch.testing.assert_close(step, wanted, rtol=0, atol=1e-2)


def test_every_cue_every_feature_and_where_a_person_stands_can_count():
    """With random weights each number of the input moves the output."""
    found = found_people()[:1, :2]
    features = features_of(found).requires_grad_()
    random_lifting(2)(found.requires_grad_(), features).square().sum().backward()
    assert (found.grad != 0).all()
    assert (features.grad != 0).all()


def test_what_is_seen_at_one_joint_can_move_another():
    found = found_people()[:1]
    before, features = features_of(found), features_of(found)
    features[0, 3] += 1
    network = random_lifting(spread=0.01)
    with torch.no_grad():
        moved = network(found, features) - network(found, before)
    assert (moved[..., :3].abs().sum(dim=-1) > 1e-3).all()


def test_people_are_lifted_alike_alone_and_among_others():
    network, found = random_lifting(), found_people()
    features = features_of(found)
    with torch.no_grad():
        together = network(found, features)
        alone = [network(found[i : i + 1], features[i : i + 1])[0] for i in range(3)]
    torch.testing.assert_close(torch.stack(alone), together, rtol=1e-4, atol=0.05)


def test_features_count_by_their_mean_and_spread():
    network, found = random_lifting(), found_people()
    features = features_of(found)
    with torch.no_grad():
        wanted = network(found, features)
        network.feature_mean.fill_(7.0)
        network.feature_spread.fill_(3.0)
        torch.testing.assert_close(network(found, 3 * features + 7), wanted, rtol=1e-4, atol=0.05)


def test_in_training_some_joints_features_are_hidden(monkeypatch):
    found = found_people(np.tile(ROOTS_MM[:1], (50, 1)))
    network, hidden, rand = random_lifting().train(), [], torch.rand_like
    monkeypatch.setattr(torch, "rand_like", lambda like: hidden.append(rand(like)) or hidden[-1])
    with torch.no_grad():
        lifted = network(found, features_of(found))
        monkeypatch.setattr(torch, "rand_like", torch.ones_like)  # nothing is hidden
        told = features_of(found) * (hidden[0] >= 0.15)[..., None]
        torch.testing.assert_close(network(found, told), lifted)
        assert hidden[0].shape == (50, NUM_BODY)
        monkeypatch.setattr(
            torch, "rand_like", torch.zeros_like
        )  # everything would be, in training
        torch.testing.assert_close(network.eval()(found, told), lifted)
        assert (network.train()(found, told) - lifted).abs().max() > 1


def test_loss_by_hand():
    wanted = torch.tensor(
        [
            [[0.0, 0, 2000], [100, 0, 2000], [0, 500, 2100]],
            [[200.0, 0, 4000], [200, 300, 4000], [0, 0, 4000]],
        ]
    )
    found = torch.zeros(2, 3, NUM_CUES)
    found[..., :3] = wanted

    def loss_of(*valid):
        with torch.no_grad():
            is_valid, nobody = torch.tensor(valid).bool(), torch.zeros(2, dtype=torch.bool)
            return lifting_loss(found[..., :3], found, wanted, is_valid, is_valid, nobody).item()

    assert loss_of([1, 1, 1], [1, 1, 1]) == pytest.approx(0, abs=1e-5)
    found[0, 1, :3] += torch.tensor([30.0, 0, 40])  # 50 mm off
    found[1, :, 2] *= 1.1  # 10 % too far, x and y of the same place
    depth = 2 * np.log(1.1) / 2
    assert loss_of([1, 1, 1], [1, 1, 1]) == pytest.approx(0.5 / 6 + depth, abs=1e-5)
    assert loss_of([1, 1, 0], [1, 0, 1]) == pytest.approx(0.5 / 4 + depth, abs=1e-5)
    assert loss_of([1, 1, 1], [0, 1, 1]) == pytest.approx(0.5 / 3, abs=1e-5)
    assert loss_of([0, 0, 0], [0, 0, 0]) == 0


def test_spread_is_asked_for_by_how_far_joints_are_off():
    """The least loss is where the spread is the distance itself, of the root that in depth."""
    wanted = found_people()[..., :3]
    lifted = wanted + torch.tensor([0.0, 0.0, 40.0])  # everybody 40 mm too far
    lifted[:, 3] += torch.tensor([30.0, 0.0, -40.0])  # 50 mm off from the root on
    lifted[:, 4:] += torch.tensor([0.0, 20.0, 0.0])
    far = torch.full((3, NUM_BODY), 20.0)
    far[:, 0], far[:, 3] = 40.0, 50.0
    far[:, 1:3] = 1e-3
    everything, nobody = (
        torch.ones(3, NUM_BODY, dtype=torch.bool),
        torch.zeros(3, dtype=torch.bool),
    )
    everything[:, 1:3] = False  # no distance at all has no likeliest spread

    def loss_of(spread, relative=nobody, lifted=lifted):
        return spread_loss(spread, lifted, wanted, everything, everything, relative)

    best = loss_of(far)
    for factor in (0.8, 1.25):
        for joint in (0, 3, 7):
            other = far.clone()
            other[:, joint] *= factor
            assert loss_of(other) > best + 1e-4
    count = NUM_BODY - 2
    by_hand = (np.log(40) + np.log(50) + (count - 2) * np.log(20)) / count + 1
    assert best.item() == pytest.approx(by_hand, rel=1e-5)
    assert loss_of(far, ~nobody) == 0  # nobody's distance is known
    lifted.requires_grad_()
    spread = far.clone().requires_grad_()
    loss_of(1.5 * spread, lifted=lifted).backward()
    assert lifted.grad is None
    assert (spread.grad[:, 3:] != 0).all()


def test_spread_has_no_say_in_where_joints_are_put():
    network, found = random_lifting(), found_people()
    network(found, features_of(found))[..., 3].log().sum().backward()
    assert network.doubt.weight.grad.abs().max() > 0
    others = [v.grad for name, v in network.named_parameters() if not name.startswith("doubt")]
    assert all(grad is None or not grad.any() for grad in others)


def wanted_beside(found, across_mm, deeper_mm):
    """(P, J, 3) at another distance, and beside the rays found and deeper from the root on."""
    depth = found[..., 2:3] - 1500 + deeper_mm[..., None]
    rays = found[..., :2] / found[..., 2:3] + across_mm / found[:, :1, 2:3]
    return torch.cat([rays * depth, depth], dim=-1)


def test_loss_of_relative_people_is_of_rays_and_depths_from_the_root_on():
    found = found_people()[:2, :3]
    across, deeper = torch.zeros(2, 3, 2), torch.zeros(2, 3)
    across[0, 1], across[1, 2, 0] = torch.tensor([30.0, -40.0]), 60.0  # 50 and 60 mm
    deeper[0, 2], deeper[1, 2] = 20.0, -80.0  # with the 60 mm 100 mm
    wanted, relative = wanted_beside(found, across, deeper), torch.ones(2, dtype=torch.bool)

    def loss_of(valid, has_depth):
        masks = torch.tensor(valid).bool(), torch.tensor(has_depth).bool()
        return lifting_loss(found[..., :3], found, wanted, *masks, relative).item()

    everybody = [[1, 1, 1], [1, 1, 1]]
    assert loss_of(everybody, everybody) == pytest.approx((0.5 + 0.2 + 1.0) / 6, abs=1e-4)
    assert loss_of([[1, 1, 1], [1, 1, 0]], everybody) == pytest.approx(0.7 / 5, abs=1e-4)
    assert loss_of(everybody, [[1, 1, 0], [1, 1, 0]]) == pytest.approx(1.1 / 6, abs=1e-4)
    # without the root's depth nobody knows a depth from it on
    assert loss_of(everybody, [[0, 1, 1], [0, 1, 1]]) == pytest.approx(1.1 / 6, abs=1e-4)


def test_people_of_unknown_depths_teach_no_depth():
    found = found_people()
    found[..., 4] = 0.1  # sure joints would not move across
    wanted = found[..., :3] + torch.tensor([0.0, 20.0, 90.0])
    network, unknown = biased(0.1), torch.zeros(3, NUM_BODY, dtype=torch.bool)
    relative, lifted = torch.ones(3, dtype=torch.bool), network(found, features_of(found))[..., :3]
    lifting_loss(lifted, found, wanted, ~unknown, unknown, relative).backward()
    moves = network.head.bias.grad[:-1].view(NUM_BODY, 3).abs()
    assert (moves[:, 1] > 1e-3).all()
    assert (moves[:, 2] < 1e-6).all()
    assert network.head.bias.grad[-1].abs() < 1e-5


@pytest.mark.parametrize("unknown", [np.nan, 7e4])
def test_joints_without_a_place_have_no_say(unknown):
    found = found_people()
    wanted = found[..., :3] + torch.tensor([20.0, 0.0, 90.0])
    valid = torch.ones(3, NUM_BODY, dtype=torch.bool)
    valid[0, 5], valid[2, 0] = False, False
    network, relative = biased(0.1), torch.zeros(3, dtype=torch.bool)
    gradients = []
    for value in (0.0, unknown):
        wanted[~valid] = value
        network.zero_grad()
        lifted = network(found, features_of(found))[..., :3]
        loss = lifting_loss(lifted, found, wanted, valid, valid, relative)
        loss.backward()
        gradients.append((loss.detach(), network.head.bias.grad.clone()))
    torch.testing.assert_close(gradients[0], gradients[1], rtol=0, atol=0)
    alone = torch.zeros_like(valid)
    alone[0, [0, 7]] = True  # of all joints the root and one more
    network.zero_grad()
    lifted = network(found, features_of(found))[..., :3]
    lifting_loss(lifted, found, wanted, alone, alone, relative).backward()
    moves = network.head.bias.grad[:-1].view(NUM_BODY, 3).abs().sum(dim=1)
    assert set(moves.nonzero()[:, 0].tolist()) == {0, 7}


def test_training_people_are_scaled_and_hardly_shaken(monkeypatch):
    monkeypatch.setattr(lifting_training, "_SEEN_SHARE", 0.0)
    torch.manual_seed(0)
    found = found_people(np.tile(ROOTS_MM[1:2], (200, 1)))
    everywhere = torch.ones(200, NUM_BODY, dtype=torch.bool)
    varied = lifting_training._varied(found, found[..., :3], everywhere)
    scales = varied[:, 0, 2] / 5000
    assert 0.015 < scales.std() < 0.025
    assert abs(scales.mean() - 1) < 0.01
    rays = varied[..., :2] / varied[..., 2:3] - found[..., :2] / found[..., 2:3]
    assert 0 < rays.abs().max() < 0.02  # the noise is small beside a picture
    assert torch.equal(varied[..., 3:], found[..., 3:])


def test_better_seen_joints_stand_on_their_true_rays(monkeypatch):
    monkeypatch.setattr(lifting_training, "_SEEN_NOISE_MM", 0.0)
    found = found_people()
    found[..., 4] = 0.1
    wanted = found[..., :3] * 1.2 + torch.tensor([80.0, -30.0, 0.0])
    is_seen = torch.zeros(3, NUM_BODY, dtype=torch.bool)
    is_seen[1, 4] = is_seen[2, 9] = True
    seen = lifting_training._better_seen(found, wanted, is_seen)
    torch.testing.assert_close(seen[~is_seen], found[~is_seen])
    moved, before, true = seen[is_seen], found[is_seen], wanted[is_seen]
    torch.testing.assert_close(moved[:, :2] / moved[:, 2:3], true[:, :2] / true[:, 2:])
    torch.testing.assert_close(moved[:, 2:4], before[:, 2:4])  # depth and score as they were
    assert (moved[:, 4] >= 0.2).all()
    torch.testing.assert_close(moved[:, 5:7] - before[:, 5:7], moved[:, :2] - before[:, :2])


def test_a_quarter_of_the_people_is_better_seen_where_they_are_placed(monkeypatch):
    monkeypatch.setattr(lifting_training, "_SEEN_SHARE", 1.0)
    torch.manual_seed(0)
    found = found_people(np.tile(ROOTS_MM[2:], (300, 1)))
    found[..., 4] = 0.0
    is_placed = torch.ones(300, NUM_BODY, dtype=torch.bool)
    is_placed[:100], is_placed[:, 0] = False, False
    is_seen = lifting_training._varied(found, found[..., :3], is_placed)[..., 4] > 0
    assert not is_seen[:100].any()
    assert not is_seen[:, 0].any()
    assert 30 < is_seen[100:, 1:].all(dim=1).sum() < 70


@pytest.mark.parametrize("is_relative", [False, True])
def test_only_joints_of_known_places_train_as_placed(narrow, monkeypatch, is_relative):
    pairs = deep_pairs(8)
    pairs.valid[:, 3:] = False
    pairs.is_relative[:] = is_relative
    told, varied = [], lifting_training._varied
    monkeypatch.setattr(
        lifting_training, "_varied", lambda *args: told.append(args) or varied(*args)
    )
    train_lifting(pairs, BODY_22, 1, batch_size=4)
    is_placed = torch.arange(NUM_BODY) < (0 if is_relative else 3)
    assert torch.equal(told[0][2], is_placed.expand(4, NUM_BODY))


def deep_pairs(num_people=64):
    """People found 1.2 times as far as they are, and their left wrists 100 mm too far left."""
    rng = np.random.default_rng(0)
    roots = rng.uniform([-800, -200, 2500], [800, 200, 4500], (num_people, 3))
    wanted = (roots[:, None] + STANDING).astype(np.float32)
    found = np.concatenate([wanted, np.full((num_people, NUM_BODY, NUM_CUES - 3), 0.5)], axis=-1)
    depth = wanted[..., 2] + 0.2 * roots[:, None, 2]
    found[..., :3] = wanted * (depth / wanted[..., 2])[..., None]
    found[:, BODY_22.index("left_wrist"), 0] += 100
    return LiftingPairs(
        found.astype(np.float32),
        rng.normal(size=(num_people, NUM_BODY, NUM_FEATURES)).astype(np.float16),
        wanted,
        np.ones((num_people, NUM_BODY), bool),
        np.ones((num_people, NUM_BODY), bool),
        np.zeros(num_people, bool),
    )


@pytest.fixture
def narrow(monkeypatch):
    """Liftings to be trained are small."""
    monkeypatch.setattr(lifting_training, "PoseLifting", partial(PoseLifting, width=32))


def test_training_learns_what_is_always_wrong(narrow):
    pairs = deep_pairs()
    trained = train_lifting(pairs, BODY_22, 60, batch_size=32)
    assert not trained.training
    with torch.no_grad():
        features = torch.from_numpy(pairs.features).float()
        out = trained(torch.from_numpy(pairs.found), features).numpy()
    lifted, spread = out[..., :3], out[..., 3]

    def errors(joints):
        depth = np.abs(joints[:, 0, 2] / pairs.wanted[:, 0, 2] - 1).mean()
        pose = joints - joints[:, :1] - pairs.wanted + pairs.wanted[:, :1]
        return depth, np.linalg.norm(pose, axis=-1).mean()

    (depth_before, pose_before), (depth, pose) = errors(pairs.found[..., :3]), errors(lifted)
    assert depth_before == pytest.approx(0.2, abs=1e-3)
    assert depth < 0.2 * depth_before
    assert pose < 0.25 * pose_before
    assert 0.3 * pose < spread[:, 1:].mean() < 3 * pose


def test_spread_can_be_learned_alone(narrow):
    pairs = deep_pairs()
    start = PoseLifting(NUM_BODY, NUM_FEATURES, width=32)
    before = {name: value.clone() for name, value in start.state_dict().items()}
    trained = train_lifting(pairs, BODY_22, 150, 64, start=start, only_spread=True)
    for name, value in trained.state_dict().items():
        assert torch.equal(value, before[name]) != name.startswith("doubt")
    with torch.no_grad():
        out = trained(torch.from_numpy(pairs.found), torch.from_numpy(pairs.features).float())
    off = (out[..., :3] - torch.from_numpy(pairs.wanted)).numpy()
    wanted = np.linalg.norm(off - off[:, :1], axis=-1).mean(axis=0)
    wanted[0] = np.abs(off[:, 0, 2]).mean()
    assert wanted.max() > 10 * wanted.min()
    np.testing.assert_allclose(out[..., 3].mean(dim=0), wanted, rtol=0.3)


def test_a_lifting_that_is_to_read_more_says_the_same_before_it_is_trained():
    pairs = deep_pairs()
    start = PoseLifting(NUM_BODY, NUM_FEATURES, width=32).eval()
    torch.nn.init.normal_(start.head.weight, std=0.05)
    more = np.random.default_rng(1).normal([7, -3], [1, 4], (64, NUM_BODY, 2))
    both = np.concatenate([pairs.features, more], axis=-1).astype(np.float16)
    pairs = dataclasses.replace(pairs, features=both)
    wide = reading_more(start, pairs)
    found, seen = torch.from_numpy(pairs.found), torch.from_numpy(both).float()
    with torch.no_grad():
        torch.testing.assert_close(wide(found, seen), start(found, seen[..., :NUM_FEATURES]))
    np.testing.assert_allclose(wide.feature_mean[-2:], (7, -3), atol=0.5)
    np.testing.assert_allclose(wide.feature_spread[-2:], (1, 4), rtol=0.1)
    trained = train_lifting(pairs, BODY_22, 5, batch_size=32, start=wide)
    assert trained.feature_in.weight[:, -2:].abs().max() > 0


def test_training_repeats(narrow):
    pairs = deep_pairs(4)
    states = [train_lifting(pairs, BODY_22, 1, 2, seed).state_dict() for seed in (3, 3, 4)]
    assert torch.equal(states[0]["pose_in.weight"], states[1]["pose_in.weight"])
    assert torch.equal(states[0]["head.weight"], states[1]["head.weight"])
    assert not torch.equal(states[0]["pose_in.weight"], states[2]["pose_in.weight"])


@pytest.mark.parametrize("num_relative", [2, 16, 60])
def test_people_of_photos_are_a_quarter_of_those_drawn(narrow, monkeypatch, num_relative):
    pairs = deep_pairs()
    is_relative = np.arange(64) < num_relative
    drawn, multinomial = [], torch.multinomial

    def draw(share, *options, **named):
        drawn.append(share)
        return multinomial(share, *options, **named)

    monkeypatch.setattr(torch, "multinomial", draw)
    train_lifting(dataclasses.replace(pairs, is_relative=is_relative), BODY_22, 1, batch_size=2)
    share = (drawn[0] / drawn[0].sum()).numpy()
    assert share[is_relative].sum() == pytest.approx(0.25)
    assert share[is_relative].std() < 1e-9
    assert share[~is_relative].std() < 1e-9


def pairs_of_shape(num_people, num_joints):
    return LiftingPairs(
        np.zeros((num_people, num_joints, NUM_CUES), np.float32),
        np.zeros((num_people, num_joints, NUM_FEATURES), np.float16),
        np.zeros((num_people, num_joints, 3), np.float32),
        np.zeros((num_people, num_joints), bool),
        np.zeros((num_people, num_joints), bool),
        np.zeros(num_people, bool),
    )


@pytest.mark.parametrize(
    ("pairs", "skeleton", "told"),
    [
        ((0, 22), BODY_22, "needs pairs, got none: nobody was found"),
        ((1, 15), PANOPTIC_15, "first joint must be the root, got neck"),
        ((1, 17), BODY_22, "must be of 22 joints, got 17"),
    ],
)
def test_what_cannot_be_trained_on_is_said(pairs, skeleton, told):
    with pytest.raises(ValueError, match=told):
        train_lifting(pairs_of_shape(*pairs), skeleton, 1)


@pytest.mark.parametrize(
    ("name", "shape", "expected"),
    [
        ("found", (2, 22, 5), r"\(2, 22, 7\), got \(2, 22, 5\)"),
        ("features", (2, 21, 5), r"\(2, 22, 5\), got \(2, 21, 5\)"),
        ("wanted", (2, 21, 3), r"\(2, 22, 3\), got \(2, 21, 3\)"),
        ("valid", (3, 22), r"\(2, 22\), got \(3, 22\)"),
        ("has_depth", (2, 20), r"\(2, 22\), got \(2, 20\)"),
        ("is_relative", (3,), r"\(2,\), got \(3,\)"),
    ],
)
def test_pairs_of_other_shapes_are_refused(name, shape, expected):
    arrays = {
        "found": (2, 22, NUM_CUES),
        "features": (2, 22, 5),
        "wanted": (2, 22, 3),
        "valid": (2, 22),
        "has_depth": (2, 22),
        "is_relative": (2,),
    } | {name: shape}
    with pytest.raises(ValueError, match=f"LiftingPairs.{name} must be {expected}"):
        LiftingPairs(**{key: np.zeros(size) for key, size in arrays.items()})


@pytest.mark.parametrize("others", [{}, {"fpn": torch.zeros(2), "head.bias": torch.ones(1)}])
def test_a_lifting_is_read_from_among_other_weights(tmp_path, others):
    torch.manual_seed(0)
    network = PoseLifting(COCO_17.num_joints, NUM_FEATURES, 24, 3)
    torch.nn.init.normal_(network.head.weight)
    network.feature_mean.fill_(0.5)
    file = tmp_path / "weights.safetensors"
    other = PoseLifting(COCO_17.num_joints, NUM_FEATURES + 2, 16, 1)
    tensors = lifting_tensors({LIFTING: network, LOOKED_LIFTING: other})
    save_tensors(file, tensors | others, {})
    both = load_liftings(file)
    read, looked = both[LIFTING], both[LOOKED_LIFTING]
    assert not read.training
    assert looked.feature_in.in_features == NUM_FEATURES + 2
    assert torch.equal(looked.head.weight, other.head.weight)
    found = found_people()[:, :17]
    assert torch.equal(lifted_by(read, found), lifted_by(network.eval(), found))


def test_a_lifting_saved_under_former_names_is_read(tmp_path):
    former = {"pose_in": "enter", "feature_in": "see", "head": "leave"}
    former |= {"qkv": "attend", "out_proj": "gather", "mlp": "think"}
    torch.manual_seed(0)
    lifting = PoseLifting(NUM_BODY, NUM_FEATURES)
    saved = {
        ".".join(former.get(part, part) for part in name.split(".")): torch.randn(value.shape)
        for name, value in lifting.state_dict().items()
    }
    file = tmp_path / "former.safetensors"
    save_tensors(file, {f"lifting.{name}": value for name, value in saved.items()}, {})
    read = load_liftings(file)[LIFTING]
    assert torch.equal(read.feature_in.weight, saved["see.weight"])
    assert torch.equal(read.layers[1].out_proj.bias, saved["layers.1.gather.bias"])
    assert torch.equal(read.layers[0].qkv[1].weight, saved["layers.0.attend.1.weight"])
    assert torch.equal(read.layers[1].mlp[3].weight, saved["layers.1.think.3.weight"])
    assert torch.equal(read.pose_in.bias, saved["enter.bias"])
    assert torch.equal(read.head.bias, saved["leave.bias"])


def test_nothing_of_its_training_is_made_on_another_device():
    """A tensor made without naming its device would be on the CPU, and torch refuses to mix."""
    network = PoseLifting(NUM_BODY, NUM_FEATURES).to("meta").train()
    found, target = (torch.ones(4, NUM_BODY, n, device="meta") for n in (NUM_CUES, 3))
    features = torch.ones(4, NUM_BODY, NUM_FEATURES, device="meta")
    valid = torch.ones(4, NUM_BODY, dtype=torch.bool, device="meta")
    is_relative = torch.zeros(4, dtype=torch.bool, device="meta")
    varied = lifting_training._varied(found, target, valid)
    lifted, spread = network(varied, features).split([3, 1], dim=-1)
    loss = lifting_loss(lifted, found, target, valid, valid, is_relative)
    loss = loss + spread_loss(spread[..., 0], lifted, target, valid, valid, is_relative)
    loss.backward()
    assert network.head.weight.grad.device.type == "meta"


def test_a_file_without_a_lifting_has_none(tmp_path):
    file = tmp_path / "weights.safetensors"
    save_tensors(file, {"network.pose_in.weight": torch.zeros(2, 2)}, {})
    assert load_liftings(file) == {}
    save_tensors(file, {"lifting.pose_in.weight": torch.zeros(2, 2)}, {})
    with pytest.raises(ValueError, match=r"weights.safetensors: its lifting reads no features"):
        load_liftings(file)
    with pytest.raises(FileNotFoundError, match=r"weights.npz.*was expected there"):
        load_liftings(tmp_path / "weights.npz")
