"""Training: repeatable samples, resuming, export, and that the whole thing can learn."""

import dataclasses

import numpy as np
import pytest
import torch
from people_scenes import annotate

from das_model.camera import Camera
from das_model.datasets.augmentation.placement import AugmentConfig
from das_model.inference.decode import DecodeConfig
from das_model.inference.estimate import Device, EstimatorOptions, Scoring
from das_model.inference.network_config import LITE, NetworkConfig, network_metadata
from das_model.inference.onnx_network import network_maps
from das_model.inference.refine import Refinement, find_people
from das_model.inference.runtime import open_estimator
from das_model.inference.targets import Encoding, encode
from das_model.network.backbones.efficientnet_lite import imagenet_file
from das_model.network.checkpoint import load_network, save_tensors
from das_model.network.export import export_onnx, largest_difference
from das_model.network.exported_network import decoder_maps
from das_model.network.network import DasNetwork
from das_model.skeleton import BODY_22
from das_model.synthetic.generator import SyntheticGenerator
from das_model.training.config import AUTHORS_SGD, LossConfig, OptimiserConfig, TrainConfig
from das_model.training.mix import Sample, TrainingMix, collate
from das_model.training.train import Trainer

CPU = torch.device("cpu")
STILL = AugmentConfig(scale=(1.0, 1.0), rotation_deg=0, flip=0, colour=0)


class StripedPeople:
    """A set of noise pictures with a standing person each."""

    def __len__(self) -> int:
        return 5

    def __getitem__(self, index: int):
        rng = np.random.default_rng(index)
        camera = Camera.from_fov((96, 64), 60)
        root = [float(rng.uniform(-300, 300)), 0.0, float(rng.uniform(3000, 5000))]
        return rng.integers(0, 256, (64, 96, 3), np.uint8), annotate([root], camera)


def mix(seed=0, encoding=LITE.encoding):
    return TrainingMix([StripedPeople()], [1.0], (64, 64), encoding, AugmentConfig(), seed, 12)


def small_trainer(**changes) -> Trainer:
    torch.manual_seed(0)
    changes = {"optimiser": OptimiserConfig(warmup_steps=2), **changes}
    config = TrainConfig(total_steps=20, **changes)
    return Trainer(config, CPU)


def batches(first, last, encoding=LITE.encoding):
    items = mix(encoding=encoding)
    return [collate([items[2 * i], items[2 * i + 1]]) for i in range(first, last)]


def torch_people(network, image, camera, config):
    """People of a picture by torch, without ONNX."""
    with torch.no_grad():
        levels = network(torch.from_numpy(image[None]).permute(0, 3, 1, 2))
        outputs = decoder_maps(levels, network.config.sigma_limit)
    maps, heat = network_maps([output.numpy() for output in outputs])
    return find_people(maps, camera, network.config.encoding, BODY_22, config, Refinement(heat))


def test_items_depend_on_their_index_alone():
    forwards = [mix()[i].image for i in range(4)]
    backwards = [mix()[i].image for i in (3, 2, 1, 0)][::-1]
    for a, b in zip(forwards, backwards, strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(forwards[0], mix(seed=1)[0].image)


def test_empty_sets_with_a_share_are_refused():
    with pytest.raises(ValueError, match=r"list is empty but has share 1.0"):
        TrainingMix([[]], [1.0], (64, 64), Encoding(), STILL, 0, 4)


@pytest.mark.parametrize("optimiser", [OptimiserConfig(warmup_steps=2), AUTHORS_SGD])
def test_resuming_is_bit_exact(tmp_path, optimiser):
    changes = {"optimiser": optimiser, "network": NetworkConfig(channels=32)}
    straight = small_trainer(**changes)
    for batch in batches(0, 4, Encoding()):
        straight.train_step(batch)
    first = small_trainer(**changes)
    for batch in batches(0, 2, Encoding()):
        first.train_step(batch)
    first.save(tmp_path / "checkpoint.safetensors")
    torch.manual_seed(99)
    second = Trainer(first.config, CPU)
    second.resume(tmp_path / "checkpoint.safetensors")
    assert second.step == 2
    for batch in batches(2, 4, Encoding()):
        second.train_step(batch)
    for name, value in straight.network.state_dict().items():
        assert torch.equal(value, second.network.state_dict()[name]), name
    for name, value in straight.average.state_dict().items():
        assert torch.equal(value, second.average.state_dict()[name]), name


def test_a_run_can_start_from_bundled_weights(tmp_path):
    first = small_trainer()
    first.train_step(batches(0, 1)[0])
    plain = tmp_path / "weights.safetensors"
    save_tensors(plain, first.average.state_dict(), network_metadata(first.config.network))
    second = Trainer(first.config, CPU)
    second.load_weights(plain)
    assert second.step == 0
    for name, value in first.average.state_dict().items():
        assert torch.equal(value, second.network.state_dict()[name]), name


def test_runs_go_on_from_checkpoints_of_the_same_run_only(tmp_path):
    network = NetworkConfig(channels=32)
    first = small_trainer(network=network)
    file, plain = tmp_path / "checkpoint.safetensors", tmp_path / "weights.safetensors"
    first.save(file)
    other = small_trainer(network=NetworkConfig(channels=64))
    for start in (other.resume, other.load_weights):
        with pytest.raises(ValueError, match=r"checkpoint.safetensors: .* channels 64, got 32"):
            start(file)
    without_flows = small_trainer(network=network, loss=LossConfig(pose_loss="l1"))
    for start in (without_flows.resume, without_flows.load_weights):
        with pytest.raises(ValueError, match=r"checkpoint.safetensors does not fit.*DasLoss"):
            start(file)
    save_tensors(plain, first.average.state_dict(), network_metadata(network))
    with pytest.raises(ValueError, match=r"weights.safetensors: expected a training checkpoint"):
        first.resume(plain)


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_mixed_precision_learns_and_goes_on(tmp_path, precision):
    changes = {"precision": precision, "network": NetworkConfig(channels=32)}
    trainer = small_trainer(**changes)
    tables = [trainer.train_step(batch) for batch in batches(0, 5, Encoding()) * 2]
    assert np.isfinite([table["total"] for table in tables]).all()
    assert np.isfinite(tables[-1]["gradient_norm"])  # float16 has found its scale
    trainer.save(tmp_path / "checkpoint.safetensors")
    again = Trainer(trainer.config, CPU)
    again.resume(tmp_path / "checkpoint.safetensors")
    for batch in batches(0, 1, Encoding()):
        assert again.train_step(batch) == pytest.approx(trainer.train_step(batch), nan_ok=True)


def test_a_step_whose_gradient_overflows_is_left_out_and_the_loss_scaled_less(tmp_path):
    trainer = small_trainer(precision="fp16", network=NetworkConfig(channels=32))
    trainer._scaler.load_state_dict(trainer._scaler.state_dict() | {"scale": 2.0**60})
    before = {n: v.clone() for n, v in trainer.network.named_parameters()}
    table = trainer.train_step(batches(0, 1, Encoding())[0])
    assert not np.isfinite(table["gradient_norm"])
    assert np.isfinite(table["total"])
    assert all(torch.equal(v, before[n]) for n, v in trainer.network.named_parameters())
    assert trainer._scaler.get_scale() == 2.0**59
    with pytest.raises(ValueError, match=r"precision must be in .*, got 'half'"):
        TrainConfig(precision="half")


def test_a_loss_that_is_not_finite_stops_training_with_its_table():
    trainer = small_trainer()
    torch.nn.init.constant_(trainer.network.heads.root_depth[-1].bias, float("nan"))
    with pytest.raises(FloatingPointError, match=r"step 0.*'root': nan"):
        trainer.train_step(batches(0, 1)[0])


def test_weights_file_rebuilds_the_network(tmp_path):
    trainer = small_trainer(network=dataclasses.replace(LITE, channels=32, update="none"))
    trainer.save(tmp_path / "run.safetensors")
    network = load_network(tmp_path / "run.safetensors")
    assert network.config == trainer.config.network
    for name, value in trainer.average.state_dict().items():
        assert torch.equal(value, network.state_dict()[name]), name
    save_tensors(tmp_path / "foreign.safetensors", {"x": torch.zeros(1)}, {})
    with pytest.raises(ValueError, match="no network_config"):
        load_network(tmp_path / "foreign.safetensors")


@pytest.mark.parametrize("update", ["recursive", "multi_source"])
def test_onnx_gives_the_maps_and_people_of_torch(tmp_path, update):
    torch.manual_seed(0)
    network = DasNetwork(dataclasses.replace(LITE, channels=32, update=update)).eval()
    torch.nn.init.constant_(network.backbone.heat.bias, 0.0)
    torch.nn.init.constant_(network.heads.score[-1].bias, 0.0)
    torch.nn.init.constant_(network.heads.root_depth[-1].bias, 1.0)
    for name in ("score", "joint_offset"):
        torch.nn.init.normal_(getattr(network.heads, name)[-1].weight, std=0.3)
    file = tmp_path / "model.onnx"
    export_onnx(network, file, (192, 128), {"name": "untrained"})
    assert largest_difference(network, file, (128, 192)) < 1e-4
    options = EstimatorOptions(Device.CPU, min_score=0.2, scoring=Scoring.LOCATION)
    estimator = open_estimator(file, options)
    assert estimator.model_name == "untrained"
    assert estimator.input_size == (192, 128)
    assert estimator.skeleton.joint_names == BODY_22.joint_names
    image = np.random.default_rng(0).integers(0, 256, (128, 192, 3), np.uint8)
    camera = Camera.from_fov((192, 128), 60)
    found = estimator(image, camera).people
    wanted = torch_people(network, image, camera, DecodeConfig(min_score=0.2))
    assert len(found) == len(wanted) > 0
    np.testing.assert_allclose(found.joints_cam, wanted.joints_cam, atol=1.0)
    np.testing.assert_allclose(found.joints_px(camera), wanted.joints_px(camera), atol=0.1)


def test_the_backbone_goes_a_share_of_the_way_to_public_weights():
    trainer, public = (small_trainer(network=NetworkConfig(channels=32)) for _ in range(2))
    file = imagenet_file(trainer.config.network.backbone)
    public.load_backbone(file)
    before = {n: w.clone() for n, w in trainer.network.backbone.named_parameters()}
    heads = trainer.network.heads.state_dict()
    heads = {name: weight.clone() for name, weight in heads.items()}
    trainer.load_backbone(file, share=0.25)
    aims = dict(public.network.backbone.named_parameters())
    for name, weight in trainer.network.backbone.named_parameters():
        torch.testing.assert_close(weight, 0.75 * before[name] + 0.25 * aims[name])
    torch.testing.assert_close(trainer.network.heads.state_dict(), heads)


def test_runtime_refuses_what_is_no_model(tmp_path):
    with pytest.raises(FileNotFoundError, match="an ONNX model file was expected"):
        open_estimator(tmp_path / "gone.onnx")
    (tmp_path / "text.onnx").write_text("hello")
    with pytest.raises(ValueError, match="not a readable ONNX model"):
        open_estimator(tmp_path / "text.onnx")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_network_learns_four_pictures_by_heart():
    seeds = [6, 7, 8, 12]  # one or two people each, apart and mostly in view
    pictures = SyntheticGenerator(size=(256, 192)).generate_batch(seeds)
    batch = collate(
        [Sample(p.image.transpose(2, 0, 1), encode(p.annotation, Encoding())) for p in pictures]
    )
    torch.manual_seed(0)
    config = TrainConfig(
        network=NetworkConfig(sigma_limit=4.0),
        loss=LossConfig(pose_loss="l1"),  # the likelihoods get there too, in twice the steps
        optimiser=OptimiserConfig(learning_rate=3e-3, warmup_steps=10),
        total_steps=140,
        ema_decay=0.9,
    )
    trainer = Trainer(config, CPU)
    trainer.load_backbone(imagenet_file(config.network.backbone))
    for _ in range(config.total_steps):
        trainer.train_step(batch)
    errors = []
    for picture in pictures:
        image, annotation = picture.image, picture.annotation
        people = torch_people(trainer.average, image, annotation.camera, DecodeConfig(0.15))
        root = annotation.joints_px[:, 0]
        is_inside = ((root > 0) & (root < np.array([255, 191]))).all(-1)
        for joints in annotation.joints_cam[is_inside]:
            distance = np.linalg.norm(people.joints_rel - (joints - joints[0]), axis=-1)
            errors.append(distance.mean(-1).min(initial=1000.0))
    assert len(errors) >= 4
    assert np.mean(errors) < 30.0
