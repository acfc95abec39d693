"""Export trained weights: the ONNX file that the application runs, and plain safetensors.

    python scripts/export.py runs/lite/checkpoint.safetensors -o assets/models/das-lite.onnx \\
        --lifting runs/lite/lifting.safetensors
"""

import argparse
import json
from pathlib import Path

from das_model.checkpoint import load_network, save_tensors
from das_model.export import export_onnx
from das_model.lifting import load_lifting
from das_model.network_config import network_metadata

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("weights", type=Path, help="checkpoint or weights, .safetensors")
parser.add_argument("-o", "--output", type=Path, required=True, help="the .onnx file to write")
parser.add_argument("--lifting", type=Path, help="of train_lifting.py; else the weights file's")
parser.add_argument("--size", default="448x256", help="nominal input WIDTHxHEIGHT, px")

if __name__ == "__main__":
    args = parser.parse_args()
    width, height = (int(side) for side in args.size.split("x"))
    network, lifting = load_network(args.weights), load_lifting(args.lifting or args.weights)
    if args.lifting and lifting is None:
        parser.error(f"--lifting must be a file of train_lifting.py, {args.lifting} holds none")
    about = {"name": args.output.stem}
    export_onnx(network, args.output, (width, height), about, lifting)
    metadata = {
        **network_metadata(network.config),
        "input_size": json.dumps([width, height]),
        **about,
    }
    tensors = network.state_dict()
    if lifting is not None:
        tensors |= {f"lifting.{name}": value for name, value in lifting.state_dict().items()}
    save_tensors(args.output.with_suffix(".safetensors"), tensors, metadata)
    print(f"wrote {args.output} ({args.output.stat().st_size / 1e6:.1f} MB); ONNX equals torch")
