"""The labs from the shell: ``python -m lessons.labs``, and ``start``, ``check``, ``progress`` behind it."""

import argparse
import json
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

from lessons.console import print_all
from lessons.labs import catalog, judging, progress
from lessons.labs.notebook import report


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 where all went well, 1 where a part is not passed, 2 where it cannot be done."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    print_all(sys.stdout)
    try:
        return int(asked.run(asked))
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m lessons.labs", description="The labs of Lesson 5."
    )
    parser.set_defaults(run=_list)
    commands = parser.add_subparsers(title="commands", metavar="")
    commands.add_parser("list", help="name the labs (also without a command)").set_defaults(
        run=_list
    )
    start = commands.add_parser("start", help="write the starter of a lab into a file")
    start.add_argument("lab")
    start.add_argument("file", type=Path, nargs="?", help="my_LAB.py by default")
    start.set_defaults(run=_start)
    check = commands.add_parser("check", help="check your file")
    check.add_argument("lab")
    check.add_argument("file", type=Path)
    check.add_argument(
        "--part", type=int, action="append", help="check only this part; repeat for more"
    )
    check.add_argument("--seed", type=int, help="the hidden inputs of an earlier check")
    check.set_defaults(run=_check)
    passed = commands.add_parser("progress", help="show what you passed, and where that is written")
    passed.add_argument(
        "file", type=Path, nargs="?", help="write a copy there, for the site to import"
    )
    passed.set_defaults(run=_progress)
    return parser


def _list(_: argparse.Namespace) -> int:
    passed = progress.read(progress.place())
    for lab in catalog.LABS:
        done, least, most = len(passed.get(lab.name, {})), *lab.minutes
        print(
            f"{lab.name:<12} {lab.title}: {least} to {most} minutes, difficulty {lab.difficulty} of 3, "
            f"builds on {', '.join(lab.pages)}; {done} of {len(lab.parts)} parts passed"
        )
    print(f"The minutes are estimates: {catalog.ESTIMATED}.")
    return 0


def _start(asked: argparse.Namespace) -> int:
    lab = catalog.find(asked.lab)
    file = asked.file or Path(f"my_{lab.name}.py")
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(lab.starter())
    except FileExistsError:
        raise ValueError(f"{file} is there already and stays as it is: name another file") from None
    print(f"{file} is yours to fill in. Check it: python -m lessons.labs check {lab.name} {file}")
    return 0


def _check(asked: argparse.Namespace) -> int:
    lab = catalog.find(asked.lab)
    if wrong := [part for part in asked.part or () if not 1 <= part <= len(lab.parts)]:
        raise ValueError(f"no part {wrong[0]}: {lab.name} has {len(lab.parts)} parts")
    try:
        source = asked.file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{asked.file} is no text in UTF-8: {error}") from error
    seed = secrets.randbelow(1_000_000) if asked.seed is None else asked.seed
    verdicts = judging.judge(lab, source, tuple(asked.part or ()), seed)
    print(report(lab, source, verdicts, seed))
    return 0 if all(verdict.passed for verdict in verdicts) else 1


def _progress(asked: argparse.Namespace) -> int:
    file = progress.place()
    passed = progress.read(file)
    if asked.file and not passed:
        raise ValueError("no part is passed yet, so there is nothing to copy")
    print(f"{file}\n{progress.NOTE}")
    print(json.dumps(passed, indent=1))
    if asked.file:
        with asked.file.open("xb") as copy:
            copy.write(file.read_bytes())
        print(f"copied to {asked.file}")
    return 0
