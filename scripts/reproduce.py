"""The paper's tables and figures, one command each; docs/reproduce.md tells what each needs.

python scripts/reproduce.py table2 --root PANOPTIC --model runs/panoptic/checkpoint.safetensors
python scripts/reproduce.py table1a --data synthetic --root RENDERED --validation RENDERED_VAL
python scripts/reproduce.py table1 --data synthetic --root RENDERED --validation RENDERED_VAL
python scripts/reproduce.py figure4 --runs runs/table1-trained/seed0
"""

import argparse
from pathlib import Path

import torch

from command_line import missing_is_told, positive
from das_app.files.bundled import bundled_file
from das_model.reproduction import density, fields, gallery, reproduce, trained_table

TABLES = ("table1", "table1a", "table1b", "table2", "table3", "table4")
OURS = "root-depth"
FIGURES = {"figure4": density.draw, "figure5": fields.draw, "figure6": gallery.draw}
parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
add = parser.add_argument
add("what", choices=[*TABLES, OURS, *FIGURES])
add("--data", choices=["licensed", "synthetic"], default="licensed", help="of the tables")
add("--root", type=Path, help="folder of the data: to measure on, or rendered to train on")
add("--validation", type=Path, help="rendered pictures to measure on")
add("--runs", type=Path, default=Path("runs"), help="folder of the runs of Table 1's rows")
add("--model", type=Path, help="checkpoint or ONNX file; the bundled weights where they serve")
add("--picture", type=Path, help="picture or film for figure5 and figure6; the bundled clip")
add("--steps", type=positive, help="of each row: 300 of rendered pictures, table1 4000")
add("--seeds", type=positive, default=3, help="runs of each row of table1 and root-depth")
add("--measured", type=positive, default=1000, help="rendered, that table1 measures on")
add("--pictures", type=positive, default=800, help="rendered, to train on; a quarter to measure")
add("--times", type=positive, help="rounds of timing for table4")
add("--threads", type=positive, default=1, help="of torch")
add("--out", type=Path, help="Markdown file or PNG; a figure goes to NAME.png by default")


def main() -> None:
    """Make the one that is asked for."""
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    if args.what in FIGURES:
        out = args.out or Path(f"{args.what}.png")
        if args.what == "figure4" and args.model is None:
            density.draw_rows(args.runs, out)
            print(out)
            return
        bundled = bundled_file("models", "das-lite.safetensors")
        picture = args.picture or bundled_file("clips", "demo.mp4")
        FIGURES[args.what](args.model or bundled, picture, out)
        print(out)
        return
    is_synthetic = args.data == "synthetic"
    needed = (args.root, args.validation) if is_synthetic else (args.root,)
    if args.what in ("table1", OURS) and not is_synthetic:
        parser.error(f"{args.what} is of rendered pictures: --data synthetic")
    if (args.what == OURS or args.what.startswith("table1")) and None in needed:
        parser.error(f"{args.what} needs --root and, with rendered pictures, --validation")
    if args.what in ("table2", "table3") and None in (args.root, args.model):
        parser.error(f"{args.what} needs --root and --model")
    if args.what == OURS:
        table = reproduce.root_depth_table(
            args.root,
            args.validation,
            args.model,
            args.steps or 300,
            args.pictures,
            args.seeds,
            lambda news: print(news, flush=True),
        )
    elif args.what == "table1":
        plan = trained_table.Plan(
            args.root,
            args.validation,
            args.runs / "table1-trained",
            args.steps or 4000,
            args.seeds,
            args.measured,
        )
        table = trained_table.make(plan, lambda news: print(news, flush=True))
    elif args.what.startswith("table1") and is_synthetic:
        table = reproduce.synthetic_table_1(
            args.what,
            args.root,
            args.validation,
            args.model,
            args.steps or 300,
            args.pictures,
            args.runs,
        )
    elif args.what.startswith("table1"):
        table = reproduce.licensed_table_1(args.what, args.root, args.runs)
    else:
        table = reproduce.other_table(args.what, args.root, args.model, is_synthetic, args.times)
    print(table)
    if args.out:
        args.out.write_text(table, encoding="utf-8")


if __name__ == "__main__":
    with missing_is_told():
        main()
