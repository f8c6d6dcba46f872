"""Starts the labs from the shell."""

from lessons.labs.commands import main

if __name__ == "__main__":
    raise SystemExit(main())
