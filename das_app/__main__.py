"""`python -m das_app`, the same as the command `das-app`."""

from das_app.cli import main

if __name__ == "__main__":
    main()
