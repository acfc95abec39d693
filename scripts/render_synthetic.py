"""Renders labelled synthetic people to a folder, as a benchmark, a contact sheet or a clip."""

import argparse
import sys
import time
from pathlib import Path

from command_line import CLUSTER_HELP, missing_is_told, picture_size, positive
from das_model.synthetic.contact_sheet import write_contact_sheet
from das_model.synthetic.people.worlds import WORLDS
from das_model.synthetic.production import RenderJob, benchmark, render_set
from demo_clip.clip import write_demo_clip


def main() -> int:
    """Parse the arguments and run what they ask for."""
    args = _parse()
    job = RenderJob(
        out=args.out.resolve(),
        seed=args.seed,
        count=args.n,
        size=args.size,
        shard=args.shard,
        backgrounds=tuple(map(Path.resolve, args.backgrounds)),
        leave_out=tuple(map(Path.resolve, args.leave_out)),
        world=args.world,
        mocap=tuple(map(Path.resolve, args.mocap)),
        free_mocap=args.mocap_sources == "free",
        wear=args.wear and args.wear.resolve(),
    )
    if args.clip:
        write_demo_clip(args.out / "demo.mp4", args.clip)
        return 0
    if args.contact_sheet:
        seeds = list(range(args.seed, args.seed + args.n))
        write_contact_sheet(str(args.contact_sheet), job.generator().generate_batch(seeds))
        return 0
    if args.benchmark:
        rate, per_cpu = benchmark(job, args.workers)
        print(f"{rate:.1f} images/s at {args.size[0]}x{args.size[1]}, {args.workers} processes")
        print(f"{per_cpu:.1f} images per second of CPU time")
        return 0
    start, done = time.time(), 0
    for path, seconds in render_set(job, args.workers, args.cluster):
        done += 1
        rate = min(done * job.shard, job.count) / (time.time() - start)
        print(f"{path.name}: {seconds:.0f} s; {rate:.1f} images/s so far", flush=True)
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("-n", type=positive, default=16, metavar="N", help="number of pictures")
    add("--seed", type=int, default=0, help="seed of the first picture")
    add("--out", type=Path, default=Path("synthetic"), help="folder of the set")
    add("--size", type=picture_size, default=(512, 320), metavar="WxH", help="picture size in px")
    add("--shard", type=positive, default=500, help="pictures per labels file")
    add("--backgrounds", type=Path, nargs="+", default=[], help="folders of photos without people")
    add("--leave-out", type=Path, nargs="+", default=[], help="lists of photos not to take")
    add("--world", choices=list(WORLDS), default="ordinary", help="cameras, poses, groups")
    add("--mocap", type=Path, nargs="+", default=[], help=".npz files of motion capture")
    add("--mocap-sources", choices=("all", "free"), default="all", help="motions by licence")
    add("--workers", type=positive, default=2, help="processes")
    add("--cluster", metavar="ADDRESS", help=f"instead of processes here: {CLUSTER_HELP}")
    add("--wear", type=Path, help="folder of MakeHuman clothes and hair (.mhclo with .obj)")
    add("--clip", type=float, metavar="SECONDS", help="write the demo clip to OUT/demo.mp4")
    add("--contact-sheet", type=Path, metavar="FILE", help="write N pictures with their labels")
    add("--benchmark", action="store_true", help="only measure the speed, N pictures a process")
    return parser.parse_args()


if __name__ == "__main__":
    with missing_is_told():
        sys.exit(main())
