"""The exported file: what is folded away in it, and the lifting that travels in it."""

import base64
import dataclasses
import re
import runpy
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
import torch
from people_scenes import annotate
from torch import nn

from das_model import shared_work
from das_model.camera import Camera
from das_model.inference.device.onnx_runtime import ort
from das_model.inference.estimate import Device, EstimatorOptions, Scoring
from das_model.inference.network_config import LITE, NetworkConfig, network_metadata
from das_model.inference.refine import LIFTING, NUM_CUES
from das_model.inference.runtime import open_estimator
from das_model.inference.targets import Encoding
from das_model.network import export
from das_model.network.backbones.movenet import MoveNetBackbone
from das_model.network.checkpoint import load_network, load_tensors, save_tensors
from das_model.network.export import _lifting_text, _with_folded_pads, export_onnx
from das_model.network.exported_network import ExportedNetwork, told_maps
from das_model.network.lifting import PoseLifting, lifting_tensors, load_liftings
from das_model.network.network import DasNetwork
from das_model.skeleton import BODY_22
from das_model.synthetic.storage import image_path, write_image, write_shard
from das_model.training.lifting_pairs import load_pairs

SCRIPTS = Path(__file__).parents[3] / "scripts"
SMALL = dataclasses.replace(
    LITE,
    channels=32,
    head_convs=1,
    update="none",
    encoding=Encoding((8, 16, 32), (48, 96), centre="visible", heat_stride=4),
)
CAMERA = Camera.from_fov((96, 64), 60)
CPU = ["CPUExecutionProvider"]
# an untrained network is sure of no joint
ON_CPU = EstimatorOptions(Device.CPU, num_threads=1, scoring=Scoring.LOCATION)
NUM_FEATURES = 9 * 24 + 3 * 32  # of a joint: the backbone's finest map and SMALL's pyramid


def run_script(name, *arguments):
    """A script as from the command line."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", [name, *map(str, arguments)])
        runpy.run_path(str(SCRIPTS / name), run_name="__main__")


class Listener:
    """A lifting that moves nobody and notes what it was asked, and how often."""

    def __init__(self):
        self.asked, self.num_calls = (None, None), 0

    def __call__(self, cues, features):
        self.asked, self.num_calls = (cues.stacked(), features), self.num_calls + 1
        return np.concatenate([cues.joints_cam, cues.heat[..., None]], axis=-1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An untrained network that sees people, a random lifting, and export.py's files of both."""
    root = tmp_path_factory.mktemp("export")
    torch.manual_seed(0)
    network = DasNetwork(SMALL)
    nn.init.constant_(network.backbone.heat.bias, 0.0)
    nn.init.constant_(network.heads.score[-1].bias, 0.0)
    nn.init.constant_(network.heads.root_depth[-1].bias, 4.0)
    for name in ("score", "joint_offset"):
        nn.init.normal_(getattr(network.heads, name)[-1].weight, std=0.3)
    config = network_metadata(SMALL)
    save_tensors(root / "network.safetensors", network.state_dict(), config)
    lifting = PoseLifting(BODY_22.num_joints, NUM_FEATURES, 32)
    nn.init.normal_(lifting.head.weight, std=0.05)
    nn.init.normal_(lifting.doubt.weight, std=0.05)
    save_tensors(root / "lifting.safetensors", lifting_tensors({LIFTING: lifting}), {})
    run_script(
        "export.py",
        root / "network.safetensors",
        "-o",
        root / "model.onnx",
        "--size",
        "96x64",
        "--lifting",
        root / "lifting.safetensors",
    )
    return root


@pytest.fixture(scope="module")
def plain_file(folder):
    """The same model without its lifting."""
    model, file = onnx.load(str(folder / "model.onnx")), folder / "plain.onnx"
    others = {p.key: p.value for p in model.metadata_props if p.key != "lifting"}
    assert len(others) == len(model.metadata_props) - 1
    onnx.helper.set_model_props(model, others)
    onnx.save(model, str(file))
    return file


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("network_config", None, "no network_config in its metadata"),
        ("network_config", '{"encoding": {"spots": 1}}', "network_config: Encoding has no spots"),
        ("input_size", None, r"input_size in its metadata must be .* in px, got none"),
        ("input_size", "96x64", "input_size in its metadata must be .* in px, got 96x64"),
        ("lifting", "bm8=", "lifting in its metadata must be an ONNX model in base64"),
        ("lifting", "no, no", "lifting in its metadata must be an ONNX model in base64"),
    ],
)
def test_metadata_that_is_not_understood_is_named_with_its_file(
    folder, tmp_path, key, value, told
):
    model, file = onnx.load(str(folder / "model.onnx")), tmp_path / "changed.onnx"
    values = {p.key: p.value for p in model.metadata_props if p.key != key}
    onnx.helper.set_model_props(model, values | ({key: value} if value else {}))
    onnx.save(model, str(file))
    with pytest.raises(ValueError, match=f"changed.onnx: {told}"):
        open_estimator(file, ON_CPU)


def test_a_lifting_that_reads_something_else_is_refused(folder, tmp_path):
    model, file = onnx.load(str(folder / "model.onnx")), tmp_path / "older.onnx"
    place = onnx.helper.make_tensor_value_info("found", onnx.TensorProto.FLOAT, ["people", 22, 7])
    node = onnx.helper.make_node("Identity", ["found"], ["lifted"])
    lifted = onnx.helper.make_tensor_value_info("lifted", onnx.TensorProto.FLOAT, None)
    graph = onnx.helper.make_graph([node], "older", [place], [lifted])
    opset = [onnx.helper.make_opsetid("", 18)]
    older = onnx.helper.make_model(graph, opset_imports=opset, ir_version=9)
    values = {p.key: p.value for p in model.metadata_props}
    values["lifting"] = base64.b64encode(older.SerializeToString()).decode()
    onnx.helper.set_model_props(model, values)
    onnx.save(model, str(file))
    told = r"older.onnx: lifting .* must take .*'features': 312}, it takes {'found': 7}"
    with pytest.raises(ValueError, match=told):
        open_estimator(file, ON_CPU)


def test_a_former_lifting_that_tells_no_spread_still_lifts(folder, lifts, tmp_path):
    model, file = onnx.load(str(folder / "model.onnx")), tmp_path / "former.onnx"
    values = {p.key: p.value for p in model.metadata_props if p.key != "device_graphs"}
    former = onnx.load_from_string(base64.b64decode(values["lifting"]))
    graph = former.graph
    graph.node.append(onnx.helper.make_node("Split", ["lifted"], ["joints", "spread"], axis=2))
    graph.node[-1].input.append("sizes")
    graph.initializer.append(onnx.numpy_helper.from_array(np.array([3, 1]), "sizes"))
    del graph.output[:]
    graph.output.append(onnx.helper.make_tensor_value_info("joints", onnx.TensorProto.FLOAT, None))
    values["lifting"] = base64.b64encode(former.SerializeToString()).decode()
    onnx.helper.set_model_props(model, values)
    onnx.save(model, str(file))
    people, now = people_of(open_estimator(file, ON_CPU)), people_of(lifts)
    np.testing.assert_allclose(people.joints_cam, now.joints_cam, atol=1e-3)
    assert len(people) > 1
    assert np.isnan(people.joint_spread_mm).all()


def picture(seed=0):
    return np.random.default_rng(seed).integers(0, 256, (64, 96, 3), np.uint8)


@pytest.fixture(scope="module")
def lifts(folder):
    """An estimator that lifts by itself."""
    return open_estimator(folder / "model.onnx", ON_CPU)


@pytest.fixture(scope="module")
def listens(folder):
    """The same with a listener instead, and the listener."""
    listener = Listener()
    return open_estimator(folder / "model.onnx", ON_CPU, listener), listener


def people_of(estimator, threshold=0.05):
    """Whom an estimator finds in the picture."""
    options = dataclasses.replace(ON_CPU, min_score=threshold)
    return estimator.with_options(options)(picture(), CAMERA).people


def lifted_in_torch(folder, listener):
    """(P, J, 3) of whom the listener was asked last."""
    with torch.no_grad():
        lifting = load_liftings(folder / "lifting.safetensors")[LIFTING]
        return lifting(*map(torch.from_numpy, listener.asked))


def test_people_are_lifted_as_torch_lifts_them(folder, lifts, listens):
    estimator, listener = listens
    told, lifted = people_of(estimator), people_of(lifts)
    assert len(lifted) == len(told) > 1
    found, features = listener.asked
    assert found.shape == (len(told), 22, NUM_CUES)
    assert features.shape == (len(told), 22, NUM_FEATURES)
    np.testing.assert_array_equal(told.joints_cam, found[..., :3])
    wanted = lifted_in_torch(folder, listener)
    assert np.abs(lifted.joints_cam - told.joints_cam).mean() > 20
    np.testing.assert_allclose(lifted.joints_cam, wanted[..., :3], atol=0.1)
    np.testing.assert_allclose(lifted.joint_spread_mm, wanted[..., 3], rtol=1e-3)
    assert np.ptp(lifted.joint_spread_mm) > 10
    np.testing.assert_array_equal(lifted.scores, told.scores)
    np.testing.assert_array_equal(lifted.joint_scores, told.joint_scores)


def test_a_model_without_lifting_leaves_people_as_they_were_told(plain_file, listens):
    estimator, listener = listens
    told, other = people_of(estimator), Listener()
    plain = people_of(open_estimator(plain_file, ON_CPU))
    np.testing.assert_array_equal(plain.joints_cam, told.joints_cam)
    people_of(open_estimator(plain_file, ON_CPU, other))  # one beside it is asked all the same
    for asked, before in zip(other.asked, listener.asked, strict=True):
        np.testing.assert_array_equal(asked, before)


def test_where_nobody_is_nothing_is_lifted(lifts, listens):
    estimator, listener = listens
    num_calls = listener.num_calls
    for each in (lifts, estimator):
        found = people_of(each, threshold=1.0)
        assert len(found) == 0
        assert found.joints_cam.shape == (0, 22, 3)
    assert listener.num_calls == num_calls


def test_one_person_alone_is_lifted(folder, lifts, listens):
    estimator, listener = listens
    threshold = float(people_of(estimator).scores[:2].mean())
    told, lifted = people_of(estimator, threshold), people_of(lifts, threshold)
    assert len(told) == len(lifted) == 1
    wanted = lifted_in_torch(folder, listener)
    np.testing.assert_allclose(lifted.joints_cam, wanted[..., :3], atol=0.1)


def test_the_files_of_a_model_tell_the_same(folder, lifts):
    whole = folder / "model.safetensors"
    assert load_network(whole).config == SMALL
    lifting, tensors = load_liftings(whole)[LIFTING], load_tensors(whole)[0]
    parts = load_tensors(folder / "network.safetensors")[0]
    parts |= load_tensors(folder / "lifting.safetensors")[0]
    assert tensors.keys() == parts.keys()
    assert all(torch.equal(value, tensors[name]) for name, value in parts.items())
    assert torch.equal(lifting.head.weight, parts["lifting.head.weight"])
    assert lifts.network.metadata["name"] == "model"
    assert lifts.network.nominal_size == (96, 64)
    assert lifts.network.metadata.items() >= network_metadata(SMALL).items()
    assert "lifting" not in lifts.network.metadata  # a model is nothing to read


def test_a_file_that_holds_no_lifting_is_refused(folder, capsys):
    weights = folder / "network.safetensors"
    with pytest.raises(SystemExit):
        run_script("export.py", weights, "-o", folder / "none.onnx", "--lifting", weights)
    assert "network.safetensors holds none" in capsys.readouterr().err
    assert not (folder / "none.onnx").exists()


@pytest.mark.parametrize(
    ("output", "size", "told"),
    [
        ("other.onnx", "96", r"argument --size: must be WIDTHxHEIGHT .*, got '96'"),
        ("other.onnx", "0x64", r"argument --size: must be WIDTHxHEIGHT .*, got '0x64'"),
        ("other.pt", "96x64", r"--output must end with .onnx, got .*other.pt"),
        ("run.onnx", "96x64", r"would write weights over the training checkpoint .*run.safet"),
    ],
)
def test_arguments_that_cannot_be_leave_files_as_they_are(folder, capsys, output, size, told):
    weights, checkpoint = folder / "network.safetensors", folder / "run.safetensors"
    tensors, metadata = load_tensors(weights)
    averaged = {f"average.{name}": value for name, value in tensors.items()}
    save_tensors(checkpoint, averaged, metadata | {"step": "3"})
    before = sorted((file, file.stat().st_mtime_ns) for file in folder.iterdir())
    with pytest.raises(SystemExit) as stopped:
        run_script("export.py", checkpoint, "-o", folder / output, "--size", size)
    assert stopped.value.code == 2
    assert re.search(told, capsys.readouterr().err)
    assert before == sorted((file, file.stat().st_mtime_ns) for file in folder.iterdir())


def test_what_nobody_reads_is_not_computed(folder):
    """Of sigma x and y of the last stage alone, of the root its depth alone."""
    model = onnx.load(str(folder / "model.onnx"))
    shapes = [tuple(tensor.dims) for tensor in model.graph.initializer if len(tensor.dims) == 4]
    widths = [shape[0] for shape in shapes if shape[1:] == (SMALL.channels, 1, 1)]
    num_joints = BODY_22.num_joints
    assert widths.count(2 * num_joints) == 1  # sigma
    assert widths.count(3 * num_joints) == 1  # offsets
    assert widths.count(2) == 0  # the root's place
    depths = {o.name: o for o in model.graph.output if o.name.startswith("root_")}
    assert {o.type.tensor_type.shape.dim[1].dim_value for o in depths.values()} == {1}


@pytest.mark.parametrize(
    "switch",
    [{}, {"update": "recursive"}, {"tower_end": "deformable"}, {"fpn_norm": "batch"}],
    ids=str,
)
def test_what_is_exported_equals_the_whole_network(tmp_path, switch):
    torch.manual_seed(1)
    network = DasNetwork(dataclasses.replace(SMALL, **switch))
    nn.init.normal_(network.heads.joint_sigma[-1].weight, std=0.3)
    for module in network.modules():
        if isinstance(module, nn.GroupNorm):
            nn.init.normal_(module.weight)
            nn.init.normal_(module.bias)
    exported = ExportedNetwork(network.eval())
    image = torch.from_numpy(picture()[None])
    with torch.no_grad():
        told, wanted = exported(image), told_maps(network, image)
    assert len(told) == len(wanted)
    for mine, whole in zip(told, wanted, strict=True):
        torch.testing.assert_close(mine, whole, rtol=1e-5, atol=1e-5)


def test_what_is_not_exported_rightly_is_not_written(folder, monkeypatch):
    network = load_network(folder / "network.safetensors")
    with pytest.raises(ValueError, match=r"must be multiples of 32 px, .* got 96 x 60"):
        export_onnx(network, folder / "model.onnx", (96, 60), {})
    monkeypatch.setattr(export, "largest_difference", lambda *_: float("nan"))
    before = (folder / "model.onnx").read_bytes()
    with pytest.raises(ValueError, match=r"model.onnx: differs from torch by nan"):
        export_onnx(network, folder / "model.onnx", (96, 64), {})
    assert (folder / "model.onnx").read_bytes() == before
    assert not list(folder.glob("*.part"))


def test_a_lifting_of_another_network_is_not_written(folder):
    network = load_network(folder / "network.safetensors")
    before = (folder / "model.onnx").read_bytes()
    other = PoseLifting(BODY_22.num_joints, 5, 8)
    with pytest.raises(ValueError, match="reads 5 features of a joint, it is given 312"):
        export_onnx(network, folder / "model.onnx", (96, 64), {}, {LIFTING: other})
    assert (folder / "model.onnx").read_bytes() == before
    assert not list(folder.glob("*.part"))


def test_a_network_without_heat_cannot_be_lifted(tmp_path):
    network = DasNetwork(NetworkConfig(channels=32, head_convs=1, update="none"))
    lifting = PoseLifting(BODY_22.num_joints, 5, 8)
    with pytest.raises(ValueError, match=r"model.onnx: only a network with a heat map.*lite0"):
        export_onnx(network, tmp_path / "model.onnx", (96, 64), {}, {LIFTING: lifting})


def test_a_lifting_that_onnx_cannot_follow_is_refused(monkeypatch):
    """Torch says something else each time that it is asked."""
    lifting = PoseLifting(BODY_22.num_joints, 5, 8)
    monkeypatch.setattr(lifting, "eval", lambda: lifting)  # features are hidden by chance
    torch.nn.init.normal_(lifting.head.weight)
    with pytest.raises(ValueError, match="the lifting differs from torch by"):
        _lifting_text(lifting)


def test_a_lifting_is_trained_on_what_the_model_finds(folder, listens, capsys, monkeypatch):
    """The pictures' people are those that the model finds, a tenth farther away."""
    monkeypatch.setattr(
        shared_work, "ProcessPoolExecutor", lambda number, _: ThreadPoolExecutor(number)
    )
    root, (estimator, listener) = folder / "rendered", listens
    root.mkdir()
    estimator = estimator.with_options(dataclasses.replace(ON_CPU, min_score=0.1))
    annotations, found = [], []
    for seed in range(2):
        write_image(root, seed, picture(seed))
        image = cv2.imread(str(image_path(root, seed)), cv2.IMREAD_COLOR_RGB)
        joints = estimator(image, CAMERA).people.joints_cam * np.float32(1.1)
        found.append(listener.asked[0])
        labels = annotate(np.zeros((len(joints), 3)) + [0, 0, 3000], CAMERA)
        joints_px = CAMERA.project(joints).astype(np.float32)
        annotations.append(dataclasses.replace(labels, joints_cam=joints, joints_px=joints_px))
    write_shard(root, [0, 1], annotations)
    out = folder / "run" / "lifting.safetensors"
    run_script(
        "train_lifting.py",
        folder / "model.onnx",
        "--synthetic",
        root,
        "--out",
        out,
        "--pictures",
        1,
        "--steps",
        1,
    )
    pairs = load_pairs(out.with_suffix(".npz"))
    number = len(found[0])  # then come those of the mirror image
    assert len(pairs) >= number > 0
    assert pairs.features.shape[1:] == (22, NUM_FEATURES)
    np.testing.assert_allclose(np.sort(pairs.found[:number], 0), np.sort(found[0], 0), atol=0.5)
    wanted = 1.1 * pairs.found[:number, :, :3]
    np.testing.assert_allclose(pairs.wanted[:number], wanted, rtol=1e-3, atol=0.5)
    first = load_liftings(out)[LIFTING]
    assert f"{len(pairs)} people found and known" in capsys.readouterr().out
    again = out.with_name("again.safetensors")
    run_script(
        "train_lifting.py",
        folder / "model.onnx",
        "--pairs",
        out.with_suffix(".npz"),
        "--out",
        again,
        "--steps",
        1,
    )
    for name, value in load_liftings(again)[LIFTING].state_dict().items():
        assert torch.equal(value, first.state_dict()[name]), name
    assert first.feature_in.in_features == NUM_FEATURES
    capsys.readouterr()
    files = [out.with_suffix(".npz"), out.with_suffix(".npz")]
    run_script(
        "train_lifting.py", folder / "model.onnx", "--pairs", *files, "--out", again, "--steps", 1
    )
    assert f"{2 * len(pairs)} people found and known" in capsys.readouterr().out


def exported(module, shape, file):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module.eval(),
            torch.zeros(shape),
            str(file),
            dynamo=False,
            opset_version=18,
            input_names=["x"],
        )
    return file


class Padded(nn.Module):
    """Convolutions behind zeros, behind the edge's values, and two behind the same zeros."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.stem = MoveNetBackbone(("nose",)).stem
        self.edge = nn.Conv2d(48, 4, 3)
        self.left, self.right = nn.Conv2d(4, 2, 3, padding=1), nn.Conv2d(4, 2, 3)

    def forward(self, x):
        x = self.stem(x)  # zeros at the bottom and right
        x = self.edge(nn.functional.pad(x, (1, 1, 1, 1), mode="replicate"))
        x = nn.functional.pad(x, (2, 0, 1, 0))
        return self.left(x)[..., 1:-1, 1:-1] + self.right(x)


def test_zeros_in_front_of_one_convolution_are_its_own(tmp_path):
    module = Padded()
    file = exported(module, (1, 3, 12, 16), tmp_path / "padded.onnx")
    num_pads = sum(node.op_type == "Pad" for node in onnx.load(str(file)).graph.node)
    folded = _with_folded_pads(file)
    convolutions = [node for node in folded.graph.node if node.op_type == "Conv"]
    pads = [list(a.ints) for n in convolutions for a in n.attribute if a.name == "pads"]
    assert num_pads == 3
    assert pads[0] == [0, 0, 1, 1]
    modes = [[a.s for a in n.attribute] for n in folded.graph.node if n.op_type == "Pad"]
    assert modes == [[b"edge"], [b"constant"]]  # others cannot be taken in
    image = torch.rand(1, 3, 12, 16)
    session = ort.InferenceSession(folded.SerializeToString(), providers=CPU)
    with torch.no_grad():
        wanted = module(image).numpy()
    np.testing.assert_allclose(session.run(None, {"x": image.numpy()})[0], wanted, atol=1e-5)


def test_the_live_network_has_no_pads_in_front_of_convolutions(folder):
    graph = onnx.load(str(folder / "model.onnx")).graph
    padded = {node.output[0] for node in graph.node if node.op_type == "Pad"}
    convolutions = [node for node in graph.node if node.op_type == "Conv"]
    assert convolutions
    assert not [n.name for n in convolutions if n.input[0] in padded]
    ends = [list(a.ints) for n in convolutions for a in n.attribute if a.name == "pads"]
    assert ends.count([0, 0, 1, 1]) == 5  # one for each halving of the picture


def test_the_live_network_reads_the_fine_map_as_it_is(folder):
    """Folding it into channels moves every number of it three times."""
    graph = onnx.load(str(folder / "model.onnx")).graph
    moved = [
        len(attribute.ints)
        for node in graph.node
        if node.op_type == "Transpose" and "updates" not in node.name
        for attribute in node.attribute
    ]
    assert moved == [4]  # the picture, to channels first
    shapes = {tuple(tensor.dims)[1:] for tensor in graph.initializer}
    assert {(24, fold, fold) for fold in (2, 4, 8)} <= shapes
