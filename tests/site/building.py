"""Runs mkdocs with everything refused that a build must not import, and writes down who asked for it.

A command: ``python -m building LOG build …``.
"""

import sys
from pathlib import Path

REFUSED = frozenset({"lessons", "matplotlib", "tokenizers", "torch", "transformers"})


class Refuse:
    """Finds no module that is refused.

    Args:
        log: gets the name of each that was asked for.
    """

    def __init__(self, log: Path) -> None:
        self.log = log

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:  # noqa: ARG002 - as importlib asks
        if name.partition(".")[0] in REFUSED:
            with self.log.open("a") as file:
                file.write(f"{name}\n")
            raise ImportError(f"{name} must not be imported while building")


if __name__ == "__main__":
    log, *arguments = sys.argv[1:]
    sys.meta_path.insert(0, Refuse(Path(log)))
    from mkdocs.__main__ import cli

    cli(arguments)
