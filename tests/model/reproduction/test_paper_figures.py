"""Figures: densities that integrate to one, skeletons where the joints are, files that open."""

import json

import cv2
import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from das_model.evaluation.drawing import draw_skeletons
from das_model.inference.network_config import NetworkConfig, network_metadata
from das_model.network.checkpoint import load_tensors, save_tensors
from das_model.network.network import DasNetwork
from das_model.people import People
from das_model.reproduction.density import density_table, load_density, load_flow
from das_model.reproduction.fields import draw as draw_fields
from das_model.reproduction.gallery import draw as draw_gallery
from das_model.reproduction.gallery import draw_scene
from das_model.reproduction.pictures import read_pictures
from das_model.skeleton import PANOPTIC_15, Skeleton
from das_model.training.losses import DasLoss, LossConfig, log_prior

PAIR = Skeleton(("pelvis", "neck"))


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """Weights of chance, with flows."""
    torch.manual_seed(0)
    config = NetworkConfig(channels=32)
    network = DasNetwork(config)
    tensors = {f"average.{k}": v for k, v in network.state_dict().items()}
    tensors |= {f"loss.{k}": v for k, v in DasLoss(LossConfig()).state_dict().items()}
    file = tmp_path_factory.mktemp("model") / "checkpoint.safetensors"
    save_tensors(file, tensors, network_metadata(config))
    return file


def test_summed_density_of_a_prior_is_known():
    """x + y of two unit normals is normal with a variance of 2, and independent of depth."""
    table = density_table(lambda x: log_prior(x, "gaussian"))
    cell = (8 / (len(table) - 1)) ** 2
    middle = len(table) // 2
    assert table[middle, middle] == pytest.approx(1 / (2 * np.pi * np.sqrt(2)), rel=0.01)
    share_in_view = 0.99994 * 0.99532  # |depth| < 4 and |x + y| < 4
    assert table.sum() * cell == pytest.approx(share_in_view, abs=0.01)
    np.testing.assert_allclose(table, table[::-1, ::-1], atol=1e-6)


def test_flows_come_from_training_checkpoints_alone(checkpoint, tmp_path):
    flow = load_flow(checkpoint, "initial_3d")
    assert flow.log_prob(torch.zeros(1, 3)).isfinite().all()
    save_tensors(tmp_path / "plain.safetensors", {"x": torch.zeros(1)}, {})
    with pytest.raises(ValueError, match="must be a training checkpoint with the flow updated"):
        load_flow(tmp_path / "plain.safetensors", "updated_3d")


@pytest.mark.parametrize(
    ("loss", "prior"),
    [
        ({"pose_loss": "mle"}, lambda x: torch.zeros(len(x))),
        ({"pose_loss": "rle"}, lambda x: log_prior(x, "laplace")),
        ({"pose_loss": "rle", "prior": "gaussian"}, lambda x: log_prior(x, "gaussian")),
        ({"pose_loss": "rle", "terms": "code"}, lambda x: log_prior(x / 2**0.5, "laplace")),
    ],
)
def test_the_learned_density_is_that_of_the_flow_times_its_prior(
    checkpoint, tmp_path, loss, prior
):
    tensors, metadata = load_tensors(checkpoint)
    save_tensors(
        tmp_path / "told.safetensors", tensors, {**metadata, "run": json.dumps({"loss": loss})}
    )
    points = torch.tensor([[0.0, 0.0, 0.0], [1.0, -2.0, 0.5]])
    learned = load_density(tmp_path / "told.safetensors", "updated_3d")(points)
    flow = load_flow(checkpoint, "updated_3d").log_prob(points)
    torch.testing.assert_close(learned, flow + prior(points))


def test_bones_are_drawn_between_their_joints_and_nowhere_else():
    image = np.zeros((40, 60, 3), np.uint8)
    joints = np.array([[[10, 20], [50, 20]], [[5, 5], [np.nan, 5]]], float)
    drawn = draw_skeletons(image, joints, PAIR, width_px=1)
    assert drawn[20, 30].any()
    assert not image.any()
    assert not drawn[:18].any()
    assert not drawn[23:].any()


def test_frames_of_a_film_are_spread_and_other_files_refused(tmp_path):
    film = cv2.VideoWriter(
        str(tmp_path / "film.avi"), cv2.VideoWriter_fourcc(*"MJPG"), 10, (32, 16)
    )
    for i in range(9):
        film.write(np.full((16, 32, 3), 25 * i, np.uint8))
    film.release()
    frames = read_pictures(tmp_path / "film.avi", 3)
    np.testing.assert_allclose([f.mean() for f in frames], [50, 100, 150], atol=6)
    (tmp_path / "text.txt").write_text("hello")
    with pytest.raises(OSError, match="expected a readable picture or film"):
        read_pictures(tmp_path / "text.txt", 1)


@pytest.mark.parametrize("draw", [draw_fields, draw_gallery])
def test_figures_of_a_model_are_written(checkpoint, tmp_path, draw):
    picture = np.random.default_rng(0).integers(0, 256, (128, 192, 3), np.uint8)
    cv2.imwrite(str(tmp_path / "picture.png"), picture)
    draw(checkpoint, tmp_path / "picture.png", tmp_path / "figure.png")
    drawn = cv2.imread(str(tmp_path / "figure.png"))
    assert drawn is not None
    assert drawn.std() > 5


def test_people_stand_upright_in_the_3d_view():
    joints = np.zeros((1, 15, 3), np.float32) + [500.0, 0, 4000]
    joints[0, PANOPTIC_15.index("neck"), 1] = -550  # y is down: the neck is above
    people = People(
        joints, np.ones((1, 15), np.float32), np.ones(1, np.float32), np.array([-1]), PANOPTIC_15
    )
    axis = Figure().add_subplot(projection="3d")
    draw_scene(axis, people)
    assert len(axis.lines) == len(PANOPTIC_15.bones)
    heights = np.concatenate([line.get_data_3d()[2] for line in axis.lines])
    assert heights.max() == pytest.approx(0.55)
    assert axis.get_ylim()[0] < 4 < axis.get_ylim()[1]
    draw_scene(Figure().add_subplot(projection="3d"), People.empty())
