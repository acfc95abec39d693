"""scripts/evaluate.py from the files of a data set to its table, with predictions and a model."""

import importlib.util
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from benchmark_fixtures import write_coco, write_mupots, write_panoptic, write_picture
from people_scenes import STANDING, annotate
from scipy.io import loadmat
from typer.testing import CliRunner

from das_model.camera import Camera
from das_model.datasets import mupots, panoptic
from das_model.datasets.panoptic_split import PanopticSplit
from das_model.evaluation.photos import photo_lists
from das_model.evaluation.predictions import Prediction, write_predictions
from das_model.evaluation.protocols import benchmarks
from das_model.inference.estimate import Estimate
from das_model.inference.network_config import NetworkConfig, network_metadata
from das_model.network.checkpoint import save_tensors
from das_model.network.network import DasNetwork
from das_model.people import People
from das_model.skeleton import BODY_22, COCO_17
from das_model.synthetic.storage import write_image, write_shard
from das_model.training import network_predictor

SCRIPT = Path(__file__).parents[3] / "scripts" / "evaluate.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("evaluate_script", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def evaluate(script, tmp_path):
    """Runs the script; returns what it printed and the JSON."""

    def run(*arguments, exit_code=0):
        file = tmp_path / "table.json"
        file.unlink(missing_ok=True)
        everything = [str(a) for a in (*arguments, "--json", file)]
        done = CliRunner().invoke(script.app, everything)
        assert done.exit_code == exit_code, done.output + repr(done.exception)
        return done.stdout, json.loads(file.read_text()) if file.exists() else None

    return run


class FakeModel:
    """Says that everybody of `people` is in every picture; knows which pictures it saw."""

    people = People.empty()
    seen: list = []

    def __init__(self, file, options):
        self.skeleton, self.provider, self.options = BODY_22, "Fake", options

    def __call__(self, image, camera):
        FakeModel.seen.append((image.shape, self.options.min_score))
        return Estimate(FakeModel.people)


@pytest.fixture
def model(monkeypatch):
    monkeypatch.setattr(benchmarks, "open_estimator", FakeModel)
    monkeypatch.setattr(FakeModel, "seen", [])
    return FakeModel


def people(joints_cam, skeleton=BODY_22):
    n = len(joints_cam)
    return People(
        np.asarray(joints_cam, np.float32),
        np.ones((n, skeleton.num_joints), np.float32),
        np.ones(n, np.float32),
        np.full(n, -1, np.int64),
        skeleton,
    )


def test_panoptic_from_predictions(evaluate, tmp_path):
    sequences = ("160226_haggling1", "160422_haggling1", "160906_pizza1")
    write_panoptic(tmp_path, sequences, num_frames=3)
    split, predictions = PanopticSplit.read(), {}
    for activity, off_mm in (("haggling", 28.0), ("pizza", 0.0)):
        pictures = panoptic.activity_set(tmp_path, split, activity)
        for index in range(len(pictures)):
            annotation = pictures.annotation(index)
            joints = annotation.joints_cam.copy()
            joints[:, BODY_22.index("left_knee")] += [0, 0, off_mm]
            found = Prediction.projected(people(joints), annotation.camera)
            predictions[pictures.file_name(index)] = found
    assert len(predictions) == 3 * 2 * 3
    file = tmp_path / "p.json"
    write_predictions(file, predictions)
    printed, table = evaluate(
        "panoptic",
        "--root",
        tmp_path,
        "--predictions",
        file,
        "--activity",
        "haggling",
        "--activity",
        "pizza",
    )
    expected = {"haggling": 28 / 14, "pizza": 0, "mean": 14 / 14}
    assert table["mpjpe_mm"] == pytest.approx(expected, abs=1e-2)
    assert table["strict_recall"] == {"haggling": 1, "pizza": 1, "mean": 1}
    assert table["num_images"] == {"haggling": 12, "pizza": 6, "mean": 18}
    assert "mpjpe_mm" in printed
    assert "no entry" not in printed
    _, table = evaluate(
        "panoptic",
        "--root",
        tmp_path,
        "--predictions",
        file,
        "--activity",
        "haggling",
        "--frames-per-activity",
        4,
    )
    assert table["num_images"] == {"haggling": 4, "mean": 4}


def test_panoptic_says_what_is_missing(evaluate, tmp_path):
    write_panoptic(tmp_path, ["160906_pizza1"], num_frames=1)
    file = tmp_path / "p.json"
    file.write_text("{}")
    printed, table = evaluate(
        "panoptic", "--root", tmp_path, "--predictions", file, "--activity", "pizza"
    )
    assert "no entry for 2 pictures" in printed
    with pytest.raises(ValueError, match="pizza must have pictures"):
        benchmarks.evaluate_panoptic(tmp_path, None, PanopticSplit.read(), ("pizza",), 1)
    assert table["num_stand_ins"]["pizza"] == 4
    assert table["strict_recall"]["pizza"] == 0
    assert table["mpjpe_mm"]["pizza"] > 0


def test_mupots_by_both_protocols_and_files_for_the_toolbox(evaluate, tmp_path):
    write_mupots(tmp_path, num_frames=3)
    predictions = {}
    for sequence in ("TS1", "TS2"):
        for frame in mupots.read_sequence(tmp_path, sequence):
            camera = mupots.test_set(tmp_path).camera(0)
            found = people(frame.joints_cam[:1], mupots.MUPOTS_17)
            predictions[frame.file_name] = Prediction.projected(found, camera)
    file = tmp_path / "p.json"
    write_predictions(file, predictions)
    arguments = ("mupots", "--root", tmp_path, "--predictions", file)
    _, matlab = evaluate(*arguments, "--mat", tmp_path / "mat")
    # two valid people in two frames, three in one: 3 of 7 are predicted in each sequence
    assert matlab["num_people"] == {"TS1": 7, "TS2": 7, "mean": 14}
    assert matlab["recall"] == pytest.approx({"TS1": 3 / 7, "TS2": 3 / 7, "mean": 3 / 7})
    assert matlab["pck_rel"]["mean"] == pytest.approx(3 / 7)
    assert matlab["pck_rel_matched"]["mean"] == 1
    assert matlab["pck_abs_matched"]["TS1"] == 1
    # six right predictions of 14 people; the first one's step is not added
    assert matlab["ap_root"] == pytest.approx({"mean": 5 / 14})
    assert loadmat(tmp_path / "mat" / "preds_3d_kpt_mupots.mat")["TS2_img_000002"].shape[0] == 1
    _, das = evaluate(*arguments, "--protocol", "das")
    assert das["pck_abs"]["TS1"] == pytest.approx(3 / 7)
    assert 3 / 7 <= das["pck_rel"]["TS1"] <= 1
    assert "pck_rel_raw" not in das
    _, corrected = evaluate(*arguments, "--protocol", "das-corrected")
    assert corrected["pck_abs"]["TS1"] == pytest.approx(3 / 7)


def test_checkpoints_are_evaluated_by_the_rules_and_at_the_size_asked_for(
    evaluate, tmp_path, monkeypatch
):
    torch.manual_seed(0)
    network = DasNetwork(NetworkConfig(channels=32))
    file = tmp_path / "checkpoint.safetensors"
    save_tensors(file, network.state_dict(), network_metadata(network.config))
    write_mupots(tmp_path / "set", ["TS1"], num_frames=1, size=(64, 64), pictures=True)
    opened = []
    monkeypatch.setattr(
        network_predictor.NetworkPredictor,
        "people",
        lambda self, image, camera: opened.append(self) or People.empty(self.skeleton),
    )
    arguments = ("mupots", "--root", tmp_path / "set", "--model", file, "--protocol", "das")
    _, table = evaluate(*arguments, "--decode", "authors", "--input-size", "128x64")
    assert table["recall"] == {"TS1": 0, "mean": 0}
    evaluate(*arguments, "--threshold", 0.3)
    (authors, own) = opened
    assert authors.rules == network_predictor.PAPER_DECODE
    assert authors.input_size == (128, 64)
    assert (authors.rules.min_score, authors.rules.oks_threshold) == (0.07, 0.9)
    assert own.rules.min_score == 0.3
    assert own.rules.oks_threshold == 0.5
    evaluate(*arguments, "--input-size", "wide", exit_code=2)


def test_coco_from_predictions(evaluate, tmp_path):
    write_coco(tmp_path)
    points = [[20.0 + 2 * j, 10.0 + 2 * j] for j in range(17)]
    person = {"joint_names": list(COCO_17.joint_names), "joints_px": points, "score": 0.8}
    for name in ("val2017/000000000007.jpg", "000000000007.jpg"):
        file = tmp_path / "p.json"
        file.write_text(json.dumps({name: {"people": [person]}}))
        printed, table = evaluate("coco", "--root", tmp_path, "--predictions", file)
        assert (table["AP"], table["AR"], table["num_images"]) == pytest.approx((1, 1, 2))
        assert "no entry for 1 pictures" in printed


def test_models_read_the_pictures_and_stand_side_by_side(evaluate, tmp_path, model):
    write_coco(tmp_path, pictures=True)
    models = ("--model", tmp_path / "a.onnx", "--model", tmp_path / "b.onnx")
    printed, table = evaluate("coco", "--root", tmp_path, *models, "--threshold", 0.05)
    assert set(table) == {"a.onnx", "b.onnx"}
    assert table["a.onnx"]["AP"] == 0
    lines = [line.split() for line in printed.splitlines()]
    assert ["a.onnx", "b.onnx"] in lines
    assert ["AP", "0", "0"] in lines
    assert model.seen == [((64, 96, 3), 0.05)] * 4


def test_modes_stand_side_by_side(evaluate, tmp_path, model):
    write_coco(tmp_path, pictures=True)
    modes = ("--mode", "fast", "--mode", "precise")
    _, table = evaluate("coco", "--root", tmp_path, "--model", "a.onnx", *modes)
    assert set(table) == {"a.onnx fast", "a.onnx precise"}
    assert len(model.seen) == 4
    evaluate("coco", "--root", tmp_path, "--predictions", "p.json", *modes, exit_code=2)


def rendered(root, roots_mm, num_pictures=3):
    camera = Camera.from_fov((64, 48))
    annotations = [annotate(roots_mm, camera)] * num_pictures
    for seed in range(num_pictures):
        write_image(root, seed, np.full((48, 64, 3), 90, np.uint8))
    write_shard(root, list(range(num_pictures)), annotations)
    return camera


def test_synthetic_and_jitter_with_a_model(evaluate, tmp_path, monkeypatch, model):
    roots = ([-500, 0, 4000], [500, 0, 4500])
    rendered(tmp_path, roots)
    monkeypatch.setattr(model, "people", people(STANDING + np.reshape(roots, (2, 1, 3))))
    printed, table = evaluate("synthetic", "--root", tmp_path, "--model", "m.onnx")
    assert table["recall"] == table["precision"] == 1
    assert table["num_people"] == 6
    assert table["mpjpe_mm"] == pytest.approx(0, abs=1e-2)
    assert "m.onnx, fast, on Fake" in printed
    assert model.seen[0][1] == benchmarks.DEFAULT_MIN_SCORE
    _, table = evaluate(
        "jitter", "--root", tmp_path, "--model", "m.onnx", "--pictures", 2, "--copies", 3
    )
    assert table["num_images"] == 2
    assert table["num_people"] == 4
    assert table["jitter_px"] == pytest.approx(0, abs=1e-6)
    assert len(model.seen) == 3 + 2 * 4


def test_synthetic_from_predictions_of_another_joint_set(evaluate, tmp_path):
    roots = ([-500, 0, 4000],)
    camera = rendered(tmp_path, roots, 2)
    joints = mupots.MUPOTS_17.indices_in(BODY_22)
    found = people((STANDING + roots[0])[None, joints], mupots.MUPOTS_17)
    file = tmp_path / "p.json"
    prediction = Prediction.projected(found, camera)
    write_predictions(file, {f"images/{i:07d}.jpg": prediction for i in range(2)})
    printed, table = evaluate("synthetic", "--root", tmp_path, "--predictions", file)
    assert table["recall"] == table["pck_abs"] == 1
    assert "no entry" not in printed


@pytest.fixture
def photo_sets(monkeypatch, tmp_path):
    """Two validation photos and one for training, one of sport, two of nobody; their person."""
    points = np.array([[10 + 4 * (j % 5), 5 + 2 * j] for j in range(17)], float)
    keypoints = np.insert(points, 2, 2, axis=1).ravel().tolist()
    record = {"bbox": [10, 5, 20, 40], "keypoints": keypoints, "area": 700, "source": "human"}
    lists = {
        "coco_real": {"0.jpg", "1.jpg"},
        "coco_no_person": {"n.jpg"},
        "backgrounds": {"b.jpg"},
    }
    monkeypatch.setattr(photo_lists, "validation_names", lists.get)
    for folder, names in (("coco_real", ("0.jpg", "1.jpg", "2.jpg")), ("real", ("s.jpg",))):
        images = [
            {"id": i, "file_name": n, "source": "lspet", "split": "val"}
            for i, n in enumerate(names)
        ]
        labels = [record | {"image_id": i} for i in range(len(names))]
        content = {"images": images, "annotations": labels}
        for name in names:
            write_picture(tmp_path / folder / name, (48, 64))
        (tmp_path / folder / "annotations.json").write_text(json.dumps(content))
    write_picture(tmp_path / "coco_no_person" / "n.jpg", (48, 64))
    write_picture(tmp_path / "real" / "b.jpg", (48, 64))
    return {"joint_names": list(COCO_17.joint_names), "joints_px": points.tolist()}


def test_photos_from_predictions_with_a_sheet(evaluate, photo_sets, tmp_path):
    found = {
        "coco_real/1.jpg": [photo_sets],
        "real/s.jpg": [photo_sets],
        "coco_no_person/n.jpg": [photo_sets],
        "coco_real/0.jpg": [],
        "real/b.jpg": [],
    }
    content = {name: {"people": people} for name, people in found.items()}
    (tmp_path / "p.json").write_text(json.dumps(content))
    printed, table = evaluate(
        "photos",
        "--root",
        tmp_path,
        "--predictions",
        tmp_path / "p.json",
        "--sheet",
        tmp_path / "sheet.jpg",
    )
    assert table["num_images"] == 2
    assert table["found"] == 0.5
    assert table["sport/pck02"] == 1
    assert table["ap"] == pytest.approx(51 / 101)
    assert table["nobody/false_per_image"] == 0.5
    assert table["false_per_image"] == 0
    assert "shrunk to 1/2/ap" not in table
    assert "no entry" not in printed
    assert "| OKS AP / AP50 | 50.5 / 50.5 |" in printed
    assert "| score 0.9-1 | 100 of 1 |" in printed
    sheet = cv2.imread(str(tmp_path / "sheet.jpg"))
    worst, best = sheet[:, :256], sheet[:, 256:512]

    def num_pink(tile):
        b, g, r = tile.astype(int).transpose(2, 0, 1)
        return int(((r > 150) & (b > 110) & (g < 120)).sum())

    def num_green(tile):
        b, g, r = tile.astype(int).transpose(2, 0, 1)
        return int(((g > 150) & (b < 140) & (r < 140)).sum())

    assert num_pink(worst) == 0
    assert num_green(worst) > 50
    assert num_pink(best) > 50


def test_photos_with_a_model_are_shown_cut_shrunk_and_joined(
    evaluate, photo_sets, model, monkeypatch, tmp_path
):
    _, table = evaluate("photos", "--root", tmp_path, "--model", "a")
    titles = ("shrunk to 1/4", "mosaic 2x2", "mosaic 3x3")
    assert [table[f"{title}/num_people"] for title in titles] == [2, 2, 2]
    assert {threshold for _, threshold in model.seen} == {0.01}
    assert (480, 640, 3) in {shape for shape, _ in model.seen}  # a mosaic
    assert table["cut at hip/num_people"] == 0  # too small to be cut


def test_contradictory_options_are_refused(evaluate, tmp_path):
    (tmp_path / "p.json").write_text("{}")
    evaluate(
        "coco",
        "--root",
        tmp_path,
        "--model",
        "a",
        "--predictions",
        tmp_path / "p.json",
        exit_code=2,
    )
    evaluate(
        "photos",
        "--root",
        tmp_path,
        "--model",
        "a",
        "--model",
        "b",
        "--sheet",
        tmp_path / "s.jpg",
        exit_code=2,
    )
    evaluate(
        "photos",
        "--root",
        tmp_path,
        "--movenet",
        tmp_path,
        "--sheet",
        tmp_path / "s.jpg",
        exit_code=2,
    )
