"""Train the lifting of an exported model on what it finds in pictures.

    python scripts/train_lifting.py runs/lite/lite.onnx --synthetic DIR --photos DIR \\
        --out runs/lite/lifting.safetensors
"""

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tqdm import tqdm

from command_line import CLUSTER_HELP, missing_is_told, positive
from das_model.datasets.photos import PhotoSet
from das_model.datasets.rendered import RenderedSet
from das_model.inference.joint_features import num_features
from das_model.inference.refine import LIFTING, LOOKED_LIFTING
from das_model.inference.runtime import open_estimator
from das_model.network.checkpoint import save_tensors
from das_model.network.lifting import lifting_tensors, load_liftings
from das_model.training.lifting_pairs import collect_pairs, join_pairs, load_pairs, save_pairs
from das_model.training.lifting_training import reading_more, train_lifting

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
add = parser.add_argument
add("model", type=Path, help="ONNX file of export.py")
people = parser.add_mutually_exclusive_group(required=True)
people.add_argument(
    "--synthetic",
    type=Path,
    nargs="+",
    help="folders of render_synthetic.py, best of pictures that the model was not trained on",
)
people.add_argument(
    "--pairs", type=Path, nargs="+", help=".npz of earlier runs with this very model"
)
add("--photos", type=Path, help="folder with annotations.json")
add("--thunder", type=Path, help="movenet-thunder.onnx: for people of the precise mode")
add("--init", type=Path, help="weights with a lifting to go on from")
add("--only-spread", action="store_true", help="learn how far off joints are, and leave them")
add("--out", type=Path, required=True, help="safetensors to write; the pairs go beside it")
add("--pictures", type=positive, help="the first so many of each folder instead of all")
add("--workers", type=positive, default=1, help="processes that look for people")
add("--cluster", metavar="ADDRESS", help=f"look for people elsewhere: {CLUSTER_HELP}")
add("--steps", type=positive, default=12000, help="of training")
add("--seed", type=int, default=0)


def main() -> None:
    """Collect or read pairs, and train."""
    args = parser.parse_args()
    if args.pairs:
        pairs = join_pairs([load_pairs(file) for file in args.pairs])
    else:
        openers: list[Callable[[], RenderedSet | PhotoSet]] = [
            partial(RenderedSet.open, folder.resolve()) for folder in args.synthetic
        ]
        if args.photos:
            openers.append(partial(PhotoSet.open, args.photos.resolve(), "train"))
        parts = []
        for opener in openers:
            num_pictures = len(opener())
            chosen = range(min(args.pictures or num_pictures, num_pictures))
            with tqdm(total=len(chosen), unit="picture") as bar:
                parts.append(
                    collect_pairs(
                        args.model.resolve(),
                        opener,
                        chosen,
                        args.workers,
                        bar.update,
                        args.thunder and args.thunder.resolve(),
                        args.cluster,
                    )
                )
        pairs = join_pairs(parts)
        save_pairs(args.out.with_suffix(".npz"), pairs)
    print(f"{len(pairs)} people found and known")
    model = open_estimator(args.model)
    own = num_features(model.network.seen_channels)
    kind = LIFTING if pairs.features.shape[2] == own else LOOKED_LIFTING
    with tqdm(total=args.steps, unit="step") as bar:

        def told(loss: float) -> None:
            bar.update()
            bar.set_postfix(loss=f"{loss:.3f}", refresh=False)

        known = load_liftings(args.init) if args.init else {}
        start = known.get(kind)
        if start is None and LIFTING in known:
            start = reading_more(known[LIFTING], pairs)
        lifting = train_lifting(
            pairs, model.skeleton, args.steps, 256, args.seed, told, start, args.only_spread
        )
    save_tensors(args.out, lifting_tensors({kind: lifting}), {})
    print(f"wrote {args.out}, a {kind.replace('_', ' ')}; export.py --lifting takes it")


if __name__ == "__main__":
    with missing_is_told():
        main()
