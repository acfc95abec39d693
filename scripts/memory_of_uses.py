"""What each use of the window leaves in memory: one use again and again, and what is held then.

    xvfb-run -a -s "-screen 0 1600x1000x24" python scripts/memory_of_uses.py --rounds 30

A leak grows with every round; what only fills a cache ends growing. With --choices: what each
source, model and mode needs. `process_memory.py` tells what the figures are.
"""

import argparse
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtWidgets import QApplication

from das_app.gui.style import theme
from das_app.gui.window.app import PipelineOpener
from das_app.gui.window.main_window import MainWindow
from das_app.gui.window.qt_environment import drop_cv2_qt_plugins
from das_app.messaging.freed_memory import keep_few_heaps
from das_app.settings.app_settings import AppSettings, ViewSettings
from window_use.mixed_use import MixedUse
from window_use.process_memory import process_memory
from window_use.window_tour import Troubles, turn_for

_READINGS = 6  # a use


def main() -> int:
    """Parse the command line, do the uses and print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=30, help="of each use")
    parser.add_argument("--only", nargs="+", metavar="USE", help="of these alone")
    parser.add_argument(
        "--choices", action="store_true", help="of sources, models and modes instead"
    )
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    keep_few_heaps()
    drop_cv2_qt_plugins()
    app = QApplication(sys.argv[:1])
    troubles = Troubles()
    troubles.listen()
    theme.apply_theme(app)
    window = MainWindow(AppSettings(view=ViewSettings(has_seen_welcome=True)), PipelineOpener())
    window.show()
    with TemporaryDirectory() as folder:
        uses = MixedUse(window, Path(folder), args.seed)
        if args.choices:
            for choice in uses.choices():
                print(f"{choice}: {process_memory()}", flush=True)
        else:
            for name in args.only or list(uses.deeds):
                _repeat(name, uses.deeds[name], args.rounds)
        window.open("demo")
        turn_for(1.0)
    window.close()
    for trouble in troubles.found:
        print(f"trouble: {trouble}")
    return int(bool(troubles.found))


def _repeat(name: str, deed: Callable[[], None], rounds: int) -> None:
    print(f"{name}:")
    for number in range(rounds + 1):
        if number * (_READINGS - 1) // rounds != (number - 1) * (_READINGS - 1) // rounds:
            turn_for(1.0)
            threads, files = threading.active_count(), len(os.listdir("/proc/self/fd"))
            print(f"  {number}: {process_memory()}, {threads} threads, {files} files", flush=True)
        if number < rounds:
            deed()


if __name__ == "__main__":
    sys.exit(main())
