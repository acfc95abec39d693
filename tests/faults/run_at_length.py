"""Runs every trial often and prints the table of `docs/reliability.md`.

python tests/faults/run_at_length.py            # an hour or two
python tests/faults/run_at_length.py --share 0.1 --seed 7
python tests/faults/run_at_length.py --only signal_window signal_capture
"""

import argparse
import logging
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from trials import TRIALS, Trial


def run_often(trial: Trial, times: int, seed: int) -> tuple[Counter, list[str]]:
    """What was lost, counted, and what must not have happened; Ctrl-C ends it early."""
    lost: Counter[str] = Counter()
    wrong: list[str] = []
    for number in range(times):
        folder = Path(tempfile.mkdtemp(prefix="das-faults-"))
        try:
            lost[trial.run(random.Random(f"{seed} {trial.run.__name__} {number}"), folder)] += 1
        except Exception as error:
            wrong.append(f"{number}: {type(error).__name__}: {str(error)[-600:]}")
        except KeyboardInterrupt:
            break
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return lost, wrong


def main() -> None:
    """Print a row a trial."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of the usual number of trials")
    parser.add_argument("--seed", type=int, default=1)
    names = [trial.run.__name__ for trial in TRIALS]
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="TRIAL")
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background, too
    print("| What | Tried | Nothing lost | Lost | Wrong | Seconds |\n|---|---|---|---|---|---|")
    all_wrong = []
    for trial in TRIALS:
        if trial.run.__name__ not in arguments.only:
            continue
        times, begin_s = max(1, round(trial.many * arguments.share)), time.monotonic()
        lost, wrong = run_often(trial, times, arguments.seed)
        tried = lost.total() + len(wrong)
        num_whole = lost.pop("", 0)
        told = ", ".join(f"{text} ({n} x)" for text, n in lost.most_common(4)) or "–"
        took_s = time.monotonic() - begin_s
        print(
            f"| {trial.what} | {tried} | {num_whole} | {told} | {len(wrong)} | {took_s:.0f} |",
            flush=True,
        )
        all_wrong += [f"{trial.run.__name__} {text}" for text in wrong]
    if all_wrong:
        sys.exit("\n".join(all_wrong))


if __name__ == "__main__":
    main()
