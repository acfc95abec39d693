"""The way a network runs on a card, by sessions of the processor that say they are a card's."""

import contextlib
import logging
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from das_model.inference.device import device_maps, on_card, onnx_runtime
from das_model.inference.device.on_card import CardOptions, network_on
from das_model.inference.device.onnx_runtime import CPU, CUDA, TENSORRT, open_session
from das_model.inference.device.sized_networks import SizedNetworks

WAYS = (TENSORRT, CUDA, *CPU)
PICTURE = np.random.default_rng(0).integers(0, 256, (4, 6, 3), np.uint8)
EXPECTED = {"doubled": 2 * PICTURE[None].astype(np.float32)}


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """It gives the picture's pixels twice as large, as float32."""
    shape = [1, "height", "width", 3]
    graph = helper.make_graph(
        [
            helper.make_node("Cast", ["image"], ["real"], to=TensorProto.FLOAT),
            helper.make_node("Add", ["real", "real"], ["doubled"]),
        ],
        "doubling",
        [helper.make_tensor_value_info("image", TensorProto.UINT8, shape)],
        [helper.make_tensor_value_info("doubled", TensorProto.FLOAT, shape)],
    )
    opset = [helper.make_opsetid("", 18)]
    file = tmp_path_factory.mktemp("card") / "doubling.onnx"
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=10), str(file))
    return file


class Pretender:
    """A session of the processor that says it is on a card.

    Args:
        session: of the processor.
        provider: that it says it runs on.
        is_stuck: it gives what it gave first, as a graph that was recorded wrongly would.
    """

    def __init__(self, session, provider, is_stuck=False):
        self._session, self._provider, self._is_stuck = session, provider, is_stuck
        self.graphs = []

    def __getattr__(self, name):
        return getattr(self._session, name)

    def get_providers(self):
        return [self._provider, *CPU]

    def io_binding(self):
        return self._session.io_binding()

    def run_with_iobinding(self, binding, options=None):
        self.graphs.append(options.get_run_config_entry("gpu_graph_id"))
        if not (self._is_stuck and len(self.graphs) > 2):
            self._session.run_with_iobinding(binding)


@pytest.fixture
def card(monkeypatch):
    """Sessions on a card: what was asked for, and which ways fail by what."""

    class Card:
        def __init__(self):
            self.opened, self.asked = [], []
            self.broken, self.stuck, self.absent = set(), set(), set()

        def open(self, model, threads, way, is_spinning, own, sizes):
            kind = way[0] + ("+graph" if "enable_cuda_graph" in own.get(CUDA, {}) else "")
            self.asked.append((kind, own, dict(sizes)))
            if kind in self.broken:
                raise RuntimeError("no kernel")
            named = CPU[0] if kind in self.absent else way[0]
            session = open_session(model, 1, CPU, sizes=sizes)
            self.opened.append(Pretender(session, named, kind in self.stuck))
            return self.opened[-1]

    card = Card()
    monkeypatch.setattr(on_card, "open_session", card.open)
    monkeypatch.setattr(device_maps, "_DEVICES", {})  # buffers are the processor's
    return card


def kinds(card):
    return [kind for kind, *_ in card.asked]


def test_tensorrt_comes_first_then_a_graph_then_plain_cuda(card, model):
    network = network_on(model, WAYS, CardOptions(), PICTURE, EXPECTED)
    assert network.providers()[0] == TENSORRT
    card.asked.clear()
    card.broken = {TENSORRT}
    assert network_on(model, WAYS, CardOptions(), PICTURE, EXPECTED).providers()[0] == CUDA
    assert kinds(card) == [TENSORRT, f"{CUDA}+graph"]
    card.asked.clear()
    card.broken = {TENSORRT, f"{CUDA}+graph"}
    network_on(model, WAYS, CardOptions(), PICTURE, EXPECTED)
    assert kinds(card) == [TENSORRT, f"{CUDA}+graph", CUDA]


def test_a_graph_that_repeats_its_first_picture_is_not_used(card, model, caplog):
    card.stuck = {f"{CUDA}+graph"}
    network_on(model, WAYS[1:], CardOptions(), PICTURE, EXPECTED)
    assert kinds(card) == [f"{CUDA}+graph", CUDA]
    assert "must be the processor's within" in caplog.text


def test_graphs_can_be_left_out(card, model):
    network_on(model, WAYS[1:], CardOptions(has_graph=False), PICTURE, EXPECTED)
    assert kinds(card) == [CUDA]
    assert {graph for session in card.opened for graph in session.graphs} == {"-1"}


@pytest.mark.parametrize("wrong", [np.nan, 1e3])
def test_who_computes_nonsense_everywhere_is_refused_with_the_reason(card, model, wrong):
    expected = {"doubled": EXPECTED["doubled"] + np.float32(wrong)}
    with pytest.raises(ValueError, match=r"does not run on Tensorrt.*doubled on CUDA.*must be"):
        network_on(model, WAYS, CardOptions(), PICTURE, expected)


def test_who_does_not_start_is_passed_over_quietly(card, model, caplog):
    card.absent = {TENSORRT, f"{CUDA}+graph", CUDA}
    with pytest.raises(ValueError, match="did not start"):
        network_on(model, WAYS, CardOptions(), PICTURE, EXPECTED)
    assert not [r for r in caplog.records if r.levelno >= logging.WARNING and CUDA in r.message]


def test_cuda_has_the_network_in_float16_where_onnx_is_installed(card, model, monkeypatch, caplog):
    half = CardOptions(is_half=True)
    network = network_on(model, WAYS[1:], half, PICTURE, EXPECTED)
    most = np.full((4, 6, 3), 255, np.uint8)
    assert (network(most)["doubled"].numpy() == 510).all()  # float16 has whole numbers to 2048
    monkeypatch.setattr(onnx_runtime.importlib.util, "find_spec", lambda name: None)
    network_on(model, WAYS[1:], half, PICTURE, EXPECTED)
    assert "doubling computes in float32: float16 needs the package onnx" in caplog.text


def test_sizes_are_fixed_and_graphs_numbered_by_their_buffers(card, model):
    network = network_on(model, WAYS[1:], CardOptions(), PICTURE, EXPECTED)
    held = [network(PICTURE), network(PICTURE)]
    network(PICTURE[:2])
    assert [sizes for *_, sizes in card.asked] == [
        {"width": 6, "height": 4},
        {"width": 6, "height": 2},
    ]
    # the first run with new buffers is not recorded
    assert card.opened[0].graphs == ["-1", "0", "0", "0", "0", "-1", "1"]
    assert len(held) == 2


def test_engines_are_kept_by_content_size_and_precision_and_said(card, model, tmp_path, caplog):
    heard = []
    options = CardOptions(engine_folder=tmp_path / "engines")
    network_on(model, WAYS, options, PICTURE, EXPECTED, heard.append)
    told = card.asked[0][1][TENSORRT]
    folder = Path(told["trt_engine_cache_path"])
    assert folder.name == "6x4-float32"
    assert folder.is_dir()
    assert told["trt_engine_cache_enable"] == told["trt_timing_cache_enable"] == "1"
    assert told["trt_fp16_enable"] == "0"
    assert heard == [(6, 4), None]
    assert "TensorRT builds doubling for 6x4 px; this takes minutes" in caplog.text
    (folder / "of_this_card.engine").touch()
    network_on(model, WAYS, options, PICTURE, EXPECTED, heard.append)
    assert heard == [(6, 4), None]  # it is there: nothing to wait for
    other = tmp_path / "doubling.onnx"
    changed = onnx.load(str(model))
    onnx.helper.set_model_props(changed, {"weights": "other"})
    onnx.save(changed, str(other))
    half = CardOptions(is_half=True, engine_folder=tmp_path / "engines")
    network_on(other, WAYS, half, PICTURE, EXPECTED)
    told = card.asked[-1][1][TENSORRT]
    assert Path(told["trt_engine_cache_path"]).name == "6x4-float16"
    assert Path(told["trt_engine_cache_path"]).parent != folder.parent
    assert told["trt_fp16_enable"] == "1"


def test_an_engine_that_fails_ends_the_news_too(card, model, tmp_path):
    heard = []
    card.broken = {TENSORRT}
    options = CardOptions(engine_folder=tmp_path)
    network_on(model, WAYS, options, PICTURE, EXPECTED, heard.append)
    assert heard == [(6, 4), None]


@pytest.fixture
def sized(model):
    opened = []

    @contextlib.contextmanager
    def open_sized(size):
        opened.append(size)
        sizes = {"width": size[0], "height": size[1]}
        yield open_session(model, 1, CPU, sizes=sizes)

    return SizedNetworks(open_sized, is_recorded=False), opened


def test_maps_that_somebody_holds_are_not_overwritten(sized):
    network, _ = sized
    pictures = [np.full((4, 6, 3), value, np.uint8) for value in range(5)]
    held = [network(picture) for picture in pictures]
    for value, maps in enumerate(held):
        assert (maps["doubled"].numpy() == 2 * value).all()


def test_buffers_are_used_again_once_nobody_holds_them(sized):
    network, _ = sized
    addresses = {network(PICTURE)["doubled"].data_ptr() for _ in range(5)}
    assert len(addresses) == 1


def test_sizes_not_seen_for_long_are_let_go(sized):
    network, opened = sized
    for height in (1, 2, 3, 4, 1, 5):
        network(PICTURE[:1].repeat(height, axis=0))
    assert len(opened) == 5  # the first was still there
    network(PICTURE[:1].repeat(1, axis=0))
    assert len(opened) == 5
    network(PICTURE[:1].repeat(2, axis=0))  # which made room for the fifth
    assert len(opened) == 6
