"""Train the lifting of an exported model on what it finds in rendered pictures.

    python scripts/train_lifting.py runs/lite/lite.onnx --synthetic DIR \\
        --out runs/lite/lifting.safetensors
"""

import argparse
from pathlib import Path

from tqdm import tqdm

from das_model.checkpoint import save_tensors
from das_model.datasets.lifting_pairs import collect_pairs, load_pairs, save_pairs
from das_model.datasets.rendered import RenderedSet
from das_model.lifting import train_lifting
from das_model.skeleton import BODY_22

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
add = parser.add_argument
add("model", type=Path, help="ONNX file of export.py")
add("--synthetic", type=Path, required=True, help="folder of render_synthetic.py, for training")
add("--out", type=Path, required=True, help="safetensors to write; the pairs go beside it")
add("--pictures", type=int, help="the first so many instead of all")
add("--workers", type=int, default=1, help="processes that look for people")
add("--steps", type=int, default=8000, help="of training")
add("--seed", type=int, default=0)

if __name__ == "__main__":
    args = parser.parse_args()
    kept = args.out.with_suffix(".npz")
    if not kept.is_file():
        num_pictures = len(RenderedSet.open(args.synthetic))
        chosen = range(min(args.pictures or num_pictures, num_pictures))
        bar = tqdm(total=len(chosen), unit="picture")
        save_pairs(
            kept, collect_pairs(args.model, args.synthetic, chosen, args.workers, bar.update)
        )
    pairs = load_pairs(kept)
    print(f"{len(pairs)} people found and known")
    lifting = train_lifting(pairs, BODY_22, args.steps, seed=args.seed)
    tensors = {f"lifting.{name}": value for name, value in lifting.state_dict().items()}
    save_tensors(args.out, tensors, {})
    print(f"wrote {args.out}; export.py --lifting takes it into the model")
