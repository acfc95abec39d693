"""Walk through every state of the window, take pictures, and fail on anything that goes wrong.

    xvfb-run -a -s "-screen 0 1600x1000x24" python scripts/tour.py --out docs/images

With --minutes it then uses the window at random for so long, and prints every minute what a leak
would change.
"""

import argparse
import os
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtWidgets import QApplication

from das_app.gui.style import theme
from das_app.gui.style.language import speak
from das_app.gui.window.app import PipelineOpener
from das_app.gui.window.main_window import MainWindow
from das_app.gui.window.qt_environment import drop_cv2_qt_plugins
from das_app.gui.window.qt_start import share_opengl
from das_app.messaging.freed_memory import keep_few_heaps
from das_app.settings.app_settings import AppSettings, Language, ViewSettings
from window_use.mixed_use import MixedUse
from window_use.process_memory import process_memory
from window_use.responsiveness import LIMIT_S, Responsiveness
from window_use.window_tour import Tour, Troubles, turn_for


def main() -> int:
    """Parse the command line and walk."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("tour"), help="folder of the pictures")
    parser.add_argument("--minutes", type=float, default=0.0, help="of mixed use, at the end")
    parser.add_argument("--seed", type=int, default=1, help="of the mixed use")
    parser.add_argument("--no-walk", action="store_true", help="mixed use alone")
    args = parser.parse_args()
    keep_few_heaps()
    drop_cv2_qt_plugins()
    share_opengl()
    app = QApplication(sys.argv[:1])
    troubles, watch = Troubles(), Responsiveness()
    troubles.listen()
    theme.apply_theme(app)
    speak(app, Language.ENGLISH)
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
        with TemporaryDirectory() as folder:
            mixed_use = MixedUse(window, Path(folder), args.seed)
            try:
                _use(mixed_use, args.minutes)
            except Exception as error:  # likewise
                troubles.found.append(f"{type(error).__name__}: {error}")
            print(", ".join(f"{name} {times} x" for name, times in mixed_use.done.items()))
            window.control.stop()  # before the pictures that it may show are gone
            turn_for(1.0)
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


def _use(mixed_use: MixedUse, minutes: float) -> None:
    """Print the resources after every minute, or as soon as what was begun by then is done."""
    begin_s = time.monotonic()
    while (passed_s := time.monotonic() - begin_s) < 60 * minutes:
        mixed_use.go_on(min(60.0, 60 * minutes - passed_s))
        _print_resources((time.monotonic() - begin_s) / 60, mixed_use)


def _print_resources(minute: float, mixed_use: MixedUse) -> None:
    """Memory, threads, file handles (Linux), and what is open."""
    print(
        f"minute {minute:4.1f}: {process_memory()}, {threading.active_count()} threads, "
        f"{len(os.listdir('/proc/self/fd'))} files; {mixed_use.in_use()}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
