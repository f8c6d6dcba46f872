"""Writes the stubs of a new page, experiment or script, and lists it where it has to be listed.

Everything is worked out before anything is written. What cannot be decided here is said, with the file
and what to write in it; so are the commands that come next.
"""

import argparse
from pathlib import Path

from coursekit.commands.new.experiment import draft_experiment
from coursekit.commands.new.page import draft_page
from coursekit.commands.new.script import draft_script
from coursekit.config import Config

__all__ = ["add_options", "run"]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Give a command what it can make."""
    kinds = parser.add_subparsers(required=True, metavar="kind", dest="kind")
    page = kinds.add_parser("page", help="a page, and a lesson page's code, test and question")
    page.add_argument("name", help="path below docs, such as lesson-4/safety")
    page.add_argument("--title", help="default: made from the name")
    page.add_argument(
        "--after", metavar="PAGE", help="page of the lesson before it; default: last stage"
    )
    experiment = kinds.add_parser("experiment", help="a measurement that is recorded, and its test")
    experiment.add_argument(
        "name", help="folder of its page and what is measured: fine_tuning_rates"
    )
    script = kinds.add_parser("script", help="a script that stands alone, as a copy of another")
    script.add_argument("name", help="what it does, such as embed_text")
    script.add_argument(
        "--like", metavar="SCRIPT", help="script to begin from; default: the shortest"
    )


def run(options: argparse.Namespace, root: Path) -> int:
    """Write the stubs that were asked for, and say what comes next.

    Args:
        options: ``kind`` and what belongs to it.
        root: the repository.

    Raises:
        ValueError: a name that is taken or malformed; nothing was written.
    """
    config = Config.load(root)
    if options.kind == "page":
        draft = draft_page(config, options.name, options.title, options.after)
    elif options.kind == "experiment":
        draft = draft_experiment(config, options.name)
    else:
        draft = draft_script(config, options.name, options.like)
    draft.write()
    print(draft.report())
    return 0
