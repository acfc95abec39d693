"""Export trained weights: the ONNX file that the application runs, and plain safetensors.

    python scripts/export.py runs/lite/checkpoint.safetensors -o assets/models/das-lite.onnx \\
        --lifting runs/lite/lifting.safetensors runs/lite/looked.safetensors
"""

import argparse
import json
from pathlib import Path

from command_line import missing_is_told, picture_size
from das_model.inference.network_config import network_metadata
from das_model.network.checkpoint import load_network, load_tensors, save_tensors
from das_model.network.export import export_onnx
from das_model.network.lifting import lifting_tensors, load_liftings
from das_model.training.network_predictor import own_input

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("weights", type=Path, help="checkpoint or weights, .safetensors")
parser.add_argument("-o", "--output", type=Path, required=True, help="the .onnx file to write")
parser.add_argument(
    "--lifting",
    type=Path,
    nargs="+",
    default=[],
    metavar="FILE",
    help="of train_lifting.py, in place of the weights file's of the same kind",
)
parser.add_argument(
    "--size",
    type=picture_size,
    metavar="WxH",
    help="nominal input, px; by default 320x192 of the live networks, 352x224 of lean ones",
)


def main() -> None:
    """Export the weights that the arguments name."""
    args = parser.parse_args()
    out = args.output.with_suffix(".safetensors")
    if args.output.suffix != ".onnx":
        parser.error(f"--output must end with .onnx, got {args.output}")
    if out.resolve() == args.weights.resolve() and "step" in load_tensors(out, "lifting.")[1]:
        parser.error(
            f"--output {args.output} would write weights over the training checkpoint "
            f"{args.weights}; give another name"
        )
    network, liftings = load_network(args.weights), load_liftings(args.weights)
    for file in args.lifting:
        own = load_liftings(file)
        if not own:
            parser.error(f"--lifting must be of train_lifting.py, {file} holds none")
        liftings |= own
    about = {"name": args.output.stem}
    size = args.size or own_input(network)
    export_onnx(network, args.output, size, about, liftings)
    metadata = {
        **network_metadata(network.config),
        "input_size": json.dumps(size),
        **about,
    }
    save_tensors(out, network.state_dict() | lifting_tensors(liftings), metadata)
    print(f"wrote {args.output} ({args.output.stat().st_size / 1e6:.1f} MB); ONNX equals torch")


if __name__ == "__main__":
    with missing_is_told():
        main()
