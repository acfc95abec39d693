"""Parts of work for processes of their own: `python shared_parts.py ADDRESS` prints outcomes."""

import json
import os
import sys
import time
from pathlib import Path

from das_model.shared_work import shared_out


def square(number):
    time.sleep(0.2)
    if number == 3:
        raise ValueError("three is not squared")
    return number**2


def die_once(mark):
    """Ends its process hard the first time."""
    if not Path(mark).exists():
        Path(mark).touch()
        os._exit(1)
    return os.getpid()


def main():
    for number, outcome in shared_out(square, range(12), 2, sys.argv[1]):
        told = str(outcome) if isinstance(outcome, Exception) else outcome
        print(json.dumps([number, told]), flush=True)


if __name__ == "__main__":
    main()
