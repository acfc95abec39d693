"""Walk through every state of the window, take pictures, and fail on anything that goes wrong.

    xvfb-run -a -s "-screen 0 1600x1000x24" python scripts/tour.py --out docs/images

With --minutes it then plays the demo so long and prints every minute what a leak would change.
"""

import argparse
import ctypes
import gc
import math
import os
import sys
import threading
import time
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from das_app.gui.style import theme
from das_app.gui.window.app import PipelineOpener
from das_app.gui.window.main_window import MainWindow
from das_app.gui.window.qt_environment import drop_cv2_qt_plugins
from das_app.settings.app_settings import AppSettings, ViewSettings
from das_app.sources.addresses import DEMO_SOURCE
from responsiveness import LIMIT_S, Responsiveness
from window_tour import Tour, Troubles


def main() -> int:
    """Parse the command line and walk."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("tour"), help="folder of the pictures")
    parser.add_argument("--minutes", type=float, default=0.0, help="play on for so long")
    parser.add_argument("--no-walk", action="store_true", help="only play")
    args = parser.parse_args()
    drop_cv2_qt_plugins()
    app = QApplication(sys.argv[:1])
    troubles, watch = Troubles(), Responsiveness()
    troubles.listen()
    theme.apply_theme(app)
    window = MainWindow(
        AppSettings(view=ViewSettings(has_seen_welcome=args.no_walk)), PipelineOpener()
    )
    window.show()
    watch.start()
    if not args.no_walk:
        try:
            Tour(window, args.out, watch).walk()
        except Exception as error:  # whatever ends the walk is said at its end
            troubles.found.append(f"{type(error).__name__}: {error}")
    if args.minutes:
        window.open(DEMO_SOURCE)
        _play(30.0)
        _print_resources(0.5)
        for minute in range(1, math.ceil(args.minutes) + 1):
            _play(60 * min(1.0, args.minutes - minute + 1))
            _print_resources(min(minute, args.minutes) + 0.5)
    watch.stop()
    window.close()
    worst = watch.longest
    print(
        f"window held up over {1e3 * LIMIT_S:.0f} ms: {len(watch.holds)} times; longest "
        f"{1e3 * worst.wall_s:.0f} ms, of it computing {1e3 * worst.busy_s:.0f} ms"
    )
    for hold in sorted(watch.holds, key=lambda hold: -hold.busy_s)[:10]:
        print(f"  {1e3 * hold.wall_s:5.0f} ms, computing {1e3 * hold.busy_s:4.0f}: {hold.where}")
    for trouble in troubles.found:
        print(f"trouble: {trouble}")
    return int(bool(troubles.found))


def _play(duration_s: float) -> None:
    end_s = time.monotonic() + duration_s
    while time.monotonic() < end_s:
        QCoreApplication.processEvents()
        time.sleep(0.002)


def _print_resources(minute: float) -> None:
    """Memory, threads, file handles (Linux), and references to what everything refers to."""
    gc.collect()
    resident_mib = _resident_mib()
    ctypes.CDLL(None).malloc_trim(0)  # what is left then is in use, the rest was only kept ready
    print(
        f"minute {minute:4.1f}: {resident_mib:.0f} MiB, in use {_resident_mib():.0f} MiB, "
        f"{threading.active_count()} threads, {len(os.listdir('/proc/self/fd'))} files, "
        f"references to True {sys.getrefcount(True)}, to False {sys.getrefcount(False)}",
        flush=True,
    )


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text("utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    sys.exit(main())
