"""Checks which part of a package imports which, as pyproject.toml says.

``python -m coursekit.commands.layers``

The package ``import-linter`` brings a program and no module, so this calls what the program calls.
"""

import sys

from importlinter.cli import lint_imports

__all__ = ["main"]


def main() -> int:
    """Check the contracts of the repository in the current folder; 1 if one is broken."""
    return lint_imports(no_cache=True, no_logo=True)


if __name__ == "__main__":
    sys.exit(main())
