"""The environment of a pytest that a test starts: told of nothing that concerns the run around it."""

import os

OUTER = ("SLIPCOVER_", "PYTEST_", "COURSEKIT_")


def environment(**more: str) -> dict[str, str]:
    """This process's variables without those of the run of all tests."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(OUTER)}
    return own | more
