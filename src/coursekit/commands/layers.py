"""Checks which part of a package imports which, as pyproject.toml says.

``python -m coursekit.commands.layers``

The package ``import-linter`` brings a program and no module, so this calls what the program calls. It is
loaded only then: it prints through a console that keeps the output of whoever loads it.
"""

import sys

__all__ = ["main"]


def main() -> int:
    """Check the contracts of the repository in the current folder; 1 if one is broken."""
    from importlinter.cli import lint_imports

    return lint_imports(no_cache=True, no_logo=True)


if __name__ == "__main__":
    sys.exit(main())
