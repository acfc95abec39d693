"""Label photos anew with MoveNet Thunder, into a folder that is read as the photos' own.

    python scripts/label_photos.py PHOTOS --out runs/labels/photos --part 0/2 &
    python scripts/label_photos.py PHOTOS --out runs/labels/photos --part 1/2 &
    wait; python scripts/label_photos.py PHOTOS --out runs/labels/photos

The parts look, in several processes, and go on where they were stopped; the last call looks at
what is left and writes the labels: `annotations.json`, with links to the pictures beside it.
"""

import argparse
import json
from collections import Counter
from pathlib import Path

import cv2
import numpy as np

from command_line import missing_is_told
from das_model.inference.looks.thunder import Thunder
from das_model.training.thunder_labels import is_to_be_looked_at, look, relabelled

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("photos", type=Path, help="folder with annotations.json")
parser.add_argument("--out", type=Path, required=True, help="folder to write")
parser.add_argument("--part", metavar="I/N", help="only look at every N-th photo from the I-th on")
parser.add_argument("--no-looks", action="store_true", help="write what was looked at so far")
parser.add_argument("--model", type=Path, default="assets/models/movenet-thunder.onnx")


def main() -> None:
    """Label the photos that the arguments name."""
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    data = json.loads((args.photos / "annotations.json").read_text(encoding="utf-8"))
    looks = _read_looks(args.out)
    first, step = map(int, (args.part or "0/1").split("/"))
    # labelled people first, then ignore boxes, large ones first
    asked = [person for person in data["annotations"] if is_to_be_looked_at(person)]
    asked.sort(key=lambda person: (person.get("ignore", 0), -max(person["bbox"][2:])))
    files = {image["id"]: args.photos / image["file_name"] for image in data["images"]}
    thunder = Thunder(args.model, num_threads=1)
    with (args.out / f"looks-{first}-of-{step}.jsonl").open("a", encoding="utf-8") as log:
        for person in asked[first::step]:
            if person["id"] in looks or args.no_looks:
                continue
            file = files[person["image_id"]]
            picture = cv2.imread(str(file), cv2.IMREAD_COLOR_RGB)
            if picture is None:
                raise OSError(f"{file}: not a readable image")
            looks[person["id"]] = look(thunder, picture, person["bbox"])
            seen = looks[person["id"]].round(3).tolist()
            log.write(json.dumps({"id": person["id"], "looks": seen}) + "\n")
            log.flush()
    if args.part is None:
        _write(args.out, args.photos, data, looks)


def _read_looks(folder: Path) -> dict[int, np.ndarray]:
    """What was looked at so far; a last line that was cut short is left out."""
    looks = {}
    for file in sorted(folder.glob("looks-*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.endswith("}"):
                entry = json.loads(line)
                looks[entry["id"]] = np.array(entry["looks"])
    return looks


def _write(out: Path, photos: Path, data: dict, looks: dict[int, np.ndarray]) -> None:
    """Write the labels, link the pictures, and tell who was labelled by whom before and after."""
    people: dict[int, list[dict]] = {image["id"]: [] for image in data["images"]}
    for person in data["annotations"]:
        people[person["image_id"]].append(person)
    records = []
    for image in data["images"]:
        own = people[image["id"]]
        seen = {person["id"]: looks[person["id"]] for person in own if person["id"] in looks}
        records += relabelled(own, seen, (image["width"], image["height"]))
    for folder in photos.iterdir():
        if folder.is_dir() and not (out / folder.name).exists():
            (out / folder.name).symlink_to(folder.resolve())
    part = out / "annotations.part"
    part.write_text(json.dumps(data | {"annotations": records}))
    part.replace(out / "annotations.json")  # whole: a run may be reading
    before = {person["id"]: person for person in data["annotations"]}
    for (former, now), count in sorted(
        Counter((_kind(before[person["id"]]), _kind(person)) for person in records).items()
    ):
        print(f"{former:>12} -> {now:<12} {count:6} people")
    num_joints = sum(p["num_keypoints"] for p in records if not p.get("ignore"))
    print(f"{num_joints} joints of {sum(not p.get('ignore') for p in records)} people")


def _kind(person: dict) -> str:
    return "ignore box" if person.get("ignore") else person["source"]


if __name__ == "__main__":
    with missing_is_told():
        main()
