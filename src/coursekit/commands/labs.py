"""Runs the labs with their solutions: says which outputs no longer hold, or writes them anew.

``python -m coursekit.commands.labs --update`` also writes the starters that ``python -m lessons.labs
start`` gives out, from the same cells. Of a lab whose solutions do not pass their checks nothing is
written: what is recorded is what readers are shown.
"""

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

from coursekit.config import Config
from coursekit.downloads import labs
from coursekit.files import write_atomically

__all__ = ["failures", "main", "stale", "starter"]

# What a check prints of each part that it judged: lessons.labs.notebook.
VERDICT = re.compile(r"^Part (?P<part>\d+) of (?P<all>\d+) \([^)]*\): (?P<said>.*)$", re.MULTILINE)
PASSED = "passed: "


def starter(lab: labs.Lab, config: Config) -> Path:
    """The file with a lab's starter, in the package."""
    return config.root / config.lessons / "labs" / "starters" / f"{lab.name}.txt"


def failures(lab: labs.Lab, printed: Sequence[str]) -> list[str]:
    """What the checks of a lab do not let pass, by what its cells printed with the solutions.

    Args:
        lab: the lab.
        printed: what each of its cells of code printed.
    """
    found = [verdict for text in printed for verdict in VERDICT.finditer(text)]
    place = lab.place.as_posix()
    wrong = [f"{place}: {v.group()}" for v in found if not v["said"].startswith(PASSED)]
    judged = {int(verdict["part"]) for verdict in found}
    parts = range(1, max((int(verdict["all"]) for verdict in found), default=0) + 1)
    return wrong + [f"{place}: no cell checks part {part}" for part in parts if part not in judged]


def stale(lab: labs.Lab, config: Config) -> list[str]:
    """What of a lab does not hold: outputs of its cells, and the starter that the shell gives out."""
    printed = lab.run()
    wanted = {lab.recorded: lab.record(printed), starter(lab, config): lab.starter}
    return failures(lab, printed) + [
        f"{config.relative(file).as_posix()} is not what {lab.place.as_posix()} gives"
        for file, text in wanted.items()
        if not file.is_file() or file.read_text("utf-8") != text
    ]


def _update(lab: labs.Lab, config: Config) -> list[str]:
    """Write anew what a lab gives; where a check does not pass, nothing, and return what it says."""
    printed = lab.run()
    wrong = failures(lab, printed)
    if not wrong:
        write_atomically(lab.recorded, lab.record(printed))
        write_atomically(starter(lab, config), lab.starter)
    return wrong + [f"{lab.place.as_posix()}: nothing was written"] * bool(wrong)


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
        try:
            wrong += _update(lab, config) if asked.update else stale(lab, config)
        except RuntimeError as error:  # a cell failed, so there is nothing to compare or to write
            wrong.append(str(error))
    print("\n".join(wrong) or "all labs hold")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
