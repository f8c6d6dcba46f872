"""Runs the labs with their solutions: says which outputs no longer hold, or writes them anew.

``python -m coursekit.commands.labs --update`` also writes the starters that ``python -m lessons.labs
start`` gives out, from the same cells.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from coursekit.config import Config
from coursekit.downloads import labs
from coursekit.files import write_atomically

__all__ = ["main", "stale", "starter"]


def starter(lab: labs.Lab, config: Config) -> Path:
    """The file with a lab's starter, in the package."""
    return config.root / config.lessons / "labs" / "starters" / f"{lab.name}.txt"


def stale(lab: labs.Lab, config: Config) -> list[str]:
    """What of a lab does not hold: outputs of its cells, and the starter that the shell gives out."""
    wanted = {lab.recorded: lab.record(lab.run()), starter(lab, config): lab.starter}
    return [
        f"{config.relative(file).as_posix()} is not what {lab.place.as_posix()} gives"
        for file, text in wanted.items()
        if not file.is_file() or file.read_text("utf-8") != text
    ]


def main(arguments: Sequence[str] | None = None, root: Path | None = None) -> int:
    """Check all labs, or write anew what they give; 1 where something does not hold."""
    parser = argparse.ArgumentParser(
        prog="python -m coursekit.commands.labs", description=main.__doc__
    )
    parser.add_argument("--update", action="store_true", help="write outputs and starters anew")
    parser.add_argument("names", nargs="*", help="labs; all by default")
    asked = parser.parse_args(arguments)
    config = Config.load(root or Path.cwd())
    wrong: list[str] = []
    for lab in labs.find(config):
        if asked.names and lab.name not in asked.names:
            continue
        if asked.update:
            write_atomically(lab.recorded, lab.record(lab.run()))
            write_atomically(starter(lab, config), lab.starter)
        else:
            wrong += stale(lab, config)
    print("\n".join(wrong) or "all labs hold")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
