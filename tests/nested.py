"""The environment of what a test starts: a pytest is told of nothing that concerns the run around it."""

import os
from pathlib import Path

OUTER = ("SLIPCOVER_", "PYTEST_", "COURSEKIT_")


def environment(**more: str) -> dict[str, str]:
    """This process's variables without those of the run of all tests."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(OUTER)}
    return own | more


def paths(*folders: Path) -> str:
    """A ``PYTHONPATH`` with these folders, and behind them those that the run around it put there."""
    return os.pathsep.join(filter(None, [*map(str, folders), os.environ.get("PYTHONPATH")]))
