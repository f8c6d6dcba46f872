"""Finds misspelled words, with the words of the course in pyproject.toml.

``python -m coursekit.commands.spelling``

The package ``typos`` brings a program and no module, so this starts the one of this environment.
"""

import subprocess
import sys
import sysconfig
from pathlib import Path

__all__ = ["main"]


def main(arguments: list[str]) -> int:
    """Check files and folders, or everything below the current folder; the status is the program's."""
    folder = Path(sysconfig.get_path("scripts"))
    program = next((file for file in sorted(folder.glob("typos*")) if file.stem == "typos"), None)
    if program is None:
        sys.exit(f"no typos in {folder}; install what the extra dev names, as `make test` does")
    return subprocess.call([str(program), "--format", "brief", *arguments])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
