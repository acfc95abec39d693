"""The command `das-app`, also as `python -m das_app`."""

import sys

_INTERRUPTED = 130  # exit code after Ctrl-C, as shells have it


def main() -> None:
    """Entry point of the console command; Ctrl-C is told in a word, while it is imported, too."""
    try:
        from das_app.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        raise SystemExit(_INTERRUPTED) from None


if __name__ == "__main__":
    main()
