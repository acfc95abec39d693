"""The door to ONNX Runtime: telemetry off, no other pool of threads beside it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from das_model.inference.device.onnx_runtime import open_session, ort

MODEL = Path(__file__).resolve().parents[3] / "assets/models/das-lite.onnx"


def test_telemetry_is_off_before_onnx_runtime_is_imported():
    """In a process whose environment says nothing, as a user's."""
    code = (
        "import builtins, os\n"
        "real, told = builtins.__import__, []\n"
        "def watch(name, *args):\n"
        "    if name.split('.')[0] == 'onnxruntime':\n"
        "        told.append(os.environ.get('ORT_DISABLE_TELEMETRY'))\n"
        "    return real(name, *args)\n"
        "builtins.__import__ = watch\n"
        "import das_model.inference.runtime\n"
        "assert told and set(told) == {'1'}, told\n"
    )
    environment = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY"}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=120)


def test_no_other_pool_beside_a_session():
    code = (
        "import sys, cv2, threadpoolctl\n"
        "from pathlib import Path\n"
        "from das_model.inference.device.onnx_runtime import open_session\n"
        "open_session(Path(sys.argv[1]), 2)\n"
        "blas = [p['num_threads'] for p in threadpoolctl.threadpool_info()\n"
        "        if p['user_api'] == 'blas']\n"
        "assert blas and set(blas) == {1}, blas\n"
        "assert cv2.getNumThreads() == 1, cv2.getNumThreads()\n"
    )
    environment = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}
    subprocess.run(
        [sys.executable, "-c", code, str(MODEL)],
        env=environment,
        check=True,
        timeout=120,
    )


def test_a_graphics_card_is_not_searched_for_the_best_algorithm(monkeypatch):
    asked = []
    monkeypatch.setattr(ort, "InferenceSession", lambda *given: asked.append(given))
    open_session(MODEL, 1, ("CUDAExecutionProvider", "CPUExecutionProvider"))
    _, _, providers, options = asked[0]
    assert providers == ["CUDAExecutionProvider", "CPUExecutionProvider"]
    assert options == [{"cudnn_conv_algo_search": "HEURISTIC"}, {}]


def test_what_is_no_model_is_refused_by_name(tmp_path):
    file = tmp_path / "model.onnx"
    file.write_bytes(b"no model")
    with pytest.raises(ValueError, match=r"model.onnx: not a readable ONNX model"):
        open_session(file)
